"""What still lies in files beside the database: told of to whoever erases."""

from collections.abc import Collection
from typing import Protocol

from tickets.errors import TicketError


class NotWrittenYet(TicketError):
    """What a call told waits in files: once it is in the database it can be erased."""


class Leftovers(Protocol):
    """Both read folders: call them in a thread. Raise OSError.

    `phones` are E.164, `ids` those of calls, tickets, stays and callbacks.
    """

    def waiting(self, phones: Collection[str], ids: Collection[str]) -> list[str]:
        """Names of files that will become rows about them."""
        ...

    def remove(self, phones: Collection[str], ids: Collection[str]) -> int:
        """Remove what was taken in or put aside already; how many files."""
        ...


class NoLeftovers:
    """A desk that was given no such folders."""

    def waiting(self, phones: Collection[str], ids: Collection[str]) -> list[str]:
        return []

    def remove(self, phones: Collection[str], ids: Collection[str]) -> int:
        return 0
