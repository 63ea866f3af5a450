"""The Cloud API's way to send one message, and what its answers mean for trying again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

import aiohttp

PAIR = frozenset({131056})
"""Too many to this one (developers.facebook.com: WhatsApp, Cloud API, error codes)."""
THROTTLED = frozenset({4, 80007, 130429, 131048})
"""Too many from this number."""
ACCOUNT = frozenset({0, 3, 10, 33, 190, 368, 131005, 131031, 131042, 131045, 133010})
"""Nothing at all can be sent until the operator has mended something."""
PASSING = frozenset({1, 2, 131000, 131016, 131057, 133000, 133004})
CLOSED = 131047
"""More than 24 hours after their last message."""


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    AGAIN = "again"
    """It was not sent; later it may be."""
    PAIR = "pair"
    """The same, and the others to this user wait as well."""
    THROTTLED = "throttled"
    """The same, and all others wait as well."""
    ACCOUNT = "account"
    """The same, until the operator has done something."""
    REFUSED = "refused"
    """It never will be."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether it was sent: its status will tell, and it is never sent again."""


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    wamid: str = ""
    code: int | None = None
    problem: str = ""

    def wait(self, tries: int) -> timedelta:
        """How long until it is tried again, after so many tries."""
        if self.outcome is Outcome.PAIR:
            # As documented: 4^X seconds, X from 0.
            return timedelta(seconds=min(4.0 ** (tries - 1), 3600))
        if self.outcome is Outcome.ACCOUNT:
            return timedelta(minutes=5)
        return timedelta(seconds=min(2.0 * 3.0 ** (tries - 1), 900))


@dataclass(frozen=True, slots=True)
class Cloud:
    """One number of the Cloud API."""

    address: str
    """`https://graph.facebook.com/v24.0/PHONE_NUMBER_ID`."""
    token: str = field(repr=False)

    async def send(self, http: aiohttp.ClientSession, body: Mapping[str, Any]) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with http.post(
                f"{self.address}/messages", json=body, headers=headers, allow_redirects=False
            ) as response:
                said = await _json(response)
                return _answer(response.status, said)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # There was no connection, so nothing went over it.
            return Answer(Outcome.AGAIN, problem=type(error).__name__)
        except (aiohttp.ClientError, OSError) as error:
            # TimeoutError is an OSError.
            return Answer(Outcome.UNCERTAIN, problem=type(error).__name__)


async def _json(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    try:
        said = await response.json(content_type=None)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _answer(status: int, said: Mapping[str, Any]) -> Answer:
    match said:
        case {"messages": [{"id": str(wamid)}, *_]} if 200 <= status < 300 and wamid:
            return Answer(Outcome.ACCEPTED, wamid=wamid)
        case {"error": {"code": int(code), **more}}:
            details = more.get("error_data")
            text = details.get("details") if isinstance(details, dict) else more.get("message")
            return Answer(_of_code(code), code=code, problem=str(text or "")[:500])
    if 200 <= status < 300:
        return Answer(Outcome.UNCERTAIN, problem="its answer cannot be read")
    return Answer(Outcome.AGAIN, problem=f"it answered {status}")


def _of_code(code: int) -> Outcome:
    if code in PAIR:
        return Outcome.PAIR
    if code in THROTTLED:
        return Outcome.THROTTLED
    if code in ACCOUNT or 200 <= code <= 299:
        return Outcome.ACCOUNT
    return Outcome.AGAIN if code in PASSING else Outcome.REFUSED


def body_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """What is posted for a row of `claim_whatsapp`."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        # Comes back with each status, so that an answer that was lost is made up for.
        "biz_opaque_callback_data": str(message["id"]),
    }
    # Where the number is known it is better: then statuses and answers have it too.
    if message["phone"]:
        body["to"] = message["phone"]
    else:
        body["recipient"] = message["bsuid"]
    match message["kind"]:
        case "template":
            return body | {"type": "template", "template": _template(message)}
        case "buttons":
            buttons = message["content"]["buttons"]
            return body | {"type": "interactive", "interactive": _choice(message["text"], buttons)}
        case _:
            text = {"body": message["text"], "preview_url": False}
            if message["reply_to"]:
                body["context"] = {"message_id": message["reply_to"]}
            return body | {"type": "text", "text": text}


def _template(message: Mapping[str, Any]) -> dict[str, Any]:
    values = [message["template_values"][place] for place in message["places"]]
    template: dict[str, Any] = {
        "name": message["template"],
        "language": {"code": message["language"]},
    }
    components: list[dict[str, Any]] = []
    if values:
        parameters = [{"type": "text", "text": value} for value in values]
        components.append({"type": "body", "parameters": parameters})
    for index, button in enumerate(message["content"].get("buttons", ())):
        components.append(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": [{"type": "payload", "payload": button["id"]}],
            }
        )
    return template | ({"components": components} if components else {})


def _choice(text: str, buttons: list[Mapping[str, str]]) -> dict[str, Any]:
    """Reply buttons, or a list where there are more than three."""
    if len(buttons) <= 3:
        replies = [
            {"type": "reply", "reply": {"id": one["id"], "title": one["title"]}} for one in buttons
        ]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": replies}}
    rows = [{"id": one["id"], "title": one["title"]} for one in buttons]
    return {
        "type": "list",
        "body": {"text": text},
        "action": {"button": "Pilih", "sections": [{"title": "Pilihan", "rows": rows}]},
    }
