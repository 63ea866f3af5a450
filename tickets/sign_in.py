"""Signing in and out: sessions of people, tokens of programs, nothing for who tries them out."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

import structlog

from tickets.errors import TicketError, Unacceptable
from tickets.passwords import Passwords, refuse_weak
from tickets.queries import SQL
from tickets.rights import RIGHTS, Actor, NotAllowed, Right, Role
from tickets.store import Connection, Store
from tickets.totp import Totp

log = structlog.get_logger()

TOKEN_MARK = "slr_"  # noqa: S105  (so that a leaked one is recognised)
LONGEST_TOKEN = timedelta(days=366)


class SignInRefused(TicketError):
    """The login, the password or the code is wrong; which of them is not told."""


class CodeNeeded(TicketError):
    """The password is right; the code of the second factor is asked for."""


class LockedOut(TicketError):
    """Too many wrong tries."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many wrong tries: try again in {max(1, round(seconds))} s")
        self.seconds = max(1, round(seconds))


class NotSignedIn(TicketError):
    """There is no such session or token, or it is over."""


class TokenUnknown(TicketError):
    """The user has no such token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLimits:
    """After so many wrong tries each next one waits, twice as long as the one before."""

    per_login: int = 5
    per_address: int = 30
    window: timedelta = timedelta(hours=1)
    first_wait: timedelta = timedelta(seconds=5)
    longest_wait: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(hours=4)
    """A session that nobody uses is over."""
    longest: timedelta = timedelta(hours=12)
    """Every session is over then."""

    def wait(self, tries: int, allowed: int) -> timedelta:
        if tries < allowed:
            return timedelta(0)
        doubled: int = 2 ** min(tries - allowed, 20)
        return min(self.longest_wait, self.first_wait * doubled)


@dataclass(frozen=True, slots=True)
class Session:
    """One who has signed in; the cookie's value is kept nowhere but in their browser."""

    cookie: str
    actor: Actor

    @property
    def csrf(self) -> str:
        return csrf_of(self.cookie)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """A token as its owner sees it."""

    id: UUID
    name: str
    scopes: list[Right]
    created_at: datetime
    ends_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken(TokenLine):
    """A token that was just made, told this once."""

    token: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Every method raises StoreAway."""

    store: Store
    passwords: Passwords
    totp: Totp
    limits: SignInLimits = SignInLimits()

    async def sign_in(self, login: str, password: str, code: str, address: str) -> Session:
        """Raises SignInRefused, CodeNeeded, LockedOut, TooBusy."""
        login = login.strip().lower()
        async with self.store.connection() as connection:
            this = await connection.fetchval(SQL["try_sign_in"], login[:80], address)
            await self._refuse_locked(connection, this, login[:80], address)
            user = await connection.fetchrow(SQL["user_by_login"], login)
        # No connection is held while the password is computed.
        right = await self.passwords.is_right(user and user["password_hash"], password)
        async with self.store.connection() as connection:
            if user is None or not right:
                await self._refused(connection, login, address)
            if user["totp_secret"] is not None:
                if not code:
                    await connection.execute(SQL["forget_try"], this)
                    raise CodeNeeded("give the code that your authenticator shows")
                await self._use_code(connection, user, code, address)
            async with connection.transaction():
                await connection.execute(SQL["forget_tries"], login)
                session = await self.begin(connection, user, address)
        log.info("session.began", user=login, role=user["role"])
        return session

    async def begin(self, connection: Connection, user: Mapping[str, Any], address: str) -> Session:
        """A session of somebody who has proved who they are."""
        session = Session(_random(), _actor(user, address))
        given = (_digest(session.cookie), user["id"], address, self.limits.longest)
        await connection.execute(SQL["begin_session"], *given)
        await connection.execute(SQL["note_audit"], user["login"], "session.began", "", address)
        return session

    async def by_cookie(self, cookie: str, address: str, *, seen: bool = True) -> Actor:
        """`seen`: this is a use, and the session lasts from now on. Raises NotSignedIn."""
        async with self.store.connection() as connection:
            token = _digest(cookie)
            row = await connection.fetchrow(SQL["session"], token, self.limits.idle)
            if row is None:
                raise NotSignedIn("sign in: this session is over")
            if seen and row["stale"]:
                await connection.execute(SQL["see_session"], token)
        return _actor(row, address)

    async def by_token(self, token: str, address: str) -> Actor:
        """Raises NotSignedIn."""
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["token"], _digest(token))
            if row is None:
                raise NotSignedIn("this token is unknown, revoked or over")
            if row["stale"]:
                await connection.execute(SQL["see_token"], row["token"])
        return _actor(row, address, frozenset(map(Right, row["scopes"])))

    async def sign_out(self, cookie: str, actor: Actor) -> None:
        """The session is over for whoever holds its cookie."""
        async with self.store.connection() as connection:
            if await connection.fetchval(SQL["end_session"], _digest(cookie)):
                note = (actor.login, "session.ended", "", actor.address)
                await connection.execute(SQL["note_audit"], *note)

    async def change_password(self, actor: Actor, cookie: str, old: str, new: str) -> None:
        """The user's other sessions end. Raises SignInRefused, LockedOut, PasswordRefused,
        TooBusy, NotAllowed."""
        actor.need_session()
        refuse_weak(new, actor.login)
        await self._prove(actor, old)
        password_hash = await self.passwords.hash(new)
        async with self.store.connection() as connection, connection.transaction():
            given = (actor.login, password_hash, _digest(cookie))
            await connection.execute(SQL["set_password"], *given)
            note = (actor.login, "user.password_set", actor.login, actor.address)
            await connection.execute(SQL["note_audit"], *note)

    async def offer_totp(self, actor: Actor, password: str) -> str:
        """A second factor for the user's authenticator, asked for once a code of it was shown
        (`take_totp`); its `otpauth:` address, told this once. Raises SignInRefused, LockedOut,
        TooBusy, NotAllowed."""
        actor.need_session()
        await self._prove(actor, password)
        kept, address = self.totp.new(actor.login)
        async with self.store.connection() as connection:
            await connection.execute(SQL["offer_totp"], actor.user, kept)
        return address

    async def take_totp(self, actor: Actor, cookie: str, code: str) -> None:
        """Ask for the offered one from now on; the user's other sessions end. Raises SignInRefused
        for a wrong code, or when none was offered; NotAllowed."""
        actor.need_session()
        async with self.store.connection() as connection, connection.transaction():
            kept = await connection.fetchval(SQL["pending_totp"], actor.user)
            step = kept and self.totp.step(kept, actor.login, code.replace(" ", ""))
            given = (actor.user, kept, step, _digest(cookie))
            if not step or await connection.fetchval(SQL["take_totp"], *given) is None:
                raise SignInRefused("this is not the code of the second factor that was offered")
            note = (actor.login, "user.totp_set", actor.login, actor.address)
            await connection.execute(SQL["note_audit"], *note)

    async def add_token(
        self, actor: Actor, name: str, scopes: frozenset[Right], ends_at: datetime, now: datetime
    ) -> NewToken:
        """A token for a program, with no right that the user lacks. Raises NotAllowed, and
        Unacceptable for an end that is past or far."""
        actor.need_session()
        if lacking := scopes - RIGHTS[actor.role]:
            raise NotAllowed(f"you have no right `{min(lacking)}` to give")
        if not now < ends_at <= now + LONGEST_TOKEN:
            raise Unacceptable(f"a token ends within {LONGEST_TOKEN.days} days", "/ends_at")
        token = TOKEN_MARK + _random()
        async with self.store.connection() as connection, connection.transaction():
            given = (actor.user, name, _digest(token), sorted(scopes), ends_at)
            row = await connection.fetchrow(SQL["add_token"], *given)
            note = (actor.login, "token.added", str(row["id"]), actor.address)
            await connection.execute(SQL["note_audit"], *note)
        return NewToken(**_token(row), token=token)

    async def tokens(self, actor: Actor) -> list[TokenLine]:
        """The user's own. Raises NotAllowed."""
        actor.need_session()
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["tokens"], actor.user)
        return [TokenLine(**_token(row)) for row in rows]

    async def revoke_token(self, actor: Actor, token: UUID) -> None:
        """Raises NotAllowed, TokenUnknown."""
        actor.need_session()
        async with self.store.connection() as connection, connection.transaction():
            if await connection.fetchval(SQL["revoke_token"], token, actor.user) is None:
                raise TokenUnknown(f"you have no token {token}")
            note = (actor.login, "token.revoked", str(token), actor.address)
            await connection.execute(SQL["note_audit"], *note)

    async def _prove(self, actor: Actor, password: str) -> None:
        """Who sits at an open session may not be its user: the password is asked for, and tries
        count. Raises SignInRefused, LockedOut, TooBusy."""
        async with self.store.connection() as connection:
            this = await connection.fetchval(SQL["try_sign_in"], actor.login, actor.address)
            await self._refuse_locked(connection, this, actor.login, actor.address)
            user = await connection.fetchrow(SQL["user_by_login"], actor.login)
        if not await self.passwords.is_right(user and user["password_hash"], password):
            raise SignInRefused("the password is wrong")
        async with self.store.connection() as connection:
            await connection.execute(SQL["forget_tries"], actor.login)

    async def _refuse_locked(
        self, connection: Connection, this: UUID, login: str, address: str
    ) -> None:
        """A try while locked is not judged and does not count: nobody is locked out for ever."""
        limits = self.limits
        row = await connection.fetchrow(SQL["judge_sign_in"], this, login, address, limits.window)
        ends = [
            row[last] + limits.wait(row[tries], allowed)
            for tries, last, allowed in (
                ("of_login", "last_of_login", limits.per_login),
                ("of_address", "last_of_address", limits.per_address),
            )
            if row[last] is not None
        ]
        left = (max(ends, default=row["now"]) - row["now"]).total_seconds()
        if left > 0:
            await connection.execute(SQL["forget_try"], this)
            log.warning("sign_in.locked", user=login, seconds=round(left))
            raise LockedOut(left)

    async def _use_code(
        self, connection: Connection, user: Mapping[str, Any], code: str, address: str
    ) -> None:
        step = self.totp.step(user["totp_secret"], user["login"], code.replace(" ", ""))
        used = step and await connection.fetchval(SQL["use_totp_step"], user["id"], step)
        if not used:
            await self._refused(connection, user["login"], address)

    async def _refused(self, connection: Connection, login: str, address: str) -> NoReturn:
        await connection.execute(SQL["note_audit"], login[:80], "session.refused", "", address)
        log.warning("sign_in.refused", user=login[:80])
        raise SignInRefused("login, password or code is wrong")


def csrf_of(cookie: str) -> str:
    """What a page of the session sends back with each change; no other site can know it."""
    key = cookie.encode(errors="surrogateescape")
    return urlsafe_b64encode(hmac.digest(key, b"csrf", "sha256")).decode().rstrip("=")


def _random() -> str:
    return secrets.token_urlsafe(32)


def _digest(token: str) -> bytes:
    # 256 random bits need no slow hash. What came as no UTF-8 is nobody's, not a mistake of ours.
    return sha256(token.encode(errors="surrogateescape")).digest()


def _actor(row: Mapping[str, Any], address: str, scopes: frozenset[Right] | None = None) -> Actor:
    return Actor(
        user=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        extension=row["extension"],
        browser_phone=row.get("browser_phone", False),
        scopes=scopes,
        address=address,
    )


def _token(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {"scopes": [Right(scope) for scope in row["scopes"]]}
