"""Who uses the desk: accounts that an operator makes, changes and disables."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tickets.errors import TicketError
from tickets.passwords import Passwords, refuse_weak
from tickets.queries import SQL
from tickets.rights import Role
from tickets.store import Connection, Store
from tickets.totp import Totp


class UserExists(TicketError):
    """The login is taken, or the extension is another user's."""


class UserUnknown(TicketError):
    """Nobody has this login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account as people see it."""

    id: UUID
    login: str
    name: str
    role: Role
    extension: str | None
    totp: bool
    """Whether a second factor is asked for."""
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to be; ValueError for what is no login or name."""

    login: str
    name: str
    role: Role
    extension: str | None = None
    """The phone of one who takes calls; that of an agent."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9._-]{1,39}", self.login):
            raise ValueError(
                f"{self.login!r} is no login — use 2 to 40 small letters, digits, . _ or -"
            )
        if not re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]{1,80}", self.name):
            raise ValueError("the name is no name — use 1 to 80 letters, in one line")


@dataclass(frozen=True, slots=True)
class Users:
    """What the operator does with accounts, each noted in the audit under their system's name.

    Every method raises StoreAway.
    """

    store: Store
    passwords: Passwords
    by: str
    address: str = ""
    """Where they are; empty at the command line."""

    async def add(self, new: NewUser, password: str) -> None:
        """Raises UserExists, PasswordRefused, and ValueError for an extension without agent."""
        refuse_weak(password, new.login)
        password_hash = await self.passwords.hash(password)
        async with self.store.connection() as connection, connection.transaction():
            try:
                added = await connection.fetchval(
                    SQL["add_user"], new.login, new.name, new.role, new.extension, password_hash
                )
            except asyncpg.UniqueViolationError:
                raise UserExists(f"the extension {new.extension} is another user's") from None
            except asyncpg.ForeignKeyViolationError:
                raise ValueError(
                    f"{new.extension} has no agent — see `saluran agents list`"
                ) from None
            if added is None:
                raise UserExists(f"the login {new.login} is taken: choose another")
            await self._note(connection, "user.added", new.login)

    async def all(self) -> list[User]:
        """By login, also those who are disabled."""
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["users"])
        return [User(**dict(row) | {"role": Role(row["role"])}) for row in rows]

    async def set_password(self, login: str, password: str) -> None:
        """Ends every session of theirs. Raises UserUnknown, PasswordRefused."""
        refuse_weak(password, login)
        password_hash = await self.passwords.hash(password)
        await self._change("set_password", "user.password_set", login, password_hash, None)

    async def new_totp(self, login: str, totp: Totp) -> str:
        """A second factor from now on, in place of one they had; its `otpauth:` address, told
        this once. Raises UserUnknown."""
        kept, address = totp.new(login)
        await self._change("set_totp", "user.totp_set", login, kept)
        return address

    async def drop_totp(self, login: str) -> None:
        """No second factor any more. Raises UserUnknown."""
        await self._change("set_totp", "user.totp_dropped", login, None)

    async def disable(self, login: str) -> None:
        """Out at once: sessions end, tokens are revoked. Raises UserUnknown."""
        await self._change("disable_user", "user.disabled", login)

    async def enable(self, login: str) -> None:
        """May sign in again, with the password they had. Raises UserUnknown."""
        await self._change("enable_user", "user.enabled", login)

    async def set_role(self, login: str, role: Role) -> None:
        """They may what this role may; their sessions end. Raises UserUnknown."""
        await self._change("set_role", "user.role_set", login, role)

    async def unlock(self, login: str) -> None:
        """Wrong tries to sign in are forgotten. Raises UserUnknown."""
        await self._change("unlock_user", "user.unlocked", login)

    async def end_sessions(self, login: str) -> None:
        """Wherever they are signed in, they are not any more. Raises UserUnknown."""
        await self._change("end_sessions", "user.sessions_ended", login)

    async def _change(self, name: str, did: str, login: str, *given: object) -> None:
        async with self.store.connection() as connection, connection.transaction():
            if await connection.fetchval(SQL[name], login, *given) is None:
                raise UserUnknown(f"nobody has the login {login}: see `saluran users list`")
            await self._note(connection, did, login)

    async def _note(self, connection: Connection, did: str, login: str) -> None:
        await connection.execute(SQL["note_audit"], self.by, did, login, self.address)
