"""Choosing by keypad when to be called: on a line in the terminal, with slots that others take."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.calendar import WIB
from config.prompts import Catalogue
from config.queues import load_queues
from config.settings import CHECKOUT, Settings
from ivr import walk as walking
from ivr.ids import new_id
from ivr.ports import DeskAway, LiveCallback, Person
from ivr.script import load_flow
from ivr.slot_book import SlotBook
from ivr.terminal import TerminalLine, scripted
from scripts.line_hours import LineHours

CATALOGUE = Catalogue.load(CHECKOUT / "config/prompts")
FLOW = load_flow(CHECKOUT / "config/flows/hotline.yaml", CATALOGUE.ids)
QUEUES = load_queues(CHECKOUT / "config/queues.yaml")
EVENING = "2026-11-27 16:01"
"""A Friday: the next opening is on Monday at eight."""
MORNING = "2026-11-25 10:00"
PROMISED = "1,1"
"""After hours: a call is asked for, on the number that the caller calls from."""


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


class Bookings:
    """What others have chosen; `later` comes to be chosen once the caller has heard the offer."""

    def __init__(self, *rows: str, later: tuple[str, ...] = (), away: bool = False) -> None:
        self._rows, self._later, self._away = rows, later, away

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        if self._away:
            raise DeskAway("gone for lunch")
        rows, self._rows = self._rows, (*self._rows, *self._later)
        self._later = ()
        return Counter(wib(f"2026-11-30 {hour}") for hour in rows)


class Full(Bookings):
    """Everything is taken."""

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        hours = int((last - first) / timedelta(hours=1)) + 1
        begins = first.astimezone(WIB).replace(minute=0, second=0, microsecond=0)
        return {begins + timedelta(hours=hour): 1 for hour in range(hours + 1)}


Walked = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walked:
    """What a walk shows and writes, as lines."""

    async def walk(
        keys: str,
        at: str = EVENING,
        bookings: Bookings | None = None,
        known: LiveCallback | None = None,
        **slots: int,
    ) -> list[str]:
        shown: list[str] = []
        settings = Settings.model_validate({"state": tmp_path, "slots": {"capacity": 1, **slots}})
        hours = LineHours(settings)
        moment = wib(at)
        monkeypatch.setattr(hours, "now", lambda: moment)

        async def person(self: walking.DryDesk, phone: str) -> Person:
            return Person(language=None, live_callback=known)

        monkeypatch.setattr(walking.DryDesk, "person", person)
        line = TerminalLine(
            CATALOGUE.text, shown.append, scripted(keys, shown.append), agents=False
        )
        book = SlotBook(
            bookings or Bookings(),
            lambda: hours.calendar,
            settings.slots,
            hours.now,
            lambda: False,
        )
        await walking.walk(
            FLOW, line, hours, hours.week(), QUEUES, book, "+6281234567890", shown.append
        )
        return shown

    return walk


def promises(shown: list[str]) -> list[str]:
    """When calls were promised, one after the other."""
    return [line.removeprefix("✎ callback due ") for line in shown if "callback" in line]


OPENING = "2026-11-30 08:00 WIB"
NINE, TEN, ELEVEN = (f"2026-11-30 {hour:02}:00 WIB" for hour in (9, 10, 11))


def offers(shown: list[str]) -> list[str]:
    return [line for line in shown if "tekan sembilan. Untuk secepatnya" in line]


async def test_a_time_is_chosen_by_its_key_and_told(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3,2,2,2")
    assert promises(shown) == [OPENING, TEN]
    assert shown.count("── message-offer") == 2
    told = "Kami akan menghubungi Bapak Ibu pada Senin tiga puluh November pukul sepuluh pagi"
    assert told in shown


async def test_the_promise_is_not_offered_and_a_day_is_told_once(walked: Walked) -> None:
    (offer,) = offers(await walked(f"{PROMISED},3"))
    assert "pukul delapan pagi" not in offer
    assert offer.count("Senin tiga puluh November") == 1
    assert offer.index("pukul sembilan pagi") < offer.index("tekan satu.")


async def test_a_full_slot_is_not_offered(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3,1", bookings=Bookings("10:00"))
    assert "pukul sepuluh pagi" not in offers(shown)[0]
    assert promises(await walked(f"{PROMISED},3,2", bookings=Bookings("10:00"))) == [
        OPENING,
        ELEVEN,
    ]


async def test_a_slot_that_was_taken_meanwhile_is_said_and_others_are_offered(
    walked: Walked,
) -> None:
    shown = await walked(f"{PROMISED},3,1,1", bookings=Bookings(later=("09:00",)))
    first, second = offers(shown)
    assert "pukul sembilan pagi" in first
    assert second.startswith("Mohon maaf, waktu itu baru saja terisi. Senin")
    assert "pukul sembilan pagi" not in second
    assert promises(shown) == [OPENING, TEN]


async def test_later_ones_come_on_a_key_and_behind_the_last_the_first_again(
    walked: Walked,
) -> None:
    shown = await walked(f"{PROMISED},3,9,2", offered=2)
    assert promises(shown) == [OPENING, "2026-11-30 12:00 WIB"]
    # Sixty days of one slot a day.
    shown = await walked(f"{PROMISED},3,{'9,' * 50}*", offered=5, minutes=480, notice_minutes=0)
    assert promises(shown) == [OPENING]
    assert len(set(offers(shown))) < len(offers(shown))


@pytest.mark.parametrize(
    ("keys", "asked"), [("*", 1), ("8,8,8", 3), (",,", 3), ("#,7,", 3), ("4,A,6", 3)]
)
async def test_without_a_choice_the_promise_stays(walked: Walked, keys: str, asked: int) -> None:
    shown = await walked(f"{PROMISED},3,{keys},2,2")
    assert promises(shown) == [OPENING]
    assert len(offers(shown)) == asked
    assert ("Janji kami tetap seperti semula." in shown) == (asked == 3)
    assert shown[-1] == "☎ the line hangs up"


async def test_who_hangs_up_while_choosing_is_called_as_promised(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3")
    assert promises(shown) == [OPENING]
    assert shown[-1] == "☎ the caller hangs up"


async def test_a_wrong_key_costs_a_try_and_leads_to_the_same_times(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3,8,,1")
    first, second, third = offers(shown)
    assert second.startswith("Mohon maaf, pilihan tidak tersedia. Senin")
    assert third.startswith("Mohon maaf, kami belum menerima pilihan Bapak Ibu. Senin")
    assert first.removeprefix("Silakan pilih waktu. ") in second
    assert promises(shown) == [OPENING, NINE]


async def test_zero_is_the_next_opening_or_at_once(walked: Walked) -> None:
    assert promises(await walked(f"{PROMISED},3,1,3,0")) == [OPENING, NINE, OPENING]
    shown = await walked("2,0,1,3,1,3,0", at=MORNING)
    now, slot, soonest = promises(shown)
    assert (now, slot, soonest) == (
        "2026-11-25 10:00 WIB",
        "2026-11-25 11:00 WIB",
        "2026-11-25 10:00 WIB",
    )
    assert shown.count("Kami akan menghubungi Bapak Ibu secepatnya.") == 2


async def test_without_the_desk_the_calendar_offers(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3,1", bookings=Bookings(away=True))
    assert promises(shown) == [OPENING, NINE]


async def test_when_every_slot_is_taken_the_promise_stays(walked: Walked) -> None:
    shown = await walked(f"{PROMISED},3,2,2", bookings=Full())
    assert offers(shown) == []
    assert "Mohon maaf, belum ada waktu lain. Janji kami tetap seperti semula." in shown
    assert promises(shown) == [OPENING]


async def test_who_gave_no_number_is_told_how_to_go_on(walked: Walked) -> None:
    shown = await walked("1,2,*#,3,2,2")
    assert promises(shown) == []
    assert offers(shown) == []
    no_number = CATALOGUE.text("promise-no-number", "id")
    assert len([line for line in shown if no_number in line]) == 2


def known(slot: datetime | None) -> LiveCallback:
    call = new_id()
    return LiveCallback(call, call, "26000019", slot or wib("2026-11-30 08:00"), slot)


async def test_a_slot_that_was_chosen_before_is_kept_and_told_when_the_person_calls_again(
    walked: Walked,
) -> None:
    before = known(wib("2026-12-01 10:00"))
    shown = await walked("2,0,1,2,2", at=MORNING, known=before)
    assert promises(shown) == ["2026-12-01 10:00 WIB"]
    told = "Permintaan Bapak Ibu sudah kami catat. Kami akan menghubungi Bapak Ibu pada Selasa"
    assert any(line.startswith(told) for line in shown)


async def test_a_slot_that_was_chosen_before_is_moved_by_who_calls_again(walked: Walked) -> None:
    before = known(wib("2026-12-01 10:00"))
    assert promises(await walked("2,0,1,3,0", at=MORNING, known=before)) == [
        "2026-12-01 10:00 WIB",
        "2026-11-25 10:00 WIB",
    ]


async def test_whoever_keys_the_number_of_another_learns_no_time_and_moves_nothing(
    walked: Walked,
) -> None:
    before = known(wib("2026-12-01 10:00"))
    shown = await walked("2,0,2,081255556666#,1,3,2", at=MORNING, known=before)
    assert promises(shown) == ["2026-12-01 10:00 WIB"]
    assert "Permintaan Bapak Ibu sudah kami catat." in shown
    assert "Janji kami tetap seperti semula." in shown


async def test_a_slot_that_has_passed_is_no_reason_to_wait(walked: Walked) -> None:
    before = known(wib("2026-11-25 09:00"))
    assert promises(await walked("2,0,1", at=MORNING, known=before)) == ["2026-11-25 10:00 WIB"]


ENQUIRY = "5,26000018#,1234#"


@pytest.mark.parametrize("keys", ["3", "", "*", "9"])
async def test_an_enquiry_changes_nothing_unless_asked_to(walked: Walked, keys: str) -> None:
    shown = await walked(f"{ENQUIRY},{keys},2")
    assert promises(shown) == []
    assert shown[-1] == "☎ the line hangs up"


async def test_a_call_is_cancelled_by_number_and_pin(walked: Walked) -> None:
    shown = await walked(f"{ENQUIRY},1,2")
    assert promises(shown) == ["✎ callback cancelled"]
    assert CATALOGUE.text("enquiry-cancelled", "id") in shown


async def test_a_call_is_moved_by_number_and_pin(walked: Walked) -> None:
    assert promises(await walked(f"{ENQUIRY},2,3,2")) == [ELEVEN]
    assert promises(await walked(f"{ENQUIRY},2,0,2")) == [OPENING]
    assert promises(await walked(f"{ENQUIRY},2,*,2")) == []
    assert promises(await walked(f"{ENQUIRY},2,7,,7,2")) == []
