"""The bodies of webhooks, as the Cloud API documents them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.whatsapp_imitation.refusals import Refusal
from scripts.whatsapp_imitation.traders import Bubble, Media, Trader

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """The hotline's own number, as Meta knows it."""

    account: str
    phone_number_id: str
    display: str
    """Digits alone."""

    def webhook(self, *changes: Change) -> dict[str, Any]:
        """Of one or of several things that happened."""
        metadata = {
            "display_phone_number": self.display,
            "phone_number_id": self.phone_number_id,
        }
        values = [
            {
                "field": "messages",
                "value": {"messaging_product": "whatsapp", "metadata": metadata, **one},
            }
            for one in changes
        ]
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": self.account, "changes": values}],
        }


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def message(trader: Trader, bubble: Bubble, hide_phone: bool) -> Change:
    """What a trader wrote."""
    contact: dict[str, Any] = {"profile": {"name": trader.name}, "user_id": trader.bsuid}
    said: dict[str, Any] = {
        "from_user_id": trader.bsuid,
        "id": bubble.wamid,
        "timestamp": seconds(bubble.at),
        **bubble.body,
    }
    if not hide_phone:
        contact["wa_id"] = trader.phone
        said["from"] = trader.phone
    return {"contacts": [contact], "messages": [said]}


def status(
    trader: Trader,
    bubble: Bubble,
    what: str,
    at: datetime,
    hide_phone: bool,
    why: Refusal | None = None,
) -> Change:
    """What became of a message of the hotline's."""
    told: dict[str, Any] = {
        "id": bubble.wamid,
        "status": what,
        "timestamp": seconds(at),
        "recipient_user_id": trader.bsuid,
    }
    if not hide_phone:
        told["recipient_id"] = trader.phone
    if bubble.opaque:
        told["biz_opaque_callback_data"] = bubble.opaque
    if why:
        told["errors"] = [why.told]
    return {"statuses": [told]}


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def pressed(answered: Bubble, id_: str, title: str, sender: str) -> dict[str, Any]:
    """A reply button, an entry of a list, or a template's own button."""
    context = {"context": {"from": sender, "id": answered.wamid}}
    if answered.body.get("type") == "template":
        return {"type": "button", "button": {"payload": id_, "text": title}, **context}
    kind = "list_reply" if answered.body["interactive"]["type"] == "list" else "button_reply"
    return {
        "type": "interactive",
        "interactive": {"type": kind, kind: {"id": id_, "title": title}},
        **context,
    }


def media(kind: str, file: Media, name: str, caption: str) -> dict[str, Any]:
    """`kind` is `image`, `audio`, `video`, `document` or `sticker`."""
    told: dict[str, Any] = {"id": file.id, "mime_type": file.mime_type, "sha256": file.sha256}
    if kind == "audio":
        told["voice"] = file.mime_type.startswith("audio/ogg")
    if kind == "document":
        told["filename"] = name
    if caption:
        told["caption"] = caption
    return {"type": kind, kind: told}


def kind_of(mime_type: str) -> str:
    family = mime_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"


def buttons_of(body: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Ids and titles of what can be pressed under an interactive message."""
    action = body.get("interactive", {}).get("action", {})
    found = [(one["reply"]["id"], one["reply"]["title"]) for one in action.get("buttons", ())]
    for section in action.get("sections", ()):
        found += [(row["id"], row["title"]) for row in section["rows"]]
    return found
