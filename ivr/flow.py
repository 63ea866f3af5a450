"""What a caller goes through, as data: steps, and the ways from one to the next.

Made by `ivr.script` from a checked YAML file, walked by `ivr.follow`. Sounds are ids of the
prompt catalogue, or one of the DYNAMIC words, which the interpreter puts into words of the moment.
Waits are in seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import assert_never

KEYS = "1234567890*#ABCD"
"""Every key that a phone can send, in the order in which a menu is read and drawn."""

DYNAMIC = frozenset({"greeting", "hours", "closed"})
"""Words in `say` that are no prompts: the greeting of the hour of day, the weekly hours, and why
the line is closed now."""

LANGUAGES = ("id", "en")
OTHER_LANGUAGE = "other"
"""As a key's language: the one of LANGUAGES that the caller does not hear now."""

CATEGORY = "category"
"""The one set value that is not a field of the ticket but its category."""

SETTABLE: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        CATEGORY: frozenset(
            ("GANTI", "STOK", "INFO", "DARING", "SELUNDUP", "TERTIB", "LAYANAN", "LATIH", "KUR")
        ),
        "scheme": frozenset(("reseller", "dropship", "wholesale", "consignment", "make-to-order")),
        "wish": frozenset(("stop", "replace", "learn")),
        "grade": frozenset(("A", "B", "C")),
        "kind": None,
        "platform": None,
        "agency": None,
        "topic": None,
        "need": None,
    }
)
"""What a key may note for the ticket, and its values; None where any text will do."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Parts callers by whether the line is open."""

    open: str
    closed: str


@dataclass(frozen=True, slots=True)
class Say:
    """Plays to the end, without keys."""

    sounds: tuple[str, ...]
    then: str
    informs: bool = False
    """Having heard this to its end, the caller got the information asked for."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Asks for a yes (1) or no (2) to `purpose`; silence is a no."""

    purpose: str
    sounds: tuple[str, ...]
    then: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a menu's key does: note values for the ticket, change the language, go on."""

    to: str
    sets: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    """One of LANGUAGES, or OTHER_LANGUAGE."""


@dataclass(frozen=True, slots=True)
class Menu:
    """Asks for one of its keys; after `tries` wrong keys or silences it goes `otherwise`."""

    sounds: tuple[str, ...]
    keys: Mapping[str, Choice]
    silence: float
    tries: int
    otherwise: str
    invalid: tuple[str, ...] = ("invalid",)
    silent: tuple[str, ...] = ("silence",)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Asks for a ticket's number and PIN, and tells how the ticket stands."""

    tries: int
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Stands in a queue for at most `wait` seconds; goes `otherwise` if nobody answered.

    While waiting `1` goes to `callback`, and `*` to `menu`.
    """

    queue: str
    """A name of `queues.yaml`, or `ivr.routing.BY_CATEGORY`."""
    wait: int
    otherwise: str
    callback: str
    menu: str


@dataclass(frozen=True, slots=True)
class Number:
    """Settles which number to call back; `otherwise` without one."""

    tries: int
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Promise:
    """Opens the ticket, promises the call back, tells number and PIN."""

    then: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Lets the caller choose another time for the call that was promised before."""

    tries: int
    then: str


@dataclass(frozen=True, slots=True)
class Training:
    """Tells the next trainings and signs the caller up; `otherwise` when that cannot be done.

    `0` goes `otherwise` too, and `*` to `menu`.
    """

    tries: int
    then: str
    otherwise: str
    menu: str


@dataclass(frozen=True, slots=True)
class Message:
    """Records a voice message of at most `seconds`, ended by `silence` seconds without a word."""

    seconds: int
    silence: int
    then: str


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Says its last words and hangs up."""

    sounds: tuple[str, ...]


Step = (
    Hours
    | Say
    | Consent
    | Menu
    | Enquiry
    | Queue
    | Number
    | Promise
    | Slot
    | Training
    | Message
    | Goodbye
)


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole menu, checked: every target is there, and every way comes to an end."""

    name: str
    version: str
    """The first eight hex digits of the SHA-256 of the file, as on each call's row."""
    start: str
    steps: Mapping[str, Step]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What people call a step, by its name and a language; steps that have no title are not in."""

    def title(self, step: str, language: str) -> str:
        """The step's name where it has no title, and for a step of another flow."""
        return self.titles.get(step, {}).get(language, step)

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a step."""

    place: tuple[str, ...]
    """Where it is written below the step, e.g. `("keys", "1", "to")` or `("then",)`."""
    to: str
    key: str | None = None
    """The key that a caller must press to go this way; None for ways that open by themselves."""


def ways(step: Step) -> Iterator[Way]:
    """Every way out of `step`, in the order in which it is read and drawn."""
    match step:
        case Hours():
            yield Way(("open",), step.open)
            yield Way(("closed",), step.closed)
        case Menu():
            for key in sorted(step.keys, key=KEYS.index):
                yield Way(("keys", key, "to"), step.keys[key].to, key)
            yield Way(("otherwise",), step.otherwise)
        case Enquiry() | Number():
            yield Way(("then",), step.then)
            yield Way(("otherwise",), step.otherwise)
        case Queue():
            yield Way(("callback",), step.callback, "1")
            yield Way(("menu",), step.menu, "*")
            yield Way(("otherwise",), step.otherwise)
        case Training():
            yield Way(("then",), step.then)
            yield Way(("menu",), step.menu, "*")
            yield Way(("otherwise",), step.otherwise)
        case Say() | Consent() | Promise() | Slot() | Message():
            yield Way(("then",), step.then)
        case Goodbye():
            return
        case never:
            assert_never(never)


def sounds(step: Step) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every prompt id or DYNAMIC word that the file names for `step`, after its place below it."""
    match step:
        case Say() | Consent() | Goodbye():
            yield from _placed("say", step.sounds)
        case Menu():
            yield from _placed("say", step.sounds)
            yield from _placed("invalid", step.invalid)
            yield from _placed("silent", step.silent)
        case _:
            return


def _placed(field: str, names: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield from (((field, index), sound) for index, sound in enumerate(names))
