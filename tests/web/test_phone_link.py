"""The desk's link and the service's door, against each other, without a PBX behind the door."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from config.settings import Settings, load_settings
from ivr.agent_desk import AgentDesk
from ivr.agent_errors import AgentUnknown as NoSuchAgent
from ivr.agent_errors import CodeUnknown, NotLoggedIn, Unconfirmed
from ivr.ami import AmiDown
from ivr.introductions import Introductions
from ivr.live_view import LiveView
from ivr.members import AgentState
from ivr.queue_board import QueueBoard
from scripts.embedded.state import write_private
from scripts.phone_door import PhoneDoor
from scripts.phone_link import PhoneLink
from tickets.errors import Unacceptable
from tickets.phone_side import AgentUnknown, PhoneAway, PhoneRefused

KEY = "a key of this test"
SARI = {"agent": "6001", "state": "ready", "reason": "", "ringing": None, "talk": None}
PICTURE = {"agents": [SARI], "queues": [], "waiting": []}


@dataclass
class Pictures:
    """What the live view draws next."""

    coming: "asyncio.Queue[Mapping[str, Any]]" = field(default_factory=asyncio.Queue)

    async def follow(self) -> AsyncIterator[Mapping[str, Any]]:
        while True:
            yield await self.coming.get()


@dataclass
class Deeds:
    """What the agents' desk does."""

    error: Exception | None = None
    done: list[tuple[str, ...]] = field(default_factory=list)
    supervision: None = None

    async def pause(self, agent: str, reason: str, by: str) -> AgentState:
        self.done.append(("pause", agent, reason, by))
        if self.error:
            raise self.error
        return AgentState("paused", reason)


@dataclass
class Service:
    settings: Settings
    deeds: Deeds
    pictures: Pictures
    key: Path


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """A door that is open."""
    port = unused_port()
    text = f"database: {{url: 'postgresql://x@/x'}}\nhttp: {{port: {port}}}\n"
    (tmp_path / "saluran.yaml").write_text(text)
    (tmp_path / "secrets").mkdir()
    write_private(tmp_path / "secrets/desk.key", KEY)
    settings, deeds, pictures = load_settings(tmp_path), Deeds(), Pictures()
    door = PhoneDoor(
        settings,
        cast(AgentDesk, deeds),
        cast(QueueBoard, None),
        cast(LiveView, pictures),
        cast(Introductions, None),
    )
    app = web.Application()
    app.add_routes(door.routes())
    server = TestServer(app, port=port, shutdown_timeout=0.1)
    await server.start_server()
    yield Service(settings, deeds, pictures, tmp_path / "secrets/desk.key")
    await server.close()


@pytest.fixture
async def link(service: Service) -> AsyncIterator[PhoneLink]:
    link = PhoneLink(service.settings)
    following = asyncio.create_task(link.run())
    yield link
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def changed(link: PhoneLink) -> None:
    """The next time that the link tells of a change."""
    told = asyncio.Event()
    link.on_change.append(told.set)
    async with asyncio.timeout(10):
        await told.wait()


async def test_the_desk_has_the_services_picture_until_it_is_away(
    service: Service, link: PhoneLink
) -> None:
    with pytest.raises(PhoneAway):
        link.now()
    service.pictures.coming.put_nowait(PICTURE)
    await changed(link)
    assert [one.extension for one in link.now().agents] == ["6001"]
    service.pictures.coming.put_nowait({"away": "the PBX cannot be reached"})
    await changed(link)
    with pytest.raises(PhoneAway):
        link.now()
    assert link.last is not None


async def test_a_deed_is_done_and_answered(service: Service, link: PhoneLink) -> None:
    told = await link.ask("6001", "pause", reason="salat", by="supervisor")
    assert told == {"state": "paused", "reason": "salat"}
    assert service.deeds.done == [("pause", "6001", "salat", "supervisor")]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (NotLoggedIn("6001"), PhoneRefused),
        (NoSuchAgent("6001"), AgentUnknown),
        (CodeUnknown("no reason"), Unacceptable),
        (ValueError("no reason"), Unacceptable),
        (Unconfirmed("6001"), PhoneAway),
        (AmiDown("down"), PhoneAway),
    ],
)
async def test_why_it_was_not_done_comes_across(
    service: Service, link: PhoneLink, error: Exception, raised: type[Exception]
) -> None:
    service.deeds.error = error
    with pytest.raises(raised, match=str(error).partition(":")[0]):
        await link.ask("6001", "pause", reason="salat")


@pytest.mark.parametrize("deed", ["__init__", "close_line", "x"])
async def test_what_is_no_deed_cannot_be_asked(
    service: Service, link: PhoneLink, deed: str
) -> None:
    with pytest.raises((AgentUnknown, PhoneAway)):
        await link.ask("6001", deed)
    assert service.deeds.done == []


@pytest.mark.parametrize("spoilt", ["gone", "open to others", "another"])
async def test_without_the_same_key_on_both_sides_the_door_is_shut(
    service: Service, spoilt: str
) -> None:
    address = f"http://127.0.0.1:{service.settings.http.port}/phone/agents/6001/pause"
    match spoilt:
        case "gone":
            service.key.unlink()
        case "open to others":
            service.key.chmod(0o644)
        case _:
            write_private(service.key, "another key")
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession() as session:
        body = {"reason": "salat"}
        async with session.post(address, json=body, headers=headers) as answer:
            assert answer.status == (401 if spoilt == "another" else 503)
    assert service.deeds.done == []


async def test_who_shows_no_key_is_let_in_nowhere(service: Service) -> None:
    address = f"http://127.0.0.1:{service.settings.http.port}/phone"
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer ü"}):
            async with session.get(f"{address}/live", headers=headers) as answer:
                assert answer.status == 401
            async with session.post(
                f"{address}/agents/6001/pause", json={}, headers=headers
            ) as answer:
                assert answer.status == 401
