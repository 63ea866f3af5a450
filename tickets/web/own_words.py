"""A person's data in words: reports and calls as they happened, all else line by line."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from config.calendar import WIB
from tickets.cases.personal_data import OwnData
from tickets.web import shown_times
from tickets.web.language import Words

Row = Mapping[str, Any]
SUBJECTS = {
    "category": "category",
    "status": "status",
    "purpose": "privacy.purpose",
    "outcome": "calls.outcomes",
    "result": "own.result",
    "language": "own.language",
    "state": "own.state",
    "channel": "own.channel",
    "type": "own.type",
    "kind": "own.kind",
}
"""Columns whose values have words."""
INTERNAL = frozenset({"id", "person", "phone_person", "stored", "name_of_file", "version"})
"""Columns that are no news: what links rows with each other stands in the file for programs."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: what it is, what is known of it, and what happened, each a line."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    events: Sequence[str] = ()
    link: str = ""
    """The file in the copy."""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    about: str
    items: Sequence[Item] = field(default_factory=list)


def sections(data: OwnData, words: Words, lost: Sequence[str] = ()) -> list[Section]:
    """In the order in which a person asks; what nobody wrote a section for comes line by line."""
    told = [
        _section(words, "who", _who(data, words)),
        _section(words, "consents", _consents(data, words)),
        _section(words, "reports", _reports(data, words)),
        _section(words, "callbacks", _callbacks(data, words)),
        _section(words, "calls", _calls(data, words)),
        _section(words, "messages", _messages(data, words)),
        _section(words, "files", _files(data, words, lost)),
    ]
    for table, rows in data.tables.items():
        if table not in _TOLD:
            title = words.of("own.table", table.replace("_", " "))
            items = [Item(title, _facts(words, row)) for row in rows]
            told.append(Section(title, "", [one for one in items if one.facts]))
    told.append(_section(words, "looks", _looks(data, words)))
    return [one for one in told if one.items]


_TOLD = frozenset(
    {
        "person",
        "phone",
        "consent",
        "ticket",
        "ticket_event",
        "whatsapp_user",
        "whatsapp_message",
        "callback",
        "callback_request",
        "callback_attempt",
        "call",
        "call_step",
        "queue_entry",
        "recording",
        "attachment",
        "ring_miss",
        "disposition",
        "supervision",
    }
)
"""Tables that the sections tell; those after the files say what officers did, in figures."""


def _section(words: Words, name: str, items: Sequence[Item]) -> Section:
    return Section(words(f"own.section.{name}"), words(f"own.about.{name}"), items)


def _who(data: OwnData, words: Words) -> list[Item]:
    (person,) = data.tables["person"]
    facts = [(words("own.name"), person["name"] or words("own.nameless"))]
    for row in data.tables.get("phone", ()):
        spoken = row["language"] and words.of("own.language", row["language"])
        facts.append((words("own.phone"), row["number"] + (f" ({spoken})" if spoken else "")))
    facts.append((words("own.known_since"), shown_times.day(words, person["met_at"])))
    if person["restricted_at"]:
        at = shown_times.moment(words, person["restricted_at"])
        facts.append((words("own.restricted"), at))
    return [Item("", facts)]


def _consents(data: OwnData, words: Words) -> list[Item]:
    return [
        Item(
            words.of("privacy.purpose", row["purpose"]),
            [
                (
                    shown_times.moment(words, row["at"]),
                    " · ".join(
                        part
                        for part in (
                            words("privacy.agreed" if row["granted"] else "privacy.not_agreed"),
                            words.of("privacy.consent_channel", row["channel"]),
                            row["proof"],
                        )
                        if part
                    ),
                )
            ],
        )
        for row in _by_time(data.tables.get("consent", ()), "at")
    ]


def _reports(data: OwnData, words: Words) -> list[Item]:
    events = _grouped(data.tables.get("ticket_event", ()), "ticket")
    items = []
    for row in _by_time(data.tables.get("ticket", ()), "opened_at"):
        facts = [
            (words("own.status"), words.of("status", row["status"])),
            (words("own.opened_at"), shown_times.moment(words, row["opened_at"])),
            (words("own.deadline"), shown_times.day(words, row["deadline"])),
        ]
        facts += [
            (words.of("ticket_field", name), str(value))
            for name, value in json.loads(row["fields"]).items()
        ]
        if row["tags"]:
            facts.append((words("own.tags"), ", ".join(row["tags"])))
        title = f"{words('own.report')} {row['number']}: {words.of('category', row['category'])}"
        told = [_event(words, one) for one in _by_time(events.get(row["id"], ()), "at")]
        items.append(Item(title, facts, told))
    return items


def _event(words: Words, row: Row) -> str:
    what = words.of("event", row["kind"])
    match row["kind"]:
        case "moved":
            what += f": {words.of('status', row['became'])}"
        case "callback":
            what += f": {words.of('callback_state', row['became'])}"
        case "commented":
            what += f": {row['note']}"
        case "edited" if row["note"] == "fields":
            changed = json.loads(row["became"] or "{}")
            what += ": " + ", ".join(
                f"{words.of('ticket_field', name)} → {value}" for name, value in changed.items()
            )
    return f"{shown_times.moment(words, row['at'])} · {what}"


