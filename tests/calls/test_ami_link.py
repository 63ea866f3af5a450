"""The AMI link on a real Asterisk: rights, losses, floods, and other people's mistakes."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from structlog.testing import capture_logs

from ivr.ami import (
    Ami,
    AmiAddress,
    AmiBusy,
    AmiDown,
    AmiForbidden,
    AmiRefused,
    AmiTimeout,
    AmiUnsafe,
    Event,
    action,
)
from ivr.ami_probe import probe
from tests.calls import link_pbx
from tests.calls.link_pbx import SECRET, LinkPbx


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkPbx]:
    with link_pbx.running(tmp_path_factory.mktemp("pbx")) as started:
        yield started


@asynccontextmanager
async def keeping(ami: Ami) -> AsyncIterator[Ami]:
    task = asyncio.create_task(ami.run())
    try:
        yield ami
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def linked(
    pbx: LinkPbx, user: str = "caller", *, ping: float = 2.0, patience: float = 5.0
) -> AsyncIterator[Ami]:
    address = AmiAddress("127.0.0.1", pbx.ami_port)
    async with keeping(Ami(address, user, SECRET, ping=ping, timeout=patience)) as ami:
        async with asyncio.timeout(10):
            await ami.wait_up()
        yield ami


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 (what is awaited are log lines)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def paused(pbx: LinkPbx) -> AsyncIterator[None]:
    pbx.process.send_signal(signal.SIGSTOP)
    await until(pbx.stands_still)
    try:
        yield
    finally:
        pbx.process.send_signal(signal.SIGCONT)


async def test_an_action_is_answered_and_pings_measure_the_lag(pbx: LinkPbx) -> None:
    async with linked(pbx, ping=0.05) as ami:
        assert (await ami.ask("Ping")).get("Ping") == "Pong"
        await until(lambda: ami.lag is not None)
        assert ami.version is not None


async def test_the_link_runs_over_tls_and_ipv6(pbx: LinkPbx) -> None:
    tls = ssl.create_default_context(cafile=pbx.certificate)
    address = AmiAddress("::1", pbx.tls_port, tls)
    async with keeping(Ami(address, "saluran", SECRET)) as ami:
        async with asyncio.timeout(10):
            await ami.wait_up()
        assert (await ami.ask("Ping")).get("Ping") == "Pong"


async def test_a_certificate_that_nobody_vouches_for_is_refused_with_a_remedy(
    pbx: LinkPbx,
) -> None:
    address = AmiAddress("::1", pbx.tls_port, ssl.create_default_context())
    found = await probe(address, "saluran", SECRET)
    assert not found.logged_in
    assert "check the certificate" in (found.problem or "")


async def test_a_wrong_secret_is_logged_with_its_remedy_and_never_told(pbx: LinkPbx) -> None:
    address = AmiAddress("127.0.0.1", pbx.ami_port)
    with capture_logs() as logs:
        async with keeping(Ami(address, "caller", "not-the-secret")) as ami:
            await until(lambda: logs)
            assert not ami.connected
            with pytest.raises(AmiDown):
                await ami.ask("Ping")
    assert logs[0]["event"] == "ami.down"
    assert "manager.conf" in logs[0]["reason"]
    assert "not-the-secret" not in str(logs)


async def test_a_missing_right_names_the_action_and_where_to_give_it(pbx: LinkPbx) -> None:
    async with linked(pbx, "deaf") as ami:
        with pytest.raises(AmiForbidden, match=r"no right to AGI: .* manager\.conf"):
            await ami.ask("AGI", Channel="x", Command="NOOP")


async def test_what_the_pbx_refuses_is_told_in_its_words(pbx: LinkPbx) -> None:
    async with linked(pbx) as ami:
        with pytest.raises(AmiRefused, match="No such channel"):
            await ami.ask("Hangup", Channel="PJSIP/nobody")
        with pytest.raises(AmiRefused):
            await ami.collect("NoSuchList", "NoSuchListComplete")
        with pytest.raises(AmiUnsafe):
            await ami.ask("Setvar", Variable="A", Value="1\r\nAction: Command")
        assert ami.connected


async def test_the_check_says_exactly_which_right_is_missing_or_too_much(pbx: LinkPbx) -> None:
    address = AmiAddress("127.0.0.1", pbx.ami_port)
    least, deaf, lavish = [
        await probe(address, user, SECRET) for user in ("saluran", "deaf", "lavish")
    ]
    assert least.logged_in
    assert least.problem is None
    assert not least.missing_write | least.superfluous_write
    assert (least.missing_read, least.superfluous_read) == (frozenset(), frozenset())
    assert deaf.missing_write == frozenset({"agi", "agent", "originate", "system"})
    assert deaf.missing_read == frozenset({"agi", "agent", "user"})
    assert (lavish.superfluous_write, lavish.superfluous_read) == (
        frozenset({"command"}),
        frozenset({"cdr"}),
    )


async def test_the_check_tells_a_closed_port_and_a_wrong_secret_apart(pbx: LinkPbx) -> None:
    closed = await probe(AmiAddress("127.0.0.1", 1), "saluran", SECRET)
    wrong = await probe(AmiAddress("127.0.0.1", pbx.ami_port), "saluran", "wrong")
    assert (closed.version, closed.logged_in) == (None, False)
    assert "start the PBX" in (closed.problem or "")
    assert wrong.version is not None
    assert "compare the secret" in (wrong.problem or "")


async def test_actions_sent_in_one_write_are_answered_in_order(pbx: LinkPbx) -> None:
    order: list[int] = []
    async with linked(pbx) as ami:
        futures = ami.post([action("Ping") for _ in range(300)])
        for number, future in enumerate(futures):
            future.add_done_callback(partial(_note, order, number))
        await asyncio.gather(*futures)
    assert order == list(range(300))


def _note(order: list[int], number: int, _: object) -> None:
    order.append(number)


async def test_one_action_object_sent_twice_is_two_actions(pbx: LinkPbx) -> None:
    ping = action("Ping")
    async with linked(pbx) as ami:
        answers = await asyncio.gather(*ami.post([ping]), *ami.post([ping]))
    assert len({answer.get("ActionID") for answer in answers}) == 2


async def test_a_flood_of_actions_is_bounded_and_all_are_settled(pbx: LinkPbx) -> None:
    async with linked(pbx) as ami:
        async with paused(pbx):
            futures = ami.post([action("Ping") for _ in range(5000)])
            busy = [future for future in futures if future.done()]
        answers = await asyncio.gather(*futures, return_exceptions=True)
        assert len(busy) > 500
        assert all(isinstance(future.exception(), AmiBusy) for future in busy)
        assert sum(isinstance(answer, AmiBusy) for answer in answers) == len(busy)
        assert not any(isinstance(answer, AmiTimeout | AmiDown) for answer in answers)


async def test_an_answer_that_does_not_come_in_time_is_a_timeout(pbx: LinkPbx) -> None:
    async with linked(pbx, patience=0.2) as ami, paused(pbx):
        with pytest.raises(AmiTimeout, match="did not answer Ping"):
            await ami.ask("Ping")
        with pytest.raises(AmiTimeout):
            await ami.collect("Status", "StatusComplete")


async def test_an_answer_that_nobody_waits_for_any_more_breaks_nothing(pbx: LinkPbx) -> None:
    async with linked(pbx) as ami:
        async with paused(pbx):
            asked = asyncio.create_task(ami.ask("Ping"))
            listed = asyncio.create_task(ami.collect("Status", "StatusComplete"))
            await asyncio.sleep(0)
            asked.cancel()
            listed.cancel()
            await asyncio.wait({asked, listed})
        assert (await ami.ask("Ping")).get("Ping") == "Pong"
        assert not ami._futures
        assert not ami._pending.collections


async def test_a_link_cut_mid_command_fails_what_waits_and_comes_back(pbx: LinkPbx) -> None:
    ups: list[bool] = []
    downs: list[bool] = []

    async def up() -> None:
        ups.append(ami.connected)

    def broken() -> None:
        raise RuntimeError("a broken handler")

    async with linked(pbx) as ami:
        ami.on_up.append(up)
        ami.on_down += [broken, lambda: downs.append(ami.connected)]
        async with paused(pbx):
            futures = ami.post([action("Ping"), action("Status")])
            listed = asyncio.create_task(ami.collect("Status", "StatusComplete"))
            await asyncio.sleep(0)
            ami.disconnect()
            answers = await asyncio.gather(*futures, listed, return_exceptions=True)
        assert [type(answer) for answer in answers] == [AmiDown] * 3
        await until(lambda: ups)
        assert (ups, downs) == ([True], [False])
        assert (await ami.ask("Ping")).get("Ping") == "Pong"


async def test_a_pbx_that_falls_silent_is_dropped_after_two_pings_and_found_again(
    pbx: LinkPbx,
) -> None:
    with capture_logs() as logs:
        async with linked(pbx, ping=0.1, patience=2) as ami:
            async with paused(pbx):
                await until(lambda: not ami.connected)
            await until(lambda: ami.connected)
    downs = [entry["reason"] for entry in logs if entry["event"] == "ami.down"]
    assert "did not answer 2 pings" in downs[0]


async def test_a_pbx_that_is_killed_and_started_again_is_found_again(pbx: LinkPbx) -> None:
    with capture_logs() as logs:
        async with linked(pbx) as ami:
            await asyncio.to_thread(pbx.restart)
            await until(lambda: [entry["event"] for entry in logs].count("ami.up") == 2)
            assert (await ami.ask("Ping")).get("Ping") == "Pong"


async def test_a_listener_that_raises_is_logged_and_the_others_go_on(pbx: LinkPbx) -> None:
    heard: asyncio.Queue[Event] = asyncio.Queue()

    def broken(event: Event) -> None:
        raise RuntimeError("a broken listener")

    with capture_logs() as logs:
        async with linked(pbx) as ami:
            ami.on_event("UserEvent", broken)
            ami.on_event("UserEvent", heard.put_nowait)
            for name in ("first", "second"):
                await ami.ask("UserEvent", UserEvent=name)
                assert (await asyncio.wait_for(heard.get(), 5)).get("UserEvent") == name
            assert ami.connected
    failures = [entry for entry in logs if entry["event"] == "ami.listener_failed"]
    assert [entry["ami_event"] for entry in failures] == ["UserEvent", "UserEvent"]


async def test_a_list_of_events_comes_whole_with_its_repeated_headers(pbx: LinkPbx) -> None:
    async with linked(pbx) as ami:
        await ami.ask(
            "Originate",
            Channel="Local/wait@idle/n",
            Context="idle",
            Exten="wait",
            Priority=1,
            CallerID='"Bu\u2028Channel: PJSIP/other" <+62812>',
            Variable=["IVR_ONE=1", "IVR_TWO=2"],
            Async="true",
        )
        events: list[Event] = []
        async with asyncio.timeout(5):
            while len(events) < 2:
                events = await ami.collect("Status", "StatusComplete", Variables="IVR_ONE,IVR_TWO")
        assert all(event.get("Channel").startswith("Local/wait@idle") for event in events)
        values = [event.all("Variable") for event in events]
        assert ["IVR_ONE=1", "IVR_TWO=2"] in values
        await ami.ask("Hangup", Channel=events[0].get("Channel"))


GARBAGE = {
    "another service": (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", "no AMI banner"),
    "binary": (bytes(range(128, 256)) * 4, b"", "without an end of message"),
    "a closed door": (b"", b"", "closed the connection"),
    "no AMI after the banner": (
        b"Asterisk Call Manager/11.0.0\r\n",
        b"\x00\x01garbage\r\n\r\n",
        "not AMI",
    ),
    "no end of message": (
        b"Asterisk Call Manager/11.0.0\r\n",
        b"x" * (4 * 1024 * 1024 + 1),
        "without an end of message",
    ),
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_a_pbx_that_answers_garbage_is_dropped_with_the_reason(kind: str) -> None:
    first, then, reason = GARBAGE[kind]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        if then:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(then)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with capture_logs() as logs:
        async with server, keeping(Ami(AmiAddress("127.0.0.1", port), "saluran", SECRET)) as ami:
            await until(lambda: len(logs) >= 2)
            assert not ami.connected
            assert not ami._futures
    assert {entry["event"] for entry in logs} == {"ami.down"}
    assert [entry["attempt"] for entry in logs[:2]] == [1, 2]
    assert reason in logs[0]["reason"]
    assert SECRET not in str(logs)


async def test_a_peer_that_says_nothing_is_given_up_after_the_timeout() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = AmiAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    with capture_logs() as logs:
        async with server, keeping(Ami(address, "saluran", SECRET, timeout=0.1)):
            await until(lambda: logs)
    assert "no banner, in time" in logs[0]["reason"]


async def test_a_closed_port_is_logged_with_its_remedy_and_every_future_is_settled() -> None:
    with capture_logs() as logs:
        async with keeping(Ami(AmiAddress("127.0.0.1", 1), "saluran", SECRET)) as ami:
            futures = ami.post([action("Ping"), action("Ping")])
            assert [type(future.exception()) for future in futures] == [AmiDown, AmiDown]
            with pytest.raises(AmiDown):
                await ami.collect("Status", "StatusComplete")
            await until(lambda: logs)
    assert "start the PBX" in logs[0]["reason"]


async def test_a_host_that_is_no_name_never_ends_the_link() -> None:
    with capture_logs() as logs:
        async with keeping(Ami(AmiAddress("a..b", 1), "saluran", SECRET)):
            await until(lambda: len(logs) >= 2)
    assert {entry["event"] for entry in logs} == {"ami.down"}
