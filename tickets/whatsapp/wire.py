"""What the WhatsApp Cloud API posts to us: whose it is, and what it says, in our own words.

Everything in it was written by strangers: nothing is believed but the signature over its bytes.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from config.phones import normalise

LONGEST_TEXT = 65_536
"""Characters that are kept of one message; WhatsApp itself lets people write 4,096."""
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_E164 = re.compile(r"[1-9][0-9]{6,14}")
_WAMID = re.compile(r"[\x21-\x7e]{1,400}")
_SECONDS = re.compile(r"[0-9]{1,11}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FIRST_YEAR = datetime(2009, 1, 1, tzinfo=UTC)
_MEDIA = frozenset({"image", "audio", "video", "document", "sticker"})
_STATUSES = frozenset({"sent", "delivered", "read", "failed"})


class Unreadable(Exception):
    """These bytes are not what the API sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An account, by at least one of its names."""

    bsuid: str | None
    phone: str | None
    """E.164; None of who hides it."""
    name: str = ""
    """As they call themselves."""

    @property
    def key(self) -> str:
        return self.bsuid or self.phone or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message to us."""

    wamid: str
    sender: Sender
    at: datetime
    kind: str
    text: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    reply_to: str | None = None
    media: str | None = None
    """WhatsApp's id of what has to be fetched."""
    media_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What became of one of ours."""

    wamid: str
    status: str
    at: datetime
    message: UUID | None = None
    error_code: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that one request told; `problems` are of the parts that could not be read."""

    messages: Sequence[Incoming]
    statuses: Sequence[Status]
    problems: Sequence[str]


def is_signed(secret: bytes, body: bytes, header: str) -> bool:
    """Whether who knows the app's secret sent these very bytes."""
    match = _SIGNATURE.fullmatch(header.strip().lower())
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return match is not None and hmac.compare_digest(match[1], expected)


def read(body: bytes, number_id: str, received_at: datetime) -> Delivery:
    """What is meant for the number with this id; the rest is another's. Raises Unreadable."""
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"this is no JSON: {type(error).__name__}") from None
    if not isinstance(whole, dict) or whole.get("object") != "whatsapp_business_account":
        raise Unreadable("this is of no WhatsApp business account")
    messages: list[Incoming] = []
    statuses: list[Status] = []
    problems: list[str] = []
    for value in _values(whole, number_id):
        senders = _senders(value)
        for one in _items(value, "messages"):
            try:
                messages.append(_message(one, senders, received_at))
            except (Unreadable, RecursionError) as error:
                problems.append(f"message: {error}")
        for one in _items(value, "statuses"):
            try:
                statuses.append(_status(one, received_at))
            except Unreadable as error:
                problems.append(f"status: {error}")
    return Delivery(messages, statuses, problems)


def clean(text: str, most: int = LONGEST_TEXT) -> str:
    """Without what no text has (NUL, controls, halves of characters), and not endless."""
    text = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= most else text[: most - 1] + "…"


def phone_of(wa_id: object) -> str | None:
    """E.164 of WhatsApp's own writing of a number, which has no `+`."""
    digits = str(wa_id or "").removeprefix("+")
    if not _E164.fullmatch(digits):
        return None
    return normalise(f"+{digits}") or f"+{digits}"


def _values(whole: Mapping[str, Any], number_id: str) -> Iterator[Mapping[str, Any]]:
    for entry in _items(whole, "entry"):
        for change in _items(entry, "changes"):
            value = change.get("value")
            if change.get("field") != "messages" or not isinstance(value, dict):
                continue
            if _part(value, "metadata").get("phone_number_id") == number_id:
                yield value


