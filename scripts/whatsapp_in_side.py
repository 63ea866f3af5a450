"""What comes in by WhatsApp, as the settings have it: the door it comes by, and who works it."""

from collections.abc import Callable
from dataclasses import dataclass

from config.calendar import Calendar
from config.settings import Settings
from config.whatsapp_intake import load_intake
from scripts.desk_files import KeptFile
from scripts.recording_store import recordings
from tickets.deadlines import Deadlines
from tickets.store import Store
from tickets.web.whatsapp_door import Door
from tickets.whatsapp.graph_media import GraphMedia
from tickets.whatsapp.inbox import Inbox
from tickets.whatsapp.media import MediaRoom
from tickets.whatsapp.work import Workshop
from tickets.whatsapp.worker import Worker

CONNECTIONS = 6
"""Of its own: a burst of messages takes none from the pages."""


@dataclass(frozen=True, slots=True)
class Incoming:
    door: Door
    worker: Worker
    store: Store
    """To be closed at the end."""


def make_incoming(
    settings: Settings, deadlines: Deadlines, calendar: Callable[[], Calendar]
) -> Incoming | None:
    """None while WhatsApp is off. Raises `ConfigError`."""
    wanted = settings.whatsapp
    if not wanted.enabled or wanted.phone_number_id is None:
        return None
    clock = settings.clock.now
    store = Store(settings.database_url().get_secret_value(), CONNECTIONS)
    inbox = Inbox(store, wanted.phone_number_id, clock)
    source = GraphMedia(
        f"{wanted.api}/{wanted.version}", settings.whatsapp_token().get_secret_value()
    )
    worker = Worker(
        inbox,
        Workshop(store, deadlines, clock, calendar, KeptFile(wanted.intake, load_intake).now),
        MediaRoom(store, source, recordings(settings), clock),
    )
    door = Door(
        app_secret=settings.whatsapp_app_secret().get_secret_value().encode(),
        verify_token=settings.whatsapp_verify_token().get_secret_value(),
        keep=inbox.keep,
        came=worker.wake,
    )
    return Incoming(door, worker, store)
