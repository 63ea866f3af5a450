"""The store of voice messages, talks and tickets' files: encrypted, one file each.

A stored file is a 12-byte nonce and the AES-256-GCM ciphertext of the content, bound to its id; the
key lies in the installation's secrets, never beside the files. Sound is checked before it is kept.
"""

import asyncio
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LONGEST_TALK = 256 * 1024 * 1024
"""Bytes; four and a half hours."""
RATE = 8_000
"""Samples a second; Asterisk's `wav` format is 8 kHz, 16 bit, mono."""
WINDOW = RATE // 10
QUIET_RMS = 150.0
"""Of 32,767: what is below in every tenth of a second is line noise and nobody speaking."""
MOST_BYTES = 16 * 1024 * 1024
NONCE = 12
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z]{1,8}){1,2}")


class RecordingEmpty(Exception):
    """There is no sound in the file at all."""


class RecordingUnreadable(Exception):
    """The file is not what Asterisk's Record and MixMonitor write."""


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    seconds: float
    size: int
    """Bytes of the WAV before encryption."""
    sha256: str
    silent: bool


class Recordings:
    """Raises OSError when the disk refuses; the source then stays where it is."""

    def __init__(self, folder: Path, key: bytes, most: int = MOST_BYTES) -> None:
        """`key` has 32 bytes; larger files than `most` bytes are refused."""
        self._folder = folder
        self._most = most
        self._cipher = AESGCM(key)
        folder.mkdir(parents=True, exist_ok=True)

    async def store(self, source: Path, recording: UUID) -> Stored:
        """Check and encrypt `source` into the store; storing it twice leaves one file.

        `source` is not removed: its writer does that once the recording's fact is kept.
        Raises RecordingEmpty, RecordingUnreadable, OSError.
        """
        return await asyncio.to_thread(self._store, source, recording)

    def read(self, name: str) -> bytes:
        """A stored file's content. Raises FileNotFoundError; InvalidTag when tampered with."""
        data = self._path(name).read_bytes()
        owner = UUID(name.partition(".")[0])
        return self._cipher.decrypt(data[:NONCE], data[NONCE:], owner.bytes)

    def keep(self, file: UUID, content: bytes) -> str:
        """Encrypt something that is no recording; its name. Keeping it twice leaves one file."""
        name = f"{file}.file.enc"
        self._seal(name, content, file)
        return name

    def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Names come of rows; one that is none of ours leads nowhere."""
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self._folder / name

    def _seal(self, name: str, content: bytes, owner: UUID) -> None:
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, content, owner.bytes)
        _write_safely(self._folder / name, sealed)

    def _store(self, source: Path, recording: UUID) -> Stored:
        if source.stat().st_size > self._most:
            raise RecordingUnreadable(f"{source.name} is larger than {self._most} bytes")
        wav = source.read_bytes()
        samples = _samples(wav, source.name)
        name = f"{recording}.wav.enc"
        self._seal(name, wav, recording)
        return Stored(
            name=name,
            seconds=round(len(samples) / RATE, 2),
            size=len(wav),
            sha256=hashlib.sha256(wav).hexdigest(),
            silent=_loudest(samples) < QUIET_RMS,
        )


def _samples(wav: bytes, name: str) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """The sound of a WAV, even when Asterisk was killed before it wrote the lengths."""
    data = wav.find(b"data", 12)
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE" or data < 0:
        raise RecordingUnreadable(f"{name} is no WAV file")
    sound = wav[data + 8 :]
    if len(sound) < WINDOW * 2:
        raise RecordingEmpty(f"{name} holds no sound")
    return np.frombuffer(sound[: len(sound) // 2 * 2], dtype="<i2")


def _loudest(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> float:
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    return float(np.sqrt((windows**2).mean(axis=1)).max())


def _write_safely(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
