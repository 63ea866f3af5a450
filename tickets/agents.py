"""Who may take calls: rows that the PBX's phones and queues are written from."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from config.agent_secrets import digest, new_secret
from tickets.errors import TicketError
from tickets.queries import SQL
from tickets.store import Store


class AgentExists(TicketError):
    """The extension has an agent already."""


class AgentUnknown(TicketError):
    """The extension has no agent."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who may take calls; fits `ivr.ports_queue.Agent`."""

    extension: str
    name: str
    languages: tuple[str, ...]
    skills: dict[str, int]
    """Penalty by queue."""
    supervisor: bool
    digest: str


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent to be; ValueError for what no phone or queue could be made of."""

    extension: str
    name: str
    languages: tuple[str, ...]
    skills: Mapping[str, int]
    """Penalty by queue, 0 to 100; that the queues exist is for the caller to see to."""
    supervisor: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[1-9][0-9]{2,5}", self.extension):
            raise ValueError(
                f"{self.extension!r} is no extension — use 3 to 6 digits, such as 6001"
            )
        if not re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]{1,80}", self.name):
            raise ValueError("the name is no name — use 1 to 80 letters, in one line")
        if not self.languages or not set(self.languages) <= {"id", "en"}:
            raise ValueError(f"{','.join(self.languages)!r} — the languages are id and en")
        for queue, penalty in self.skills.items():
            if not 0 <= penalty <= 100:
                raise ValueError(f"the penalty {penalty} of {queue} is not from 0 to 100")


class Agents:
    """Every method raises StoreAway."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Agent]:
        """Those who may take calls now, by extension."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["agents"])
        return [
            Agent(
                row["extension"],
                row["name"],
                tuple(row["languages"]),
                json.loads(row["skills"]),
                row["supervisor"],
                row["digest"],
            )
            for row in rows
        ]

    async def add(self, new: NewAgent, secret: str | None = None) -> str:
        """The secret of the agent's phone, which nobody can look up again.

        Raises AgentExists.
        """
        secret = secret or new_secret()
        async with self._store.connection() as connection:
            added = await connection.fetchval(
                SQL["add_agent"],
                new.extension,
                new.name,
                list(new.languages),
                json.dumps(dict(new.skills)),
                new.supervisor,
                digest(new.extension, secret),
            )
        if added is None:
            raise AgentExists(
                f"{new.extension} has an agent already: give another extension, or remove that one"
            )
        return secret

    async def remove(self, extension: str) -> None:
        """Take the phone from the agent; what they did stays. Raises AgentUnknown."""
        async with self._store.connection() as connection:
            if await connection.fetchval(SQL["remove_agent"], extension) is None:
                raise _unknown(extension)

    async def reset(self, extension: str) -> str:
        """A new secret in place of a lost one, shown this once. Raises AgentUnknown."""
        secret = new_secret()
        async with self._store.connection() as connection:
            told = digest(extension, secret)
            if await connection.fetchval(SQL["reset_agent"], extension, told) is None:
                raise _unknown(extension)
        return secret


def _unknown(extension: str) -> AgentUnknown:
    return AgentUnknown(f"There is no agent {extension}: see `saluran agents list`.")
