"""Recordings: heard in parts, seen as a waveform, lent to a player."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from tickets.cases.recordings import Waveform
from tickets.web.desk import DESK
from tickets.web.guard import ADDRESS
from tickets.web.ranges import ranged
from tickets.web.routes import ID, PREFIX, Ask, Routes

routes = Routes("recordings")

LINK = r"{link:[A-Za-z0-9_-]{60,140}}"
KIND = "audio/wav"


class RecordingLink(BaseModel):
    """Whoever has it hears the recording, as whoever asked for it, until it ends."""

    url: str
    ends_at: datetime


@routes.file(f"/recordings/{ID}/audio", KIND)
async def hear_recording(ask: Ask[None, None]) -> web.StreamResponse:
    """Hear a recording, or the `Range` of it that is asked for; the look is noted."""
    return ranged(ask.request, await ask.desk.recordings.hear(ask.actor, ask.id), KIND)


@routes.get(f"/recordings/{ID}/waveform")
async def draw_recording(ask: Ask[None, None]) -> Waveform:
    """How loud a recording is, from its beginning to its end; the look is noted."""
    return await ask.desk.recordings.waveform(ask.actor, ask.id)


@routes.post(f"/recordings/{ID}/links", replayed=False)
async def lend_recording(ask: Ask[None, None]) -> RecordingLink:
    """A link for a player, which has no token; it ends after five minutes, and is noted."""
    link = await ask.desk.recordings.lend(ask.actor, ask.id)
    return RecordingLink(url=f"{PREFIX}/lent/{link.text}", ends_at=link.ends_at)


async def hear_lent(request: web.Request) -> web.Response:
    """By a link alone, whoever asks."""
    recordings = request.app[DESK].recordings
    actor, recording = await recordings.borrowed(request.match_info["link"], request[ADDRESS])
    return ranged(request, await recordings.hear(actor, recording), KIND)


def add_to(app: web.Application) -> None:
    """What is asked for without a session and is no route of a right."""
    app.router.add_get(f"{PREFIX}/lent/{LINK}", hear_lent, allow_head=False)


def address_of(recording: UUID) -> str:
    """For pages: where its links are asked for."""
    return f"{PREFIX}/recordings/{recording}"
