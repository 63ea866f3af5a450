"""Voice messages: said, heard again, said anew, thrown away; and what hangs up in the middle."""

from scripts.caller import Call
from scripts.caller.sounds import RATE, tone, tone_share
from tests.calls.callers import Caller, reaches_the_number, says_goodbye
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

crowd = Crowd()

SPOKEN = 2.0
"""Seconds."""


async def _is_to_speak(call: Call) -> None:
    """A callback is asked for, and the line waits for the message after its tone."""
    await reaches_the_number(call)
    await call.hears("number-right")
    await call.presses("1")
    await call.hears("message-offer", timeout=60)
    await call.presses("1")
    await call.hears("message-record", whole=True)
    await _hears_tone(call, 1000, 0.2)


async def _hears_tone(call: Call, hertz: float, seconds: float) -> None:
    """A tone of at least so many seconds comes."""
    await call.hears_sound(lambda heard: tone_share(heard, hertz) > 0.7, seconds)


async def _speaks(call: Call, hertz: float) -> None:
    call.speaks(tone(hertz, SPOKEN))
    await call.has_spoken()
    await call.presses("#")


async def _recordings(ledger: Ledger, call: Call) -> list[tuple[float, bool]]:
    await ledger.row(call)
    rows = await ledger.fetch(
        "SELECT r.seconds, r.silent FROM recording r JOIN call c ON c.id = r.call"
        " WHERE dialled = $1",
        call.dialled,
    )
    return [(row["seconds"], row["silent"]) for row in rows]


@crowd.joins
async def test_a_message_is_played_back_and_kept(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await _is_to_speak(call)
        await _speaks(call, 440)
        await call.hears("message-review")
        await call.presses("2")
        await _hears_tone(call, 440, SPOKEN / 2)
        await call.hears("message-review")
        await call.presses("1")
        await call.hears("message-kept")
        await says_goodbye(call)

    [(seconds, silent)] = await _recordings(ledger, call)
    assert SPOKEN - 0.5 < seconds < SPOKEN + 2
    assert not silent


@crowd.joins
async def test_a_message_is_recorded_again(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await _is_to_speak(call)
        await _speaks(call, 440)
        await call.hears("message-review")
        await call.presses("3")
        await call.hears("message-record", whole=True)
        await _hears_tone(call, 1000, 0.2)
        await _speaks(call, 620)
        await call.hears("message-review")
        await call.presses("2")
        await _hears_tone(call, 620, SPOKEN / 2)
        await call.hears("message-review")
        await call.presses("1")
        await call.hears("message-kept")

    assert len(await _recordings(ledger, call)) == 1


@crowd.joins
async def test_a_message_is_thrown_away_and_the_request_stays(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await _is_to_speak(call)
        await _speaks(call, 440)
        await call.hears("message-review")
        await call.presses("4")
        await call.hears("message-discarded")

    assert await _recordings(ledger, call) == []
    assert (await ledger.ticket(call)).reason == "request"


@crowd.joins
async def test_a_message_of_silence_ends_by_itself_and_is_marked(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await _is_to_speak(call)
        await call.hears("message-review", timeout=20)
        await call.presses("1")
        await call.hears("message-empty")

    assert [silent for _, silent in await _recordings(ledger, call)] in ([True], [])


@crowd.joins
async def test_whoever_hangs_up_while_speaking_has_left_a_message(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await _is_to_speak(call)
        call.speaks(tone(440, SPOKEN))
        await call.has_spoken()

    [(seconds, silent)] = await _recordings(ledger, call)
    assert seconds > SPOKEN - 0.7
    assert not silent
    assert (await ledger.row(call)).outcome == "promise"


async def test_a_stored_message_is_not_readable_without_its_key(
    caller: Caller, ledger: Ledger
) -> None:
    """After the others: the store holds no WAV, and nothing of a tone's shape."""
    rows = await ledger.fetch("SELECT name FROM recording LIMIT 1")
    store = caller.hotline.installation.state.folder / "recordings"
    stored = next(store.rglob(f"{rows[0]['name']}*")).read_bytes()

    assert b"RIFF" not in stored
    assert tone(440, 0.01)[: RATE // 100] not in stored
