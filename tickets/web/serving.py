"""From a request to a handler's question, and from its answer to a response."""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from tickets.rights import Actor
from tickets.web.desk import DESK, OPTIONS, Options
from tickets.web.guard import ADDRESS, actor_of, cookie_name
from tickets.web.idempotency import Claim, Kept
from tickets.web.problems import Problem, of_body, of_query
from tickets.web.routes import PREFIX, Ask, Route, Stranger, Told
from tickets.web.uploads import file_of

JSON = "application/json"
_KEY = re.compile(r"[\x21-\x7e]{8,100}")


def serve(route: Route) -> Handler:
    """The route's handler as aiohttp calls it."""

    async def served(request: web.Request) -> web.StreamResponse:
        desk, options = request.app[DESK], request.app[OPTIONS]
        if route.stream:
            actor, query = actor_of(request), _query(route.query, request)
            response: web.StreamResponse = await route.handler(
                Ask(request, desk, actor, query, None)
            )
            return response
        if route.takes_file:
            # Whoever may not is told so before they have sent all of it.
            actor_of(request)
            raw = await file_of(request)
        else:
            raw = await _body(request, options)
        async with asyncio.timeout(options.answer_seconds):
            if route.public:
                stranger = Stranger(request, desk, request[ADDRESS], _fits(route.body, raw))
                return _response(request, route, await route.handler(stranger))
            actor = actor_of(request)
            return await _once(request, route, actor, raw)

    return served


async def _once(request: web.Request, route: Route, actor: Actor, raw: bytes) -> web.StreamResponse:
    """Answer; a request that names a key is carried out once, however often it comes."""
    key = request.headers.get("Idempotency-Key") if route.replayed else None
    if key is None:
        return await _answer(request, route, actor, raw, None)
    if not _KEY.fullmatch(key):
        raise Problem(400, "bad-key", "an Idempotency-Key has 8 to 100 visible ASCII letters")
    digest = hashlib.sha256(f"{request.method} {request.path_qs}\n".encode() + raw).digest()
    claim = Claim(request.app[DESK].store, actor.user, key, digest)
    if kept := await claim.take():
        return web.Response(
            body=kept.body,
            status=kept.status,
            headers={**kept.headers, "Idempotent-Replayed": "true"},
        )
    try:
        response = await _answer(request, route, actor, raw, uuid5(actor.user, key))
    except BaseException:
        await asyncio.shield(claim.drop())
        raise
    assert isinstance(response, web.Response)
    assert response.body is None or isinstance(response.body, bytes)
    headers = {
        name: response.headers[name]
        for name in ("Content-Type", "ETag", "Location")
        if name in response.headers
    }
    await claim.keep(Kept(response.status, headers, response.body or b""))
    return response


async def _answer(
    request: web.Request, route: Route, actor: Actor, raw: bytes, new_id: UUID | None
) -> web.StreamResponse:
    version = _version(request) if route.if_match else ""
    ask = Ask(
        request,
        request.app[DESK],
        actor,
        _query(route.query, request),
        raw if route.takes_file else _fits(route.body, raw),
        version,
        new_id,
    )
    answer = await route.handler(ask)
    if route.kind:
        told: web.StreamResponse = answer
        return told
    return _response(request, route, answer)


def _response(request: web.Request, route: Route, answer: Any) -> web.Response:
    told = answer if isinstance(answer, Told) else Told(answer)
    headers = _headers(route, told.value)
    if route.answer is None:
        response = web.Response(status=204, headers=headers)
    else:
        response = web.Response(
            body=route.answer.dump_json(told.value),
            status=route.status,
            content_type=JSON,
            headers=headers,
        )
    if told.cookie is not None:
        set_cookie(response, request.app[OPTIONS], told.cookie)
    return response


def _headers(route: Route, value: Any) -> dict[str, str]:
    headers = {}
    version = getattr(value, "version", None)
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if route.location:
        names = [name for _, name, _, _ in Formatter().parse(route.location) if name]
        parts = {name: quote(str(getattr(value, name)), safe="") for name in names}
        headers["Location"] = PREFIX + route.location.format(**parts)
    return headers


def set_cookie(response: web.Response, options: Options, cookie: str) -> None:
    """The session's from now on; empty when it is over."""
    more: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Strict"}
    if options.secure:
        more["secure"] = True
    if cookie:
        response.set_cookie(cookie_name(options), cookie, **more)
    else:
        response.del_cookie(cookie_name(options), **more)


async def _body(request: web.Request, options: Options) -> bytes:
    """All of it, in time, and JSON. aiohttp refuses one that is too large."""
    if request.can_read_body and request.content_type != JSON:
        # A form of another site can be sent without its browser's asking us, JSON cannot.
        raise Problem(415, "not-json", f"say Content-Type: {JSON}")
    try:
        async with asyncio.timeout(options.body_seconds):
            return await request.read()
    except TimeoutError:
        raise Problem(408, "too-slow", "the body did not come in time") from None


def _fits(kind: type[BaseModel] | None, raw: bytes) -> Any:
    if kind is None:
        if raw.strip():
            raise Problem(422, "unacceptable", "this takes no body")
        return None
    try:
        return kind.model_validate_json(raw)
    except ValidationError as error:
        raise of_body(error) from None


def _query(kind: type[BaseModel] | None, request: web.Request) -> Any:
    given = request.query
    if kind is None:
        if given:
            bad = {"parameter": next(iter(given)), "detail": "this takes no parameters"}
            raise Problem(422, "unacceptable", "the query does not fit", [bad])
        return None
    values: dict[str, Any] = {}
    for name in given:
        several = given.getall(name)
        is_list = name in kind.model_fields and _takes_several(kind, name)
        values[name] = several if is_list or len(several) > 1 else several[0]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise of_query(error) from None


def _takes_several(kind: type[BaseModel], name: str) -> bool:
    return "tuple" in str(kind.model_fields[name].annotation)


def _version(request: web.Request) -> str:
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem(428, "if-match-missing", "say in If-Match which version you saw (its ETag)")
    match = re.fullmatch(r'"([\x21\x23-\x7e]{1,40})"', given.strip())
    if match is None:
        raise Problem(412, "changed-meanwhile", "this version is not known: read it again")
    return match[1]


def json_response(value: Mapping[str, Any]) -> web.Response:
    """A document that is no answer of a route."""
    return web.Response(text=json.dumps(value, ensure_ascii=False), content_type=JSON)
