"""Writing to a ticket's person by WhatsApp, from its page."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from tickets.web.api.whatsapp_replies import Reply, Template
from tickets.web.notices import Notice
from tickets.web.pages.page import Pages, Visit
from tickets.web.routes import NUMBER

pages = Pages("whatsapp_reply")

HERE = "/tickets/{number}"


class Once(BaseModel):
    """The form's own id: pressed twice, it is sent once."""

    once: UUID | None = None


@pages.post(f"/tickets/{NUMBER}/whatsapp", back=HERE)
async def reply(visit: Visit) -> web.StreamResponse:
    """Free text, within their 24 hours."""
    text = visit.fits(Reply).text
    once = visit.fits(Once).once
    await visit.desk.whatsapp_replies.reply(visit.actor, visit.number, text, once)
    return visit.go(f"/tickets/{visit.number}", Notice("whatsapp_reply.queued"))


@pages.post(f"/tickets/{NUMBER}/whatsapp/template", back=HERE)
async def send_template(visit: Visit) -> web.StreamResponse:
    """One of the approved texts."""
    name = visit.fits(Template).template
    once = visit.fits(Once).once
    await visit.desk.whatsapp_replies.send(visit.actor, visit.number, name, once)
    return visit.go(f"/tickets/{visit.number}", Notice("whatsapp_reply.queued"))
