"""The measurement of WhatsApp's door: a burst of webhooks, until each message is on a live page."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex, token_urlsafe
from statistics import quantiles
from typing import Any

import aiohttp
import asyncpg

from config.settings import Settings, load_settings
from scripts.benchmark.whatsapp_burst import Posted, burst
from scripts.desk import make_desk
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.progress import step
from tickets.passwords import Passwords
from tickets.rights import RIGHTS, Role
from tickets.store import Store
from tickets.users import NewUser, Users
from tickets.web.whatsapp_door import WEBHOOK

P95 = 1.0
"""Seconds from the request to the live page that are wanted."""
PATIENCE = 300.0
"""Seconds that a burst may take to be worked; then it is counted as it stands."""
_ROWS = """
SELECT message.wamid, message.text, ticket.number, message.worked_at,
    row_number() OVER (PARTITION BY whatsapp_user ORDER BY at, seq) - 1 AS nth
FROM whatsapp_message AS message LEFT JOIN ticket ON ticket.id = message.ticket
WHERE direction = 'in' AND starts_with(message.wamid, $1)
"""


@dataclass(frozen=True, slots=True)
class BurstLoad:
    webhooks: int
    people: int
    at_once: int
    """Connections that post."""
    per_second: float
    """Webhooks a second that are posted; 0: as fast as they are taken."""


@dataclass(slots=True)
class BurstFound:
    """Seconds, unless it says otherwise."""

    load: BurstLoad
    posted: int = 0
    """Requests, repetitions among them."""
    took_posting: float = 0.0
    took_all: float = 0.0
    messages: int = 0
    tickets: int = 0
    out_of_order: int = 0
    """Messages that stand in their thread where another was written."""
    to_page: list[float] = field(default_factory=list)
    """From the request of each message to the event that tells the page of it."""

    @property
    def p95(self) -> float:
        return quantiles(self.to_page, n=20)[-1] if len(self.to_page) > 1 else float("inf")

    @property
    def within_targets(self) -> bool:
        once = self.messages == self.load.webhooks == len(self.to_page)
        return once and not self.out_of_order and self.p95 <= P95


async def measure_burst(folder: Path, load: BurstLoad) -> BurstFound:
    """Run the whole measurement on a database and a desk of its own."""
    with Installation(folder, Options(whatsapp=True)) as installation:
        with step("Starting a database and the desk"):
            await asyncio.to_thread(_start, installation)
        settings = load_settings(folder)
        database = installation.database_url()
        connection = await asyncpg.connect(database, timeout=10)
        try:
            with step(f"{load.webhooks:,} webhooks of {load.people:,} people"):
                return await _measured(settings, connection, load)
        finally:
            await connection.close()


def _start(installation: Installation) -> None:
    installation.prepare()
    installation.start_postgres()
    installation.migrate()
    installation.start_desk()


async def _measured(
    settings: Settings, connection: asyncpg.Connection, load: BurstLoad
) -> BurstFound:
    run = token_hex(4)
    assert settings.whatsapp.phone_number_id is not None
    posts = burst(run, settings.whatsapp.phone_number_id, load.webhooks, load.people)
    found = BurstFound(load, posted=len(posts))
    seen: dict[str, list[float]] = {}
    address = f"http://127.0.0.1:{settings.web.port}"
    async with aiohttp.ClientSession(address) as http:
        token = await _token(settings)
        listening = asyncio.Event()
        page = asyncio.create_task(_listen(http, token, seen, listening))
        await listening.wait()
        began = time.time()
        when = await _post_all(http, settings.whatsapp_app_secret().get_secret_value(), posts, load)
        found.took_posting = time.time() - began
        await _until_worked(connection, run, load.webhooks)
        found.took_all = time.time() - began
        # What was told last is on its way yet.
        await asyncio.sleep(1)
        page.cancel()
        with suppress(asyncio.CancelledError):
            await page
    rows = await connection.fetch(_ROWS, f"wamid.{run}")
    _count(found, rows, when, seen)
    return found


def _count(
    found: BurstFound,
    rows: Sequence[Mapping[str, Any]],
    when: Mapping[str, float],
    seen: Mapping[str, Sequence[float]],
) -> None:
    found.messages = len(rows)
    found.tickets = len({row["number"] for row in rows if row["number"]})
    found.out_of_order = sum(int(row["text"].rpartition(" ")[2]) != row["nth"] for row in rows)
    for row in rows:
        if row["worked_at"] is None:
            continue
        worked = row["worked_at"].timestamp()
        told = [at for at in (*seen.get(row["number"], ()), *seen.get("", ())) if at >= worked]
        if told:
            found.to_page.append(min(told) - when[row["wamid"]])


async def _listen(
    http: aiohttp.ClientSession, token: str, seen: dict[str, list[float]], ready: asyncio.Event
) -> None:
    """As a page does: when it was told of which ticket; of all of them by a `reset`."""
    headers = {"Authorization": f"Bearer {token}"}
    kind = ""
    timeout = aiohttp.ClientTimeout(total=None)
    async with http.get("/api/v1/events", headers=headers, timeout=timeout) as stream:
        async for raw in stream.content:
            ready.set()
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind in ("ticket", "reset"):
                number = json.loads(line.removeprefix("data: ")).get("number", "")
                seen.setdefault(number, []).append(time.time())


async def _post_all(
    http: aiohttp.ClientSession, secret: str, posts: Sequence[Posted], load: BurstLoad
) -> dict[str, float]:
    """When each message was posted first."""
    when: dict[str, float] = {}
    waiting = iter(posts)
    began, taken = time.monotonic(), 0

    async def post() -> None:
        nonlocal taken
        for one in waiting:
            if load.per_second:
                ahead = taken / load.per_second - (time.monotonic() - began)
                taken += 1
                await asyncio.sleep(max(0.0, ahead))
            signature = hmac.new(secret.encode(), one.body, hashlib.sha256).hexdigest()
            headers = {"X-Hub-Signature-256": f"sha256={signature}"}
            when.setdefault(one.wamid, time.time())
            async with http.post(WEBHOOK, data=one.body, headers=headers) as answer:
                if answer.status != 200:
                    sys.exit(f"saluran: the door answered {answer.status}")

    await asyncio.gather(*(post() for _ in range(load.at_once)))
    return when


async def _until_worked(connection: asyncpg.Connection, run: str, webhooks: int) -> None:
    worked = (
        "SELECT count(*) FROM whatsapp_message "
        "WHERE worked_at IS NOT NULL AND starts_with(wamid, $1)"
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            done = 0
            while done < webhooks:
                await asyncio.sleep(0.2)
                done = await connection.fetchval(worked, f"wamid.{run}")


async def _token(settings: Settings) -> str:
    """Of a supervisor made for this measurement."""
    passwords = Passwords()
    store = Store(settings.database_url().get_secret_value())
    desk = make_desk(settings, store, passwords)
    login, password = f"bench-{token_hex(4)}", token_urlsafe(24)
    users = Users(store, passwords, "bench")
    await users.add(NewUser(login=login, name="Bench", role=Role.SUPERVISOR), password)
    session = await desk.sign_in.sign_in(login, password, "", "127.0.0.1")
    now = datetime.now(UTC)
    rights, until = RIGHTS[Role.SUPERVISOR], now + timedelta(days=1)
    made = await desk.sign_in.add_token(session.actor, "bench", rights, until, now)
    passwords.close()
    await store.close()
    return made.token
