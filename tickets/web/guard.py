"""Who asks, whether they may ask at all, and that it is their own page that asks."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from tickets.rights import Actor
from tickets.sign_in import NotSignedIn, csrf_of
from tickets.web.desk import DESK, OPTIONS, Options
from tickets.web.envelope import USER
from tickets.web.limits import Rates
from tickets.web.problems import Problem
from tickets.web.whatsapp_door import WEBHOOK

ACTOR = web.RequestKey("actor", Actor)
COOKIE = web.RequestKey("cookie", str)
ADDRESS = web.RequestKey("address", str)
USER_RATES = web.AppKey("user_rates", Rates)
STRANGER_RATES = web.AppKey("stranger_rates", Rates)

CSRF = "X-CSRF-Token"
STATIC = "/static/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(options: Options) -> str:
    """`__Host-` makes browsers refuse one that another host or a path has set."""
    return "__Host-saluran" if options.secure else "saluran"


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses foreign names, foreign pages and too many requests; knows the actor if there is one.

    It does not ask for one: what needs an actor asks `actor_of`.
    """
    options = request.app[OPTIONS]
    _refuse_foreign_name(request, options)
    if request.path.startswith(STATIC):
        # The same for everybody, and needed to show that the database is away.
        return await handler(request)
    if request.path == WEBHOOK:
        # Its signature is its credential; WhatsApp comes from many addresses, in bursts.
        return await handler(request)
    address = request[ADDRESS] = _address(request, options)
    strangers = request.app[STRANGER_RATES]
    if not strangers.left(address) and not _has_credentials(request, options):
        _take(strangers, address)
    if request.method not in _SAFE:
        _refuse_foreign_page(request)
    try:
        await _know(request, address, options)
    except NotSignedIn:
        _take(strangers, address)
        raise
    actor = request.get(ACTOR)
    if actor is None:
        _take(strangers, address)
    else:
        request[USER] = actor.login
        _take(request.app[USER_RATES], actor.user)
    return await handler(request)


def actor_of(request: web.Request, csrf: str = "") -> Actor:
    """Raises NotSignedIn for a stranger, and Problem for a change without the session's token,
    which is in a header or, of a form, given as `csrf`."""
    actor: Actor | None = request.get(ACTOR)
    if actor is None:
        raise NotSignedIn("sign in, or give a token")
    if request.method not in _SAFE and COOKIE in request:
        given = request.headers.get(CSRF) or csrf
        if not hmac.compare_digest(
            given.encode(errors="surrogateescape"), csrf_of(request[COOKIE]).encode()
        ):
            raise Problem(403, "csrf", f"the header {CSRF} is not this session's")
    return actor


async def still_there(request: web.Request) -> Actor:
    """Who asked, as they are now: a stream is no use of a session. Raises NotSignedIn."""
    sign_in, address = request.app[DESK].sign_in, request[ADDRESS]
    cookie: str | None = request.get(COOKIE)
    if cookie is not None:
        return await sign_in.by_cookie(cookie, address, seen=False)
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return await sign_in.by_token(token, address)


async def _know(request: web.Request, address: str, options: Options) -> None:
    sign_in = request.app[DESK].sign_in
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("give the token as `Authorization: Bearer …`")
        request[ACTOR] = await sign_in.by_token(token.strip(), address)
    elif cookie := request.cookies.get(cookie_name(options)):
        try:
            request[ACTOR] = await sign_in.by_cookie(cookie, address)
            request[COOKIE] = cookie
        except NotSignedIn:
            # As good as none: the page to sign in must be reached with an old cookie too.
            return


def _has_credentials(request: web.Request, options: Options) -> bool:
    return "Authorization" in request.headers or cookie_name(options) in request.cookies


def _take(rates: Rates, key: object) -> None:
    if wait := rates.take(key):
        seconds = str(max(1, round(wait)))
        headers = {"Retry-After": seconds}
        raise Problem(429, "too-many", f"too many requests: wait {seconds} s", headers=headers)


def _refuse_foreign_name(request: web.Request, options: Options) -> None:
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        name = ""
    if name not in {host.strip("[]") for host in options.hosts}:
        raise Problem(421, "foreign-name", "this name is not the desk's: see `web.address`")


def _refuse_foreign_page(request: web.Request) -> None:
    """By what browsers add themselves; programs add nothing."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or site not in ("same-origin", "none"):
        raise Problem(403, "foreign-page", "another site's page may not ask this")


def _address(request: web.Request, options: Options) -> str:
    """The nearest one that is not a proxy of ours."""
    at = request.remote or ""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _is_proxy(at, options):
        at = hops.pop()
    try:
        return str(ip_address(at))
    except ValueError:
        return request.remote or ""


def _is_proxy(at: str, options: Options) -> bool:
    try:
        address = ip_address(at)
    except ValueError:
        return False
    return any(address in network for network in options.proxies)
