"""`saluran callbacks`: whom we promised to call, and to move, cancel or finish one by hand."""

from dataclasses import asdict
from datetime import datetime
from getpass import getuser
from typing import Literal
from uuid import UUID

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import NotFound
from scripts.cli.place import Full, Here, Json

app = App(name="callbacks", help="Whom we promised to call, and what became of it.")

COLUMNS = ("id", "number", "category", "phone", "state", "reason", "due", "since", "tries")


@app.command(name="list")
async def list_(
    *,
    place: Here,
    only: Literal["waiting", "claimed", "dialling", "human", "done", "cancelled"] | None = None,
    full: Full = False,
    json: Json = False,
) -> None:
    """List those that live or are a task for a person (`human`), in the order of serving.

    Parameters
    ----------
    only
        Only those in this state.
    """
    from scripts.cli.store import store
    from tickets.by_hand import CallbackBook

    async with store(place.settings()) as opened:
        book = CallbackBook(opened, full)
        lines = await (book.list((only,)) if only else book.list())
    show.listing(map(asdict, lines), COLUMNS, as_json=json)


@app.command
async def move(callback: UUID, due: datetime, *, place: Here) -> None:
    """Call at another time; a task for a person is dialled again then.

    Parameters
    ----------
    callback
        Its id, as `saluran callbacks list` tells it.
    due
        In WIB, such as `2026-11-30T09:30`.
    """
    from config.calendar import WIB

    moment = due.replace(tzinfo=due.tzinfo or WIB)
    await _change(place, "move", callback, moment)
    show.said(f"The call is due at {moment.astimezone(WIB):%Y-%m-%d %H:%M} WIB.")


@app.command
async def cancel(callback: UUID, *, place: Here) -> None:
    """Nobody calls any more.

    Parameters
    ----------
    callback
        Its id, as `saluran callbacks list` tells it.
    """
    await _change(place, "cancel", callback)
    show.said("The callback is cancelled.")


@app.command
async def done(callback: UUID, *, place: Here) -> None:
    """A person has spoken with them.

    Parameters
    ----------
    callback
        Its id, as `saluran callbacks list` tells it.
    """
    await _change(place, "finish", callback)
    show.said("The callback is done.")


async def _change(place: Here, how: str, callback: UUID, *given: datetime) -> None:
    from scripts.cli.store import store
    from tickets.by_hand import CallbackBook, CallbackOver

    settings = place.settings()
    async with store(settings) as opened:
        change = getattr(CallbackBook(opened), how)
        try:
            await change(callback, *given, getuser(), settings.clock.now())
        except CallbackOver as over:
            raise NotFound(str(over)) from None
