"""Pages that begin after a place, not at a number: nothing is seen twice or missed meanwhile."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tickets.web.problems import Problem

ItemT = TypeVar("ItemT")
PlaceT = TypeVar("PlaceT")

LIMIT = 50
MOST = 200


class Page(BaseModel, Generic[ItemT]):
    """A page of a list."""

    items: list[ItemT]
    next: str | None = None
    """The parameter `after` of the next page; null on the last one."""


class PageQuery(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    after: str | None = Field(None, max_length=400)
    """The `next` of the page before."""
    limit: int = Field(LIMIT, ge=1, le=MOST)
    """At most so many."""


def written(place: tuple[Any, ...]) -> str:
    """A place as a parameter."""
    text = json.dumps(place, default=_text, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(after: str | None, kind: TypeAdapter[PlaceT]) -> PlaceT | None:
    """A place from its parameter; raises Problem for one that is none."""
    if after is None:
        return None
    try:
        padded = after.encode("ascii") + b"=" * (-len(after) % 4)
        return kind.validate_json(urlsafe_b64decode(padded))
    except (ValidationError, ValueError, Base64Error):
        bad = {"parameter": "after", "detail": "this is no `next` of a page"}
        raise Problem(422, "unacceptable", "the query does not fit", [bad]) from None


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
