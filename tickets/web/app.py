"""The web side put together: one application out of the use cases and a list of subjects."""

from collections.abc import Sequence

from aiohttp import web

from tickets.web import serving
from tickets.web.api import SUBJECTS, partners, recordings
from tickets.web.desk import DESK, OPTIONS, Desk, Options
from tickets.web.envelope import envelope, set_headers
from tickets.web.guard import STRANGER_RATES, USER_RATES, guard
from tickets.web.limits import Rates
from tickets.web.openapi import describe
from tickets.web.pages import SUBJECTS as PAGES
from tickets.web.pages.mount import mount
from tickets.web.pages.page import Pages
from tickets.web.routes import PREFIX, Route, Routes

USER_BURST_SECONDS = 5
STRANGER_BURST_SECONDS = 30
HEAD_SECONDS = 75.0
"""So long a connection may be without a whole request, whatever comes in drips; a proxy keeps its
connections for a minute."""
LAST_ANSWERS = 10.0
"""Seconds that requests have to end at the end."""


def routes(subjects: Sequence[Routes] = SUBJECTS) -> list[Route]:
    """Every route of the API."""
    return [route for subject in subjects for route in subject]


def make_runner(app: web.Application, head_seconds: float = HEAD_SECONDS) -> web.AppRunner:
    """What serves it. aiohttp counts a head that never ends as a connection without a request."""
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=LAST_ANSWERS,
        lingering_time=2,
        keepalive_timeout=head_seconds,
    )


def make_app(
    desk: Desk,
    options: Options,
    subjects: Sequence[Routes] = SUBJECTS,
    pages: Sequence[Pages] = PAGES,
) -> web.Application:
    """The desk as an application of aiohttp: the API, and the pages beside it."""
    app = web.Application(middlewares=[envelope, guard], client_max_size=options.largest_body)
    app[DESK] = desk
    app[OPTIONS] = options
    app[USER_RATES] = Rates(options.user_rate, options.user_rate * USER_BURST_SECONDS)
    app[STRANGER_RATES] = Rates(
        options.stranger_rate, options.stranger_rate * STRANGER_BURST_SECONDS
    )
    app.on_response_prepare.append(set_headers)

    async def end_streams(_: web.Application) -> None:
        desk.feed.close()

    app.on_shutdown.append(end_streams)
    known = routes(subjects)
    for route in known:
        app.router.add_route(route.method, route.full_path, serving.serve(route))
    document = describe(known)

    async def openapi(_: web.Request) -> web.Response:
        return serving.json_response(document)

    async def alive(_: web.Request) -> web.Response:
        return serving.json_response({"status": "alive"})

    app.router.add_get(f"{PREFIX}/openapi.json", openapi)
    app.router.add_get("/healthz", alive)
    recordings.add_to(app)
    if options.whatsapp is not None:
        options.whatsapp.add_to(app)
    partners.add_to(app)
    mount(app, pages)
    return app
