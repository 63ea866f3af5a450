"""Write the history into a database in which nobody has called yet."""

import asyncio
import sys
from pathlib import Path

from config.calendar import Calendar
from config.settings import Settings, load_settings
from scripts.embedded.history.days import History
from scripts.embedded.history.producers import MadeUpProducers
from scripts.embedded.history.work import Work
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.passwords import Passwords
from tickets.rights import Actor
from tickets.store import Store
from tickets.users import Users
from tickets.views import Views


async def write(settings: Settings) -> None:
    """Nothing where there is a call already: an installation's own story is not mixed up."""
    # Thousands of small transactions: the last of them may be lost if the machine stops just then.
    quick = {"synchronous_commit": "off"}
    store = Store(settings.database_url().get_secret_value(), connections=6, settings=quick)
    try:
        if not await Views(store).calls(None, 1):
            await _write(settings, store)
    finally:
        await store.close()


async def _write(settings: Settings, store: Store) -> None:
    now = settings.clock.now()
    calendar = Calendar.load(settings.files.calendar)
    deadlines = Deadlines(
        calendar,
        settings.deadlines.first_response,
        {str(name): days for name, days in settings.deadlines.categories.items()},
    )
    # Nobody was told a number with a PIN, so none is hashed with this key.
    desk = PostgresDesk(store, deadlines, b"")
    await History(store, desk, calendar, now).write()
    actors = await _actors(store)
    await MadeUpProducers(store, actors, now).write()
    await Work(store, calendar, actors, now).write()


async def _actors(store: Store) -> list[Actor]:
    passwords = Passwords()
    try:
        users = await Users(store, passwords, "demo").all()
    finally:
        passwords.close()
    return [
        Actor(
            user=user.id,
            login=user.login,
            name=user.name,
            role=user.role,
            extension=user.extension,
        )
        for user in users
    ]


if __name__ == "__main__":
    asyncio.run(write(load_settings(Path(sys.argv[1]))))
