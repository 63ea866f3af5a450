"""What the PBX noted alone becomes facts, each once, whatever breaks in between."""

import asyncio
import os
import struct
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr import hours_file
from ivr.facts import (
    CallbackPromised,
    CallBegan,
    CallEnded,
    Fact,
    MessageLeft,
    StepTaken,
    TicketOpened,
)
from ivr.fallback import KEPT_DAYS, FallbackSpool
from ivr.ids import call_id
from ivr.journal import NotKept
from ivr.ports import Closing
from ivr.recordings import Recordings

BEGAN = 1_795_491_334
UNIQUEID = "pbx1-1795491334.0"
ENTRY = f"{UNIQUEID}_{BEGAN}"
OPENING = datetime(2026, 11, 25, 1, tzinfo=UTC)
WITHHELD = [
    ("uniqueid", UNIQUEID),
    ("caller", "anonymous"),
    ("dialled", "1500587"),
    ("why", "gate"),
]
KNOWN = [("uniqueid", UNIQUEID), ("caller", "%2B6281234567890"), ("dialled", ""), ("why", "gate")]
ASKED = [*KNOWN, ("hours", "open"), ("number", "081234567890")]
ASKED_FOR_A_CALL = [*ASKED, ("confirmed", "1"), ("message", ENTRY), ("recorded", "DTMF")]
END = ("end", "1")
WAV = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data"


class Hours:
    """The line opens at one moment only."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def closing(self, at: datetime) -> Closing | None:
        return None

    def next_opening(self, after: datetime) -> datetime | None:
        return OPENING


class Kept:
    """A journal that remembers, and refuses as often as it is told to."""

    def __init__(self) -> None:
        self.told: list[list[Fact]] = []
        self.refuse = 0

    def tell(self, *facts: Fact) -> None:
        raise AssertionError("a request is kept, never only told")

    async def keep(self, *facts: Fact) -> None:
        if self.refuse:
            self.refuse -= 1
            raise NotKept("no")
        self.told.append(list(facts))


class Pbx:
    """The folder that a PBX shares with the service, and its import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("fallback", "messages"):
            (folder / name).mkdir()
        self.journal = Kept()
        self.recordings = Recordings(folder / "store", bytes(32))
        self.live: Collection[str] | None = ()

    def notes(self, lines: Sequence[tuple[str, str]], name: str = ENTRY) -> Path:
        text = "".join(f"{BEGAN + n} {key}={value}|\n" for n, (key, value) in enumerate(lines))
        path = self.folder / "fallback" / f"{name}.txt"
        path.write_text(text, encoding="ascii")
        return path

    def message(self, level: int = 9000, name: str = ENTRY) -> Path:
        path = self.folder / "messages" / f"{name}.wav"
        path.write_bytes(WAV + struct.pack("<I", 16000) + struct.pack("<hh", level, -level) * 4000)
        return path

    def spool(self) -> FallbackSpool:
        return FallbackSpool(self.folder, "pbx1", Hours(), self.recordings, self.journal)

    async def take_in(self) -> int:
        return await self.spool().take_in(self.alive)

    async def one(self) -> list[Fact]:
        """The facts of the only call that there is to import."""
        assert await self.take_in() == 1
        assert len(self.journal.told) == 1
        return self.journal.told[0]

    async def alive(self) -> Collection[str] | None:
        return self.live


@pytest.fixture
def pbx(tmp_path: Path) -> Pbx:
    return Pbx(tmp_path)


def only(kind: type[Fact], facts: Sequence[Fact]) -> Any:
    (found,) = (fact for fact in facts if isinstance(fact, kind))
    return found


async def test_a_request_becomes_a_ticket_a_promise_and_a_message(pbx: Pbx) -> None:
    notes, message = pbx.notes([*ASKED_FOR_A_CALL, END]), pbx.message()
    facts = await pbx.one()
    began, ticket = only(CallBegan, facts), only(TicketOpened, facts)
    assert began.call == call_id("pbx1", UNIQUEID)
    assert (began.flow, began.caller, began.phone) == ("fallback",) + ("+6281234567890",) * 2
    assert (ticket.channel, ticket.category, ticket.reason) == ("fallback", "UMUM", "request")
    assert (ticket.phone, ticket.number) == ("+6281234567890", None)
    promise = only(CallbackPromised, facts)
    assert (promise.ticket, promise.due, promise.phone) == (ticket.ticket, OPENING, ticket.phone)
    left = only(MessageLeft, facts)
    assert (left.ticket, left.silent) == (ticket.ticket, False)
    assert pbx.recordings.read(left.name)[:4] == b"RIFF"
    ended = only(CallEnded, facts)
    assert (ended.outcome, ended.step, ended.certain) == ("promise", "fallback-message", True)
    assert not notes.exists()
    assert not message.exists()


