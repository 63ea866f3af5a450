"""Recordings by a human speaker, which take the place of the interim voice prompt by prompt.

They lie in one folder as `{language}/{id}.wav` or `.flac`; its own `masters.json`, if there is
one, tells which words each of them says.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from config import audio
from config.documents import Problem
from config.prompts import Catalogue, load_manifest
from config.speech import LANGUAGES

ENDINGS = (".wav", ".flac")

_RATE = 48_000
_CLIPPED = -0.1
"""dBFS: a peak above has most likely been cut off."""
_FAINT = -36.0
"""dBov: speech below is too near to the noise of the room to be made louder."""
_UNEVEN = 1.0
"""dB from the median of the language: callers hear the prompts one after the other."""
_LATE = 0.1
"""Seconds of silence before the first sound."""


def recording(folder: Path, id_: str, language: str) -> Path | None:
    """The human recording of a prompt, if there is one."""
    paths = (folder / language / f"{id_}{ending}" for ending in ENDINGS)
    return next((path for path in paths if path.is_file()), None)


def problems(catalogue: Catalogue, folder: Path) -> list[Problem]:
    """All that is wrong with the recordings in `folder`; raises `ConfigError` for its manifest."""
    return [*_unknown(catalogue, folder), *_stale(catalogue, folder), *_unfit(catalogue, folder)]


def _unknown(catalogue: Catalogue, folder: Path) -> Iterator[Problem]:
    known = {
        folder / language / f"{id_}{ending}"
        for language in LANGUAGES
        for id_ in catalogue.ids
        for ending in ENDINGS
    }
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS and path not in known:
            yield _problem(path, "no prompt has this name", "name it {language}/{id} or remove it")


def _stale(catalogue: Catalogue, folder: Path) -> Iterator[Problem]:
    for language, said in load_manifest(folder / "masters.json").root.items():
        for id_ in sorted(said.keys() & catalogue.ids):
            path = recording(folder, id_, language)
            if path and said[id_].text != catalogue.text_hash(id_, language):
                words = catalogue.text(id_, language)
                yield _problem(path, "the text has changed since", f"record it again: “{words}”")


def _unfit(catalogue: Catalogue, folder: Path) -> Iterator[Problem]:
    for language in LANGUAGES:
        levels: dict[Path, float] = {}
        for id_ in sorted(catalogue.ids):
            if path := recording(folder, id_, language):
                try:
                    samples = audio.read(path, _RATE)
                except audio.UnreadableAudioError as error:
                    yield _problem(path, str(error), "save it again as WAV or FLAC")
                    continue
                levels[path] = audio.speech_level(samples, _RATE)
                yield from _faults(path, samples)
        yield from _uneven(levels)


def _faults(path: Path, samples: audio.Samples) -> Iterator[Problem]:
    before, _ = audio.voiced(samples, _RATE)
    if audio.peak(samples) > _CLIPPED:
        yield _problem(path, "the loudest parts are clipped", "record it again, less loud")
    if audio.speech_level(samples, _RATE) < _FAINT:
        yield _problem(path, "the speech is too faint", "record it again, nearer or louder")
    if before > _LATE:
        late = f"it begins with {before:.2f} s of silence"
        yield _problem(path, late, f"cut it to {_LATE} s at most")


def _uneven(levels: dict[Path, float]) -> Iterator[Problem]:
    usual = median(levels.values()) if levels else 0.0
    for path, level in levels.items():
        if abs(level - usual) > _UNEVEN:
            uneven = f"its level is {level:.1f} dBov, that of most is {usual:.1f}"
            yield _problem(path, uneven, f"bring it within {_UNEVEN:.0f} dB")


def _problem(path: Path, message: str, remedy: str) -> Problem:
    return Problem(str(path), 0, 0, message, remedy)
