"""A person with a row in every table that may hold something of them, and what is left of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from config.numbers import ticket_number
from ivr.recordings import Recordings
from tests.store.told import BUDI, FRIDAY_3, SITI, Call
from tests.web.sounds import wav
from tickets.desk import PostgresDesk
from tickets.store import Connection

NUMBER, OTHERS = ticket_number(2026, 1), ticket_number(2026, 2)
NAME = "Siti Aminah"
TOLD = "Siti berjualan di Pasar Senen blok III"


async def siti_and_budi(desk: PostgresDesk, sql: Connection, files: Recordings) -> UUID:
    """Siti, of whom there is everything; and Budi, of whom nothing may be lost. Her id."""
    await desk.number_block(2026)
    call = Call("1795766400.1", SITI)
    call.begins()
    call.consents()
    call.comes_to("number", "entered", SITI)
    fields = {"city": "Bandung", "wish": "mengganti dagangan", "account": TOLD}
    ticket = call.opens(1, category="GANTI", fields=fields)
    callback = call.is_promised(ticket)
    message = call.leaves_message(ticket)
    call.ends()
    anonymous = Call("1795766400.3", SITI)
    anonymous.begins()
    anonymous.opens(3, category="INFO", fields={"question": TOLD}, phone=None)
    anonymous.ends("information")
    other = Call("1795766400.2", BUDI)
    other.begins()
    other.consents()
    others = other.opens(2, category="GANTI", fields={"city": "Solo", "account": "Budi dari Solo"})
    other.is_promised(others)
    other.leaves_message(others)
    other.ends()
    for one in (call, anonymous, other):
        await desk.apply(one.told)
    person: UUID = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    await sql.execute("UPDATE person SET name = $2 WHERE id = $1", person, NAME)
    await sql.execute(
        "UPDATE recording SET name = $2 WHERE id = $1", message, f"{message}.file.enc"
    )
    files.keep(message, wav())
    await _talks(sql, files, call.id)
    await _at_the_desk(sql, files, ticket, callback)
    await _around_it(sql, person)
    return person


async def _talks(sql: Connection, files: Recordings, call: UUID) -> None:
    entry, talk = uuid4(), uuid4()
    await sql.execute(
        "INSERT INTO queue_entry (id, call, queue, since, priority, joined_at, left_at, how, agent,"
        " answered_at, waited) VALUES ($1, $2, 'umum', $3, 0, $3, $3, 'answered', '6001', $3, 1)",
        entry,
        call,
        FRIDAY_3,
    )
    await sql.execute(
        "INSERT INTO recording (id, name, seconds, size, sha256, silent, at, kind, entry)"
        " VALUES ($1, $2, 60, 960000, 'ab', false, $3, 'talk', $4)",
        talk,
        files.keep(talk, wav()),
        FRIDAY_3,
        entry,
    )


async def _at_the_desk(sql: Connection, files: Recordings, ticket: UUID, callback: UUID) -> None:
    file = uuid4()
    await sql.execute(
        "INSERT INTO attachment (id, ticket, name, kind, stored, size, sha256, actor, at)"
        " VALUES ($1, $2, 'kartu-siti.png', 'image/png', $3, 4, 'ab', 'sari', $4)",
        file,
        ticket,
        files.keep(file, b"kartu"),
        FRIDAY_3,
    )
    for kind, was, became, note in (
        ("commented", None, None, f"Ibu {NAME}, {SITI}"),
        ("edited", "{}", json.dumps({"account": TOLD}), "fields"),
    ):
        await sql.execute(
            "INSERT INTO ticket_event (ticket, kind, was, became, actor, note, at)"
            " VALUES ($1, $2, $3, $4, 'sari', $5, $6)",
            *(ticket, kind, was, became, note, FRIDAY_3),
        )
    await sql.execute("UPDATE ticket SET told = $2, tags = '{siti}' WHERE id = $1", ticket, TOLD)
    await sql.execute("UPDATE callback SET other_phone = $2 WHERE id = $1", callback, SITI)
    await sql.execute(
        "INSERT INTO callback_attempt (id, callback, dialled_at, agent, phone, result, at)"
        " VALUES ($1, $2, $3, '6001', $4, 'no_answer', $3)",
        *(uuid4(), callback, FRIDAY_3, SITI),
    )


async def _around_it(sql: Connection, person: UUID) -> None:
    """What other hands have of her: a draft, a refused fact, an answer to a program."""
    user = await sql.fetchval(
        "INSERT INTO desk_user (login, name, role, password_hash)"
        " VALUES ('sari', 'Sari', 'agent', 'x') RETURNING id"
    )
    await sql.execute(
        "INSERT INTO desk_draft VALUES ($1, $2, $3, now()), ($1, $4, $5, now())",
        *(user, f"ticket.note.{NUMBER}", json.dumps({"text": TOLD})),
        *(f"ticket.note.{OTHERS}", json.dumps({"text": "Budi"})),
    )
    await sql.execute(
        "INSERT INTO fact_refused (digest, kind, fact, reason)"
        " VALUES ('a', 'x', $1, 'x'), ('b', 'x', $2, 'x')",
        json.dumps({"phone": SITI}),
        json.dumps({"phone": BUDI}),
    )
    await sql.execute(
        "INSERT INTO idempotent_request (user_id, key, digest, status, answer)"
        " VALUES ($1, 'k1', 'x', 201, $2), ($1, 'k2', 'x', 201, $3)",
        *(user, json.dumps({"phone": SITI}).encode(), json.dumps({"phone": BUDI}).encode()),
    )
    await sql.execute("INSERT INTO ticket_enquiry (caller, number) VALUES ($1, $2)", SITI, NUMBER)
    await sql.execute(
        "INSERT INTO consent (id, person, purpose, granted, at, channel, proof, by_whom)"
        " VALUES ($1, $2, 'whatsapp', true, $3, 'desk', $4, 'sari')",
        *(uuid4(), person, FRIDAY_3, f"{NAME}: ya, WhatsApp saja"),
    )


async def every_row(sql: Connection) -> Mapping[str, list[str]]:
    """The whole database as text, by table, without the audit and the accounts."""
    tables = await sql.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        row["tablename"]: [
            str(one[0])
            for one in await sql.fetch(
                f"SELECT to_jsonb(x)::text FROM {row['tablename']} AS x"  # noqa: S608
            )
        ]
        for row in tables
    }


async def mentions(sql: Connection, *words: str) -> list[str]:
    """Tables in which any of these still stands, also in bytes."""
    found = []
    for table, rows in (await every_row(sql)).items():
        for text in rows:
            for word in words:
                if word in text or word.encode().hex() in text:
                    found.append(f"{table}: {word}")
    return sorted(set(found))


async def all_of(sql: Connection, query: str, *given: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await sql.fetch(query, *given)]


def at(days: int) -> datetime:
    """Days after the Friday of the calls."""
    from datetime import timedelta

    return FRIDAY_3 + timedelta(days=days)
