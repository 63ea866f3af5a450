"""A disk that takes nothing more: what was promised stands, what was said is not lost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.caller.sounds import tone
from tests.calls.callers import Caller, e164
from tests.calls.ledger import Ledger
from tests.faults import quick_line
from tests.faults.logbook import Logbook


@contextmanager
def _closed_to_writers(folder: Path) -> Iterator[None]:
    """As a full disk refuses: no file can be made in it any more."""
    usual = folder.stat().st_mode
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(usual)


@contextmanager
def _nothing_beside(file: Path) -> Iterator[None]:
    """The file stays as it is: what would replace it cannot be written."""
    obstacle = file.with_name(f".{file.name}")
    obstacle.mkdir()
    try:
        yield
    finally:
        obstacle.rmdir()


async def test_a_message_that_the_store_refuses_is_taken_in_when_there_is_room(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    state, log = hotline.installation.state.folder, Logbook(hotline)
    with _closed_to_writers(state / "recordings"):
        async with caller.rings(number="081277770001") as call:
            await quick_line.leaves_number_and_message(call, tone(440, 1.5))
            await call.presses("1")
            await call.hears("message-kept", "message-offer")
        ticket = await ledger.ticket(call)
        assert (ticket.phone, ticket.reason) == (e164("081277770001"), "request")
        assert await log.tells("message.not_stored")
        assert len(list((state / "pbx/messages").glob("*.wav"))) == 1
        assert await _recordings(ledger, call.dialled) == []

    assert await _taken_in(ledger, call.dialled) == [False]
    assert list((state / "pbx/messages").glob("*.wav")) == []


async def test_a_number_that_cannot_be_marked_as_given_is_not_given(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    await hotline.until(spooled=0, database="up")
    before = (await hotline.report())["numbers"]
    with _nothing_beside(hotline.installation.state.folder / "numbers.json"):
        async with caller.rings(number="081277770002") as call:
            await call.hears("main-menu")
            await call.presses("1")
            await call.hears("number-we-call")
            await call.presses("1")
            await call.hears("promise-soon", "promise-kept-anyway")

    ticket = await ledger.ticket(call)
    assert ticket.phone == e164("081277770002")
    assert len(ticket.number) == 8
    assert (await hotline.report())["numbers"] < before
    assert "numbers.not_written" in hotline.log()


async def _taken_in(ledger: Ledger, dialled: str) -> list[bool]:
    """The recordings of a call once there are any; the service looks every half minute."""
    async with asyncio.timeout(60):
        while True:
            if found := await _recordings(ledger, dialled):
                return found
            await asyncio.sleep(0.1)


async def _recordings(ledger: Ledger, dialled: str) -> list[bool]:
    """Whether each recording of a call is silent."""
    rows = await ledger.fetch(
        "SELECT r.silent FROM recording r JOIN call c ON c.id = r.call WHERE dialled = $1", dialled
    )
    return [row["silent"] for row in rows]


async def test_nothing_said_is_told_and_a_pause_is_kept_and_marked(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline)

    async def says(seconds: float) -> list[bool]:
        async with caller.rings() as call:
            await quick_line.leaves_number_and_message(call, bytes(int(16000 * seconds)))
            await call.presses("1")
            await call.hears("message-empty")
        await ledger.row(call)
        return await _recordings(ledger, call.dialled)

    assert tuple(await asyncio.gather(says(0), says(2.0))) == ([], [True])
    messages = caller.hotline.installation.state.folder / "pbx/messages"
    assert list(messages.glob("*.wav")) == []
