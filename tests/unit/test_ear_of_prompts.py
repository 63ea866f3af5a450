"""The ear on the line's own prompts: sentences that begin with the same word are told apart."""

from collections import defaultdict

import numpy as np
import pytest

from config.prompts import Catalogue
from scripts.caller import ear
from scripts.caller.sounds import RATE, Prompt, Samples, Sounds
from scripts.embedded.state import CACHE

SAME_WORDS = {"all-busy", "waiting"}
"""They share a whole first sentence; nobody who hears only that can tell which it is."""


@pytest.mark.parametrize("language", ["id", "en"])
def test_prompts_that_begin_alike_are_not_mistaken_for_one_another(language: str) -> None:
    sounds, catalogue = Sounds(CACHE / "sounds"), Catalogue.load()
    alike: dict[str, list[Prompt]] = defaultdict(list)
    for name in sounds.names(language):
        if "/" not in name:
            first = catalogue.text(name, language).split()[0]
            alike[first].append(sounds.prompt(name, language))

    mistaken = [
        (said.id, taken.id)
        for prompts in alike.values()
        for said in prompts
        for taken in prompts
        if (ear.find(taken, _played(said)) is not None) != (said is taken)
    ]

    assert [pair for pair in mistaken if set(pair) != SAME_WORDS] == []


def test_ticket_numbers_are_read_as_they_are_said() -> None:
    pairs = Sounds(CACHE / "sounds").like("pair/??", "id")
    for said in pairs:
        heard = ear.best(pairs, _played(said), RATE // 2)
        assert heard is not None
        assert heard.prompt == said.id


def _played(prompt: Prompt) -> Samples:
    pause = np.zeros(RATE // 4, np.float32)
    return np.concatenate((pause, prompt.samples, pause))
