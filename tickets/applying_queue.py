"""Writing facts of queues, agents and callbacks within the caller's transaction."""

from collections.abc import Sequence
from typing import get_args

from tickets.applying_callbacks import write_callback_fact
from tickets.applying_introductions import write_introduction_fact
from tickets.facts import Fact
from tickets.facts_queue import (
    AgentAnswered,
    AgentChanged,
    CallbackCancelled,
    CallbackMoved,
    CallDisposed,
    CallRated,
    EntryFact,
    IntroductionNoted,
    QueueFact,
    QueueJoined,
    QueueLeft,
    RingMissed,
    Supervised,
    TalkEnded,
    TalkRecorded,
)
from tickets.queries import SQL
from tickets.store import Connection


def sighted(fact: Fact) -> bool:
    """Whether the fact's `call` is surely the call of somebody who rang us."""
    match fact:
        case QueueJoined():
            return fact.callback is None
        case CallbackMoved() | CallbackCancelled():
            return fact.call.int != 0
        case _:
            return not isinstance(fact, get_args(QueueFact))


async def sight_entries(connection: Connection, facts: Sequence[Fact]) -> None:
    """Rows for the stays that the facts tell of, in one order for all writers."""
    entries = {fact.entry for fact in facts if isinstance(fact, get_args(EntryFact))}
    if entries:
        await connection.execute(SQL["sight_entries"], sorted(entries))


async def write_queue_fact(connection: Connection, fact: Fact) -> None:
    """Write one of them; what is no fact of queues is passed over."""
    match fact:
        case QueueJoined():
            await _join(connection, fact)
        case QueueLeft():
            await connection.execute(SQL["leave_queue"], fact.entry, fact.how, fact.at)
        case AgentAnswered():
            await connection.execute(
                SQL["answer_entry"], fact.entry, fact.agent, fact.waited, fact.rang, fact.at
            )
        case TalkEnded():
            await connection.execute(
                SQL["end_talk"], fact.entry, fact.agent, fact.talked, fact.ended_by, fact.at
            )
        case RingMissed():
            miss = (fact.id, fact.entry, fact.agent, fact.rang, fact.why, fact.at)
            await connection.execute(SQL["miss_ring"], *miss)
        case CallDisposed():
            said = (fact.id, fact.entry, fact.agent, fact.code, fact.at)
            await connection.execute(SQL["dispose"], *said)
        case TalkRecorded():
            await _keep_talk(connection, fact)
        case AgentChanged():
            change = (fact.id, fact.agent, fact.state, fact.reason, fact.by, fact.at)
            await connection.execute(SQL["change_presence"], *change)
        case Supervised():
            did = (fact.supervisor, fact.did, fact.agent, fact.queue)
            call = fact.call if fact.call.int else None
            await connection.execute(SQL["supervise"], fact.id, call, *did, fact.at)
        case IntroductionNoted():
            await write_introduction_fact(connection, fact)
        case CallRated():
            rating = (fact.id, fact.call, fact.agent, fact.score, fact.at)
            await connection.execute(SQL["rate"], *rating)
        case _:
            await write_callback_fact(connection, fact)


async def _join(connection: Connection, fact: QueueJoined) -> None:
    await connection.execute(
        SQL["join_queue"],
        fact.entry,
        None if fact.callback else fact.call,
        fact.callback,
        fact.queue,
        fact.since,
        fact.priority,
        fact.position,
        fact.at,
    )


async def _keep_talk(connection: Connection, fact: TalkRecorded) -> None:
    await connection.execute(
        SQL["keep_talk"],
        fact.recording,
        fact.entry,
        fact.name,
        fact.seconds,
        fact.size,
        fact.sha256,
        fact.at,
    )
