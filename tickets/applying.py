"""Writing a batch of facts within the caller's transaction, in few round trips.

What most facts are (steps, beginnings, ends) goes in groups, for their order does not matter; the
rest one by one in the order in which they were told.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tickets.applying_queue import sight_entries, sighted, write_queue_fact
from tickets.applying_training import hold_trainings, write_training_fact
from tickets.facts import (
    CallbackPromised,
    CallBegan,
    CallEnded,
    ConsentGiven,
    Fact,
    LanguageChosen,
    MessageLeft,
    StepTaken,
    TicketOpened,
)
from tickets.facts_training import TrainingAsked, TrainingTold
from tickets.opening import keep_recording, open_ticket, promise_callback
from tickets.queries import SQL
from tickets.rules import Rules
from tickets.store import Connection

Phoned = (
    CallBegan
    | LanguageChosen
    | ConsentGiven
    | TicketOpened
    | CallbackPromised
    | TrainingAsked
    | TrainingTold
)
"""Facts that tell of a phone."""
Phoning = LanguageChosen | TicketOpened | CallbackPromised
"""Facts that change what a phone has: its language, its one live callback."""


async def write(connection: Connection, facts: Sequence[Fact], rules: Rules) -> None:
    """Write every fact, or raise what PostgreSQL has against one of them."""
    await _meet_phones(connection, facts)
    await _begin_calls(connection, [fact for fact in facts if isinstance(fact, CallBegan)])
    await _sight_calls(connection, facts)
    await _take_steps(connection, [fact for fact in facts if isinstance(fact, StepTaken)])
    await sight_entries(connection, facts)
    await hold_trainings(connection, facts)
    for fact in facts:
        await _write_rare(connection, fact, rules)
    await _end_calls(connection, [fact for fact in facts if isinstance(fact, CallEnded)])


async def _meet_phones(connection: Connection, facts: Sequence[Fact]) -> None:
    # Sorted, so that writers that meet the same people wait for each other in turn.
    if met := _phones([fact for fact in facts if isinstance(fact, Phoned)]):
        await connection.execute(SQL["meet_phones"], met, min(fact.at for fact in facts))
    if changed := _phones([fact for fact in facts if isinstance(fact, Phoning)]):
        await connection.execute(SQL["hold_phones"], changed)


def _phones(facts: Sequence[Phoned]) -> list[str]:
    return sorted({fact.phone for fact in facts if fact.phone})


async def _begin_calls(connection: Connection, facts: Sequence[CallBegan]) -> None:
    rows = [(f.call, f.at, f.pbx, f.uniqueid, f.caller, f.phone, f.dialled, f.flow) for f in facts]
    if rows:
        await connection.executemany(SQL["begin_call"], rows)


async def _sight_calls(connection: Connection, facts: Sequence[Fact]) -> None:
    """Rows for the calls that later statements refer to and whose beginning is not in the batch."""
    first: dict[UUID, datetime] = {}
    for fact in filter(sighted, facts):
        first[fact.call] = min(fact.at, first.get(fact.call, fact.at))
    for fact in facts:
        if isinstance(fact, CallBegan):
            first.pop(fact.call, None)
    if first:
        calls = sorted(first)
        await connection.execute(SQL["sight_calls"], calls, [first[call] for call in calls])


async def _take_steps(connection: Connection, facts: Sequence[StepTaken]) -> None:
    rows = [(f.call, f.id, f.seq, f.step, f.event, f.detail, f.at) for f in facts]
    if rows:
        columns = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(SQL["take_steps"], *columns)


async def _end_calls(connection: Connection, facts: Sequence[CallEnded]) -> None:
    rows = [(f.call, f.at, f.outcome, f.step, f.certain) for f in facts]
    if rows:
        await connection.executemany(SQL["end_call"], rows)


async def _write_rare(connection: Connection, fact: Fact, rules: Rules) -> None:
    match fact:
        case LanguageChosen(phone=str() as phone):
            await connection.execute(SQL["choose_language"], phone, fact.language, fact.at)
        case ConsentGiven():
            await connection.execute(
                SQL["give_consent"],
                fact.id,
                fact.call,
                fact.phone,
                fact.purpose,
                fact.granted,
                fact.at,
            )
        case TicketOpened():
            await open_ticket(connection, fact, rules)
        case CallbackPromised():
            await promise_callback(connection, fact, rules.deadlines)
        case MessageLeft():
            await keep_recording(connection, fact, rules.deadlines)
        case TrainingAsked() | TrainingTold():
            await write_training_fact(connection, fact)
        case _:
            await write_queue_fact(connection, fact)
