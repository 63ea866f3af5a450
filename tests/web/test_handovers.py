"""Tickets at other institutions: what leaves, by which right, and what comes back."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from tests.web.reader import Reader
from tests.web.receiver import Receiver, receiving, talking
from tests.web.visitor import Reply, Visitor, Visitors
from tickets.handover_sender import HandoverSender
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.webhook_post import Patience, Poster
from tickets.webhook_wire import signed

LAW = "UU 17/2006 Pasal 85A"
GANTI = {"category": "GANTI", "fields": ["city", "kind", "name", "phone"]}
TRADER: dict[str, Any] = {
    "phone": "081234567890",
    "name": "Siti",
    "fields": {"city": "Bandung", "kind": "jaket"},
}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def told_desk(web_desk: Desk, receiver: Receiver) -> Desk:
    """One whose settings name the receiver's site."""
    partners = replace(web_desk.partners, origins=frozenset({receiver.origin}))
    handovers = replace(web_desk.handovers, partners=partners)
    return replace(web_desk, partners=partners, handovers=handovers)


@pytest.fixture
def app(told_desk: Desk, options: Options) -> web.Application:
    return make_app(told_desk, options)


@dataclass
class House:
    """The desk's people, and what its sender does when it is told to."""

    supervisor: Visitor
    liaison: Visitor
    agent: Visitor
    sender: HandoverSender

    async def partner(self, name: str, kind: str, *shares: dict[str, Any], **more: Any) -> Reply:
        made = await self.supervisor.post("/partners", {"name": name, "kind": kind, **more})
        assert made.status == 201, made.text
        path = f"/partners/{made.json['id']}/shares"
        reply = await self.supervisor.put(path, {"shares": shares}, seen=made.etag)
        assert reply.status == 200, reply.text
        return reply

    async def ticket(self, category: str, status: str = "baru", **more: Any) -> str:
        reply = await self.agent.post("/tickets", {"category": category, **more})
        assert reply.status == 201, reply.text
        number = str(reply.json["number"])
        if status != "baru":
            moves = f"/tickets/{number}/moves"
            await self.agent.post(moves, {"became": status}, seen=reply.etag)
        return number

    async def agrees(self, number: str, granted: bool = True) -> None:
        body = {"granted": granted, "words": "setuju lewat telepon"}
        reply = await self.supervisor.post(f"/tickets/{number}/handovers/consent", body)
        assert reply.status == 204, reply.text

    async def hands_over(self, number: str, partner: Reply, who: Visitor | None = None) -> Reply:
        body = {"partner": partner.json["id"], "note": "mohon dibantu"}
        return await (who or self.supervisor).post(f"/tickets/{number}/handovers", body)

    async def made(self, number: str, partner: Reply) -> str:
        reply = await self.hands_over(number, partner)
        assert reply.status == 201, reply.text
        return str(reply.json["id"])

    async def sends(self, answer_seconds: float = 60) -> None:
        """All that is due; who does not answer in time has not."""
        limit = aiohttp.ClientTimeout(total=answer_seconds)
        async with aiohttp.ClientSession(timeout=limit) as http:
            while await self.sender.once(http):
                pass

    async def state(self, handover: str) -> Any:
        reply = await self.supervisor.get(f"/handovers/{handover}")
        assert reply.status == 200, reply.text
        return reply.json

    async def status(self, number: str) -> str:
        return str((await self.supervisor.get(f"/tickets/{number}")).json["status"])


@pytest.fixture
async def house(
    visitors: Visitors, told_desk: Desk, receiver: Receiver, the_time: Callable[[], datetime]
) -> House:
    poster = Poster(told_desk.partners.secrets, frozenset({receiver.origin}))
    patience = Patience(first=0, idle=0.01, attempts=2)
    return House(
        await visitors.signed_in(Role.SUPERVISOR),
        await visitors.signed_in(Role.LIAISON),
        await visitors.signed_in(Role.AGENT),
        HandoverSender(told_desk.store, poster, the_time, patience),
    )


