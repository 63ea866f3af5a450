"""Agents on softphones: what they key, what their phones do, and what the PBX makes of it."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
from baresip import RegistrationError

from config.queues import load_queues
from config.settings import CHECKOUT, load_settings
from ivr.agent_errors import NotLoggedIn
from ivr.ami import action
from ivr.facts import Fact
from ivr.ports_queue import Agent
from ivr.presence import Presence
from scripts.line_hours import LineHours
from tests.calls.agents import FragilePhone
from tests.calls.hotline import Hotline
from tests.calls.sip_parties import Parties
from tests.calls.team import PATIENCE, Team, gathered
from tests.faults.logbook import Logbook

EVENTS = "SELECT state, reason, by FROM presence_event WHERE agent = $1 ORDER BY at, id"


@pytest.fixture(scope="module")
async def the_team(
    hotline: Hotline, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Team]:
    queues = tmp_path_factory.mktemp("queues") / "queues.yaml"
    queues.parent.chmod(0o755)
    text = (CHECKOUT / "config/queues.yaml").read_text(encoding="utf-8")
    queues.write_text(text.replace("wrap_up: 10", "wrap_up: 4\n    ring: 5", 1), encoding="utf-8")
    files = {"sounds": str(hotline.installation.sounds), "queues": str(queues)}
    await hotline.serves(files=files, phones={"dial": ["0812"]})
    async with gathered(hotline) as team:
        yield team


async def test_a_code_changes_the_state_everywhere_within_a_second(team: Team) -> None:
    budi = await team.phones.agent("6002")
    for code, prompt, state in (
        ("*11", "agent-in", "ready"),
        ("*132", "agent-paused", "paused salat"),
        ("*135", "agent-paused", "paused lain"),
        ("*14", "agent-ready", "ready"),
        ("*15", "agent-wrap-up", "wrapping_up"),
        ("*14", "agent-ready", "ready"),
        ("*12", "agent-out", "out"),
    ):
        async with budi.dials(code) as call:
            await call.hears(prompt)
            await team.agree("6002", state)
    told = await team.until_rows(EVENTS, lambda rows: rows[-1:] == [("out", "", "phone")], "6002")
    assert told[-7:] == [
        ("ready", "", "phone"),
        ("paused", "salat", "phone"),
        ("paused", "lain", "phone"),
        ("ready", "", "phone"),
        ("wrapping_up", "", "phone"),
        ("ready", "", "phone"),
        ("out", "", "phone"),
    ]


async def test_who_logs_in_serves_the_queues_of_their_skills_by_level(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    members = (await team.members()).of("6002")
    assert {queue: one.penalty for queue, one in members.items()} == {
        "agent-6002": 0,
        "umum": 0,
        "umum-en": 0,
        "produsen": 1,
        "produsen-en": 1,
    }


async def test_a_pause_without_a_reason_asks_for_it(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    async with budi.dials("*13") as call:
        await call.hears("agent-pause-reasons")
        await call.presses("3")
        await call.hears("agent-paused")
    await team.agree("6002", "paused rapat")


async def test_another_program_and_the_phone_agree(team: Team) -> None:
    """The in-process API on a link of its own, as another service would have it."""
    told: list[Fact] = []
    presence = _presence(team, told)
    budi = await team.phones.agent("6002")
    await presence.reconcile()
    await presence.log_in("6002", "api")
    await team.agree("6002", "ready")
    await presence.pause("6002", "rapat", "api")
    await team.agree("6002", "paused rapat")
    await budi.keys("*14", "agent-ready")
    assert presence.state("6002").state == "ready"
    await presence.log_out("6002", "api")
    await team.agree("6002", "out")
    with pytest.raises(NotLoggedIn):
        await presence.ready("6002", "api")
    with pytest.raises(ValueError, match="no reason"):
        await presence.pause("6002", "tidur", "api")


async def test_who_is_not_logged_in_is_told_so(team: Team) -> None:
    budi = await team.phones.agent("6002")
    for code in ("*14", "*131", "*15"):
        await budi.keys(code, "agent-not-in")


async def test_who_does_not_answer_is_paused_and_says_when_they_are_back(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    await team.caller()
    ringing = await budi.rings()
    await ringing.stops()
    await team.agree("6002", "paused ring_no_answer", 3)
    await team.clear_callers()
    await budi.keys("*14", "agent-ready")
    told = await team.until_rows(EVENTS, lambda rows: rows[-1][0] == "ready", "6002")
    assert told[-2] == ("paused", "ring_no_answer", "pbx")


async def test_who_rejects_a_call_is_paused_and_it_rings_the_next(team: Team) -> None:
    budi, dewi = await team.phones.agent("6002"), await team.phones.agent("6003")
    await budi.keys("*11", "agent-in")
    await team.caller()
    await (await budi.rings()).rejects()
    await team.agree("6002", "paused ring_no_answer", 3)
    await dewi.keys("*11", "agent-in")
    await (await dewi.rings()).answers()


async def test_after_a_talk_an_agent_rests_for_the_queues_seconds(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    await team.caller()
    ringing = await budi.rings()
    await ringing.answers()
    await ringing.hangs_up()
    await team.agree("6002", "wrapping_up")
    await team.agree("6002", "ready", 6)


async def test_the_rest_can_be_ended_and_a_caller_rings_soon(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    await team.caller()
    first = await budi.rings()
    await first.answers()
    await first.hangs_up()
    await team.agree("6002", "wrapping_up")
    await budi.keys("*15", "agent-wrap-up")
    await team.agree("6002", "wrapping_up")
    await budi.keys("*14", "agent-ready")
    await team.caller()
    await budi.rings(2)


async def test_a_phone_that_loses_its_network_in_a_call_is_not_rung_until_it_is_back(
    team: Team,
) -> None:
    phone = await FragilePhone.registered(team.hotline, "6003")
    presence = _presence(team, [])
    await presence.reconcile()
    await presence.log_in("6003", "api")
    await team.caller()
    leg = await phone.rings()
    await leg.hears.wait()
    phone.vanishes()
    await team.agree("6003", "paused device_lost", 45)
    assert not [one for one in await team.channels() if "6003" in one.get("Channel")]
    await phone.comes_back()
    await team.agree("6003", "ready", PATIENCE)
    await phone.leaves()
    await team.agree("6003", "paused device_lost", PATIENCE)


async def test_a_phone_that_is_rung_and_says_nothing_keeps_nobody_waiting(team: Team) -> None:
    phone = await FragilePhone.registered(team.hotline, "6003")
    presence = _presence(team, [])
    await presence.reconcile()
    await presence.log_in("6003", "api")
    await team.agree("6003", "ready", PATIENCE)
    phone.vanishes()
    book = Logbook(team.hotline)
    await team.caller()
    # Not after the queue's own seconds: those are for phones that ring.
    await book.tells("agent.phone_silent", agent="6003")
    await team.agree("6003", "paused ring_no_answer", PATIENCE)
    await phone.comes_back()
    await phone.leaves()


async def test_a_pause_holds_that_is_made_while_the_service_notices_that_the_phone_is_away(
    team: Team,
) -> None:
    phone = {"Interface": "PJSIP/6004", "StateInterface": "PJSIP/6004"}
    done = team.ami.post(
        [
            action("QueueAdd", Queue="umum", MemberName="6004", **phone),
            action("QueuePause", Interface="PJSIP/6004", Paused="true", Reason="rapat"),
        ]
    )
    for answer in done:
        await answer
    # The service's own pause comes after the one that somebody chose, which holds.
    await team.until_rows(EVENTS, lambda rows: ("paused", "device_lost", "pbx") in rows, "6004")
    await team.agree("6004", "paused rapat", PATIENCE)
    await team.phones.agent("6004")
    await team.until_device("6004", 1)
    await team.agree("6004", "paused rapat")


async def test_of_two_phones_with_the_same_secret_the_last_one_rings(team: Team) -> None:
    first = await team.phones.agent("6002")
    await first.keys("*11", "agent-in")
    await first.keys("*131", "agent-paused")
    # Into the queue before: for a moment after the second registers no phone of hers is there.
    await team.caller()
    await team.until_waiting("081200000001")
    second = await team.phones.agent("6002")
    await second.keys("*14", "agent-ready")
    await (await second.rings()).answers()
    assert first.calls == []


async def test_a_phone_logs_in_its_own_agent_whoever_it_says_to_be(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    assert list(await team.members()) == ["6002"]


async def test_a_phone_with_another_agents_secret_comes_nowhere(team: Team) -> None:
    with pytest.raises(RegistrationError):
        await team.phones.agent("6001", team.phones.secrets["6002"])
    stranger = await team.phones.agent("6001", team.phones.secrets["6002"], registered=False)
    with pytest.raises(ConnectionError):
        async with stranger.dials("*11"):
            pass
    assert list(await team.members()) == []


@pytest.mark.parametrize(
    "dialled",
    [
        "0211234567",
        "+6221555000",
        "0044201234567",
        "08091234567",
        "1500587",
        "110",
        "6001",
        "*1",
        "*171",
        "*110",
        "*199",
        "**21*0812345678#",
        "081234",
    ],
)
async def test_a_phone_dials_nothing_but_codes_and_what_is_permitted(
    team: Team, dialled: str
) -> None:
    budi = await team.phones.agent("6002")
    async with budi.dials(dialled) as call:
        code = dialled.startswith("*1") and len(dialled) > 2
        await call.hears("agent-code-unknown" if code else "agent-dial-refused")
        away = [one.get("Channel") for one in await team.channels()]
        await call.ends()
    assert not [name for name in away if "carrier" in name]


async def test_a_permitted_number_is_dialled_with_the_hotlines_number(team: Team) -> None:
    budi = await team.phones.agent("6002")
    parties = Parties()
    await parties.listen(team.hotline.installation.ports.carrier)
    customer = parties.phone("081234567890")
    async with budi.dials("081234567890") as call:
        leg = await customer.rings()
        await leg.hears.wait()
        await call.hangs_up()
        await leg.over.wait()
    parties.close()
    assert leg.caller == "1500587"


@pytest.mark.parametrize("to", ["081234567890", "PJSIP%2F0065621234567%40carrier"])
async def test_a_phone_that_forwards_its_calls_gets_none_and_the_caller_stays(
    team: Team, to: str
) -> None:
    phone = await FragilePhone.registered(team.hotline, "6003")
    presence = _presence(team, [])
    await presence.reconcile()
    await presence.log_in("6003", "api")
    phone.party.answers_after = None
    await team.caller()
    (await phone.rings()).forward(to)
    await team.agree("6003", "paused ring_no_answer", PATIENCE)
    assert not [one for one in await team.channels() if "carrier" in one.get("Channel")]
    assert len((await team.live())["waiting"]) == 1
    await phone.leaves()


async def test_without_the_service_a_pause_can_be_ended_and_nothing_else(team: Team) -> None:
    budi = await team.phones.agent("6002")
    await budi.keys("*11", "agent-in")
    await budi.keys("*131", "agent-paused")
    await team.hotline.stops_service(signal.SIGKILL)
    await budi.keys("*12", "agent-service-away")
    await budi.keys("*14", "agent-ready")
    assert await team.pbx_state("6002") == "ready"
    await team.hotline.starts_service()
    await team.agree("6002", "ready", PATIENCE)


async def test_with_the_database_away_from_the_start_who_is_logged_in_works_on(team: Team) -> None:
    budi, dewi = await team.phones.agent("6002"), await team.phones.agent("6003")
    await budi.keys("*11", "agent-in")
    await team.hotline.stops_service()
    await team.hotline.stops_postgres()
    await team.hotline.starts_service()
    await budi.keys("*131", "agent-paused")
    await budi.keys("*14", "agent-ready")
    await dewi.keys("*11", "agent-service-away")
    await team.hotline.starts_postgres()
    await team.hotline.until(database="up", spooled=0)
    await dewi.keys("*11", "agent-in")
    await team.agree("6002", "ready")


async def test_what_happened_without_the_service_is_told_when_it_is_back(team: Team) -> None:
    budi, dewi = await team.phones.agent("6002"), await team.phones.agent("6003")
    await budi.keys("*11", "agent-in")
    await dewi.keys("*11", "agent-in")
    await team.hotline.stops_service(signal.SIGKILL)
    await team.ami.ask("QueuePause", Interface="PJSIP/6002", Paused="true", Reason="rapat")
    for queue in (await team.members()).of("6003"):
        await team.ami.ask("QueueRemove", Queue=queue, Interface="PJSIP/6003")
    await team.hotline.starts_service()
    await team.agree("6002", "paused rapat", PATIENCE)
    await team.agree("6003", "out", PATIENCE)
    await team.until_rows(EVENTS, lambda r: r[-1] == ("paused", "rapat", "reconciled"), "6002")
    await team.until_rows(EVENTS, lambda r: r[-1] == ("out", "", "reconciled"), "6003")


async def test_a_restart_of_the_pbx_leaves_everybody_as_they_were(team: Team) -> None:
    budi, dewi = await team.phones.agent("6002"), await team.phones.agent("6003")
    await budi.keys("*11", "agent-in")
    await dewi.keys("*11", "agent-in")
    await dewi.keys("*133", "agent-paused")
    await asyncio.to_thread(team.hotline.installation.stop_asterisk, signal.SIGKILL)
    await asyncio.to_thread(team.hotline.installation.start_asterisk)
    await team.ami.wait_up()
    await team.agree("6002", "ready", PATIENCE)
    await team.agree("6003", "paused rapat", PATIENCE)


def _presence(team: Team, told: list[Fact]) -> Presence:
    settings = load_settings(team.hotline.installation.state.folder)
    queues = load_queues(settings.files.queues)
    agents = [
        Agent("6002", "Budi", ("id", "en"), {"umum": 0, "produsen": 1}, False, ""),
        Agent("6003", "Dewi", ("id",), {"umum": 0, "pengaduan": 1}, False, ""),
    ]
    return Presence(team.ami, told.append, LineHours(settings), lambda: queues, lambda: agents)
