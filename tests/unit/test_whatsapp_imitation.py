"""The imitation of WhatsApp: webhooks as Meta signs and repeats them, limits, media that expires,
and its page."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.rates import Rates
from scripts.whatsapp_imitation.refusals import Refusal
from tests.imitated import APP_SECRET, NUMBER_ID, TOKEN, VERIFY_TOKEN, imitating

SITI = "+6281234567890"


@dataclass
class Desk:
    """Takes webhooks; those whose signature is right are kept."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0
    fails: int = 0
    got: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def texts(self) -> list[str]:
        return [
            one["text"]["body"]
            for body in self.taken
            for one in body["entry"][0]["changes"][0]["value"].get("messages", ())
        ]

    async def verify(self, request: web.Request) -> web.Response:
        right = request.query["hub.verify_token"] == VERIFY_TOKEN
        return (
            web.Response(text=request.query["hub.challenge"]) if right else web.Response(status=403)
        )

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        digest = hmac.new(APP_SECRET.encode(), raw, "sha256").hexdigest()
        if request.headers["X-Hub-Signature-256"] != f"sha256={digest}":
            self.forged += 1
            return web.Response(status=401)
        if self.fails:
            self.fails -= 1
            return web.Response(status=500)
        self.taken.append(json.loads(raw))
        self.got.set()
        return web.Response()


