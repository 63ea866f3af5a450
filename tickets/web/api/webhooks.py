"""Webhooks: programs of others that are told what happens (docs/webhooks.md)."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from tickets.cases.webhooks import Delivery, DeliveryState, Kind, NewWebhook, Webhook
from tickets.errors import Unacceptable
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, Moment, Words

routes = Routes("webhooks")

_PLACE: TypeAdapter[tuple[int]] = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**63)]])
Address = Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{1,500}$")]


class WebhookIn(Body):
    name: Words
    url: Address
    """At a site that the settings name (`webhooks.origins`)."""
    kinds: frozenset[Kind] = Field(min_length=1)
    scopes: frozenset[Right] = Field(min_length=1)
    """It is told what somebody with these rights alone would see; `confidential`, `anonymous` and
    `phones` are given by those who have them."""


class ReplayIn(Body):
    """One event, or all of a window."""

    event: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None


class Queued(BaseModel):
    queued: int
    """So many events."""


class DeliveryQuery(PageQuery):
    state: DeliveryState | None = None


@routes.get("/webhooks")
async def list_webhooks(ask: Ask[None, None]) -> list[Webhook]:
    """Every webhook, the oldest first."""
    return await ask.desk.webhooks.all(ask.actor)


@routes.post("/webhooks", replayed=False)
async def add_webhook(ask: Ask[None, WebhookIn]) -> NewWebhook:
    """Tell a program what happens from now on; the secret that signs it is told this once."""
    given = ask.body
    return await ask.desk.webhooks.add(ask.actor, given.name, given.url, given.kinds, given.scopes)


@routes.get(f"/webhooks/{ID}")
async def read_webhook(ask: Ask[None, None]) -> Webhook:
    """Where it leads, and whether it takes what it is told."""
    return await ask.desk.webhooks.read(ask.actor, ask.id)


@routes.delete(f"/webhooks/{ID}")
async def remove_webhook(ask: Ask[None, None]) -> None:
    """Tell it nothing more."""
    await ask.desk.webhooks.remove(ask.actor, ask.id)


@routes.post(f"/webhooks/{ID}/disable", status=200)
async def disable_webhook(ask: Ask[None, None]) -> Webhook:
    """Tell it nothing until it is resumed."""
    return await ask.desk.webhooks.disable(ask.actor, ask.id)


@routes.post(f"/webhooks/{ID}/resume", status=200)
async def resume_webhook(ask: Ask[None, None]) -> Webhook:
    """Tell it again, with all that happened while it was disabled."""
    return await ask.desk.webhooks.resume(ask.actor, ask.id)


@routes.get(f"/webhooks/{ID}/deliveries")
async def list_deliveries(ask: Ask[DeliveryQuery, None]) -> Page[Delivery]:
    """What it was told and has still to be told, the newest first."""
    query = ask.query
    place = keyset.place(query.after, _PLACE)
    found = await ask.desk.webhooks.deliveries(
        ask.actor, ask.id, query.state, place and place[0], query.limit
    )
    following = keyset.written((found[-1].seq,)) if len(found) == query.limit else None
    return Page[Delivery](items=found, next=following)


@routes.post(f"/webhooks/{ID}/replays")
async def replay(ask: Ask[None, ReplayIn]) -> Queued:
    """Tell it again: one event by its id, or all from `since` until before `until`."""
    given, webhooks = ask.body, ask.desk.webhooks
    if given.event is not None and given.since is None and given.until is None:
        return Queued(queued=await webhooks.replay_event(ask.actor, ask.id, given.event))
    if given.event is None and given.since is not None and given.until is not None:
        window = (given.since, given.until)
        return Queued(queued=await webhooks.replay_window(ask.actor, ask.id, *window))
    raise Unacceptable("give either `event`, or `since` and `until`", "")
