"""What lies of people in files beside the database: facts on their way, and what the PBX noted.

Fits `tickets.privacy.leftovers.Leftovers`. The folders are the installation's own; where the desk
runs on a machine of its own they are not there, and the service's are pruned after some days.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from config.phones import national
from config.settings import Settings

MOST_BYTES = 64 * 1024 * 1024
ASIDE = ("done", "bad")


class FilesBeside:
    """Names in files are compared as text: numbers in every form that is written here, ids with
    and without hyphens."""

    def __init__(self, settings: Settings) -> None:
        files = settings.files
        self._spool = files.spool
        self._noted = (files.fallback, files.callbacks, files.stays)
        self._sound = (files.messages, files.talks)

    def waiting(self, phones: Collection[str], ids: Collection[str]) -> list[str]:
        """Files that will become rows of theirs, by their names."""
        told = _pattern(phones, ids)
        texts = [*_files(self._spool, "*.jsonl")]
        texts += [path for folder in self._noted for path in _files(folder, "*.txt")]
        found = [path for path in texts if _says(path, told)]
        notes = {path.stem for path in found}
        for folder in self._sound:
            found += [
                path
                for path in _files(folder, "*.wav")
                if path.stem in notes or told.search(path.name.encode())
            ]
        return sorted(path.name for path in found)

    def remove(self, phones: Collection[str], ids: Collection[str]) -> int:
        """What was taken in (`done`) and what nobody could read (`bad`)."""
        told = _pattern(phones, ids)
        texts = [
            path
            for folder in self._noted
            for aside in ASIDE
            for path in _files(folder / aside, "*.txt")
            if _says(path, told)
        ]
        notes = {path.stem for path in texts}
        sounds = [
            path
            for folder in self._sound
            for path in _files(folder / "bad", "*.wav")
            if path.stem in notes or told.search(path.name.encode())
        ]
        for path in (*texts, *sounds):
            path.unlink(missing_ok=True)
        return len(texts) + len(sounds)


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(folder.glob(pattern))


def _says(path: Path, told: re.Pattern[bytes]) -> bool:
    try:
        if path.stat().st_size > MOST_BYTES:
            return False
        return bool(told.search(path.read_bytes()))
    except FileNotFoundError:
        # Taken in meanwhile.
        return False


def _pattern(phones: Collection[str], ids: Collection[str]) -> re.Pattern[bytes]:
    """Nothing of it is part of a longer number or id."""
    numbers = [rf"(?:62|0)?{re.escape(national(phone)[1:])}" for phone in phones]
    names = [form for one in ids for form in (one, one.replace("-", ""))]
    one_of = "|".join([*numbers, *map(re.escape, names)]) or r"(?!)"
    return re.compile(rf"(?<![0-9a-f])(?:2B|2b)?(?:{one_of})(?![0-9a-f])".encode())
