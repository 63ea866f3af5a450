"""AGI commands over AMI on a real Asterisk: what `ivr.agi` builds does what its words say."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from ivr import agi
from ivr.agi import AgiGarbled, AgiReply, agi_result
from ivr.ami import Ami, AmiAddress, AmiRefused, Event
from tests.calls import link_pbx
from tests.calls.link_pbx import SECRET, LinkPbx

SOUNDS = ["saluran/a", "saluran/b"]
READ = agi.full_variable("${READSTATUS}:${IVR_KEYS}")


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkPbx]:
    with link_pbx.running(tmp_path_factory.mktemp("pbx")) as started:
        yield started


@dataclass
class Channel:
    """A channel in AsyncAGI, with fingers."""

    ami: Ami
    name: str
    done: "asyncio.Queue[Event]"

    async def says(self, command: str) -> str:
        """The reply's text to a command that needs no key."""
        await self.start(command)
        return await self.reply()

    async def start(self, command: str) -> None:
        await self.ami.ask("AGI", Channel=self.name, Command=command, CommandID="test")

    async def reply(self) -> str:
        return unquote((await asyncio.wait_for(self.done.get(), 20)).get("Result"))

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.ami.ask("PlayDTMF", Channel=self.name, Digit=key, Receive="true")

    async def is_playing(self) -> None:
        """Wait until the command that was started runs."""
        while True:
            for event in await self.ami.collect("Status", "StatusComplete", Channel=self.name):
                if event.get("Application") != "AGI":
                    return

    async def reads(self, keys: str, most: int, options: str = "") -> str:
        await self.start(agi.read("IVR_KEYS", ["saluran/long"], most, 1, options))
        await self.is_playing()
        await self.press(keys)
        assert agi_result(await self.reply()) == AgiReply(200, 0)
        return agi_result(await self.says(READ)).data


@asynccontextmanager
async def ringing(pbx: LinkPbx) -> AsyncIterator[Channel]:
    ami = Ami(AmiAddress("127.0.0.1", pbx.ami_port), "caller", SECRET)
    started: asyncio.Queue[Event] = asyncio.Queue()
    done: asyncio.Queue[Event] = asyncio.Queue()
    ami.on_event("AsyncAGIStart", started.put_nowait)
    ami.on_event("AsyncAGIExec", done.put_nowait)
    task = asyncio.create_task(ami.run())
    try:
        async with asyncio.timeout(20):
            await ami.wait_up()
            await ami.ask(
                "Originate",
                Channel="Local/agi@link/n",
                Context="idle",
                Exten="wait",
                Priority=1,
                CallerID='"Bu & \u2028😀" <+6281234567890>',
                Async="true",
            )
            name = (await started.get()).get("Channel")
        yield Channel(ami, name, done)
        with suppress(AmiRefused):
            await ami.ask("Hangup", Channel=name)
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def channel(pbx: LinkPbx) -> AsyncIterator[Channel]:
    async with ringing(pbx) as channel:
        yield channel


@pytest.mark.parametrize(
    ("keys", "most", "options", "read"),
    [
        ("12#", 5, "", "OK:12"),
        ("12", 2, "", "OK:12"),
        ("5", 5, "", "TIMEOUT:5"),
        ("#", 5, "", "OK:"),
        ("#", 1, "", "OK:"),
        ("#", 1, "t", "OK:#"),
        ("*", 1, "", "OK:*"),
        ("*", 1, "t", "OK:*"),
        ("*#", 5, "", "OK:*"),
        ("ABCD#", 5, "", "OK:ABCD"),
        ("", 5, "", "TIMEOUT:"),
    ],
)
async def test_keys_are_read_as_they_are_pressed(
    channel: Channel, keys: str, most: int, options: str, read: str
) -> None:
    assert await channel.reads(keys, most, options) == read


async def test_a_flood_of_keys_leaves_the_first_ones(channel: Channel) -> None:
    assert await channel.reads("0123456789" * 4, 20) == "OK:" + "0123456789" * 2


async def test_missing_sounds_end_neither_the_call_nor_the_reading_of_keys(
    channel: Channel,
) -> None:
    await channel.says(agi.read("IVR_KEYS", ["saluran/none"], 1, 0.2))
    assert agi_result(await channel.says(READ)).data == "ERROR:"
    await channel.says(agi.read("IVR_KEYS", ["saluran/none", "saluran/a"], 1, 0.2))
    assert agi_result(await channel.says(READ)).data == "TIMEOUT:"
    assert agi_result(await channel.says(agi.playback(["saluran/none"]))).result == 0
    status = await channel.says(agi.full_variable("${PLAYBACKSTATUS}"))
    assert agi_result(status).data == "FAILED"


