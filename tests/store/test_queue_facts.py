"""Stays in a queue become rows, each once, whatever is told twice, late or wrong."""

import random
from datetime import timedelta
from typing import Any

import pytest

from config.numbers import ticket_number
from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call, Json, whole_call
from tests.store.waited import Stay, cancelled, moved, presence, rating, tried
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store
from tickets.views import Views

TABLES = (
    "call",
    "queue_entry",
    "ring_miss",
    "presence_event",
    "disposition",
    "rating",
    "recording",
    "fact_refused",
)


async def rows(sql: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table: sorted((dict(row) for row in await sql.fetch(f"TABLE {table}")), key=repr)
        for table in TABLES
    }


def busy_morning() -> list[Json]:
    """A caller's and a placeholder's stay with a fact of every kind."""
    call = Call()
    call.begins()
    stay = Stay.of_call(call).joins().is_missed("6002").is_answered(after=30)
    stay.is_recorded()
    stay.talks(60).is_disposed("01")
    placeholder = Stay(whole_call().id, callback=True).joins(since=FRIDAY_3 - timedelta(hours=2))
    placeholder.is_answered("6002", after=5).talks(40, "6002")
    return [
        *call.told,
        *stay.told,
        *placeholder.told,
        presence("6001", "ready", FRIDAY_3),
        presence("6001", "paused", stay.at, "salat"),
        rating(call.id, "6001", 5, stay.at),
    ]


async def test_a_stay_becomes_one_row(desk: PostgresDesk, sql: Connection) -> None:
    call = Call()
    call.begins()
    stay = Stay.of_call(call).joins("produsen", position=3).is_answered(after=30).talks(60)
    await desk.apply([*call.told, *stay.told])
    row = await sql.fetchrow("SELECT * FROM queue_entry")
    assert (row["id"], row["call"], row["callback"]) == (stay.entry, call.id, None)
    assert (row["queue"], row["position"], row["how"]) == ("produsen", 3, "answered")
    assert (row["agent"], row["waited"], row["talked"]) == ("6001", 30.0, 60.0)
    assert row["answered_at"] - row["joined_at"] == timedelta(seconds=30)
    assert row["ended_by"] == "caller"


async def test_a_placeholder_is_no_caller(desk: PostgresDesk, sql: Connection) -> None:
    callback = whole_call().id
    await desk.apply(Stay(callback, callback=True).joins().is_answered().talks(9).told)
    assert await sql.fetchval("SELECT count(*) FROM call") == 0
    row = await sql.fetchrow("SELECT call, callback FROM queue_entry")
    assert tuple(row) == (None, callback)


async def test_telling_every_fact_twice_changes_nothing(
    desk: PostgresDesk, sql: Connection
) -> None:
    told = busy_morning()
    await desk.apply(told)
    once = await rows(sql)
    assert not once["fact_refused"]
    await desk.apply(told)
    for fact in told:
        await desk.apply([fact, fact])
    assert await rows(sql) == once


async def test_any_order_comes_to_the_same_rows(desk: PostgresDesk, sql: Connection) -> None:
    chance = random.Random(20261127)
    told = busy_morning()
    await desk.apply(told)
    expected = await rows(sql)
    for _ in range(25):
        await sql.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        shuffled = [*told, *chance.sample(told, 3)]
        chance.shuffle(shuffled)
        for start in range(0, len(shuffled), 3):
            await desk.apply(shuffled[start : start + 3])
        assert await rows(sql) == expected


@pytest.mark.parametrize("first", ["seen", "concluded"])
async def test_what_was_seen_replaces_what_was_concluded(
    desk: PostgresDesk, sql: Connection, first: str
) -> None:
    stay = Stay(Call().id).joins()
    seen = stay.leaves("abandoned", after=20).told.pop()
    concluded = stay.leaves("lost", after=60).told.pop()
    await desk.apply(stay.told)
    for fact in (seen, concluded) if first == "seen" else (concluded, seen):
        await desk.apply([fact])
    assert await sql.fetchval("SELECT how FROM queue_entry") == "abandoned"


async def test_a_stay_told_anew_after_a_restart_keeps_its_first_moment(
    desk: PostgresDesk, sql: Connection
) -> None:
    stay = Stay(Call().id).joins()
    again = Stay(Call().id, at=FRIDAY_3 + timedelta(minutes=2), entry=stay.entry).joins(position=7)
    await desk.apply(again.told)
    await desk.apply(stay.told)
    await desk.apply(again.told)
    row = await sql.fetchrow("SELECT joined_at, position FROM queue_entry")
    assert tuple(row) == (FRIDAY_3, 1)


