"""Callers wait for agents on the real PBX: who is served, who is called back, what is written."""

import json
import signal
from collections.abc import AsyncIterator

import pytest

from config import speech
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.calls.sip_parties import Parties

POLICY = {"early_seconds": 0, "abandoned_seconds": 0}
"""A callback counts as kept at once, and whoever hangs up waiting is followed up."""
SAID = (
    "SELECT d.agent, d.code, e.queue FROM disposition d JOIN queue_entry e ON e.id = d.entry"
    " JOIN call c ON c.id = e.call WHERE dialled = $1"
)
CALLBACKS = (
    "SELECT b.* FROM callback b JOIN ticket t ON t.id = b.ticket JOIN call c ON c.id = t.call"
    " WHERE dialled = $1"
)


@pytest.fixture(scope="module")
async def the_queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    await hotline.serves(callbacks=POLICY)
    async with gathered(hotline, caller, ledger) as queue:
        yield queue


@pytest.fixture
async def customers(queue: Queueing) -> AsyncIterator[Parties]:
    """Whom the PBX may dial."""
    parties = Parties()
    await parties.listen(queue.hotline.installation.ports.carrier)
    yield parties
    parties.close()


async def test_a_caller_speaks_with_an_agent_and_the_agent_hangs_up(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    await call.hears("connecting")
    ringing = await sari.rings()
    await ringing.talks()
    await ringing.hangs_up()
    await call.ends()

    assert (await queue.ledger.row(call)).outcome == "agent"
    (stay,) = await queue.queue_of(call)
    assert (stay["how"], stay["agent"], stay["ended_by"]) == ("answered", "6001", "agent")
    assert (stay["queue"], stay["position"], stay["priority"]) == ("umum", 1, 0)
    assert await queue.ledger.tickets(call) == []

    # What became of the talk, keyed after it; said again, the last word holds.
    await sari.keys("*1604", "agent-noted")
    await sari.keys("*1602", "agent-noted")
    said = await queue.until_rows(SAID, lambda rows: len(rows) == 2, call.dialled)
    assert [tuple(one) for one in said] == [("6001", "04", "umum"), ("6001", "02", "umum")]
    story = json.loads(await queue.hotline.runs("calls", "show", str(stay["call"]), "--json"))
    assert [one["disposition"] for one in story["stays"]] == ["02"]


async def test_a_caller_who_hangs_up_after_the_answer_spoke_with_an_agent(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    await (await sari.rings()).talks()
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "agent"
    (stay,) = await queue.queue_of(call)
    assert (stay["how"], stay["agent"], stay["ended_by"]) == ("answered", "6001", "caller")
    assert await queue.ledger.tickets(call) == []


async def test_who_hangs_up_while_waiting_has_abandoned_the_queue(queue: Queueing) -> None:
    await queue.agent("6001", "umum")
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "hung_up"
    (stay,) = await queue.queue_of(call)
    assert stay["how"] == "abandoned"
    ticket = await queue.ledger.ticket(call)
    assert (ticket.reason, ticket.category) == ("abandoned", "UMUM")
    (row,) = await queue.ledger.fetch(CALLBACKS, call.dialled)
    assert (row["type"], row["queue"], row["since"]) == ("keep_place", "umum", stay["since"])


async def test_key_1_keeps_the_place_and_the_promise_is_kept(
    queue: Queueing, customers: Parties
) -> None:
    budi, sari = await queue.agent("6002", "umum"), await queue.agent("6001")
    await queue.pauses(budi)
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.presses("1")
    await call.hears("number-we-call")
    await call.hears("number-right")
    await call.presses("1")
    await call.hears("promise-soon")
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "promise"
    (stay,) = await queue.queue_of(call)
    assert stay["how"] == "key"
    (row,) = await queue.ledger.fetch(CALLBACKS, call.dialled)
    assert (row["type"], row["queue"], row["since"]) == ("keep_place", "umum", stay["since"])

    # Its placeholder is no caller: a supervisor finds nobody to take.
    number = f"0{row['phone'][3:]}"
    (placeholder,) = await queue.until_waiting(1)
    assert placeholder.get("CallerIDNum") == number
    await sari.keys("*19", "agent-nobody-waits")
    customer = customers.phone(number)
    await budi.keys("*14", "agent-ready")
    whisper = await (await budi.rings()).answers()
    await whisper.hears("callback-offer", *speech.digits(number), "topic-umum", "callback-since")
    await whisper.presses("1")
    person = await customer.rings()
    await person.hears.wait()
    assert person.caller == "1500587"
    # A service that is started anew takes up who called us, and leaves alone whom we called.
    await queue.hotline.stops_service(signal.SIGKILL)
    await queue.hotline.starts_service()
    newcomer = await queue.calls()
    await newcomer.hears("consent")
    assert not whisper.over
    assert not person.over.is_set()
    person.hang_up()
    await whisper.ends()
    done = f"{CALLBACKS} AND b.state = 'done'"
    await queue.until_rows(done, lambda rows: len(rows) == 1, call.dialled)

    await budi.keys("*1601", "agent-noted")
    why = await queue.hotline.runs("queue", "why", str(row["id"]))
    assert "it was answered by 6002" in why
    assert len(customer.calls) == 1
    # A promise that was kept is no caller who left the queue unserved.
    kept = await queue.ledger.fetch(
        "SELECT how, agent, queue FROM queue_entry WHERE callback = $1", row["id"]
    )
    assert [tuple(one) for one in kept] == [("answered", "6002", "umum")]


async def test_star_leads_back_to_the_menu(queue: Queueing) -> None:
    await queue.agent("6001", "umum")
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.presses("*")
    await call.hears("main-menu")
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "hung_up"
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["key"]
    assert await queue.ledger.tickets(call) == []


async def test_with_nobody_logged_in_a_callback_is_offered_at_once(queue: Queueing) -> None:
    call = await queue.waits()
    await call.hears("all-busy", "number-we-call")
    await call.hangs_up()

    assert list(await queue.queue_of(call)) == []
