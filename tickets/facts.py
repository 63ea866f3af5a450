"""Facts as the phone side writes them, read from JSON.

`tests/unit/test_fact_contract.py` proves that these are field by field the facts of
`ivr/facts.py` and `ivr/facts_queue.py`, which say what each field means. What a newer writer adds
is passed over.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from tickets.errors import FactRefused
from tickets.facts_base import FactBase, Phone
from tickets.facts_queue import QueueFact
from tickets.facts_training import TrainingFact


class CallBegan(FactBase):
    kind: Literal["call_began"]
    pbx: str
    uniqueid: str
    caller: str
    phone: Phone | None
    dialled: str
    flow: str


class StepTaken(FactBase):
    kind: Literal["step_taken"]
    seq: int
    step: str
    event: str
    detail: str = ""


class LanguageChosen(FactBase):
    kind: Literal["language_chosen"]
    phone: Phone | None
    language: str


class ConsentGiven(FactBase):
    kind: Literal["consent_given"]
    phone: Phone | None
    purpose: str
    granted: bool


class TicketOpened(FactBase):
    kind: Literal["ticket_opened"]
    ticket: UUID
    number: Annotated[str, Field(pattern=r"^[0-9]{8,20}$")] | None
    pin_hash: str | None
    category: str
    channel: str
    phone: Phone | None
    fields: dict[str, str] = Field(default_factory=dict)
    reason: str = "request"
    language: str = "id"


class CallbackPromised(FactBase):
    kind: Literal["callback_promised"]
    callback: UUID
    ticket: UUID
    phone: Phone
    type: str
    due: AwareDatetime
    since: AwareDatetime
    queue: str = ""
    priority: int = 0
    other_phone: Phone | None = None


class MessageLeft(FactBase):
    kind: Literal["message_left"]
    recording: UUID
    ticket: UUID
    name: str
    seconds: float
    size: int
    sha256: str
    silent: bool


class CallEnded(FactBase):
    kind: Literal["call_ended"]
    outcome: str
    step: str
    certain: bool = True


Fact = (
    CallBegan
    | StepTaken
    | LanguageChosen
    | ConsentGiven
    | TicketOpened
    | CallbackPromised
    | MessageLeft
    | CallEnded
    | QueueFact
    | TrainingFact
)
_FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])


def read(fact: Mapping[str, Any]) -> Fact:
    """The fact; FactRefused tells what is wrong with it, without repeating its content."""
    try:
        return _FACT.validate_python(fact)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        raise FactRefused("; ".join(f"{_place(e['loc'])}: {e['msg']}" for e in wrong)) from None


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "fact"
