"""A PBX with one agent who telephones in the browser, and a page that lends them their key.

No service and no database: what is tested is the page against the PBX.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.agent_secrets import REALM, digest, new_secret
from config.queues import load_queues
from config.settings import CHECKOUT, load_settings
from ivr.ports_queue import Agent
from ivr.provisioning import publish
from scripts.embedded import privileges
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options

AGENT, OTHER = "6006", "6001"
NUMBER = "1500587"
QUEUED, DIRECT = "7001", "7002"
"""What a caller dials to reach the agent: through the queue, and at once."""
PATIENCE = 15.0
WEB = CHECKOUT / "tickets/web"
DIALPLAN = f"""
[saluran-in](+)
exten => {QUEUED},1,Answer()
 same => n,Queue(umum)
exten => {DIRECT},1,Dial(PJSIP/{AGENT},30)
"""
PAGE = """<!doctype html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8"><title>Saluran</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="a-token-of-the-session">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/vendor/pico.css">
<link rel="stylesheet" href="/static/phone/phone.css">
</head>
<body><main class="container">
{% if caller %}{% include "web_caller.html" %}{% else %}{% include "softphone.html" %}{% endif %}
</main>
<script type="module" src="/static/phone/{{ 'caller' if caller else 'softphone' }}.js"></script>
</body></html>
"""


@dataclass
class Desk:
    """The installation that a page belongs to."""

    installation: Installation
    address: str = ""
    """Where the page is."""
    web_socket: str = ""
    """Which one the page is told."""
    refused: bool = False
    """The server lends no key."""

    async def lends(self) -> dict[str, str]:
        """A new key for the agent's phone."""
        raise NotImplementedError


class PhonePbx(Desk):
    """The PBX alone, and what an operator sees of it."""

    async def says(self, command: str) -> str:
        return await asyncio.to_thread(self.installation.console, command)

    async def until(self, command: str, wanted: str, *, there: bool = True) -> str:
        """What the console says once `wanted` (an expression) is in it, or no more."""
        said = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    said = await self.says(command)
                    if bool(re.search(wanted, said)) is there:
                        return said
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(
                f"{command}: {wanted} (there: {there}) is not so: {said}"
            ) from None

    async def idle(self) -> None:
        """No call is left."""
        await self.until("core show channels count", r"^0 active channels")

    async def lends(self) -> dict[str, str]:
        """A new key for the agent's phone, known to the PBX before it is told."""
        secret = new_secret()
        self.publish(digest(AGENT, secret))
        await self.says("module reload res_pjsip.so")
        return {
            "extension": AGENT,
            "realm": REALM,
            "ha1": digest(AGENT, secret),
            "until": (datetime.now(UTC) + timedelta(hours=12)).isoformat(),
            "web_socket": self.web_socket,
        }

    def publish(self, ha1: str) -> None:
        settings = load_settings(self.installation.state.folder)
        agents = [
            Agent(AGENT, "Maya", ("id",), {"umum": 0}, False, ha1, "browser"),
            Agent(OTHER, "Sari", ("id",), {"umum": 0}, False, digest(OTHER, "of-tests")),
        ]
        publish(settings, load_queues(settings.files.queues), agents)
        state = self.installation.state.folder
        if privileges.entry(state):
            privileges.give(settings.files.pbx_config, privileges.owner(state))


@contextmanager
def running(folder: Path) -> Iterator[PhonePbx]:
    """Start it on free ports; stop it at the end."""
    with Installation(folder, Options(web_caller=True)) as installation:
        installation.prepare()
        pbx = PhonePbx(installation, web_socket=installation.endpoints["web"]["wss"])
        pbx.publish(digest(AGENT, new_secret()))
        (installation.state.asterisk / "etc").mkdir(parents=True, exist_ok=True)
        more = installation.state.asterisk / "etc/extensions_more.conf"
        more.write_text(DIALPLAN, encoding="utf-8")
        installation.start_asterisk()
        yield pbx


@asynccontextmanager
async def page_of(pbx: Desk) -> AsyncIterator[None]:
    """Serve the page as the desk does: the same fragment and files, the same strict policy."""
    templates = Environment(
        loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined
    )
    socket = pbx.installation.endpoints["web"]["ws"]

    async def page(request: web.Request) -> web.Response:
        text = await asyncio.to_thread(
            templates.from_string(PAGE).render,
            lang=request.query.get("lang", "id"),
            caller="caller" in request.query,
            phone_key_url="/phone/key",
            transfer_targets=[{"value": "produsen", "label": "Produsen"}],
            caller_only=False,
            web_socket=socket,
            number=NUMBER,
        )
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
            f"connect-src 'self' {pbx.web_socket} {socket}; base-uri 'none'; form-action 'none'"
        )
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def key(request: web.Request) -> web.Response:
        if pbx.refused or request.headers.get("X-CSRF-Token") != "a-token-of-the-session":
            return web.json_response({}, status=403)
        return web.json_response(await pbx.lends())

    app = web.Application()
    app.add_routes(
        [
            web.get("/", page),
            web.post("/phone/key", key),
            web.static("/static", WEB / "static"),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pbx.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield
    finally:
        await runner.cleanup()
