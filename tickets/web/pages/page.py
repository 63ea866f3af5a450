"""What a page's handler is given, and how it answers.

pages = Pages("people", nav=Nav("nav.people", "/people", Right.PEOPLE_READ))

@pages.get("/people")
async def list_people(visit: Visit) -> web.StreamResponse:
    return visit.show("people.html", people=await visit.desk.people.page(visit.actor, …))
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ValidationError

from tickets.errors import TicketError
from tickets.rights import Actor, Right
from tickets.sign_in import NotSignedIn
from tickets.web.desk import DESK, OPTIONS, Desk
from tickets.web.guard import ACTOR, actor_of
from tickets.web.language import Words, words_of
from tickets.web.notices import Notice, tell
from tickets.web.problems import Problem, of_body, problem_of
from tickets.web.uploads import MULTIPART, Upload, parts_of

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500
ModelT = TypeVar("ModelT", bound=BaseModel)
Show = Callable[["Visit"], Awaitable[web.StreamResponse]]
ShowT = TypeVar("ShowT", bound=Callable[..., Awaitable[web.StreamResponse]])


@dataclass(frozen=True, slots=True)
class Nav:
    """An entry of the navigation, for those who have one of the rights; for all without any."""

    words: str
    path: str
    rights: tuple[Right, ...] = ()
    key: str = ""
    """Alt+Shift and this letter go there."""

    def is_for(self, actor: Actor) -> bool:
        return not self.rights or any(actor.may(right) for right in self.rights)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form has sent; its newlines are those of Unix."""

    pairs: tuple[tuple[str, str], ...] = ()

    def one(self, name: str, otherwise: str = "") -> str:
        return next((value for given, value in self.pairs if given == name), otherwise)

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.pairs if given == name]

    def named(self, prefix: str) -> dict[str, str]:
        """Those whose names begin with it, without it."""
        return {
            name.removeprefix(prefix): value
            for name, value in self.pairs
            if name.startswith(prefix)
        }


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who has signed in."""

    request: web.Request
    desk: Desk
    actor: Actor
    words: Words
    form: Form = Form()
    upload: Upload | None = None
    """The file that its form has sent."""

    @property
    def number(self) -> str:
        return self.request.match_info["number"]

    @property
    def id(self) -> UUID:
        return UUID(self.request.match_info["id"])

    @property
    def is_partial(self) -> bool:
        """A part of the page asks for itself, not a browser for a whole page."""
        headers = self.request.headers
        return "HX-Request" in headers and "HX-Boosted" not in headers

    def counted_version(self) -> int:
        """The version that the form has seen. Raises Problem."""
        given = self.form.one("version")
        if not re.fullmatch(r"[0-9]{1,18}", given):
            raise Problem(412, "changed-meanwhile", "this version is not known: read it again")
        return int(given)

    def fits(self, kind: type[ModelT], **more: Any) -> ModelT:
        """The form's fields by the model's names; empty ones are as if they were absent.

        `more` stands for fields that are no single texts. Raises Problem.
        """
        given: dict[str, Any] = {
            name: value for name in kind.model_fields if (value := self.form.one(name)).strip()
        }
        return fits(kind, given | more)

    def show(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A template within the layout, or a part of one."""
        from tickets.web.pages.layout import render

        return render(self.request, self.actor, template, status, values)

    def go(self, path: str, notice: Notice | None = None) -> web.Response:
        """See another page next, which tells what happened."""
        response = web.Response(status=303, headers={"Location": path})
        if notice is not None:
            tell(response, self.request.app[OPTIONS], notice)
        return response


@dataclass(frozen=True, slots=True)
class Page:
    method: str
    path: str
    handler: Show
    back: str
    takes_file: bool = False

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """As aiohttp calls it. A change that is refused goes back to where it was asked."""
        form, upload = Form(), None
        if self.takes_file and request.content_type == MULTIPART:
            form, upload = await self._sent(request)
        elif self.method != "GET":
            form = await form_of(request)
        async with asyncio.timeout(request.app[OPTIONS].answer_seconds):
            actor = actor_of(request, form.one("csrf"))
            visit = Visit(request, request.app[DESK], actor, words_of(request), form, upload)
            try:
                return await self.handler(visit)
            except (Problem, TicketError) as error:
                return self._refused(visit, error)

    async def _sent(self, request: web.Request) -> tuple[Form, Upload | None]:
        """A stranger is told before all of it is read; its token is in the form itself."""
        if ACTOR not in request:
            raise NotSignedIn("sign in first")
        pairs, upload = await parts_of(request)
        return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs)), upload

    def _refused(self, visit: Visit, error: Exception) -> web.Response:
        problem = problem_of(error)
        told = problem is not None and problem.status in (409, 412, 422)
        if problem is None or not told or not self.back or visit.is_partial:
            raise error
        path = self.back.format(**visit.request.match_info)
        return visit.go(path, notice_of(problem))


@dataclass
class Pages:
    """The pages of one subject, and where the navigation names them."""

    name: str
    nav: Nav | None = None
    _pages: list[Page] = field(default_factory=list)

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages)

    def get(self, path: str) -> Callable[[ShowT], ShowT]:
        return self._add("GET", path, "")

    def post(self, path: str, back: str = "", takes_file: bool = False) -> Callable[[ShowT], ShowT]:
        """`back`: where a refusal is told, with names of the path's places in it."""
        return self._add("POST", path, back, takes_file)

    def _add(
        self, method: str, path: str, back: str, takes_file: bool = False
    ) -> Callable[[ShowT], ShowT]:
        def add(handler: ShowT) -> ShowT:
            self._pages.append(Page(method, path, handler, back, takes_file))
            return handler

        return add


def fits(kind: type[ModelT], given: Mapping[str, Any]) -> ModelT:
    """Raises Problem."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise of_body(error) from None


async def form_of(request: web.Request) -> Form:
    """Raises Problem for what is no form, or comes too slowly."""
    if request.can_read_body and request.content_type != FORM:
        raise Problem(415, "not-a-form", f"say Content-Type: {FORM}")
    try:
        async with asyncio.timeout(request.app[OPTIONS].body_seconds):
            raw = await request.read()
    except TimeoutError:
        raise Problem(408, "too-slow", "the body did not come in time") from None
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(422, "unacceptable", "the form cannot be read") from None
    return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))


def notice_of(problem: Problem) -> Notice:
    """A refusal in the words of people."""
    pointers = [one.get("pointer", one.get("parameter", "")) for one in problem.errors]
    names = tuple(pointer.rpartition("/")[2] for pointer in pointers)
    return Notice(f"problem.{problem.kind}", level="bad", fields=names)
