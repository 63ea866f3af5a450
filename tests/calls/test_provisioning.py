"""Queues and agents' phones on the real PBX: changed while it runs, and alone."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from config.settings import CHECKOUT
from ivr.ami import Ami, AmiAddress, AmiRefused
from tests.calls.hotline import Hotline
from tests.calls.registrar import Line, Registrar
from tests.calls.sip_parties import Party

PATIENCE = 15.0
DIALPLAN = """
[provisioning]
exten => caller,1,Answer()
 same => n,Queue({queue})
exten => silence,1,Answer()
 same => n,Wait(600)
"""
QUEUES = (CHECKOUT / "config/queues.yaml").read_text(encoding="utf-8")


class Pbx:
    """The embedded PBX as an operator and its phones see it."""

    def __init__(self, hotline: Hotline, queues: Path) -> None:
        self.hotline = hotline
        self.installation = hotline.installation
        self.queues = queues
        self.registrar = Registrar(self.installation.ports.sip)
        self.secrets = {a["user"]: a["secret"] for a in self.installation.endpoints["agents"]}

    async def says(self, command: str) -> str:
        return await asyncio.to_thread(self.installation.console, command)

    async def until(self, command: str, enough: Callable[[str], bool]) -> str:
        """What the console answers once that is enough."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if enough(said := await self.says(command)):
                    return said
                await asyncio.sleep(0.1)

    async def saluran(self, *words: str) -> str:
        command = [*self.installation.saluran(words[0]), *words[1:]]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, cwd=CHECKOUT, check=True
        )
        return done.stdout

    async def admits(self, user: str, secret: str, wanted: bool = True) -> None:
        """Wait until the phone may register, or may no more."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if (await self.registrar.answers(user, secret) == 200) is wanted:
                    return
                await asyncio.sleep(0.1)

    async def logs_in(self, extension: str, queue: str) -> None:
        """As the operator of the PBX would."""
        phone = f"PJSIP/{extension}"
        member = f"{phone} to {queue} penalty 0 as {extension} state_interface {phone}"
        await self.says(f"queue add member {member}")

    async def is_served(self) -> None:
        """Wait until the service has found the PBX again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await asyncio.to_thread(self.installation.service_is_ready):
                    return
                await asyncio.sleep(0.1)

    async def logs(self, event: str) -> None:
        """Wait until the service has logged it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if event in self.hotline.log():
                    return
                await asyncio.sleep(0.1)

    async def clears(self) -> None:
        """As the module found it: the queues of the file, nobody logged in, nobody in a call."""
        self.queues.write_text(QUEUES, encoding="utf-8")
        await self.until("queue show umum", lambda said: "(max 50)" in said)
        await self.says("channel request hangup all")
        async with self.ami() as ami:
            for one in await ami.collect("QueueStatus", "QueueStatusComplete"):
                if one.name == "QueueMember":
                    with contextlib.suppress(AmiRefused):  # the service was faster
                        queue, interface = one.get("Queue"), one.get("Location")
                        await ami.ask("QueueRemove", Queue=queue, Interface=interface)
        await self.until("core show channels count", lambda said: "0 active channels" in said)

    @asynccontextmanager
    async def ami(self) -> AsyncIterator[Ami]:
        address = AmiAddress("127.0.0.1", self.installation.ports.ami)
        ami = Ami(address, "saluran", self.installation.state.secret("ami"))
        running = asyncio.create_task(ami.run())
        try:
            await ami.wait_up()
            yield ami
        finally:
            running.cancel()


@pytest.fixture(scope="module")
async def the_pbx(hotline: Hotline, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pbx]:
    queues = tmp_path_factory.mktemp("queues") / "queues.yaml"
    queues.parent.chmod(0o755)
    queues.write_text(QUEUES, encoding="utf-8")
    files = {"sounds": str(hotline.installation.sounds), "queues": str(queues)}
    await hotline.serves(files=files)
    more = hotline.installation.state.asterisk / "etc/extensions_more.conf"
    more.write_text(DIALPLAN.format(queue="umum"))
    hotline.installation.console("dialplan reload")
    pbx = Pbx(hotline, queues)
    await pbx.clears()
    yield pbx
    more.unlink()


@pytest.fixture
async def pbx(the_pbx: Pbx) -> AsyncIterator[Pbx]:
    yield the_pbx
    await the_pbx.clears()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    line = await Line.opened()
    yield line
    line.close()


@pytest.fixture
async def agent(pbx: Pbx, line: Line) -> AsyncIterator[Party]:
    """6002, registered and logged in to `umum`."""
    party = line.phone("6002")
    assert await pbx.registrar.answers("6002", pbx.secrets["6002"], at=line) == 200
    await pbx.logs_in("6002", "umum")
    await pbx.until("queue show umum", lambda said: "Not in use" in said)
    yield party
    await pbx.registrar.answers("6002", pbx.secrets["6002"], at=line, seconds=0)


async def calls(ami: Ami) -> None:
    """One more caller in the queue."""
    await ami.ask(
        "Originate",
        Channel="Local/caller@provisioning/n",
        Context="provisioning",
        Exten="silence",
        Priority=1,
        Async="true",
    )


async def test_a_new_agents_phone_is_let_in_without_a_restart_and_a_removed_one_is_not(
    pbx: Pbx,
) -> None:
    assert await pbx.registrar.answers("6010", "anything") != 200
    told = await pbx.saluran("agents", "add", "6010", "Tono", "--skill", "umum=1")
    secret = told.split()[3]
    await pbx.admits("6010", secret)
    await pbx.until("queue show agent-6010", lambda said: said.startswith("agent-6010 has"))
    await pbx.saluran("agents", "remove", "6010")
    await pbx.admits("6010", secret, wanted=False)
    await pbx.until("queue show agent-6010", lambda said: "No such queue" in said)


async def test_a_new_secret_takes_the_place_of_the_old_one(pbx: Pbx) -> None:
    old = (await pbx.saluran("agents", "add", "6011", "Tini")).split()[3]
    await pbx.admits("6011", old)
    new = (await pbx.saluran("agents", "reset", "6011")).split()[3]
    await pbx.admits("6011", new)
    assert await pbx.registrar.answers("6011", old) == 401
    await pbx.saluran("agents", "remove", "6011")


async def test_only_the_right_secret_of_the_right_extension_is_let_in(pbx: Pbx) -> None:
    answers, secrets = pbx.registrar.answers, pbx.secrets
    assert await answers("6001", secrets["6001"]) == 200
    assert await answers("6001", None) == 401
    assert await answers("6001", "6001") == 401
    assert await answers("6001", secrets["6002"]) == 401
    assert await answers("6001", secrets["6002"], name="6002") == 401
    assert await answers("trunk", "anything") != 200
    assert await answers("nobody", "anything") != 200


async def test_a_phone_that_registers_twice_is_rung_where_it_was_last(pbx: Pbx) -> None:
    first, second = await Line.opened(), await Line.opened()
    for line in (first, second):
        assert await pbx.registrar.answers("6003", pbx.secrets["6003"], at=line) == 200
    contacts = await pbx.says("pjsip show contacts")
    assert f"6003@127.0.0.1:{second.port}" in contacts
    assert f"6003@127.0.0.1:{first.port}" not in contacts
    await pbx.registrar.answers("6003", pbx.secrets["6003"], at=second, seconds=0)
    first.close()
    second.close()


async def test_who_does_not_answer_is_paused_in_every_queue(pbx: Pbx, agent: Party) -> None:
    agent.answers_after = None
    await pbx.logs_in("6002", "produsen")
    pbx.queues.write_text(QUEUES.replace("max_length: 50", "max_length: 48\n    ring: 5", 1))
    await pbx.until("queue show umum", lambda said: "(max 48)" in said)
    async with pbx.ami() as ami:
        await calls(ami)
        leg = await agent.rings()
        await pbx.until("queue show umum", lambda said: "paused" in said)
        assert "paused" in await pbx.says("queue show produsen")
        assert leg.over.is_set()


async def test_a_changed_queue_disturbs_nobody_who_waits_or_talks(pbx: Pbx, agent: Party) -> None:
    async with pbx.ami() as ami:
        await calls(ami)
        talk = await agent.rings()
        await talk.acknowledged.wait()
        await calls(ami)
        await pbx.until("queue show umum", lambda said: "1. Local/" in said)
        pbx.queues.write_text(QUEUES.replace("max_length: 50", "max_length: 49"))
        after = await pbx.until("queue show umum", lambda said: "(max 49)" in said)
        assert "1. Local/" in after
        assert "PJSIP/6002" in after
        assert not talk.over.is_set()
        # The queue lives on: the one who waited is served next.
        talk.hang_up()
        following = await agent.rings(2, seconds=30)
        await following.acknowledged.wait()
        await pbx.says("channel request hangup all")
        await following.over.wait()


async def test_a_bad_queues_file_is_refused_and_the_old_queues_stay(pbx: Pbx) -> None:
    before = await pbx.says("queue show")
    pbx.queues.write_text("default: umum\nqueues: {umum: {strategy: no}}\n")
    await pbx.logs("queues.refused")
    assert await pbx.says("queue show") == before


async def test_phones_and_queues_are_there_while_service_and_database_are_away(pbx: Pbx) -> None:
    installation = pbx.installation
    await pbx.hotline.stops_service()
    await pbx.hotline.stops_postgres()
    try:
        await asyncio.to_thread(installation.stop_asterisk)
        await asyncio.to_thread(installation.start_asterisk)
        assert await pbx.registrar.answers("6001", pbx.secrets["6001"]) == 200
        assert "umum-en has 0 calls" in await pbx.says("queue show")
    finally:
        await pbx.hotline.starts_postgres()
        await pbx.hotline.starts_service()


async def test_who_is_logged_in_stays_so_over_a_restart_of_the_pbx(pbx: Pbx, agent: Party) -> None:
    await asyncio.to_thread(pbx.installation.stop_asterisk)
    await asyncio.to_thread(pbx.installation.start_asterisk)
    assert "PJSIP/6002" in await pbx.says("queue show umum")
    await pbx.is_served()
