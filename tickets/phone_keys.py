"""What the page needs so that the phone in it can register: a key that holds for a shift.

The PBX knows a new key once the service has seen the row, within two seconds; the page tries for
longer than that.
"""

from dataclasses import dataclass
from datetime import datetime

from tickets.agents import Agents, NoBrowserPhone
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class BrowserPhone:
    """A key, and where to take it. To be told to the signed-in agent alone, and never cached or
    logged: with it one is the agent's phone."""

    extension: str
    realm: str
    ha1: str
    """As RFC 2617 calls it; the secret behind it is kept nowhere."""
    until: datetime
    web_socket: str
    """The PBX's, as browsers reach it."""


class PhoneKeys:
    """Lends keys; a new one makes the one before worthless."""

    def __init__(self, store: Store, web_socket: str | None, hours: int) -> None:
        """`web_socket` and `hours` as in the settings: `phones.web_socket`, `phones.key_hours`."""
        self._agents, self._web_socket, self._hours = Agents(store), web_socket, hours

    async def lend(self, extension: str) -> BrowserPhone:
        """A key for the phone of this agent, who must be the one that is signed in.

        Raises AgentUnknown, NoBrowserPhone (also where the PBX has no WebSocket), StoreAway.
        """
        if self._web_socket is None:
            raise NoBrowserPhone("The PBX has no WebSocket: name it in `phones.web_socket`.")
        key = await self._agents.lend_key(extension, self._hours)
        return BrowserPhone(key.extension, key.realm, key.ha1, key.until, self._web_socket)
