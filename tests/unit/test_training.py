"""The next trainings by phone: what is offered, and that nothing is said which is not known."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from config.calendar import WIB
from config.prompts import Catalogue
from config.queues import load_queues
from config.settings import CHECKOUT, Settings
from ivr import walk as walking
from ivr.facts import Fact, StepTaken
from ivr.facts_training import TrainingAsked, TrainingTold
from ivr.ids import new_id
from ivr.ports import DeskAway, Training
from ivr.script import load_flow
from ivr.slot_book import SlotBook
from ivr.terminal import TerminalLine, scripted
from ivr.training_book import TrainingBook
from scripts.line_hours import LineHours

CATALOGUE = Catalogue.load(CHECKOUT / "config/prompts")
FLOW = load_flow(CHECKOUT / "config/flows/hotline.yaml", CATALOGUE.ids)
QUEUES = load_queues(CHECKOUT / "config/queues.yaml")
NOW = datetime(2026, 11, 25, 10, tzinfo=WIB)
NINE = datetime(2026, 12, 1, 9, tzinfo=WIB)
SITI = "+6281234567890"
BANDUNG, MAKASSAR, SORONG, MEDAN = (
    Training(new_id(), "Bandung", NINE, "WIB", 5),
    Training(new_id(), "Makassar", NINE + timedelta(days=1), "WITA", 0),
    Training(new_id(), "Sorong", NINE + timedelta(days=2), "WIT", 3),
    Training(new_id(), "kota  Medan", NINE + timedelta(days=3), "WIB", 3),
)
TO_TRAININGS = "2,4,1"
"""No recording, training or finance, training."""


class Desk:
    """Sessions, and what becomes of a sign-up; away from the time it is `away` on."""

    def __init__(self, *sessions: Training, state: str | None = "seated") -> None:
        self.sessions, self.state = sessions, state
        self.away = False

    async def trainings(self, now: datetime, most: int) -> Sequence[Training]:
        if self.away:
            raise DeskAway("gone for lunch")
        return [one for one in self.sessions if one.starts > now][:most]

    async def training_place(self, training: UUID, phone: str) -> str | None:
        if self.away:
            raise DeskAway("gone for lunch")
        return self.state


Walked = Callable[..., Awaitable[tuple[list[str], list[Fact]]]]


@pytest.fixture
def walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walked:
    """What a walk shows, and the facts that it writes."""

    async def walk(
        keys: str, desk: Desk, caller: str | None = SITI
    ) -> tuple[list[str], list[Fact]]:
        shown: list[str] = []
        facts: list[Fact] = []
        settings = Settings(state=tmp_path)
        hours = LineHours(settings)
        monkeypatch.setattr(hours, "now", lambda: NOW)
        for name in ("trainings", "training_place"):
            monkeypatch.setattr(walking.DryDesk, name, staticmethod(getattr(desk, name)))
        line = TerminalLine(
            CATALOGUE.text, shown.append, scripted(keys, shown.append), agents=False
        )
        book = SlotBook(
            walking.DryBookings(), lambda: hours.calendar, settings.slots, hours.now, lambda: False
        )
        await walking.walk(
            FLOW, line, hours, hours.week(), QUEUES, book, caller, shown.append, facts.append
        )
        return shown, facts

    return walk


def asked(facts: list[Fact]) -> list[UUID]:
    return [fact.training for fact in facts if isinstance(fact, TrainingAsked)]


def steps(facts: list[Fact]) -> list[str]:
    return [fact.step for fact in facts if isinstance(fact, StepTaken) and fact.event == "entered"]


def offers(shown: list[str]) -> list[str]:
    return [line for line in shown if "Untuk kembali, tekan bintang" in line and "pukul" in line]


async def test_each_is_told_by_the_clocks_of_its_place_and_whether_there_are_seats(
    walked: Walked,
) -> None:
    shown, facts = await walked(f"{TO_TRAININGS},*", Desk(BANDUNG, MAKASSAR, SORONG))
    (offer,) = offers(shown)
    assert (
        "Selasa satu Desember pukul sembilan pagi Waktu Indonesia Barat di Bandung. "
        "Untuk mendaftar, tekan satu."
    ) in offer
    assert (
        "Rabu dua Desember pukul sepuluh pagi Waktu Indonesia Tengah di Makassar. "
        "sudah penuh, masih ada daftar tunggu. Untuk daftar tunggu, tekan dua."
    ) in offer
    assert "Waktu Indonesia Timur petugas akan memberi tahu tempatnya. Untuk mendaftar" in offer
    assert "tekan sembilan" not in offer
    assert steps(facts)[-1] == "training"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("seated", "sudah terdaftar dan mendapat kursi"),
        ("waiting", "kami catat di daftar tunggu"),
        (None, "kursinya belum pasti"),
    ],
)
async def test_what_the_desk_made_of_it_is_what_is_said(
    walked: Walked, state: str | None, said: str
) -> None:
    shown, facts = await walked(f"{TO_TRAININGS},1,2", Desk(BANDUNG, MAKASSAR, state=state))
    assert asked(facts) == [BANDUNG.id]
    (told,) = [line for line in shown if said in line]
    assert "di Bandung." in told
    assert told.endswith("nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol")
    # Somebody who knows it is owed no word.
    heard = [fact.state for fact in facts if isinstance(fact, TrainingTold)]
    assert heard == ([state] if state else [])


async def test_later_ones_come_on_a_key_and_behind_the_last_the_first_again(
    walked: Walked,
) -> None:
    desk = Desk(BANDUNG, MAKASSAR, SORONG, MEDAN)
    shown, facts = await walked(f"{TO_TRAININGS},9,1,2", desk)
    assert asked(facts) == [MEDAN.id]
    assert "di Medan." in offers(shown)[1]
    _, facts = await walked(f"{TO_TRAININGS},9,9,1,2", desk)
    assert asked(facts) == [BANDUNG.id]


@pytest.mark.parametrize("keys", ["0", "8,7,", "2,2,2"])
async def test_who_chooses_nothing_that_is_offered_comes_to_an_officer(
    walked: Walked, keys: str
) -> None:
    _, facts = await walked(f"{TO_TRAININGS},{keys}", Desk(BANDUNG))
    assert asked(facts) == []
    assert "operator" in steps(facts)


@pytest.mark.parametrize(
    ("desk", "caller", "said"),
    [
        (Desk(), SITI, "training-none"),
        (Desk(replace(BANDUNG, starts=NOW)), SITI, "training-none"),
        (Desk(BANDUNG), None, "training-no-number"),
    ],
)
async def test_who_cannot_be_signed_up_is_told_why_and_comes_to_an_officer(
    walked: Walked, desk: Desk, caller: str | None, said: str
) -> None:
    shown, facts = await walked(TO_TRAININGS, desk, caller)
    assert asked(facts) == []
    assert CATALOGUE.text(said, "id") in shown
    assert "operator" in steps(facts)


async def test_without_the_desk_it_is_said_that_nothing_can_be_told(walked: Walked) -> None:
    desk = Desk(BANDUNG)
    desk.away = True
    shown, facts = await walked(TO_TRAININGS, desk)
    assert asked(facts) == []
    assert CATALOGUE.text("training-away", "id") in shown


async def test_while_the_desk_is_away_the_sessions_it_told_last_are_known() -> None:
    desk, now = Desk(BANDUNG, MAKASSAR), NOW

    book = TrainingBook(desk, lambda: now)  # type: ignore[arg-type]
    assert await book.upcoming() == [BANDUNG, MAKASSAR]
    desk.away = True
    assert await book.upcoming() == [BANDUNG, MAKASSAR]
    assert await book.place(BANDUNG.id, SITI) is None
    now = NINE
    assert await book.upcoming() == [MAKASSAR]
