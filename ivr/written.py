"""A flow as its author writes it in YAML: the shape of the file, and the JSON Schema of it.

Names of targets and sounds are only text here; `ivr.soundness` checks what they mean.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.config import JsonDict

from config.documents import wrong
from ivr.flow import KEYS

_NAME = "[a-z][a-z0-9-]*"
_CLOSED: JsonDict = {"additionalProperties": False}
"""For mappings with patterned keys, which JSON Schema leaves open to others."""


def _name(name: Any) -> Any:
    if isinstance(name, str) and not re.fullmatch(_NAME, name):
        raise wrong(
            f"{name!r} is no name of a step", "use small letters, digits and dashes, a letter first"
        )
    return name


def _key(key: Any) -> Any:
    if key not in tuple(KEYS):
        raise wrong(f"{key!r} is no key of a phone", 'use one of "0" to "9", "*", "#", "A" to "D"')
    return key


def _listed(sounds: Any) -> Any:
    return [sounds] if isinstance(sounds, str) else sounds


def _choice(choice: Any) -> Any:
    return {"to": choice} if isinstance(choice, str) else choice


Name = Annotated[
    str, Field(pattern=f"^{_NAME}$", description="A step's name."), BeforeValidator(_name)
]
Sound = Annotated[str, Field(min_length=1)]
Sounds = Annotated[
    list[Sound],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=Sound | list[Sound]),
]
Key = Annotated[str, Field(pattern=r"^[0-9*#ABCD]$"), BeforeValidator(_key)]
Seconds = Annotated[float, Field(gt=0, le=60, description="Seconds.")]
Tries = Annotated[int, Field(ge=1, le=9)]


class Written(BaseModel):
    """The base: no word that is not known, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Title(Written):
    """What people of the desk call the step; callers never hear it."""

    id: Annotated[str, Field(min_length=1, max_length=28)]
    en: Annotated[str, Field(min_length=1, max_length=28)]


class Titled(Written):
    """A step."""

    title: Title | None = None


class Choice(Written):
    to: Name
    set: dict[str, str] = Field(default={}, description="Values noted for the ticket.")
    language: Literal["id", "en", "other"] | None = Field(
        default=None, description="From here on; `other` is the one not heard now."
    )


class Hours(Titled):
    """Parts callers by whether the line is open."""

    type: Literal["hours"]
    open: Name
    closed: Name


class Say(Titled):
    """Plays sounds to the end."""

    type: Literal["say"]
    say: Sounds = Field(description="Prompts, or `greeting`, `hours`, `closed`.")
    then: Name
    informs: bool = Field(default=False, description="This is what the caller came for.")


class Consent(Titled):
    """Asks for a keyed yes to a purpose."""

    type: Literal["consent"]
    purpose: Literal["record"]
    say: Sounds
    then: Name


class Menu(Titled):
    """Asks for one of its keys."""

    type: Literal["menu"]
    say: Sounds
    keys: dict[
        Key, Annotated[Choice, BeforeValidator(_choice, json_schema_input_type=Name | Choice)]
    ] = Field(min_length=1, json_schema_extra=_CLOSED)
    silence: Seconds | None = Field(default=None, description="Seconds to wait for a key.")
    tries: Tries | None = Field(
        default=None, description="Wrong keys or silences until `otherwise`."
    )
    otherwise: Name | None = None
    invalid: Sounds = Field(default=["invalid"], description="Played after a wrong key.")
    silent: Sounds = Field(default=["silence"], description="Played after a silence.")


class Enquiry(Titled):
    """Tells how a ticket stands, by number and PIN."""

    type: Literal["enquiry"]
    tries: Tries | None = None
    then: Name
    otherwise: Name | None = None


class Queue(Titled):
    """Stands in a queue; `by-category` is the one of the ticket's category."""

    type: Literal["queue"]
    queue: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
    wait: Annotated[int, Field(ge=1, le=7200, description="Seconds.")]
    otherwise: Name = Field(description="Where to go when nobody answered.")
    callback: Name | None = Field(
        default=None, description="Where `1` leads while waiting; as `otherwise` unless given."
    )
    menu: Name | None = Field(
        default=None, description="Where `*` leads while waiting; the flow's start unless given."
    )


class Number(Titled):
    """Settles the number to call back."""

    type: Literal["number"]
    tries: Tries | None = None
    then: Name
    otherwise: Name | None = None


class Promise(Titled):
    """Opens the ticket, promises the call, tells number and PIN."""

    type: Literal["promise"]
    then: Name


class Slot(Titled):
    """Lets the caller choose another time for the call that was promised before."""

    type: Literal["slot"]
    tries: Tries | None = None
    then: Name


class Training(Titled):
    """Tells the next trainings and signs the caller up."""

    type: Literal["training"]
    tries: Tries | None = None
    then: Name
    otherwise: Name | None = Field(
        default=None, description="Where `0` leads, and who cannot be signed up."
    )
    menu: Name | None = Field(
        default=None, description="Where `*` leads; the flow's start unless given."
    )


class Message(Titled):
    """Records a voice message."""

    type: Literal["message"]
    seconds: Annotated[int, Field(ge=5, le=600, description="The longest message.")]
    silence: Annotated[int, Field(ge=1, le=30, description="Seconds without a word that end it.")]
    then: Name


class Goodbye(Titled):
    """Last words, and hangs up."""

    type: Literal["goodbye"]
    say: Sounds


def _type(step: Any) -> str:
    """Which step is meant. Marked as a type: an error's path must not read it as a field `say`."""
    kind = step.get("type") if isinstance(step, dict) else getattr(step, "type", None)
    return f"type {kind}"


Step = Annotated[
    Annotated[Hours, Tag("type hours")]
    | Annotated[Say, Tag("type say")]
    | Annotated[Consent, Tag("type consent")]
    | Annotated[Menu, Tag("type menu")]
    | Annotated[Enquiry, Tag("type enquiry")]
    | Annotated[Queue, Tag("type queue")]
    | Annotated[Number, Tag("type number")]
    | Annotated[Promise, Tag("type promise")]
    | Annotated[Slot, Tag("type slot")]
    | Annotated[Training, Tag("type training")]
    | Annotated[Message, Tag("type message")]
    | Annotated[Goodbye, Tag("type goodbye")],
    Discriminator(
        _type,
        custom_error_type="wrong",
        custom_error_message="{message}",
        custom_error_context={
            "message": "the step has no known type",
            "remedy": "give it one of the types hours, say, consent, menu, enquiry, queue, number, "
            "promise, slot, training, message, goodbye",
        },
    ),
]


class Defaults(Written):
    """For every step that does not say otherwise."""

    silence: Seconds = 5
    tries: Tries = 3
    otherwise: Name = Field(description="Where a caller goes who cannot use the menu.")


class Flow(Written):
    """What callers hear and may press."""

    name: Name
    start: Name
    defaults: Defaults
    steps: dict[Name, Step] = Field(min_length=1, json_schema_extra=_CLOSED)
