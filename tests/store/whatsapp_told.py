"""What WhatsApp posts, in the words of the domain."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.store.told import FRIDAY_3

NUMBER_ID = "106540352242922"
SITI = "6281234567890"
BUDI = "6281345678901"
_ids = count(1)


@dataclass
class Trader:
    """An account of WhatsApp; each message comes a second after the one before."""

    phone: str | None = SITI
    bsuid: str | None = None
    name: str = "Siti"
    at: datetime = FRIDAY_3
    wrote: list[dict[str, Any]] = field(default_factory=list)

    def writes(self, text: str, **more: Any) -> bytes:
        return self.sends("text", {"body": text}, **more)

    def presses(self, button: str, title: str) -> bytes:
        reply = {"type": "button_reply", "button_reply": {"id": button, "title": title}}
        return self.sends("interactive", reply)

    def sends(self, kind: str, content: Any, **more: Any) -> bytes:
        self.message(kind, content, **more)
        return self.posted(self.wrote[-1])

    def message(self, kind: str, content: Any, **more: Any) -> dict[str, Any]:
        self.at += timedelta(seconds=1)
        one = {
            "id": f"wamid.{next(_ids):08d}",
            "timestamp": str(int(self.at.timestamp())),
            "type": kind,
            kind: content,
        }
        if self.phone:
            one["from"] = self.phone
        if self.bsuid:
            one["from_user_id"] = self.bsuid
        self.wrote.append(one | more)
        return self.wrote[-1]

    def posted(self, *messages: dict[str, Any]) -> bytes:
        contact: dict[str, Any] = {"profile": {"name": self.name}}
        if self.phone:
            contact["wa_id"] = self.phone
        if self.bsuid:
            contact["user_id"] = self.bsuid
        return posted({"contacts": [contact], "messages": list(messages)})


def posted(*values: dict[str, Any], number_id: str = NUMBER_ID) -> bytes:
    """One request with several changes."""
    metadata = {"display_phone_number": "628111451587", "phone_number_id": number_id}
    changes = [
        {
            "field": "messages",
            "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
        }
        for value in values
    ]
    whole = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    return json.dumps(whole).encode()
