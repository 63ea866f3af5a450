"""Facts become rows, each once, whatever is told twice, late or wrong."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.numbers import ticket_number
from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call, Json, whole_call
from tickets.desk import PostgresDesk
from tickets.store import Connection

TABLES = (
    "phone",
    "call",
    "call_step",
    "consent",
    "ticket",
    "ticket_event",
    "ticket_merged",
    "callback",
    "callback_request",
    "recording",
    "fact_refused",
)


async def rows(sql: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows; of people only who has which number, for their ids are drawn, and without the
    count of writes."""
    found = {}
    for table in TABLES:
        wanted = [dict(row) for row in await sql.fetch(f"TABLE {table}")]
        for row in wanted:
            row.pop("person", None)
            row.pop("version", None)
        found[table] = sorted(wanted, key=repr)
    return found


async def test_a_call_becomes_its_rows(desk: PostgresDesk, sql: Connection) -> None:
    call = whole_call()
    await desk.apply(call.told)

    row = await sql.fetchrow("SELECT * FROM call")
    assert (row["id"], row["pbx"], row["uniqueid"]) == (call.id, "pbx1", "1795766400.1")
    assert (row["phone"], row["outcome"], row["last_step"]) == (SITI, "promise", "goodbye")
    assert row["certain"] is True
    assert row["ended_at"] == call.at

    steps = await sql.fetch("SELECT seq, step, event, detail FROM call_step ORDER BY seq")
    assert [tuple(step) for step in steps] == [
        (1, "consent", "entered", ""),
        (2, "main", "key", "1"),
        (3, "promise", "entered", ""),
    ]

    ticket = await sql.fetchrow("SELECT * FROM ticket")
    assert (ticket["number"], ticket["category"]) == (ticket_number(2026, 1), "GANTI")
    assert (ticket["status"], ticket["phone"], ticket["call"]) == ("baru", SITI, call.id)
    assert ticket["fields"] == '{"scheme": "reseller"}'
    assert (ticket["confidential"], ticket["anonymous"]) == (False, False)
    assert ticket["person"] == await sql.fetchval("SELECT person FROM phone")

    callback = await sql.fetchrow("SELECT * FROM callback")
    assert (callback["ticket"], callback["phone"]) == (ticket["id"], SITI)
    assert (callback["due"], callback["state"]) == (MONDAY_8, "waiting")
    assert await sql.fetchval("SELECT ticket FROM recording") == ticket["id"]
    assert await sql.fetchval("SELECT granted FROM consent") is True
    assert await sql.fetchval("SELECT language FROM phone") == "en"
    event = await sql.fetchrow("SELECT kind, became, call FROM ticket_event")
    assert tuple(event) == ("opened", "baru", call.id)


