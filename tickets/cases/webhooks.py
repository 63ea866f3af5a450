"""Webhooks: whom the desk tells what happens, and what each was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from tickets.errors import TicketError, Unacceptable
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, NotAllowed, Right
from tickets.store import Store
from tickets.webhook_told import NEEDS, SENSITIVE
from tickets.webhook_wire import Secrets, leads_to

Kind = Literal["ticket", "callback", "call"]
DeliveryState = Literal["due", "delivered", "failed"]
MOST = 50
"""Each costs every change a row."""
_PLAIN = frozenset(NEEDS.values())


class WebhookUnknown(TicketError):
    """There is no such webhook, or no such event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A program that is told what happens."""

    id: UUID
    name: str
    url: str
    kinds: list[Kind]
    scopes: list[Right]
    """It is told what somebody with these rights alone would see."""
    made_by: str
    created_at: datetime
    disabled_at: datetime | None
    """Since when it is told nothing: it failed for too long, or says that it is gone."""
    disabled_why: str
    failing_since: datetime | None
    waiting: int
    """Events that it has still to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook(Webhook):
    """A webhook that was just made; its secret is told this once."""

    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event and how its telling went."""

    event: UUID
    seq: int
    kind: str
    at: datetime
    state: DeliveryState
    attempts: int
    status: int | None
    """HTTP's, of the last attempt; None when there was no answer."""
    problem: str
    settled_at: datetime | None
    due_at: datetime | None
    """When it is tried next."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    secrets: Secrets
    origins: frozenset[str]
    """Sites that may be told anything at all."""

    async def all(self, actor: Actor) -> list[Webhook]:
        """The oldest first."""
        actor.need(Right.WEBHOOKS)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["webhooks"], None)
        return [Webhook(**_values(row)) for row in rows]

    async def read(self, actor: Actor, webhook: UUID) -> Webhook:
        """Raises WebhookUnknown."""
        actor.need(Right.WEBHOOKS)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["webhooks"], webhook)
        if row is None:
            raise _unknown(webhook)
        return Webhook(**_values(row))

    async def add(
        self, actor: Actor, name: str, url: str, kinds: frozenset[Kind], scopes: frozenset[Right]
    ) -> NewWebhook:
        """Tell it all that happens from now on. Raises Unacceptable."""
        actor.need(Right.WEBHOOKS)
        _check_scopes(actor, kinds, scopes)
        if not leads_to(url, self.origins):
            sites = ", ".join(sorted(self.origins)) or "none yet"
            raise Unacceptable(f"it leads to no site of `webhooks.origins` ({sites})", "/url")
        webhook, (secret, kept) = uuid4(), self.secrets.new()
        async with self.store.connection() as connection, connection.transaction():
            if len(await connection.fetch(SQL["webhooks"], None)) >= MOST:
                raise Unacceptable(f"there are {MOST} already: remove one first")
            given = (webhook, name, url, sorted(kinds), sorted(scopes), kept, actor.login)
            await connection.execute(SQL["add_webhook"], *given)
            await note_look(connection, actor, "webhook.added", name)
        made = await self.read(actor, webhook)
        return NewWebhook(
            **{field: getattr(made, field) for field in Webhook.__slots__}, secret=secret
        )

    async def remove(self, actor: Actor, webhook: UUID) -> None:
        """It is told nothing more, not even what waits. Raises WebhookUnknown."""
        await self._change(actor, webhook, "remove_webhook", "webhook.removed")

    async def disable(self, actor: Actor, webhook: UUID) -> Webhook:
        """Tell it nothing until it is resumed; what happens meanwhile waits. Raises
        WebhookUnknown."""
        await self._change(actor, webhook, "pause_webhook", "webhook.disabled")
        return await self.read(actor, webhook)

    async def resume(self, actor: Actor, webhook: UUID) -> Webhook:
        """Try it again now, with all that it missed. Raises WebhookUnknown."""
        await self._change(actor, webhook, "resume_webhook", "webhook.resumed")
        return await self.read(actor, webhook)

    async def replay_event(self, actor: Actor, webhook: UUID, event: UUID) -> int:
        """Tell it an event again. Raises WebhookUnknown."""
        queued = await self._replay(actor, webhook, event, None, None)
        if not queued:
            raise WebhookUnknown(f"there is no event {event} of its kinds")
        return queued

    async def replay_window(
        self, actor: Actor, webhook: UUID, begin: datetime, end: datetime
    ) -> int:
        """Tell it again what happened then; how many events those are. Raises WebhookUnknown,
        Unacceptable."""
        if not begin < end:
            raise Unacceptable("a window ends after it begins", "/until")
        return await self._replay(actor, webhook, None, begin, end)

    async def deliveries(
        self,
        actor: Actor,
        webhook: UUID,
        state: DeliveryState | None,
        before: int | None,
        limit: int,
    ) -> list[Delivery]:
        """The newest first. Raises WebhookUnknown."""
        await self.read(actor, webhook)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["webhook_deliveries"], webhook, state, before, limit)
        return [Delivery(**row) for row in rows]

    async def _replay(
        self,
        actor: Actor,
        webhook: UUID,
        event: UUID | None,
        begin: datetime | None,
        end: datetime | None,
    ) -> int:
        known = await self.read(actor, webhook)
        async with self.store.connection() as connection, connection.transaction():
            given = (webhook, event, begin, end)
            queued: int = await connection.fetchval(SQL["replay_to_webhook"], *given)
            await note_look(connection, actor, "webhook.replayed", known.name)
        return queued

    async def _change(self, actor: Actor, webhook: UUID, name: str, did: str) -> None:
        known = await self.read(actor, webhook)
        async with self.store.connection() as connection, connection.transaction():
            if await connection.fetchval(SQL[name], webhook) is None:
                raise _unknown(webhook)
            await note_look(connection, actor, did, known.name)


def _check_scopes(actor: Actor, kinds: frozenset[Kind], scopes: frozenset[Right]) -> None:
    """Nobody lets others see what they may not see themselves; that something happened, without
    whom it is about, every keeper of webhooks may have told."""
    for kind in sorted(kinds):
        if NEEDS[kind] not in scopes:
            raise Unacceptable(f"to be told of a {kind} needs the right `{NEEDS[kind]}`", "/scopes")
    if useless := scopes - _PLAIN - SENSITIVE:
        raise Unacceptable(f"`{min(useless)}` is no right to be told anything", "/scopes")
    for right in sorted(scopes & SENSITIVE):
        if not actor.may(right):
            raise NotAllowed(f"you have no right `{right}` to give")


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {"scopes": [Right(scope) for scope in row["scopes"]]}


def _unknown(webhook: UUID) -> WebhookUnknown:
    return WebhookUnknown(f"there is no webhook {webhook}")
