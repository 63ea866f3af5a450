"""An agent writes by WhatsApp from a ticket's page: within the 24 hours, once, and by a template
outside them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.imitated import TEMPLATES
from tests.store import consenting
from tests.store.told import SITI
from tests.web.conftest import NOW
from tests.web.reader import Reader
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.visitor import Visitors
from tickets.consents import Purpose
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.whatsapp import sending


@pytest.fixture
async def siti(desk: PostgresDesk, sql: Connection) -> AsyncIterator[UUID]:
    """The channel is on, and she has a ticket."""
    await seed(desk)
    sending.switch(sending.Channel(TEMPLATES, lambda: NOW))
    person: UUID = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    yield person
    sending.switch(None)


async def wrote(sql: Connection, person: UUID, hours: float) -> None:
    await sql.execute(
        "INSERT INTO whatsapp_user (person, phone, met_at, last_in_at) VALUES ($1, $2, $3, $3) "
        "ON CONFLICT (phone) DO UPDATE SET last_in_at = $3",
        person,
        SITI,
        NOW - timedelta(hours=hours),
    )


async def queued(sql: Connection) -> list[tuple[str, str, str]]:
    found = await sql.fetch("SELECT kind, text, actor FROM whatsapp_message ORDER BY seq")
    return [(row["kind"], row["text"], row["actor"]) for row in found]


async def test_an_agent_answers_within_the_day_and_a_double_press_sends_once(
    siti: UUID, visitors: Visitors, sql: Connection
) -> None:
    reader = Reader(await visitors.signed_in(Role.AGENT))
    page = await reader.opens(f"/tickets/{OPEN}")
    assert "belum menyetujui pesan WhatsApp" in page.plain
    await wrote(sql, siti, hours=2)
    page = await reader.opens(f"/tickets/{OPEN}")
    assert "Teks bebas dapat dikirim sampai" in page.plain
    once = page.hidden("once")
    for _ in range(2):
        page = await reader.sends(f"/tickets/{OPEN}/whatsapp", text=" Halo, <b>Bu</b> ", once=once)
        assert page.notice.startswith("Pesan WhatsApp akan dikirim")
    assert await queued(sql) == [("text", "Halo, <b>Bu</b>", "the-agent")]
    # The 24 hours are over while somebody writes.
    await wrote(sql, siti, hours=25)
    page = await reader.sends(f"/tickets/{OPEN}/whatsapp", text="Masih?")
    assert page.notice.startswith("Pesan WhatsApp ini tidak dapat dikirim sekarang")
    assert len(await queued(sql)) == 1
    # With consent an approved text goes at any time.
    await consenting.agrees(sql, siti, Purpose.WHATSAPP)
    page = await reader.opens(f"/tickets/{OPEN}")
    assert "hanya teks yang disetujui" in page.plain
    fields = {"template": "could_not_reach", "once": page.hidden("once")}
    await reader.sends(f"/tickets/{OPEN}/whatsapp/template", fields=fields)
    assert [kind for kind, _, _ in await queued(sql)] == ["text", "template"]


async def test_programs_write_too_and_the_same_holds_for_them(
    siti: UUID, visitors: Visitors, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    path = f"/tickets/{OPEN}/whatsapp"
    assert (await agent.get(path)).json == {"until": None, "templates": [], "why": "no_consent"}
    assert (await agent.post(path, {"text": "x"})).kind == "whatsapp-closed"
    assert (await agent.post(f"{path}/templates", {"template": "ticket_number"})).kind == (
        "whatsapp-closed"
    )
    assert (await agent.post(f"{path}/templates", {"template": "outcome_30"})).status == 422
    await wrote(sql, siti, hours=1)
    for text in (" ", "x" * 4097):
        assert (await agent.post(path, {"text": text})).status == 422
    for _ in range(2):
        reply = await agent.post(path, {"text": "Halo"}, key="the-only-one")
        assert reply.status in (200, 201), reply.text
    assert await queued(sql) == [("text", "Halo", "the-agent")]
    assert (await agent.get(f"/tickets/{ANONYMOUS}/whatsapp")).json["why"] == "nobody"
    liaison = await visitors.signed_in(Role.LIAISON)
    assert (await liaison.get(f"/tickets/{SECRET}/whatsapp")).status == 404
    assert (await liaison.post(f"/tickets/{SECRET}/whatsapp", {"text": "x"})).status == 404
    sending.switch(None)
    assert (await agent.get(path)).json["why"] == "off"
    page = await Reader(agent).opens(f"/tickets/{OPEN}")
    assert "WhatsApp belum diaktifkan" in page.plain
