"""Ways out of a queue: overflow, a supervisor's word, too long, too full, all agents gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.calls.callers import Caller, agrees
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

QUEUES = """
default: lain
queues:
  umum:
    title: {id: Umum, en: General}
    wrap_up: 0
    max_wait: 40
    max_length: 2
    announce: {position: true}
  pengaduan:
    title: {id: Pengaduan, en: Complaints}
    languages: [id, en]
    categories: [DARING, SELUNDUP, TERTIB, LAYANAN]
    wrap_up: 0
    nobody: overflow
    max_wait: 60
    overflow: {to: lain, after: 8}
  produsen:
    title: {id: Produsen, en: Producers}
    wrap_up: 0
  lain:
    title: {id: Lain, en: Others}
    wrap_up: 0
"""


@pytest.fixture(scope="module")
async def the_queue(
    hotline: Hotline, caller: Caller, ledger: Ledger, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Queueing]:
    path = tmp_path_factory.mktemp("queues") / "queues.yaml"
    path.parent.chmod(0o755)
    path.write_text(QUEUES)
    files = {"sounds": str(hotline.installation.sounds), "queues": str(path)}
    await hotline.serves(files=files)
    async with gathered(hotline, caller, ledger) as queue:
        await queue.until_queues("lain", "pengaduan-en")
        yield queue


async def test_a_caller_overflows_and_the_time_waited_counts(queue: Queueing) -> None:
    sari = await queue.agent("6001", "pengaduan")
    await queue.pauses(sari)
    call = await queue.waits(keys="31")
    await queue.until_waiting(1, "pengaduan")
    budi = await queue.agent("6002", "lain")
    await (await budi.rings()).talks()
    await call.hangs_up()

    await queue.ledger.row(call)
    first, second = await queue.queue_of(call)
    assert (first["queue"], first["how"]) == ("pengaduan", "moved")
    assert (second["queue"], second["how"], second["agent"]) == ("lain", "answered", "6002")
    assert first["since"] == second["since"]


async def test_with_nobody_there_a_caller_goes_on_to_the_overflow_at_once(queue: Queueing) -> None:
    budi = await queue.agent("6002", "lain")
    call = await queue.waits(keys="31")
    await (await budi.rings()).talks()
    await call.hangs_up()

    await queue.ledger.row(call)
    assert [stay["queue"] for stay in await queue.queue_of(call)] == ["lain"]


async def test_a_supervisor_moves_a_caller_who_keeps_their_time(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    await queue.pauses(sari)
    call = await queue.waits()
    (entry,) = await queue.until_waiting(1)
    budi = await queue.agent("6002", "produsen")
    await queue.ami.ask(
        "QueueWithdrawCaller",
        Queue="umum",
        Caller=entry.get("Channel"),
        WithdrawInfo="move:produsen",
    )
    await (await budi.rings()).talks()
    await call.hangs_up()

    await queue.ledger.row(call)
    first, second = await queue.queue_of(call)
    assert [(stay["queue"], stay["how"]) for stay in (first, second)] == [
        ("umum", "moved"),
        ("produsen", "answered"),
    ]
    assert first["since"] == second["since"]


async def test_a_supervisor_takes_who_waits_for_their_language_and_leaves_them_their_place(
    queue: Queueing,
) -> None:
    sari, budi = await queue.agent("6001"), await queue.agent("6002", "pengaduan-en")
    await queue.pauses(budi)
    call = await queue.calls()
    await agrees(call)
    await call.presses("9")
    call.language = "en"
    await call.hears("main-menu")
    await call.presses("3")
    await call.hears("complaints-menu")
    await call.presses("1")
    await queue.until_waiting(1, "pengaduan-en")
    await sari.keys("*19", "agent-taken")
    await (await sari.rings()).rejects()
    # Back in the queue: they lose nothing by her refusal.
    await queue.until_waiting(1, "pengaduan-en")
    await sari.keys("*14", "agent-ready")
    await sari.keys("*19", "agent-taken")
    await (await sari.rings(2)).talks()
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "agent"
    stays = await queue.queue_of(call)
    assert [(stay["queue"], stay["how"]) for stay in stays] == [
        ("pengaduan-en", "taken"),
        ("agent-6001", "moved"),
        ("pengaduan-en", "taken"),
        ("agent-6001", "answered"),
    ]
    assert len({stay["since"] for stay in stays}) == 1


async def test_who_waited_too_long_is_offered_a_callback(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    await queue.pauses(sari)
    call = await queue.waits()
    await call.hears("queue-position")
    await call.hears("all-busy", "number-we-call", timeout=60)
    await call.hangs_up()

    await queue.ledger.row(call)
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["timeout"]


async def test_into_a_full_queue_nobody_is_let(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    await queue.pauses(sari)
    await asyncio.gather(queue.waits(), queue.waits())
    await queue.until_waiting(2)
    call = await queue.waits()
    await call.hears("all-busy", "number-we-call")
    await call.hangs_up()

    await queue.ledger.row(call)
    assert list(await queue.queue_of(call)) == []


async def test_when_the_last_agent_logs_out_a_callback_is_offered(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    await queue.pauses(sari)
    call = await queue.waits()
    await queue.until_waiting(1)
    await queue.logs_out("6001")
    await call.hears("all-busy", "number-we-call")
    await call.hangs_up()

    await queue.ledger.row(call)
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["empty"]


async def test_a_key_pressed_while_an_agents_phone_rings_ends_the_ringing(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    ringing = await sari.rings()
    await call.presses("1")
    await ringing.stops()
    await call.hears("number-we-call")
    await call.hangs_up()

    await queue.ledger.row(call)
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["key"]
