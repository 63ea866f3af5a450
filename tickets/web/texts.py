"""What bodies and queries are made of."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

_ALLOWED = frozenset("\n\t")


def _printable(text: str) -> str:
    if any((ord(c) < 32 and c not in _ALLOWED) or 127 <= ord(c) < 160 for c in text):
        raise ValueError("control characters are not taken")
    return text


def _one_line(text: str) -> str:
    if any(c in text for c in "\n\t\u2028\u2029"):
        raise ValueError("give it in one line")
    return text


class Body(BaseModel):
    """What a change is told: unknown names are refused, for they are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_printable),
]
"""Prose of several lines."""
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
    AfterValidator(_one_line),
]
"""One line."""
Value = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
PhoneText = Annotated[str, StringConstraints(pattern=r"^[0-9+ ().-]{3,40}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,20}$")]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,39}$")]
Moment = Annotated[AwareDatetime, Field(examples=["2026-11-30T09:30:00+07:00"])]
"""With its zone."""
