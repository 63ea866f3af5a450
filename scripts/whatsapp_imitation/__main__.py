"""`python -m scripts.whatsapp_imitation --state DIR --port N`: beside a demo, on loopback."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

from aiohttp import web
from cyclopts import App, Parameter

from config import logs
from config.settings import Settings, load_settings
from config.whatsapp_templates import load_templates
from scripts.whatsapp_imitation.app import make_app
from scripts.whatsapp_imitation.faults import Faults
from scripts.whatsapp_imitation.hooks import Hooks
from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.payloads import Sender

HOST = "127.0.0.1"
SOMEBODY = ("+6281234567890", "Siti")
"""There from the start, so that the first page has somebody to write as."""

app = App(name="whatsapp-imitation", help=__doc__, version_flags=[])


@app.default
def run(*, state: Path, port: Annotated[int, Parameter()]) -> None:
    """Serve until SIGTERM."""
    asyncio.run(serve(load_settings(state), port))


async def serve(settings: Settings, port: int) -> None:
    """With the secrets and numbers that the desk of the same state has."""
    logs.set_up(settings.log.format, settings.log.level)
    imitation = make(settings, port)
    runner = web.AppRunner(make_app(imitation), access_log=None, shutdown_timeout=1)
    await runner.setup()
    stop = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stop.set)
    try:
        await web.TCPSite(runner, HOST, port).start()
        await stop.wait()
    finally:
        await imitation.close()
        await runner.cleanup()


def make(settings: Settings, port: int) -> Imitation:
    """Raises ConfigError."""
    wanted, faults = settings.whatsapp, Faults()
    hooks = Hooks(
        url=f"http://{HOST}:{settings.web.port}/whatsapp/webhook",
        secret=settings.whatsapp_app_secret().get_secret_value(),
        verify_token=settings.whatsapp_verify_token().get_secret_value(),
        faults=faults,
    )
    imitation = Imitation(
        hooks=hooks,
        token=settings.whatsapp_token().get_secret_value(),
        sender=Sender("102290129340398", wanted.phone_number_id or "", wanted.number[1:]),
        templates=load_templates(wanted.templates),
        clock=settings.clock.now,
        faults=faults,
        address=f"http://{HOST}:{port}",
    )
    imitation.trader(*SOMEBODY)
    return imitation


if __name__ == "__main__":
    app()
