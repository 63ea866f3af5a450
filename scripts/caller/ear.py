"""Was this prompt heard? Answered on the audio itself, never on what the PBX says that it played.

A prompt is heard when its voiced pieces are found in order and in place. The first few are enough
to act on: a caller who knows the menu presses before the sentence is over.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scripts.caller.sounds import PIECE, RATE, Piece, Prompt, Samples

Spectrum = NDArray[np.complexfloating]

ALIKE = 0.9
"""Normalised correlation of a piece with its like: through A-law the same sound scores 0.97 and
more. The same words in another sentence of the same voice come up to 0.85."""
SLIP = int(0.06 * RATE)
"""How far a piece may stand from its place: three lost or doubled packets."""
ENOUGH = 3
"""So many of the first voiced pieces make a prompt recognised."""
KEPT = 1 << 15
"""Up to this size a piece's spectrum is kept: what is listened for live."""
MOST = 0.5
"""So large a share of its pieces makes a prompt recognised whose beginning was lost."""
FLOOR = 25.0
"""Mean square below which audio counts as silence rather than as a very quiet copy."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a prompt was found, in samples of the recording."""

    prompt: str
    start: int
    end: int
    """The end of the last piece that was compared."""
    score: float

    def moved(self, by: int) -> "Heard":
        """The same, counted from `by` samples earlier."""
        return replace(self, start=self.start + by, end=self.end + by)


def find(prompt: Prompt, audio: Samples) -> Heard | None:
    """The first place in `audio` where the prompt begins, or None."""
    return _found_by(prompt.pieces[:ENOUGH], prompt, audio)


def find_spoilt(prompt: Prompt, audio: Samples) -> Heard | None:
    """The same by any of what follows its beginning, which may have been lost on a busy machine.

    Dear: for a last look.
    """
    later = range(1, len(prompt.pieces) - ENOUGH + 1)
    for at in later:
        heard = _found_by(prompt.pieces[at : at + ENOUGH], prompt, audio)
        # A sentence that it shares with another prompt is not enough.
        if heard and share(prompt, audio, heard.start) >= MOST:
            return heard
    return None


def first_of(
    prompts: Iterable[Prompt],
    audio: Samples,
    look: Callable[[Prompt, Samples], Heard | None] = find,
) -> Heard | None:
    """Of several prompts the one that begins first; `look` is `find` or `find_spoilt`."""
    found = [heard for prompt in prompts if (heard := look(prompt, audio))]
    return min(found, key=lambda heard: heard.start, default=None)


def _found_by(some: Sequence[Piece], prompt: Prompt, audio: Samples) -> Heard | None:
    """Where the prompt begins by pieces of it that stand together."""
    if not some:
        return None
    before, end = some[0].at, some[-1].at + len(some[-1].samples)
    starts = len(audio) - end + 1
    if starts < 1:
        return None
    alike = _likeness(audio[before:], some)
    placed = [
        row[p.at - before : p.at - before + starts] for p, row in zip(some, alike, strict=True)
    ]
    near = np.stack([_nearby(row) for row in placed])
    agreeing = (near >= ALIKE).sum(axis=0) >= _quorum(some)
    if not agreeing.any():
        return None
    around = slice(first := int(agreeing.argmax()), first + SLIP)
    start = first + int(np.maximum.reduce(placed)[around].argmax())
    score = float(np.mean([row[around].max() for row in placed]))
    return Heard(prompt.id, start, start + end, score)


def share(prompt: Prompt, audio: Samples, start: int) -> float:
    """The share of all voiced pieces of the prompt found in place, 0…1."""
    found = [_in_place(piece, audio, start + piece.at) >= ALIKE for piece in prompt.pieces]
    return sum(found) / max(1, len(found))


def best(prompts: Iterable[Prompt], audio: Samples, within: int) -> Heard | None:
    """Of many short sounds the one that begins in the first `within` samples, judged by all of it.

    For sounds that begin alike (`dua satu`, `dua dua`), which their openings cannot tell apart.
    Cheap: only those whose beginning is there are looked at closely.
    """
    likely = _likely([prompt for prompt in prompts if prompt.pieces], audio[: within + 2 * PIECE])
    found = [heard for prompt in likely if (heard := _whole(prompt, audio, within))]
    return max(found, key=lambda heard: heard.score, default=None)


