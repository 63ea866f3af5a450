"""Writing to a ticket's person by WhatsApp."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from tickets.cases.whatsapp_replies import Door
from tickets.web.routes import NUMBER, Ask, Routes
from tickets.whatsapp.sending import LONGEST_TEXT

routes = Routes("whatsapp_replies")


class Reply(BaseModel):
    """An answer within their 24 hours."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]


class Template(BaseModel):
    """One that may be sent at any time to who agreed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    template: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """`ticket_number` or `could_not_reach`."""


@routes.get(f"/tickets/{NUMBER}/whatsapp")
async def whatsapp_door(ask: Ask[None, None]) -> Door:
    """How the ticket's person can be written to now."""
    return await ask.desk.whatsapp_replies.door(ask.actor, ask.number)


@routes.post(f"/tickets/{NUMBER}/whatsapp")
async def reply_by_whatsapp(ask: Ask[None, Reply]) -> Door:
    """Queue an answer; 409 `whatsapp-closed` when free text cannot be sent now."""
    await ask.desk.whatsapp_replies.reply(ask.actor, ask.number, ask.body.text, ask.new_id)
    return await ask.desk.whatsapp_replies.door(ask.actor, ask.number)


@routes.post(f"/tickets/{NUMBER}/whatsapp/templates")
async def send_whatsapp_template(ask: Ask[None, Template]) -> Door:
    """Queue a template; 409 `whatsapp-closed` without consent or a mobile number."""
    await ask.desk.whatsapp_replies.send(ask.actor, ask.number, ask.body.template, ask.new_id)
    return await ask.desk.whatsapp_replies.door(ask.actor, ask.number)
