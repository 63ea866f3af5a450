"""What the page needs so that the phone in it can register: the port, and what it gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BrowserPhone:
    """A key that holds for a shift, and where to take it."""

    extension: str
    realm: str
    ha1: str
    until: datetime
    web_socket: str

    def told(self) -> dict[str, str]:
        """As `static/phone/line.js` reads it. To be sent to the signed-in agent alone, and never
        cached or logged: with it one is the agent's phone."""
        return {
            "extension": self.extension,
            "realm": self.realm,
            "ha1": self.ha1,
            "until": self.until.isoformat(),
            "web_socket": self.web_socket,
        }


class PhoneKeys(Protocol):
    async def lend(self, extension: str) -> BrowserPhone:
        """A new key, which makes the one before worthless.

        Raises AgentUnknown, NoBrowserPhone (also where the PBX has no WebSocket), StoreAway.
        """
