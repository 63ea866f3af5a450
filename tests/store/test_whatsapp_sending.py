"""What goes out by WhatsApp, against the imitation of its API: once, in order, not too fast."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.traders import Trader
from tests.imitated import TEMPLATES, cloud, imitating
from tests.store.told import FRIDAY_3, SITI, Call
from tickets.consents import Consent, Purpose, record
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store
from tickets.whatsapp import sending
from tickets.whatsapp.sender import Limits, Sender

NOW = FRIDAY_3 + timedelta(hours=1)
NUMBER = {"number": "26000001", "deadline": "17 Desember 2026"}
QUICK = Limits(
    per_second=1000,
    pair=timedelta(0),
    answer=5,
    uncertain=timedelta(minutes=2),
    idle=0.01,
)
STATUS = """
INSERT INTO whatsapp_status (wamid, status, at, message, error_code, error)
VALUES ($1, $2, to_timestamp($3), $4, $5, $6) ON CONFLICT DO NOTHING
"""

ONLY_A_LANDLINE = """
WITH other AS (INSERT INTO person (id, met_at) VALUES (gen_random_uuid(), $2) RETURNING id),
given AS (UPDATE phone SET person = other.id FROM other WHERE phone.person = $1)
INSERT INTO phone (number, person) VALUES ('+62215551234', $1)
"""
CROWD = """
WITH number AS (
    SELECT '+6281355500' || lpad(n::text, 3, '0') AS number, gen_random_uuid() AS person
    FROM generate_series(1, $1) AS n
), people AS (
    INSERT INTO person (id, met_at) SELECT person, $2 FROM number
), phones AS (
    INSERT INTO phone (number, person) SELECT number, person FROM number
)
INSERT INTO consent (id, person, phone, purpose, granted, at, channel, proof)
SELECT gen_random_uuid(), person, number, 'whatsapp', true, $2, 'desk', 'said so' FROM number
"""


@dataclass
class Story:
    """Siti, her ticket, and the channel; what is told by webhooks is written down as it comes."""

    store: Store
    sql: Connection
    whatsapp: Imitation
    siti: UUID
    ticket: UUID
    sender: Sender
    http: aiohttp.ClientSession
    told: list[str] = field(default_factory=list)

    @property
    def trader(self) -> Trader:
        return self.whatsapp.trader(SITI)

    @property
    def got(self) -> list[str]:
        return [one.text for one in self.trader.chat if not one.mine]

    async def template(self, key: str = "ticket-number:1", name: str = "ticket_number") -> bool:
        async with self.store.connection() as connection:
            return await sending.send_template(
                connection, self.siti, name, NUMBER, key=key, ticket=self.ticket
            )

    async def text(self, text: str, key: str, **more: Any) -> bool:
        async with self.store.connection() as connection:
            return await sending.send_text(
                connection, self.siti, text, key=key, ticket=self.ticket, actor="sari", **more
            )

    async def consents(self, granted: bool = True, later: int = 0) -> None:
        async with self.store.connection() as connection:
            consent = Consent(
                person=self.siti,
                purpose=Purpose.WHATSAPP,
                granted=granted,
                at=FRIDAY_3 + timedelta(minutes=later),
                channel="desk",
                proof="said so",
                by="sari",
            )
            await record(connection, consent)

    async def writes(self, hours_ago: float = 0) -> None:
        """As the receiver notes it."""
        at = NOW - timedelta(hours=hours_ago)
        await self.sql.execute(
            "INSERT INTO whatsapp_user (person, phone, bsuid, met_at, last_in_at) "
            "VALUES ($1, $2, $3, $4, $4) ON CONFLICT (phone) DO UPDATE SET last_in_at = $4",
            self.siti,
            SITI,
            self.trader.bsuid,
            at,
        )
        await self.whatsapp.says(self.trader, "halo")
        self.trader.chat[-1].at = at

    async def sends_all(self) -> None:
        async with asyncio.timeout(20):
            while await self.sender.once(self.http):
                pass

    async def hears(self, *statuses: str) -> None:
        """Until the webhooks have told each of these; then they are worked."""
        async with asyncio.timeout(20):
            await self.whatsapp.until(lambda: set(statuses) <= set(self.told))
        await self.sender.take_statuses()

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        told = f"SELECT {', '.join(columns)} FROM whatsapp_message"  # noqa: S608
        found = await self.sql.fetch(f"{told} WHERE direction = 'out' ORDER BY seq")
        return [tuple(one) for one in found]

    async def soon(self) -> None:
        """What waits for another try waits no more."""
        await self.sql.execute(
            "UPDATE whatsapp_message SET due_at = clock_timestamp() WHERE state = 'queued'"
        )
        await self.sql.execute("UPDATE whatsapp_user SET next_out_at = NULL")
        await self.sql.execute("UPDATE whatsapp_pace SET next_at = clock_timestamp()")


@pytest.fixture
async def story(desk: PostgresDesk, store: Store, sql: Connection) -> AsyncIterator[Story]:
    call = Call()
    call.begins()
    ticket = call.opens(1)
    call.ends()
    await desk.apply(call.told)
    siti = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    told: list[str] = []

    async def take(request: web.Request) -> web.Response:
        await _note(store, await request.json(), told)
        async with whatsapp.changed:
            whatsapp.changed.notify_all()
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    hook = TestServer(app)
    await hook.start_server()
    sending.switch(sending.Channel(TEMPLATES, lambda: NOW))
    async with imitating(str(hook.make_url("/hook")), lambda: NOW) as whatsapp:
        sender = Sender(store, cloud(whatsapp), TEMPLATES, lambda: NOW, QUICK)
        async with sender.session() as http:
            yield Story(store, sql, whatsapp, siti, ticket, sender, http, told)
    sending.switch(None)
    await hook.close()


async def _note(store: Store, body: Mapping[str, Any], told: list[str]) -> None:
    """As the receiver writes down what it was told of messages."""
    for change in body["entry"][0]["changes"]:
        for one in change["value"].get("statuses", ()):
            why = one.get("errors", [{}])[0]
            async with store.connection() as connection:
                await connection.execute(
                    STATUS,
                    one["id"],
                    one["status"],
                    float(one["timestamp"]),
                    UUID(one["biz_opaque_callback_data"]),
                    why.get("code"),
                    why.get("title", ""),
                )
            told.append(one["status"])


async def test_who_agreed_gets_a_template_once_and_its_states_only_go_forward(story: Story) -> None:
    assert not await story.template()  # She has not agreed.
    await story.consents()
    assert await story.template()
    assert await story.template()  # The same key: the same message.
    await story.sends_all()
    await story.hears("sent", "delivered")
    assert story.got == [TEMPLATES["ticket_number"].filled(NUMBER)]
    assert await story.rows("state", "text", "tries") == [("delivered", story.got[0], 1)]
    await story.whatsapp.reads(story.trader)
    await story.hears("read")
    # It is told again, late, that it was sent.
    await story.sql.execute("UPDATE whatsapp_status SET worked_at = NULL WHERE status = 'sent'")
    await story.sender.take_statuses()
    [row] = await story.rows("state", "sent_at", "delivered_at", "read_at", "failed_at")
    assert row[0] == "read"
    assert None not in row[1:4]
    assert row[4] is None


async def test_nothing_is_queued_while_it_is_off_or_for_who_has_no_mobile_phone(
    story: Story,
) -> None:
    await story.consents()
    sending.switch(None)
    assert not await story.template()
    sending.switch(sending.Channel(TEMPLATES, lambda: NOW))
    await story.sql.execute(ONLY_A_LANDLINE, story.siti, NOW)
    assert not await story.template()
    assert await story.rows("id") == []


async def test_who_withdraws_gets_nothing_that_still_waits(story: Story) -> None:
    await story.consents()
    assert await story.template()
    await story.consents(granted=False, later=1)
    await story.sends_all()
    assert story.got == []
    assert await story.rows("state", "error") == [("cancelled", "withdrawn")]


async def test_free_text_goes_within_a_day_and_is_refused_after_it(story: Story) -> None:
    assert not await story.text("Halo", "reply:0")  # She never wrote.
    await story.writes(hours_ago=25)
    assert not await story.text("Halo", "reply:1")
    await story.writes(hours_ago=23)
    assert await story.text("Halo, Bu", "reply:2")
    choice = [("a", "Bandung"), ("b", "Solo")]
    assert await story.text("Kota apa?", "reply:3", buttons=choice)
    await story.sends_all()
    assert story.got == ["Halo, Bu", "Kota apa?"]
    assert [one.title for one in story.trader.chat[-1].buttons] == ["Bandung", "Solo"]
    # It was queued in time, and the time went by.
    assert await story.text("Masih?", "reply:4")
    story.sender.clock = lambda: NOW + timedelta(hours=2)
    await story.sends_all()
    assert (await story.rows("state", "error_code"))[-1] == ("failed", 131047)
    # The API's own clock is ahead of ours: it says so afterwards, by a status.
    story.sender.clock = lambda: NOW
    story.trader.chat[:] = [one for one in story.trader.chat if not one.mine]
    assert await story.text("Halo?", "reply:5")
    await story.sends_all()
    await story.hears("failed")
    assert (await story.rows("state", "error_code"))[-1] == ("failed", 131047)


async def test_who_hides_the_number_is_reached_by_the_bsuid(story: Story) -> None:
    await story.writes()
    await story.sql.execute("UPDATE whatsapp_user SET phone = NULL")
    assert await story.text("Halo", "reply:1")
    story.whatsapp.faults.hide_phone = True
    await story.sends_all()
    await story.hears("sent", "delivered")
    assert story.got == ["Halo"]
    assert story.trader.chat[-1].body["recipient"] == story.trader.bsuid


@pytest.mark.parametrize("code", [131056, 130429, 80007, 131016, 190])
async def test_what_was_refused_for_now_is_tried_again_and_comes_once(
    story: Story, code: int
) -> None:
    await story.consents()
    await story.template()
    await story.template(key="ticket-number:2")
    story.whatsapp.faults.errors = [code, code]
    await story.sends_all()
    assert (await story.rows("state", "error_code"))[0] == ("queued", code)
    assert story.got == []  # What comes after it waits for it.
    for _ in range(3):
        await story.soon()
        await story.sends_all()
    assert await story.rows("state", "tries") == [("sent", 3), ("sent", 1)]
    assert len(story.got) == 2


async def test_an_api_that_is_away_loses_nothing_and_what_it_refuses_for_good_has_failed(
    story: Story,
) -> None:
    await story.consents()
    await story.template()
    story.whatsapp.faults.away = 1
    await story.sends_all()
    address, story.sender.cloud = (
        story.sender.cloud,
        replace(story.sender.cloud, address="http://127.0.0.1:9/v24.0/1"),
    )
    await story.soon()
    await story.sends_all()
    story.sender.cloud = address
    assert await story.rows("state", "tries") == [("queued", 2)]
    story.whatsapp.faults.errors = [132015]
    await story.soon()
    await story.sends_all()
    assert await story.rows("state", "error_code") == [("failed", 132015)]
    # What is behind it goes.
    await story.template(key="ticket-number:2")
    await story.sends_all()
    assert len(story.got) == 1


async def test_an_answer_that_is_lost_is_made_up_for_by_the_status_and_never_sent_again(
    story: Story,
) -> None:
    await story.consents()
    await story.template()
    story.whatsapp.faults.cut = 1
    await story.sends_all()
    assert await story.rows("state", "wamid") == [("sending", None)]
    await story.soon()
    await story.sends_all()
    assert len(story.got) == 1
    await story.hears("sent", "delivered")
    [(state, wamid)] = await story.rows("state", "wamid")
    assert (state, wamid) == ("delivered", story.trader.chat[-1].wamid)


async def test_what_nobody_tells_of_has_failed_as_uncertain_until_a_status_comes(
    story: Story,
) -> None:
    await story.consents()
    await story.template()
    story.whatsapp.faults.cut = 1
    story.whatsapp.faults.hold = True
    await story.sends_all()
    # The desk died, or the answer never came: its time is over.
    await story.sql.execute("UPDATE whatsapp_message SET held_until = clock_timestamp()")
    assert await story.sender.give_up_uncertain()
    assert await story.rows("state", "error") == [("failed", "uncertain")]
    await story.soon()
    await story.sends_all()
    assert len(story.got) == 1
    async with asyncio.timeout(20):
        await story.whatsapp.until(lambda: story.trader.chat[-1].status == "delivered")
    await story.whatsapp.release()
    await story.hears("delivered", "sent")
    assert story.told == ["delivered", "sent"]  # The newest came first.
    assert await story.rows("state", "error") == [("delivered", "")]


async def test_one_user_gets_a_burst_and_then_one_in_six_seconds_in_order(story: Story) -> None:
    await story.consents()
    for n in range(6):
        await story.template(key=f"ticket-number:{n}")
    limits = replace(QUICK, pair=timedelta(seconds=6), pair_burst=3)
    story.sender.limits = limits
    await story.sends_all()
    assert await story.rows("state") == [("sent",)] * 3 + [("queued",)] * 3
    waits = await story.sql.fetchval("SELECT next_out_at - clock_timestamp() FROM whatsapp_user")
    assert timedelta(0) < waits <= timedelta(seconds=6)
    # Six seconds later one more goes.
    await story.sql.execute("UPDATE whatsapp_user SET next_out_at = next_out_at - interval '6 s'")
    await story.sends_all()
    assert await story.rows("state") == [("sent",)] * 4 + [("queued",)] * 2


async def test_two_desks_send_each_once_and_no_more_than_is_allowed(story: Story) -> None:
    people = 60
    await story.sql.execute(CROWD, people, NOW)
    async with story.store.connection() as connection:
        for one in await story.sql.fetch("SELECT person FROM consent ORDER BY phone"):
            key = f"ticket-number:{one['person']}"
            assert await sending.send_template(
                connection, one["person"], "ticket_number", NUMBER, key=key
            )
    senders = [replace(story.sender, limits=replace(QUICK, per_second=200)) for _ in range(2)]
    began = monotonic()

    async def sends(sender: Sender) -> None:
        while len(story.whatsapp.traders) < people:
            if not await sender.once(story.http):
                await asyncio.sleep(0.002)

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for sender in senders:
            group.create_task(sends(sender))
    # However slow the machine: never faster.
    assert people <= 10 + 190 * (monotonic() - began) + 1
    assert {len(trader.chat) for trader in story.whatsapp.traders.values()} == {1}
    assert await story.rows("state", "tries") == [("sent", 1)] * people
