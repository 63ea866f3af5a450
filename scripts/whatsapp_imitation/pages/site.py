"""The pages: traders, the chat of each, and the faults. For this machine alone."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.phones import normalise
from scripts.whatsapp_imitation.faults import Faults
from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.pages.words import LANGUAGES, word
from scripts.whatsapp_imitation.traders import Trader

FOLDER = Path(__file__).parent
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that a trader sends; WhatsApp's own limits are by kind."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
HOSTS = ("127.0.0.1", "localhost", "::1")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No foreign name and no foreign page reaches it."""
    if request.url.host not in HOSTS:
        raise web.HTTPForbidden
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin not in (None, str(request.url.origin())):
        raise web.HTTPForbidden
    response = await handler(request)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


class Site:
    def __init__(self, imitation: Imitation) -> None:
        self._of = imitation
        loader = FileSystemLoader(FOLDER)
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    def routes(self) -> list[web.RouteDef]:
        chat = r"/chat/{phone:\d+}"
        return [
            web.get("/", self._traders),
            web.post("/traders", self._add),
            web.get(chat, self._chat),
            web.get(chat + "/log", self._log),
            web.get(chat + "/events", self._events),
            web.post(chat + "/says", self._says),
            web.post(chat + "/presses", self._presses),
            web.post(chat + "/file", self._file),
            web.post(chat + "/phone", self._phone),
            web.post(chat + "/read", self._read),
            web.get("/faults", self._faults),
            web.post("/faults", self._set_faults),
            web.get("/language/{language}", self._language),
            *(web.get(f"/{name}", partial(_file, name)) for name in ("chat.css", "chat.js")),
        ]

    async def _traders(self, request: web.Request) -> web.Response:
        return self._show(request, "traders.html", refused="refused" in request.query)

    async def _add(self, request: web.Request) -> web.Response:
        form = await request.post()
        phone = normalise(str(form.get("phone", "")))
        if phone is None:
            raise web.HTTPSeeOther("/?refused=1")
        trader = self._of.trader(phone, str(form.get("name", "")).strip()[:60])
        raise web.HTTPSeeOther(f"/chat/{trader.phone}")

    async def _chat(self, request: web.Request) -> web.Response:
        trader = self._trader(request)
        await self._of.reads(trader)
        return self._show(request, "chat.html", trader=trader)

    async def _log(self, request: web.Request) -> web.Response:
        trader = self._trader(request)
        await self._of.reads(trader)
        return self._show(request, "log.html", trader=trader)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """One line whenever there is something new to see."""
        trader = self._trader(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **HEADERS})
        await response.prepare(request)
        seen = _state(trader)
        while True:
            await response.write(f"data: {json.dumps(seen)}\n\n".encode())
            await self._of.until(lambda: _state(trader) != seen)  # noqa: B023
            seen = _state(trader)

    async def _says(self, request: web.Request) -> web.Response:
        form = await request.post()
        text = str(form.get("text", "")).replace("\r\n", "\n")[:4096]
        if text.strip():
            await self._of.says(self._trader(request), text)
        return _back(request)

    async def _presses(self, request: web.Request) -> web.Response:
        form = await request.post()
        trader = self._trader(request)
        bubble = trader.bubble(str(form.get("wamid", "")))
        for button in bubble.buttons if bubble else ():
            if bubble and button.id == form.get("button"):
                await self._of.presses(trader, bubble, button)
        return _back(request)

    async def _file(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = form.get("file")
        if isinstance(given, web.FileField) and given.filename:
            content = given.file.read()
            caption = str(form.get("caption", ""))[:1024]
            trader = self._trader(request)
            await self._of.sends_file(trader, content, given.content_type, given.filename, caption)
        return _back(request)

    async def _phone(self, request: web.Request) -> web.Response:
        form = await request.post()
        await self._of.switches_on(self._trader(request), form.get("here") == "on")
        return _back(request)

    async def _read(self, request: web.Request) -> web.Response:
        await self._of.reads(self._trader(request))
        return _back(request)

    async def _faults(self, request: web.Request) -> web.Response:
        names = [(one.name, one.type) for one in fields(Faults)]
        kinds = [(name, "check" if kind is bool else "text") for name, kind in names]
        return self._show(request, "faults.html", kinds=kinds)

    async def _set_faults(self, request: web.Request) -> web.Response:
        form = await request.post()
        held = self._of.faults.hold
        try:
            for one in fields(Faults):
                self._of.faults.set(one.name, str(form.get(one.name, "")))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        if held and not self._of.faults.hold:
            await self._of.release()
        raise web.HTTPSeeOther("/faults")

    async def _language(self, request: web.Request) -> web.Response:
        language = request.match_info["language"]
        if language not in LANGUAGES:
            raise web.HTTPNotFound
        response = web.HTTPSeeOther("/")
        response.set_cookie("language", language, httponly=True, samesite="Strict")
        raise response

    def _trader(self, request: web.Request) -> Trader:
        trader = self._of.traders.get(request.match_info["phone"])
        if trader is None:
            raise web.HTTPNotFound
        return trader

    def _show(self, request: web.Request, name: str, **values: Any) -> web.Response:
        language = request.cookies.get("language", "")
        language = language if language in LANGUAGES else LANGUAGES[0]
        answers = self._of.hooks.answers
        text = self._templates.get_template(name).render(
            t=partial(word, language),
            lang=language,
            of=self._of,
            taken=not answers or answers[-1] == 200,
            other=next(one for one in LANGUAGES if one != language),
            **values,
        )
        return web.Response(text=text, content_type="text/html")


def _state(trader: Trader) -> list[str]:
    return [f"{one.wamid} {one.status}" for one in trader.chat[-50:]]


def _back(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(f"/chat/{request.match_info['phone']}")


async def _file(name: str, _: web.Request) -> web.StreamResponse:
    return web.FileResponse(FOLDER / name)