async def test_steps_hold_no_more_than_the_last_digits_of_a_number(pbx: Pbx) -> None:
    pbx.notes([*ASKED_FOR_A_CALL, END])
    steps = [fact for fact in await pbx.one() if isinstance(fact, StepTaken)]
    assert [(step.step, step.event, step.detail) for step in steps] == [
        ("fallback", "entered", "gate"),
        ("fallback", "hours", "open"),
        ("fallback-number", "entered", "…890"),
        ("fallback-number", "confirmed", ""),
        ("fallback-message", "entered", ""),
        ("fallback-message", "recorded", "dtmf"),
    ]


async def test_importing_twice_tells_the_very_same(pbx: Pbx) -> None:
    told = []
    for _ in range(2):
        pbx.notes([*ASKED_FOR_A_CALL, END])
        pbx.message()
        await pbx.take_in()
        told.append({fact.id: fact for fact in pbx.journal.told[-1]})
    assert told[0] == told[1]
    assert len(list((pbx.folder / "store").iterdir())) == 1


async def test_two_imports_at_once_import_once(pbx: Pbx) -> None:
    pbx.notes([*ASKED_FOR_A_CALL, END])
    pbx.message()
    spool = pbx.spool()
    taken = await asyncio.gather(spool.take_in(pbx.alive), spool.take_in(pbx.alive))
    assert sorted(taken) == [0, 1]
    assert len(pbx.journal.told) == 1


async def test_what_cannot_be_kept_stays_whole_for_the_next_time(pbx: Pbx) -> None:
    notes, message = pbx.notes([*ASKED_FOR_A_CALL, END]), pbx.message()
    pbx.journal.refuse = 1
    assert await pbx.take_in() == 0
    assert notes.exists()
    assert message.exists()
    only(MessageLeft, await pbx.one())


async def test_a_crash_after_the_message_was_removed_changes_no_fact(pbx: Pbx) -> None:
    pbx.notes([*ASKED_FOR_A_CALL, END])
    pbx.message()
    first = {fact.id: fact for fact in await pbx.one()}
    pbx.notes([*ASKED_FOR_A_CALL, END])
    await pbx.take_in()
    again = {fact.id: fact for fact in pbx.journal.told[-1]}
    assert all(first[id_] == fact for id_, fact in again.items())


async def test_one_who_hung_up_while_being_asked_becomes_an_abandoned_request(pbx: Pbx) -> None:
    pbx.notes([*ASKED, END])
    facts = await pbx.one()
    assert only(TicketOpened, facts).reason == "abandoned"
    assert only(CallEnded, facts).outcome == "hung_up"
    assert not [fact for fact in facts if isinstance(fact, CallbackPromised)]


async def test_one_without_a_number_who_hung_up_is_a_call_and_no_more(pbx: Pbx) -> None:
    pbx.notes([*WITHHELD, ("hours", "closed"), END])
    facts = await pbx.one()
    assert {type(fact) for fact in facts} == {CallBegan, StepTaken, CallEnded}
    assert only(CallEnded, facts).outcome == "hung_up"


async def test_a_message_without_a_number_is_a_ticket_without_a_promise(pbx: Pbx) -> None:
    pbx.notes([*WITHHELD, ("hours", "open"), ("number", ""), ("message", ENTRY), END])
    pbx.message()
    facts = await pbx.one()
    ticket = only(TicketOpened, facts)
    assert (ticket.phone, ticket.reason) == (None, "request")
    assert only(MessageLeft, facts).ticket == ticket.ticket


async def test_a_caller_who_chose_to_go_on_without_a_number_is_not_called(pbx: Pbx) -> None:
    pbx.notes([*ASKED, ("number", ""), ("message", ENTRY), ("recorded", "SILENCE"), END])
    facts = await pbx.one()
    assert {type(fact) for fact in facts} == {CallBegan, StepTaken, CallEnded}


async def test_a_promise_of_the_service_is_not_made_again(pbx: Pbx) -> None:
    pbx.notes([*KNOWN, ("promised", "1"), END])
    facts = await pbx.one()
    assert {type(fact) for fact in facts} == {CallBegan, StepTaken, CallEnded}
    assert only(CallEnded, facts).outcome == "promise"


async def test_a_number_that_we_do_not_dial_is_left_to_a_human(pbx: Pbx) -> None:
    pbx.notes([*WITHHELD, ("number", "0211500587"), ("confirmed", "1"), END])
    ticket = only(TicketOpened, await pbx.one())
    assert (ticket.phone, ticket.fields) == (None, {"number_given": "0211500587"})


async def test_a_silent_message_is_kept_and_marked(pbx: Pbx) -> None:
    pbx.notes([*ASKED_FOR_A_CALL, END])
    pbx.message(level=1)
    assert only(MessageLeft, await pbx.one()).silent


@pytest.mark.parametrize("content", [WAV + b"\0\0\0\0", b"not a recording"])
async def test_a_message_of_nothing_or_of_garbage_loses_no_request(
    pbx: Pbx, content: bytes
) -> None:
    pbx.notes([*ASKED_FOR_A_CALL, END])
    pbx.message().write_bytes(content)
    facts = await pbx.one()
    only(CallbackPromised, facts)
    assert not [fact for fact in facts if isinstance(fact, MessageLeft)]


