"""Versions of the menu: what differs, trying one with keys, activating and rolling back."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from config.phones import normalise
from tickets.cases.flows import MOST_KEYS
from tickets.menu_side import Caller, MenuRefused
from tickets.rights import Right
from tickets.web.api.flows import VERSION, FlowIn, Keys, Version
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit, fits
from tickets.web.pages.pictures import picture
from tickets.web.problems import Problem
from tickets.web.shown_times import from_input
from tickets.web.texts import Body, PhoneText

pages = Pages("flows", nav=Nav("nav.flows", "/flows", (Right.FLOWS_READ,), key="f"))

PHONE = "081234567890"
"""Of who tries the menu, unless another is given."""
PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


class ThanQuery(Body):
    """With which other version it is compared."""

    than: Version | None = None


class SideQuery(Body):
    than: Version
    side: str = Field("new", pattern="^(old|new)$")


class TryQuery(Body):
    """A call as far as it has come: the answers with `~` between them."""

    keys: str | None = Field(None, max_length=MOST_KEYS * 4)
    more: str | None = Field(None, max_length=20)
    """What is keyed next: keys, `silence`, or `back` for one less."""
    phone: PhoneText | None = None
    withheld: bool = False
    at: str | None = Field(None, max_length=20)
    agents: bool = False


@pages.get("/flows")
async def list_flows(visit: Visit) -> web.StreamResponse:
    flows = await visit.desk.flows.versions(visit.actor)
    return visit.show("flows.html", flows=flows, staff=await visit.desk.names.staff(visit.actor))


@pages.get("/flows/new")
async def write_flow(visit: Visit) -> web.StreamResponse:
    """Another version, out of one that there is."""
    visit.actor.need(Right.FLOWS_CHANGE)
    version = asked(visit, ThanQuery).than
    known = await visit.desk.flows.versions(visit.actor)
    text = await visit.desk.flows.read(visit.actor, version or known.version)
    return _form(visit, text.content, "")


@pages.post("/flows/new")
async def keep_flow(visit: Visit) -> web.StreamResponse:
    """Judge it, or keep it as well."""
    content, note = visit.form.one("content"), visit.form.one("note")
    if visit.form.one("do") == "judge":
        judged = await visit.desk.flows.validate(visit.actor, content)
        return _form(visit, content, note, problems=judged.problems, changes=judged.changes)
    given = visit.fits(FlowIn)
    try:
        kept = await visit.desk.flows.add(visit.actor, content, given.note)
    except MenuRefused as refused:
        return _form(visit, content, note, 422, problems=refused.problems)
    return visit.go(f"/flows/{kept.version}", Notice("flows.kept"))


@pages.get(f"/flows/{VERSION}")
async def show_flow(visit: Visit) -> web.StreamResponse:
    """Its picture and text; with another version, both drawn, and what differs in words."""
    flows, actor, version = visit.desk.flows, visit.actor, _version(visit)
    known = await flows.versions(actor)
    than = asked(visit, ThanQuery).than
    return visit.show(
        "flow.html",
        flow=await flows.read(actor, version),
        known=known,
        than=than,
        changes=await flows.compare(actor, than, version) if than else [],
    )


@pages.get(f"/flows/{VERSION}/menu.svg")
async def draw_flow(visit: Visit) -> web.StreamResponse:
    language, version = visit.words.language, _version(visit)
    if "than" not in visit.request.query:
        drawn = await visit.desk.flows.picture(visit.actor, version, language, None, str)
        return picture(drawn)
    query, flows = asked(visit, SideQuery), visit.desk.flows
    names = {how: visit.words(f"flows.how.{how}") for how in ("added", "removed", "changed")}
    if query.side == "old":
        drawn = await flows.picture_before(
            visit.actor, query.than, language, version, names.__getitem__
        )
    else:
        drawn = await flows.picture(visit.actor, version, language, query.than, names.__getitem__)
    return picture(drawn)


@pages.get(f"/flows/{VERSION}/try")
async def try_flow(visit: Visit) -> web.StreamResponse:
    """The call so far, and keys to go on; each is a link, so that one can go back."""
    query = asked(visit, TryQuery)
    keys = _keys(query)
    caller = Caller(keys=keys, phone=_phone(query), at=_at(query.at), agents=query.agents)
    call = await visit.desk.flows.walk(visit.actor, _version(visit), caller)
    kept = {
        "phone": query.phone or "",
        "withheld": "true" if query.withheld else "",
        "at": query.at or "",
        "agents": "true" if query.agents else "",
    }
    given = [(name, value) for name, value in kept.items() if value]

    def link(keyed: tuple[str, ...]) -> str:
        """The call with these keys."""
        return f"?{urlencode([('keys', ''.join(f'{key}~' for key in keyed)), *given])}#go-on"

    return visit.show(
        "flow_try.html",
        version=_version(visit),
        call=call,
        keys=keys,
        pad=PAD,
        link=link,
        joined="".join(f"{key}~" for key in keys),
        given=kept,
        phone=query.phone or PHONE,
    )


@pages.post(f"/flows/{VERSION}/activate", back="/flows")
async def activate_flow(visit: Visit) -> web.StreamResponse:
    version = _version(visit)
    await visit.desk.flows.activate(visit.actor, visit.form.one("seen"), version)
    return visit.go("/flows", Notice("flows.activated", values={"version": version}))


@pages.post("/flows/rollback", back="/flows")
async def roll_back_flow(visit: Visit) -> web.StreamResponse:
    now = await visit.desk.flows.roll_back(visit.actor, visit.form.one("seen"))
    return visit.go("/flows", Notice("flows.rolled_back", values={"version": now.version}))


def _form(visit: Visit, content: str, note: str, status: int = 200, **judged: Any) -> web.Response:
    values = {"problems": None, "changes": None} | judged
    return visit.show("flow_new.html", status, content=content, note=note, **values)


def _keys(query: TryQuery) -> tuple[str, ...]:
    """Each ends with `~`, so that silence can be one."""
    given = (query.keys or "").split("~")[:-1]
    match query.more:
        case None:
            more: list[str] = []
        case "silence":
            more = [""]
        case keyed:
            more = [keyed.strip()]
    return fits(_Keyed, {"keys": [*given, *more]}).keys


class _Keyed(Body):
    keys: tuple[Keys, ...] = Field((), max_length=MOST_KEYS)


def _phone(query: TryQuery) -> str | None:
    return None if query.withheld else normalise(query.phone or PHONE)


def _at(text: str | None) -> datetime | None:
    try:
        return from_input(text) if text else None
    except ValueError:
        raise Problem(422, "unacceptable", "no time", [{"parameter": "at"}]) from None


def _version(visit: Visit) -> str:
    return str(visit.request.match_info["version"])
