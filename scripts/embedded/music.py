"""Music for those who wait in the embedded PBX: made here, so that nobody's rights are used."""

import wave
from pathlib import Path

import numpy as np

RATE = 8_000
CHORD_SECONDS = 3.0
PEAK = 0.12
CHORDS = (
    (261.63, 329.63, 392.00),
    (220.00, 261.63, 329.63),
    (174.61, 220.00, 261.63),
    (196.00, 246.94, 293.66),
)
"""C, A minor, F, G: frequencies in Hz."""


def write(path: Path, rounds: int = 1) -> None:
    """Quiet rounds of chords, 12 s each, in WAV at 8 kHz; what is there already stays."""
    if path.exists():
        return
    at = np.arange(int(RATE * CHORD_SECONDS)) / RATE
    swell = np.sin(np.pi * at / CHORD_SECONDS) ** 2
    chords = [sum(np.sin(2 * np.pi * hertz * at) for hertz in chord) for chord in CHORDS]
    samples = np.concatenate([PEAK / 3 * swell * chord for chord in chords])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes() * rounds)
