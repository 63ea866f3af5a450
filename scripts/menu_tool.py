"""The phone side's menu as the desk asks for it (`tickets.menu_side`)."""

from collections.abc import Callable
from datetime import UTC, datetime

from config.calendar import WIB
from config.documents import ConfigError, parsed
from config.prompts import Catalogue
from config.queues import load_queues
from config.settings import Settings
from ivr.compare import StepChange, compare
from ivr.draw import Count, svg
from ivr.facts import CallbackPromised, ConsentGiven, Fact, LanguageChosen, StepTaken, TicketOpened
from ivr.facts_queue import CallbackCancelled, CallbackMoved
from ivr.flow import Flow
from ivr.script import flow_of
from ivr.slot_book import SlotBook
from ivr.tried_line import KeysOver, TriedLine
from ivr.walk import DryBookings, walk
from scripts.check.queues import missing
from scripts.line_hours import LineHours
from tickets.menu_side import (
    Caller,
    Counts,
    MenuChange,
    MenuDetail,
    MenuFacts,
    MenuProblem,
    MenuRefused,
    Names,
    Titles,
    Tried,
    TryOut,
)


class MenuTool:
    """Fits `tickets.menu_side.MenuSide`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = f"{settings.flow}.yaml"

    def judge(self, text: str) -> MenuFacts:
        flow = self._flow(text)
        return MenuFacts(name=flow.name, version=flow.version, steps=len(flow.steps))

    def changes(self, old: str, new: str) -> list[MenuChange]:
        return [_change(one) for one in compare(self._flow(old), self._flow(new))]

    def picture(
        self,
        text: str,
        language: str,
        other: str | None = None,
        names: Names = str,
    ) -> str:
        flow = self._flow(text)
        changes = compare(self._flow(other), flow) if other is not None else []
        return svg(flow, self._words(language), None, changes, names)

    def funnel(self, text: str, language: str, counts: Counts) -> str:
        """For people who never see the file: steps by their titles, with who was where."""
        told = {step: _count(*count) for step, count in counts.items()}
        return svg(self._flow(text), self._words(language), told, people=language)

    def titles(self, text: str) -> Titles:
        """What people call the steps, by name and language."""
        return self._flow(text).titles

    def before(self, text: str, language: str, newer: str, names: Names = str) -> str:
        flow = self._flow(text)
        changes = compare(flow, self._flow(newer))
        return svg(flow, self._words(language), None, changes, names)

    async def walk(self, text: str, caller: Caller) -> TryOut:
        flow, settings = self._flow(text), self._settings
        if caller.at is not None:
            ahead = caller.at - datetime.now(UTC)
            settings = settings.model_copy(update={"clock_offset": ahead.total_seconds()})
        events: list[Tried] = []

        def tell(kind: str, words: str) -> None:
            events.append(Tried(kind=kind, text=words))

        hours = LineHours(settings)
        catalogue = Catalogue.load(settings.files.prompts)
        line = TriedLine(catalogue.text, tell, caller.keys, agents=caller.agents)
        try:
            queues = load_queues(settings.files.queues)
            slots = SlotBook(
                DryBookings(), lambda: hours.calendar, settings.slots, hours.now, lambda: False
            )
            outcome = await walk(
                flow, line, hours, hours.week(), queues, slots, caller.phone, hear=_hearing(tell)
            )
        except KeysOver as over:
            return TryOut(events=events, wants=over.wants, most=over.most, outcome="")
        return TryOut(events=events, wants="nothing", most=0, outcome=str(outcome))

    def _flow(self, text: str) -> Flow:
        """Raises MenuRefused."""
        files = self._settings.files
        try:
            flow = flow_of(self._file, text.encode(), Catalogue.load(files.prompts).ids)
            menu = parsed(self._file, text)
            problems = tuple(missing(menu, flow, load_queues(files.queues), files.queues))
        except ConfigError as error:
            problems = error.problems
        if problems:
            raise MenuRefused(
                [MenuProblem(one.line, one.column, one.message, one.remedy) for one in problems]
            )
        return flow

    def _words(self, language: str) -> Callable[[str], str]:
        catalogue = Catalogue.load(self._settings.files.prompts)
        return lambda prompt: catalogue.text(prompt, language)


def _change(change: StepChange) -> MenuChange:
    return MenuChange(
        step=change.step,
        how=change.how.value,
        details=[MenuDetail(name=d.name, was=d.was, now=d.now) for d in change.details],
    )


def _count(calls: int, left: int) -> Count:
    return Count(calls, f"{calls}", f"▼ {left}" if left else "")


def _hearing(tell: Callable[[str, str], None]) -> Callable[[Fact], None]:
    """What would be written, each fact of interest by its kind."""

    def hear(fact: Fact) -> None:
        match fact:
            case StepTaken(event="entered", step=step):
                tell("step", step)
            case TicketOpened(category=category, phone=phone, fields=fields):
                noted = [f"{name}: {value}" for name, value in fields.items()]
                tell("ticket", ", ".join([category, *noted, *([phone] if phone else [])]))
            case CallbackPromised(due=due) | CallbackMoved(due=due):
                tell("callback", f"{due.astimezone(WIB):%Y-%m-%d %H:%M} WIB")
            case CallbackCancelled():
                tell("cancelled", "")
            case ConsentGiven(granted=granted):
                tell("consent" if granted else "no_consent", "")
            case LanguageChosen(language=language):
                tell("language", language)
            case _:
                pass

    return hear
