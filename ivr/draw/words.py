"""The few words that stand in a step's box: as the file has them, or as people of the desk say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from ivr.flow import (
    DYNAMIC,
    OTHER_LANGUAGE,
    Consent,
    Enquiry,
    Flow,
    Goodbye,
    Hours,
    Menu,
    Message,
    Number,
    Promise,
    Queue,
    Say,
    Slot,
    Step,
    Training,
    Way,
)

Text = Callable[[str], str]
"""A prompt's words in the picture's language, by its id."""

SAID = {
    "hours": ("by the calendar", "menurut kalender"),
    "enquiry": ("ticket number and PIN, {tries} tries", "nomor tiket dan PIN, {tries} kali coba"),
    "queue": ("queue {queue}, up to {wait} s", "antrean {queue}, paling lama {wait} detik"),
    "number": ("which number we call back", "nomor yang kami telepon balik"),
    "promise": ("ticket, promise, number and PIN twice", "tiket, janji, nomor dan PIN dua kali"),
    "slot": ("another time for the call, by key", "waktu lain untuk telepon balik"),
    "training": ("the next trainings, sign-up by key", "pelatihan berikut, daftar dengan tombol"),
    "message": ("voice message, up to {seconds} s", "pesan suara, paling lama {seconds} detik"),
    "other": ("other language", "bahasa lain"),
    "tries": ("after {tries}×", "usai {tries}×"),
}
"""In English and in Indonesian."""
KINDS = {
    "hours": ("calendar", "kalender"),
    "say": ("told", "didengar"),
    "consent": ("question", "pertanyaan"),
    "menu": ("choice", "pilihan"),
    "enquiry": ("told", "didengar"),
    "queue": ("queue", "antrean"),
    "number": ("number", "nomor"),
    "promise": ("promise", "janji"),
    "slot": ("choice", "pilihan"),
    "training": ("choice", "pilihan"),
    "message": ("recording", "rekaman"),
    "goodbye": ("end", "akhir"),
}
NOTED = {
    "wholesale": ("wholesale", "grosir"),
    "consignment": ("consignment", "titip jual"),
    "make-to-order": ("made to order", "pesanan"),
    "replace": ("replace", "ganti"),
    "stop": ("stop", "berhenti"),
    "learn": ("learn", "belajar"),
}
DYNAMIC_WORDS = {
    "greeting": ("greeting", "salam"),
    "hours": ("hours", "jam layanan"),
    "closed": ("why it is closed", "sebab tutup"),
}
WAYS = {
    "open": ("open", "buka"),
    "closed": ("closed", "tutup"),
    "then": ("then", "lalu"),
    "otherwise": ("else", "jika tidak"),
}


def kind(step: Step) -> str:
    """The step's type as the file names it."""
    return type(step).__name__.lower()


@dataclass(frozen=True, slots=True)
class Wording:
    """How the picture of a flow calls things."""

    flow: Flow
    text: Text
    people: str | None = None
    """The language of people who never see the file; None calls all as the file does."""

    def name(self, step: str) -> str:
        """What the step is called."""
        return self.flow.title(step, self.people) if self.people else step

    def kind(self, step: Step) -> str:
        """What is done in it."""
        return self._people(KINDS, kind(step))

    def about(self, step: Step) -> str:
        """What the caller hears first, or what the step does."""
        match step:
            case Say() | Consent() | Menu() | Goodbye():
                return " ".join(self._heard(sound) for sound in step.sounds)
            case Enquiry():
                return self._said("enquiry", tries=step.tries)
            case Queue():
                return self._said("queue", queue=step.queue, wait=step.wait)
            case Message():
                return self._said("message", seconds=step.seconds)
            case Hours() | Number() | Promise() | Slot() | Training():
                return self._said(kind(step))
            case never:
                assert_never(never)

    def noted(self, step: Step, way: Way) -> str:
        """What a key notes for the ticket, and the language it changes to."""
        if not isinstance(step, Menu) or way.key is None:
            return ""
        choice = step.keys[way.key]
        language = {None: [], OTHER_LANGUAGE: [self._said("other")]}.get(
            choice.language, [str(choice.language)]
        )
        values = [self._people(NOTED, value) for value in choice.sets.values()]
        return ", ".join([*values, *language])

    def opening(self, step: Step, way: Way) -> str:
        """When a way opens: its key, or in a word."""
        if way.key is not None:
            return way.key
        if isinstance(step, Menu):
            return self._said("tries", tries=step.tries)
        return self._people(WAYS, way.place[0])

    def _heard(self, sound: str) -> str:
        return f"‹{self._people(DYNAMIC_WORDS, sound)}›" if sound in DYNAMIC else self.text(sound)

    def _people(self, words: Mapping[str, tuple[str, str]], word: str) -> str:
        """The file's own word, or what people say for it."""
        return self._of(words[word]) if self.people and word in words else word

    def _said(self, name: str, **values: object) -> str:
        return self._of(SAID[name]).format(**values)

    def _of(self, both: tuple[str, str]) -> str:
        return both[1] if self.people == "id" else both[0]
