"""What supervisors may do with the calls of others and with the line, and agents may not."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from config.queues import load_queues
from config.settings import load_settings
from ivr.agent_errors import NobodyWaits, NotSupervisor, NotTalking
from ivr.facts import Fact
from ivr.facts_queue import Supervised
from ivr.ports_queue import Agent
from ivr.presence import Presence
from ivr.supervision import Supervision
from ivr.waiting import waiting_callers
from scripts.line_hours import LineHours
from tests.calls.agents import AgentPhone
from tests.calls.hotline import Hotline
from tests.calls.team import Team, gathered

SUPERVISOR, AGENT = "6001", "6002"
STANDING = "SELECT count(*) FROM line_closure WHERE lifted_at IS NULL"
DONE = "SELECT did, agent, queue FROM supervision WHERE supervisor = $1 ORDER BY at, id"


@pytest.fixture(scope="module")
async def the_team(hotline: Hotline) -> AsyncIterator[Team]:
    await hotline.serves()
    async with gathered(hotline) as team:
        # Those of tests before these, whose clock may have stood later than ours does.
        await team.rows("DELETE FROM supervision")
        yield team


@pytest.fixture
async def sari(team: Team) -> AgentPhone:
    """The supervisor."""
    return await team.phones.agent(SUPERVISOR)


async def talking(team: Team) -> AgentPhone:
    """Budi, in a call."""
    budi = await team.phones.agent(AGENT)
    await budi.keys("*11", "agent-in")
    await team.caller()
    await (await budi.rings()).answers()
    return budi


async def did(team: Team, what: str) -> None:
    """The last that the supervisor did is this, to Budi."""
    await team.until_rows(DONE, lambda rows: rows[-1:] == [(what, AGENT, "")], SUPERVISOR)


@pytest.mark.parametrize("code", ["*186003", "*19", "*10"])
async def test_an_agent_who_is_no_supervisor_has_none_of_the_rights(team: Team, code: str) -> None:
    before = await team.rows("SELECT count(*) FROM supervision")
    budi = await team.phones.agent(AGENT)
    await budi.keys(code, "agent-no-right")
    assert await team.rows("SELECT count(*) FROM supervision") == before
    assert "supervision.refused" in team.hotline.log()


async def test_a_supervisor_listens_whispers_and_barges_in_and_each_is_noted(
    team: Team, sari: AgentPhone
) -> None:
    budi = await talking(team)
    async with sari.dials(f"*18{AGENT}") as call:
        await did(team, "listen")
        await call.presses("5")
        await did(team, "whisper")
        await call.presses("6")
        await did(team, "barge")
        await budi.calls[0].hangs_up()
        await call.hears("agent-listen-over")


async def test_by_api_a_supervisors_phone_rings_and_is_in_the_call(
    team: Team, sari: AgentPhone
) -> None:
    await talking(team)
    told: list[Fact] = []
    supervision = await supervising(team, told)
    with pytest.raises(NotSupervisor):
        await supervision.listen(AGENT, SUPERVISOR)
    with pytest.raises(NotTalking):
        await supervision.listen(SUPERVISOR, SUPERVISOR)
    await supervision.listen(SUPERVISOR, AGENT, "barge")
    call = await (await sari.rings()).answers()
    await did(team, "barge")
    await team.clear_callers()
    await call.ends()


async def test_who_is_in_no_call_cannot_be_listened_to(team: Team, sari: AgentPhone) -> None:
    budi = await team.phones.agent(AGENT)
    await budi.keys("*11", "agent-in")
    await sari.keys(f"*18{AGENT}", "agent-not-talking")
    await sari.keys("*186999", "agent-unknown")


async def test_a_supervisor_takes_who_waits_longest(team: Team, sari: AgentPhone) -> None:
    await sari.keys("*11", "agent-in")
    await sari.keys("*131", "agent-paused")
    await sari.keys("*19", "agent-not-ready")
    # A break does not send callers away, and nobody is free for them.
    await team.caller("pengaduan", "081200000011", since=1_700_000_000)
    await team.caller("pengaduan", "081200000012", since=1_700_000_010)
    await team.until_waiting("081200000011", "081200000012")
    await team.serves_only(SUPERVISOR, "agent-6001")
    await sari.keys("*19", "agent-taken")
    assert "081200000011" in ((await sari.rings()).leg.peer or "")
    rows = await team.until_rows(DONE, lambda rows: bool(rows), SUPERVISOR)
    assert rows[-1] == ("take", "", "agent-6001")


async def test_there_is_nobody_to_take_when_nobody_waits(team: Team, sari: AgentPhone) -> None:
    await sari.keys("*11", "agent-in")
    await sari.keys("*19", "agent-nobody-waits")


async def test_the_line_is_closed_and_reopened_by_phone(team: Team, sari: AgentPhone) -> None:
    for key, prompt, standing in (("1", "agent-line-closed", 1), ("3", "agent-line-open", 0)):
        async with sari.dials("*10") as call:
            await call.hears("agent-line-ask")
            await call.presses(key)
            await call.hears(prompt)
        assert await team.rows(STANDING) == [(standing,)]
    assert [did for did, _, _ in (await team.rows(DONE, SUPERVISOR))[-2:]] == [
        "close_line",
        "reopen_line",
    ]


async def test_a_waiting_caller_is_moved_and_keeps_their_time(team: Team, sari: AgentPhone) -> None:
    await sari.keys("*11", "agent-in")
    await sari.keys("*131", "agent-paused")
    await team.caller("pengaduan", "081200000021", since=1_700_000_000)
    await team.until_waiting("081200000021")
    [waiting] = await waiting_callers(team.ami)
    told: list[Fact] = []
    supervision = await supervising(team, told)
    with pytest.raises(NotSupervisor):
        await supervision.move(AGENT, waiting.channel, "umum")
    with pytest.raises(ValueError, match="there is no queue"):
        await supervision.move(SUPERVISOR, waiting.channel, "nowhere")
    await supervision.move(SUPERVISOR, waiting.channel, "umum")
    moved = await team.moved("umum")
    assert (moved.channel, moved.since) == (waiting.channel, 1_700_000_000)
    assert [(fact.did, fact.queue) for fact in told if isinstance(fact, Supervised)] == [
        ("move", "umum")
    ]
    with pytest.raises(NobodyWaits):
        await supervision.move(SUPERVISOR, "PJSIP/nobody-0001", "umum")


async def test_what_became_of_a_talk_lands_on_its_stay_in_the_queue(team: Team) -> None:
    budi = await team.phones.agent("6004")
    await budi.keys("*1601", "agent-no-talk")
    entry = await team.talked("6004")
    await budi.keys("*1601", "agent-noted")
    await budi.keys("*1600", "agent-code-unknown")
    rows = await team.until_rows(
        "SELECT entry, code FROM disposition WHERE agent = $1", lambda rows: bool(rows), "6004"
    )
    assert rows == [(entry, "01")]


async def supervising(team: Team, told: list[Fact]) -> Supervision:
    """The in-process API on a link of its own."""
    settings = load_settings(team.hotline.installation.state.folder)
    queues, hours = load_queues(settings.files.queues), LineHours(settings)
    agents = [
        Agent(SUPERVISOR, "Sari", ("id",), {"umum": 0}, True, ""),
        Agent(AGENT, "Budi", ("id",), {"umum": 0}, False, ""),
    ]
    presence = Presence(team.ami, told.append, hours, lambda: queues, lambda: agents)
    await presence.reconcile()
    return Supervision(team.ami, presence, told.append, hours, NoDoor(), settings.pbx.name)


class NoDoor:
    """The line stays as it is."""

    async def close(self, reason: str, until: datetime | None, by: str) -> None:
        raise AssertionError(reason)

    async def reopen(self, by: str) -> int:
        raise AssertionError(by)
