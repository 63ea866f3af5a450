"""Where the bytes of recordings and attachments lie: what the desk asks of that place."""

from typing import Protocol
from uuid import UUID

from tickets.errors import TicketError


class FileMissing(TicketError):
    """The row is there, its file is not, or it is not what was put there."""


class FileStore(Protocol):
    """Every method reads or writes at once: call it in a thread. Raises OSError."""

    def read(self, name: str) -> bytes:
        """All of it, decrypted. Raises FileNotFoundError; InvalidTag for what was tampered with."""
        ...

    def keep(self, file: UUID, content: bytes) -> str:
        """Store it; the name to read it by."""
        ...

    def drop(self, name: str) -> None:
        """Remove it, if it is there."""
        ...


class NoFiles:
    """A desk that was given no place for files."""

    def read(self, name: str) -> bytes:
        raise FileNotFoundError(name)

    def keep(self, file: UUID, content: bytes) -> str:
        raise OSError(f"there is no place for {file} of {len(content)} bytes")

    def drop(self, name: str) -> None:
        """There is none."""
