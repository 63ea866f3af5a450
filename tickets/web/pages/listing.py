"""Lists on pages: the query as the API's own model, and the address of the page that follows."""

from typing import TypeVar
from urllib.parse import urlencode

from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from tickets.web.pages.page import Visit
from tickets.web.problems import of_query

QueryT = TypeVar("QueryT", bound=BaseModel)


def asked(visit: Visit, kind: type[QueryT]) -> QueryT:
    """The query, as `fitting`. Raises Problem."""
    return fitting(visit.request.query, kind)


def fitting(given: MultiMapping[str], kind: type[QueryT]) -> QueryT:
    """A query where an empty field is as if it were absent, and what is unknown is left out.

    Raises Problem.
    """
    values: dict[str, object] = {}
    for name, about in kind.model_fields.items():
        several = [value for value in given.getall(name, []) if value.strip()]
        if several:
            values[name] = several if "tuple" in str(about.annotation) else several[-1]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise of_query(error) from None


def following(visit: Visit, after: str | None) -> str | None:
    """The address of the next page."""
    if after is None:
        return None
    return f"{visit.request.path}?{urlencode([*without(visit, 'after'), ('after', after)])}"


def without(visit: Visit, *names: str) -> list[tuple[str, str]]:
    """What the address asks for, less these and what is empty."""
    given = visit.request.query.items()
    return [(name, value) for name, value in given if name not in names and value.strip()]
