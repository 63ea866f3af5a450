"""Every page with every role, out of the application's own router: a page that is not in the table
fails, and so does what differs from it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.web_urldispatcher import DynamicResource, PlainResource

from tests.web.fake_phone import has_phones
from tests.web.reader import Reader
from tests.web.test_rights import EVERYBODY, NOBODY, A, L, O, S, U, roles
from tests.web.visitor import Visitors
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.guard import STATIC
from tickets.web.pages import SUBJECTS
from tickets.web.routes import PREFIX

TICKET, CALL, LOGIN = "26999999", str(NOBODY), "nobody-here"
PLACES = {
    "number": TICKET,
    "id": CALL,
    "login": LOGIN,
    "extension": "6999",
    "version": "00000000",
    "place": "9999",
    "form": "ticket.new",
}
DUE = "2026-11-30T10:00"


@dataclass(frozen=True)
class Entry:
    """Who may, and a form that is good, for what does not exist."""

    may: frozenset[Role]
    form: Mapping[str, str] = field(default_factory=dict)


TRAINING = {
    "title": "Menjahit",
    "city": "Bandung",
    "starts_at": "2026-12-04T09:00",
    "ends_at": "2026-12-04T12:00",
    "zone": "WIB",
    "seats": "20",
}
TABLE: Mapping[str, Entry] = {
    "GET /": Entry(EVERYBODY),
    "GET /work": Entry(roles(A, S)),
    "GET /work/state": Entry(roles(A, S)),
    "GET /work/pop": Entry(roles(A, S)),
    "GET /work/ring": Entry(roles(A, S)),
    "GET /work/queue": Entry(roles(A, S, O)),
    "GET /work/tasks": Entry(roles(A, S, L, U)),
    "POST /work/state": Entry(roles(A, S), {"do": "ready"}),
    "POST /work/disposition": Entry(roles(A, S), {"code": "11"}),
    "POST /work/recording": Entry(roles(A, S)),
    "POST /work/tickets": Entry(roles(A, S), {"category": "INFO"}),
    "POST /work/tickets/{number}/fields": Entry(
        roles(A, S, L), {"version": "1", "field.city": "Solo"}
    ),
    "POST /work/tickets/{number}/callback": Entry(roles(A, S)),
    "GET /wall": Entry(roles(A, S, O)),
    "GET /wall/pulse": Entry(roles(A, S, O)),
    "GET /wall/figures": Entry(roles(A, S, O)),
    # Without who it is.
    "GET /wall/people": Entry(roles(A, S, O)),
    "GET /wall/line": Entry(EVERYBODY),
    "POST /wall/line/close": Entry(roles(S, O), {"reason": "banjir"}),
    "POST /wall/line/reopen": Entry(roles(S, O)),
    "POST /wall/agents/{extension}/state": Entry(roles(S), {"do": "ready"}),
    "POST /wall/agents/{extension}/listen": Entry(roles(S), {"how": "listen"}),
    "POST /wall/waiting/{id}/take": Entry(roles(S)),
    "POST /wall/waiting/{id}/move": Entry(roles(S), {"queue": "umum"}),
    "GET /tickets": Entry(roles(A, S, L, U)),
    "POST /tickets/moves": Entry(roles(A, S, L), {"became": "proses", "ticket": f"{TICKET}:1"}),
    "GET /tickets/moves": Entry(roles(A, S, L, U)),
    "POST /tickets/views": Entry(roles(A, S, L, U), {"name": "x", "query": ""}),
    "POST /tickets/views/{id}/drop": Entry(roles(A, S, L, U)),
    "GET /tickets/new": Entry(roles(A, S, L)),
    "POST /tickets/new": Entry(roles(A, S, L), {"category": "INFO"}),
    "POST /tickets/new/drop": Entry(roles(A, S, L)),
    "POST /drafts/{form}": Entry(roles(A, S, L), {"text": "x"}),
    "POST /tickets/{number}/whatsapp": Entry(roles(A, S, L), {"text": "x"}),
    "POST /tickets/{number}/whatsapp/template": Entry(
        roles(A, S, L), {"template": "ticket_number"}
    ),
    "POST /tickets/{number}/files": Entry(roles(A, S, L)),
    "POST /tickets/{number}/split": Entry(roles(S), {"version": "1", "category": "INFO"}),
    "GET /tickets/{number}": Entry(roles(A, S, L, U)),
    "POST /tickets/{number}/moves": Entry(roles(A, S, L), {"version": "1", "became": "proses"}),
    "POST /tickets/{number}/owner": Entry(roles(A, S, L), {"version": "1"}),
    "POST /tickets/{number}/tags": Entry(roles(A, S, L), {"version": "1", "tags": "a"}),
    "POST /tickets/{number}/comments": Entry(roles(A, S, L), {"text": "x"}),
    "POST /tickets/{number}/fields": Entry(roles(A, S, L), {"version": "1", "field.city": "Solo"}),
    "POST /tickets/{number}/referrals": Entry(
        roles(A, S, L), {"producer": str(NOBODY), "pieces": "1", "how": "call"}
    ),
    "POST /tickets/{number}/referrals/{id}/moves": Entry(
        roles(A, S, L), {"version": "1", "became": "accepted"}
    ),
    "POST /tickets/{number}/referrals/{id}/answers": Entry(
        roles(A, S, L), {"kind": "day_30", "answer": "x"}
    ),
    "POST /tickets/{number}/referrals/{id}/calls": Entry(roles(A, S)),
    "POST /tickets/{number}/merge": Entry(roles(S), {"version": "1", "into": "26999990"}),
    "POST /tickets/{number}/unmerge": Entry(roles(S), {"version": "1"}),
    "GET /people": Entry(roles(A, S, L)),
    "GET /people/{id}": Entry(roles(A, S, L)),
    "POST /people/{id}/name": Entry(roles(A, S), {"version": "1", "name": "Siti"}),
    "POST /people/{id}/phones": Entry(roles(A, S), {"version": "1", "phone": "081234567890"}),
    "POST /people/{id}/phones/part": Entry(roles(A, S), {"version": "1", "phone": "081234567890"}),
    "POST /people/{id}/merge": Entry(roles(S), {"version": "1", "person": str(NOBODY)}),
    "GET /producers": Entry(roles(A, S, L, U)),
    "GET /producers/new": Entry(roles(S, L)),
    "POST /producers/new": Entry(roles(S, L), {"nib": "1"}),
    "GET /producers/import": Entry(roles(S, L)),
    "POST /producers/import": Entry(roles(S, L)),
    "GET /producers/import/template.csv": Entry(roles(S, L)),
    "GET /producers/import/{id}": Entry(roles(S, L)),
    "POST /producers/import/{id}/apply": Entry(roles(S, L)),
    "GET /producers/{id}": Entry(roles(A, S, L, U)),
    "GET /producers/{id}/edit": Entry(roles(S, L)),
    "POST /producers/{id}/edit": Entry(roles(S, L), {"version": "1", "nib": "1"}),
    "POST /producers/{id}/verify": Entry(
        roles(S, L), {"version": "1", "on": "2026-11-20", "source": "x"}
    ),
    "POST /producers/{id}/share": Entry(
        roles(S, L), {"version": "1", "shared": "true", "proof": "x"}
    ),
    "POST /producers/{id}/status": Entry(roles(S, L), {"version": "1", "status": "paused"}),
    "POST /people/{id}/requests": Entry(
        roles(A, S), {"kind": "erase", "channel": "call", "proof": "x"}
    ),
    "POST /people/{id}/consents": Entry(
        roles(A, S), {"purpose": "whatsapp", "granted": "yes", "proof": "x"}
    ),
    "GET /privacy": Entry(roles(S)),
    "GET /privacy/requests/{id}": Entry(roles(S)),
    "GET /privacy/requests/{id}/copy": Entry(roles(S)),
    "POST /privacy/requests/{id}/answer": Entry(roles(S)),
    "POST /privacy/requests/{id}/refuse": Entry(roles(S), {"why": "x"}),
    "POST /privacy/requests/{id}/erase": Entry(roles(S)),
    "GET /privacy/consents": Entry(roles(S)),
    "GET /privacy/retention": Entry(roles(S)),
    "GET /privacy/breach": Entry(roles(S)),
    "GET /privacy/breach.csv": Entry(roles(S)),
    "GET /callbacks": Entry(roles(A, S, L, U)),
    "POST /callbacks": Entry(roles(A, S), {"ticket": TICKET, "due": DUE}),
    "GET /callbacks/{id}": Entry(roles(A, S, L, U)),
    "POST /callbacks/{id}/move": Entry(roles(A, S), {"version": "1", "due": DUE}),
    "POST /callbacks/{id}/cancel": Entry(roles(A, S), {"version": "1"}),
    "POST /callbacks/{id}/take": Entry(roles(A, S), {"version": "1"}),
    "POST /callbacks/{id}/done": Entry(roles(A, S), {"version": "1"}),
    "GET /handovers": Entry(roles(A, S, L, U)),
    "GET /handovers/{id}": Entry(roles(A, S, L, U)),
    "POST /handovers/{id}/answers": Entry(roles(S, L), {"answer": "done"}),
    "POST /handovers/{id}/withdraw": Entry(roles(S, L)),
    "POST /handovers/{id}/send": Entry(roles(S, L)),
    "GET /tickets/{number}/handovers": Entry(roles(S, L)),
    "POST /tickets/{number}/handovers": Entry(roles(S, L), {"partner": str(NOBODY)}),
    "POST /tickets/{number}/handovers/consent": Entry(
        roles(S, L), {"granted": "yes", "words": "setuju"}
    ),
    "GET /partners": Entry(roles(A, S, L, U)),
    "POST /partners": Entry(roles(S), {"name": "Bank", "kind": "bank"}),
    "GET /partners/{id}": Entry(roles(A, S, L, U)),
    "POST /partners/{id}": Entry(roles(S), {"version": "1", "name": "Bank", "kind": "bank"}),
    "POST /partners/{id}/shares": Entry(roles(S), {"version": "1"}),
    "POST /partners/{id}/secret": Entry(roles(S)),
    "GET /calls": Entry(roles(A, S, U)),
    "GET /calls/{id}": Entry(roles(A, S, U)),
    "GET /calls/{id}/state": Entry(roles(A, S, U)),
    "GET /trainings": Entry(roles(A, S, L, U)),
    "POST /trainings": Entry(roles(S, L), TRAINING),
    "GET /trainings/owed": Entry(roles(A, S, L)),
    "GET /trainings/{id}": Entry(roles(A, S, L, U)),
    "POST /trainings/{id}": Entry(roles(S, L), {"version": "1", **TRAINING}),
    "POST /trainings/{id}/cancel": Entry(roles(S, L), {"version": "1", "why": "x"}),
    "POST /trainings/{id}/signups": Entry(roles(A, S, L), {"phone": "081234567890"}),
    "POST /training-signups/{id}/leave": Entry(roles(A, S, L)),
    "POST /training-signups/{id}/told": Entry(roles(A, S, L), {"state": "seated"}),
    "POST /training-signups/{id}/attendance": Entry(roles(A, S, L), {"came": "yes"}),
    "GET /insight": Entry(roles(S, L, O, U)),
    "GET /insight/menu.svg": Entry(roles(S, L, O, U)),
    "GET /insight/day": Entry(roles(S, L, O, U)),
    "GET /month": Entry(roles(S, L, O, U)),
    "GET /month.pdf": Entry(roles(S, L, O, U)),
    "GET /month.csv": Entry(roles(S, L, O, U)),
    "GET /reports": Entry(roles(S, L, O, U)),
    "GET /reports.csv": Entry(roles(S, L, O, U)),
    "GET /queues": Entry(roles(A, S, O)),
    "GET /queues/now": Entry(roles(A, S, O)),
    # With their figures.
    "GET /agents": Entry(roles(S, O)),
    "GET /agents/now": Entry(roles(S, O)),
    "GET /calendar": Entry(EVERYBODY),
    "POST /calendar/overrides": Entry(
        roles(S, O),
        {"version": "x", "what": "closed", "name": "x", "source": "x", "first": "2026-12-28"},
    ),
    "POST /calendar/overrides/{place}/remove": Entry(roles(S, O), {"version": "x"}),
    "POST /calendar/week": Entry(roles(S, O), {"version": "x"}),
    "GET /flows": Entry(roles(S, O, U)),
    "GET /flows/new": Entry(roles(S, O)),
    "POST /flows/new": Entry(roles(S, O), {"content": "x", "note": "x"}),
    "GET /flows/{version}": Entry(roles(S, O, U)),
    "GET /flows/{version}/menu.svg": Entry(roles(S, O, U)),
    "GET /flows/{version}/try": Entry(roles(S, O, U)),
    "POST /flows/{version}/activate": Entry(roles(S, O)),
    "POST /flows/rollback": Entry(roles(S, O)),
    "POST /phone/key": Entry(roles(A, S)),
    "GET /health": Entry(roles(S, O)),
    "GET /health/parts": Entry(roles(S, O)),
    "GET /users": Entry(roles(O)),
    "POST /users": Entry(roles(O), {"login": "the-operator", "name": "x", "role": "agent"}),
    "GET /users/{login}": Entry(roles(O)),
    "POST /users/{login}/password": Entry(roles(O)),
    "POST /users/{login}/role": Entry(roles(O), {"role": "agent"}),
    "POST /users/{login}/disable": Entry(roles(O)),
    "POST /users/{login}/enable": Entry(roles(O)),
    "POST /users/{login}/totp": Entry(roles(O)),
    "POST /users/{login}/unlock": Entry(roles(O)),
    "POST /users/{login}/sessions": Entry(roles(O)),
    "GET /webhooks": Entry(roles(S, O)),
    "POST /webhooks": Entry(
        roles(S, O),
        {"name": "x", "url": "https://example.com", "kinds": "call", "scopes": "calls.read"},
    ),
    "GET /webhooks/{id}": Entry(roles(S, O)),
    "POST /webhooks/{id}/disable": Entry(roles(S, O)),
    "POST /webhooks/{id}/resume": Entry(roles(S, O)),
    "POST /webhooks/{id}/remove": Entry(roles(S, O)),
    "POST /webhooks/{id}/replay": Entry(roles(S, O), {"event": CALL}),
    "GET /audit": Entry(roles(S, U)),
    "GET /audit/export": Entry(roles(S, U)),
    "GET /account": Entry(EVERYBODY),
    "POST /account/password": Entry(EVERYBODY, {"old": "x", "new": "x"}),
    "POST /account/totp": Entry(EVERYBODY, {"password": "x"}),
    "POST /account/totp/code": Entry(EVERYBODY, {"code": "000000"}),
    "GET /account/tokens": Entry(EVERYBODY),
    "POST /account/tokens": Entry(EVERYBODY, {"name": "x", "days": "7"}),
    "POST /account/tokens/{id}/revoke": Entry(EVERYBODY),
}
OPEN_TO_ALL = {
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-out",
    "POST /language",
    "GET /healthz",
    f"GET {PREFIX}/openapi.json",
    f"GET {STATIC}{{digest}}/{{path}}",
}


def pages(app: web.Application) -> Iterator[str]:
    """All that the application serves beside the API's own routes, which have a table too."""
    for route in app.router.routes():
        resource = route.resource
        assert isinstance(resource, PlainResource | DynamicResource), resource
        path = resource.canonical
        if route.method != "HEAD" and (not path.startswith(PREFIX) or path.endswith(".json")):
            yield f"{route.method} {path}"


