"""What surrounds every request: its id, its log line, headers that browsers obey, and errors."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from structlog.contextvars import bound_contextvars

from tickets.web.desk import OPTIONS
from tickets.web.problems import Problem, problem_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """How pages show what the API tells as JSON: outside `/api/`, if the application has one."""

    show: Callable[[web.Request, Problem], web.Response]


PROBLEM_PAGE = web.AppKey("problem_page", ProblemPage)
REQUEST_ID = web.RequestKey("request_id", str)
USER = web.RequestKey("user", str)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style anywhere: what a caller says can never become one."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    # With `no-referrer` a form of our own would say `Origin: null`, as a foreign one does.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_YEAR = 365 * 24 * 3600
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@web.middleware
async def envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost: whatever happens inside, there is an answer, and one line in the log."""
    given = request.headers.get("X-Request-Id", "")
    request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
    request[REQUEST_ID] = request_id
    began = time.perf_counter()
    with bound_contextvars(request=request_id):
        response = await _answered(request, handler)
        log.info(
            "request.ended",
            method=request.method,
            route=_route(request),
            status=response.status,
            seconds=round(time.perf_counter() - began, 4),
            user=request.get(USER),
        )
    return response


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """As a signal, so that streams have them too, which begin before their handler ends."""
    options = request.app[OPTIONS]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if options.connect_to:
        places = " ".join(("connect-src 'self'", *options.connect_to))
        response.headers["Content-Security-Policy"] = POLICY.replace("connect-src 'self'", places)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = request.get(REQUEST_ID, "")
    response.headers.pop("Server", None)
    if options.secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            return error
        return _told(request, error)
    except Exception as error:
        return _told(request, error)


def _told(request: web.Request, error: Exception) -> web.Response:
    problem = problem_of(error)
    if problem is None:
        log.exception("request.failed", route=_route(request))
        problem = Problem(
            500, "failed", "this is a mistake of ours: tell the operator the instance"
        )
    page: ProblemPage | None = request.app.get(PROBLEM_PAGE)
    if page is not None and not request.path.startswith("/api/"):
        return page.show(request, problem)
    return problem.response(request[REQUEST_ID])


def _route(request: web.Request) -> str:
    """Without what stands in its places: numbers and words are nobody's business in a log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"
