"""The formats that Asterisk plays without transcoding: G.711 µ-law and A-law, G.722, and WAV."""

import os
import wave
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from config.audio import Samples

_Pcm = npt.NDArray[np.int16]
ENDINGS = ("ulaw", "alaw", "g722", "wav")


def write_sounds(base: Path, narrow: Samples, wide: Samples) -> None:
    """Write `base` in every format; `narrow` is at 8 kHz, `wide` at 16 kHz.

    Each file appears whole: a call may play it while it is made again.
    """
    base.parent.mkdir(parents=True, exist_ok=True)
    for ending, content in (
        ("ulaw", _encoded("pcm_mulaw", _pcm(narrow), 8_000)),
        ("alaw", _encoded("pcm_alaw", _pcm(narrow), 8_000)),
        ("g722", _encoded("g722", _pcm(wide), 16_000)),
        ("wav", _wav(_pcm(narrow), 8_000)),
    ):
        replace(base.with_name(f"{base.name}.{ending}"), content)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _pcm(samples: Samples) -> _Pcm:
    return (np.clip(samples, -1, 1) * 32767).round().astype(np.int16)


def _encoded(codec: str, pcm: _Pcm, rate: int) -> bytes:
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.format, context.layout = rate, "s16", "mono"
    chunk = rate // 50
    packets = []
    for at in range(0, len(pcm), chunk):
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis, at : at + chunk], "s16", "mono")
        frame.sample_rate = rate
        packets += context.encode(frame)
    packets += context.encode(None)
    return b"".join(map(bytes, packets))


def _wav(pcm: _Pcm, rate: int) -> bytes:
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return content.getvalue()
