"""Facts of trainings, read from JSON; `ivr/facts_training.py` says what they mean."""

from typing import Literal
from uuid import UUID

from tickets.facts_base import FactBase, Phone


class TrainingAsked(FactBase):
    kind: Literal["training_asked"]
    training: UUID
    phone: Phone


class TrainingTold(FactBase):
    kind: Literal["training_told"]
    training: UUID
    phone: Phone
    state: str


TrainingFact = TrainingAsked | TrainingTold
