"""The demo's history: true to every rule of the real thing, and nothing in it is ever dialled."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from config.calendar import WIB, Calendar
from config.phones import normalise
from scripts.embedded.history import cast
from scripts.embedded.history.days import History
from scripts.embedded.history.producers import MadeUpProducers
from scripts.embedded.history.work import Work
from tests.store.conftest import CALENDAR, EMPTY
from tickets.audit import promises
from tickets.desk import PostgresDesk
from tickets.passwords import Passwords
from tickets.reports import Period, Reports
from tickets.rights import Actor, Role
from tickets.store import Connection, Store
from tickets.users import NewUser, Users

NOW = datetime(2026, 11, 25, 11, 7, tzinfo=WIB)
LATE = timedelta(minutes=15)


@pytest.fixture
async def actors(store: Store) -> AsyncIterator[list[Actor]]:
    passwords = Passwords()
    users = Users(store, passwords, "demo")
    for role in (Role.SUPERVISOR, Role.AGENT, Role.LIAISON, Role.AUDITOR):
        await users.add(NewUser(login=role.value, name=role.value, role=role), "a b c d 1 2 3 4")
    yield [
        Actor(user=user.id, login=user.login, name=user.name, role=user.role)
        for user in await users.all()
    ]
    passwords.close()


async def test_a_history_contradicts_nothing_and_leaves_nothing_to_be_dialled(
    store: Store, desk: PostgresDesk, sql: Connection, actors: list[Actor]
) -> None:
    calendar = Calendar.load(CALENDAR)
    await History(store, desk, calendar, NOW).write()
    await MadeUpProducers(store, actors, NOW).write()
    await Work(store, calendar, actors, NOW).write()

    kept = await promises(store, NOW, timedelta(seconds=10))
    assert kept.contradictions == []
    assert kept.live == 0
    assert kept.kept > 20
    assert kept.with_people > 0
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0
    assert await sql.fetchval("SELECT count(*) FROM call WHERE ended_at IS NULL") == 0
    for table, column in (("call", "ended_at"), ("ticket_event", "at"), ("presence_event", "at")):
        assert await sql.fetchval(f"SELECT max({column}) FROM {table}") <= NOW  # noqa: S608
    assert await sql.fetchval("SELECT count(*) FROM audit_entry WHERE did NOT LIKE 'user.%'") == 0
    statuses = {row[0] for row in await sql.fetch("SELECT DISTINCT status FROM ticket")}
    assert {"baru", "verifikasi", "proses", "selesai"} <= statuses

    # Every producer is matched with somebody, and nobody takes one for a real one.
    kinds = await sql.fetch("SELECT name, kinds, province FROM producer")
    assert len(kinds) == 24
    assert all(row["kinds"] and row["province"] for row in kinds)
    assert all(row["name"].endswith(("Contoh", "Rekaan")) for row in kinds)

    # Figures are there for a day of last week, and agree with the calls.
    reports = Reports(store, NOW, {}, LATE)
    figures = await reports.queues(Period.day((NOW - timedelta(days=7)).date()))
    assert sum(line.offered for line in figures) > 20
    assert sum(line.waiting + line.other for line in figures) == 0
    assert await reports.agents(Period.day((NOW - timedelta(days=7)).date()))
    assert await reports.callbacks(Period.week((NOW - timedelta(days=7)).date()))


async def test_the_same_day_is_told_in_the_same_words(
    store: Store, desk: PostgresDesk, sql: Connection
) -> None:
    calls = "SELECT uniqueid, phone, outcome, last_step, ended_at FROM call ORDER BY id"
    calendar = Calendar.load(CALENDAR)
    await History(store, desk, calendar, NOW).write()
    first = await sql.fetch(calls)
    assert len(first) > 300
    await sql.execute(EMPTY)
    await History(store, desk, calendar, NOW).write()
    assert await sql.fetch(calls) == first


def test_its_people_are_plainly_nobody() -> None:
    people = [cast.caller(number) for number in range(cast.PEOPLE)]
    assert len({who.phone for who in people}) == cast.PEOPLE
    for who in people:
        assert who.name.endswith(" Contoh")
        assert normalise(who.phone) == who.phone
        assert who.phone.startswith("+6281100000")