def span(prompt: Prompt) -> int:
    """How many samples of the prompt must have been heard before `find` can tell."""
    opening = prompt.pieces[:ENOUGH]
    return opening[-1].at + len(opening[-1].samples) if opening else 0


def transcript(prompts: Sequence[Prompt], audio: Samples) -> list[Heard]:
    """Every prompt's first appearance in `audio`, in the order of time."""
    found = [heard for prompt in prompts if (heard := find(prompt, audio))]
    return sorted(found, key=lambda heard: heard.start)


def _likely(prompts: Sequence[Prompt], audio: Samples) -> list[Prompt]:
    """Those of which the first or, as a lost packet may have spoilt that, the second piece is
    there."""
    if len(audio) < PIECE:
        return []
    pieces = [(prompt, piece) for prompt in prompts for piece in prompt.pieces[:2]]
    rows = _likeness(audio, [piece for _, piece in pieces])
    found = {
        prompt.id: prompt
        for (prompt, _), row in zip(pieces, rows, strict=True)
        if row.max() >= ALIKE
    }
    return list(found.values())


def _whole(prompt: Prompt, audio: Samples, within: int) -> Heard | None:
    heard = find(prompt, audio[: within + span(prompt)])
    if heard is None:
        return None
    alike = [_in_place(piece, audio, heard.start + piece.at) for piece in prompt.pieces]
    if sum(score >= ALIKE for score in alike) < _quorum(prompt.pieces):
        return None
    end = heard.start + len(prompt.samples)
    return Heard(prompt.id, heard.start, end, sum(alike) / len(alike))


def _quorum(pieces: Sequence[Piece]) -> int:
    """One of three may be spoilt; of fewer none, or a single vowel could pass for a prompt."""
    return len(pieces) - 1 if len(pieces) >= ENOUGH else len(pieces)


def _in_place(piece: Piece, audio: Samples, at: int) -> float:
    """How alike the audio is to the piece where it should be, give or take a slip."""
    near = audio[max(0, at - SLIP) : at + len(piece.samples) + SLIP]
    if len(near) < len(piece.samples):
        return 0.0
    return float(_likeness(near, [piece])[0].max())


def _likeness(audio: Samples, pieces: Sequence[Piece]) -> list[NDArray[np.float32]]:
    """For each piece its normalised correlation with the audio at every place where it fits."""
    longest = max(len(piece.samples) for piece in pieces)
    size = 1 << (len(audio) + longest - 1).bit_length()
    spectrum = np.fft.rfft(audio, size)
    energy = np.concatenate(([0.0], np.cumsum(audio.astype(np.float64) ** 2)))
    return [_row(piece, spectrum, energy, size) for piece in pieces]


def _row(
    piece: Piece, spectrum: Spectrum, energy: NDArray[np.float64], size: int
) -> NDArray[np.float32]:
    length = len(piece.samples)
    places = len(energy) - length
    turned = _reversed(piece, size) if size <= KEPT else _reversed.__wrapped__(piece, size)
    product = np.fft.irfft(spectrum * turned, size)[:places]
    local = np.maximum(energy[length:] - energy[:places], FLOOR * length)
    return (product / np.sqrt(local)).astype(np.float32)


@lru_cache(maxsize=2000)
def _reversed(piece: Piece, size: int) -> Spectrum:
    """The piece of unit energy, ready to be correlated; the same few are wanted all the time."""
    unit = piece.samples / np.float32(np.linalg.norm(piece.samples))
    return np.conj(np.fft.rfft(unit, size))


def _nearby(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each place's best score within a slip, so that the pieces need not agree to the sample."""
    width = 1
    best_so_far = row
    while width < SLIP:
        step = min(width, SLIP - width)
        ahead = np.pad(best_so_far[step:], (0, min(step, len(row))), constant_values=-1)
        best_so_far = np.maximum(best_so_far, ahead)
        width += step
    return best_so_far
