"""The prompts as the phone line carries them: what the ear compares with."""

import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 8000
"""Samples a second on a G.711 line."""
PIECE = int(0.3 * RATE)
"""What is compared at once: long enough to be one sound of one sentence, short enough that a
lost packet spoils one piece and not the prompt."""
QUIET = 150.0
"""A piece below this standard deviation (of 16-bit samples) is a pause and proves nothing."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A voiced stretch of a prompt; each is itself alone, so that work on it can be kept."""

    at: int
    """Samples from the prompt's start."""
    samples: Samples


@dataclass(frozen=True, eq=False)
class Prompt:
    """One prompt in one language."""

    id: str
    language: str
    samples: Samples

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The voiced pieces in order; a prompt shorter than one piece is one piece."""
        size = min(PIECE, len(self.samples))
        starts = range(0, len(self.samples) - size + 1, size)
        cut = (Piece(at, self.samples[at : at + size]) for at in starts)
        return tuple(piece for piece in cut if float(np.std(piece.samples)) >= QUIET)

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


class Sounds:
    """The folder of sounds that the PBX plays, read on demand: `LANGUAGE/saluran/ID.wav`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str], Prompt] = {}

    def prompt(self, name: str, language: str) -> Prompt:
        """Raises `FileNotFoundError` for a prompt that nobody rendered."""
        key = (name, language)
        if key not in self._read:
            path = self._folder / language / "saluran" / f"{name}.wav"
            self._read[key] = Prompt(name, language, read_wav(path))
        return self._read[key]

    def names(self, language: str) -> list[str]:
        """Every prompt there is, `main-menu` and `pair/26` alike."""
        root = self._folder / language / "saluran"
        return sorted(str(p.relative_to(root).with_suffix("")) for p in root.rglob("*.wav"))

    def like(self, pattern: str, language: str) -> list[Prompt]:
        """The prompts whose id fits a pattern such as `pair/??`."""
        root = self._folder / language / "saluran"
        found = sorted(root.glob(f"{pattern}.wav"))
        return [self.prompt(str(p.relative_to(root).with_suffix("")), language) for p in found]


def read_wav(path: Path) -> Samples:
    """A telephone recording: 8 kHz, 16 bit, one channel; anything else is a `ValueError`."""
    with wave.open(str(path)) as file:
        shape = (file.getframerate(), file.getsampwidth(), file.getnchannels())
        if shape != (RATE, 2, 1):
            raise ValueError(f"{path}: want 8000 Hz, 2 bytes, 1 channel, found {shape}")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32)


def write_wav(path: Path, samples: bytes) -> Path:
    """`samples` as 16-bit PCM at the line's rate, to be listened to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    return path


def tone(hertz: float, seconds: float, level: float = 0.3) -> bytes:
    """A sine as 16-bit PCM, to speak into a call and to find again in its recording."""
    time = np.arange(int(seconds * RATE)) / RATE
    return bytes((np.sin(2 * np.pi * hertz * time) * level * 32767).astype("<i2").tobytes())


def tone_share(samples: Samples, hertz: float) -> float:
    """The part of the signal's energy within 20 Hz of a tone, 0…1."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    near = np.abs(frequencies - hertz) <= 20
    return float(power[near].sum() / max(float(power.sum()), 1.0))
