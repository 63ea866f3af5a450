"""What the PBX plays: loud enough, never clipped, in every format, and made only when needed."""

import json
import multiprocessing
import shutil
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from config import audio, studio
from config.audio import Samples
from config.documents import ConfigError
from config.prompts import (
    DEFAULT_FOLDER,
    Catalogue,
    Manifest,
    Master,
    load_durations,
    save_manifest,
)
from config.speech import LANGUAGES
from scripts.sounds import build_sounds

IDS = ("consent", "goodbye", "pair/30", "clock/0800", "day/1", "digit/2", "past/7")
RAW = {"ulaw": ("mulaw", 8_000), "alaw": ("alaw", 8_000), "g722": ("g722", 16_000)}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    """A few of the prompts that ship."""
    whole = Catalogue.load()
    return Catalogue(DEFAULT_FOLDER, {id_: whole.texts[id_] for id_ in IDS})


@pytest.fixture(scope="module")
def sounds(shipped: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sounds")
    build_sounds(shipped, target, None, ignored)
    return target


@pytest.fixture
def small(shipped: Catalogue, tmp_path: Path) -> Catalogue:
    """A catalogue of one prompt whose masters may be changed."""
    catalogue = Catalogue(tmp_path / "prompts", {"pair/30": shipped.texts["pair/30"]})
    for language in LANGUAGES:
        master = catalogue.master("pair/30", language)
        master.parent.mkdir(parents=True)
        shutil.copy(shipped.master("pair/30", language), master)
    return catalogue


def ignored(_done: int, _of: int) -> None:
    """No progress is shown."""


def built(catalogue: Catalogue, target: Path, human: Path | None = None) -> list[tuple[int, int]]:
    """Build, and return what was made: the calls of `progress`."""
    calls: list[tuple[int, int]] = []
    build_sounds(catalogue, target, human, lambda done, of: calls.append((done, of)))
    return calls


def heard(path: Path) -> tuple[Samples, int]:
    """A sound as the codec gives it back, and its rate."""
    if path.suffix == ".wav":
        return audio.read(path, 8_000), 8_000
    demuxer, rate = RAW[path.suffix[1:]]
    options = {} if demuxer == "g722" else {"sample_rate": str(rate)}
    with av.open(str(path), format=demuxer, options=options) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return (np.concatenate(frames) / 32_768).astype(np.float32), rate


def speak(path: Path, level: float = -26.0, lead: float = 0.05, seconds: float = 2.0) -> None:
    """A recording at 48 kHz of a voice-like sound: syllables of a buzz, with pauses."""
    at = np.arange(int(48_000 * seconds)) / 48_000
    buzz = sum(np.sin(2 * np.pi * 150 * n * at) / n for n in range(1, 20))
    voice = (buzz * (np.sin(2 * np.pi * 3 * at) > -0.5)).astype(np.float32)
    voice *= np.float32(10 ** ((level - audio.speech_level(voice, 48_000)) / 20))
    samples = np.concatenate([np.zeros(int(48_000 * lead), np.float32), voice])
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())


@pytest.mark.parametrize("ending", ["wav", "ulaw", "alaw", "g722"])
@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sound_has_the_level_of_telephony_and_room_above_it(
    sounds: Path, language: str, id_: str, ending: str
) -> None:
    samples, rate = heard(sounds / language / "saluran" / f"{id_}.{ending}")
    assert -21.2 <= audio.speech_level(samples, rate) <= -19.8
    assert audio.peak(samples) <= -1.5


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_begins_after_50_ms_and_ends_150_ms_before_the_end(
    sounds: Path, language: str, id_: str
) -> None:
    before, after = audio.voiced(*heard(sounds / language / "saluran" / f"{id_}.wav"))
    assert before == pytest.approx(0.05, abs=0.02)
    assert after == pytest.approx(0.15, abs=0.02)


@pytest.mark.parametrize("id_", IDS)
def test_all_formats_and_the_noted_duration_are_equally_long(sounds: Path, id_: str) -> None:
    noted = load_durations(sounds / "durations.json")
    for language in LANGUAGES:
        for ending in ("wav", "ulaw", "alaw", "g722"):
            samples, rate = heard(sounds / language / "saluran" / f"{id_}.{ending}")
            assert len(samples) / rate == pytest.approx(noted[language][id_], abs=0.05)


