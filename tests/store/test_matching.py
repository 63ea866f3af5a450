"""Who fits a wish is found by an index and told in one order, among very many producers."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from scripts.benchmark.producer_crowd import crowd_of_producers
from scripts.desk import CONNECTIONS
from tests.store.cluster import Cluster
from tests.store.conftest import create
from tests.store.producers import producer
from tickets.cases.producers import ProducerFilter, page_arguments
from tickets.migrate import migrate
from tickets.producers import capacity, matching
from tickets.producers.matching import Wish
from tickets.queries import SQL
from tickets.store import Connection

MONTH = date(2026, 11, 1)
WISH = Wish(kinds=("jacket",), scheme="reseller", capital=3_000_000, city="Bandung", province="32")


@pytest.fixture(scope="module")
async def directory(cluster: Cluster) -> AsyncIterator[Connection]:
    """A connection of the desk's own kind to a directory of 5,000."""
    database = await create(cluster, "directory")
    await migrate(database)
    connection = await asyncpg.connect(database, server_settings=CONNECTIONS)
    await crowd_of_producers(connection, 5_000)
    yield connection
    await connection.close()


async def plan(connection: Connection, name: str, *given: object) -> str:
    statement = await connection.prepare("EXPLAIN (COSTS OFF) " + SQL[name].rstrip(";"))
    return "\n".join([row[0] for row in await statement.fetch(*given)])


async def test_a_list_reads_no_whole_directory(directory: Connection) -> None:
    text = await plan(directory, "match_producers", *matching.arguments(WISH, MONTH))
    assert "producer_kinds" in text, text
    assert "Seq Scan on producer\n" not in text, text
    after = (datetime(2026, 1, 1, tzinfo=UTC), UUID(int=5))
    text = await plan(
        directory, "page_producers", *page_arguments(ProducerFilter(), MONTH, after, 50)
    )
    assert "producer_added" in text, text
    assert "Sort" not in text, text


async def test_of_many_the_ten_best_are_told_best_first(directory: Connection) -> None:
    found = await matching.matches(directory, WISH, MONTH)
    assert len(found) == matching.MOST
    points = [one.points for one in found]
    assert points == sorted(points, reverse=True)
    for one in found:
        assert one.points == sum(reason.points for reason in one.reasons)
        assert all(reason.points <= reason.of for reason in one.reasons)
        assert one.capacity_left >= one.minimum_order
    assert found == await matching.matches(directory, WISH, MONTH)
    everybody = await matching.matches(directory, WISH, MONTH, 10_000)
    assert everybody[: matching.MOST] == found


async def test_each_reason_moves_a_producer(sql: Connection) -> None:
    medan = {"no_deals": 8, "city": "Medan", "province": "12"}
    others: tuple[dict[str, Any], ...] = (
        {"name": "a", "verified_on": date(2026, 1, 5), "verified_source": "x", "deals": 8},
        {"name": "b", "deals": 8},
        {"name": "c"},
        {"name": "d", "no_deals": 8},
        {"name": "e", "no_deals": 8, "city": "Garut"},
        {"name": "f", "no_deals": 8, "city": "Semarang", "province": "33"},
        {"name": "g", **medan},
        {"name": "h", "packages": [4_000_000], **medan},
    )
    for n, given in enumerate(others):
        await producer(sql, f"{n:013d}", **given)
    found = await matching.matches(sql, WISH, MONTH)
    assert [one.name for one in found] == ["a", "b", "c", "d", "e", "f", "g", "h"]
    assert len({one.points for one in found}) == 8
    best = {reason.about: (reason.found, reason.points) for reason in found[0].reasons}
    assert best["outcomes"] == ("some", 5)
    assert best["distance"] == ("city", 15)


async def test_who_has_no_capacity_left_is_paused_or_makes_something_else_is_not_listed(
    sql: Connection,
) -> None:
    maker = await producer(sql, "0" * 13, minimum_order=12)
    await producer(sql, "1" * 13, status="paused")
    await producer(sql, "2" * 13, kinds=["shoes"])
    assert [one.id for one in await matching.matches(sql, WISH, MONTH)] == [maker]
    assert await capacity.take(sql, maker, MONTH, 60)
    (one,) = await matching.matches(sql, WISH, MONTH)
    told = next(reason for reason in one.reasons if reason.about == "capacity")
    assert (told.found, told.values) == ("little", {"left": 40, "capacity": 100})
    assert await capacity.take(sql, maker, MONTH, 29)
    assert await matching.matches(sql, WISH, MONTH) == []
    # The next month is another one.
    assert len(await matching.matches(sql, WISH, date(2026, 12, 1))) == 1


async def test_what_a_ticket_does_not_say_speaks_neither_for_nor_against(sql: Connection) -> None:
    await producer(sql, "0" * 13)
    (one,) = await matching.matches(sql, matching.wish_of({"kind": "apa saja"}), MONTH)
    unknown = {reason.about for reason in one.reasons if reason.found == "unknown"}
    assert unknown == {"product", "scheme", "capital", "distance"}
    assert one.points == 15 + 5 + 3
