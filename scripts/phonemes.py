"""Text to the phonemes that Kokoro was trained on, for Indonesian and English (build time only).

Indonesian comes from `sanotts` (its dictionary knows which *e* is a schwa), with the stress set on
the penultimate vowel; English from espeak-ng's IPA, whose diphthongs and affricates Kokoro writes
as one sign (the alphabet of the `misaki` front end).
"""

import re
import subprocess

import sanotts.id_indo_g2p as indonesian  # type: ignore[import-not-found]

_VOWELS = "aiueoəɛɔ"
_PAUSES = ".,;:!?"

# Loanwords, letters by name, and words whose vowel the dictionary gets wrong (KBBI: rékam).
_SPOKEN_SO = {
    "hotline": "hˈotlaɪn",
    "reseller": "risˈɛlər",
    "dropshipper": "drɔpʃˈipər",
    "kementerian": "kəməntərˈian",
    "akhiri": "ahˈiri",
    "diakhiri": "diahˈiri",
    "rekam": "rˈekam",
    "direkam": "dirˈekam",
    "merekam": "mərˈekam",
    "lewat": "lˈewat",
    "u": "ˈu",
    "m": "ˈɛm",
    "k": "kˈa",
    "o": "ˈo",
    "t": "tˈe",
    "p": "pˈe",
}
_INDONESIAN_SIGNS = (("tʃ", "ʧ"), ("dʒ", "ʤ"), ("g", "ɡ"), ("ʔ", "k"))

# Longest first: the tied diphthongs go before the plain vowels in them.
_ENGLISH_SIGNS = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ɔ^ɪ", "Y"),
    ("d^ʒ", "ʤ"),
    ("t^ʃ", "ʧ"),
    ("ə^l", "ᵊl"),
    ("n̩", "ᵊn"),
    ("l̩", "ᵊl"),
    ("i^ə", "iə"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɪə", "iə"),
    ("ɚ", "əɹ"),
    ("ɐ", "ə"),
    ("ɾ", "T"),
    ("ʔ", "t"),
    ("r", "ɹ"),
    ("ː", ""),
    ("^", ""),
)


def phonemes(text: str, language: str) -> str:
    """One sentence as Kokoro's phonemes, its punctuation kept for the melody."""
    speak = _indonesian if language == "id" else _english
    parts = re.findall(rf"[^{_PAUSES}]+|[{_PAUSES}]", text)
    return "".join(
        f"{part} " if part in _PAUSES else speak(part.strip()) for part in parts if part.strip()
    ).strip()


def _indonesian(text: str) -> str:
    return " ".join(_word(word) for word in re.findall(r"\w+", text.lower()))


def _word(word: str) -> str:
    if word in _SPOKEN_SO:
        return _SPOKEN_SO[word]
    signs = _replaced(indonesian.to_phoneme(word), _INDONESIAN_SIGNS)
    vowels = [place for place, sign in enumerate(signs) if sign in _VOWELS]
    if len(vowels) < 2:
        return signs
    # A schwa carries no stress: it moves on to the last syllable.
    stressed = vowels[-2] if signs[vowels[-2]] != "ə" else vowels[-1]
    return f"{signs[:stressed]}ˈ{signs[stressed:]}"


def _english(text: str) -> str:
    command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", "en-us", text]
    ipa = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return _replaced(" ".join(ipa.split()), _ENGLISH_SIGNS)


def _replaced(signs: str, table: tuple[tuple[str, str], ...]) -> str:
    for old, new in table:
        signs = signs.replace(old, new)
    return signs