async def test_several_sounds_are_played(channel: Channel) -> None:
    assert agi_result(await channel.says(agi.playback(SOUNDS))) == AgiReply(200, 0)
    status = await channel.says(agi.full_variable("${PLAYBACKSTATUS}"))
    assert agi_result(status).data == "SUCCESS"


async def test_a_message_is_recorded_until_hash_even_below_a_folder_with_a_space(
    channel: Channel, pbx: LinkPbx
) -> None:
    path = pbx.state.folder / "pbx" / "messages" / "a b" / "m.wav"
    await channel.start(agi.record(str(path), 5, 30))
    await channel.is_playing()
    await until_exists(path)
    await channel.press("#")
    assert agi_result(await channel.reply()) == AgiReply(200, 0)
    status = await channel.says(agi.full_variable("${RECORD_STATUS}"))
    assert agi_result(status).data == "DTMF"


async def test_a_folder_that_cannot_be_written_is_an_error_and_the_call_goes_on(
    channel: Channel,
) -> None:
    assert agi_result(await channel.says(agi.record("/proc/none/m.wav", 5, 30))).result == 0
    status = await channel.says(agi.full_variable("${RECORD_STATUS}"))
    assert agi_result(status).data == "ERROR"


@pytest.mark.parametrize("value", ["", "a=b, c:d/+@._-", "x" * 800])
async def test_a_variable_keeps_the_value_that_was_set(channel: Channel, value: str) -> None:
    assert agi_result(await channel.says(agi.set_variable("IVR_STATE", value))).result == 1
    assert agi_result(await channel.says(agi.full_variable("${IVR_STATE}"))).data == value


async def test_what_a_caller_sent_comes_encoded(channel: Channel) -> None:
    both = agi.full_variable("${CALLERID(num)}|${URIENCODE(${CALLERID(name)})}")
    number, _, name = agi_result(await channel.says(both)).data.partition("|")
    assert (number, unquote(name)) == ("+6281234567890", "Bu & \u2028😀")


async def test_a_queue_without_agents_is_left_at_once(channel: Channel) -> None:
    assert agi_result(await channel.says("EXEC Queue umum")).code == 200
    status = await channel.says(agi.full_variable("${QUEUESTATUS}"))
    assert agi_result(status).data == "JOINEMPTY"


async def test_a_reply_too_long_for_asterisk_is_noticed_and_so_is_what_it_shifts(
    channel: Channel,
) -> None:
    for name in ("IVR_ONE", "IVR_TWO"):
        await channel.says(agi.set_variable(name, "x" * 900))
    for command in ("${IVR_ONE}${IVR_TWO}", "${IVR_STATE}"):
        with pytest.raises(AgiGarbled):
            agi_result(await channel.says(agi.full_variable(command)))


@pytest.mark.parametrize(
    ("command", "result"),
    # Playback ends with 0 when the hangup comes before its first frame, as on a busy machine.
    [
        (agi.playback(["saluran/long"]), {-1, 0}),
        (agi.read("IVR_KEYS", ["saluran/long"], 5, 5), {0}),
    ],
)
async def test_a_hangup_within_a_command_ends_it_and_then_async_agi(
    pbx: LinkPbx, command: str, result: set[int]
) -> None:
    async with ringing(pbx) as channel:
        ended: asyncio.Queue[Event] = asyncio.Queue()
        channel.ami.on_event("AsyncAGIEnd", ended.put_nowait)
        await channel.start(command)
        async with asyncio.timeout(10):
            while not pbx.plays("long"):  # noqa: ASYNC110 (the PBX opens the file)
                await asyncio.sleep(0.01)
        await channel.ami.ask("Hangup", Channel=channel.name)
        assert agi_result(await channel.reply()).result in result
        assert (await asyncio.wait_for(ended.get(), 5)).get("Channel") == channel.name


async def test_unknown_commands_and_wrong_arguments_are_errors(channel: Channel) -> None:
    assert agi_result(await channel.says("NO SUCH")).code == 510
    assert agi_result(await channel.says("GET VARIABLE")).code == 520
    assert agi_result(await channel.says("EXEC NoSuch x")).result == -2


async def until_exists(path: Path) -> None:
    async with asyncio.timeout(10):
        while not path.exists():  # noqa: ASYNC110, ASYNC240 (the PBX makes the file)
            await asyncio.sleep(0.01)
