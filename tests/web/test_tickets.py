"""Tickets over the API: found, read, and worked on by two at once."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.store.told import BUDI, FRIDAY_3, SITI, Call
from tests.web.seeded import OPEN, SECRET, Seeded, seed
from tests.web.visitor import Reply, Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.moves import move
from tickets.rights import Role
from tickets.store import Connection, Store
from tickets.views import Views


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def agent(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.AGENT)


@pytest.fixture
async def supervisor(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.SUPERVISOR)


async def opened(visitor: Visitor, **body: Any) -> Reply:
    reply = await visitor.post("/tickets", {"category": "INFO"} | body)
    assert reply.status == 201, reply.text
    return reply


def numbers(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [ticket["number"] for ticket in reply.json["items"]]


async def test_a_ticket_of_a_call_is_read_with_its_thread(agent: Visitor, seeded: Seeded) -> None:
    reply = await agent.get(f"/tickets/{OPEN}")
    ticket = reply.json
    assert reply.etag == f'"{ticket["version"]}"'
    assert (ticket["category"], ticket["phone"]) == ("GANTI", SITI)
    assert ticket["fields"]["city"] == "Bandung"
    assert [event["kind"] for event in ticket["thread"]] == ["opened"]
    assert [one["id"] for one in ticket["callbacks"]] == [seeded.open_callback]
    assert [one["seconds"] for one in ticket["recordings"]] == [7.5]


async def test_a_ticket_is_opened_by_hand(agent: Visitor, sql: Connection) -> None:
    reply = await opened(
        agent,
        category="GANTI",
        phone="0812-3456-7890",
        name="Siti Aminah",
        fields={"city": "Garut"},
        comment="Datang sendiri",
    )
    ticket = reply.json
    assert reply.headers["Location"] == f"/api/v1/tickets/{ticket['number']}"
    assert (ticket["phone"], ticket["name"], ticket["call"]) == (SITI, "Siti Aminah", None)
    assert [event["kind"] for event in ticket["thread"]] == ["opened", "commented"]
    # 14 working days, past Christmas' leave.
    assert ticket["deadline"] > "2026-12-17"
    assert (await agent.get(f"/tickets/{ticket['number']}")).json == ticket


async def test_the_command_line_shows_it_too(agent: Visitor, store: Store) -> None:
    number = (await opened(agent, comment="Datang sendiri")).json["number"]
    shown = await Views(store).ticket(number)
    assert shown is not None
    assert (shown.call, [event.kind for event in shown.events]) == (None, ["opened", "commented"])


async def test_what_a_later_call_of_the_person_is_belongs_to_the_same_person(
    agent: Visitor, desk: PostgresDesk
) -> None:
    ticket = (await opened(agent, phone=SITI)).json
    call = Call()
    call.begins()
    call.opens(500)
    await desk.apply(call.told)
    (person,) = (await agent.get("/people", query={"phone": SITI})).json["items"]
    assert person["id"] == ticket["person"]
    assert person["open_tickets"] == 2


async def test_lists_are_narrowed(agent: Visitor, supervisor: Visitor, seeded: Seeded) -> None:
    mine = (await opened(agent, category="LATIH", owner="the-agent")).json["number"]
    for query, expected in (
        ({"category": "GANTI"}, {OPEN}),
        ([("category", "GANTI"), ("category", "LATIH")], {OPEN, mine}),
        ({"owner": "the-agent"}, {mine}),
        ({"owned": "true"}, {mine}),
        ({"status": "selesai"}, set()),
        ({"phone": "+62 812 3456 7890"}, {OPEN}),
        ({"opened_from": "2026-11-27T09:00:00Z"}, {mine}),
        ({"due_before": "2026-12-15T00:00:00Z", "category": "INFO"}, set()),
    ):
        found = numbers(await agent.get("/tickets", query=query))
        if query == {"due_before": "2026-12-15T00:00:00Z", "category": "INFO"}:
            assert len(found) == 1  # five working days
        else:
            assert set(found) == expected, query


@pytest.mark.parametrize("order", ["newest", "deadline"])
async def test_pages_miss_and_repeat_nothing_while_tickets_come(
    agent: Visitor, desk: PostgresDesk, order: str
) -> None:
    await desk.number_block(2026)
    for n in range(1, 12):
        call = Call(f"1795766400.{n}", at=FRIDAY_3 + timedelta(seconds=n // 3))
        call.opens(n, category=("INFO", "GANTI", "TERTIB")[n % 3])
        await desk.apply(call.told)
    before = numbers(await agent.get("/tickets", query={"order": order, "limit": "200"}))
    assert len(before) == 11
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        query = {"order": order, "limit": "3"} | ({"after": after} if after else {})
        reply = await agent.get("/tickets", query=query)
        seen += numbers(reply)
        after = reply.json["next"]
        # The newest, and the one that is due last: neither belongs to a later page.
        await opened(agent, category="SELUNDUP" if order == "deadline" else "INFO")
        if order == "deadline" and len(seen) > 11:
            break
    assert seen[:11] == before


async def test_words_are_found_in_fields_and_comments_in_every_form(
    agent: Visitor, seeded: Seeded
) -> None:
    await agent.post(f"/tickets/{OPEN}/comments", {"text": "Pedagang menanyakan konveksi"})
    for words in (
        "dagang",
        "diganti",
        '"mengganti dagangan"',
        "konveksi",
        "bandung -jakarta",
        OPEN,
    ):
        reply = await agent.get("/tickets", query={"q": words})
        assert (numbers(reply), reply.json["similar"]) == ([OPEN], False), words
    assert numbers(await agent.get("/tickets", query={"q": "bandung -konveksi"})) == []


@pytest.mark.parametrize("misspelt", ["bandng", "konvexi", "Bandungg"])
async def test_a_misspelt_word_finds_what_is_like_it(
    agent: Visitor, seeded: Seeded, misspelt: str
) -> None:
    await agent.post(f"/tickets/{OPEN}/comments", {"text": "Pedagang menanyakan konveksi"})
    reply = await agent.get("/tickets", query={"q": misspelt})
    assert (numbers(reply), reply.json["similar"]) == ([OPEN], True)


async def test_a_ticket_goes_through_its_life_cycle(agent: Visitor, seeded: Seeded) -> None:
    etag = (await agent.get(f"/tickets/{OPEN}")).etag
    for became in ("verifikasi", "proses", "ditanggapi", "selesai"):
        reply = await agent.post(f"/tickets/{OPEN}/moves", {"became": became}, seen=etag)
        assert reply.status == 200, reply.text
        etag = reply.etag
    moved = [e["became"] for e in reply.json["thread"] if e["kind"] == "moved"]
    assert moved == ["verifikasi", "proses", "ditanggapi", "selesai"]
    reply = await agent.post(f"/tickets/{OPEN}/moves", {"became": "baru"}, seen=etag)
    assert (reply.status, reply.kind) == (409, "move-forbidden")


async def test_of_two_who_edit_at_once_the_later_is_told(
    visitors: Visitors, agent: Visitor, seeded: Seeded
) -> None:
    other = await visitors.signed_in(Role.AGENT, "other")
    etag = (await agent.get(f"/tickets/{OPEN}")).etag
    edits = [{"fields": {"city": city}} for city in ("Solo", "Malang")]
    replies = await asyncio.gather(
        agent.patch(f"/tickets/{OPEN}", edits[0], seen=etag),
        other.patch(f"/tickets/{OPEN}", edits[1], seen=etag),
    )
    assert sorted(reply.status for reply in replies) == [200, 412]
    (lost,) = [reply for reply in replies if reply.status == 412]
    assert lost.kind == "changed-meanwhile"
    (kept,) = [reply for reply in replies if reply.status == 200]
    now = await agent.get(f"/tickets/{OPEN}")
    assert now.json["fields"] == kept.json["fields"]
    assert now.json["fields"]["wish"] == "mengganti dagangan"
    (edit,) = [event for event in now.json["thread"] if event["kind"] == "edited"]
    assert json.loads(edit["was"]) == {"city": "Bandung"}


async def test_a_move_from_the_command_line_is_a_change_too(
    agent: Visitor, seeded: Seeded, store: Store
) -> None:
    reply = await agent.get(f"/tickets/{OPEN}")
    await move(store, reply.json["id"], "baru", "verifikasi", "operator")
    lost = await agent.patch(f"/tickets/{OPEN}", {"anonymous": True}, seen=reply.etag)
    assert lost.status == 412


@pytest.mark.parametrize("seen", [None, "*", "1", 'W/"1"', '""', '"no"', '"99999999999999999999"'])
async def test_a_change_says_which_version_it_has_seen(
    agent: Visitor, seeded: Seeded, seen: str | None
) -> None:
    reply = await agent.patch(f"/tickets/{OPEN}", {"anonymous": True}, seen=seen)
    assert reply.status == (428 if seen is None else 412)
    assert (await agent.get(f"/tickets/{OPEN}")).json["anonymous"] is False


async def test_a_comment_is_no_change_that_another_could_lose(
    agent: Visitor, seeded: Seeded
) -> None:
    etag = (await agent.get(f"/tickets/{OPEN}")).etag
    reply = await agent.post(f"/tickets/{OPEN}/comments", {"text": "Sudah ditelepon"})
    assert (reply.status, reply.etag) == (201, etag)


async def test_a_new_category_brings_its_deadline_and_its_secrecy(
    agent: Visitor, seeded: Seeded
) -> None:
    before = await agent.get(f"/tickets/{OPEN}")
    after = await agent.patch(f"/tickets/{OPEN}", {"category": "SELUNDUP"}, seen=before.etag)
    assert after.json["confidential"] is True
    assert after.json["deadline"] > before.json["deadline"]
    back = await agent.patch(f"/tickets/{OPEN}", {"category": "GANTI"}, seen=after.etag)
    assert back.json["confidential"] is True


async def test_an_agent_takes_and_gives_back_and_a_supervisor_gives_to_anybody(
    visitors: Visitors, agent: Visitor, supervisor: Visitor, seeded: Seeded
) -> None:
    await visitors.user(Role.AGENT, "other")
    etag = (await agent.get(f"/tickets/{OPEN}")).etag
    refused = await agent.put(f"/tickets/{OPEN}/owner", {"owner": "other"}, seen=etag)
    assert refused.status == 403
    given = await supervisor.put(f"/tickets/{OPEN}/owner", {"owner": "other"}, seen=etag)
    assert given.json["owner"] == "other"
    taken = await agent.put(f"/tickets/{OPEN}/owner", {"owner": "the-agent"}, seen=given.etag)
    assert taken.status == 403
    free = await supervisor.put(f"/tickets/{OPEN}/owner", {"owner": None}, seen=given.etag)
    mine = await agent.put(f"/tickets/{OPEN}/owner", {"owner": "the-agent"}, seen=free.etag)
    assert mine.json["owner"] == "the-agent"
    unknown = await supervisor.put(f"/tickets/{OPEN}/owner", {"owner": "nobody"}, seen=mine.etag)
    assert (unknown.status, unknown.json["errors"][0]["pointer"]) == (422, "#/owner")


async def test_tags_are_set_and_found(agent: Visitor, seeded: Seeded) -> None:
    etag = (await agent.get(f"/tickets/{OPEN}")).etag
    tags = {"tags": ["pasar-senen", "mendesak"]}
    reply = await agent.put(f"/tickets/{OPEN}/tags", tags, seen=etag)
    assert reply.json["tags"] == ["mendesak", "pasar-senen"]
    both = [("tag", "mendesak"), ("tag", "pasar-senen")]
    assert numbers(await agent.get("/tickets", query=both)) == [OPEN]
    assert numbers(await agent.get("/tickets", query=[*both, ("tag", "lain")])) == []


async def test_a_merged_ticket_goes_on_in_the_other_and_comes_back(
    supervisor: Visitor, seeded: Seeded
) -> None:
    other = (await opened(supervisor, phone=SITI, comment="Yang kedua")).json["number"]
    etag = (await supervisor.get(f"/tickets/{other}")).etag
    reply = await supervisor.post(f"/tickets/{other}/merge", {"into": OPEN}, seen=etag)
    assert reply.json["number"] == OPEN
    assert reply.json["merged"] == [other]
    assert "Yang kedua" in [event["note"] for event in reply.json["thread"]]
    assert other not in numbers(await supervisor.get("/tickets"))
    merged = await supervisor.get(f"/tickets/{other}")
    assert merged.json["merged_into"] == OPEN
    late = await supervisor.post(
        f"/tickets/{other}/moves", {"became": "verifikasi"}, seen=merged.etag
    )
    assert (late.status, late.kind) == (409, "ticket-merged")
    back = await supervisor.delete(f"/tickets/{other}/merge", seen=merged.etag)
    assert (back.json["merged_into"], back.status) == (None, 200)
    kinds = [event["kind"] for event in (await supervisor.get(f"/tickets/{OPEN}")).json["thread"]]
    assert kinds == ["opened", "merged", "unmerged"]


async def test_what_a_confidential_ticket_is_merged_into_becomes_confidential(
    supervisor: Visitor, seeded: Seeded
) -> None:
    etag = (await supervisor.get(f"/tickets/{SECRET}")).etag
    reply = await supervisor.post(f"/tickets/{SECRET}/merge", {"into": OPEN}, seen=etag)
    assert (reply.status, reply.json["confidential"]) == (200, True)


async def test_merging_along_and_crosswise_ends_in_one_place(
    supervisor: Visitor, seeded: Seeded
) -> None:
    first, second = [(await opened(supervisor)).json["number"] for _ in range(2)]
    one, other = [(await supervisor.get(f"/tickets/{n}")).etag for n in (first, second)]
    replies = await asyncio.gather(
        supervisor.post(f"/tickets/{first}/merge", {"into": second}, seen=one),
        supervisor.post(f"/tickets/{second}/merge", {"into": first}, seen=other),
    )
    assert sorted(reply.status for reply in replies) in ([200, 409], [200, 412])
    (kept,) = [reply for reply in replies if reply.status == 200]
    reply = await supervisor.post(
        f"/tickets/{kept.json['number']}/merge", {"into": OPEN}, seen=kept.etag
    )
    assert reply.json["merged"] == sorted([first, second])
    itself = await supervisor.post(f"/tickets/{OPEN}/merge", {"into": OPEN}, seen=reply.etag)
    assert (itself.status, itself.json["errors"][0]["pointer"]) == (422, "#/into")


async def test_a_part_becomes_a_ticket_of_its_own(supervisor: Visitor, seeded: Seeded) -> None:
    whole = await supervisor.get(f"/tickets/{OPEN}")
    body = {"category": "KUR", "fields": {"city": "Bandung"}, "comment": "Juga soal modal"}
    part = await supervisor.post(f"/tickets/{OPEN}/split", body, seen=whole.etag)
    assert part.status == 201, part.text
    assert part.json["split_from"] == OPEN
    assert (part.json["phone"], part.json["call"]) == (SITI, str(seeded.open.id))
    after = (await supervisor.get(f"/tickets/{OPEN}")).json
    assert after["parts"] == [part.json["number"]]
    assert [event["kind"] for event in after["thread"]] == ["opened", "split"]


async def test_a_request_with_a_key_is_carried_out_once(agent: Visitor, sql: Connection) -> None:
    body = {"category": "INFO", "comment": "sekali saja"}
    first = await agent.post("/tickets", body, key="key-of-the-test")
    again = await agent.post("/tickets", body, key="key-of-the-test")
    assert first.status == again.status == 201
    assert (again.text, again.etag) == (first.text, first.etag)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1
    other = await agent.post("/tickets", {"category": "KUR"}, key="key-of-the-test")
    assert (other.status, other.kind) == (422, "key-conflict")


async def test_requests_with_one_key_at_once_are_one(agent: Visitor, sql: Connection) -> None:
    replies = await asyncio.gather(
        *(agent.post("/tickets", {"category": "INFO"}, key="at-once-key") for _ in range(6))
    )
    assert {reply.status for reply in replies} <= {201, 409}
    assert any(reply.status == 201 for reply in replies)
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1


async def test_a_key_is_its_users_alone_and_free_again_after_a_refusal(
    visitors: Visitors, agent: Visitor, sql: Connection
) -> None:
    other = await visitors.signed_in(Role.AGENT, "other")
    refused = await agent.post("/tickets", {"category": "INFO", "phone": "110"}, key="same-key")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "#/phone")
    for visitor in (agent, other):
        assert (await visitor.post("/tickets", {"category": "INFO"}, key="same-key")).status == 201
    assert await sql.fetchval("SELECT count(DISTINCT number) FROM ticket") == 2
    assert (await agent.post("/tickets", {"category": "INFO"}, key="short")).status == 400


async def test_who_died_over_a_key_leaves_it_to_the_next(agent: Visitor, sql: Connection) -> None:
    first = await agent.post("/tickets", {"category": "INFO"}, key="died-over-it")
    # As if the process had died after the ticket was written, and before its answer was kept.
    await sql.execute("UPDATE idempotent_request SET status = NULL, answer = NULL, headers = NULL")
    busy = await agent.post("/tickets", {"category": "INFO"}, key="died-over-it")
    assert (busy.status, busy.kind) == (409, "key-in-use")
    await sql.execute("UPDATE idempotent_request SET at = at - interval '2 min'")
    again = await agent.post("/tickets", {"category": "INFO"}, key="died-over-it")
    assert again.json["number"] == first.json["number"]
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1


async def test_two_tickets_of_one_phone_at_once_meet_one_person(
    agent: Visitor, sql: Connection
) -> None:
    await asyncio.gather(*(opened(agent, phone=BUDI) for _ in range(5)))
    assert await sql.fetchval("SELECT count(*) FROM person") == 1
    assert await sql.fetchval("SELECT count(DISTINCT person) FROM ticket") == 1


async def test_several_are_moved_at_once_and_each_is_told(
    agent: Visitor, visitors: Visitors, seeded: Seeded
) -> None:
    def seen(number: str, version: int) -> dict[str, Any]:
        return {"number": number, "version": version}

    found = (await agent.get("/tickets")).json["items"]
    versions = {one["number"]: one["version"] for one in found}
    tickets = [
        seen(OPEN, versions[OPEN]),
        seen(SECRET, versions[SECRET] - 1),
        seen("26999990", 1),
    ]
    wanted = {"became": "verifikasi", "tickets": tickets}
    reply = await agent.post("/tickets/moves", wanted)
    assert (reply.status, reply.json) == (
        200,
        [
            {"number": OPEN, "problem": None},
            {"number": SECRET, "problem": "changed-meanwhile"},
            {"number": "26999990", "problem": "not-found"},
        ],
    )
    # The confidential one does not exist for who may not know of it.
    liaison = await visitors.signed_in(Role.LIAISON)
    reply = await liaison.post("/tickets/moves", wanted)
    assert [one["problem"] for one in reply.json] == [
        "changed-meanwhile",
        "not-found",
        "not-found",
    ]
    assert (await agent.post("/tickets/moves", {"became": "proses", "tickets": []})).status == 422
