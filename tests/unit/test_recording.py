"""The recording of what a caller hears keeps to the wall clock."""

import time

import pytest

from scripts.caller.recording import LEAD, Recording
from scripts.caller.sounds import RATE

PACKET = b"\x01\x00" * (RATE // 50)


def test_a_pause_is_silence_of_its_length() -> None:
    recording = Recording()
    began = time.monotonic()
    recording.add(PACKET, began + 0.02)
    recording.add(PACKET, began + 3.02)

    assert len(recording) == pytest.approx((LEAD + 3.02) * RATE, abs=400)
    assert recording.samples()[-1] == 1
    assert not recording.samples()[RATE : 2 * RATE].any()


def test_audio_that_was_fetched_late_is_no_pause() -> None:
    recording = Recording()
    began = time.monotonic()
    recording.add(PACKET, began + 0.02)
    recording.add(PACKET * 25, began + 0.52)

    assert recording.samples()[int(LEAD * RATE) :].all()


def test_a_sample_is_known_by_the_moment_of_its_packet() -> None:
    recording = Recording()
    began = time.monotonic()
    for nth in range(1, 100):
        recording.add(PACKET, began + nth * 0.02)

    place = recording.place(began + 1.001)

    assert recording.moment(place) == pytest.approx(began + 1.0, abs=0.021)
