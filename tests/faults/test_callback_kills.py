"""A callback whose service or PBX dies is kept, tried again or with a person; dialled once."""

import signal
from collections.abc import AsyncIterator

import pytest

from tests.calls import dialling as rig
from tests.calls.dialling import Dialling
from tests.calls.promises import Promise
from tests.calls.sip_parties import Leg, Party
from tests.faults.cut_link import link


@pytest.fixture(scope="module")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dialling]:
    async with rig.running(tmp_path_factory.mktemp("kills") / "s") as running:
        yield running


@pytest.fixture
async def line(everything: Dialling) -> AsyncIterator[Dialling]:
    yield everything
    await everything.clears()


async def dies_and_lives(line: Dialling) -> None:
    """`kill -9` of the service, and a new one."""
    await line.stops(signal.SIGKILL)
    await line.starts(early_seconds=0)


async def talks(customer: Party, nth: int = 1) -> Leg:
    person = await customer.rings(nth)
    await person.acknowledged.wait()
    return person


async def is_kept_once(line: Dialling, promise: Promise, customer: Party) -> None:
    state = await line.becomes(promise, "kept")
    assert state.state == "done"
    assert len(customer.calls) == 1
    assert line.notes() == []


async def test_killed_while_the_placeholder_stands_in_the_queue(line: Dialling) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    await line.rings_agent_with_a_call(agent)
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await line.until_queue(lambda names: promise.national in names)
    await dies_and_lives(line)
    await line.has_looked()
    assert (await line.queue()).count(promise.national) == 1
    await line.hangs_up("waiting")
    await line.answers(agent, 2)
    (await talks(customer)).hang_up()
    await is_kept_once(line, promise, customer)


async def test_killed_while_an_agents_phone_rings(line: Dialling) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await agent.rings()
    await dies_and_lives(line)
    await line.answers(agent, 1)
    (await talks(customer)).hang_up()
    await is_kept_once(line, promise, customer)


async def test_an_agent_who_answers_while_nobody_serves_waits_for_the_next_life(
    line: Dialling,
) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await agent.rings()
    await line.stops(signal.SIGKILL)
    await line.answers(agent, 1)
    await line.is_noted("heard")
    await line.starts(early_seconds=0)
    (await talks(customer)).hang_up()
    await is_kept_once(line, promise, customer)


async def test_killed_while_the_customers_phone_rings(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise, answers_after=None)
    await line.starts(early_seconds=0, ring_seconds=60)
    await line.takes(agent)
    person = await customer.rings()
    await dies_and_lives(line)
    await line.has_looked()
    await person.answer()
    await person.acknowledged.wait()
    person.hang_up()
    await is_kept_once(line, promise, customer)


async def test_killed_while_agent_and_customer_talk(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    officer = await line.takes(agent)
    person = await talks(customer)
    await dies_and_lives(line)
    await line.has_looked()
    assert not officer.over.is_set()
    person.hang_up()
    await is_kept_once(line, promise, customer)


async def test_the_link_is_cut_before_the_pbx_says_that_it_dials(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    async with link(line.installation.ports.ami) as cable:
        cable.cut_after = b"Exten: dial\r\n"
        await line.starts(early_seconds=0, port=cable.port)
        officer = await line.takes(agent)
        person = await talks(customer)
        await cable.mend()
        await line.has_looked()
        assert not officer.over.is_set()
        assert not person.over.is_set()
        person.hang_up()
        await is_kept_once(line, promise, customer)


async def test_a_talk_that_ended_while_the_service_was_dead_is_kept(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await line.takes(agent)
    person = await talks(customer)
    await line.stops(signal.SIGKILL)
    person.hang_up()
    await line.is_noted("end")
    await line.starts(early_seconds=0)
    await is_kept_once(line, promise, customer)


async def test_the_pbx_dies_while_the_placeholder_stands_in_the_queue(line: Dialling) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await agent.rings()
    agent.answers_after = 0  # Of the next call: it may come as soon as the PBX is back.
    await line.restarts_pbx()
    await line.logs_in_again("6001")
    await line.takes(agent, 2)
    (await talks(customer)).hang_up()
    await is_kept_once(line, promise, customer)


async def test_the_pbx_dies_while_the_customers_phone_rings(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise, answers_after=None)
    await line.starts(early_seconds=0, ring_seconds=60)
    await line.takes(agent)
    await customer.rings()
    await line.restarts_pbx()
    await line.logs_in_again("6001")
    state = await line.becomes(promise, "uncertain")
    assert state.state == "human"
    await line.has_looked()
    assert len(customer.calls) == 1


async def test_pbx_and_service_die_while_agent_and_customer_talk(line: Dialling) -> None:
    agent = line.agent()
    await line.logs_in("6001")
    promise = await line.promises()
    customer = line.customer(promise)
    await line.starts(early_seconds=0)
    await line.takes(agent)
    await talks(customer)
    await line.stops(signal.SIGKILL)
    await line.restarts_pbx()
    await line.starts(early_seconds=0)
    await line.logs_in_again("6001")
    assert (await line.becomes(promise, "uncertain")).state == "human"
    assert len(customer.calls) == 1


async def test_ten_callbacks_survive_the_pbx_in_their_order(line: Dialling) -> None:
    agent = line.agent(answers_after=None)
    await line.logs_in("6001")
    promises = [await line.promises(rig.ago(60 - nth)) for nth in range(10)]
    customers = [line.customer(promise, talks=0.2) for promise in promises]
    await line.starts(early_seconds=0)
    await agent.rings()
    agent.answers_after = 0
    await line.restarts_pbx()
    await line.logs_in_again("6001")
    for nth in range(2, 12):
        await line.takes(agent, nth)
    for promise in promises:
        await line.becomes(promise, "kept")
    rang = [customer.calls[0].rang_at for customer in customers]
    assert rang == sorted(rang)
    assert all(len(customer.calls) == 1 for customer in customers)
