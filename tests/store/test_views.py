"""What the command line shows."""

import pytest

from config.numbers import ticket_number
from tests.store.told import BUDI, MONDAY_8, SITI, Call, whole_call
from tickets.desk import PostgresDesk
from tickets.queries import SQL
from tickets.store import Connection, Store
from tickets.views import Views

NUMBER = ticket_number(2026, 1)


@pytest.fixture
async def call(desk: PostgresDesk) -> Call:
    call = whole_call()
    await desk.apply(call.told)
    return call


async def test_a_ticket_is_shown_with_its_history(store: Store, call: Call) -> None:
    ticket = await Views(store).ticket(NUMBER)
    assert ticket is not None
    assert (ticket.category, ticket.status, ticket.call) == ("GANTI", "baru", call.id)
    assert ticket.fields == {"scheme": "reseller"}
    assert [(event.kind, event.became) for event in ticket.events] == [("opened", "baru")]
    assert [(c.type, c.due) for c in ticket.callbacks] == [("next_opening", MONDAY_8)]
    assert [recording.seconds for recording in ticket.recordings] == [7.5]


async def test_a_call_is_shown_step_by_step(store: Store, call: Call) -> None:
    for key in (str(call.id), call.uniqueid):
        story = await Views(store).call(key)
        assert story is not None
        assert [step.step for step in story.steps] == ["consent", "main", "promise"]
        assert (story.outcome, story.tickets) == ("promise", [NUMBER])


@pytest.mark.parametrize("full", [False, True])
async def test_phones_are_masked_unless_asked_for_in_full(
    store: Store, call: Call, full: bool
) -> None:
    views = Views(store, full)
    shown = [
        *await views.tickets(),
        *await views.calls(),
        await views.ticket(NUMBER),
        await views.call(str(call.id)),
    ]
    assert len(shown) == 4
    assert all((SITI in repr(record)) == full for record in shown)


@pytest.mark.usefixtures("call")
async def test_what_does_not_exist_is_none(store: Store) -> None:
    views = Views(store)
    assert await views.ticket("26999996") is None
    assert await views.ticket("no such") is None
    assert await views.call("no such") is None
    assert await views.call("01931a2b-0000-7000-8000-000000000001") is None


async def test_lists_come_newest_first_and_end_at_their_limit(
    store: Store, desk: PostgresDesk
) -> None:
    told = [whole_call(f"1795766400.{n}", n, f"+62812345{n:05d}") for n in range(1, 8)]
    for number, one in enumerate(told):
        await desk.apply([{**fact, "at": f"2026-11-27T08:00:0{number}Z"} for fact in one.told])
    newest = [one.id for one in reversed(told)]
    assert [line.id for line in await Views(store).calls(limit=4)] == newest[:4]
    numbers = [line.number for line in await Views(store).tickets()]
    assert numbers == [ticket_number(2026, n) for n in range(7, 0, -1)]


async def test_lists_are_narrowed(store: Store, desk: PostgresDesk) -> None:
    one, other = Call("1795766400.1"), Call("1795766400.2", BUDI)
    one.opens(1, category="INFO")
    one.ends("information")
    other.opens(2, category="DARING")
    other.ends("promise")
    await desk.apply(one.told + other.told)
    views = Views(store)
    assert [line.category for line in await views.tickets(category="INFO")] == ["INFO"]
    assert len(await views.tickets(status="baru")) == 2
    assert await views.tickets(status="selesai") == []
    assert [line.id for line in await views.calls(outcome="promise")] == [other.id]


async def test_calls_without_an_end_are_open(desk: PostgresDesk) -> None:
    standing, over, elsewhere = Call("9.1"), Call("9.2"), Call("9.3", pbx="pbx2")
    for call in (standing, over, elsewhere):
        call.begins()
        call.comes_to("main")
    standing.comes_to("promise")
    standing.opens(1)
    over.ends()
    await desk.apply(standing.told + over.told + elsewhere.told)
    (found,) = await desk.open_calls("pbx1")
    assert (found.id, found.uniqueid, found.phone) == (standing.id, "9.1", SITI)
    assert (found.step, found.ticketed) == ("promise", True)


@pytest.mark.parametrize("arguments", ["NULL, NULL, 50", "'baru', NULL, 50"])
async def test_a_list_of_ten_thousand_tickets_is_read_by_index(
    sql: Connection, arguments: str
) -> None:
    await sql.execute("INSERT INTO call (id, began_at) VALUES (gen_random_uuid(), now())")
    await sql.execute(
        """
        INSERT INTO ticket (
            id, number, category, channel, confidential, anonymous, language, opened_at,
            first_response_due, deadline, call, reason
        )
        SELECT
            gen_random_uuid(), lpad(n::text, 8, '0'), 'INFO', 'phone', false, true, 'id',
            now() - n * interval '1 minute', now(), now(), (SELECT id FROM call), 'request'
        FROM generate_series(1, 10000) AS n
        """
    )
    await sql.execute("ANALYZE ticket")
    await sql.execute("SET plan_cache_mode = force_generic_plan")
    statement = SQL["list_tickets"].rstrip(";")
    await sql.execute(f"PREPARE page (text, text, bigint) AS {statement}")
    plan = await sql.fetch(f"EXPLAIN EXECUTE page ({arguments})")
    text = "\n".join(row[0] for row in plan)
    assert "Index Scan" in text
    assert "Seq Scan" not in text
    assert "Sort" not in text
