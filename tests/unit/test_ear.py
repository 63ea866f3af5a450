"""The ear of the test caller: a prompt is recognised on its audio, and on nothing else."""

import numpy as np
import pytest

from scripts.caller import ear
from scripts.caller.sounds import RATE, Prompt, Samples, tone, tone_share


def voice(seed: int, seconds: float) -> Samples:
    """Something with the band and the rhythm of speech, different for every seed."""
    noise = np.random.default_rng(seed)
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(noise.normal(size=count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(frequencies < 200) | (frequencies > 3200)] = 0
    syllables = np.repeat(noise.uniform(0.2, 1, size=count // 800 + 1), 800)[:count]
    sound = np.fft.irfft(spectrum, count) * syllables
    return np.asarray(sound / np.abs(sound).max() * 12000, dtype=np.float32)


def prompt(seed: int, seconds: float = 3.0) -> Prompt:
    return Prompt(f"prompt-{seed}", "id", voice(seed, seconds))


def through_alaw(samples: Samples) -> Samples:
    """What A-law (ITU-T G.711) leaves of a signal."""
    x = np.abs(samples) / 32768
    low = 87.6 * x / (1 + np.log(87.6))
    high = (1 + np.log(np.maximum(87.6 * x, 1))) / (1 + np.log(87.6))
    coded = np.round(np.where(x < 1 / 87.6, low, high) * 127) / 127
    back = np.where(
        coded < 1 / (1 + np.log(87.6)),
        coded * (1 + np.log(87.6)) / 87.6,
        np.exp(coded * (1 + np.log(87.6)) - 1) / 87.6,
    )
    return np.asarray(np.sign(samples) * back * 32768, dtype=np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def test_a_prompt_is_found_where_it_begins() -> None:
    wanted = prompt(1)
    line = np.concatenate((silence(0.7), voice(2, 1.5), wanted.samples))

    heard = ear.find(wanted, through_alaw(line))

    assert heard is not None
    assert abs(heard.start - 2.2 * RATE) < 80
    assert heard.score > 0.95


def test_a_beginning_that_was_lost_is_told_by_what_follows() -> None:
    wanted = prompt(1, 4.0)
    spoilt = wanted.samples.copy()
    spoilt[: 2 * ear.span(wanted) // 3] = 0
    line = through_alaw(np.concatenate((voice(2, 1.5), spoilt, silence(1))))

    assert ear.find(wanted, line) is None
    heard = ear.find_spoilt(wanted, line)

    assert heard is not None
    assert abs(heard.start - 1.5 * RATE) < 80
    assert ear.find_spoilt(prompt(3, 4.0), line) is None


def test_the_opening_is_enough_and_the_rest_may_be_cut_off_by_a_key() -> None:
    wanted = prompt(1, 8.0)
    line = np.concatenate((silence(0.5), wanted.samples[: ear.span(wanted)], silence(1)))

    heard = ear.find(wanted, line)

    assert heard is not None
    assert ear.share(wanted, line, heard.start) < 0.2


def test_less_than_the_opening_is_not_enough() -> None:
    wanted = prompt(1)
    line = np.concatenate((silence(1), wanted.samples[: int(0.5 * RATE)], silence(2)))

    assert ear.find(wanted, line) is None


@pytest.mark.parametrize("other", range(10, 30))
def test_another_prompt_is_not_taken_for_it(other: int) -> None:
    assert ear.find(prompt(1), through_alaw(voice(other, 5.0))) is None


def test_silence_is_no_prompt() -> None:
    assert ear.find(prompt(1), silence(10)) is None


@pytest.mark.parametrize("lost", [0.16, 0.4, 0.9])
def test_a_lost_packet_does_not_hide_a_prompt(lost: float) -> None:
    wanted = prompt(1)
    at = int(lost * RATE)
    line = np.concatenate((silence(0.3), wanted.samples[:at], wanted.samples[at + 160 :]))

    assert ear.find(wanted, line) is not None


def test_a_repeated_prompt_is_found_again_after_the_first() -> None:
    wanted = prompt(1)
    line = np.concatenate((wanted.samples, silence(1), wanted.samples))
    first = ear.find(wanted, line)
    assert first is not None

    again = ear.find(wanted, line[first.end :])

    assert again is not None
    assert abs(first.end + again.start - 4 * RATE) < 80


def test_a_prompt_heard_to_its_end_is_found_whole() -> None:
    wanted = prompt(1, 6.0)
    line = through_alaw(np.concatenate((silence(0.4), wanted.samples)))

    assert ear.share(wanted, line, int(0.4 * RATE)) == 1.0


def test_sounds_that_begin_alike_are_told_apart_by_their_ends() -> None:
    beginning = voice(1, 0.4)
    pairs = [
        Prompt(f"pair/{n}", "id", np.concatenate((beginning, voice(n, 0.4)))) for n in (40, 41, 42)
    ]
    line = np.concatenate((silence(0.2), pairs[1].samples, pairs[2].samples, silence(0.2)))

    first = ear.best(pairs, line, RATE // 2)
    assert first is not None
    second = ear.best(pairs, line[first.end - ear.SLIP :], RATE // 2)
    assert second is not None
    assert (first.prompt, second.prompt) == ("pair/41", "pair/42")


def test_a_prompt_shorter_than_a_piece_is_still_heard() -> None:
    short = prompt(1, 0.25)
    line = np.concatenate((silence(0.5), short.samples, silence(0.5)))

    heard = ear.find(short, through_alaw(line))

    assert heard is not None
    assert abs(heard.start - 0.5 * RATE) < 80


def test_the_transcript_is_in_the_order_of_time() -> None:
    line = np.concatenate((voice(2, 2.0), silence(0.5), voice(1, 2.0)))

    heard = ear.transcript([Prompt(f"p{n}", "id", voice(n, 2.0)) for n in (1, 2, 3)], line)

    assert [h.prompt for h in heard] == ["p2", "p1"]


def test_a_tone_is_told_from_speech() -> None:
    spoken = np.frombuffer(tone(440, 1.0), "<i2").astype(np.float32)

    assert tone_share(through_alaw(spoken), 440) > 0.9
    assert tone_share(voice(1, 1.0), 440) < 0.2


def test_a_prompt_that_has_only_just_been_heard_is_found() -> None:
    wanted = prompt(1)

    heard = ear.find(wanted, wanted.samples[: ear.span(wanted) + 1])

    assert heard is not None
