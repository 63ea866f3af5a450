"""Agents and queues by the API: what is shown of the phone side, and what is asked of it."""

import pytest

from tests.web.fake_phone import SARI, FakePhone, has_phones, rings, stay
from tests.web.seeded import Seeded, seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.errors import Unacceptable
from tickets.phone_side import AgentUnknown, PhoneAway, PhoneRefused
from tickets.rights import Role
from tickets.store import Connection


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def agents(sql: Connection) -> None:
    await has_phones(sql)


async def with_phone(visitors: Visitors, sql: Connection, role: Role, extension: str) -> Visitor:
    """Signed in, with an extension of their own."""
    login = await visitors.user(role)
    await sql.execute("UPDATE desk_user SET extension = $2 WHERE login = $1", login, extension)
    return await visitors.signed_in(role)


async def test_agents_are_shown_with_who_rings(
    visitors: Visitors, phone: FakePhone, seeded: Seeded, agents: None
) -> None:
    phone.shows(rings(SARI, stay(call=seeded.open.id)))
    told = (await (await visitors.signed_in(Role.AGENT)).get("/agents")).json
    sari, budi = told["agents"]
    assert (sari["name"], sari["state"], budi["state"]) == ("Sari", "ready", "out")
    assert sari["ringing"]["phone"] == "+6281234567890"
    assert sari["ringing"]["category"] == "GANTI"
    # Whom the line serves is no business of the operator's.
    told = (await (await visitors.signed_in(Role.OPERATOR)).get("/agents")).text
    assert str(seeded.open.id) in told
    assert "1234567890" not in told


async def test_who_waits_is_told_with_their_name_and_not_to_everybody(
    visitors: Visitors, phone: FakePhone, seeded: Seeded
) -> None:
    phone.shows(SARI, waiting=(stay(call=seeded.open.id), stay(call=seeded.secret.id)))
    told = (await (await visitors.signed_in(Role.SUPERVISOR)).get("/queues/waiting")).json
    assert [one["phone"] for one in told["waiting"]] == ["+6281234567890", "+6281345678901"]
    body = {"name": "x", "scopes": ["live.read", "calls.read"], "ends_at": "2026-12-01T00:00:00Z"}
    token = (await (await visitors.signed_in(Role.AGENT)).post("/tokens", body)).json["token"]
    told = (await visitors.program(token).get("/queues/waiting")).json
    assert [one["phone"] for one in told["waiting"]] == ["+62…890", None]


async def test_the_wall_says_how_old_its_figures_are(visitors: Visitors, phone: FakePhone) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    told = (await supervisor.get("/queues")).json
    assert (told["at"], told["current"], told["waiting"]) == (None, False, 0)
    phone.shows(SARI, waiting=(stay(),))
    told = (await supervisor.get("/queues")).json
    assert (told["current"], told["waiting"], told["agents"]["ready"]) == (True, 1, 1)
    phone.goes()
    told = (await supervisor.get("/queues")).json
    assert (told["at"], told["current"], told["waiting"]) == ("2026-11-27T03:00:00Z", False, 1)


async def test_a_state_is_ones_own_or_a_supervisors_affair(
    visitors: Visitors, phone: FakePhone, sql: Connection, agents: None
) -> None:
    budi = await with_phone(visitors, sql, Role.AGENT, "6002")
    sari = await with_phone(visitors, sql, Role.SUPERVISOR, "6001")
    pause = {"do": "pause", "reason": "salat"}
    reply = await budi.post("/agents/6002/state", pause)
    assert (reply.status, reply.json) == (200, {"state": "paused", "reason": "salat"})
    assert (await budi.post("/agents/6001/state", pause)).kind == "not-allowed"
    assert (await sari.post("/agents/6002/state", {"do": "log_out"})).status == 200
    assert phone.asked == [
        ("6002", "pause", {"by": "api", "reason": "salat"}),
        ("6002", "log_out", {"by": "supervisor"}),
    ]
    assert (await budi.post("/agents/6002/state", {"do": "pause"})).status == 422
    assert (await budi.post("/agents/6002/state", {"do": "ready", "reason": "salat"})).status == 422