async def test_a_score_out_of_range_is_refused_without_holding_up_the_rest(
    desk: PostgresDesk, sql: Connection
) -> None:
    stay = Stay(Call().id).joins()
    await desk.apply([rating(stay.of, "6001", 9), *stay.told])
    assert await sql.fetchval("SELECT count(*) FROM rating") == 0
    assert await sql.fetchval("SELECT count(*) FROM queue_entry") == 1
    assert await sql.fetchval("SELECT kind FROM fact_refused") == "call_rated"


async def test_a_conversation_is_shown_on_the_ticket_of_its_call(
    desk: PostgresDesk, store: Store
) -> None:
    call = Call()
    call.begins()
    call.opens(1)
    stay = Stay.of_call(call).joins().is_answered()
    stay.is_recorded()
    await desk.apply([*stay.told, *call.told])
    ticket = await Views(store).ticket(ticket_number(2026, 1))
    assert ticket is not None
    assert [recording.kind for recording in ticket.recordings] == ["talk"]


async def test_a_call_is_shown_with_its_stays_and_what_became_of_the_talk(
    desk: PostgresDesk, store: Store
) -> None:
    call = Call()
    call.begins()
    first = Stay.of_call(call).joins("produsen").leaves("moved", after=180)
    second = Stay(call.id, at=first.at).joins("umum").is_answered(after=20).talks(60)
    second.is_disposed("02")
    second.at += timedelta(seconds=5)
    second.is_disposed("11")
    await desk.apply([*call.told, *first.told, *second.told])
    story = await Views(store).call(call.uniqueid)
    assert story is not None
    shown = [(stay.queue, stay.how, stay.agent, stay.disposition) for stay in story.stays]
    assert shown == [("produsen", "moved", None, None), ("umum", "answered", "6001", "11")]


async def test_a_callbacks_conversation_is_shown_on_its_ticket(
    desk: PostgresDesk, store: Store
) -> None:
    call = Call()
    callback = call.is_promised(call.opens(1))
    stay = Stay(callback, callback=True).joins().is_answered()
    stay.is_recorded()
    await desk.apply([*call.told, *stay.told])
    ticket = await Views(store).ticket(ticket_number(2026, 1))
    assert ticket is not None
    assert [recording.kind for recording in ticket.recordings] == ["talk"]


async def test_a_phone_is_known_by_whom_it_spoke_with_last(
    desk: PostgresDesk, store: Store
) -> None:
    callbacks = Callbacks(store, lambda: MONDAY_8)
    call = Call()
    call.begins()
    callback = call.is_promised(call.opens(1), due=FRIDAY_3)
    await desk.apply([*call.told, *Stay.of_call(call).joins().is_answered("6003").told])
    talk = await callbacks.last_talk(SITI)
    assert talk is not None
    assert talk.agent == "6003"
    (claim,) = await callbacks.claim_due(MONDAY_8, 9, "here")
    kept = tried(callback, claim.attempt, "kept", at=MONDAY_8, talked=60, agent="6004")
    await desk.apply([kept])
    talk = await callbacks.last_talk(SITI)
    assert talk is not None
    assert (talk.agent, talk.at) == ("6004", MONDAY_8)
    assert await callbacks.last_talk(BUDI) is None


async def test_a_callers_calls_are_counted_since_midnight_in_jakarta(
    desk: PostgresDesk, store: Store
) -> None:
    midnight = FRIDAY_3.replace(hour=17)  # the day begins at 17.00 UTC
    for n, at in enumerate((midnight - timedelta(minutes=1), midnight, midnight)):
        call = Call(f"1795766400.{n}", at=at)
        call.begins()
        await desk.apply(call.told)
    assert await Callbacks(store, lambda: midnight + timedelta(hours=9)).calls_today(SITI) == 2
    assert await Callbacks(store, lambda: midnight).calls_today(BUDI) == 0


@pytest.mark.parametrize(
    "fact", [moved(Call().id, MONDAY_8, FRIDAY_3), cancelled(Call().id, FRIDAY_3)]
)
async def test_what_is_told_of_an_unknown_callback_is_put_aside_for_a_person(
    desk: PostgresDesk, sql: Connection, fact: Json
) -> None:
    await desk.apply([fact])
    assert "no such callback" in await sql.fetchval("SELECT reason FROM fact_refused")
