"""A process that serves the desk as it is, and beside it the same statements bare: aiohttp, asyncpg
and `json`, without anybody to know, anything to check, or a word in a log.

Its first line of output says where, as JSON.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import asyncpg
from aiohttp import web

from config import logs
from config.settings import Settings, load_settings
from scripts.desk import CONNECTIONS, make_desk, make_options
from tickets.cases.tickets import TicketFilter, arguments
from tickets.passwords import Passwords
from tickets.queries import SQL
from tickets.rights import RIGHTS, Actor, Role
from tickets.store import Store
from tickets.users import NewUser, Users
from tickets.web.app import make_app
from tickets.web.desk import Desk

POOL = web.AppKey("pool", asyncpg.Pool)
ACTOR = web.AppKey("actor", Actor)
READS = ("parts_of_ticket", "thread")
MORE = ("merged_tickets", "ticket_callbacks", "ticket_attempts", "ticket_recordings")


async def serve(settings: Settings) -> None:
    """Serve both until the process is ended."""
    database = settings.database_url().get_secret_value()
    passwords = Passwords()
    desk = make_desk(settings, Store(database, 10, CONNECTIONS), passwords)
    actor, token = await _somebody(desk, passwords)
    options = replace(make_options(settings), user_rate=1e6, stranger_rate=1e6)
    ours = await _listen(make_app(desk, options))
    bare = web.Application()
    bare[ACTOR] = actor
    bare[POOL] = await asyncpg.create_pool(
        database, min_size=1, max_size=10, server_settings={"jit": "off", **CONNECTIONS}
    )
    bare.router.add_get("/api/v1/tickets", _list)
    bare.router.add_get("/api/v1/tickets/{number}", _read)
    places = {"ours": ours, "bare": await _listen(bare), "token": token}
    print(json.dumps(places), flush=True)
    await asyncio.Event().wait()


async def _listen(app: web.Application) -> int:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port


async def _somebody(desk: Desk, passwords: Passwords) -> tuple[Actor, str]:
    login, password = f"bench-{token_urlsafe(6).lower().strip('-_')}", token_urlsafe(24)
    users = Users(desk.store, passwords, "bench")
    await users.add(NewUser(login=login, name="Bench", role=Role.SUPERVISOR), password)
    session = await desk.sign_in.sign_in(login, password, "", "127.0.0.1")
    now = datetime.now(UTC)
    rights = RIGHTS[Role.SUPERVISOR]
    until = now + timedelta(days=1)
    made = await desk.sign_in.add_token(session.actor, "bench", rights, until, now)
    return session.actor, made.token


async def _list(request: web.Request) -> web.Response:
    """The statement of the first page, as the API sends it."""
    query = request.query
    wanted = TicketFilter(
        status=tuple(query.getall("status", ())) or None,
        text=query.get("q"),
        by_deadline=query.get("order") == "deadline",
    )
    name = "page_tickets_due" if wanted.by_deadline else "page_tickets"
    given = arguments(request.app[ACTOR], wanted, None, int(query.get("limit", "50")), False)
    async with request.app[POOL].acquire() as connection:
        rows = await connection.fetch(SQL[name], *given)
    return _json({"items": [dict(row) for row in rows], "next": None, "similar": False})


async def _read(request: web.Request) -> web.Response:
    """The same statements as the API sends for one ticket."""
    async with request.app[POOL].acquire() as connection:
        row = await connection.fetchrow(SQL["work_ticket"], True, request.match_info["number"])
        told = dict(row)
        for name in READS:
            told[name] = [dict(one) for one in await connection.fetch(SQL[name], row["id"], True)]
        for name in MORE:
            told[name] = [dict(one) for one in await connection.fetch(SQL[name], row["id"])]
    return _json(told)


def _json(value: Any) -> web.Response:
    return web.Response(text=json.dumps(value, default=str), content_type="application/json")


if __name__ == "__main__":
    logs.set_up("json", "info")
    asyncio.run(serve(load_settings(Path(sys.argv[1]))))