async def test_a_call_in_progress_is_left_alone_until_its_channel_is_gone(pbx: Pbx) -> None:
    pbx.notes(ASKED)
    for live in ({UNIQUEID}, None):
        pbx.live = live
        assert await pbx.take_in() == 0
    pbx.live = {"pbx1-1795491335.1"}
    assert only(CallEnded, await pbx.one()).certain is False


async def test_two_stays_of_one_call_are_two_requests_of_one_call(pbx: Pbx) -> None:
    for name in (ENTRY, f"{UNIQUEID}_{BEGAN + 60}"):
        pbx.notes([*ASKED, ("confirmed", "1"), END], name)
    assert await pbx.take_in() == 2
    first, second = (only(TicketOpened, told) for told in pbx.journal.told)
    assert first.call == second.call
    assert first.ticket != second.ticket


async def test_a_line_that_was_cut_short_costs_no_other(pbx: Pbx) -> None:
    path = pbx.notes(ASKED)
    path.write_text(path.read_text() + "1795491340 conf1795491341 end=1|\n1795491342 end=1|\n17")
    assert only(TicketOpened, await pbx.one()).phone == "+6281234567890"


async def test_an_empty_file_of_a_full_disk_is_still_a_call(pbx: Pbx) -> None:
    pbx.notes([])
    facts = await pbx.one()
    assert only(CallBegan, facts).at == datetime.fromtimestamp(BEGAN, UTC)
    assert only(CallBegan, facts).uniqueid == UNIQUEID


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no-seconds", b"1 end=1|\n"),
        (ENTRY, b"garbage\n"),
        (ENTRY, b"\xff\xfe end=1|\n"),
        (ENTRY, b"1 caller=a b|\n"),
        (ENTRY, b"1 end=1|\n" * 3000),
    ],
)
async def test_a_malformed_file_is_put_aside_and_blocks_nobody(
    pbx: Pbx, name: str, content: bytes
) -> None:
    (pbx.folder / "fallback" / f"{name}.txt").write_bytes(content)
    pbx.notes([*ASKED, END], f"{UNIQUEID}_{BEGAN + 60}")
    await pbx.one()
    assert (pbx.folder / "fallback" / "bad" / f"{name}.txt").read_bytes() == content


@pytest.mark.parametrize(
    "sent", ["%0D%0AChannel%3A x".replace(" ", "%20"), "%E2%80%A8", "%F0%9F%98%80", "%FF", "8" * 80]
)
async def test_no_caller_number_breaks_the_import(pbx: Pbx, sent: str) -> None:
    pbx.notes([("uniqueid", UNIQUEID), ("caller", sent), ("why", "gate"), END])
    began = only(CallBegan, await pbx.one())
    assert began.caller.isprintable()
    assert began.phone is None


async def test_imported_files_are_removed_after_their_time(pbx: Pbx) -> None:
    pbx.notes([*KNOWN, END])
    await pbx.take_in()
    spool = pbx.spool()
    (done,) = (pbx.folder / "fallback" / "done").iterdir()
    spool.prune()
    assert done.exists()
    old = datetime.now(UTC) - timedelta(days=KEPT_DAYS + 1)
    os.utime(done, (old.timestamp(), old.timestamp()))
    spool.prune()
    assert not done.exists()


# The hours for the PBX


def test_hours_are_written_as_the_dialplan_reads_them(tmp_path: Path) -> None:
    days: dict[date, hours_file.Intervals] = {
        date(2026, 11, 27): ((time(8), time(12)), (time(13), time(16))),
        date(2026, 11, 28): (),
        date(2026, 11, 29): ((time(0), time(0)),),
        date(2026, 11, 30): ((time(8), time(23, 59, 59)),),
    }
    hours_file.publish(tmp_path, days, ["hours-open", "day/1"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "20261127": "0800-1200&1300-1600",
        "20261128": "closed",
        "20261129": "0000-2400",
        "20261130": "0800-2400",
        "spoken-id": "saluran/hours-open&saluran/day/1",
    }


def test_days_that_are_no_longer_published_disappear(tmp_path: Path) -> None:
    hours_file.publish(tmp_path, {date(2026, 11, 27): ()}, [])
    hours_file.publish(tmp_path, {date(2026, 11, 28): ()}, [])
    assert not (tmp_path / "20261127").exists()


def test_closures_that_are_over_are_not_published(tmp_path: Path) -> None:
    now = datetime.fromtimestamp(BEGAN, UTC)
    hour = timedelta(hours=1)
    closures = [(now, None, "flood"), (now - 2 * hour, now - hour, "over"), (now, now + hour, "x")]
    hours_file.publish_closures(tmp_path, closures, now)
    assert (tmp_path / "closure").read_text() == (
        f"{BEGAN}-{BEGAN + 3600}&{BEGAN}-{hours_file.FOR_EVER}"
    )
