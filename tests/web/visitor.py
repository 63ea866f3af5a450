"""Somebody with a browser, or a program with a token, at the desk's address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tickets.rights import Role
from tickets.users import NewUser, Users

PASSWORD = "a sentence that nobody guesses"
API = "/api/v1"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def kind(self) -> str:
        """Of a problem."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.text
        return str(self.json["type"].removeprefix("urn:saluran:problem:"))

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass
class Visitor:
    """A browser with its cookies; `csrf` is what its page would send with each change."""

    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seen: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Any = None,
        data: bytes | None = None,
    ) -> Reply:
        """`seen` is the ETag that a change names, `key` makes it one that may be sent again."""
        more = dict(self.headers)
        if seen is not None:
            more["If-Match"] = seen
        if key is not None:
            more["Idempotency-Key"] = key
        more |= headers or {}
        if body is not None or data is not None:
            more.setdefault("Content-Type", "application/json")
        if isinstance(body, bytes):
            # A file.
            more["Content-Type"], data, body = "application/octet-stream", body, None
        if body is not None:
            data = json.dumps(body).encode()
        path = path if path.startswith(("/api", "/health")) else API + path
        async with self.session.request(
            method, path, data=data, headers=more, params=query, allow_redirects=False
        ) as response:
            endless = response.content_type == "text/event-stream"
            text = "" if endless else await response.text()
            return Reply(response.status, response.headers, text)

    async def get(self, path: str, **more: Any) -> Reply:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return await self.ask("POST", path, body, **more)

    async def put(self, path: str, body: Any = None, **more: Any) -> Reply:
        return await self.ask("PUT", path, body, **more)

    async def patch(self, path: str, body: Any = None, **more: Any) -> Reply:
        return await self.ask("PATCH", path, body, **more)

    async def delete(self, path: str, **more: Any) -> Reply:
        return await self.ask("DELETE", path, **more)

    async def signs_in(self, login: str, password: str = PASSWORD, code: str = "") -> Reply:
        reply = await self.post("/session", {"login": login, "password": password, "code": code})
        if reply.status == 201:
            self.headers["X-CSRF-Token"] = reply.json["csrf"]
        return reply


@dataclass
class Visitors:
    address: str
    users: Users
    _sessions: list[aiohttp.ClientSession] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def stranger(self) -> Visitor:
        session = aiohttp.ClientSession(self.address, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._sessions.append(session)
        return Visitor(session)

    def program(self, token: str) -> Visitor:
        visitor = self.stranger()
        visitor.headers["Authorization"] = f"Bearer {token}"
        return visitor

    async def user(self, role: Role, login: str | None = None) -> str:
        """An account; its login."""
        login = login or f"the-{role}"
        if login not in self._known:
            await self.users.add(NewUser(login=login, name=login.title(), role=role), PASSWORD)
            self._known.add(login)
        return login

    async def signed_in(self, role: Role, login: str | None = None) -> Visitor:
        visitor = self.stranger()
        reply = await visitor.signs_in(await self.user(role, login))
        assert reply.status == 201, reply.text
        return visitor

    async def close(self) -> None:
        for session in self._sessions:
            await session.close()
