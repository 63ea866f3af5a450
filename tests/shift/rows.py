"""What the service's tables say of a shift."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from tests.shift.house import HEAD_START, MORNING, House

Row = Mapping[str, Any]

CALLS = """
SELECT
    call.dialled, call.uniqueid, call.outcome, array_remove(array_agg(entry.agent), NULL) AS agents
FROM call LEFT JOIN queue_entry AS entry ON entry.call = call.id AND entry.answered_at IS NOT NULL
GROUP BY call.id
"""
STAYS = """
SELECT
    entry.id, entry.queue, entry.since, entry.priority, entry.joined_at, entry.left_at, entry.how,
    entry.answered_at - entry.rang * interval '1 s' AS turn, entry.agent,
    entry.callback, call.dialled,
    (
        SELECT array_agg(miss.at ORDER BY miss.at)
        FROM ring_miss AS miss WHERE miss.entry = entry.id
    ) AS missed_until,
    (
        SELECT array_agg(miss.at - miss.rang * interval '1 s' ORDER BY miss.at)
        FROM ring_miss AS miss WHERE miss.entry = entry.id
    ) AS missed_from
FROM queue_entry AS entry LEFT JOIN call ON call.id = entry.call
WHERE entry.joined_at IS NOT NULL
ORDER BY entry.joined_at
"""
CALLBACKS = """
SELECT
    callback.id, '0' || substr(callback.phone, 4) AS phone, callback.type, callback.state,
    callback.reason, callback.since, callback.priority,
    (
        SELECT array_agg(call.dialled ORDER BY request.at) FROM callback_request AS request
        JOIN call ON call.id = request.call WHERE request.callback = callback.id
    ) AS asked_in,
    (
        SELECT array_agg(DISTINCT request.type) FROM callback_request AS request
        WHERE request.callback = callback.id
    ) AS kinds,
    (
        SELECT count(*) FROM ticket_event AS event
        WHERE event.ticket = callback.ticket AND event.kind = 'callback'
            AND event.became = 'waiting' AND event.actor NOT IN ('service')
            AND event.was = 'waiting'
    ) AS moved
FROM callback
"""
ATTEMPTS = """
SELECT
    attempt.callback, '0' || substr(callback.phone, 4) AS phone, attempt.dialled_at,
    attempt.result, attempt.talked, attempt.agent, attempt.at
FROM callback_attempt AS attempt JOIN callback ON callback.id = attempt.callback
ORDER BY attempt.at
"""


@dataclass(frozen=True)
class Rows:
    calls: list[Row]
    stays: list[Row]
    callbacks: list[Row]
    attempts: list[Row]
    audit: dict[str, Any]
    queues: dict[str, dict[str, float]]
    """`saluran report`: figures by queue, and so on."""
    agents: dict[str, dict[str, float]]
    promises: dict[str, dict[str, float]]


async def read(house: House, pool: "asyncpg.Pool[asyncpg.Record]") -> Rows:
    return Rows(
        calls=await pool.fetch(CALLS),
        stays=await pool.fetch(STAYS),
        callbacks=await pool.fetch(CALLBACKS),
        attempts=await pool.fetch(ATTEMPTS),
        audit=await house.audit(),
        queues=await _report(house, "queues", "queue"),
        agents=await _report(house, "agents", "agent"),
        promises=await _report(house, "callbacks", "queue"),
    )


async def _report(house: House, section: str, key: str) -> dict[str, dict[str, float]]:
    words = ("report", "day", "--section", section, "--interval", "day", "--csv")
    said = csv.DictReader(io.StringIO(await house.runs(*words)))
    return {
        row[key]: {
            name: float(value or 0) for name, value in row.items() if name not in ("start", key)
        }
        for row in said
    }


def seconds(at: datetime) -> float:
    """On the clock of the shift's diary."""
    return (at - MORNING - HEAD_START).total_seconds()
