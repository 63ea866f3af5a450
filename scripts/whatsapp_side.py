"""WhatsApp as the settings have it: off, or on with what sends and tells."""

from datetime import timedelta

from config.settings import Settings
from config.whatsapp_templates import load_templates
from tickets.store import Store
from tickets.whatsapp import sending
from tickets.whatsapp.cloud import Cloud
from tickets.whatsapp.notices import Notices
from tickets.whatsapp.sender import Limits, Sender


def switch(settings: Settings) -> None:
    """What is queued from now on goes out, if the settings say so. Raises `ConfigError`.

    Each process says it that may queue something: the desk and the service.
    """
    if not settings.whatsapp.enabled:
        sending.switch(None)
        return
    templates = load_templates(settings.whatsapp.templates)
    sending.switch(sending.Channel(templates, settings.clock.now))


def make_workers(settings: Settings, store: Store) -> list[Sender | Notices]:
    """Who sends what is queued, and queues what is due; nobody while it is off. Raises
    `ConfigError`."""
    wanted = settings.whatsapp
    if not wanted.enabled:
        return []
    limits = Limits(
        per_second=wanted.per_second,
        pair=timedelta(seconds=wanted.pair_seconds),
        pair_burst=wanted.pair_burst,
        answer=wanted.seconds,
        give_up=timedelta(hours=wanted.give_up_hours),
    )
    address = f"{wanted.api}/{wanted.version}/{wanted.phone_number_id}"
    cloud = Cloud(address, settings.whatsapp_token().get_secret_value())
    templates = load_templates(wanted.templates)
    clock = settings.clock.now
    return [Sender(store, cloud, templates, clock, limits), Notices(store, clock)]
