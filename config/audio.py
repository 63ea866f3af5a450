"""Speech as samples: reading it from a file, and the levels that telephony speaks of.

Samples are mono floats, full scale at 1. Levels are in dB relative to that (dBov for speech).
"""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

# The margin of ITU-T P.56: what is this far below the speech level is a pause.
_MARGIN = 15.9
_NOTHING = 1e-12


class UnreadableAudioError(Exception):
    """The file is no audio that can be decoded."""


def read(path: Path, rate: int) -> Samples:
    """A file of any common format, resampled to `rate`; raises `UnreadableAudioError`."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    try:
        with av.open(str(path)) as container:
            decoded = [*container.decode(audio=0), None]
        frames = [frame for part in decoded for frame in resampler.resample(part)]
    except (av.FFmpegError, IndexError) as error:
        raise UnreadableAudioError(f"{path} cannot be read as audio: {error}") from error
    if not frames:
        raise UnreadableAudioError(f"{path} holds no sound")
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def peak(samples: Samples) -> float:
    """The loudest sample in dBFS."""
    return _db(float(np.max(np.abs(samples), initial=0.0)) ** 2)


def speech_level(samples: Samples, rate: int) -> float:
    """The active speech level: pauses do not count (after ITU-T P.56, in frames of 20 ms)."""
    energy = _energies(samples, rate)
    level = energy.mean() if energy.size else 0.0
    # Each round drops the frames that turned out to be pauses; 20 settle every real recording.
    for _ in range(20):
        level = energy[energy >= level * 10 ** (-_MARGIN / 10)].mean() if energy.size else 0.0
    return _db(float(level))


def voiced(samples: Samples, rate: int, floor: float = -50.0) -> tuple[float, float]:
    """The silence before and after the sound in seconds; all of it before, if none is louder.

    `floor` is dB below full scale, measured in frames of 5 ms.
    """
    frame = rate // 200
    loud = np.flatnonzero(_energies(samples, rate, frame) > 10 ** (floor / 10))
    if not loud.size:
        return len(samples) / rate, 0.0
    end = min(len(samples), (int(loud[-1]) + 1) * frame)
    return int(loud[0]) * frame / rate, (len(samples) - end) / rate


def _energies(samples: Samples, rate: int, frame: int | None = None) -> npt.NDArray[np.float64]:
    size = frame or rate // 50
    whole = samples[: len(samples) // size * size].astype(np.float64)
    energies: npt.NDArray[np.float64] = (whole.reshape(-1, size) ** 2).mean(axis=1)
    return energies


def _db(power: float) -> float:
    return float(10 * np.log10(power + _NOTHING))
