"""The audit finds every call whose outcome its rows do not tell, and every promise gone astray."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.store.told import MONDAY_8, SITI, Call, whole_call
from tests.store.waited import Stay, cancelled, tried
from tickets.audit import Promises, promises
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store

TEN = timedelta(seconds=10)
NOW = MONDAY_8 + timedelta(hours=1)


async def audited(store: Store) -> Promises:
    return await promises(store, NOW, TEN)


async def promised(desk: PostgresDesk, n: int = 1, phone: str = SITI) -> UUID:
    call = Call(f"1795766400.{n}", phone)
    call.begins()
    callback = call.is_promised(call.opens(n))
    call.ends()
    await desk.apply(call.told)
    return callback


async def ends(desk: PostgresDesk, outcome: str, *stays: Stay) -> str:
    """A call that ended so after these stays; its channel's unique id."""
    call = Call("1795766400.5")
    call.begins()
    call.ends(outcome)
    await desk.apply([*call.told, *(fact for stay in stays for fact in stay.told)])
    return call.uniqueid


def of_five() -> Stay:
    return Stay(Call("1795766400.5").id).joins()


async def test_calls_and_promises_that_agree_leave_nothing_to_tell(
    desk: PostgresDesk, store: Store
) -> None:
    callbacks = Callbacks(store, lambda: MONDAY_8)
    kept, gone, human, live = [await promised(desk, n, f"+62812345{n:05d}") for n in range(1, 5)]
    claims = {one.id: one.attempt for one in await callbacks.claim_due(MONDAY_8, 3, "here")}
    assert live not in claims
    await callbacks.mark_dialling(kept, claims[kept])
    await desk.apply(
        [
            tried(kept, claims[kept], "kept", at=MONDAY_8, talked=60),
            tried(human, claims[human], "forbidden", at=MONDAY_8),
            cancelled(gone, MONDAY_8),
        ]
    )
    await ends(desk, "agent", of_five().is_answered(after=9).talks(30))
    assert await audited(store) == Promises(1, 1, 1, 1, [])


@pytest.mark.parametrize(
    ("outcome", "stays", "problem"),
    [
        ("agent", lambda: [], "ended with an agent that no row has"),
        (
            "information",
            lambda: [of_five().is_answered().talks(9)],
            "spoke with an agent, but ended otherwise",
        ),
        ("promise", lambda: [], "was promised what no ticket has"),
        ("information", lambda: [of_five()], "is over, but stands in a queue"),
        (
            "hung_up",
            lambda: [of_five().leaves("abandoned", after=60)],
            "hung up while waiting, and nobody follows up",
        ),
    ],
)
async def test_an_outcome_that_the_rows_do_not_tell_is_found(
    desk: PostgresDesk, store: Store, outcome: str, stays: object, problem: str
) -> None:
    assert callable(stays)
    uniqueid = await ends(desk, outcome, *stays())
    assert (await audited(store)).contradictions == [f"call {uniqueid} {problem}"]


async def test_who_hardly_waited_is_owed_nothing(desk: PostgresDesk, store: Store) -> None:
    await ends(desk, "hung_up", of_five().leaves("abandoned", after=3))
    assert (await audited(store)).contradictions == []


async def test_a_call_that_goes_on_is_no_contradiction(desk: PostgresDesk, store: Store) -> None:
    call = whole_call()
    await desk.apply([*call.told[:-1], *Stay.of_call(call).joins().told])
    assert (await audited(store)).contradictions == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE callback SET state = 'done'", "is done, but nobody spoke with the person"),
        (
            "INSERT INTO callback_attempt (id, callback, result, at)"
            " SELECT gen_random_uuid(), id, 'kept', now() FROM callback, generate_series(1, 2)",
            "was kept more than once",
        ),
        (
            "INSERT INTO callback_attempt (id, callback, dialled_at)"
            " SELECT gen_random_uuid(), id, now() FROM callback",
            "was dialled, and nobody knows how that ended",
        ),
        (
            "UPDATE callback SET state = 'claimed', claimed_by = 'x', claimed_at = '2026-11-29',"
            " attempt = gen_random_uuid()",
            "has been held by a service for hours",
        ),
    ],
)
async def test_a_promise_gone_astray_is_found(
    desk: PostgresDesk, store: Store, sql: Connection, damage: str, problem: str
) -> None:
    callback = await promised(desk)
    await sql.execute(damage)
    assert (await audited(store)).contradictions == [f"callback {callback} {problem}"]


async def test_a_callback_that_is_being_dialled_is_no_contradiction(
    desk: PostgresDesk, store: Store
) -> None:
    callback = await promised(desk)
    callbacks = Callbacks(store, lambda: MONDAY_8)
    (claim,) = await callbacks.claim_due(MONDAY_8, 1, "here")
    await callbacks.mark_dialling(callback, claim.attempt)
    assert (await audited(store)).contradictions == []
