"""The talk itself: recorded with consent alone, paused by the agent, rated by the caller; and the
agent whom a caller knows."""

import hashlib
import io
import wave
from collections.abc import AsyncIterator

import numpy as np
import pytest

from ivr.recordings import Recordings
from scripts.caller import Call
from scripts.caller.sounds import Samples, tone, tone_share
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

SPOKEN = 2.0
TALKS = (
    "SELECT r.* FROM recording r JOIN queue_entry e ON e.id = r.entry JOIN call c ON c.id = e.call"
    " WHERE dialled = $1 AND r.kind = 'talk'"
)
RATINGS = "SELECT agent, score FROM rating r JOIN call c ON c.id = r.call WHERE dialled = $1"


@pytest.fixture(scope="module")
async def the_queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    await hotline.serves(waiting={"rating": True})
    async with gathered(hotline, caller, ledger) as queue:
        yield queue


def audio(queue: Queueing, name: str) -> Samples:
    """A stored recording's sound."""
    state = queue.hotline.installation.state
    key = (state.folder / "secrets/recordings.key").read_text().strip().encode()
    wav = Recordings(state.folder / "recordings", hashlib.sha256(key).digest()).read(name)
    with wave.open(io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)


def tone_at(samples: Samples, hertz: float) -> list[float]:
    """Where a second of it is mostly that tone, in seconds from its beginning."""
    starts = range(0, len(samples) - 8000, 4000)
    return [at / 8000 for at in starts if tone_share(samples[at : at + 8000], hertz) > 0.4]


async def says(one: Call, other: Call, hertz: float) -> None:
    """One of two who talk makes a tone, and the other hears it."""
    one.speaks(tone(hertz, SPOKEN))
    await other.hears_sound(lambda heard: tone_share(heard, hertz) > 0.5, 1.0)
    await one.has_spoken()


async def test_a_talk_is_recorded_both_ways_with_consent_and_without_a_pin_before_it(
    queue: Queueing,
) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits(consent="1")
    ringing = await sari.rings()
    talk = await ringing.answers()
    await says(call, talk, 440)
    await says(talk, call, 700)
    await ringing.hangs_up()
    await call.hears("rating-ask")
    await call.presses("4")
    await call.hears("rating-thanks")
    await call.ends()

    (row,) = await queue.until_rows(TALKS, lambda rows: len(rows) == 1, call.dialled)
    heard = audio(queue, row["name"])
    assert tone_at(heard, 440)
    assert tone_at(heard, 700)
    assert row["seconds"] == pytest.approx(len(heard) / 8000, abs=0.1)
    talks = queue.hotline.installation.state.folder / "pbx/talks"
    assert list(talks.iterdir()) == []
    assert [tuple(rated) for rated in await queue.ledger.fetch(RATINGS, call.dialled)] == [
        ("6001", 4)
    ]


async def test_without_consent_nothing_is_recorded(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits(consent="2")
    talk = await (await sari.rings()).answers()
    await says(call, talk, 440)
    assert list((queue.hotline.installation.state.folder / "pbx/talks").iterdir()) == []
    await call.hangs_up()
    await queue.ledger.row(call)

    assert list(await queue.ledger.fetch(TALKS, call.dialled)) == []
    assert list(await queue.ledger.fetch(RATINGS, call.dialled)) == []


async def test_what_an_agent_pauses_is_not_on_the_recording(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits(consent="1")
    ringing = await sari.rings()
    talk = await ringing.answers()
    await says(call, talk, 440)
    await sari.keys("*17", "agent-recording-off")
    await ringing.resumes()
    await says(call, talk, 700)
    await sari.keys("*17", "agent-recording-on")
    await ringing.resumes()
    await says(call, talk, 1000)
    await call.hangs_up()

    (row,) = await queue.until_rows(TALKS, lambda rows: len(rows) == 1, call.dialled)
    heard = audio(queue, row["name"])
    assert tone_at(heard, 440)
    assert not tone_at(heard, 700)
    assert tone_at(heard, 1000)


async def test_a_talk_without_recording_has_nothing_to_pause(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits(consent="2")
    talk = await (await sari.rings()).answers()
    await says(call, talk, 440)
    await sari.keys("*17", "agent-not-recorded")


async def test_who_calls_again_speaks_with_the_same_agent_and_goes_first(queue: Queueing) -> None:
    number = "081299900001"
    budi = await queue.agent("6002", "umum")
    first = await queue.waits(number)
    await (await budi.rings()).talks()
    await first.hangs_up()
    await queue.ledger.row(first)
    await queue.agent("6001", "umum")
    # The rest after the talk is over.
    await queue.until_members("6002", "umum", "agent-6002")

    again = await queue.waits(number)
    await (await budi.rings(2)).talks()
    await again.hangs_up()

    await queue.ledger.row(again)
    (stay,) = await queue.queue_of(again)
    assert (stay["queue"], stay["agent"], stay["priority"]) == ("agent-6002", "6002", 1)


async def test_an_agent_who_does_not_answer_is_told_of_and_another_rings(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    await (await sari.rings()).rejects()
    budi = await queue.agent("6002", "umum")
    await (await budi.rings()).talks()
    await call.hangs_up()

    await queue.ledger.row(call)
    misses = await queue.ledger.fetch(
        "SELECT m.agent, m.why FROM ring_miss m JOIN queue_entry e ON e.id = m.entry"
        " JOIN call c ON c.id = e.call WHERE dialled = $1",
        call.dialled,
    )
    assert [tuple(miss) for miss in misses] == [("6001", "rejected")]
