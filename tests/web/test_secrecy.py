"""Confidential and anonymous tickets on pages, in searches, files, and the log: as in the API."""

from urllib.parse import quote
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from tests.store.told import BUDI, MONDAY_8, SITI
from tests.web.reader import Reader
from tests.web.seeded import ANI, ANONYMOUS, OPEN, SECRET, Seeded, seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

NAMES = {SITI: "Siti Aminah", BUDI: "Budi Rahasia", ANI: "Ani Anonim"}

NAMELESS = UUID(int=3)
"""The callback of the anonymous one."""


@pytest.fixture
async def seeded(desk: PostgresDesk, sql: Connection) -> Seeded:
    """With names, and a number that the anonymous one gave to be called back."""
    seeded = await seed(desk)
    await sql.execute(
        "UPDATE ticket SET phone = $2, person = (SELECT person FROM phone WHERE number = $2) "
        "WHERE number = $1",
        ANONYMOUS,
        ANI,
    )
    await sql.execute(
        "INSERT INTO callback (id, ticket, phone, type, due, promised, since, asked_at) "
        "SELECT $3, id, $2, 'slot', $4, $4, $4, $4 FROM ticket WHERE number = $1",
        ANONYMOUS,
        ANI,
        NAMELESS,
        MONDAY_8,
    )
    for phone, name in NAMES.items():
        await sql.execute(
            "UPDATE person SET name = $2 FROM phone WHERE person = person.id AND number = $1",
            phone,
            name,
        )
    return seeded


async def paths(sql: Connection, seeded: Seeded) -> list[str]:
    """Lists, searches, and everything by an id that somebody might guess or have kept."""
    people = [row[0] for row in await sql.fetch("SELECT id FROM person")]
    return [
        "/tickets",
        "/tickets?order=deadline",
        "/tickets?category=STOK",
        "/tickets?q=rahasia",
        "/tickets?q=rahsia",
        "/people",
        "/people?name=anonim",
        "/people?name=budi",
        "/callbacks",
        "/callbacks?view=due",
        "/callbacks?view=late",
        "/callbacks?view=tasks",
        "/callbacks?view=kept",
        "/callbacks?view=cancelled",
        "/calls",
        "/work/tasks",
        *(f"/people?phone={quote(phone)}" for phone in NAMES),
        *(f"/calls?phone={quote(phone)}" for phone in NAMES),
        *(f"/people/{person}" for person in people),
        *(f"/people/{person}?like=budi" for person in people),
        *(f"/tickets/{number}" for number in (OPEN, SECRET, ANONYMOUS)),
        *(f"/calls/{call.id}" for call in (seeded.open, seeded.secret, seeded.anonymous)),
        *(f"/callbacks/{one}" for one in (seeded.open_callback, seeded.secret_callback, NAMELESS)),
    ]


async def everything(reader: Reader, sql: Connection, seeded: Seeded) -> str:
    """What the pages say, less what the reader has asked for themselves."""
    told = []
    for path in await paths(sql, seeded):
        page = await reader.opens(path)
        assert page.status in (200, 403, 404), path
        if page.status == 200:
            told.append(page.plain)
    return "\n".join(told)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.OPERATOR, Role.AUDITOR])
async def test_pages_show_nothing_of_a_confidential_or_anonymous_one_to_who_may_not_know(
    visitors: Visitors, seeded: Seeded, sql: Connection, role: Role
) -> None:
    told = await everything(Reader(await visitors.signed_in(role)), sql, seeded)
    for trace in (SECRET, "Rahasia", BUDI, BUDI[-3:] + " ", "Ani Anonim", ANI, f"…{ANI[-3:]}"):
        assert trace not in told, trace
    if role is Role.OPERATOR:
        assert OPEN not in told
        assert "Siti" not in told
    else:
        assert OPEN in told
        assert ANONYMOUS in told
    if role is Role.AUDITOR:
        assert (SITI in told, "…890" in told) == (False, True)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
async def test_who_works_on_them_sees_them_and_each_look_is_noted(
    visitors: Visitors, seeded: Seeded, sql: Connection, role: Role
) -> None:
    told = await everything(Reader(await visitors.signed_in(role)), sql, seeded)
    for trace in (SECRET, BUDI, ANI, "Ani Anonim"):
        assert trace in told
    looks = await sql.fetch(
        "SELECT did, subject FROM audit_entry WHERE who = $1 AND did LIKE '%.read'", f"the-{role}"
    )
    assert {tuple(row) for row in looks} == {
        ("ticket.read", SECRET),
        ("call.read", str(seeded.secret.id)),
    }


async def test_the_log_names_nobody_whatever_is_looked_at(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    with capture_logs() as logged:
        await everything(reader, sql, seeded)
        await reader.sends("/people/" + str(seeded.open.id) + "/phones", version="1", phone=SITI)
        await reader.opens("/audit/export")
    assert len(logged) > 30
    lines = "\n".join(str(one) for one in logged)
    for phone, name in NAMES.items():
        for trace in (phone, phone.removeprefix("+62"), name, name.split()[0].lower() + "%"):
            assert trace not in lines
    for trace in (SECRET, OPEN, "Rahasia", str(seeded.secret.id)):
        assert trace not in lines
