"""The facts in what the PBX noted alone.

Their ids are derived from the call and the file, so that whoever imports the same notes again,
after a crash between any two steps, changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from config.phones import masked, printable
from ivr.facts import (
    CallbackPromised,
    CallBegan,
    CallEnded,
    Fact,
    MessageLeft,
    StepTaken,
    TicketOpened,
)
from ivr.fallback_notes import Notes
from ivr.ids import call_id
from ivr.pbx_notes import Note
from ivr.recordings import Stored

FLOW = "fallback"
AFTER_THE_SERVICE = 10_000
"""Where the steps of the fallback begin to count: behind any that the service told of the call."""

NextOpening = Callable[[datetime], datetime | None]

_STEPS = {
    "why": (FLOW, "entered"),
    "promised": (FLOW, "promised"),
    "hours": (FLOW, "hours"),
    "number": ("fallback-number", "entered"),
    "confirmed": ("fallback-number", "confirmed"),
    "message": ("fallback-message", "entered"),
    "recorded": ("fallback-message", "recorded"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One call's notes, whose they are, and the message that was stored of it."""

    pbx: str
    notes: Notes
    message: Stored | None = None

    @property
    def call(self) -> UUID:
        return call_id(self.pbx, self.notes.uniqueid)

    def id(self, label: str) -> UUID:
        """The id of one thing of this case; always the same."""
        return uuid5(self.call, f"{self.notes.entry}/{label}")

    @property
    def promised_before(self) -> bool:
        """The service had made its promise before the PBX took over: none is made twice."""
        return self.notes.of("promised") is not None

    @property
    def request(self) -> bool:
        """The caller said yes to a number, or left a message, or stayed to the end."""
        done = self.notes.of("confirmed") or self.notes.of("recorded") or self.message
        return bool(done) and self.reachable

    @property
    def reachable(self) -> bool:
        """Somebody can act on it: a number, even one that needs a human's eye, or a message."""
        return bool(self.notes.phone or self.notes.of("number") or self.message)

    @property
    def opens_ticket(self) -> bool:
        """Also for one who hung up before: they were being asked, and can be called."""
        return self.reachable and self.met and not self.promised_before

    @property
    def met(self) -> bool:
        """The caller heard anything at all; who hung up at the answer asked for nothing."""
        return self.notes.of("why") != "unmet"


def facts(case: Case, next_opening: NextOpening) -> list[Fact]:
    """Everything that the notes tell, in the order in which it happened."""
    told: list[Fact] = [_began(case), *_steps(case)]
    if case.opens_ticket:
        told += _ticket(case, next_opening)
    return [*told, _ended(case)]


def _began(case: Case) -> CallBegan:
    notes = case.notes
    return CallBegan(
        id=case.id("began"),
        call=case.call,
        at=notes.began,
        pbx=case.pbx,
        uniqueid=notes.uniqueid,
        caller=printable(notes.of("caller") or ""),
        phone=notes.caller_phone,
        dialled=notes.of("dialled") or "",
        flow=FLOW,
    )


def _steps(case: Case) -> Iterator[StepTaken]:
    known = (line for line in case.notes.lines if line.key in _STEPS)
    for seq, line in enumerate(known, AFTER_THE_SERVICE):
        step, event = _STEPS[line.key]
        yield StepTaken(
            id=case.id(f"step {seq}"),
            call=case.call,
            at=line.at,
            seq=seq,
            step=step,
            event=event,
            detail=_detail(line),
        )


def _detail(line: Note) -> str:
    match line.key:
        case "number":
            return masked(line.value) if line.value else "none"
        case "hours" | "why" | "recorded":
            return line.value.lower()[:20]
        case _:
            return ""


def _ticket(case: Case, next_opening: NextOpening) -> Iterator[Fact]:
    notes = case.notes
    yield TicketOpened(
        id=case.id("opened"),
        call=case.call,
        at=notes.last,
        ticket=case.id("ticket"),
        number=None,
        pin_hash=None,
        category="UMUM",
        channel="fallback",
        phone=notes.phone,
        fields=_unusual(notes),
        reason="request" if case.request else "abandoned",
    )
    if case.request and notes.phone:
        yield CallbackPromised(
            id=case.id("promised"),
            call=case.call,
            at=notes.last,
            callback=case.id("callback"),
            ticket=case.id("ticket"),
            phone=notes.phone,
            type="next_opening",
            due=next_opening(notes.last) or notes.last,
            since=notes.began,
        )
    if case.message:
        yield _message(case, case.message)


def _unusual(notes: Notes) -> dict[str, str]:
    """A number that the caller gave and that we do not dial by ourselves is left to a human."""
    given = notes.of("number")
    return {"number_given": printable(given)} if given and notes.phone is None else {}


def _message(case: Case, stored: Stored) -> MessageLeft:
    return MessageLeft(
        id=case.id("message"),
        call=case.call,
        at=case.notes.last,
        recording=case.id("recording"),
        ticket=case.id("ticket"),
        name=stored.name,
        seconds=stored.seconds,
        size=stored.size,
        sha256=stored.sha256,
        silent=stored.silent,
    )


def _ended(case: Case) -> CallEnded:
    steps = [_STEPS[line.key][0] for line in case.notes.lines if line.key in _STEPS]
    kept = case.promised_before or case.request
    return CallEnded(
        id=case.id("ended"),
        call=case.call,
        at=case.notes.last,
        outcome="promise" if kept else "hung_up",
        step=steps[-1] if steps else FLOW,
        certain=case.notes.ended,
    )