async def test_deeds_reach_the_phone_side_with_the_actors_own_phone(
    visitors: Visitors, phone: FakePhone, sql: Connection, agents: None
) -> None:
    sari = await with_phone(visitors, sql, Role.SUPERVISOR, "6001")
    waits = stay()
    for path, body in (
        ("/agents/6001/disposition", {"code": "11"}),
        ("/agents/6001/recording", None),
        ("/agents/6002/listen", {"how": "whisper"}),
        ("/queues/take", None),
        (f"/queues/waiting/{waits.entry}/take", None),
        (f"/queues/waiting/{waits.entry}/move", {"queue": "produsen"}),
    ):
        reply = await sari.post(path, body)
        assert reply.status in (200, 201, 204), (path, reply.text)
    assert phone.asked == [
        ("6001", "dispose", {"code": "11"}),
        ("6001", "recording", {}),
        ("6001", "listen", {"agent": "6002", "how": "whisper"}),
        ("6001", "take", {"entry": None}),
        ("6001", "take", {"entry": str(waits.entry)}),
        ("6001", "move", {"entry": str(waits.entry), "queue": "produsen"}),
    ]


async def test_who_has_no_phone_is_told_so(visitors: Visitors, phone: FakePhone) -> None:
    phone.shows(SARI)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    for reply in (
        await supervisor.get("/agents/me"),
        await supervisor.post("/queues/take"),
        await supervisor.get("/agents/me/last-talk"),
    ):
        assert (reply.status, reply.kind) == (409, "no-phone")
    assert phone.asked == []


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (PhoneAway("away"), 503, "phone-away"),
        (PhoneRefused("6002 is not logged in"), 409, "phone-refused"),
        (AgentUnknown("6002 is nobody"), 404, "not-found"),
        (Unacceptable("no such queue"), 422, "unacceptable"),
    ],
)
async def test_what_is_not_done_is_told_in_plain_words(
    visitors: Visitors, phone: FakePhone, error: Exception, status: int, kind: str
) -> None:
    phone.fails = error
    reply = await (await visitors.signed_in(Role.SUPERVISOR)).post(
        "/agents/6002/state", {"do": "ready"}
    )
    assert (reply.status, reply.kind, reply.json["detail"]) == (status, kind, str(error))


async def test_while_the_service_is_away_who_works_is_not_known(
    visitors: Visitors, phone: FakePhone
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    phone.shows(SARI)
    assert (await agent.get("/agents")).status == 200
    phone.goes()
    reply = await agent.get("/agents")
    assert (reply.status, reply.kind, reply.headers["Retry-After"]) == (503, "phone-away", "5")


async def test_a_pop_tells_of_person_tickets_steps_and_messages(
    visitors: Visitors, seeded: Seeded
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    told = (await agent.get("/pop", query={"call": str(seeded.open.id)})).json
    assert told["person"]["phones"] == ["+6281234567890"]
    assert [one["category"] for one in told["person"]["tickets"]] == ["GANTI"]
    assert [one["step"] for one in told["call"]["steps"]] == ["main"]
    assert len(told["messages"]) == 1
    told = (await agent.get("/pop", query={"callback": seeded.open_callback})).json
    assert told["callback"]["number"] == told["person"]["tickets"][0]["number"]
    assert told["call"]["id"] == str(seeded.open.id)


async def test_of_a_call_that_is_not_written_yet_nothing_is_known(visitors: Visitors) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    query = {"call": "019abc00-0000-7000-8000-000000000000"}
    reply = await agent.get("/pop", query=query)
    assert reply.json == {"call": None, "callback": None, "person": None, "messages": []}


async def test_a_look_at_a_confidential_caller_is_noted(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    await agent.get("/pop", query={"call": str(seeded.secret.id)})
    rows = await sql.fetch("SELECT who, subject FROM audit_entry WHERE did = 'call.read'")
    assert [tuple(row) for row in rows] == [("the-agent", str(seeded.secret.id))]