@pytest.mark.parametrize("ending", ["wav", "ulaw", "alaw", "g722"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_beep_is_a_tone_of_1000_hertz(sounds: Path, language: str, ending: str) -> None:
    samples, rate = heard(sounds / language / f"beep.{ending}")
    assert len(samples) / rate == pytest.approx(0.4, abs=0.01)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * rate / len(samples) == pytest.approx(1_000, abs=5)


def test_a_second_run_makes_nothing(small: Catalogue, tmp_path: Path) -> None:
    assert built(small, tmp_path / "sounds") == [(1, 2), (2, 2)]
    assert built(small, tmp_path / "sounds") == []


def test_only_a_changed_master_is_made_again(small: Catalogue, tmp_path: Path) -> None:
    built(small, tmp_path / "sounds")
    before = load_durations(tmp_path / "sounds" / "durations.json")
    shutil.copy(small.master("pair/30", "en"), small.master("pair/30", "id"))
    assert built(small, tmp_path / "sounds") == [(1, 1)]
    after = load_durations(tmp_path / "sounds" / "durations.json")
    assert after["id"]["pair/30"] == before["en"]["pair/30"] == after["en"]["pair/30"]


def test_a_run_that_was_cut_short_is_made_up_for(small: Catalogue, tmp_path: Path) -> None:
    target = tmp_path / "sounds"

    def dies(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_sounds(small, target, None, dies)
    assert built(small, target)[-1] == (2, 2)
    assert set(load_durations(target / "durations.json")) == set(LANGUAGES)


def test_two_set_ups_at_once_leave_whole_sounds(small: Catalogue, tmp_path: Path) -> None:
    target = tmp_path / "sounds"
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=build_sounds, args=(small, target, None, ignored)) for _ in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert built(small, target) == []
    assert not list(target.rglob(".pair*"))
    assert len(json.loads((target / "stamp.json").read_text())) == 2


def test_a_human_recording_takes_the_place_of_the_voice_in_its_language_only(
    small: Catalogue, tmp_path: Path
) -> None:
    target, human = tmp_path / "sounds", tmp_path / "human"
    built(small, target)
    before = load_durations(target / "durations.json")
    speak(human / "id" / "pair/30.wav", seconds=5.0)
    assert built(small, target, human) == [(1, 1)]
    after = load_durations(target / "durations.json")
    assert after["id"]["pair/30"] == pytest.approx(5.2, abs=0.3)
    assert after["en"] == before["en"]


def test_without_the_human_recording_the_voice_is_back(small: Catalogue, tmp_path: Path) -> None:
    target, human = tmp_path / "sounds", tmp_path / "human"
    speak(human / "id" / "pair/30.wav", seconds=5.0)
    built(small, target, human)
    assert built(small, target) == [(1, 1)]
    assert load_durations(target / "durations.json")["id"]["pair/30"] < 3


def test_a_loud_recording_with_clicks_is_limited(small: Catalogue, tmp_path: Path) -> None:
    human = tmp_path / "human"
    path = human / "id" / "pair/30.wav"
    speak(path, level=-30.0)
    with wave.open(str(path), "rb") as file:
        parameters, content = file.getparams(), bytearray(file.readframes(file.getnframes()))
    content[60_000:60_040] = b"\xff\x7f" * 20
    with wave.open(str(path), "wb") as file:
        file.setparams(parameters)
        file.writeframes(bytes(content))
    built(small, tmp_path / "sounds", human)
    samples, _ = heard(tmp_path / "sounds" / "id" / "saluran" / "pair/30.wav")
    assert audio.peak(samples) <= -1.5


def test_a_prompt_without_any_recording_stops_the_set_up_and_is_named(
    small: Catalogue, tmp_path: Path
) -> None:
    small.master("pair/30", "en").unlink()
    with pytest.raises(ConfigError, match="`pair/30` has no recording in language `en`"):
        built(small, tmp_path / "sounds")


@pytest.mark.parametrize("content", [b"", b"not audio at all", b"OggS" + bytes(200)])
def test_a_recording_that_is_no_audio_is_named(
    small: Catalogue, tmp_path: Path, content: bytes
) -> None:
    small.master("pair/30", "id").write_bytes(content)
    with pytest.raises(audio.UnreadableAudioError, match=r"pair/30\.opus"):
        built(small, tmp_path / "sounds")


def faults(catalogue: Catalogue, human: Path) -> list[str]:
    return [str(problem) for problem in studio.problems(catalogue, human)]


def test_good_recordings_have_no_problems(shipped: Catalogue, tmp_path: Path) -> None:
    for id_ in IDS:
        speak(tmp_path / "id" / f"{id_}.wav")
    assert faults(shipped, tmp_path) == []


@pytest.mark.parametrize(
    ("level", "lead", "fault"),
    [
        (3.0, 0.05, "clipped"),
        (-50.0, 0.05, "too faint"),
        (-26.0, 0.3, "begins with 0.3"),
    ],
)
def test_an_unfit_recording_is_named_with_its_fault(
    shipped: Catalogue, tmp_path: Path, level: float, lead: float, fault: str
) -> None:
    speak(tmp_path / "id" / "consent.wav", level, lead)
    [told] = faults(shipped, tmp_path)
    assert fault in told
    assert "id/consent.wav" in told


def test_a_recording_louder_than_the_others_is_named(shipped: Catalogue, tmp_path: Path) -> None:
    for id_ in IDS:
        speak(tmp_path / "id" / f"{id_}.wav", -22.0 if id_ == "consent" else -26.0)
    [told] = faults(shipped, tmp_path)
    assert "id/consent.wav" in told
    assert "within 1 dB" in told


def test_a_recording_of_no_prompt_is_named(shipped: Catalogue, tmp_path: Path) -> None:
    speak(tmp_path / "id" / "concent.wav")
    [told] = faults(shipped, tmp_path)
    assert "no prompt has this name" in told


def test_a_recording_of_former_words_is_named_with_the_new_ones(
    shipped: Catalogue, tmp_path: Path
) -> None:
    speak(tmp_path / "id" / "pair/30.wav")
    former = Manifest({"id": {"pair/30": Master(text="0123456789abcdef", voice="a speaker")}})
    save_manifest(tmp_path / "masters.json", former)
    [told] = faults(shipped, tmp_path)
    assert "tiga nol" in told


def test_a_broken_recording_is_named(shipped: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "id" / "consent.flac"
    path.parent.mkdir()
    path.write_bytes(b"fLaC")
    [told] = faults(shipped, tmp_path)
    assert "id/consent.flac" in told
