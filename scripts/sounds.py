"""Make what the PBX plays from the masters, or from human recordings where there are some.

    TARGET/{language}/saluran/{id}.{ulaw,alaw,g722,wav}
    TARGET/{language}/beep.*       the tone before a recording (the application Record wants it)
    TARGET/durations.json          seconds by language and id

Only what changed is made again. Two set-ups at once are safe: one waits for the other.
"""

import fcntl
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from config import studio
from config.audio import Samples
from config.documents import ConfigError, Problem
from config.prompts import Catalogue
from config.speech import LANGUAGES
from scripts.mastering import RECIPE, mastered
from scripts.soundfiles import replace, write_sounds

_BEEP_SECONDS, _BEEP_HERTZ, _BEEP_PEAK = 0.4, 1_000, 0.25


@dataclass(frozen=True, slots=True)
class Sound:
    """One prompt to be made: from which recording, and to where (without the ending)."""

    language: str
    id: str
    source: Path
    base: Path

    @property
    def key(self) -> str:
        return f"{self.language}/{self.id}"

    @property
    def stamp(self) -> str:
        """Changes when the recording or the chain does."""
        state = self.source.stat()
        return f"{RECIPE} {self.source} {state.st_size} {state.st_mtime_ns}"


@dataclass(frozen=True, slots=True)
class Made:
    """What a former run made: its stamp, and how many seconds it lasts."""

    stamp: str
    seconds: float


def build_sounds(
    catalogue: Catalogue, target: Path, human: Path | None, progress: Callable[[int, int], None]
) -> None:
    """Bring `target` up to date; `progress` is told how many of how many are made.

    Raises `ConfigError` naming every prompt without any recording, and
    `config.audio.UnreadableAudioError`.
    """
    sounds = list(_sounds(catalogue, target, human))
    target.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        made = _remembered(target)
        stamps = {sound: sound.stamp for sound in sounds}
        stale = [s for s in sounds if s.key not in made or made[s.key].stamp != stamps[s]]
        if not stale:
            return
        _write_beeps(target)
        for done, (sound, seconds) in enumerate(_made(stale), 1):
            made[sound.key] = Made(stamps[sound], seconds)
            progress(done, len(stale))
        _remember(target, {sound: made[sound.key] for sound in sounds})


def make(sound: Sound) -> float:
    """Make one prompt in every format; returns its seconds."""
    narrow, wide = mastered(sound.source)
    write_sounds(sound.base, narrow, wide)
    return round(len(narrow) / 8_000, 3)


def _sounds(catalogue: Catalogue, target: Path, human: Path | None) -> Iterator[Sound]:
    missing = []
    for language in LANGUAGES:
        for id_ in sorted(catalogue.ids):
            spoken = human and studio.recording(human, id_, language)
            source = spoken or catalogue.master(id_, language)
            if source.is_file():
                yield Sound(language, id_, source, target / language / "saluran" / id_)
            else:
                lacks = f"the prompt `{id_}` has no recording in language `{language}`"
                missing.append(Problem(str(source), 0, 0, lacks, "run `scripts/render.py`"))
    if missing:
        raise ConfigError(*missing)


def _made(sounds: Iterable[Sound]) -> Iterator[tuple[Sound, float]]:
    # Spawned, not forked: the caller may hold threads, and a fork would copy their locks.
    workers = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from zip(sounds, pool.map(make, sounds, chunksize=8), strict=True)


def _write_beeps(target: Path) -> None:
    for language in LANGUAGES:
        write_sounds(target / language / "beep", _tone(8_000), _tone(16_000))


def _tone(rate: int) -> Samples:
    at = np.arange(int(rate * _BEEP_SECONDS)) / rate
    # A ramp of 10 ms at both ends, so that the tone does not click.
    ramp = np.clip(np.minimum(at, at[::-1]) / 0.01, 0, 1)
    return (_BEEP_PEAK * ramp * np.sin(2 * np.pi * _BEEP_HERTZ * at)).astype(np.float32)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel releases it however this process ends."""
    with (target / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remembered(target: Path) -> dict[str, Made]:
    path = target / "stamp.json"
    if not path.is_file():
        return {}
    return {key: Made(*entry) for key, entry in json.loads(path.read_bytes()).items()}


def _remember(target: Path, made: Mapping[Sound, Made]) -> None:
    durations: dict[str, dict[str, float]] = {}
    for sound, entry in made.items():
        durations.setdefault(sound.language, {})[sound.id] = entry.seconds
    replace(target / "durations.json", json.dumps(durations).encode())
    stamps = {sound.key: (entry.stamp, entry.seconds) for sound, entry in made.items()}
    # Last: without it, a run that was cut short is made again.
    replace(target / "stamp.json", json.dumps(stamps).encode())
