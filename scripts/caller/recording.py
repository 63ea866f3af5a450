"""What a caller hears, on the wall clock."""

import math
import time
from bisect import bisect_right

import numpy as np

from scripts.caller.sounds import RATE, Samples

SILENCE_SHOWS = 0.2
"""Seconds without a packet after which the pause is real: the PBX sends nothing between prompts."""

LEAD = 0.5
"""Seconds of silence put before the call: a first packet lost while the phone was still setting
up its audio moves the first prompt's beginning to before the answer."""


class Recording:
    """16-bit samples since just before the call was answered; pauses are filled with silence."""

    def __init__(self) -> None:
        self._heard = bytearray(int(LEAD * RATE) * 2)
        self._last = time.monotonic()
        self._began = self._last - LEAD
        self._arrivals: list[tuple[int, float]] = []

    def add(self, pcm: bytes, now: float) -> None:
        """`pcm` arrived at `now` (`time.monotonic`)."""
        missing = int((now - self._began) * RATE) * 2 - len(self._heard) - len(pcm)
        if now - self._last > SILENCE_SHOWS and missing > 0:
            self._heard += bytes(missing)
        self._heard += pcm
        self._last = now
        self._arrivals.append((len(self), now))

    def samples(self, start: int = 0, end: int | None = None) -> Samples:
        stop = len(self) if end is None else min(end, len(self))
        view = np.frombuffer(bytes(self._heard[start * 2 : stop * 2]), dtype="<i2")
        return view.astype(np.float32)

    def pcm(self) -> bytes:
        return bytes(self._heard)

    def hushed(self) -> bool:
        """True while the other side sends nothing."""
        return time.monotonic() - self._last > SILENCE_SHOWS

    def moment(self, sample: int) -> float:
        """When a sample arrived, as `time.monotonic`, to a packet and a look at the audio."""
        nth = bisect_right(self._arrivals, (sample, math.inf))
        end, arrived = self._arrivals[min(nth, len(self._arrivals) - 1)]
        return arrived - (end - sample) / RATE

    def place(self, moment: float) -> int:
        """The first sample that arrived after a moment of `time.monotonic`."""
        nth = bisect_right(self._arrivals, moment, key=lambda arrival: arrival[1])
        return self._arrivals[nth - 1][0] if nth else 0

    def __len__(self) -> int:
        return len(self._heard) // 2
