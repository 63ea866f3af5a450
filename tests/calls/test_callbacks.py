"""Callbacks on the real PBX and PostgreSQL, with SIP phones of agents and customers."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.speech import WIB
from ivr.ids import new_id
from tests.calls import dialling as rig
from tests.calls.dialling import Dialling, ago
from tests.calls.promises import Promise

TONE = bytes([0x21]) * 160
"""20 ms that no prompt contains."""


@pytest.fixture(scope="module")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dialling]:
    async with rig.running(tmp_path_factory.mktemp("dialling") / "s") as running:
        yield running


@pytest.fixture
async def line(everything: Dialling) -> AsyncIterator[Dialling]:
    yield everything
    await everything.clears()


async def test_a_due_callback_brings_agent_and_customer_together(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    officer = await line.takes(agent)
    person = await customer.rings()
    assert person.caller == "1500587"
    await person.acknowledged.wait()
    async with asyncio.timeout(10):
        while TONE not in person.heard or TONE not in officer.heard:
            officer.speak(TONE)
            await asyncio.sleep(0.02)
    person.hang_up()
    state = await line.becomes(promise, "kept")
    assert state.state == "done"
    await asyncio.wait_for(officer.over.wait(), 5)
    assert line.notes() == []


async def tried(line: Dialling, promise: Promise, *results: str, **customer: Any) -> rig.State:
    """The state after an agent took it and the customer's phone did as `customer` says."""
    line.customer(promise, **customer)
    agent = line.agent()
    await line.logs_in("6001")
    await line.starts()
    await line.takes(agent)
    return await line.becomes(promise, *results)


async def test_an_attempt_dials_once_whoever_asks_for_it(line: Dialling) -> None:
    promise = await line.promises()
    customer = line.customer(promise)
    attempt = new_id()
    notes = line.installation.state.folder / "pbx/callbacks" / f"{attempt}.txt"
    notes.write_text(f"1700000000 dialled={promise.national}|\n")
    await line.ami.ask(
        "Originate",
        Channel="Local/line@waiting/n",
        Context="saluran-callback",
        Exten="dial",
        Priority="1",
        Variable=[
            f"IVR_ATTEMPT={attempt}",
            f"IVR_NUMBER={promise.national}",
            f"IVR_DIAL=PJSIP/{promise.national}@carrier",
        ],
    )
    await line.until_gone("saluran-callback")
    assert customer.calls == []


async def test_a_busy_customer_is_called_again_in_ten_minutes(line: Dialling) -> None:
    promise = await line.promises()
    state = await tried(line, promise, "busy", refuses=486)
    assert state.state == "waiting"
    assert timedelta(minutes=9) < state.due - datetime.now(UTC) < timedelta(minutes=11)


async def test_who_does_not_answer_is_called_again_in_an_hour(line: Dialling) -> None:
    promise = await line.promises()
    state = await tried(line, promise, "no_answer", answers_after=None)
    assert state.state == "waiting"
    assert timedelta(minutes=58) < state.due - datetime.now(UTC) < timedelta(minutes=61)


@pytest.mark.parametrize("to", ["081298765432", "PJSIP%2F0065621234567%40carrier"])
async def test_a_customers_phone_that_forwards_reaches_nobody_else(line: Dialling, to: str) -> None:
    promise = await line.promises()
    others = [line.parties.phone(number) for number in ("081298765432", "0065621234567")]
    customer = line.customer(promise, answers_after=None)
    agent = line.agent()
    await line.logs_in("6001")
    await line.starts()
    await line.takes(agent)
    (await customer.rings()).forward(to)
    state = await line.becomes(promise, "busy")
    assert state.state == "waiting"
    assert [other.calls for other in others] == [[], []]


async def test_a_number_that_does_not_exist_goes_to_a_person(line: Dialling) -> None:
    promise = await line.promises()
    state = await tried(line, promise, "invalid", refuses=404)
    assert (state.state, state.reason) == ("human", "invalid")


async def test_after_a_wrong_number_the_other_one_is_dialled(line: Dialling) -> None:
    promise = await line.promises(other="+6281299990000")
    other = line.parties.phone("081299990000")
    agent = line.agent()
    await line.logs_in("6001")
    line.customer(promise, refuses=404)
    await line.starts(early_seconds=0)
    await line.takes(agent)
    await line.takes(agent, 2)
    person = await other.rings()
    await person.acknowledged.wait()
    person.hang_up()
    assert (await line.becomes(promise, "invalid", "kept")).state == "done"


async def test_who_answers_and_hangs_up_at_once_is_called_again(line: Dialling) -> None:
    promise = await line.promises()
    state = await tried(line, promise, "early_hangup", talks=0.5)
    assert state.state == "waiting"


