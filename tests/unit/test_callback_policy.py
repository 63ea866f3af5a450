"""What an attempt came to, and when a person is called again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import WIB, Calendar
from config.settings import CHECKOUT
from config.settings_groups import Callbacks
from ivr import attempt_notes
from ivr.attempt_notes import AttemptNotes, Dialled
from ivr.callback_policy import verdict, whom
from ivr.callback_whisper import whisper
from ivr.ids import new_id
from ivr.ports import Closing
from ivr.ports_queue import DueCallback

POLICY = Callbacks()
WEDNESDAY_10 = datetime(2026, 11, 25, 10, 0, tzinfo=WIB)
FRIDAY_1530 = datetime(2026, 11, 27, 15, 30, tzinfo=WIB)
CALENDAR = Calendar.load(CHECKOUT / "config/calendar.yaml")


@dataclass(frozen=True)
class At:
    """The office's hours with a clock that stands."""

    moment: datetime = WEDNESDAY_10

    def now(self) -> datetime:
        return self.moment

    def closing(self, at: datetime) -> Closing | None:
        closing = CALENDAR.closing(at)
        return Closing(closing.reason, closing.name) if closing else None

    def next_opening(self, after: datetime) -> datetime | None:
        return CALENDAR.next_opening(after)


def due(tries: int = 0, phone: str = "+6281234567890", other: str | None = None) -> DueCallback:
    return DueCallback(
        id=new_id(),
        ticket=new_id(),
        number="26000123",
        phone=phone,
        other_phone=other,
        queue="umum",
        language="id",
        topic="GANTI",
        name=None,
        since=WEDNESDAY_10,
        priority=0,
        attempt=new_id(),
        tries=tries,
    )


def dialled(status: str, cause: int = 16, talked: float = 0.0) -> AttemptNotes:
    return AttemptNotes(
        new_id(), agent="6001", number="081234567890", dialled=Dialled(status, cause, talked)
    )


@pytest.mark.parametrize(
    ("notes", "result"),
    [
        (dialled("ANSWER", talked=60), "kept"),
        (dialled("ANSWER", talked=0.8), "early_hangup"),
        (replace(dialled("ANSWER", talked=9), machine=True), "machine"),
        (dialled("BUSY", 17), "busy"),
        (dialled("NOANSWER", 19), "no_answer"),
        (dialled("CHANUNAVAIL", 1), "invalid"),
        (dialled("CONGESTION", 28), "invalid"),
        (dialled("CONGESTION", 38), "unreachable"),
        (dialled("CANCEL"), "agent_gone"),
        (replace(dialled("ANSWER"), dialled=None), "uncertain"),
        (AttemptNotes(new_id(), agent="6001"), "agent_gone"),
        (AttemptNotes(new_id(), agent="6001", declined=True), "agent_declined"),
        (AttemptNotes(new_id(), agent="6001", withheld="closed"), "closed"),
    ],
)
def test_what_the_pbx_noted_has_one_result(notes: AttemptNotes, result: str) -> None:
    assert verdict(POLICY, At(), due(), notes).result == result


def test_who_does_not_answer_is_tried_an_hour_later_and_then_the_next_day() -> None:
    notes = dialled("NOANSWER")
    again = [verdict(POLICY, At(), due(tries), notes).again for tries in (0, 1, 2)]
    assert again == [WEDNESDAY_10 + timedelta(hours=1), WEDNESDAY_10 + timedelta(days=1), None]


def test_an_hour_later_on_friday_afternoon_is_monday_morning() -> None:
    again = verdict(POLICY, At(FRIDAY_1530), due(), dialled("NOANSWER")).again
    assert again == datetime(2026, 11, 30, 8, 0, tzinfo=WIB)


def test_when_the_line_has_closed_it_is_the_next_opening() -> None:
    late = FRIDAY_1530.replace(hour=16, minute=1)
    notes = AttemptNotes(new_id(), agent="6001", withheld="closed")
    assert verdict(POLICY, At(late), due(), notes).again == datetime(2026, 11, 30, 8, 0, tzinfo=WIB)


def test_while_nobody_knows_the_next_opening_it_stays_due() -> None:
    class Shut(At):
        def next_opening(self, after: datetime) -> datetime | None:
            return None

    notes = AttemptNotes(new_id(), agent="6001", withheld="closed")
    assert verdict(POLICY, Shut(), due(), notes).again == WEDNESDAY_10


