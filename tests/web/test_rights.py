"""Every route with every role: what is not in the table fails, and so does what differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.web.seeded import ANONYMOUS, OPEN, SECRET, Seeded, seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import routes

NOBODY = UUID(int=7)
EVERYBODY = frozenset(Role)
A, S, L, O, U = (Role.AGENT, Role.SUPERVISOR, Role.LIAISON, Role.OPERATOR, Role.AUDITOR)  # noqa: E741


def roles(*given: Role) -> frozenset[Role]:
    return frozenset(given)


@dataclass(frozen=True)
class Entry:
    """Who may, and a request that is good in its form and names what does not exist."""

    may: frozenset[Role]
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


A_DAY_OFF = {"name": "x", "source": "x", "first": "2026-12-04", "closed": True}
A_PRODUCER = {
    **{"nib": "1234567890123", "name": "x", "city": "Bandung", "kbli": ["14111"]},
    **{"kbli_version": 2020, "products": ["jaket"], "schemes": ["reseller"], "capacity": 1},
    **{"price_from": 1, "price_to": 1, "curated_by": "ikft"},
}
TRAINING = {
    "title": "x",
    "city": "x",
    "starts_at": "2026-12-04T02:00:00Z",
    "ends_at": "2026-12-04T05:00:00Z",
    "seats": 1,
}
TABLE: Mapping[str, Entry] = {
    "GET /api/v1/session": Entry(EVERYBODY),
    "DELETE /api/v1/session": Entry(EVERYBODY),
    "PUT /api/v1/session/password": Entry(EVERYBODY, {"old": "x", "new": "x"}),
    "POST /api/v1/session/totp": Entry(EVERYBODY, {"password": "x"}),
    "PUT /api/v1/session/totp": Entry(EVERYBODY, {"code": "000000"}),
    "GET /api/v1/tokens": Entry(EVERYBODY),
    "POST /api/v1/tokens": Entry(
        EVERYBODY, {"name": "x", "scopes": ["line.read"], "ends_at": "2020-01-01T00:00:00Z"}
    ),
    "DELETE /api/v1/tokens/{id}": Entry(EVERYBODY),
    "GET /api/v1/tickets": Entry(roles(A, S, L, U)),
    "GET /api/v1/colleagues": Entry(roles(A, S, L, U)),
    "POST /api/v1/tickets": Entry(roles(A, S, L), {"category": "INFO"}),
    "GET /api/v1/tickets/{number}": Entry(roles(A, S, L, U)),
    "PATCH /api/v1/tickets/{number}": Entry(roles(A, S, L), {"fields": {"city": "Solo"}}),
    "POST /api/v1/tickets/{number}/moves": Entry(roles(A, S, L), {"became": "proses"}),
    "POST /api/v1/tickets/moves": Entry(
        roles(A, S, L), {"became": "proses", "tickets": [{"number": "26999990", "version": 1}]}
    ),
    "PUT /api/v1/tickets/{number}/owner": Entry(roles(A, S, L), {"owner": None}),
    "PUT /api/v1/tickets/{number}/tags": Entry(roles(A, S, L), {"tags": []}),
    "POST /api/v1/tickets/{number}/comments": Entry(roles(A, S, L), {"text": "x"}),
    "POST /api/v1/tickets/{number}/merge": Entry(roles(S), {"into": "26999990"}),
    "DELETE /api/v1/tickets/{number}/merge": Entry(roles(S)),
    "POST /api/v1/tickets/{number}/split": Entry(roles(S), {"category": "INFO"}),
    "GET /api/v1/tickets/{number}/duplicates": Entry(roles(A, S, L, U)),
    "POST /api/v1/tickets/{number}/attachments": Entry(roles(A, S, L), b"berkas"),
    "GET /api/v1/tickets/{number}/messages": Entry(roles(A, S, L, U)),
    "GET /api/v1/people/{id}/messages": Entry(roles(A, S, L)),
    "GET /api/v1/tickets/{number}/whatsapp": Entry(roles(A, S, L)),
    "POST /api/v1/tickets/{number}/whatsapp": Entry(roles(A, S, L), {"text": "x"}),
    "POST /api/v1/tickets/{number}/whatsapp/templates": Entry(
        roles(A, S, L), {"template": "ticket_number"}
    ),
    "GET /api/v1/attachments/{id}": Entry(roles(A, S, L)),
    "GET /api/v1/recordings/{id}/audio": Entry(roles(A, S, L)),
    "GET /api/v1/recordings/{id}/waveform": Entry(roles(A, S, L)),
    "POST /api/v1/recordings/{id}/links": Entry(roles(A, S, L)),
    "GET /api/v1/views": Entry(roles(A, S, L, U)),
    "POST /api/v1/views": Entry(roles(A, S, L, U), {"name": "x", "filter": {}}),
    "DELETE /api/v1/views/{id}": Entry(roles(A, S, L, U)),
    "GET /api/v1/people": Entry(roles(A, S, L)),
    "GET /api/v1/people/{id}": Entry(roles(A, S, L)),
    "PATCH /api/v1/people/{id}": Entry(roles(A, S), {"name": "x"}),
    "GET /api/v1/people/{id}/dealings": Entry(roles(A, S, L)),
    "POST /api/v1/people/{id}/phones": Entry(roles(A, S), {"phone": "081234567890"}),
    "POST /api/v1/people/{id}/phones/part": Entry(roles(A, S), {"phone": "081234567890"}),
    "POST /api/v1/people/{id}/merge": Entry(roles(S), {"into": str(NOBODY)}),
    "GET /api/v1/calls": Entry(roles(A, S, U)),
    "GET /api/v1/calls/{id}": Entry(roles(A, S, U)),
    "GET /api/v1/callbacks": Entry(roles(A, S, L, U)),
    "POST /api/v1/callbacks": Entry(
        roles(A, S), {"ticket": "26999990", "due": "2026-11-30T03:00:00Z"}
    ),
    "GET /api/v1/callbacks/{id}": Entry(roles(A, S, L, U)),
    "PATCH /api/v1/callbacks/{id}": Entry(roles(A, S), {"due": "2026-11-30T03:00:00Z"}),
    "DELETE /api/v1/callbacks/{id}": Entry(roles(A, S)),
    "POST /api/v1/callbacks/{id}/done": Entry(roles(A, S)),
    "POST /api/v1/callbacks/{id}/take": Entry(roles(A, S)),
    "GET /api/v1/line/closures": Entry(EVERYBODY),
    "POST /api/v1/line/closures": Entry(roles(S, O), {"reason": "banjir"}),
    "POST /api/v1/line/reopen": Entry(roles(S, O)),
    "GET /api/v1/calendar": Entry(EVERYBODY),
    "GET /api/v1/calendar/days": Entry(EVERYBODY, query={"year": "2026"}),
    "PUT /api/v1/calendar/week": Entry(roles(S, O), {"monday": ["08:00-16:00"]}),
    "POST /api/v1/calendar/overrides": Entry(roles(S, O), A_DAY_OFF),
    "PUT /api/v1/calendar/overrides/{place}": Entry(roles(S, O), A_DAY_OFF),
    "DELETE /api/v1/calendar/overrides/{place}": Entry(roles(S, O)),
    "GET /api/v1/flows": Entry(roles(S, O, U)),
    "POST /api/v1/flows/judge": Entry(roles(S, O, U), {"content": "x"}),
    "POST /api/v1/flows/versions": Entry(roles(S, O), {"content": "x", "note": "x"}),
    "GET /api/v1/flows/versions/{version}": Entry(roles(S, O, U)),
    "GET /api/v1/flows/versions/{version}/changes": Entry(
        roles(S, O, U), query={"than": "00000000"}
    ),
    "POST /api/v1/flows/versions/{version}/try": Entry(roles(S, O, U), {}),
    "POST /api/v1/flows/versions/{version}/activate": Entry(roles(S, O)),
    "POST /api/v1/flows/rollback": Entry(roles(S, O)),
    "GET /api/v1/reports/queues": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/agents": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/callbacks": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/abandoned": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/load": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/steps": Entry(roles(S, L, O, U)),
    "GET /api/v1/reports/month": Entry(roles(S, L, O, U)),
    "GET /api/v1/agents": Entry(roles(A, S, O)),
    "GET /api/v1/agents/me": Entry(roles(A, S)),
    "GET /api/v1/agents/me/last-talk": Entry(roles(A, S)),
    "GET /api/v1/agents/codes": Entry(roles(A, S)),
    "GET /api/v1/pop": Entry(roles(A, S), query={"call": str(NOBODY)}),
    "POST /api/v1/agents/{extension}/state": Entry(roles(S), {"do": "ready"}),
    "POST /api/v1/agents/{extension}/disposition": Entry(roles(S), {"code": "11"}),
    "POST /api/v1/agents/{extension}/recording": Entry(roles(S)),
    "POST /api/v1/agents/{extension}/listen": Entry(roles(S), {"how": "listen"}),
    "GET /api/v1/queues": Entry(roles(A, S, O)),
    "GET /api/v1/queues/pulse": Entry(roles(A, S, O)),
    "GET /api/v1/queues/rules": Entry(roles(A, S, O)),
    "GET /api/v1/queues/waiting": Entry(roles(A, S, O)),
    "POST /api/v1/queues/take": Entry(roles(S)),
    "POST /api/v1/queues/waiting/{id}/take": Entry(roles(S)),
    "POST /api/v1/queues/waiting/{id}/move": Entry(roles(S), {"queue": "umum"}),
    "GET /api/v1/events": Entry(EVERYBODY),
    "GET /api/v1/condition": Entry(roles(S, O)),
    "GET /api/v1/producers": Entry(roles(A, S, L, U)),
    "POST /api/v1/producers": Entry(roles(S, L), A_PRODUCER),
    "GET /api/v1/producers/{id}": Entry(roles(A, S, L, U)),
    "PUT /api/v1/producers/{id}": Entry(roles(S, L), A_PRODUCER),
    "POST /api/v1/producers/{id}/verification": Entry(
        roles(S, L), {"on": "2026-11-20", "source": "x"}
    ),
    "POST /api/v1/producers/{id}/sharing": Entry(roles(S, L), {"shared": True, "proof": "x"}),
    "POST /api/v1/producers/{id}/status": Entry(roles(S, L), {"status": "paused"}),
    "POST /api/v1/producers/imports": Entry(roles(S, L), b"x"),
    "GET /api/v1/producers/imports/{id}": Entry(roles(S, L)),
    "POST /api/v1/producers/imports/{id}/apply": Entry(roles(S, L)),
    "GET /api/v1/tickets/{number}/producers": Entry(roles(A, S, L, U)),
    "GET /api/v1/tickets/{number}/referrals": Entry(roles(A, S, L, U)),
    "POST /api/v1/tickets/{number}/referrals": Entry(
        roles(A, S, L), {"producer": str(NOBODY), "pieces": 1, "how": "call"}
    ),
    "POST /api/v1/referrals/{id}/moves": Entry(roles(A, S, L), {"became": "accepted"}),
    "POST /api/v1/referrals/{id}/answers": Entry(roles(A, S, L), {"kind": "day_30", "answer": "x"}),
    "POST /api/v1/referrals/{id}/calls": Entry(roles(A, S)),
    "GET /api/v1/audit": Entry(roles(S, U)),
    "GET /api/v1/users": Entry(roles(O)),
    "POST /api/v1/users": Entry(
        roles(O), {"login": "tono", "name": "Tono", "role": "agent", "extension": "6999"}
    ),
    "GET /api/v1/users/{login}": Entry(roles(O)),
    "PUT /api/v1/users/{login}/role": Entry(roles(O), {"role": "agent"}),
    "POST /api/v1/users/{login}/password": Entry(roles(O)),
    "POST /api/v1/users/{login}/disable": Entry(roles(O)),
    "POST /api/v1/users/{login}/enable": Entry(roles(O)),
    "POST /api/v1/users/{login}/unlock": Entry(roles(O)),
    "DELETE /api/v1/users/{login}/totp": Entry(roles(O)),
    "DELETE /api/v1/users/{login}/sessions": Entry(roles(O)),
    "GET /api/v1/trainings": Entry(roles(A, S, L, U)),
    "POST /api/v1/trainings": Entry(roles(S, L), TRAINING),
    "GET /api/v1/trainings/owed": Entry(roles(A, S, L)),
    "GET /api/v1/trainings/{id}": Entry(roles(A, S, L, U)),
    "PUT /api/v1/trainings/{id}": Entry(roles(S, L), TRAINING),
    "POST /api/v1/trainings/{id}/cancel": Entry(roles(S, L), {"why": "x"}),
    "GET /api/v1/trainings/{id}/signups": Entry(roles(A, S, L, U)),
    "POST /api/v1/trainings/{id}/signups": Entry(roles(A, S, L), {"phone": "081234567890"}),
    "POST /api/v1/training-signups/{id}/leave": Entry(roles(A, S, L)),
    "POST /api/v1/training-signups/{id}/told": Entry(roles(A, S, L), {"state": "seated"}),
    "PUT /api/v1/training-signups/{id}/attendance": Entry(roles(A, S, L), {"attended": True}),
    "GET /api/v1/webhooks": Entry(roles(S, O)),
    "POST /api/v1/webhooks": Entry(
        roles(S, O),
        {"name": "x", "url": "http://x", "kinds": ["ticket"], "scopes": ["tickets.read"]},
    ),
    "GET /api/v1/webhooks/{id}": Entry(roles(S, O)),
    "DELETE /api/v1/webhooks/{id}": Entry(roles(S, O)),
    "POST /api/v1/webhooks/{id}/disable": Entry(roles(S, O)),
    "POST /api/v1/webhooks/{id}/resume": Entry(roles(S, O)),
    "GET /api/v1/webhooks/{id}/deliveries": Entry(roles(S, O)),
    "GET /api/v1/partners": Entry(roles(A, S, L, U)),
    "POST /api/v1/partners": Entry(roles(S), {"name": "Bea Cukai", "kind": "customs"}),
    "GET /api/v1/partners/{id}": Entry(roles(A, S, L, U)),
    "PUT /api/v1/partners/{id}": Entry(roles(S), {"name": "x", "kind": "bank"}),
    "PUT /api/v1/partners/{id}/shares": Entry(roles(S), {"shares": []}),
    "POST /api/v1/partners/{id}/secret": Entry(roles(S)),
    "GET /api/v1/tickets/{number}/handovers/choices": Entry(roles(S, L)),
    "POST /api/v1/tickets/{number}/handovers": Entry(roles(S, L), {"partner": str(NOBODY)}),
    "POST /api/v1/tickets/{number}/handovers/consent": Entry(
        roles(S, L), {"granted": True, "words": "setuju"}
    ),
    "GET /api/v1/handovers": Entry(roles(A, S, L, U)),
    "GET /api/v1/handovers/{id}": Entry(roles(A, S, L, U)),
    "POST /api/v1/handovers/{id}/answers": Entry(roles(S, L), {"answer": "done"}),
    "POST /api/v1/handovers/{id}/withdraw": Entry(roles(S, L)),
    "POST /api/v1/handovers/{id}/send": Entry(roles(S, L)),
    "GET /api/v1/handovers/{id}/file": Entry(roles(S, L)),
    "POST /api/v1/webhooks/{id}/replays": Entry(roles(S, O), {"event": str(NOBODY)}),
}
PLACES = {
    "number": "26999999",
    "login": "nobody-here",
    "id": str(NOBODY),
    "extension": "6999",
    "place": "0",
    "version": "00000000",
}
ROUTES = [route for route in routes() if not route.public]


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert {route.name for route in ROUTES} == TABLE.keys()
    assert [route.name for route in routes() if route.public] == ["POST /api/v1/session"]


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_the_table_says(visitors: Visitors, role: Role) -> None:
    for route in ROUTES:
        entry = TABLE[route.name]
        visitor = await visitors.signed_in(role)
        path = route.plain_path.format(**PLACES)
        reply = await visitor.ask(route.method, path, entry.body, seen='"1"', query=entry.query)
        refused = reply.status == 403
        assert refused == (role not in entry.may), (route.name, reply.status, reply.text)
        assert reply.status != 500, (route.name, reply.text)
        assert not refused or reply.kind == "not-allowed"


async def test_a_stranger_may_nothing(visitors: Visitors) -> None:
    stranger = visitors.stranger()
    for route in ROUTES:
        path = route.plain_path.format(**PLACES)
        reply = await stranger.ask(route.method, path, TABLE[route.name].body, seen='"1"')
        assert (reply.status, reply.kind) == (401, "not-signed-in"), route.name


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


async def everything(visitor: Visitor, seeded: Seeded) -> str:
    """All that the visitor can read, by lists, searches, and by every id that they might guess."""
    paths: list[tuple[str, dict[str, str]]] = [
        ("/tickets", {}),
        ("/tickets", {"order": "deadline"}),
        ("/tickets", {"category": "STOK"}),
        ("/tickets", {"q": "rahasia"}),
        ("/tickets", {"q": "rahasi"}),
        ("/tickets", {"phone": "081345678901"}),
        ("/people", {}),
        ("/people", {"phone": "081345678901"}),
        ("/calls", {}),
        ("/calls", {"phone": "081345678901"}),
        ("/callbacks", {}),
        *((f"/tickets/{number}", {}) for number in (OPEN, SECRET, ANONYMOUS)),
        *((f"/calls/{call.id}", {}) for call in (seeded.open, seeded.secret, seeded.anonymous)),
        *((f"/callbacks/{id_}", {}) for id_ in (seeded.open_callback, seeded.secret_callback)),
    ]
    replies = [await visitor.get(path, query=query) for path, query in paths]
    assert all(reply.status in (200, 403, 404) for reply in replies)
    return "\n".join(reply.text for reply in replies if reply.status == 200)


@pytest.mark.parametrize("role", [L, O, U])
async def test_a_confidential_ticket_does_not_exist_for_who_may_not_see_it(
    visitors: Visitors, seeded: Seeded, role: Role
) -> None:
    told = await everything(await visitors.signed_in(role), seeded)
    for trace in (SECRET, "Rahasia", "5678901", str(seeded.secret.id), seeded.secret_callback):
        assert trace not in told
    if role is not O:
        assert OPEN in told


@pytest.mark.parametrize("role", [A, S])
async def test_each_look_at_a_confidential_ticket_is_noted(
    visitors: Visitors, seeded: Seeded, sql: Connection, role: Role
) -> None:
    visitor = await visitors.signed_in(role)
    await visitor.get(f"/tickets/{OPEN}")
    assert (await visitor.get(f"/tickets/{SECRET}")).json["fields"]["city"] == "Rahasia"
    await visitor.get(f"/calls/{seeded.secret.id}")
    rows = await sql.fetch("SELECT who, did, subject FROM audit_entry WHERE did LIKE '%.read'")
    assert {tuple(row) for row in rows} == {
        (f"the-{role}", "ticket.read", SECRET),
        (f"the-{role}", "call.read", str(seeded.secret.id)),
    }


async def test_nobody_without_the_right_makes_or_turns_a_ticket_confidential(
    visitors: Visitors, seeded: Seeded
) -> None:
    liaison = await visitors.signed_in(L)
    assert (await liaison.post("/tickets", {"category": "STOK"})).status == 403
    etag = (await liaison.get(f"/tickets/{OPEN}")).etag
    reply = await liaison.patch(f"/tickets/{OPEN}", {"category": "SELUNDUP"}, seen=etag)
    assert reply.status == 403
    reply = await liaison.patch(f"/tickets/{SECRET}", {"category": "INFO"}, seen='"1"')
    assert reply.status == 404


async def test_an_auditor_sees_numbers_in_part(visitors: Visitors, seeded: Seeded) -> None:
    told = await everything(await visitors.signed_in(U), seeded)
    assert "1234567890" not in told
    assert "+62…890" in told
    reply = await (await visitors.signed_in(U)).get("/tickets", query={"phone": "081234567890"})
    assert reply.status == 403


async def test_who_is_anonymous_has_no_number_for_a_liaison(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    # The caller gave a number after all, to be called back.
    await sql.execute(
        "UPDATE ticket SET phone = $2, person = (SELECT person FROM phone WHERE number = $2) "
        "WHERE number = $1",
        ANONYMOUS,
        "+6281398765432",
    )
    await sql.execute(
        "UPDATE person SET name = 'Ani' FROM phone WHERE person = person.id "
        "AND number = '+6281398765432'"
    )
    told = await everything(await visitors.signed_in(L), seeded)
    assert ANONYMOUS in told
    assert "98765432" not in told
    assert "Ani" not in told
    reply = await (await visitors.signed_in(L)).get("/tickets", query={"phone": "081398765432"})
    assert reply.json["items"] == []
    agent = await everything(await visitors.signed_in(A), seeded)
    assert "+6281398765432" in agent


async def test_what_was_merged_into_or_split_as_confidential_leaves_no_number(
    visitors: Visitors, seeded: Seeded
) -> None:
    supervisor = await visitors.signed_in(S)
    before = await supervisor.get(f"/tickets/{OPEN}")
    part = await supervisor.post(f"/tickets/{OPEN}/split", {"category": "STOK"}, seen=before.etag)
    assert part.status == 201
    now = await supervisor.get(f"/tickets/{OPEN}")
    assert part.json["number"] in now.text
    liaison = await visitors.signed_in(L)
    assert part.json["number"] not in (await liaison.get(f"/tickets/{OPEN}")).text
    merged = await supervisor.post(f"/tickets/{OPEN}/merge", {"into": SECRET}, seen=now.etag)
    assert merged.status == 200
    told = await liaison.get(f"/tickets/{OPEN}")
    assert told.status == 200
    assert SECRET not in told.text


async def test_a_ticket_is_given_to_who_may_work_on_it(visitors: Visitors, seeded: Seeded) -> None:
    supervisor = await visitors.signed_in(S)
    await visitors.user(A)
    await visitors.user(U)
    colleagues = (await supervisor.get("/colleagues")).json
    assert [one["login"] for one in colleagues] == ["the-agent", "the-supervisor"]
    etag = (await supervisor.get(f"/tickets/{OPEN}")).etag
    reply = await supervisor.put(f"/tickets/{OPEN}/owner", {"owner": "the-auditor"}, seen=etag)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/owner")


async def test_a_token_without_the_scope_sees_no_confidential_ticket(
    visitors: Visitors, seeded: Seeded
) -> None:
    supervisor = await visitors.signed_in(S)
    body = {"name": "x", "scopes": ["tickets.read"], "ends_at": "2026-12-01T00:00:00Z"}
    program = visitors.program((await supervisor.post("/tokens", body)).json["token"])
    told = await everything(program, seeded)
    assert SECRET not in told
    # Nor whole numbers.
    assert "1234567890" not in told
