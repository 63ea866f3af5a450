"""What the desk asks of the phone side about its menu, without knowing how menus are written.

A *version* here is the text of a menu's file, and its name the first eight hex digits of the
SHA-256, as on each call's row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from tickets.errors import TicketError

Counts = Mapping[str, tuple[int, int]]
"""By step: how many came to it, and how many hung up there."""


@dataclass(frozen=True, slots=True)
class MenuProblem:
    """A mistake, and its place in the text; line 0 is all of it."""

    line: int
    column: int
    message: str
    remedy: str


class MenuRefused(TicketError):
    """The text is no menu that could be served; `problems` holds every mistake."""

    def __init__(self, problems: Sequence[MenuProblem]) -> None:
        super().__init__("\n".join(f"{one.line}: {one.message}" for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuFacts:
    name: str
    version: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuDetail:
    """A value of a step; empty where it is not."""

    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuChange:
    step: str
    """Empty for the menu as a whole."""
    how: Literal["added", "removed", "changed"]
    details: list[MenuDetail]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Something that happens on a line that is tried out."""

    kind: str
    """`step`, `heard`, `keyed`, `silent`, `ticket`, `callback`, … as `tried.KIND` of the words."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOut:
    """A walk through the menu with the keys that were given."""

    events: list[Tried]
    wants: Literal["key", "digits", "record", "nothing"]
    """What the caller is asked for now; nothing when the call is over."""
    most: int
    """Digits."""
    outcome: str
    """How the call ended; empty while it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who tries it, and when."""

    keys: Sequence[str]
    """An empty one is silence."""
    phone: str | None
    """E.164; None when withheld."""
    at: datetime | None
    """None: now."""
    agents: bool
    """Somebody answers the queues."""


Titles = Mapping[str, Mapping[str, str]]
"""What people call the steps, by a step's name and a language."""
Names = Callable[[str], str]
"""What people call `added`, `removed` and `changed`."""


class MenuSide(Protocol):
    """The texts that are compared, drawn and walked have been judged before. Every method raises
    MenuRefused."""

    def judge(self, text: str) -> MenuFacts:
        """As the service and `saluran check` would."""

    def changes(self, old: str, new: str) -> list[MenuChange]:
        """Nothing for menus that lead the same ways."""

    def picture(
        self, text: str, language: str, other: str | None = None, names: Names = str
    ) -> str:
        """An SVG; with what differs from the older text `other` marked."""

    def funnel(self, text: str, language: str, counts: Counts) -> str:
        """An SVG in words of people, with who was where."""

    def titles(self, text: str) -> Titles:
        """Steps without a title are not in it."""

    def before(self, text: str, language: str, newer: str, names: Names = str) -> str:
        """An SVG of the older text, with what the newer one changed or left out marked."""

    async def walk(self, text: str, caller: Caller) -> TryOut: ...
