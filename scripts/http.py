"""Health, readiness and metrics over HTTP, for whoever watches the service."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ivr.ami import AmiError

Report = Callable[[], Mapping[str, Any]]
"""What is known of the parts; `ready` tells whether calls are taken now."""


Live = Callable[[], Awaitable[Mapping[str, Any]]]
"""Agents and queues as they are now; raises `AmiError` while the PBX is away."""


async def serve(host: str, port: int, report: Report, live: Live) -> web.AppRunner:
    """Listen; raises OSError when the port is taken. The runner's `cleanup` ends it.

    `/healthz` answers while the process lives, `/readyz` with 503 while calls are not taken,
    `/metrics` for Prometheus, `/live` with who works and who waits, or 503.
    """

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        state = report()
        return web.json_response(state, status=200 if state["ready"] else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def now(_: web.Request) -> web.Response:
        try:
            return web.json_response(await live())
        except AmiError as error:
            return web.json_response({"error": str(error)}, status=503)

    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", health),
            web.get("/readyz", ready),
            web.get("/metrics", metrics),
            web.get("/live", now),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