def test_a_wrong_number_is_tried_again_only_if_there_is_another() -> None:
    notes = dialled("CHANUNAVAIL", 1)
    assert verdict(POLICY, At(), due(), notes).again is None
    assert verdict(POLICY, At(), due(other="+6281299990000"), notes).again == WEDNESDAY_10


def test_an_agent_who_declines_costs_no_attempt() -> None:
    notes = AttemptNotes(new_id(), agent="6001", declined=True)
    assert verdict(POLICY, At(), due(tries=9), notes).again == WEDNESDAY_10


def test_an_attempt_that_no_agent_took_has_no_result() -> None:
    with pytest.raises(ValueError, match="reached nobody"):
        verdict(POLICY, At(), due(), AttemptNotes(new_id()))


@given(
    st.sampled_from(["ANSWER", "BUSY", "NOANSWER", "CHANUNAVAIL", "CONGESTION", "CANCEL"]),
    st.integers(0, 127),
    st.integers(0, 9),
    st.floats(0, 100),
)
def test_after_the_last_attempt_it_is_never_tried_again(
    status: str, cause: int, tries: int, talked: float
) -> None:
    result = verdict(POLICY, At(), due(tries), dialled(status, cause, talked))
    if tries + 1 >= POLICY.attempts or result.result == "kept":
        assert result.again is None
    if result.again:
        assert At().closing(result.again) is None
        assert result.again >= WEDNESDAY_10


@pytest.mark.parametrize(
    "phone",
    ["+628091234567", "+628001234567", "+6562345678", "+62211500587", "+62110", "6001", "1500587"],
)
def test_forbidden_numbers_are_never_dialled(phone: str) -> None:
    assert whom(POLICY, due(phone=phone)) is None


def test_our_own_numbers_are_never_dialled() -> None:
    own = POLICY.model_copy(update={"never": ("+62213456789",)})
    assert whom(own, due(phone="+62213456789")) is None
    assert whom(own, due(phone="+62213456789", other="+6281299990000")) == "+6281299990000"


def test_the_two_numbers_of_a_person_take_turns() -> None:
    both = [whom(POLICY, due(tries, other="+6281299990000")) for tries in range(3)]
    assert both == ["+6281234567890", "+6281299990000", "+6281234567890"]


def test_the_whisper_says_number_topic_and_since_when() -> None:
    heard = whisper(due(), "+6281234567890", refusable=True).split("&")
    assert heard[:7] == [
        "saluran/callback-offer",
        "saluran/pair/08",
        "saluran/pair/12",
        "saluran/pair/34",
        "saluran/pair/56",
        "saluran/pair/78",
        "saluran/pair/90",
    ]
    assert heard[7:10] == ["saluran/topic-ganti", "saluran/callback-since", "saluran/day/3"]
    assert heard[-1] == "saluran/callback-refuse"
    assert "saluran/callback-refuse" not in whisper(due(), "+6281234567890", refusable=False)


def test_notes_are_read_as_the_dialplan_writes_them(tmp_path: Path) -> None:
    callback, attempt = new_id(), new_id()
    path = tmp_path / f"{attempt}.txt"
    path.write_text(
        f"1795493008 callback={callback}|\n1795493008 placed=umum|\n1795493008 agent=6001|\n"
        "1795493011 heard=1|\n1795493011 dialled=081234567890|\n"
        "1795493012 answered=1795493012266|\n1795493014 status=ANSWER.016.1795493014270|\n"
    )
    notes = attempt_notes.read(path)
    assert (notes.attempt, notes.callback, notes.agent) == (attempt, callback, "6001")
    assert notes.dialled == Dialled("ANSWER", 16, 2.004)


def test_a_line_that_was_cut_short_did_not_happen(tmp_path: Path) -> None:
    path = tmp_path / f"{new_id()}.txt"
    path.write_text("1795493008 agent=6001|\n1795493011 dialled=0812")
    notes = attempt_notes.read(path)
    assert (notes.agent, notes.number) == ("6001", "")


@given(content=st.binary(max_size=200))
def test_whatever_a_notes_file_holds_it_is_read(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("notes") / f"{new_id()}.txt"
    path.write_bytes(content)
    assert attempt_notes.read(path).attempt == UUID(path.stem)
