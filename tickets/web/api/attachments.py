"""Files on tickets."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tickets.cases.tickets import Ticket
from tickets.web.ranges import disposition, ranged
from tickets.web.routes import ID, NUMBER, Ask, Routes
from tickets.web.uploads import BYTES

routes = Routes("attachments")


class AttachmentQuery(BaseModel):
    """How the file is called."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field("berkas")
    """Its ending becomes that of its content."""


@routes.post(f"/tickets/{NUMBER}/attachments")
async def attach_file(ask: Ask[AttachmentQuery, bytes]) -> Ticket:
    """Put a file on a ticket: PDF, pictures, sound, film, Word, Excel or text, at most 10 MiB.

    What a file is, its content says; anything else is 422.
    """
    return await ask.desk.attachments.add(
        ask.actor, ask.number, ask.query.name, ask.body, ask.new_id
    )


@routes.file(f"/attachments/{ID}", BYTES)
async def open_attachment(ask: Ask[None, None]) -> web.StreamResponse:
    """Save a file, or the `Range` of it that is asked for; the look is noted."""
    found, content = await ask.desk.attachments.open(ask.actor, ask.id)
    # Never shown by a browser, whatever it is: as bytes, to be saved.
    more = {"Content-Disposition": disposition(found.name), "Content-Security-Policy": "sandbox"}
    return ranged(ask.request, content, BYTES, **more)