def _items(value: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(name)
    for one in found if isinstance(found, list) else ():
        yield one if isinstance(one, dict) else {}


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _word(value: Mapping[str, Any], name: str, most: int = LONGEST_TEXT) -> str:
    found = value.get(name)
    return clean(found, most) if isinstance(found, str) else ""


def _senders(value: Mapping[str, Any]) -> Sequence[Sender]:
    return [
        Sender(
            bsuid=_bsuid(contact.get("user_id")),
            phone=phone_of(contact.get("wa_id")),
            name=_word(_part(contact, "profile"), "name", 200).replace("\n", " ").strip(),
        )
        for contact in _items(value, "contacts")
    ]


def _bsuid(given: object) -> str | None:
    return given if isinstance(given, str) and _BSUID.fullmatch(given) else None


def _message(one: Mapping[str, Any], senders: Sequence[Sender], now: datetime) -> Incoming:
    kind = _word(one, "type", 40)
    read_kind, text, content = _content(one, kind)
    media = _word(_part(one, kind), "id", 200) if kind in _MEDIA else ""
    name = _word(_part(one, kind), "filename", 200) if kind in _MEDIA else ""
    if kind in _MEDIA and not media:
        raise Unreadable("a medium without an id")
    return Incoming(
        wamid=_wamid(one),
        sender=_sender(one, senders),
        at=_moment(one, now),
        kind=read_kind,
        text=text,
        content=content,
        reply_to=_word(_part(one, "context"), "id", 400) or None,
        media=media or None,
        media_name=name,
    )


def _content(one: Mapping[str, Any], kind: str) -> tuple[str, str, dict[str, Any]]:
    """Our kind, what a reader reads, and what else there is."""
    part = _part(one, kind)
    match kind:
        case "text":
            return "text", _word(part, "body"), {}
        case "button":
            return "reply", _word(part, "text"), {"button": _word(part, "payload", 256)}
        case "interactive":
            for reply in (_part(part, "button_reply"), _part(part, "list_reply")):
                if reply:
                    return "reply", _word(reply, "title"), {"button": _word(reply, "id", 256)}
            return "unsupported", "", {"type": _word(part, "type", 40)}
        case "image" | "video" | "document" | "audio" | "sticker":
            return kind, _word(part, "caption"), {"mime": _word(part, "mime_type", 100)}
        case "location":
            place = {
                name: part[name] for name in ("latitude", "longitude") if _is_angle(part, name)
            }
            words = (_word(part, "name", 200), _word(part, "address", 500))
            return "location", ", ".join(word for word in words if word), {"location": place}
        case "contacts":
            people = one.get("contacts")
            names = [
                _word(_part(person, "name"), "formatted_name", 200)
                for person in (people if isinstance(people, list) else ())[:20]
                if isinstance(person, dict)
            ]
            return "contacts", ", ".join(name for name in names if name), {}
        case "reaction":
            return "reaction", _word(part, "emoji", 20), {"to": _word(part, "message_id", 400)}
        case _:
            # Of ours are `system` ("… changed their number"), polls, orders: shown, not understood.
            return "unsupported", _word(_part(one, "system"), "body", 1000), {"type": kind}


def _is_angle(part: Mapping[str, Any], name: str) -> bool:
    value = part.get(name)
    return isinstance(value, int | float) and abs(value) <= 180


def _sender(one: Mapping[str, Any], senders: Sequence[Sender]) -> Sender:
    """The message's own names, and what the contacts beside it add to them."""
    bsuid, phone = _bsuid(one.get("from_user_id")), phone_of(one.get("from"))
    # `from` itself may be the account's name instead of a number.
    bsuid = bsuid or _bsuid(one.get("from"))
    for known in senders:
        same = (bsuid and known.bsuid == bsuid) or (phone and known.phone == phone)
        if same or (not bsuid and not phone and len(senders) == 1):
            return Sender(bsuid=bsuid or known.bsuid, phone=phone or known.phone, name=known.name)
    if not bsuid and not phone:
        raise Unreadable("a message of nobody")
    return Sender(bsuid=bsuid, phone=phone)


def _status(one: Mapping[str, Any], now: datetime) -> Status:
    status = _word(one, "status", 20)
    if status not in _STATUSES:
        raise Unreadable("a status that is not known")
    error = next(_items(one, "errors"), {})
    code = error.get("code")
    told = _word(_part(error, "error_data"), "details", 500) or _word(error, "title", 500)
    return Status(
        wamid=_wamid(one),
        status=status,
        at=_moment(one, now),
        message=_uuid(one.get("biz_opaque_callback_data")),
        error_code=code if isinstance(code, int) and 0 <= code < 2**31 else None,
        error=told,
    )


def _uuid(given: object) -> UUID | None:
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _wamid(one: Mapping[str, Any]) -> str:
    wamid = one.get("id")
    if not isinstance(wamid, str) or not _WAMID.fullmatch(wamid):
        raise Unreadable("no id")
    return wamid


def _moment(one: Mapping[str, Any], now: datetime) -> datetime:
    """When it was sent; a time that cannot be is the time at which it came."""
    told = str(one.get("timestamp", ""))
    if not _SECONDS.fullmatch(told):
        return now
    at = datetime.fromtimestamp(int(told), UTC)
    return at if _FIRST_YEAR <= at <= now else now