def _callbacks(data: OwnData, words: Words) -> list[Item]:
    tries = _grouped(data.tables.get("callback_attempt", ()), "callback")
    items = []
    for row in _by_time(data.tables.get("callback", ()), "since"):
        facts = [
            (words("own.promised"), shown_times.moment(words, row["promised"])),
            (words("own.state_of"), words.of("callback_state", row["state"])),
            (words("own.phone"), row["phone"] or ""),
        ]
        if row["other_phone"]:
            facts.append((words("own.other_phone"), row["other_phone"]))
        told = [
            f"{shown_times.moment(words, one['dialled_at'])} · "
            f"{words.of('thread.result', one['result']) if one['result'] else words('own.dialled')}"
            for one in tries.get(row["id"], ())
            if one["dialled_at"]
        ]
        items.append(Item(words("own.callback"), facts, told))
    return items


def _calls(data: OwnData, words: Words) -> list[Item]:
    steps = _grouped(data.tables.get("call_step", ()), "call")
    stays = _grouped(data.tables.get("queue_entry", ()), "call")
    items = []
    for row in _by_time(data.tables.get("call", ()), "began_at"):
        facts = [(words("own.caller"), row["caller"] or row["phone"] or "")]
        if row["ended_at"]:
            seconds = (row["ended_at"] - row["began_at"]).total_seconds()
            outcome = words.of("calls.outcomes", row["outcome"])
            facts.append((words("own.ended"), f"{outcome}, {shown_times.length(words, seconds)}"))
        for stay in stays.get(row["id"], ()):
            for name in ("waited", "talked"):
                if stay[name] is not None:
                    facts.append((words(f"own.{name}"), shown_times.length(words, stay[name])))
        if taken := len(steps.get(row["id"], ())):
            facts.append((words("own.steps"), words("own.steps_in_file", count=taken)))
        items.append(Item(shown_times.moment(words, row["began_at"]), facts))
    return items


def _messages(data: OwnData, words: Words) -> list[Item]:
    """The thread on WhatsApp, account by account."""
    written = _grouped(data.tables.get("whatsapp_message", ()), "whatsapp_user")
    items = []
    for account in data.tables.get("whatsapp_user", ()):
        told = []
        for row in _by_time(written.get(account["id"], ()), "at"):
            who = words("own.you" if row["direction"] == "in" else "own.we")
            text = row["text"] or row["media_name"] or words("own.without_text")
            told.append(f"{shown_times.moment(words, row['at'])} · {who}: {text}")
        name = account["name"] or account["phone"] or account["bsuid"]
        items.append(Item(name, events=told))
    return items


def _files(data: OwnData, words: Words, lost: Sequence[str]) -> list[Item]:
    names = {file.stored: file.name for file in data.files}
    items = []
    for row in _by_time(data.tables.get("recording", ()), "at"):
        what = words(f"own.recorded.{row['kind']}")
        length = shown_times.length(words, row["seconds"])
        items.append(_file(words, f"{what}, {length}", row["at"], names[row["name"]], lost))
    for row in _by_time(data.tables.get("attachment", ()), "at"):
        items.append(_file(words, row["name"], row["at"], names[row["stored"]], lost))
    return items


def _file(words: Words, title: str, at: datetime, name: str, lost: Sequence[str]) -> Item:
    when = shown_times.moment(words, at)
    if name in lost:
        return Item(title, [(when, words("own.lost"))])
    return Item(title, [(when, name)], link=name)


def _looks(data: OwnData, words: Words) -> list[Item]:
    facts = [
        (
            shown_times.moment(words, one.at),
            f"{words.of('role', one.role) if one.role else words('own.system')} "
            f"{words.of('audit.done', one.did)}",
        )
        for one in data.looks
    ]
    return [Item("", facts)] if facts else []


def _facts(words: Words, row: Row) -> list[tuple[str, str]]:
    """Of a table that no section was written for."""
    return [
        (words.of("own.column", name.replace("_", " ")), _value(words, name, value))
        for name, value in row.items()
        if name not in INTERNAL and not isinstance(value, UUID) and value not in (None, "", [])
    ]


def _value(words: Words, name: str, value: Any) -> str:
    shown: Callable[[Any], str]
    match value:
        case bool():
            return words("own.yes" if value else "own.no")
        case datetime():
            shown = partial(shown_times.moment, words)
        case date():
            shown = partial(shown_times.date, words)
        case list():
            return ", ".join(map(str, value))
        case _:
            subject = SUBJECTS.get(name)
            return words.of(subject, value) if subject else str(value)
    return shown(value)


def _by_time(rows: Sequence[Row], name: str) -> list[Row]:
    early = datetime.min.replace(tzinfo=WIB)
    return sorted(rows, key=lambda row: row[name] or early)


def _grouped(rows: Sequence[Row], by: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return found
