"""What was written by WhatsApp."""

from tickets.cases.whatsapp_thread import Message
from tickets.web.routes import ID, NUMBER, Ask, Routes

routes = Routes("whatsapp")


@routes.get(f"/tickets/{NUMBER}/messages")
async def read_messages(ask: Ask[None, None]) -> list[Message]:
    """A ticket's messages, in the order in which they were written; the newest 500."""
    return await ask.desk.whatsapp_threads.of_ticket(ask.actor, ask.number)


@routes.get(f"/people/{ID}/messages")
async def read_messages_of_person(ask: Ask[None, None]) -> list[Message]:
    """All that a person and we wrote to each other, without what the reader may not see."""
    return await ask.desk.whatsapp_threads.of_person(ask.actor, ask.id)