def path_of(name: str) -> str:
    return name.partition(" ")[2].format(**PLACES)


async def asks(reader: Reader, name: str, **more: str) -> int:
    """The status of the answer itself; a page that is let in but finds nothing is not 403."""
    if name.startswith("GET "):
        return (await reader.opens(path_of(name))).status
    fields = {**TABLE[name].form, **more}
    return (await reader.sends(path_of(name), fields=fields, follow=False)).status


def test_every_page_is_in_the_table_and_nothing_else(app: web.Application) -> None:
    assert set(pages(app)) == TABLE.keys() | OPEN_TO_ALL


def test_no_two_entries_of_the_navigation_have_one_key() -> None:
    keys = [subject.nav.key for subject in SUBJECTS if subject.nav and subject.nav.key]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_the_table_says(
    visitors: Visitors, sql: Connection, role: Role
) -> None:
    await has_phones(sql)
    reader = Reader(await visitors.signed_in(role))
    await sql.execute("UPDATE desk_user SET extension = '6001'")
    found: dict[str, str] = {}
    for name, entry in TABLE.items():
        status = await asks(reader, name)
        assert status < 500 or status == 503, (name, status)
        if (status != 403) != (role in entry.may):
            found[name] = f"{status} for {role}"
    assert found == {}


async def test_a_stranger_is_asked_to_sign_in_everywhere(visitors: Visitors) -> None:
    stranger = Reader(visitors.stranger())
    for name in TABLE:
        if name.startswith("GET "):
            page = await stranger.opens(path_of(name))
            assert page.path.startswith("/sign-in"), name
        else:
            page = await stranger.sends(path_of(name), fields=TABLE[name].form, follow=False)
            assert (page.status, page.headers["Location"]) == (303, "/sign-in"), name


