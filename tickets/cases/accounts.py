"""Accounts of the desk, as the operator keeps them from its pages: what `saluran users` does too.

Only by somebody who has signed in: a token makes no accounts.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from tickets.errors import Unacceptable
from tickets.passwords import Passwords
from tickets.queries import SQL
from tickets.rights import Actor, Right, Role
from tickets.sign_in import SignInLimits
from tickets.store import Store
from tickets.users import NewUser, User, Users, UserUnknown

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _PER_GROUP = 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Where somebody is signed in."""

    address: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    user: User
    sessions: list[OpenSession]
    wrong_tries: int
    """Within the time for which they count."""
    locked: bool
    """The next try has to wait."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every method raises NotAllowed and StoreAway; those with a login UserUnknown."""

    store: Store
    passwords: Passwords
    limits: SignInLimits = field(default_factory=SignInLimits)

    async def all(self, actor: Actor) -> list[User]:
        """By login, also those who are disabled."""
        return await self._users(actor).all()

    async def read(self, actor: Actor, login: str) -> Account:
        """With where they are signed in."""
        users = await self._users(actor).all()
        user = next((one for one in users if one.login == login), None)
        if user is None:
            raise UserUnknown(f"nobody has the login {login}")
        async with self.store.connection() as connection:
            sessions = await connection.fetch(SQL["sessions_of"], login)
            tries = await connection.fetchrow(SQL["tries_of"], login, self.limits.window)
        return Account(
            user=user,
            sessions=[OpenSession(**row) for row in sessions],
            wrong_tries=tries["tries"],
            locked=tries["tries"] >= self.limits.per_login,
        )

    async def add(self, actor: Actor, new: NewUser) -> str:
        """The password that they begin with, told this once.

        Raises UserExists, and Unacceptable for an extension that is no agent's.
        """
        users, password = self._users(actor), _password()
        try:
            await users.add(new, password)
        except ValueError as error:
            raise Unacceptable(str(error), "/extension") from None
        return password

    async def new_password(self, actor: Actor, login: str) -> str:
        """In place of one that was forgotten, told this once; their sessions end."""
        users, password = self._users(actor), _password()
        await users.set_password(login, password)
        return password

    async def set_role(self, actor: Actor, login: str, role: Role) -> None:
        """Unacceptable for oneself: nobody shuts the last door behind them."""
        self._refuse_oneself(actor, login)
        await self._users(actor).set_role(login, role)

    async def disable(self, actor: Actor, login: str) -> None:
        """Out at once. Unacceptable for oneself."""
        self._refuse_oneself(actor, login)
        await self._users(actor).disable(login)

    async def enable(self, actor: Actor, login: str) -> None:
        await self._users(actor).enable(login)

    async def drop_totp(self, actor: Actor, login: str) -> None:
        """Such as for a lost phone: they sign in with the password alone and get another one."""
        await self._users(actor).drop_totp(login)

    async def unlock(self, actor: Actor, login: str) -> None:
        """After too many wrong tries."""
        await self._users(actor).unlock(login)

    async def end_sessions(self, actor: Actor, login: str) -> None:
        """Wherever they are signed in."""
        await self._users(actor).end_sessions(login)

    def _users(self, actor: Actor) -> Users:
        actor.need(Right.USERS_CHANGE)
        actor.need_session()
        return Users(self.store, self.passwords, actor.login, actor.address)

    def _refuse_oneself(self, actor: Actor, login: str) -> None:
        actor.need(Right.USERS_CHANGE)
        if login == actor.login:
            raise Unacceptable("this is your own account: let another operator do it", "/login")


def _password() -> str:
    """About 99 bits, fit to be read out."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_PER_GROUP)) for _ in range(_GROUPS)
    )
