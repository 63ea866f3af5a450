"""What bodies and queries are made of."""

import re
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

_ALLOWED = frozenset("\n\t")


def _printable(text: str) -> str:
    if any((ord(c) < 32 and c not in _ALLOWED) or 127 <= ord(c) < 160 for c in text):
        raise ValueError("control characters are not taken")
    return text


def _written_day(given: object) -> object:
    """Pydantic would take a number for seconds since 1970."""
    if isinstance(given, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("write the day like 2026-11-27")
    return given


def _one_line(text: str) -> str:
    if any(c in text for c in "\n\t\u2028\u2029"):
        raise ValueError("give it in one line")
    return text


class Body(BaseModel):
    """What a change is told: unknown names are refused, for they are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


# As the checks above, for those who read the description.
_PROSE = Field(json_schema_extra={"pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"})
_LINE = Field(json_schema_extra={"pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"})

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_printable),
    _PROSE,
]
"""Prose of several lines."""
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
    AfterValidator(_one_line),
    _LINE,
]
"""One line."""
Value = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable), _PROSE]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
PhoneText = Annotated[str, StringConstraints(pattern=r"^[0-9+ ().\u00a0-]{3,40}$")]
ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(_printable),
    AfterValidator(_one_line),
    _LINE,
]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,20}$")]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,39}$")]
Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, Field(examples=["2026-11-30T09:30:00+07:00"])]
"""With its zone."""
