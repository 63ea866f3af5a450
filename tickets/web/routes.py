"""Routes of the API: a handler's types say what it takes and tells, for HTTP and OpenAPI alike.

routes = Routes("tickets")

@routes.get("/tickets")
async def list_tickets(ask: Ask[TicketQuery, None]) -> Page[TicketLine]:
    '''Tickets, newest first.'''
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from tickets.rights import Actor
from tickets.web.desk import Desk
from tickets.web.problems import Problem

PREFIX = "/api/v1"
_PARAMETER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")

QueryT = TypeVar("QueryT")
BodyT = TypeVar("BodyT")
HandlerT = TypeVar("HandlerT", bound=Callable[..., Awaitable[Any]])

EXTENSION = r"{extension:[1-9][0-9]{2,5}}"
LOGIN = r"{login:[a-z][a-z0-9._-]{1,39}}"
NUMBER = r"{number:[0-9]{8,20}}"
ID = r"{id:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}}"


@dataclass(frozen=True, slots=True)
class Ask(Generic[QueryT, BodyT]):
    """A request whose sender is known and whose content fits."""

    request: web.Request
    desk: Desk
    actor: Actor
    query: QueryT
    body: BodyT
    version: str = ""
    """What `If-Match` names, on routes that change what two may change at once."""
    new_id: UUID | None = None
    """Of what is made, where the request has a key: made twice, it is the same."""

    @property
    def number(self) -> str:
        return self.request.match_info["number"]

    @property
    def id(self) -> UUID:
        return UUID(self.request.match_info["id"])

    @property
    def extension(self) -> str:
        return self.request.match_info["extension"]

    @property
    def login(self) -> str:
        return self.request.match_info["login"]

    def counted_version(self) -> int:
        """A version that is a number; one that is none has been overtaken. Raises Problem."""
        if not re.fullmatch(r"[0-9]{1,18}", self.version):
            raise Problem(412, "changed-meanwhile", "this version is not known: read it again")
        return int(self.version)


@dataclass(frozen=True, slots=True)
class Stranger(Generic[BodyT]):
    """A request of somebody who need not have signed in."""

    request: web.Request
    desk: Desk
    address: str
    body: BodyT


@dataclass(frozen=True, slots=True)
class Told:
    """An answer with more than its content."""

    value: Any
    cookie: str | None = None
    """The session's from now on; empty when it is over."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address and method."""

    method: str
    path: str
    handler: Callable[..., Awaitable[Any]]
    status: int
    if_match: bool
    location: str
    replayed: bool
    """Sent again under its key, it is answered as the first time."""
    public: bool
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    answer: TypeAdapter[Any] | None
    tag: str
    stream: bool = False
    """Its handler answers by itself, for as long as it likes."""
    kind: str = ""
    """The media type of what its handler answers by itself, in a moment."""
    takes_file: bool = False
    """Its body is a file's bytes."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.plain_path}"

    @property
    def full_path(self) -> str:
        return PREFIX + self.path

    @property
    def plain_path(self) -> str:
        """As OpenAPI writes it."""
        return _PARAMETER.sub(r"{\1}", self.full_path)

    @property
    def parameters(self) -> dict[str, str]:
        """Names in the path, each with its pattern."""
        return dict(_PARAMETER.findall(self.path))


@dataclass
class Routes:
    """The routes of one subject."""

    tag: str
    _routes: list[Route] = field(default_factory=list)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(self, path: str) -> Callable[[HandlerT], HandlerT]:
        return self._route("GET", path)

    def post(
        self,
        path: str,
        status: int = 201,
        if_match: bool = False,
        location: str = "",
        replayed: bool = True,
    ) -> Callable[[HandlerT], HandlerT]:
        """`location` is the path of what was made, with names of the answer's fields in it.

        An answer that is a secret is not `replayed`: it would have to be kept.
        """
        return self._route("POST", path, status, if_match, location, replayed)

    def put(self, path: str, if_match: bool = True) -> Callable[[HandlerT], HandlerT]:
        return self._route("PUT", path, if_match=if_match)

    def patch(self, path: str) -> Callable[[HandlerT], HandlerT]:
        return self._route("PATCH", path, if_match=True)

    def delete(self, path: str, if_match: bool = False) -> Callable[[HandlerT], HandlerT]:
        return self._route("DELETE", path, if_match=if_match)

    def stream(self, path: str) -> Callable[[HandlerT], HandlerT]:
        """Its handler returns a response of its own, and no time limits it."""
        return self._route("GET", path, stream=True)

    def file(self, path: str, kind: str) -> Callable[[HandlerT], HandlerT]:
        """Its handler returns a response of its own, of this media type."""
        return self._route("GET", path, kind=kind)

    def _route(
        self,
        method: str,
        path: str,
        status: int = 200,
        if_match: bool = False,
        location: str = "",
        replayed: bool = False,
        stream: bool = False,
        kind: str = "",
    ) -> Callable[[HandlerT], HandlerT]:
        def add(handler: HandlerT) -> HandlerT:
            hints = get_type_hints(handler)
            answer = getattr(handler, "tells", hints["return"])
            del hints["return"]
            (asked,) = hints.values()
            public = getattr(asked, "__origin__", asked) is Stranger
            kinds = get_args(asked)
            query, body = (None, *kinds) if public else kinds
            route = Route(
                method,
                path,
                handler,
                204 if answer is type(None) else status,
                if_match,
                location,
                replayed and not public,
                public,
                None if query is type(None) else query,
                None if body in (type(None), bytes) else body,
                None if stream or kind or answer is type(None) else TypeAdapter(answer),
                self.tag,
                stream,
                kind,
                body is bytes,
            )
            self._routes.append(route)
            return handler

        return add


def tells(kind: Any) -> Callable[[HandlerT], HandlerT]:
    """Of a handler that returns `Told`: what its value is."""

    def mark(handler: HandlerT) -> HandlerT:
        handler.tells = kind  # type: ignore[attr-defined]
        return handler

    return mark


def summary(handler: Callable[..., Any]) -> tuple[str, str]:
    """The first line of a handler's docstring, and the rest."""
    first, _, rest = (inspect.getdoc(handler) or handler.__name__).partition("\n")
    return first, rest.strip()