async def test_after_the_last_attempt_it_is_a_task_for_a_person(line: Dialling) -> None:
    promise = await line.promises()
    line.customer(promise, refuses=486)
    agent = line.agent()
    await line.logs_in("6001")
    await line.starts(attempts=1)
    await line.takes(agent)
    state = await line.becomes(promise, "busy")
    assert (state.state, state.reason) == ("human", "busy")


@pytest.mark.parametrize(
    "phone",
    ["+628091234567", "+6562345678", "+62211500587", "+628001234567"],
    ids=["premium", "foreign", "no subscriber", "freephone"],
)
async def test_a_forbidden_number_is_dialled_by_nobody(line: Dialling, phone: str) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises(phone=phone)
    await line.starts()
    state = await line.becomes(promise, "forbidden")
    assert (state.state, agent.calls) == ("human", [])


async def test_the_offices_own_number_is_dialled_by_nobody(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    await line.starts(never=[promise.phone])
    state = await line.becomes(promise, "forbidden")
    assert (state.state, agent.calls) == ("human", [])


async def test_an_agent_may_decline_once_and_another_one_gets_it(line: Dialling) -> None:
    first = line.agent("6001")
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    refusing = await line.takes(first, key="2")
    await asyncio.wait_for(refusing.over.wait(), 5)
    # The second time a 2 is a key like any other: it dials.
    await line.takes(first, 2, key="2")
    person = await customer.rings()
    await person.acknowledged.wait()
    person.hang_up()
    assert (await line.becomes(promise, "agent_declined", "kept")).state == "done"
    assert len(customer.calls) == 1


async def test_an_agent_who_hangs_up_before_the_dialling_leaves_it_in_its_place(
    line: Dialling,
) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises(ago(30))
    customer = line.customer(promise)
    await line.starts()
    leg = await agent.rings()
    await line.is_noted("agent")
    leg.hang_up()
    agent.answers_after = None
    await agent.rings(2)
    await line.has_tried(promise, "agent_gone")
    assert customer.calls == []


async def test_a_callback_stands_where_its_time_belongs(line: Dialling) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    await line.waits("first", ago(60))
    await line.waits("third", ago(20))
    older = await line.promises(ago(40))
    younger = await line.promises(ago(10))
    await line.starts()
    await agent.rings()
    names = await line.until_queue(lambda names: len(names) == 4)
    assert names == ["first", older.national, "third", younger.national]


async def test_an_urgent_callback_goes_before_all_others(line: Dialling) -> None:
    line.agent(answers_after=None)
    await line.logs_in("6001")
    await line.waits("first", ago(60))
    urgent = await line.promises(ago(1), priority=5)
    await line.starts()
    names = await line.until_queue(lambda names: len(names) == 2)
    assert names == [urgent.national, "first"]


async def test_an_older_callback_takes_the_place_of_a_younger_one(line: Dialling) -> None:
    line.agent(answers_after=None)
    await line.logs_in("6001")
    young = [await line.promises(ago(minutes)) for minutes in (10, 9)]
    await line.starts()
    names = await line.until_queue(lambda names: len(names) == 2)
    assert names == [promise.national for promise in young]
    old = await line.promises(ago(30))
    await line.until_queue(lambda names: names == [old.national, young[0].national])


async def test_nobody_is_put_in_while_no_agent_is_there(line: Dialling) -> None:
    promise = await line.promises()
    await line.starts()
    await line.until_claimed(promise)
    assert await line.queue() == []
    line.agent(answers_after=None)
    await line.logs_in("6001")
    await line.until_queue(lambda names: names == [promise.national])
    await line.logs_out_all()
    await line.until_queue(lambda names: names == [])


async def test_there_are_never_more_dials_than_agents(line: Dialling) -> None:
    agents = [line.agent(user) for user in ("6001", "6002")]
    await line.logs_in("6001", "6002")
    promises = [await line.promises(ago(60 - nth)) for nth in range(7)]
    customers = [line.customer(promise, answers_after=0.2, talks=0.5) for promise in promises]
    await line.starts(early_seconds=0)
    most = 0

    async def works(agent: Any) -> None:
        for nth in range(1, len(promises) + 1):
            await line.takes(agent, nth)

    working = [asyncio.create_task(works(agent)) for agent in agents]
    async with asyncio.timeout(60):
        while any(not one.calls or not one.calls[0].over.is_set() for one in customers):
            ringing = sum(not leg.over.is_set() for customer in customers for leg in customer.calls)
            most = max(most, ringing)
            assert len(await line.queue()) <= 4
            await asyncio.sleep(0.02)
    for promise in promises:
        await line.becomes(promise, "kept")
    for task in working:
        task.cancel()
    assert 1 <= most <= 2
    # Two agents work at once: a person may be overtaken by the next, never by the one after. How
    # long each then hears the whisper is their own matter.
    came = {leg.caller: leg.rang_at for agent in agents for leg in agent.calls}
    turn = [came[promise.national] for promise in promises]
    assert all(later > earlier for earlier, later in zip(turn, turn[2:], strict=False))
    assert [len(customer.calls) for customer in customers] == [1] * len(customers)


async def test_an_attempt_that_was_dialled_on_a_channel_before_is_not_dialled_again(
    line: Dialling,
) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts()
    await agent.rings()
    [notes] = (line.installation.state.folder / "pbx/callbacks").glob("*.txt")
    with notes.open("a") as file:
        file.write(f"1 dialled={promise.national}|\n")
    await line.answers(agent, 1)
    assert (await line.becomes(promise, "uncertain")).state == "human"
    assert customer.calls == []


async def test_a_cancelled_callback_is_taken_out_of_the_queue(line: Dialling) -> None:
    line.agent(answers_after=None)
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts()
    await line.until_queue(lambda names: names == [promise.national])
    await line.cancels(promise)
    await line.until_queue(lambda names: names == [])
    assert customer.calls == []


async def test_what_is_cancelled_while_the_agent_hears_of_it_is_not_dialled(
    line: Dialling,
) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts()
    leg = await agent.rings()
    await leg.acknowledged.wait()
    await line.cancels(promise)
    await line.takes(agent)
    await asyncio.wait_for(leg.over.wait(), 15)
    assert customer.calls == []
    assert (await line.state(promise)).state == "cancelled"


async def test_who_is_on_the_line_with_us_is_not_called(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.rings_us(promise.national)
    await line.starts()
    await line.until_claimed(promise)
    await line.has_looked()
    assert (agent.calls, customer.calls) == ([], [])
    await line.hangs_up("saluran-in-trial")
    await line.takes(agent)
    await customer.rings()


async def test_when_the_line_closes_while_the_agent_hears_of_it_the_person_is_called_tomorrow(
    line: Dialling,
) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    four = datetime(2026, 11, 25, 16, 0, tzinfo=WIB)
    promise = await line.promises(due=four - timedelta(hours=1))
    customer = line.customer(promise)
    begun = time.monotonic()
    await line.starts(clock=four - timedelta(seconds=10))
    await agent.rings()
    await asyncio.sleep(begun + 10.1 - time.monotonic())
    await line.takes(agent)
    state = await line.becomes(promise, "closed")
    assert (state.state, state.due) == ("waiting", datetime(2026, 11, 26, 8, 0, tzinfo=WIB))
    assert customer.calls == []


async def test_what_is_due_while_the_line_is_closed_is_moved_to_the_next_opening(
    line: Dialling,
) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    evening = datetime(2026, 11, 27, 18, 0, tzinfo=WIB)
    promise = await line.promises(due=evening - timedelta(hours=3))
    await line.starts(clock=evening)
    state = await line.becomes(promise, "closed")
    assert (state.state, state.due) == ("waiting", datetime(2026, 11, 30, 8, 0, tzinfo=WIB))
    assert agent.calls == []


async def test_a_result_is_kept_while_postgresql_is_away(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await line.takes(agent)
    person = await customer.rings()
    await person.acknowledged.wait()
    await asyncio.to_thread(line.installation.stop_postgres)
    person.hang_up()
    await line.is_noted("end")
    await asyncio.to_thread(line.installation.start_postgres)
    assert (await line.becomes(promise, "kept")).state == "done"
    assert len(customer.calls) == 1


async def test_an_answering_machine_is_no_person(line: Dialling) -> None:
    promise = await line.promises()
    customer = line.customer(promise, echoes=False)
    agent = line.agent()
    await line.logs_in("6001")
    await line.starts(machines=True)
    await line.takes(agent)
    greeting = await customer.rings()
    await greeting.acknowledged.wait()
    # It speaks on and on, as no person does who has just answered.
    async with asyncio.timeout(15):
        while not greeting.over.is_set():
            greeting.speak(TONE)
            await asyncio.sleep(0.02)
    assert (await line.becomes(promise, "machine")).state == "waiting"


async def test_placeholders_cost_a_caller_less_than_a_second(
    line: Dialling, record_testsuite_property: Callable[[str, object], None]
) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promises = [await line.promises(ago(60 - nth)) for nth in range(8)]
    customers = [line.customer(promise) for promise in promises]
    await line.starts(early_seconds=0)
    free, to_agent, to_customer = 0.0, [], []
    for nth, customer in enumerate(customers, 1):
        leg = await line.takes(agent, nth)
        pressed = time.monotonic()
        person = await customer.rings()
        to_agent.append(leg.rang_at - free)
        to_customer.append(person.rang_at - pressed)
        await person.acknowledged.wait()
        person.hang_up()
        await leg.over.wait()
        free = leg.over_at
    # The PBX looks at its queue once a second, for callers and placeholders alike; what the
    # placeholder adds is the way from the whisper's end to the customer's phone.
    record_testsuite_property("agent free to their phone", sorted(to_agent[1:]))
    record_testsuite_property("whisper's end to the customer's phone", sorted(to_customer))
    assert statistics.median(to_customer) < 1.0, to_customer
