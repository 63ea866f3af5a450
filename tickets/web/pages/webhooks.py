"""Webhooks on pages: which programs are told what happens, and how the telling goes."""

from typing import Any
from uuid import UUID

from aiohttp import web

from tickets.cases.webhooks import NewWebhook
from tickets.rights import Right
from tickets.web.api.webhooks import WebhookIn
from tickets.web.notices import Notice
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import Problem
from tickets.web.routes import ID
from tickets.web.shown_times import from_input
from tickets.web.texts import Body
from tickets.webhook_told import NEEDS, SENSITIVE

pages = Pages("webhooks", nav=Nav("nav.webhooks", "/webhooks", (Right.WEBHOOKS,), key="x"))

HERE = "/webhooks/{id}"
LAST = 50


class _Event(Body):
    event: UUID


@pages.get("/webhooks")
async def list_webhooks(visit: Visit) -> web.StreamResponse:
    """The oldest first."""
    return await _list(visit)


@pages.post("/webhooks", back="/webhooks")
async def add_webhook(visit: Visit) -> web.StreamResponse:
    """Its secret is shown this once."""
    kinds = visit.form.all("kinds")
    # To be told of something includes the right to read it.
    scopes = {NEEDS[kind] for kind in kinds if kind in NEEDS} | set(visit.form.all("scopes"))
    given = visit.fits(WebhookIn, kinds=kinds, scopes=sorted(scopes))
    made = await visit.desk.webhooks.add(
        visit.actor, given.name, given.url, given.kinds, given.scopes
    )
    return await _list(visit, made)


@pages.get(f"/webhooks/{ID}")
async def show_webhook(visit: Visit) -> web.StreamResponse:
    """With what it was told last."""
    webhooks = visit.desk.webhooks
    return visit.show(
        "webhook.html",
        webhook=await webhooks.read(visit.actor, visit.id),
        deliveries=await webhooks.deliveries(visit.actor, visit.id, None, None, LAST),
        last=LAST,
        staff=await visit.desk.names.staff(visit.actor),
    )


@pages.post(f"/webhooks/{ID}/disable", back=HERE)
async def disable_webhook(visit: Visit) -> web.StreamResponse:
    """Until it is resumed."""
    await visit.desk.webhooks.disable(visit.actor, visit.id)
    return _done(visit, "disabled")


@pages.post(f"/webhooks/{ID}/resume", back=HERE)
async def resume_webhook(visit: Visit) -> web.StreamResponse:
    """With all that it missed."""
    await visit.desk.webhooks.resume(visit.actor, visit.id)
    return _done(visit, "resumed")


@pages.post(f"/webhooks/{ID}/remove", back=HERE)
async def remove_webhook(visit: Visit) -> web.StreamResponse:
    """For good."""
    await visit.desk.webhooks.remove(visit.actor, visit.id)
    return visit.go("/webhooks", Notice("webhooks.removed"))


@pages.post(f"/webhooks/{ID}/replay", back=HERE)
async def replay(visit: Visit) -> web.StreamResponse:
    """One event, or all that happened in a window."""
    if visit.form.one("event"):
        event = visit.fits(_Event).event
        queued = await visit.desk.webhooks.replay_event(visit.actor, visit.id, event)
    else:
        window = (_moment(visit, "since"), _moment(visit, "until"))
        queued = await visit.desk.webhooks.replay_window(visit.actor, visit.id, *window)
    return _done(visit, "queued", count=str(queued))


async def _list(visit: Visit, made: NewWebhook | None = None) -> web.Response:
    return visit.show(
        "webhooks.html",
        found=await visit.desk.webhooks.all(visit.actor),
        made=made,
        origins=sorted(visit.desk.webhooks.origins),
        kinds=list(NEEDS),
        sensitive=sorted(right for right in SENSITIVE if visit.actor.may(right)),
    )


def _moment(visit: Visit, name: str) -> Any:
    """Raises Problem."""
    try:
        return from_input(visit.form.one(name))
    except ValueError:
        raise Problem(422, "unacceptable", "no time", [{"pointer": f"#/{name}"}]) from None


def _done(visit: Visit, what: str, **values: str) -> web.Response:
    return visit.go(f"/webhooks/{visit.id}", Notice(f"webhooks.{what}", values=values))
