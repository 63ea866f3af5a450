"""An agent introduces a trader and a producer in one call of the real PBX, whatever dies."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import av
import numpy as np
import pytest

from config.phones import national
from config.settings import load_settings
from ivr.ids import new_id
from scripts.caller import Call
from scripts.caller.sounds import Samples, tone, tone_share
from scripts.phone_link import PhoneLink
from tests.calls.hotline import Hotline
from tests.calls.sip_parties import Leg, Parties, Party
from tests.calls.team import Team, gathered
from tests.store.producers import producer
from tickets.errors import Unacceptable
from tickets.phone_side import PhoneRefused

AGENT = "6002"
PATIENCE = 20.0
STEPS = "SELECT what, party FROM introduction_step WHERE introduction = $1 ORDER BY at, id"
CONSENTS = "SELECT consents(person, 'share_producer') FROM phone WHERE number = $1"


@dataclass
class Meeting:
    """One trader and one producer with their phones, and the call in which they may meet."""

    team: Team
    link: PhoneLink
    trader: Party
    producer: Party
    numbers: tuple[str, str]
    referral: UUID
    id: UUID = field(default_factory=uuid4)

    async def asks(self, *, trader: str | None = None, producer: str | None = None) -> None:
        """As the desk does: its row first, then the service."""
        await self.team.pool.execute(
            "INSERT INTO introduction_call (id, referral, agent, asked_by, trader, producer,"
            " asked_at) VALUES ($1, $2, $3, 'sari', $4, $5, now()) ON CONFLICT DO NOTHING",
            self.id,
            self.referral,
            AGENT,
            *self.numbers,
        )
        await self.link.ask(
            AGENT,
            "introduce",
            introduction=str(self.id),
            trader=trader or self.numbers[0],
            producer=producer or self.numbers[1],
        )

    async def steps(self, *wanted: tuple[str, str]) -> set[tuple[str, str]]:
        """What was noted, once all this was."""
        rows = await self.team.until_rows(STEPS, lambda rows: {*wanted} <= {*rows}, self.id)
        return {(str(what), str(party)) for what, party in rows}

    async def consents(self) -> bool:
        return bool(await self.team.pool.fetchval(CONSENTS, self.numbers[0]))

    async def called_once(self) -> None:
        """It is over, and nobody was called twice."""
        await self.steps(("over", ""))
        assert len(self.trader.calls) == 1
        assert len(self.producer.calls) <= 1
        ended = "SELECT ended_at IS NOT NULL, refused FROM introduction_call WHERE id = $1"
        assert await self.team.rows(ended, self.id) == [(True, "")]
        folder = self.team.hotline.installation.state.folder / "pbx/introductions"
        assert [path.name for path in folder.iterdir()] == []


async def picks_up(party: Party, key: str = "1") -> Leg:
    """Answers, and presses a key into the question."""
    leg = await party.rings(1, PATIENCE)
    await leg.answer()
    async with asyncio.timeout(PATIENCE):
        await leg.hears.wait()
    leg.press(key)
    return leg


async def over(leg: Leg) -> None:
    async with asyncio.timeout(PATIENCE):
        await leg.over.wait()


def decoded(sound: bytes) -> Samples:
    codec = av.CodecContext.create("pcm_alaw", "r")
    codec.sample_rate, codec.layout = 8000, "mono"
    frames = codec.decode(av.Packet(sound))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


async def hears(leg: Leg, hertz: float) -> None:
    """Half of its last second is mostly that tone."""
    async with asyncio.timeout(PATIENCE):
        while tone_share(decoded(bytes(leg.sound[-8000:])), hertz) < 0.5:
            leg.hears.clear()
            await leg.hears.wait()


async def all_hear(agent: Call, *legs: Leg) -> None:
    """What the agent says reaches everybody."""
    agent.speaks(tone(700, 4.0))
    await asyncio.gather(*(hears(leg, 700) for leg in legs))
    await agent.has_spoken()


@pytest.fixture(scope="module")
async def the_team(hotline: Hotline) -> AsyncIterator[Team]:
    await hotline.serves()
    async with gathered(hotline) as team:
        yield team


@pytest.fixture
async def link(team: Team) -> AsyncIterator[PhoneLink]:
    link = PhoneLink(load_settings(team.hotline.installation.state.folder))
    following = asyncio.create_task(link.run())
    yield link
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


@pytest.fixture
async def parties(team: Team) -> AsyncIterator[Parties]:
    parties = Parties()
    await parties.listen(team.hotline.installation.ports.carrier)
    yield parties
    parties.close()


@pytest.fixture
async def meeting(team: Team, link: PhoneLink, parties: Parties) -> Meeting:
    return await met(team, link, parties)


async def met(team: Team, link: PhoneLink, parties: Parties, **trader: Any) -> Meeting:
    """The rows of a referral, and both phones behind the carrier."""
    number = int(await team.pool.fetchval("SELECT 26800000 + count(*) FROM ticket"))
    numbers = (f"+62812{number}", f"+62813{number}")
    ticket, referral, now = new_id(), new_id(), datetime.now(UTC)
    person = uuid4()
    async with team.pool.acquire() as sql:
        maker = await producer(sql, f"{number:013}", contact_phone=numbers[1])
        await sql.execute("INSERT INTO person (id, met_at) VALUES ($1, $2)", person, now)
        await sql.execute("INSERT INTO phone (number, person) VALUES ($1, $2)", numbers[0], person)
        await sql.execute(
            "INSERT INTO ticket (id, number, category, channel, phone, person, confidential,"
            " anonymous, language, opened_at, first_response_due, deadline, reason)"
            " VALUES ($1, $2, 'GANTI', 'desk', $3, $4, false, false, 'id', $5, $5, $5, 'request')",
            ticket,
            str(number),
            numbers[0],
            person,
            now,
        )
        await sql.execute(
            "INSERT INTO referral (id, ticket, producer, how, pieces, month, introduced_at,"
            " introduced_by, moved_at)"
            " VALUES ($1, $2, $3, 'call', 10, '2026-11-01', $4, 'sari', $4)",
            referral,
            ticket,
            maker,
            now,
        )
    quiet = {"echoes": False, "answers_after": None}
    return Meeting(
        team,
        link,
        parties.phone(national(numbers[0]), **(quiet | trader)),
        parties.phone(national(numbers[1]), **quiet),
        numbers,
        referral,
    )


async def test_three_meet_and_the_agent_leaves_them_to_themselves(
    team: Team, meeting: Meeting
) -> None:
    budi = await team.phones.agent(AGENT)
    await meeting.asks()
    agent = await (await budi.rings()).answers()
    assert not meeting.producer.calls
    trader = await picks_up(meeting.trader)
    producer_leg = await picks_up(meeting.producer)
    await meeting.steps(("agreed", "producer"))
    await all_hear(agent, trader, producer_leg)
    with pytest.raises(PhoneRefused):
        await meeting.asks()
    await agent.hangs_up()
    await meeting.steps(("left", "agent"))
    assert not trader.over.is_set()
    producer_leg.hang_up()
    await over(trader)
    await meeting.called_once()
    assert await meeting.consents()


async def test_killed_at_each_step_it_goes_on_and_nobody_is_called_twice(
    team: Team, meeting: Meeting
) -> None:
    async def dies() -> None:
        await team.hotline.stops_service(signal.SIGKILL)

    budi = await team.phones.agent(AGENT)
    await meeting.asks()
    ringing = await budi.rings()
    await dies()
    agent = await ringing.answers()
    await meeting.trader.rings(1, PATIENCE)
    await team.hotline.starts_service()
    await meeting.steps(("dialled", "trader"))
    await dies()
    trader = await picks_up(meeting.trader)
    await meeting.producer.rings(1, PATIENCE)
    await team.hotline.starts_service()
    await meeting.steps(("agreed", "trader"), ("dialled", "producer"))
    producer_leg = await picks_up(meeting.producer)
    await meeting.steps(("agreed", "producer"))
    await dies()
    await all_hear(agent, trader, producer_leg)
    trader.hang_up()
    await agent.hangs_up()
    await over(producer_leg)
    await team.hotline.starts_service()
    await meeting.called_once()
    assert len(budi.calls) == 1


async def test_a_trader_who_declines_talks_with_the_agent_alone(
    team: Team, meeting: Meeting
) -> None:
    budi = await team.phones.agent(AGENT)
    await meeting.asks()
    agent = await (await budi.rings()).answers()
    trader = await picks_up(meeting.trader, "2")
    await meeting.steps(("declined", "trader"))
    await all_hear(agent, trader)
    await agent.hangs_up()
    await over(trader)
    await meeting.called_once()
    assert not meeting.producer.calls
    assert not await meeting.consents()


async def test_who_cannot_be_reached_is_told_in_the_room(
    team: Team, link: PhoneLink, parties: Parties
) -> None:
    budi = await team.phones.agent(AGENT)
    engaged = await met(team, link, parties, refuses=486)
    await engaged.asks()
    agent = await (await budi.rings()).answers()
    await agent.hears("introduction-begins", "introduction-unreached-trader")
    await agent.ends()
    await engaged.called_once()
    declined = await met(team, link, parties)
    await declined.asks()
    agent = await (await budi.rings(2)).answers()
    trader = await picks_up(declined.trader)
    await picks_up(declined.producer, "2")
    await agent.hears("introduction-begins", "introduction-unreached-producer")
    await agent.hangs_up()
    await over(trader)
    await declined.called_once()
    left = await met(team, link, parties)
    await left.asks()
    agent = await (await budi.rings(3)).answers()
    rung = await left.trader.rings(1, PATIENCE)
    await agent.hangs_up()
    await over(rung)
    await left.called_once()
    assert not left.producer.calls


async def test_whom_the_rules_forbid_nobody_calls(team: Team, meeting: Meeting) -> None:
    budi = await team.phones.agent(AGENT)
    for bad in ("+6562345678", "14045", "+621500587"):
        with pytest.raises(Unacceptable):
            await meeting.asks(producer=bad)
    with pytest.raises(PhoneRefused):
        await meeting.asks(producer=meeting.numbers[0])
    await team.hotline.serves("2026-11-25 20:00")
    await team.hotline.has_fitted()
    with pytest.raises(PhoneRefused, match="closed"):
        await meeting.asks()
    assert not budi.calls
    await team.hotline.serves()
