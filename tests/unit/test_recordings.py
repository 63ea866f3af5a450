import io
import wave
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag

from ivr.recordings import RecordingEmpty, Recordings, RecordingUnreadable

KEY = bytes(range(32))
ID = UUID(int=5)


def wav(seconds: float, level: float) -> bytes:
    samples = (level * np.sin(np.arange(int(8000 * seconds)) / 3)).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "store", KEY)


def source(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "message.wav"
    path.write_bytes(content)
    return path


async def test_a_message_is_stored_sealed_and_read_back(tmp_path: Path, store: Recordings) -> None:
    sound = wav(2.0, 8000)
    stored = await store.store(source(tmp_path, sound), ID)
    assert (stored.seconds, stored.size, stored.silent) == (2.0, len(sound), False)
    assert store.read(stored.name) == sound
    sealed = (tmp_path / "store" / stored.name).read_bytes()
    assert sound[44:200] not in sealed


async def test_storing_again_after_a_crash_leaves_one_file(
    tmp_path: Path, store: Recordings
) -> None:
    path = source(tmp_path, wav(1.0, 8000))
    first, second = await store.store(path, ID), await store.store(path, ID)
    assert first == second
    assert len(list((tmp_path / "store").iterdir())) == 1


async def test_silence_is_kept_and_marked(tmp_path: Path, store: Recordings) -> None:
    assert (await store.store(source(tmp_path, wav(3.0, 20)), ID)).silent


async def test_an_empty_recording_is_told(tmp_path: Path, store: Recordings) -> None:
    with pytest.raises(RecordingEmpty):
        await store.store(source(tmp_path, wav(0.0, 0)), ID)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound at all" * 50])
async def test_what_is_no_recording_is_refused(
    tmp_path: Path, store: Recordings, content: bytes
) -> None:
    with pytest.raises(RecordingUnreadable):
        await store.store(source(tmp_path, content), ID)


async def test_a_recording_cut_off_by_the_death_of_the_pbx_is_whole_as_far_as_it_goes(
    tmp_path: Path, store: Recordings
) -> None:
    sound = bytearray(wav(2.0, 8000))
    sound[4:8] = sound[40:44] = b"\0\0\0\0"  # the lengths are written at the end
    assert (await store.store(source(tmp_path, bytes(sound)), ID)).seconds == 2.0


async def test_a_tampered_or_swapped_recording_is_not_played(
    tmp_path: Path, store: Recordings
) -> None:
    stored = await store.store(source(tmp_path, wav(1.0, 8000)), ID)
    path = tmp_path / "store" / stored.name
    path.rename(path.with_name(f"{UUID(int=6)}.wav.enc"))
    with pytest.raises(InvalidTag):
        store.read(f"{UUID(int=6)}.wav.enc")
