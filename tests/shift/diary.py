"""What happened to people in a shift as they saw it; nothing here comes from rows or the PBX."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class CallMade:
    """A call to the hotline, as its caller knows it."""

    number: str
    """The caller's own, `0812…`."""
    dialled: str
    """No other call has this one, so that its row is found."""
    nth: int
    """Of this caller's calls, from 1."""
    began: float
    """Seconds since the shift began."""
    asks: list[float] = field(default_factory=list)
    """When the key was pressed that leads to an officer."""
    may_be: frozenset[str] = frozenset()
    """The outcomes that fit what the caller heard; more than one where they hung up into something
    that they cannot have known."""
    talked_with: str = ""
    """The agent's extension."""
    promised: bool = False
    """A promise of a call was heard."""


@dataclass(frozen=True)
class Leg:
    """A call that a phone got, in seconds of the loop's clock."""

    phone: str
    rang: float
    answered: float | None
    over: float


@dataclass(frozen=True)
class Away:
    """A phone without network, in seconds since the shift began."""

    phone: str
    since: float
    until: float


@dataclass
class Diary:
    """Of everybody."""

    calls: list[CallMade] = field(default_factory=list)
    agent_legs: list[Leg] = field(default_factory=list)
    person_legs: list[Leg] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    """How often each behaviour came about."""
    problems: list[str] = field(default_factory=list)
    """What somebody met that must not be."""
