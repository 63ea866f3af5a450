"""The audio chain from a master to what is understood best on a phone, also in noise.

High-pass, presence around 2.6 kHz, light compression, one level for all prompts, and a fixed
silence around them. docs/prompts.md has what was measured.
"""

from pathlib import Path

import av
import av.filter
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from config import audio
from config.audio import Samples

RECIPE = 1
"""Counts up with every change of this chain or of the formats: sounds are then made again."""

LEVEL = -20.5
"""Active speech in dBov (ITU-T P.56 and its usual level for telephony)."""
PEAK = -2.0
"""dBFS; the codecs overshoot by up to half a dB."""
BEFORE, AFTER = 0.05, 0.15
"""Seconds of silence around the voice."""

_MASTER_RATE = 24_000
_HIGH_PASS = {8_000: 150, 16_000: 80}
_LOOK_AHEAD = 0.002


def mastered(path: Path) -> tuple[Samples, Samples]:
    """A recording as it is to be heard, at 8 and at 16 kHz."""
    samples = audio.read(path, _MASTER_RATE)
    # The compressor's threshold is meant for speech of the usual level.
    samples = samples * _gain(samples, _MASTER_RATE)
    narrow, wide = (
        _padded(_levelled(_shaped(samples, rate), rate), rate) for rate in (8_000, 16_000)
    )
    return narrow, wide


def _shaped(samples: Samples, rate: int) -> Samples:
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_abuffer(format="flt", sample_rate=_MASTER_RATE, layout="mono"),
        graph.add("highpass", f"f={_HIGH_PASS[rate]}"),
        graph.add("equalizer", "f=2600:t=q:w=1.2:g=5"),
        graph.add("acompressor", "threshold=-24dB:ratio=2:attack=5:release=120:knee=4"),
        graph.add("aresample", f"{rate}:filter_size=64:cutoff=0.96"),
        graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"),
        graph.add("abuffersink"),
    ).configure()
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = _MASTER_RATE
    graph.push(frame)
    graph.push(None)
    return _pulled(graph)


def _pulled(graph: av.filter.Graph) -> Samples:
    parts: list[Samples] = []
    while True:
        try:
            part = graph.pull()
        except (av.EOFError, av.BlockingIOError):
            break
        assert isinstance(part, av.AudioFrame)
        parts.append(part.to_ndarray()[0].astype(np.float32))
    whole: Samples = np.concatenate(parts)
    return whole


def _levelled(samples: Samples, rate: int) -> Samples:
    # Limiting takes a little of the level away, which the next round gives back.
    for _ in range(3):
        samples = _limited(samples * _gain(samples, rate), rate)
    return samples


def _gain(samples: Samples, rate: int) -> np.float32:
    return np.float32(10 ** ((LEVEL - audio.speech_level(samples, rate)) / 20))


def _limited(samples: Samples, rate: int) -> Samples:
    """Turn down around each peak, smoothly: the mean of the least gains needed nearby."""
    limit = 10 ** (PEAK / 20)
    if audio.peak(samples) <= PEAK:
        return samples
    reach = int(rate * _LOOK_AHEAD)
    needed = np.minimum(1.0, limit / np.maximum(np.abs(samples), limit))
    # Padded twice: each of the two windows takes its width away again.
    least = sliding_window_view(np.pad(needed, 2 * reach, constant_values=1.0), 2 * reach + 1)
    gain = sliding_window_view(least.min(axis=1), 2 * reach + 1).mean(axis=1)
    limited: Samples = (samples * gain).astype(np.float32)
    return limited


def _padded(samples: Samples, rate: int) -> Samples:
    before, after = audio.voiced(samples, rate)
    voice = samples[int(before * rate) : len(samples) - int(after * rate)]
    lead, tail = (np.zeros(int(seconds * rate), np.float32) for seconds in (BEFORE, AFTER))
    padded: Samples = np.concatenate([lead, voice, tail])
    return padded
