"""People see the callbacks, and move, cancel or finish one that the machine could not keep."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from scripts.cli.codes import OK, PROBLEMS
from tests.store.test_claims import promised
from tests.store.test_command_line import Saluran
from tests.store.told import BUDI, MONDAY_8, SITI
from tests.store.waited import tried
from tickets.by_hand import CallbackBook, CallbackOver
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store

LATER = MONDAY_8 + timedelta(hours=2)


@pytest.fixture
def saluran(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Saluran:
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    return Saluran(tmp_path, capsys)


@pytest.fixture
async def task(desk: PostgresDesk, store: Store) -> UUID:
    """A callback that was tried as often as the policy says."""
    callback = await promised(desk)
    (claim,) = await Callbacks(store, lambda: MONDAY_8).claim_due(MONDAY_8, 1, "here")
    await desk.apply([tried(callback, claim.attempt, "no_answer", at=MONDAY_8)])
    return callback


async def test_tasks_for_people_come_first(desk: PostgresDesk, store: Store, task: UUID) -> None:
    waiting = await promised(desk, 2, BUDI, priority=9)
    lines = await CallbackBook(store).list()
    assert [(line.id, line.state, line.reason) for line in lines] == [
        (task, "human", "no_answer"),
        (waiting, "waiting", None),
    ]
    assert SITI not in repr(lines)
    assert SITI in repr(await CallbackBook(store, full=True).list())


async def test_a_person_finishes_a_task(saluran: Saluran, sql: Connection, task: UUID) -> None:
    assert await saluran("callbacks", "done", str(task)) == (OK, "The callback is done.\n")
    assert await sql.fetchval("SELECT state FROM callback") == "done"
    events = await sql.fetch("SELECT was, became FROM ticket_event WHERE kind = 'callback'")
    assert ("human", "done") in [tuple(event) for event in events]
    code, told = await saluran("callbacks", "done", str(task))
    assert code == PROBLEMS
    assert "saluran callbacks list" in told


async def test_a_person_gives_it_another_time(
    saluran: Saluran, sql: Connection, task: UUID
) -> None:
    # The command's clock is the system's, which the callback was asked for before.
    await sql.execute("UPDATE callback SET asked_at = '2020-01-01'")
    code, told = await saluran("callbacks", "move", str(task), "2026-11-30T10:00")
    assert (code, told) == (OK, "The call is due at 2026-11-30 10:00 WIB.\n")
    (line,) = await saluran.json("callbacks", "list", "--only", "waiting")
    assert datetime.fromisoformat(line["due"]) == LATER


async def test_a_cancelled_callback_leaves_the_list(saluran: Saluran, desk: PostgresDesk) -> None:
    callback = await promised(desk)
    assert (await saluran("callbacks", "cancel", str(callback)))[0] == OK
    assert await saluran.json("callbacks", "list") == []


async def test_what_is_over_is_not_moved(store: Store, desk: PostgresDesk) -> None:
    callback = await promised(desk)
    book = CallbackBook(store)
    await book.cancel(callback, "an officer", MONDAY_8)
    with pytest.raises(CallbackOver, match=str(callback)):
        await book.move(callback, LATER, "an officer", MONDAY_8)
