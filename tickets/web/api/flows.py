"""Versions of the menu: read, judged, tried, and one of them activated."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from config.phones import normalise
from tickets.cases.flows import MOST_KEYS, FlowList, FlowText, Judged
from tickets.menu_side import Caller, MenuChange, TryOut
from tickets.web.keyset import Page
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body, Moment, PhoneText, Words

routes = Routes("flows")

VERSION = r"{version:[0-9a-f]{8}}"
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
Content = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
Keys = Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]{0,20}$")]


class ContentIn(Body):
    content: Content
    """The YAML of a menu."""


class FlowIn(ContentIn):
    note: Words
    """Why it was made, for those who choose among versions."""


class CompareQuery(Body):
    than: Version
    """The older one."""


class TryIn(Body):
    keys: tuple[Keys, ...] = Field((), max_length=MOST_KEYS)
    """Answers in their order; an empty one is silence."""
    phone: PhoneText | None = None
    """The caller's number; withheld unless given."""
    at: Moment | None = None
    agents: bool = False
    """Somebody answers the queues."""

    def caller(self) -> Caller:
        at: datetime | None = self.at
        phone = normalise(self.phone) if self.phone else None
        return Caller(keys=self.keys, phone=phone, at=at, agents=self.agents)


@routes.get("/flows")
async def list_flows(ask: Ask[None, None]) -> FlowList:
    """Every version of the menu, the newest first."""
    return await ask.desk.flows.versions(ask.actor)


@routes.post("/flows/judge", status=200)
async def judge_flow(ask: Ask[None, ContentIn]) -> Judged:
    """Whether a text could be activated, every mistake with its place, and what it would change."""
    return await ask.desk.flows.validate(ask.actor, ask.body.content)


@routes.post("/flows/versions", location="/flows/versions/{version}")
async def add_flow(ask: Ask[None, FlowIn]) -> FlowText:
    """Keep a version; the line does not change."""
    return await ask.desk.flows.add(ask.actor, ask.body.content, ask.body.note)


@routes.get(f"/flows/versions/{VERSION}")
async def read_flow(ask: Ask[None, None]) -> FlowText:
    """A version's text."""
    return await ask.desk.flows.read(ask.actor, _version(ask))


@routes.get(f"/flows/versions/{VERSION}/changes")
async def compare_flows(ask: Ask[CompareQuery, None]) -> Page[MenuChange]:
    """What differs from an older version, step by step."""
    found = await ask.desk.flows.compare(ask.actor, ask.query.than, _version(ask))
    return Page[MenuChange](items=found, next=None)


@routes.post(f"/flows/versions/{VERSION}/try", status=200)
async def try_flow(ask: Ask[None, TryIn]) -> TryOut:
    """Walk a version with keys; nothing is written."""
    return await ask.desk.flows.walk(ask.actor, _version(ask), ask.body.caller())


@routes.post(f"/flows/versions/{VERSION}/activate", status=200, if_match=True)
async def activate_flow(ask: Ask[None, None]) -> FlowList:
    """New calls have it within two seconds, calls in progress keep theirs.

    `If-Match` names the active version.
    """
    return await ask.desk.flows.activate(ask.actor, ask.version, _version(ask))


@routes.post("/flows/rollback", status=200, if_match=True)
async def roll_back_flow(ask: Ask[None, None]) -> FlowList:
    """Activate the version that was active before."""
    return await ask.desk.flows.roll_back(ask.actor, ask.version)


def _version(ask: Ask[None, None] | Ask[CompareQuery, None] | Ask[None, TryIn]) -> str:
    return str(ask.request.match_info["version"])
