"""People, calls, callbacks, closures, reports over the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.store.told import BUDI, SITI
from tests.web.conftest import NOW
from tests.web.seeded import OPEN, SECRET, Seeded, seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

TUESDAY = "2026-12-01T03:00:00Z"


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def agent(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.AGENT)


async def test_a_person_is_found_and_named(agent: Visitor, seeded: Seeded) -> None:
    (line,) = (await agent.get("/people", query={"phone": SITI})).json["items"]
    person = await agent.get(f"/people/{line['id']}")
    assert (person.json["name"], person.json["phones"]) == (None, [SITI])
    assert [ticket["number"] for ticket in person.json["tickets"]] == [OPEN]
    named = await agent.patch(f"/people/{line['id']}", {"name": "Siti Aminah"}, seen=person.etag)
    assert named.json["name"] == "Siti Aminah"
    late = await agent.patch(f"/people/{line['id']}", {"name": "Sita"}, seen=person.etag)
    assert late.status == 412
    for part in ("aminah", "Siti Amina", "siti aminh"):
        found = (await agent.get("/people", query={"name": part})).json["items"]
        assert [one["id"] for one in found] == [line["id"]], part
    assert (await agent.get("/people", query={"name": "%"})).json["items"] == []


async def test_calls_are_listed_and_read_step_by_step(agent: Visitor, seeded: Seeded) -> None:
    calls = (await agent.get("/calls")).json["items"]
    assert [one["id"] for one in calls] == [
        str(call.id) for call in (seeded.anonymous, seeded.secret, seeded.open)
    ]
    assert len((await agent.get("/calls", query={"outcome": "information"})).json["items"]) == 1
    story = (await agent.get(f"/calls/{seeded.open.id}")).json
    assert [step["step"] for step in story["steps"]] == ["main"]
    assert story["tickets"] == [OPEN]


async def test_callbacks_come_page_by_page_in_their_order(
    agent: Visitor, seeded: Seeded, sql: Connection
) -> None:
    await sql.execute(
        "UPDATE callback SET state = 'human', reason = 'no_answer', settled_at = now() "
        "WHERE id = $1::text::uuid",
        seeded.secret_callback,
    )
    first = (await agent.get("/callbacks", query={"limit": "1"})).json
    assert [one["id"] for one in first["items"]] == [seeded.secret_callback]
    second = (await agent.get("/callbacks", query={"limit": "1", "after": first["next"]})).json
    assert [one["id"] for one in second["items"]] == [seeded.open_callback]
    third = (await agent.get("/callbacks", query={"limit": "1", "after": second["next"]})).json
    assert third == {"items": [], "next": None}
    tasks = (await agent.get("/callbacks", query={"state": "human"})).json["items"]
    assert [one["reason"] for one in tasks] == ["no_answer"]


async def test_a_callback_is_moved_finished_and_cancelled_once(
    agent: Visitor, seeded: Seeded, sql: Connection
) -> None:
    path = f"/callbacks/{seeded.open_callback}"
    before = await agent.get(path)
    moved = await agent.patch(path, {"due": TUESDAY}, seen=before.etag)
    assert moved.status == 200, moved.text
    assert datetime.fromisoformat(moved.json["due"]) == datetime.fromisoformat(TUESDAY)
    stale = await agent.delete(path, seen=before.etag)
    assert (stale.status, stale.kind) == (412, "changed-meanwhile")
    assert (await agent.post(f"{path}/done", seen=moved.etag)).json["state"] == "done"
    over = await agent.delete(path, seen=(await agent.get(path)).etag)
    assert (over.status, over.kind) == (409, "callback-over")
    events = await sql.fetch("SELECT became, actor FROM ticket_event WHERE kind = 'callback'")
    assert [tuple(event) for event in events] == [("waiting", "the-agent"), ("done", "the-agent")]


async def test_a_callback_is_promised_from_the_desk(agent: Visitor, seeded: Seeded) -> None:
    body: dict[str, Any] = {"ticket": OPEN, "due": TUESDAY}
    live = await agent.post("/callbacks", body)
    assert (live.status, live.kind) == (409, "callback-live")
    other = body | {"phone": "0813 9999 0000"}
    made = await agent.post("/callbacks", other, key="promise-once")
    again = await agent.post("/callbacks", other, key="promise-once")
    assert made.status == again.status == 201
    assert made.json["phone"] == "+6281399990000"
    assert (await agent.get(made.headers["Location"])).json == made.json
    thread = (await agent.get(f"/tickets/{OPEN}")).json["callbacks"]
    assert made.json["id"] in [one["id"] for one in thread]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"due": "2026-11-27T09:00:00Z"}, "#/due"),
        ({"due": "2027-12-01T03:00:00Z"}, "#/due"),
        ({"due": "2026-12-01T03:00:00"}, "#/due"),
        ({"phone": "110"}, "#/phone"),
        ({"phone": "+1 202 555 0100"}, "#/phone"),
    ],
)
async def test_a_promise_that_cannot_be_kept_is_not_made(
    agent: Visitor, seeded: Seeded, change: dict[str, str], pointer: str
) -> None:
    body = {"ticket": OPEN, "due": TUESDAY, "phone": BUDI} | change
    reply = await agent.post("/callbacks", body)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)


async def test_the_line_is_closed_and_opened_again(visitors: Visitors, desk: PostgresDesk) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    until = (NOW + timedelta(hours=2)).isoformat()
    closed = await supervisor.post("/line/closures", {"reason": "banjir", "until": until})
    assert [one["reason"] for one in closed.json["closures"]] == ["banjir"]
    assert [reason for _, _, reason in await desk.closures()] == ["banjir"]
    past = await supervisor.post("/line/closures", {"reason": "x", "until": "2026-11-27T08:00:00Z"})
    assert (past.status, past.json["errors"][0]["pointer"]) == (422, "#/until")
    assert (await supervisor.post("/line/reopen")).json == {"lifted": 1}
    (line,) = (await supervisor.get("/line/closures")).json["items"]
    assert (line["stands"], line["lifted_by"]) == (False, "the-supervisor")


@pytest.mark.parametrize("what", ["queues", "agents", "callbacks", "abandoned"])
async def test_reports_have_what_was_counted_and_what_follows(
    visitors: Visitors, seeded: Seeded, what: str
) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    query = {"day": "2026-11-27", "span": "week", "interval": "day"}
    reply = await supervisor.get(f"/reports/{what}", query=query)
    assert reply.status == 200, reply.text
    if what == "callbacks":
        (promised,) = [one for one in reply.json["items"] if one["promised"]]
        assert promised["promised"] == 2
    bad = await supervisor.get(f"/reports/{what}", query={"day": "27-11-2026"})
    assert (bad.status, bad.json["errors"][0]["parameter"]) == (422, "day")


async def test_the_audit_comes_page_by_page(visitors: Visitors, seeded: Seeded) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    for _ in range(4):
        await supervisor.get(f"/tickets/{SECRET}")
    seen = []
    after: str | None = ""
    while after is not None:
        query = {"limit": "2", "subject": SECRET} | ({"after": after} if after else {})
        page = (await supervisor.get("/audit", query=query)).json
        seen += [entry["id"] for entry in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 4
