"""The event stream: what is heard, by whom, and what happens to those who miss some."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from tests.web.fake_phone import SARI, FakePhone, has_phones, rings, stay
from tests.web.seeded import OPEN, SECRET, Seeded, seed
from tests.web.stream import listening
from tests.web.test_agents import with_phone
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.hints import RowHints
from tickets.phone_side import NoPhoneSide
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.api import events
from tickets.web.desk import Desk
from tickets.web.feed import KEPT, QUEUED, RESET, STREAMS, Feed, Happening, TooManyStreams


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def hints(web_desk: Desk, database: str) -> AsyncIterator[RowHints]:
    """The desk listens."""
    hints = RowHints(database, web_desk.feed.hear, web_desk.feed.missed)
    listening = asyncio.create_task(hints.run())
    async with asyncio.timeout(10):
        await hints.listening.wait()
    yield hints
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
async def sari_has_a_phone(sql: Connection) -> None:
    await has_phones(sql)


async def test_a_caller_who_rings_pops_up_at_the_agents_alone(
    visitors: Visitors, phone: FakePhone, seeded: Seeded, sql: Connection, sari_has_a_phone: None
) -> None:
    phone.shows(SARI)
    sari = await with_phone(visitors, sql, Role.SUPERVISOR, "6001")
    other = await visitors.signed_in(Role.AGENT)
    async with listening(sari) as hers, listening(other) as theirs:
        phone.shows(rings(SARI, stay(call=seeded.open.id)))
        told = await hers.until("ring")
        assert told.data["call"] == str(seeded.open.id)
        assert told.data["pop"]["person"]["phones"] == ["+6281234567890"]
        assert [one["number"] for one in told.data["pop"]["person"]["tickets"]] == [OPEN]
        await theirs.until("agents")
        phone.shows(SARI)
        await hers.until("over")
        await theirs.until("agents")
        assert {one.kind for one in theirs.told} == {"agents"}


async def test_what_changes_in_rows_is_heard_and_what_is_secret_only_by_some(
    visitors: Visitors, seeded: Seeded, sql: Connection, hints: RowHints
) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    liaison = await visitors.signed_in(Role.LIAISON)
    async with listening(supervisor) as theirs, listening(liaison) as fewer:
        for number in (SECRET, OPEN):
            await sql.execute("UPDATE ticket SET tags = '{baru}' WHERE number = $1", number)
        assert (await theirs.next()).data == {"number": SECRET}
        assert (await theirs.next()).data == {"number": OPEN}
        assert (await fewer.next()).data == {"number": OPEN}
        await supervisor.post("/line/closures", {"reason": "banjir"})
        assert (await fewer.next()).kind == "line"


async def test_who_comes_again_hears_what_was_missed(visitors: Visitors, web_desk: Desk) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    async with listening(visitor) as listener:
        web_desk.feed.tell(Happening("line"))
        seen = (await listener.next()).id
    web_desk.feed.tell(Happening("ticket", {"number": "1"}))
    web_desk.feed.tell(Happening("ticket", {"number": "2"}))
    async with listening(visitor, seen) as listener:
        assert [(await listener.next()).data["number"] for _ in range(2)] == ["1", "2"]


async def test_who_is_cut_off_again_before_hearing_it_has_not_missed_it(
    visitors: Visitors, web_desk: Desk
) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    async with listening(visitor) as listener:
        seen = listener.last_id
    web_desk.feed.tell(Happening("ticket", {"number": "1"}))
    for _ in range(2):
        async with listening(visitor, seen) as listener:
            assert listener.last_id == seen
    async with listening(visitor, seen) as listener:
        assert (await listener.next()).data == {"number": "1"}
        seen = listener.last_id
    async with listening(visitor, seen) as listener:
        web_desk.feed.tell(Happening("line"))
        assert (await listener.next()).kind == "line"


@pytest.mark.parametrize("last_id", ["x", "0123456789ab-1", "0123456789ab-" + "9" * 15])
async def test_who_missed_what_nobody_knows_is_told_to_read_anew(
    visitors: Visitors, last_id: str
) -> None:
    async with listening(await visitors.signed_in(Role.AUDITOR), last_id) as listener:
        assert (await listener.next()).kind == "reset"


async def test_who_has_signed_out_hears_nothing_more(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    async with listening(visitor) as listener:
        await visitor.delete("/session")
        await listener.ends()


async def test_a_stream_keeps_no_session_alive(
    visitors: Visitors, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    async with listening(visitor) as listener:
        await sql.execute("UPDATE desk_session SET seen_at = now() - interval '5 h'")
        await listener.ends()


async def test_two_hundred_hear_the_same(visitors: Visitors, web_desk: Desk) -> None:
    people = [await visitors.signed_in(Role.AGENT, f"agent-{n:02}") for n in range(20)]
    async with AsyncExitStack() as stack:
        all_of_them = [
            await stack.enter_async_context(listening(person))
            for person in people
            for _ in range(STREAMS)
        ]
        assert web_desk.feed.streams == 200
        web_desk.feed.tell(Happening("line"))
        told = await asyncio.gather(*(one.next() for one in all_of_them))
        assert {one.kind for one in told} == {"line"}
        reply = await people[0].get("/events")
        assert (reply.status, reply.kind) == (429, "too-many")
        assert (await people[0].get("/session")).status == 200


async def test_a_page_that_was_left_makes_room_for_the_next(
    visitors: Visitors, web_desk: Desk
) -> None:
    visitor = await visitors.signed_in(Role.AGENT)
    async with AsyncExitStack() as pages:
        for _ in range(STREAMS):
            await pages.enter_async_context(listening(visitor))
        assert (await visitor.get("/events")).status == 429
    # Long before the next sign of life would find out.
    async with asyncio.timeout(events.HEARTBEAT / 2):
        while web_desk.feed.streams:  # noqa: ASYNC110 (the server notices by itself)
            await asyncio.sleep(0.05)
    async with listening(visitor):
        pass


async def test_the_desk_ends_with_streams_open(visitors: Visitors, web_desk: Desk) -> None:
    async with listening(await visitors.signed_in(Role.AGENT)) as listener:
        web_desk.feed.close()
        await listener.ends()


async def test_the_phone_sides_absence_is_an_event(visitors: Visitors, phone: FakePhone) -> None:
    async with listening(await visitors.signed_in(Role.OPERATOR)) as listener:
        phone.shows(SARI)
        assert (await listener.until("phone")).data == {"there": True}
        phone.goes()
        assert (await listener.until("phone")).data == {"there": False}


async def test_a_client_who_does_not_read_is_told_to_read_anew() -> None:
    feed = Feed(NoPhoneSide())
    with feed.client(uuid4(), "") as client:
        for number in range(QUEUED + 1):
            feed.tell(Happening("ticket", {"number": str(number)}))
        assert (await client.next())[1] == RESET


async def test_what_waits_already_is_not_queued_again() -> None:
    feed = Feed(NoPhoneSide())
    with feed.client(uuid4(), "") as client:
        for _ in range(3):
            feed.tell(Happening("agents"))
        feed.tell(Happening("line"))
        assert [(await client.next())[1].kind for _ in range(2)] == ["agents", "line"]


async def test_only_the_latest_can_be_made_up_for() -> None:
    feed = Feed(NoPhoneSide())
    feed.tell(Happening("line"))
    old = feed.id_of(feed.newest)
    for number in range(KEPT + 1):
        feed.tell(Happening("ticket", {"number": str(number)}))
    with feed.client(uuid4(), old) as client:
        assert (await client.next())[1] == RESET
    with feed.client(uuid4(), feed.id_of(feed.newest - 2)) as client:
        assert (await client.next())[1].data == {"number": str(KEPT - 1)}


def test_a_user_has_so_many_streams() -> None:
    feed, user = Feed(NoPhoneSide()), uuid4()
    with feed.client(user, ""):
        assert feed.streams == 1
    stacks = [feed.client(user, "") for _ in range(STREAMS)]
    for one in stacks:
        one.__enter__()
    with pytest.raises(TooManyStreams), feed.client(user, ""):
        pass
    with feed.client(uuid4(), ""):
        assert feed.streams == STREAMS + 1


async def test_a_connection_that_is_lost_is_found_again_and_all_read_anew(
    visitors: Visitors, sql: Connection, hints: RowHints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.hints.AGAIN", 0.05)
    async with listening(await visitors.signed_in(Role.AUDITOR)) as listener:
        await sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'saluran desk hints'"
        )
        assert (await listener.next()).kind == "reset"