async def test_deadlines_are_working_days_of_the_calendar(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call(at=FRIDAY_3)
    call.opens(1, category="INFO")
    await desk.apply(call.told)
    ticket = await sql.fetchrow("SELECT first_response_due, deadline FROM ticket")
    # From Friday 27 November: three working days are Wednesday, five are Friday, till 16.00 WIB.
    assert ticket["first_response_due"] == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    assert ticket["deadline"] == datetime(2026, 12, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("category", ["STOK", "SELUNDUP"])
async def test_what_may_incriminate_its_caller_is_confidential(
    desk: PostgresDesk, sql: Connection, category: str
) -> None:
    call = Call()
    call.opens(1, category=category)
    await desk.apply(call.told)
    assert await sql.fetchval("SELECT confidential FROM ticket") is True


async def test_a_withheld_number_is_an_anonymous_ticket(
    desk: PostgresDesk, sql: Connection
) -> None:
    await desk.apply(whole_call(phone=None).told)
    ticket = await sql.fetchrow("SELECT phone, person, anonymous FROM ticket")
    assert tuple(ticket) == (None, None, True)
    assert await sql.fetchval("SELECT count(*) FROM phone") == 0


async def test_telling_every_fact_twice_changes_nothing(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = whole_call()
    await desk.apply(call.told)
    once = await rows(sql)
    await desk.apply(call.told)
    for fact in call.told:
        await desk.apply([fact, fact])
    assert await rows(sql) == once


async def test_any_order_within_a_call_comes_to_the_same_rows(
    desk: PostgresDesk, sql: Connection
) -> None:
    chance = random.Random(20261127)
    call = whole_call()
    await desk.apply(call.told)
    expected = await rows(sql)
    for _ in range(25):
        await sql.execute(f"TRUNCATE {', '.join(TABLES)}, person CASCADE")
        shuffled = [*call.told, *chance.sample(call.told, 3)]
        chance.shuffle(shuffled)
        for start in range(0, len(shuffled), 3):
            await desk.apply(shuffled[start : start + 3])
        assert await rows(sql) == expected


async def test_many_calls_in_one_batch_are_all_kept(desk: PostgresDesk, sql: Connection) -> None:
    calls = [whole_call(f"1795766400.{n}", n, f"+62812345{n:05d}") for n in range(1, 41)]
    await desk.apply([fact for call in calls for fact in call.told])
    assert await sql.fetchval("SELECT count(*) FROM call WHERE outcome = 'promise'") == 40
    assert await sql.fetchval("SELECT count(*) FROM callback") == 40
    assert await sql.fetchval("SELECT count(*) FROM call_step") == 120


async def test_a_call_whose_beginning_is_missing_has_a_row(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.begins()
    call.comes_to("main")
    await desk.apply(call.told[1:])
    assert await sql.fetchval("SELECT pbx FROM call") is None
    await desk.apply(call.told[:1])
    row = await sql.fetchrow("SELECT id, pbx, began_at FROM call")
    assert (row["id"], row["pbx"]) == (call.id, "pbx1")
    assert row["began_at"] == FRIDAY_3 + timedelta(seconds=1)


async def test_a_certain_end_replaces_a_reconciled_one_in_either_order(
    desk: PostgresDesk, sql: Connection
) -> None:
    for number, reverse in enumerate((False, True)):
        call = Call(f"1795766400.{number}")
        call.begins()
        call.ends("promise")
        call.ends("hung_up", certain=False)
        for fact in reversed(call.told) if reverse else call.told:
            await desk.apply([fact])
    ends = await sql.fetch("SELECT outcome, certain FROM call")
    assert [tuple(end) for end in ends] == [("promise", True)] * 2


async def test_a_call_told_by_the_service_and_by_the_import_is_one_row(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.begins("hotline@1")
    call.begins("fallback")
    await desk.apply(call.told[1:])
    await desk.apply(call.told[:1])
    assert [row["flow"] for row in await sql.fetch("SELECT flow FROM call")] == ["hotline@1"]


async def test_of_two_languages_the_later_holds_in_either_order(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.chooses("en")
    call.chooses("id")
    await desk.apply([call.told[1]])
    await desk.apply([call.told[0]])
    assert await sql.fetchval("SELECT language FROM phone") == "id"


async def test_a_ticket_without_a_number_is_given_one(desk: PostgresDesk, sql: Connection) -> None:
    block = await desk.number_block(2026)
    call = Call()
    ticket = call.opens(None)
    await desk.apply(call.told)
    await desk.apply(call.told)
    row = await sql.fetchrow("SELECT id, number FROM ticket")
    assert tuple(row) == (ticket, ticket_number(2026, block[-1] + 1))


async def test_a_number_that_another_ticket_has_costs_no_ticket(
    desk: PostgresDesk, sql: Connection
) -> None:
    await desk.number_block(2026)
    first, second = Call("1795766400.1"), Call("1795766400.2", BUDI)
    first.opens(7)
    twin = second.opens(7)
    second.is_promised(twin)
    await desk.apply(first.told + second.told)
    await desk.apply(second.told)
    numbers = {row["number"] for row in await sql.fetch("SELECT number FROM ticket")}
    assert numbers == {ticket_number(2026, 7), ticket_number(2026, 501)}
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0


async def test_a_category_that_nobody_knows_opens_a_ticket_all_the_same(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.opens(1, category="SEPATU")
    await desk.apply(call.told)
    ticket = await sql.fetchrow("SELECT category, fields FROM ticket")
    assert tuple(ticket) == ("UMUM", '{"category": "SEPATU"}')


BAD: dict[str, Json] = {
    "a kind that does not exist": {"kind": "call_sneezed"},
    "no kind at all": {"kind": None},
    "no id": {"id": None},
    "an id that is none": {"id": "seventeen"},
    "a time without its zone": {"at": "2026-11-27T15:00:00"},
    "a time that is none": {"at": "yesterday"},
    "a time at the end of time": {"at": "9999-12-31T23:59:59+00:00"},
    "a phone that is none": {"phone": "0812"},
    "a phone with a line break": {"phone": "+6281234567890\n"},
    "a number with letters": {"number": "2600001O"},
    "U+0000": {"channel": "pho\0ne"},
    "half a surrogate": {"channel": "\ud800"},
    "fields that are a list": {"fields": ["scheme"]},
}


@pytest.mark.parametrize("wrong", BAD.values(), ids=BAD.keys())
async def test_a_refused_fact_is_put_aside_and_holds_up_nobody(
    desk: PostgresDesk, sql: Connection, wrong: Json
) -> None:
    before, bad, after = Call("1795766400.1"), Call("1795766400.2"), Call("1795766400.3", BUDI)
    before.opens(1)
    bad.opens(2)
    after.opens(3)
    refused = {**bad.told[0], **wrong}
    for _ in range(2):
        await desk.apply([*before.told, refused, *after.told])
    numbers = {row["number"] for row in await sql.fetch("SELECT number FROM ticket")}
    assert numbers == {ticket_number(2026, 1), ticket_number(2026, 3)}
    aside = await sql.fetch("SELECT reason FROM fact_refused")
    assert len(aside) == 1
    assert aside[0]["reason"]


async def test_an_unknown_outcome_is_refused_without_losing_the_call(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.begins()
    call.ends("vanished")
    await desk.apply(call.told)
    assert await sql.fetchval("SELECT ended_at IS NULL FROM call") is True
    assert "check constraint" in await sql.fetchval("SELECT reason FROM fact_refused")


async def test_a_promise_outlives_the_refusal_of_its_ticket(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    ticket = call.opens(1)
    call.is_promised(ticket)
    call.leaves_message(ticket)
    await desk.apply([{**call.told[0], "fields": 7}, *call.told[1:]])
    row = await sql.fetchrow("SELECT id, category, phone, opened_by FROM ticket")
    assert tuple(row) == (ticket, "UMUM", SITI, None)
    assert await sql.fetchval("SELECT count(*) FROM callback") == 1
    assert await sql.fetchval("SELECT count(*) FROM recording") == 1


async def test_the_reason_of_a_refusal_repeats_no_number(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.opens(1)
    await desk.apply([{**call.told[0], "phone": "081234567890"}])
    assert "0812" not in await sql.fetchval("SELECT reason FROM fact_refused")


async def test_nothing_told_changes_nothing(desk: PostgresDesk, sql: Connection) -> None:
    await desk.apply([])
    assert not any((await rows(sql)).values())


@pytest.mark.parametrize("known_by", ["the first to tell", "the last to tell"])
@pytest.mark.parametrize("earlier", ["with", "without"])
async def test_what_was_dialled_is_kept_from_whichever_beginning_knows_it(
    desk: PostgresDesk, sql: Connection, earlier: str, known_by: str
) -> None:
    call = Call()
    call.begins("fallback", dialled="1500587" if earlier == "with" else "")
    call.begins("hotline@1", dialled="" if earlier == "with" else "1500587")
    told = (
        call.told if (known_by == "the first to tell") == (earlier == "with") else call.told[::-1]
    )
    for fact in told:
        await desk.apply([fact])
    assert await sql.fetchval("SELECT dialled FROM call") == "1500587"
    assert await sql.fetchval("SELECT began_at FROM call") == FRIDAY_3 + timedelta(seconds=1)
