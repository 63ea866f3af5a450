"""Traders introduced to producers: capacity, consent, outcome, and the three-way call."""

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.store import consenting
from tests.store.producers import producer
from tests.store.told import SITI
from tests.web.conftest import NOW
from tests.web.fake_phone import FakePhone, has_phones
from tests.web.reader import Reader
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.test_agents import with_phone
from tests.web.visitor import Visitor, Visitors
from tickets.consents import Purpose
from tickets.desk import PostgresDesk
from tickets.phone_side import PhoneAway, PhoneRefused
from tickets.rights import Role
from tickets.store import Connection

MAKER = "+6281300000001"
HERE = f"/tickets/{OPEN}/referrals"


@pytest.fixture
async def maker(desk: PostgresDesk, sql: Connection) -> UUID:
    """A producer of 100 pieces a month who lets traders know the contact; tickets are there."""
    await seed(desk)
    return await producer(
        sql, "1234567890123", contact_phone=MAKER, contact_shared=True, contact_name="Bu Rina"
    )


def wish(maker: UUID, pieces: int = 60, how: str = "call") -> dict[str, object]:
    return {"producer": str(maker), "pieces": pieces, "how": how, "why": "cocok"}


async def left(sql: Connection, maker: UUID) -> int:
    """Pieces of the month of the tests that are left."""
    found: int = await sql.fetchval("SELECT capacity_left($1, '2026-11-01')", maker)
    return found


async def agrees(sql: Connection) -> None:
    """Siti, that a producer gets to know her."""
    siti = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    await consenting.agrees(sql, siti, Purpose.SHARE_PRODUCER, NOW)


async def introduced(visitor: Visitor, maker: UUID, pieces: int = 60) -> str:
    reply = await visitor.post(HERE, wish(maker, pieces))
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


async def test_of_two_who_take_the_last_capacity_one_gets_it(
    visitors: Visitors, sql: Connection, maker: UUID
) -> None:
    one, two = await visitors.signed_in(Role.LIAISON), await visitors.signed_in(Role.AGENT)
    other = f"/tickets/{SECRET}/referrals"
    replies = await asyncio.gather(one.post(HERE, wish(maker)), two.post(other, wish(maker)))
    assert sorted(reply.status for reply in replies) == [201, 409]
    assert next(one for one in replies if one.status == 409).kind == "no-capacity"
    assert await left(sql, maker) == 40


async def test_a_referral_is_made_once_and_only_of_those_who_agreed(
    visitors: Visitors, sql: Connection, maker: UUID
) -> None:
    liaison = await visitors.signed_in(Role.LIAISON)
    by_hand = wish(maker, 10, "by_hand")
    assert (await liaison.post(HERE, by_hand)).kind == "not-agreed"
    await agrees(sql)
    key = str(uuid4())
    made = await liaison.post(HERE, by_hand, key=key)
    assert made.status == 201, made.text
    again = await liaison.post(HERE, by_hand, key=key)
    assert again.json["id"] == made.json["id"]
    assert (await liaison.post(HERE, by_hand)).kind == "referred-already"
    assert await left(sql, maker) == 90
    anonymous = f"/tickets/{ANONYMOUS}/referrals"
    assert (await liaison.post(anonymous, wish(maker, 10))).kind == "not-agreed"
    # A ticket that is none of theirs is not there.
    secret = await liaison.post(f"/tickets/{SECRET}/referrals", wish(maker, 10))
    assert secret.kind == "not-found"
    unshared = await producer(sql, "1234567890124", contact_phone="+6281300000002")
    assert (await liaison.post(HERE, wish(unshared, 10))).kind == "not-agreed"
    assert await left(sql, unshared) == 100


