"""Facts of queues, agents and callbacks. Beside `ivr.facts`, whose rules hold here too.

An *entry* is one stay in a queue, of a caller or of a callback's placeholder.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ivr.facts import FACTS, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFact(Fact):
    """`call` is the caller's call, or the callback's id for a placeholder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueJoined(QueueFact):
    kind: ClassVar[str] = "queue_joined"
    entry: UUID
    callback: UUID | None
    queue: str
    since: datetime
    """The original time that the place in the queue is earned by."""
    priority: int
    position: int
    """Counted from 1, when it was put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(QueueFact):
    """An entry ended without an agent, or (`answered`) with one."""

    kind: ClassVar[str] = "queue_left"
    entry: UUID
    how: str
    """`answered`, `abandoned`, `timeout`, `key`, `closed`, `empty`, `moved`, `taken`, `lost`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswered(QueueFact):
    kind: ClassVar[str] = "agent_answered"
    entry: UUID
    agent: str
    """The extension."""
    waited: float
    """Seconds from joining to the answer."""
    rang: float
    """Seconds that this agent's phone rang."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(QueueFact):
    kind: ClassVar[str] = "talk_ended"
    entry: UUID
    agent: str
    talked: float
    """Seconds."""
    ended_by: str
    """`agent`, `caller`, `transfer` or `unknown`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingMissed(QueueFact):
    """An agent's phone rang for an entry and was not answered, or refused."""

    kind: ClassVar[str] = "ring_missed"
    entry: UUID
    agent: str
    rang: float
    why: str
    """`no_answer`, `rejected` or `unreachable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanged(Fact):
    """An agent is in another state; `call` is a nil UUID."""

    kind: ClassVar[str] = "agent_changed"
    agent: str
    state: str
    """`out`, `ready`, `paused`, `wrapping_up`."""
    reason: str
    """The pause's reason; `ring_no_answer` when the PBX paused the agent; else empty."""
    by: str
    """`phone`, `api`, `pbx`, `supervisor` or `reconciled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTried(Fact):
    """One attempt at a callback has its result; `call` is the callback's id.

    `id` is the attempt's: however often a result is told, it counts once.
    """

    kind: ClassVar[str] = "callback_tried"
    attempt: UUID
    callback: UUID
    agent: str
    phone: str
    result: str
    """`kept`, `no_answer`, `busy`, `invalid`, `unreachable`, `early_hangup`, `machine`,
    `forbidden`, `closed`, `agent_declined`, `agent_gone`, `uncertain`."""
    talked: float
    """Seconds."""
    again: datetime | None
    """When it is due again. None: it is done when `kept`, and else a task for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackMoved(Fact):
    """Someone chose another time for it; `call` is theirs, or a nil UUID without one."""

    kind: ClassVar[str] = "callback_moved"
    callback: UUID
    due: datetime
    by: str
    """`caller`, or who did it."""
    type: str = ""
    """As of `CallbackPromised`, when that changes with the time; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackCancelled(Fact):
    """Nobody need call any more; `call` is who said so, or a nil UUID without one."""

    kind: ClassVar[str] = "callback_cancelled"
    callback: UUID
    by: str
    """`caller`, or who did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDisposed(Fact):
    """The agent said what became of a talk; `call` is a nil UUID."""

    kind: ClassVar[str] = "call_disposed"
    entry: UUID
    agent: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised(Fact):
    """A supervisor used a right of theirs; `call` is the caller's, or a nil UUID without one."""

    kind: ClassVar[str] = "supervised"
    supervisor: str
    """The extension."""
    did: str
    """`listen`, `whisper`, `barge`, `take`, `move`, `close_line` or `reopen_line`."""
    agent: str
    """Who was listened to; else empty."""
    queue: str
    """Where the caller was put; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRated(Fact):
    """The caller's satisfaction, keyed after a talk."""

    kind: ClassVar[str] = "call_rated"
    agent: str
    score: int
    """1 to 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRecorded(Fact):
    """A conversation's recording is in the store; only with the caller's keyed consent."""

    kind: ClassVar[str] = "talk_recorded"
    recording: UUID
    entry: UUID
    name: str
    seconds: float
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionNoted(QueueFact):
    """A step of a call in which an agent introduces a trader and a producer; `call` is its id.

    `id` is made of the step: however often it is told, it counts once.
    """

    kind: ClassVar[str] = "introduction_noted"
    introduction: UUID
    what: str
    """`ringing`, `joined`, `dialled`, `answered`, `agreed`, `declined`, `silent`, `status`, `left`,
    and `over` when nobody is on the line any more."""
    party: str
    """`agent`, `trader` or `producer`; empty for `over`."""
    detail: str
    """Of `status` what the PBX told: `DIALSTATUS.CAUSE` (Q.850); else empty."""


FACTS.update(
    (fact.kind, fact)
    for fact in (
        QueueJoined,
        QueueLeft,
        AgentAnswered,
        TalkEnded,
        RingMissed,
        AgentChanged,
        CallbackTried,
        CallbackMoved,
        CallbackCancelled,
        CallDisposed,
        Supervised,
        CallRated,
        TalkRecorded,
        IntroductionNoted,
    )
)