async def says(
    stranger: Visitor,
    partner: str,
    secret: str,
    body: Any,
    message: str | None = None,
    at: float | None = None,
) -> Reply:
    """As the institution's own program would."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    seconds = int(time.time() if at is None else at)
    headers = signed(secret, message or str(uuid4()), seconds, raw)
    return await stranger.ask("POST", f"/partners/{partner}/answers", data=raw, headers=headers)


def answered(handover: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"type": "handover.answered", "handover": handover, "answer": answer, **more}


async def test_a_directory_says_what_each_may_be_told_and_never_stock_to_who_enforces(
    house: House, sql: Connection, receiver: Receiver
) -> None:
    ikft = await house.partner("Kemenperin IKFT", "industry", GANTI, url=receiver.url)
    assert ikft.json["shares"] == [{**GANTI, "law": ""}]
    assert not ikft.json["enforces"]
    customs = await house.partner("Bea Cukai", "customs")
    assert customs.json["enforces"]
    path = f"/partners/{customs.json['id']}/shares"
    for shares, pointer in (
        ([{"category": "STOK", "fields": ["city"]}], "#/shares/0/category"),
        ([GANTI, GANTI], "#/shares/1/category"),
        ([{"category": "GANTI", "fields": ["nik"]}], "#/shares/0/fields"),
        ([{"category": "RAHASIA", "fields": ["city"]}], "#/shares/0/category"),
    ):
        reply = await house.supervisor.put(path, {"shares": shares}, seen=customs.etag)
        assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)
    # Nor does it become one that enforces while it is told of stock.
    bank = await house.partner("Bank", "bank", {"category": "STOK", "fields": ["city"]})
    body = {"name": "Bank", "kind": "customs"}
    here = f"/partners/{bank.json['id']}"
    reply = await house.supervisor.put(here, body, seen=bank.etag)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/kind")
    by_law = {"shares": [{"category": "STOK", "fields": ["city"], "law": LAW}]}
    assert (await house.supervisor.put(here + "/shares", by_law, seen=bank.etag)).status == 422
    # Names are one's own, versions are seen, addresses are those of the settings.
    body = {"name": "Bea Cukai", "kind": "bank"}
    assert (await house.supervisor.post("/partners", body)).kind == "partner-exists"
    assert (await house.supervisor.put(here, body, seen='"1"')).status == 412
    away = {"name": "x", "kind": "other", "url": "https://evil.example/x"}
    assert (await house.supervisor.post("/partners", away)).json["errors"][0]["pointer"] == "#/url"
    made = await house.supervisor.post(f"{here}/secret")
    assert made.json["secret"].startswith("whsec_")
    assert made.json["secret"] not in (await house.supervisor.get(here)).text
    rows = await sql.fetch("SELECT did FROM audit_entry WHERE did LIKE 'partner.%' ORDER BY at")
    assert {row["did"] for row in rows} == {
        "partner.added",
        "partner.shares_set",
        "partner.secret_made",
    }


async def test_a_ticket_leaves_with_consent_signed_and_is_answered_by_signature(
    house: House, visitors: Visitors, receiver: Receiver
) -> None:
    ikft = await house.partner("IKFT", "industry", GANTI, url=receiver.url, answer_days=3)
    id_ = ikft.json["id"]
    secret = (await house.supervisor.post(f"/partners/{id_}/secret")).json["secret"]
    number = await house.ticket("GANTI", "verifikasi", **TRADER)
    choices = f"/tickets/{number}/handovers/choices"
    (choice,) = (await house.liaison.get(choices)).json
    assert (choice["withheld"], choice["values"]) == ("consent", {})
    assert (await house.hands_over(number, ikft, house.liaison)).kind == "may-not-leave"
    await house.agrees(number)
    (choice,) = (await house.liaison.get(choices)).json
    values = {"city": "Bandung", "kind": "jaket", "name": "Siti", "phone": "+6281234567890"}
    assert (choice["withheld"], choice["values"], choice["way"]) == (None, values, "webhook")
    made = await house.hands_over(number, ikft, house.liaison)
    handover = made.json["id"]
    assert await house.status(number) == "rujuk"
    assert (await house.hands_over(number, ikft)).kind == "handed-over"
    # The ticket's own deadline goes on.
    deadline = (await house.agent.get(f"/tickets/{number}")).json["deadline"]
    assert made.json["deadline"] == deadline
    await house.sends()
    (got,) = receiver.got
    assert got.is_signed_with(secret)
    assert got.id == handover
    body = got.body
    assert body["fields"] == {"city": "Bandung", "kind": "jaket"}
    assert body["person"] == {"name": "Siti", "phone": "+6281234567890"}
    assert (body["ticket"], body["ground"], body["note"]) == (number, "consent", "mohon dibantu")
    state = await house.state(handover)
    assert (state["state"], state["told"], state["attempts"]) == ("sent", sorted(values), 1)

    stranger = visitors.stranger()
    until = "2026-12-18T00:00:00+07:00"
    accepted = answered(handover, "accepted", until=until, note="<b>kami bantu</b>")
    for forged in (
        await says(stranger, id_, "whsec_" + b64encode(bytes(32)).decode(), accepted),
        await says(stranger, id_, secret, accepted, at=time.time() - 301),
        await says(stranger, id_, secret, accepted, at=time.time() + 301),
        await says(stranger, str(uuid4()), secret, accepted),
        await stranger.ask("POST", f"/partners/{id_}/answers", accepted),
    ):
        assert (forged.status, forged.kind) == (401, "not-signed")
    for nonsense in (b"\xff\xfe", b"[]", b"{}", json.dumps(body).encode()):
        assert (await says(stranger, id_, secret, nonsense)).status == 422
    assert (await says(stranger, id_, secret, answered(str(uuid4()), "done"))).status == 404
    # Twice with one id is once.
    for _ in range(2):
        assert (await says(stranger, id_, secret, accepted, "m1")).status == 204
    state = await house.state(handover)
    assert state["state"] == "accepted"
    assert datetime.fromisoformat(state["due"]) == datetime.fromisoformat(until)
    assert [(one["note"], one["by_whom"]) for one in state["answers"]] == [
        ("<b>kami bantu</b>", None)
    ]
    assert await house.status(number) == "rujuk"
    assert (await says(stranger, id_, secret, answered(handover, "done"))).status == 204
    assert await house.status(number) == "proses"
    assert (await says(stranger, id_, secret, accepted)).kind == "handover-over"
    thread = (await house.agent.get(f"/tickets/{number}")).json["thread"]
    moved = [(one["was"], one["became"], one["actor"]) for one in thread if one["note"] == "IKFT"]
    assert moved == [
        (None, "waiting", "the-liaison"),
        ("waiting", "sent", "system"),
        ("sent", "accepted", "IKFT"),
        ("accepted", "done", "IKFT"),
    ]


async def test_another_institution_cannot_answer_for_one(
    house: House, visitors: Visitors, receiver: Receiver
) -> None:
    ikft = await house.partner("IKFT", "industry", GANTI)
    other = await house.partner("Smesco", "market", GANTI)
    secret = (await house.supervisor.post(f"/partners/{other.json['id']}/secret")).json["secret"]
    number = await house.ticket("GANTI", **TRADER)
    await house.agrees(number)
    handover = await house.made(number, ikft)
    told = answered(handover, "declined")
    assert (await says(visitors.stranger(), other.json["id"], secret, told)).status == 404
    assert (await house.state(handover))["state"] == "waiting"


async def test_smuggling_leaves_by_law_without_who_told_it_and_stock_never_for_who_enforces(
    house: House, receiver: Receiver, sql: Connection
) -> None:
    fields = ["place", "time", "account", "name", "phone"]
    share = {"category": "SELUNDUP", "fields": fields, "law": LAW}
    customs = await house.partner("Bea Cukai", "customs", share, url=receiver.url)
    told = {"place": "Tanjung Balai", "account": "tiap Jumat"}
    number = await house.ticket("SELUNDUP", phone="081234567890", name="Siti", fields=told)
    # For who may not see it there is no such ticket, and no such hand-over.
    assert (await house.liaison.get(f"/tickets/{number}/handovers/choices")).status == 404
    assert (await house.hands_over(number, customs, house.liaison)).status == 404
    handover = await house.made(number, customs)
    assert (await house.liaison.get(f"/handovers/{handover}")).status == 404
    assert (await house.liaison.get("/handovers")).json["items"] == []
    for path in ("withdraw", "send"):
        assert (await house.liaison.post(f"/handovers/{handover}/{path}")).status == 404
    assert (await house.liaison.get(f"/handovers/{handover}/file")).status == 404
    await house.sends()
    (got,) = receiver.got
    assert (got.body["fields"], got.body["person"], got.body["ground"]) == (told, None, LAW)
    assert b"Siti" not in got.raw
    assert b"1234567890" not in got.raw
    # One's own stock is not told, nor what was that once, nor with consent.
    stock = await house.ticket("STOK", phone="081234567891", fields={"amount": "200"})
    reply = await house.agent.get(f"/tickets/{stock}")
    edit = {"category": "SELUNDUP", "fields": {"place": "rumah"}}
    assert (await house.agent.patch(f"/tickets/{stock}", edit, seen=reply.etag)).status == 200
    await house.agrees(stock)
    (choice,) = (await house.supervisor.get(f"/tickets/{stock}/handovers/choices")).json
    assert (choice["withheld"], choice["values"]) == ("stock", {})
    assert (await house.hands_over(stock, customs)).kind == "may-not-leave"
    # Nor when it becomes a part of the ticket while that waits.
    again = await house.ticket("SELUNDUP", fields=told)
    waiting = await house.made(again, customs)
    reply = await house.supervisor.get(f"/tickets/{stock}")
    await house.supervisor.post(f"/tickets/{stock}/merge", {"into": again}, seen=reply.etag)
    await house.sends()
    assert len(receiver.got) == 1
    state = await house.state(waiting)
    assert (state["state"], state["problem"]) == ("failed", "stock")
    looks = await sql.fetch("SELECT subject FROM audit_entry WHERE did = 'ticket.handed_over'")
    assert {row["subject"] for row in looks} == {number, again}


async def test_a_consent_that_is_withdrawn_holds_back_what_was_not_sent_yet(
    house: House, receiver: Receiver
) -> None:
    ikft = await house.partner("IKFT", "industry", GANTI, url=receiver.url)
    number = await house.ticket("GANTI", **TRADER)
    await house.agrees(number)
    handover = await house.made(number, ikft)
    await house.agrees(number, granted=False)
    await house.sends()
    assert receiver.got == []
    state = await house.state(handover)
    assert (state["state"], state["problem"]) == ("failed", "consent")
    assert (await house.supervisor.get(f"/handovers/{handover}/file")).kind == "may-not-leave"


async def test_an_institution_that_is_slow_down_or_talks_nonsense_holds_up_nobody(
    house: House, receiver: Receiver, told_desk: Desk
) -> None:
    async with talking(b"nonsense\r\n\r\n") as nonsense, talking(b"") as hangs_up:
        sites = frozenset({receiver.origin, nonsense, hangs_up})
        house.sender.poster = replace(house.sender.poster, origins=sites)
        # Directories are kept by a desk that knows these sites as well.
        object.__setattr__(told_desk.partners, "origins", sites)
        urls = {"Lambat": receiver.url, "Kacau": f"{nonsense}/x", "Mati": f"{hangs_up}/x"}
        partners = [
            await house.partner(name, "industry", GANTI, url=url) for name, url in urls.items()
        ]
        number = await house.ticket("GANTI", **TRADER)
        await house.agrees(number)
        made = [await house.made(number, one) for one in partners]
        receiver.holds.clear()
        await house.sends(answer_seconds=0.2)
        states = [await house.state(one) for one in made]
    assert [one["state"] for one in states] == ["failed"] * 3
    assert {one["attempts"] for one in states} == {2}
    assert all(one["problem"] for one in states)
    receiver.holds.set()
    # What it says besides its status is nobody's business, and it leads nowhere.
    receiver.answers, receiver.location = 302, f"{receiver.origin}/elsewhere"
    again = f"/handovers/{made[0]}/send"
    assert (await house.supervisor.post(again)).status == 200
    asked = len(receiver.got)
    await house.sends()
    assert (await house.state(made[0]))["problem"] == "it answered 302"
    assert len(receiver.got) == asked + 2
    receiver.answers = 410
    await house.supervisor.post(again)
    await house.sends()
    state = await house.state(made[0])
    assert (state["state"], state["status"], state["attempts"]) == ("failed", 410, 1)
    receiver.answers = 204
    await house.supervisor.post(again)
    await house.sends()
    assert (await house.state(made[0]))["state"] == "sent"
    assert (await house.supervisor.post(again)).kind == "handover-over"


async def test_without_an_address_it_is_a_file_that_no_spreadsheet_carries_out(
    house: House,
) -> None:
    ikft = await house.partner("IKFT", "industry", GANTI)
    fields = {"city": '=HYPERLINK("http://x")', "kind": "jaket, celana"}
    number = await house.ticket("GANTI", **{**TRADER, "fields": fields})
    await house.agrees(number)
    handover = await house.made(number, ikft)
    await house.sends()
    state = await house.state(handover)
    assert (state["state"], state["way"]) == ("waiting", "file")
    file = await house.liaison.get(f"/handovers/{handover}/file")
    assert file.headers["Content-Disposition"].startswith(f'attachment; filename="{number}-')
    assert file.json["fields"] == fields
    table = await house.liaison.get(f"/handovers/{handover}/file", query={"format": "csv"})
    assert "city,\"'=HYPERLINK(" in table.text
    state = await house.state(handover)
    assert (state["state"], state["told"]) == ("sent", ["city", "kind", "name", "phone"])
    late = {"due_before": "2027-01-30T00:00:00+07:00"}
    found = (await house.liaison.get("/handovers", query=late)).json["items"]
    assert [one["id"] for one in found] == [handover]
    reply = await house.liaison.post(f"/handovers/{handover}/answers", {"answer": "declined"})
    assert (reply.json["state"], reply.json["answers"][0]["by_whom"]) == ("declined", "the-liaison")
    assert (await house.liaison.get("/handovers")).json["items"] == []
    closed = (await house.liaison.get("/handovers", query={"open": "false"})).json["items"]
    assert [one["id"] for one in closed] == [handover]
    assert (await house.liaison.get(f"/handovers/{handover}/file")).kind == "handover-over"
    # It may go there anew.
    second = await house.made(number, ikft)
    assert (await house.liaison.post(f"/handovers/{second}/withdraw")).json["state"] == "withdrawn"


async def test_of_two_answers_at_once_one_ends_it(house: House) -> None:
    ikft = await house.partner("IKFT", "industry", GANTI)
    number = await house.ticket("GANTI", **TRADER)
    await house.agrees(number)
    handover = await house.made(number, ikft)
    path = f"/handovers/{handover}/answers"
    replies = await asyncio.gather(
        *(house.supervisor.post(path, {"answer": one}) for one in ("done", "declined") * 3)
    )
    assert sorted(one.status for one in replies) == [201] + [409] * 5
    assert len((await house.state(handover))["answers"]) == 1


async def test_working_days_of_the_institution_are_the_calendars(house: House) -> None:
    """From Friday on, three working days."""
    ikft = await house.partner("IKFT", "industry", GANTI, answer_days=3)
    number = await house.ticket("GANTI", **TRADER)
    await house.agrees(number)
    state = await house.state(await house.made(number, ikft))
    due, made = (datetime.fromisoformat(state[name]) for name in ("due", "made_at"))
    assert timedelta(days=4) < due - made < timedelta(days=6)


async def test_pages_show_what_would_leave_and_carry_it_through(
    house: House, receiver: Receiver
) -> None:
    supervisor, liaison = Reader(house.supervisor), Reader(house.liaison)
    page = await supervisor.sends("/partners", name="Bea <b>Cukai", kind="customs", answer_days="4")
    assert page.heading == "Bea <b>Cukai"
    assert 'name="share.STOK"' not in page.text
    # A version that was overtaken, and an address of nobody, are told and change nothing.
    path, version = page.path, page.hidden("version")
    old = await supervisor.sends(f"{path}/shares", version="9")
    assert "Orang lain lebih dulu" in old.notice
    url = {"version": version, "name": "Bea", "kind": "customs", "url": "https://evil.example/"}
    assert "alamat" in (await supervisor.sends(path, fields=url)).notice
    law = {"version": version, "law.SELUNDUP": LAW, "law.GANTI": LAW, "share.SELUNDUP": "place"}
    page = await supervisor.sends(f"{path}/shares", fields=law)
    assert "disimpan" in page.notice
    page = await supervisor.sends(f"{path}/secret")
    assert "whsec_" in page.plain
    assert "whsec_" not in (await supervisor.opens(path)).text

    told = {"place": "Tanjung Balai", "account": "tiap <i>Jumat"}
    number = await house.ticket("SELUNDUP", phone="081234567890", name="Siti", fields=told)
    choose = f"/tickets/{number}/handovers"
    assert (await liaison.opens(choose)).status == 404
    page = await supervisor.opens(choose)
    assert "Tanjung Balai" in page.plain
    assert LAW in page.plain
    for kept in ("Jumat", "Siti"):
        assert kept not in page.plain
    page = await supervisor.sends(f"{choose}/consent", words="Sabtu, setuju", granted="yes")
    assert "Dengan persetujuan pelapor" in page.plain
    page = await supervisor.sends(f"{choose}/consent", words="tarik lagi", granted="no")
    assert "tanpa identitas pelapor" in page.plain
    partner = path.rpartition("/")[2]
    page = await supervisor.sends(choose, partner=partner, note="segera")
    here = page.path
    assert page.heading == f"Tiket {number} pada Bea <b>Cukai"
    assert "Sudah ada pada lembaga ini" in (await supervisor.opens(choose)).plain
    for listed in ("/handovers", f"/handovers?partner={partner}", f"/tickets/{number}"):
        page = await supervisor.opens(listed)
        assert "Bea <b>Cukai" in page.plain, listed
        assert "Menunggu dikirim" in page.plain, listed
    assert number not in (await supervisor.opens("/handovers?view=late")).plain
    assert number not in (await liaison.opens("/handovers")).plain
    page = await supervisor.sends(f"{here}/answers", answer="accepted", until="besok")
    assert "sampai kapan" in page.notice
    page = await supervisor.sends(f"{here}/answers", answer="accepted", until="2026-12-18")
    assert "Jum 18 Des 2026" in page.plain
    page = await supervisor.sends(f"{here}/withdraw")
    assert "Ditarik kembali" in page.plain
    assert "keadaan lain" in (await supervisor.sends(f"{here}/withdraw")).notice
    assert (
        "tidak boleh diteruskan"
        in (
            await supervisor.sends(
                f"/tickets/{await house.ticket('INFO')}/handovers", partner=partner, note=""
            )
        ).notice
    )
