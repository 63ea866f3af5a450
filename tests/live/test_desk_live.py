"""The desk beside the running hotline: who rings pops up, and what is asked there the phone does.

One desk, one browser's worth of requests, one agent's phone and one caller, in one story each.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from config.speech import WIB
from tests.calls.agents import AgentPhone
from tests.calls.callers import Caller, number_of
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.faults.logbook import Logbook

PATIENCE = 15.0


class Browser:
    """Somebody who is signed in at the desk."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def asks(
        self, method: str, path: str, body: Any = None, seen: str = ""
    ) -> tuple[int, Any]:
        """`seen` is the version that a change names."""
        headers = {"If-Match": f'"{seen}"'} if seen else {}
        async with self._session.request(
            method, f"/api/v1{path}", json=body, headers=headers
        ) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def state(self) -> str:
        """`ready`, or `paused salat`, and so on; of oneself."""
        status, told = await self.asks("GET", "/agents/me")
        return f"{told['state']} {told['reason']}".strip() if status == 200 else told["type"]

    async def until(self, wanted: str) -> None:
        """The API says so."""
        said, end = "", time.monotonic() + PATIENCE
        while (said := await self.state()) != wanted:
            assert time.monotonic() < end, f"the API says {said}, not {wanted}"
            await asyncio.sleep(0.02)

    async def until_waiting(self, queue: str) -> list[Any]:
        """Who waits, once that is somebody in this queue."""
        async with asyncio.timeout(PATIENCE):
            while True:
                waiting: list[Any] = (await self.asks("GET", "/queues/waiting"))[1]["waiting"]
                if [one["queue"] for one in waiting] == [queue]:
                    return waiting
                await asyncio.sleep(0.05)

    async def until_talking(self, extension: str) -> None:
        """This agent has somebody on the line."""
        async with asyncio.timeout(PATIENCE):
            while True:
                agents = (await self.asks("GET", "/agents"))[1]["agents"]
                if any(one["extension"] == extension and one["talk"] for one in agents):
                    return
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Stream"]:
        async with self._session.get("/api/v1/events") as response:
            assert response.status == 200
            stream = Stream(response)
            await stream.begun()
            yield stream


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def begun(self) -> None:
        await self._block()

    async def next(self, kind: str) -> tuple[float, Any]:
        """When the next event of this kind came, and what it tells."""
        async with asyncio.timeout(PATIENCE):
            while True:
                block = await self._block()
                if block.get("event") == kind:
                    return time.monotonic(), json.loads(block["data"])

    async def _block(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while (line := (await self._response.content.readline()).decode()) not in ("\n", ""):
            name, _, value = line.rstrip("\n").partition(": ")
            found[name] = value
        return found


@pytest.fixture(scope="module")
async def the_queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    await hotline.serves()
    await asyncio.to_thread(hotline.installation.start_desk)
    async with gathered(hotline, caller, ledger) as queue:
        yield queue
    await asyncio.to_thread(hotline.installation.stop_desk)


@pytest.fixture
async def sari(queue: Queueing) -> AsyncIterator[Browser]:
    """The supervisor with the phone 6001, in her browser."""
    desk = queue.hotline.installation.endpoints["desk"]
    (account,) = [one for one in desk["users"] if one["login"] == "sari"]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(desk["address"], cookie_jar=jar) as session:
        given = {"login": "sari", "password": account["password"]}
        async with session.post("/api/v1/session", json=given) as answer:
            assert answer.status == 201, await answer.text()
            session.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
        yield Browser(session)


async def phone_of(queue: Queueing) -> AgentPhone:
    return await queue.agent("6001", "umum")


async def test_who_rings_pops_up_and_is_taken_through_the_talk(
    queue: Queueing, sari: Browser, record_property: Callable[[str, object], None]
) -> None:
    phone = await phone_of(queue)
    await sari.until("ready")
    async with sari.listening() as stream:
        call = await queue.waits()
        ringing = await phone.rings()
        rang = time.monotonic()
        came, told = await stream.next("ring")
        record_property("seconds_from_ring_to_pop", came - rang)
        number = "+62" + number_of(call)[1:]
        assert told["queue"] == "umum"
        assert number in told["pop"]["person"]["phones"]
        assert "main" in [one["step"] for one in told["pop"]["call"]["steps"]]
        status, agents = await sari.asks("GET", "/agents")
        assert status == 200
        (me,) = [one for one in agents["agents"] if one["extension"] == "6001"]
        assert me["ringing"]["phone"] == number

        await ringing.answers()
        _, talk = await stream.next("talk")
        assert talk["call"] == told["call"]
        # The caller keyed their consent; the recording pauses and goes on.
        assert await sari.asks("POST", "/agents/6001/recording") == (200, {"recorded": False})
        assert await sari.asks("POST", "/agents/6001/recording") == (200, {"recorded": True})
        await ringing.hangs_up()
        await call.ends()
        await stream.next("figures")
    # By then the service has told the talk; what became of it is written as if it were keyed.
    status, _ = await sari.asks("POST", "/agents/6001/disposition", {"code": "02"})
    assert status == 204
    said = "SELECT agent, code FROM disposition WHERE agent = '6001' AND code = '02'"
    await queue.until_rows(said, lambda rows: len(rows) >= 1)
    status, last = await sari.asks("GET", "/agents/me/last-talk")
    assert (status, last["call"]) == (200, told["call"])
    assert (await sari.asks("POST", "/agents/6001/disposition", {"code": "99"}))[0] == 422


async def test_the_api_and_the_phone_change_one_state(queue: Queueing, sari: Browser) -> None:
    phone = await phone_of(queue)
    await sari.until("ready")
    pause = {"do": "pause", "reason": "salat"}
    assert (await sari.asks("POST", "/agents/6001/state", pause))[0] == 200
    assert await queue.hotline.agent_is("6001") == "paused salat"
    await sari.until("paused salat")
    await phone.keys("*14", "agent-ready")
    await sari.until("ready")
    await phone.keys("*12", "agent-out")
    await sari.until("out")
    status, told = await sari.asks("POST", "/agents/6001/state", {"do": "ready"})
    assert (status, told["type"]) == (409, "urn:saluran:problem:phone-refused")
    assert (await sari.asks("POST", "/agents/6001/state", {"do": "log_in"}))[0] == 200
    await sari.until("ready")
    by = "SELECT by FROM presence_event WHERE agent = '6001' ORDER BY at DESC, id DESC LIMIT 1"
    await queue.until_rows(by, lambda rows: [row[0] for row in rows] == ["api"])


async def test_a_waiting_caller_is_moved_and_taken(queue: Queueing, sari: Browser) -> None:
    phone = await queue.agent("6001", "umum")
    colleague = await queue.agent("6002", "produsen")
    await queue.pauses(phone)
    await queue.pauses(colleague)
    await sari.until("paused rapat")
    async with sari.listening() as stream:
        call = await queue.waits()
        await stream.next("queues")
    (who,) = await sari.until_waiting("umum")
    assert who["phone"] == "+62" + number_of(call)[1:]
    assert (await sari.asks("POST", "/queues/take"))[0] == 409
    path = f"/queues/waiting/{who['entry']}"
    assert (await sari.asks("POST", f"{path}/move", {"queue": "nowhere"}))[0] == 422
    assert (await sari.asks("POST", f"{path}/move", {"queue": "produsen"}))[0] == 204
    (moved,) = await sari.until_waiting("produsen")
    assert (moved["phone"], moved["since"]) == (who["phone"], who["since"])

    await phone.keys("*14", "agent-ready")
    await sari.until("ready")
    assert (await sari.asks("POST", f"/queues/waiting/{moved['entry']}/take"))[0] == 204
    ringing = await phone.rings()
    assert number_of(call) in (ringing.leg.peer or "")
    await ringing.answers()
    await call.hangs_up()
    await queue.until_rows(
        "SELECT did, queue FROM supervision WHERE supervisor = '6001' ORDER BY at DESC LIMIT 2",
        lambda rows: [tuple(row) for row in rows] == [("take", "agent-6001"), ("move", "produsen")],
    )


async def test_a_supervisor_listens_to_a_talk_from_the_page(queue: Queueing, sari: Browser) -> None:
    phone = await queue.agent("6001")
    colleague = await queue.agent("6002", "umum")
    assert (await sari.asks("POST", "/agents/6002/listen", {"how": "listen"}))[0] == 409
    call = await queue.waits()
    await (await colleague.rings()).answers()
    await sari.until_talking("6002")
    assert (await sari.asks("POST", "/agents/6002/listen", {"how": "whisper"}))[0] == 204
    listening = await (await phone.rings()).answers()
    await queue.until_rows(
        "SELECT did, agent FROM supervision WHERE supervisor = '6001' AND agent <> ''"
        " ORDER BY at DESC LIMIT 1",
        lambda rows: [tuple(row) for row in rows] == [("whisper", "6002")],
    )
    await call.hangs_up()
    await listening.ends()


async def test_the_line_is_closed_from_the_page_and_the_next_caller_hears_it(
    queue: Queueing, sari: Browser
) -> None:
    log = Logbook(queue.hotline)
    async with sari.listening() as stream:
        status, told = await sari.asks("POST", "/line/closures", {"reason": "banjir"})
        assert (status, told["closures"][0]["reason"]) == (201, "banjir")
        await stream.next("line")
        await log.tells("hours.closures", closures=1)
        call = await queue.calls()
        await call.hears("closed-emergency")
        await call.hangs_up()
        assert await sari.asks("POST", "/line/reopen") == (200, {"lifted": 1})
        await stream.next("line")
    await log.tells("hours.closures", closures=0)


async def test_a_day_closed_in_the_calendar_is_closed_for_the_next_caller(
    queue: Queueing, sari: Browser
) -> None:
    log = Logbook(queue.hotline)
    today = f"{queue.hotline.now().astimezone(WIB):%Y-%m-%d}"
    moving = {"name": "Pindah", "source": "surat", "first": today, "closed": True}
    seen = (await sari.asks("GET", "/calendar"))[1]["version"]
    status, told = await sari.asks("POST", "/calendar/overrides", moving, seen)
    assert status == 201
    await log.tells("calendar.loaded")
    call = await queue.calls()
    await call.hears("closed-today")
    await call.hangs_up()
    log = Logbook(queue.hotline)
    gone = await sari.asks("DELETE", "/calendar/overrides/0", None, told["version"])
    assert gone[0] == 200
    await log.tells("calendar.loaded")


async def test_an_activated_menu_is_heard_by_the_next_caller_and_not_by_who_is_in_it(
    queue: Queueing, sari: Browser
) -> None:
    log = Logbook(queue.hotline)
    old = (await sari.asks("GET", "/flows"))[1]["version"]
    text = (await sari.asks("GET", f"/flows/versions/{old}"))[1]["content"]
    # In the main menu, 5 leads to the training instead of the enquiry, and 4 the other way.
    changed = text.replace('"4": training', '"4": x', 1).replace('"5": enquiry', '"5": training', 1)
    changed = changed.replace('"4": x', '"4": enquiry', 1)
    status, kept = await sari.asks("POST", "/flows/versions", {"content": changed, "note": "uji"})
    assert status == 201, kept
    before = await queue.comes_to_the_menu()
    status, told = await sari.asks("POST", f"/flows/versions/{kept['version']}/activate", None, old)
    assert (status, told["version"], told["before"]) == (200, kept["version"], old)
    await log.tells("flow.loaded", flow=f"hotline@{kept['version']}")
    after = await queue.comes_to_the_menu()
    await before.presses("4")
    await after.presses("4")
    await after.hears("enquiry-number")
    await before.hears("training-menu")
    versions = (await sari.asks("GET", "/flows"))[1]["versions"]
    going_on = {one["version"]: one["in_progress"] for one in versions}
    assert (going_on[old], going_on[kept["version"]]) == (1, 1)
    await before.hangs_up()
    await after.hangs_up()
    log = Logbook(queue.hotline)
    assert (await sari.asks("POST", "/flows/rollback", None, kept["version"]))[0] == 200
    await log.tells("flow.loaded", flow=f"hotline@{old}")


async def test_without_the_service_nothing_is_known_and_nothing_done(
    queue: Queueing, sari: Browser
) -> None:
    await phone_of(queue)
    await sari.until("ready")
    async with sari.listening() as stream:
        await queue.hotline.stops_service()
        _, told = await stream.next("phone")
        assert told == {"there": False}
        status, problem = await sari.asks("POST", "/agents/6001/state", {"do": "wrap_up"})
        assert (status, problem["type"]) == (503, "urn:saluran:problem:phone-away")
        assert (await sari.asks("GET", "/queues"))[1]["current"] is False
        await queue.hotline.starts_service()
        _, told = await stream.next("phone")
        assert told == {"there": True}
    await sari.until("ready")
    address = queue.hotline.installation.endpoints["http"]
    async with aiohttp.ClientSession() as stranger:
        async with stranger.get(f"{address}/phone/live") as answer:
            assert answer.status == 401
        async with stranger.post(f"{address}/phone/agents/6001/log_out", json={}) as answer:
            assert answer.status == 401


async def test_the_condition_of_a_hotline_that_works_wants_no_work(
    queue: Queueing, sari: Browser
) -> None:
    status, condition = await sari.asks("GET", "/condition")
    assert status == 200
    parts = {part["subject"]: part for part in condition["parts"]}
    assert [part for part in condition["parts"] if part["level"] == "bad"] == []
    for subject in ("service", "link", "service_database", "spool", "database", "prompts"):
        assert parts[subject]["level"] == "good", parts[subject]
    assert parts["backup"]["level"] == "unknown"