async def test_what_becomes_of_it_is_noted_with_who_when_and_why(
    visitors: Visitors, sql: Connection, maker: UUID
) -> None:
    liaison = await visitors.signed_in(Role.LIAISON)
    made = await introduced(liaison, maker)
    moves, body = f"/referrals/{made}/moves", {"became": "accepted", "why": "mau lihat contoh"}
    assert (await liaison.post(moves, {"became": "deal"}, seen='"1"')).kind == "move-forbidden"
    taken = await asyncio.gather(*(liaison.post(moves, body, seen='"1"') for _ in range(2)))
    assert sorted(reply.status for reply in taken) == [200, 412]
    ended = await liaison.post(moves, {"became": "no_deal", "why": "terlalu mahal"}, seen='"2"')
    assert ended.status == 200, ended.text
    assert await left(sql, maker) == 100
    assert await sql.fetchval("SELECT no_deals FROM producer WHERE id = $1", maker) == 1
    [told] = (await liaison.get(HERE)).json
    assert [(one["became"], one["actor"], one["why"]) for one in told["events"]] == [
        ("introduced", "the-liaison", "cocok"),
        ("accepted", "the-liaison", "mau lihat contoh"),
        ("no_deal", "the-liaison", "terlalu mahal"),
    ]
    assert {one["state"] for one in told["follow_ups"]} == {"dropped"}
    dealt = await introduced(liaison, maker)
    for version, became in enumerate(("accepted", "deal"), 1):
        told = await liaison.post(
            f"/referrals/{dealt}/moves", {"became": became}, seen=f'"{version}"'
        )
    assert await left(sql, maker) == 40
    states = {one["kind"]: one["state"] for one in told.json["follow_ups"]}
    assert states == {"stalled": "dropped", "day_30": "due", "day_90": "due"}
    answers = f"/referrals/{dealt}/answers"
    answer = {"kind": "day_30", "answer": "sudah pesan lagi"}
    assert (await liaison.post(answers, answer)).status == 200
    assert (await liaison.post(answers, answer)).kind == "changed-meanwhile"


async def test_three_are_called_once_and_a_call_that_is_refused_bars_no_other(
    visitors: Visitors, sql: Connection, maker: UUID, phone: FakePhone
) -> None:
    await has_phones(sql)
    budi = await with_phone(visitors, sql, Role.AGENT, "6002")
    made = await introduced(budi, maker)
    calls = f"/referrals/{made}/calls"
    phone.fails = PhoneRefused("the line is closed")
    assert (await budi.post(calls)).kind == "phone-refused"
    phone.fails = PhoneAway("it cannot be reached")
    key = str(uuid4())
    assert (await budi.post(calls, key=key)).status == 503
    # Whether the phone rings nobody knows: asked again it rings no second time.
    phone.fails = None
    again = await budi.post(calls, key=key)
    assert again.status == 201, again.text
    assert [(who, deed, told["trader"], told["producer"]) for who, deed, told in phone.asked] == [
        ("6002", "introduce", SITI, MAKER)
    ] * 2
    assert [one["refused"] for one in again.json["calls"]] == ["the line is closed", ""]
    assert (await budi.post(calls)).kind == "introduction-live"
    assert len(phone.asked) == 2
    liaison = await visitors.signed_in(Role.LIAISON)
    assert (await liaison.post(calls)).status == 403


async def test_the_ticket_page_introduces_calls_and_notes_what_became_of_it(
    visitors: Visitors, sql: Connection, maker: UUID, phone: FakePhone
) -> None:
    await has_phones(sql)
    budi = Reader(await with_phone(visitors, sql, Role.AGENT, "6002"))
    page = await budi.opens(f"/tickets/{OPEN}")
    assert f'action="{HERE}"' in page.text
    told = {"once": "1", "producer": str(maker), "pieces": "60", "how": "call"}
    for _ in range(2):
        page = await budi.sends(HERE, fields=told)
        assert page.notice == "Perkenalan dicatat."
    assert "Sedang diperkenalkan." in page.plain
    [made] = await sql.fetch("SELECT id, version FROM referral")
    here = f"{HERE}/{made['id']}"
    assert (await budi.sends(f"{here}/calls", once="2")).notice == "Telepon Anda berdering."
    assert [deed for _, deed, _ in phone.asked] == ["introduce"]
    await sql.execute(
        "INSERT INTO introduction_step (id, introduction, what, party, detail, at)"
        " SELECT gen_random_uuid(), id, 'agreed', 'trader', '', now() FROM introduction_call"
    )
    page = await budi.sends(f"{here}/moves", version="1", became="accepted", why="<b>mau</b>")
    assert page.notice == "Hasil perkenalan dicatat."
    for text in ("setuju – pedagang", "the-agent: diterima", "60 potong dijanjikan untuk 11/2026"):
        assert text in page.plain, text
    assert "<b>mau</b>" not in page.text
    late = await budi.sends(f"{here}/moves", version="1", became="declined")
    assert "Orang lain lebih dulu" in late.notice
    await sql.execute("UPDATE referral_follow_up SET due = introduced_at FROM referral")
    page = await budi.sends(f"{here}/answers", kind="day_30", answer="sudah pesan lagi")
    assert page.notice == "Jawaban dicatat."
    assert "sudah pesan lagi" in page.plain
