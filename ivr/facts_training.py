"""Facts of callers who sign up for a training."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ivr.facts import FACTS, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAsked(Fact):
    """A caller keyed that they want to come; whether there is a seat is the desk's to say."""

    kind: ClassVar[str] = "training_asked"
    training: UUID
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTold(Fact):
    """The caller has heard how it stands with their seat."""

    kind: ClassVar[str] = "training_told"
    training: UUID
    phone: str
    state: str
    """`seated` or `waiting`."""


FACTS.update((fact.kind, fact) for fact in (TrainingAsked, TrainingTold))
