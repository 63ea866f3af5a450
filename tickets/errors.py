"""What can go wrong at the desk, in its own words."""

from dataclasses import dataclass


class TicketError(Exception):
    """The base of everything the ticket side raises."""


class StoreAway(TicketError):
    """PostgreSQL cannot serve just now; the message says which, why, and what to do about it."""


class SchemaOlder(StoreAway):
    """The database waits for `saluran migrate`."""


class SchemaNewer(StoreAway):
    """A newer release has migrated the database; this one could damage what it does not know."""


class FactRefused(TicketError):
    """A fact's content is wrong; trying it again would not help."""


class TicketMoved(TicketError):
    """Someone else moved it first; read it again."""


class MoveForbidden(TicketError):
    """The life cycle knows no such move."""


class Unacceptable(TicketError, ValueError):
    """What was given does not fit; `pointer` is its place in the request, as a JSON pointer."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Place:
    """A mistake, and where it is in what was given, as a JSON pointer."""

    pointer: str
    message: str


class Refused(TicketError):
    """What was given does not fit, in one place or in several."""

    def __init__(self, *places: Place) -> None:
        super().__init__("\n".join(place.message for place in places))
        self.places = places
