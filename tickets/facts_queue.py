"""Facts of queues, agents and callbacks, read from JSON; `ivr/facts_queue.py` says what they mean.

`call` is the caller's call only where the fact says so, so these make no row in `call` by
themselves, but for a caller's `queue_joined` and what a caller asks of a callback.
"""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from tickets.facts_base import FactBase


class QueueJoined(FactBase):
    kind: Literal["queue_joined"]
    entry: UUID
    callback: UUID | None
    queue: str
    since: AwareDatetime
    priority: int
    position: int


class QueueLeft(FactBase):
    kind: Literal["queue_left"]
    entry: UUID
    how: str


class AgentAnswered(FactBase):
    kind: Literal["agent_answered"]
    entry: UUID
    agent: str
    waited: float
    rang: float


class TalkEnded(FactBase):
    kind: Literal["talk_ended"]
    entry: UUID
    agent: str
    talked: float
    ended_by: str


class RingMissed(FactBase):
    kind: Literal["ring_missed"]
    entry: UUID
    agent: str
    rang: float
    why: str


class AgentChanged(FactBase):
    kind: Literal["agent_changed"]
    agent: str
    state: str
    reason: str
    by: str


class CallbackTried(FactBase):
    kind: Literal["callback_tried"]
    attempt: UUID
    callback: UUID
    agent: str
    phone: str
    result: str
    talked: float
    again: AwareDatetime | None


class CallbackMoved(FactBase):
    kind: Literal["callback_moved"]
    callback: UUID
    due: AwareDatetime
    by: str
    type: str = ""


class CallbackCancelled(FactBase):
    kind: Literal["callback_cancelled"]
    callback: UUID
    by: str


class CallDisposed(FactBase):
    kind: Literal["call_disposed"]
    entry: UUID
    agent: str
    code: str


class Supervised(FactBase):
    kind: Literal["supervised"]
    supervisor: str
    did: str
    agent: str
    queue: str


class CallRated(FactBase):
    kind: Literal["call_rated"]
    agent: str
    score: int


class TalkRecorded(FactBase):
    kind: Literal["talk_recorded"]
    recording: UUID
    entry: UUID
    name: str
    seconds: float
    size: int
    sha256: str


class IntroductionNoted(FactBase):
    kind: Literal["introduction_noted"]
    introduction: UUID
    what: str
    party: str
    detail: str


EntryFact = (
    QueueJoined | QueueLeft | AgentAnswered | TalkEnded | RingMissed | CallDisposed | TalkRecorded
)
"""Facts of one stay in a queue."""
CallbackFact = CallbackTried | CallbackMoved | CallbackCancelled
QueueFact = EntryFact | CallbackFact | AgentChanged | CallRated | Supervised | IntroductionNoted
