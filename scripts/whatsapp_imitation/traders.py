"""Those who write to the hotline, and what they have on the screen of their phone."""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=24)
"""After the user's last message, for anything but templates."""
URL_LIFE = timedelta(minutes=5)
ID_LIFE = timedelta(days=7)


def new_wamid() -> str:
    return "wamid." + b64encode(secrets.token_bytes(24)).decode()


@dataclass(frozen=True, slots=True)
class Button:
    id: str
    title: str


@dataclass
class Bubble:
    """One message as the trader sees it."""

    wamid: str
    at: datetime
    mine: bool
    """The trader's own."""
    text: str
    body: dict[str, Any]
    """As it went over the wire."""
    buttons: list[Button] = field(default_factory=list)
    opaque: str = ""
    """`biz_opaque_callback_data` of what came from the hotline."""
    status: str = ""
    """The last one that was told of it."""


@dataclass
class Trader:
    """`phone` as E.164 without `+`, as the API writes it."""

    phone: str
    name: str
    here: bool = True
    """The phone is on: what comes is delivered."""
    chat: list[Bubble] = field(default_factory=list)

    @property
    def bsuid(self) -> str:
        """The same for the same number, so that a restart makes nobody a stranger."""
        number = int.from_bytes(hashlib.sha256(self.phone.encode()).digest()[:7], "big")
        return f"ID.{number:017d}"

    def wrote_at(self) -> datetime | None:
        return next((one.at for one in reversed(self.chat) if one.mine), None)

    def may_have_text(self, now: datetime) -> bool:
        at = self.wrote_at()
        return at is not None and now - at < WINDOW

    def bubble(self, wamid: str) -> Bubble | None:
        return next((one for one in self.chat if one.wamid == wamid), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that a trader sent."""

    id: str
    content: bytes
    mime_type: str
    at: datetime

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()
