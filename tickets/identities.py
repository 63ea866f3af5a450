"""Signing in for those whom an OpenID provider vouches for: whose account, with which role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from tickets.oidc import Identity, OidcRefused, Pending, Provider
from tickets.queries import SQL
from tickets.rights import Role
from tickets.sign_in import Session, SignIn
from tickets.store import Connection
from tickets.users import NewUser

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ByProvider:
    """Every method raises OidcRefused, OidcAway and StoreAway."""

    name: str
    """As people call the provider."""
    provider: Provider
    sign_in: SignIn
    roles: Mapping[str, Role]
    """By the provider's groups; of several the first in this order counts, and none lets nobody
    in."""

    async def finish(
        self, pending: Pending, given: Mapping[str, str], back: str, address: str
    ) -> tuple[Session, str]:
        """Let in who came back from the provider; with the token that proved who they are."""
        login = ""
        try:
            identity = await self.provider.finish(pending, given, back)
            login = identity.login[:80]
            session = await self._let_in(identity, address)
        except OidcRefused as error:
            log.warning("oidc.refused", user=login, reason=str(error))
            async with self.sign_in.store.connection() as connection:
                note = (login, "session.refused", self.name, address)
                await connection.execute(SQL["note_audit"], *note)
            raise
        log.info("session.began", user=session.actor.login, role=session.actor.role, by=self.name)
        return session, identity.token

    async def _let_in(self, identity: Identity, address: str) -> Session:
        role = next((r for group, r in self.roles.items() if group in identity.groups), None)
        if role is None:
            raise OidcRefused("they are in no group that has a role here")
        async with self.sign_in.store.connection() as connection, connection.transaction():
            user = await self._user(connection, identity, role, address)
            if user["disabled_at"] is not None:
                raise OidcRefused("the account is disabled")
            if user["totp"]:
                raise OidcRefused(
                    "the account has a second factor of ours, which is not asked here"
                )
            if user["role"] != role:
                await connection.execute(SQL["change_role"], user["id"], role)
                note = (user["login"], "user.role_changed", f"{user['role']} > {role}", address)
                await connection.execute(SQL["note_audit"], *note)
            await connection.execute(SQL["see_identity"], identity.issuer, identity.subject)
            return await self.sign_in.begin(connection, dict(user) | {"role": role}, address)

    async def _user(
        self, connection: Connection, identity: Identity, role: Role, address: str
    ) -> Mapping[str, Any]:
        """Their account, made at the first time. Another's with the same login stays another's."""
        known = (identity.issuer, identity.subject)
        found: Mapping[str, Any] | None = await connection.fetchrow(SQL["user_by_identity"], *known)
        if found is not None:
            return found
        try:
            new = NewUser(login=identity.login, name=identity.name or identity.login, role=role)
        except ValueError as error:
            raise OidcRefused(str(error)) from None
        given = (new.login, new.name, new.role)
        if await connection.fetchval(SQL["add_identity"], *known, *given) is not None:
            note = (new.login, "user.added", new.login, address)
            await connection.execute(SQL["note_audit"], *note)
        # Somebody may have come in by two windows at once.
        found = await connection.fetchrow(SQL["user_by_identity"], *known)
        if found is None:
            raise OidcRefused(f"the login {new.login} is another account's")
        return found
