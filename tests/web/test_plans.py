"""Lists and searches use indexes, whatever narrows them: PostgreSQL says how it would read."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from scripts.benchmark.crowd import crowd
from scripts.desk import CONNECTIONS
from tests.store.cluster import Cluster
from tests.store.conftest import create
from tickets.cases.tickets import TicketFilter, arguments
from tickets.migrate import migrate
from tickets.queries import SQL
from tickets.rights import Actor, Role
from tickets.store import Connection

TICKETS = 20_000
AFTER = (datetime(2024, 3, 1, tzinfo=UTC), UUID(int=5))
ACTORS = [
    Actor(user=UUID(int=1), login="x", name="X", role=role)
    for role in (Role.SUPERVISOR, Role.AUDITOR)
]
FILTERS = {
    "none": TicketFilter(),
    "status": TicketFilter(status=("baru",)),
    "statuses": TicketFilter(status=("baru", "proses")),
    "category": TicketFilter(category=("KUR",)),
    "owner": TicketFilter(owner="agent3"),
    "unowned": TicketFilter(owned=False),
    "tags": TicketFilter(tags=("mendesak",)),
    "phone": TicketFilter(phone="+6281000000007"),
    "opened": TicketFilter(opened_from=datetime(2024, 2, 1, tzinfo=UTC)),
    "due": TicketFilter(due_before=datetime(2024, 2, 1, tzinfo=UTC), by_deadline=True),
    "deadline": TicketFilter(by_deadline=True),
    "common word": TicketFilter(text="bandung"),
    "rare word": TicketFilter(text="c4ca42"),
    "two words": TicketFilter(text="bandung batik"),
    "word and status": TicketFilter(text="bandung", status=("baru",)),
}


@pytest.fixture(scope="module")
async def crowded(cluster: Cluster) -> AsyncIterator[Connection]:
    """A connection of the desk's own kind to a database with many rows."""
    database = await create(cluster, "crowded")
    await migrate(database)
    connection = await asyncpg.connect(database, server_settings=CONNECTIONS)
    await crowd(connection, TICKETS)
    yield connection
    await connection.close()


async def plan(connection: Connection, name: str, *given: Any) -> str:
    statement = await connection.prepare("EXPLAIN (COSTS OFF) " + SQL[name].rstrip(";"))
    return "\n".join([row[0] for row in await statement.fetch(*given)])


async def test_no_list_reads_a_whole_table(crowded: Connection) -> None:
    for label, wanted in FILTERS.items():
        name = "page_tickets_due" if wanted.by_deadline else "page_tickets"
        for actor in ACTORS:
            for after in (None, AFTER):
                text = await plan(crowded, name, *arguments(actor, wanted, after, 50, False))
                assert "Seq Scan" not in text, (label, text)
    for label in ("none", "deadline"):
        name = "page_tickets_due" if label == "deadline" else "page_tickets"
        text = await plan(crowded, name, *arguments(ACTORS[1], FILTERS[label], AFTER, 50, False))
        assert "Sort" not in text, (label, text)


async def test_a_misspelt_word_is_looked_up_by_its_letters(crowded: Connection) -> None:
    wanted = TicketFilter(text="bandng")
    text = await plan(crowded, "page_tickets", *arguments(ACTORS[0], wanted, None, 50, True))
    assert "ticket_words" in text


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("page_people", (False, False, None, None, None, None, 50)),
        ("page_people", (False, False, None, None, *AFTER, 50)),
        ("page_people", (False, False, "Orang a87f", None, None, None, 50)),
        ("page_people", (False, False, None, "+6281000000007", None, None, 50)),
        ("page_calls", (False, None, None, None, None, None, None, 50, False)),
        ("page_calls", (False, None, None, None, None, *AFTER, 50, False)),
        ("page_calls", (False, None, "+6281000000007", None, None, None, None, 50, False)),
        ("page_calls", (False, "promise", None, AFTER[0], None, None, None, 50, False)),
        ("page_calls", (False, "failed", None, None, None, None, None, 50, False)),
        ("work_ticket", (True, "00000777")),
        ("thread", (UUID(int=7), False)),
        ("parts_of_ticket", (UUID(int=7), False)),
        ("merged_tickets", (UUID(int=7),)),
        ("ticket_callbacks", (UUID(int=7),)),
        ("ticket_attempts", (UUID(int=7),)),
        ("ticket_recordings", (UUID(int=7),)),
        ("live_people", ([UUID(int=7)], [UUID(int=8)], False)),
        ("person_of_call", (UUID(int=7),)),
        ("load_by_hour", (AFTER[0], AFTER[0] + timedelta(days=2))),
        ("calls_of_person", (False, False, UUID(int=7))),
        ("callbacks_of_person", (False, False, UUID(int=7))),
        ("page_past_callbacks", (False, "done", *AFTER, 50)),
        ("page_audit", (None, None, None, None, 50, None, None, None)),
        ("page_audit", ("x", None, *AFTER, 50, None, None, None)),
        ("page_audit", (None, "x", *AFTER, 50, None, None, None)),
        ("page_audit", (None, None, *AFTER, 50, "ticket.read", None, None)),
        ("page_audit", (None, None, None, None, 50, None, AFTER[0], None)),
    ],
)
async def test_nor_do_people_calls_and_the_audit(
    crowded: Connection, name: str, given: tuple[Any, ...]
) -> None:
    text = await plan(crowded, name, *given)
    assert "Seq Scan" not in text, text


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("duplicates_of_ticket", (True, True, "2400000010")),
        ("calls_of_ticket", (UUID(int=7),)),
        ("recording_to_hear", (False, False, UUID(int=7))),
        ("attachments_of", (UUID(int=7),)),
        ("attachment_to_open", (False, False, UUID(int=7))),
        ("story_recordings", (UUID(int=7),)),
        ("story_callbacks", (UUID(int=7),)),
    ],
)
async def test_nor_does_what_is_around_one_ticket(
    crowded: Connection, name: str, given: tuple[Any, ...]
) -> None:
    """Other tables are empty here: those that are read whole are small."""
    text = await plan(crowded, name, *given)
    for table in ("ticket", "call", "callback", "ticket_event"):
        assert not re.search(rf"Seq Scan on {table}\b", text), text