async def test_no_page_changes_anything_without_the_sessions_own_token(visitors: Visitors) -> None:
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    other = Reader(await visitors.signed_in(Role.SUPERVISOR))
    assert reader.csrf != other.csrf
    for name in TABLE:
        if name.startswith("POST "):
            for csrf in ("", "wrong", other.csrf):
                page = await reader.sends(
                    path_of(name), csrf=csrf, fields=TABLE[name].form, follow=False
                )
                assert page.status == 403, (name, csrf)
                assert "usang" in page.plain, name


async def test_a_session_that_is_over_opens_nothing(visitors: Visitors) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    cookie = {"Cookie": Reader(visitor).cookies}
    thief = visitors.stranger()
    thief.headers["X-CSRF-Token"] = visitor.headers["X-CSRF-Token"]
    stolen = Reader(thief, cookie)
    assert (await stolen.opens("/tickets")).path == "/tickets"
    await Reader(visitor).sends("/sign-out")
    for name in TABLE:
        if name.startswith("GET "):
            assert (await stolen.opens(path_of(name))).path.startswith("/sign-in"), name
        else:
            page = await stolen.sends(path_of(name), fields=TABLE[name].form, follow=False)
            assert page.headers["Location"] == "/sign-in", name


async def test_a_role_that_is_taken_away_is_away_at_once_for_pages_and_tokens(
    visitors: Visitors, sql: Connection
) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    body = {"name": "x", "scopes": ["audit.read"], "ends_at": "2026-12-01T00:00:00Z"}
    program = visitors.program((await visitor.post("/tokens", body)).json["token"])
    reader = Reader(visitor)
    assert (await reader.opens("/audit")).status == 200
    assert (await program.get("/audit")).status == 200
    # As by another desk or at the command line: the session itself goes on.
    await sql.execute("UPDATE desk_user SET role = 'agent'")
    assert (await reader.opens("/audit")).status == 403
    assert (await program.get("/audit")).status == 403
    assert "/audit" not in re.findall(r'href="([^"]+)"', (await reader.opens("/tickets")).text)


@pytest.mark.parametrize("role", Role)
async def test_the_navigation_leads_only_where_one_may_go(visitors: Visitors, role: Role) -> None:
    reader = Reader(await visitors.signed_in(role))
    page = await reader.opens("/account")
    side = page.text.partition('<nav class="side"')[2].partition("</nav>")[0]
    led = re.findall(r'href="([^"]+)"', side)
    assert "/account" in led
    assert led == [path for path in led if role in TABLE[f"GET {path}"].may]
    assert set(led) >= {
        f"/{name}"
        for name in ("tickets", "people", "callbacks", "calls", "users", "health", "audit", "wall")
        if role in TABLE[f"GET /{name}"].may
    }
