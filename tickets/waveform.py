"""The sound of a recording as the desk hands it out: a sound WAV, and its outline."""

import struct

import numpy as np

BARS = 160
"""Of an outline; a page is rarely wider than as many strokes of two pixels."""
_HEADER = 44


def repaired(wav: bytes) -> bytes:
    """With lengths that are true: of a recorder that was killed they are still 0, and a player
    would play nothing. The rest is as it was."""
    data = wav.find(b"data", 12)
    if wav[:4] != b"RIFF" or data < 0 or len(wav) < _HEADER:
        return wav
    sound = len(wav) - data - 8
    told = struct.unpack("<I", wav[data + 4 : data + 8])[0]
    if 0 < told <= sound:
        return wav
    return b"".join(
        (
            wav[:4],
            struct.pack("<I", len(wav) - 8),
            wav[8 : data + 4],
            struct.pack("<I", sound),
            wav[data + 8 :],
        )
    )


def seconds(wav: bytes) -> float:
    """How long it plays, by its own header; 0.0 for what is no sound."""
    start = wav.find(b"data", 12) + 8
    if start < _HEADER:
        return 0.0
    rate, told = (struct.unpack("<I", wav[at : at + 4])[0] for at in (28, start - 4))
    return round(min(told, len(wav) - start) / rate, 2) if rate else 0.0


def outline(wav: bytes, bars: int = BARS) -> list[int]:
    """The loudest of each part of the sound (16 bit, mono); the loudest of all is 100."""
    start = wav.find(b"data", 12) + 8
    sound = np.frombuffer(wav[start : start + (len(wav) - start) // 2 * 2], dtype="<i2")
    if start < _HEADER or not sound.size:
        return []
    loud = np.abs(sound.astype(np.int32))
    edges = np.linspace(0, loud.size, min(bars, loud.size) + 1, dtype=np.int64)[:-1]
    peaks = np.maximum.reduceat(loud, edges)
    most = max(int(peaks.max()), 1)
    return [round(int(peak) * 100 / most) for peak in peaks]