@dataclass
class World:
    desk: Desk
    whatsapp: Imitation
    http: aiohttp.ClientSession
    now: datetime = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)

    async def posts(self, body: object, token: str = TOKEN) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        address = f"{self.whatsapp.address}/v24.0/{NUMBER_ID}/messages"
        async with self.http.post(address, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def gets(self, address: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.http.get(address, headers=headers) as answer:
            return answer.status, await answer.read()

    async def page(self, path: str, **form: str) -> str:
        address = self.whatsapp.address + path
        method = self.http.post(address, data=form) if form else self.http.get(address)
        async with method as answer:
            assert answer.status == 200
            return await answer.text()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    desk = Desk()
    app = web.Application()
    app.router.add_get("/hook", desk.verify)
    app.router.add_post("/hook", desk.take)
    server = TestServer(app)
    await server.start_server()
    async with (
        imitating(str(server.make_url("/hook")), lambda: made.now) as whatsapp,
        aiohttp.ClientSession() as http,
    ):
        made = World(desk, whatsapp, http)
        yield made
    await server.close()


async def test_webhooks_are_verified_signed_and_spoilt_as_was_asked_for(world: World) -> None:
    whatsapp, desk = world.whatsapp, world.desk
    assert await whatsapp.verify()
    siti = whatsapp.trader(SITI, "Siti")
    await whatsapp.says(siti, "halo")
    [body] = desk.taken
    value = body["entry"][0]["changes"][0]["value"]
    assert value["contacts"] == [
        {"profile": {"name": "Siti"}, "user_id": siti.bsuid, "wa_id": "6281234567890"}
    ]
    assert value["messages"][0]["from"] == "6281234567890"
    assert value["messages"][0]["timestamp"] == "1795770000"
    whatsapp.faults.bad_signature = 1
    whatsapp.faults.duplicate = True
    await whatsapp.says(siti, "dua")
    assert (desk.forged, desk.texts) == (1, ["halo", "dua", "dua"])
    whatsapp.faults.duplicate = False
    whatsapp.faults.hold = True
    for text in ("a", "b", "c"):
        await whatsapp.says(siti, text)
    await whatsapp.release()
    assert desk.texts[3:] == ["c", "b", "a"]
    whatsapp.faults.hide_phone = True
    await whatsapp.says(siti, "tanpa nomor")
    value = desk.taken[-1]["entry"][0]["changes"][0]["value"]
    assert "wa_id" not in value["contacts"][0]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == siti.bsuid


async def test_what_is_not_taken_comes_again_and_what_is_late_comes_at_last(world: World) -> None:
    siti = world.whatsapp.trader(SITI)
    world.desk.fails = 3
    async with asyncio.timeout(20):
        await world.whatsapp.says(siti, "halo")
        await world.desk.got.wait()
        assert world.desk.texts == ["halo"]
        world.desk.got.clear()
        world.whatsapp.faults.delay = 0.01
        await world.whatsapp.says(siti, "lambat")
        await world.desk.got.wait()
    assert world.desk.texts == ["halo", "lambat"]


async def test_the_api_refuses_what_the_real_one_refuses(world: World) -> None:
    good = {"messaging_product": "whatsapp", "to": SITI, "type": "text", "text": {"body": "x"}}
    template = {"name": "ticket_number", "language": {"code": "id"}, "components": []}
    buttons = [{"type": "reply", "reply": {"id": "a", "title": "x" * 21}}]
    choice = {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}
    refused = {
        100: good | {"messaging_product": "sms"},
        131008: {key: value for key, value in good.items() if key != "to"},
        131009: good | {"type": "interactive", "interactive": choice},
        131026: {**good, "to": "", "recipient": "ID.1"},
        131051: good | {"type": "poll"},
        132000: good | {"type": "template", "template": template},
        132001: good | {"type": "template", "template": template | {"name": "unknown"}},
    }
    for code, body in refused.items():
        status, answer = await world.posts(body)
        assert (status >= 400, answer["error"]["code"]) == (True, code)
    assert (await world.posts(good, token="another"))[1]["error"]["code"] == 190
    # Accepted, and failed afterwards: nobody wrote within a day.
    status, answer = await world.posts(good)
    assert status == 200
    async with asyncio.timeout(20):
        await world.desk.got.wait()
    told = world.desk.taken[-1]["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert (told["id"], told["status"]) == (answer["messages"][0]["id"], "failed")
    assert told["errors"][0]["code"] == 131047


def test_the_limits_are_those_of_the_documentation() -> None:
    now = 1000.0
    rates = Rates(lambda: now)
    for _ in range(45):
        rates.take("siti")
    with pytest.raises(Refusal, match="131056"):
        rates.take("siti")
    for n in range(35):
        rates.take(f"other {n}")
    with pytest.raises(Refusal, match="130429"):
        rates.take("one more")
    now += 6
    rates.take("siti")
    with pytest.raises(Refusal, match="131056"):
        rates.take("siti")


async def test_media_is_fetched_by_an_address_of_five_minutes_and_an_id_of_seven_days(
    world: World,
) -> None:
    whatsapp = world.whatsapp
    siti = whatsapp.trader(SITI)
    bubble = await whatsapp.sends_file(siti, b"\x89PNG", "image/png", "a.png", "baju")
    id_ = bubble.body["image"]["id"]
    describe = f"{whatsapp.address}/v24.0/{id_}"

    async def address() -> str:
        return str(json.loads((await world.gets(describe))[1])["url"])

    first = await address()
    assert await world.gets(first) == (200, b"\x89PNG")
    world.now += timedelta(minutes=6)
    assert (await world.gets(first))[0] == 404
    assert (await world.gets(await address()))[0] == 200
    whatsapp.faults.link_expired = 1
    assert (await world.gets(await address()))[0] == 404
    world.now += timedelta(days=7)
    assert (await world.gets(describe))[0] == 400


async def test_one_types_as_a_trader_on_its_page_and_reads_what_comes(world: World) -> None:
    await world.page("/traders", name="Siti <b>", phone="0812 3456 7890")
    chat = "/chat/6281234567890"
    assert "Siti &lt;b&gt;" in await world.page("/")
    await world.page(f"{chat}/says", text="<script>halo</script>")
    assert world.desk.texts == ["<script>halo</script>"]
    assert "&lt;script&gt;halo" in await world.page(chat)
    buttons = [{"type": "reply", "reply": {"id": "bdg", "title": "Bandung"}}]
    choice = {"type": "button", "body": {"text": "Kota?"}, "action": {"buttons": buttons}}
    asked = {"messaging_product": "whatsapp", "to": SITI, "type": "interactive"}
    status, _ = await world.posts(asked | {"interactive": choice})
    assert status == 200
    bubble = world.whatsapp.traders["6281234567890"].chat[-1]
    async with asyncio.timeout(20):
        await world.whatsapp.until(lambda: bubble.status == "delivered")
    assert "Kota?" in await world.page(chat)
    assert bubble.status == "read"
    await world.page(f"{chat}/presses", wamid=bubble.wamid, button="bdg")
    said = world.desk.taken[-1]["entry"][0]["changes"][0]["value"]["messages"][0]
    assert said["interactive"]["button_reply"] == {"id": "bdg", "title": "Bandung"}
    assert said["context"]["id"] == bubble.wamid
    page = await world.page("/faults", errors="131056, 130429", duplicate="on", delay="0")
    assert "131056 130429" in page
    assert (world.whatsapp.faults.errors, world.whatsapp.faults.duplicate) == (
        [131056, 130429],
        True,
    )
    foreign = {"Origin": "https://elsewhere.example"}
    address = f"{world.whatsapp.address}{chat}/says"
    async with world.http.post(address, data={"text": "x"}, headers=foreign) as answer:
        assert answer.status == 403
