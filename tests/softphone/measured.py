"""Sounds measured where they arrive: which frequency is the loudest, and how loud all of it is."""

from dataclasses import dataclass, field

import numpy as np

from scripts.caller.sounds import RATE, Samples

FULL = 32768.0


@dataclass
class Ear:
    """Takes a stretch for the tone that it waits for, and keeps what it measured last."""

    hertz: float
    heard: list[tuple[float, float]] = field(default_factory=list)
    """Hertz and dBFS of stretches that were the tone."""

    def __call__(self, samples: Samples) -> bool:
        hertz, level = loudest(samples), decibels(samples)
        is_it = abs(hertz - self.hertz) <= max(20.0, RATE / len(samples)) and level > -50
        if is_it:
            self.heard.append((hertz, level))
        return is_it

    @property
    def told(self) -> str:
        hertz, level = self.heard[-1]
        return f"{hertz:.0f} Hz at {level:.1f} dBFS"


def loudest(samples: Samples) -> float:
    """The frequency with the most energy."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[int(power.argmax())])


def decibels(samples: Samples) -> float:
    """The level of 16-bit samples; a sine of full scale has 0."""
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return float(10 * np.log10(max(power, 1e-3) * 2 / FULL**2))


def _decoded() -> Samples:
    """What each byte of A-law (ITU-T G.711) means."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    value = np.where(
        exponent > 0, (mantissa * 16 + 264) << np.maximum(exponent - 1, 0), mantissa * 16 + 8
    )
    return np.where(code & 0x80, value, -value).astype(np.float32)


ALAW = _decoded()


def from_alaw(packet: bytes) -> Samples:
    return ALAW[np.frombuffer(packet, dtype=np.uint8)]


def to_alaw(pcm: bytes) -> bytes:
    """16-bit PCM as the nearest that A-law has."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    nearest = np.abs(ALAW[None, :] - samples[:, None]).argmin(axis=1)
    return bytes(nearest.astype(np.uint8).tolist())
