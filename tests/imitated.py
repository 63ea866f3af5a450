"""The imitation of WhatsApp, served within a test."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp.test_utils import TestServer

from config.settings_whatsapp import WhatsApp
from config.whatsapp_templates import load_templates
from scripts.whatsapp_imitation.app import make_app
from scripts.whatsapp_imitation.faults import Faults
from scripts.whatsapp_imitation.hooks import Hooks
from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.payloads import Sender
from tickets.whatsapp.cloud import Cloud

APP_SECRET = "the app's secret of the tests"
VERIFY_TOKEN = "the words of the tests"
TOKEN = "a token of the tests"
NUMBER_ID = "106540352242922"
TEMPLATES = load_templates(WhatsApp().templates)


@asynccontextmanager
async def imitating(webhook: str, clock: Callable[[], datetime]) -> AsyncIterator[Imitation]:
    """One that tells its webhooks to this address."""
    faults = Faults()
    hooks = Hooks(webhook, APP_SECRET, VERIFY_TOKEN, faults, first=0.01)
    imitation = Imitation(
        hooks=hooks,
        token=TOKEN,
        sender=Sender("102290129340398", NUMBER_ID, "628111451587"),
        templates=TEMPLATES,
        clock=clock,
        faults=faults,
    )
    server = TestServer(make_app(imitation))
    await server.start_server()
    imitation.address = str(server.make_url("/")).rstrip("/")
    try:
        yield imitation
    finally:
        await imitation.close()
        await server.close()


def cloud(imitation: Imitation) -> Cloud:
    return Cloud(f"{imitation.address}/v24.0/{NUMBER_ID}", TOKEN)
