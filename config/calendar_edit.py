"""Changes of `calendar.yaml` that leave all else in it as it was written: comments, order, quotes.

Each takes the file's text, which has been read without a mistake, and gives the new one; whether
that is good is for `config.calendar_file` to say.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.calendar_file import CalendarFile, Override, Span
from config.documents import ConfigError, parsed
from config.plain_yaml import composed

Written = Mapping[str, Any]
"""An override by the words of the file; hours as `08:00-16:00`."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def with_override(text: str, override: Written) -> str:
    """One more, after the others."""
    return _sure(text, lambda all_: [*all_, override], lambda: _added(text, override))


def without_override(text: str, place: int) -> str:
    """Less the one at this place, counted from 0. IndexError when there is none."""
    overrides(text)[place]
    return _sure(text, lambda all_: [*all_[:place], *all_[place + 1 :]], lambda: _less(text, place))


def with_week(text: str, week: Mapping[str, Sequence[str]]) -> str:
    """Other hours per weekday, for all seven; none where it is closed."""
    for name in reversed(WEEKDAYS):
        node = _value(text, "week")
        text = _with_day(text, node, name, week.get(name, ()))
    return text


def overrides(text: str) -> list[Written]:
    """Those of the text, by the words of the file."""
    found = parsed("calendar.yaml", text).as_model(CalendarFile).overrides
    return [words_of(one) for one in found]


def words_of(override: Override) -> Written:
    """An override as the file would say it."""
    words: dict[str, Any] = {
        "name": override.name,
        "source": override.source,
        "from": f"{override.since:%Y-%m-%d}",
    }
    if override.until:
        words["until"] = f"{override.until:%Y-%m-%d}"
    if override.closed:
        words["closed"] = True
    if override.hours:
        words["hours"] = spans(override.hours)
    if override.week:
        days = zip(WEEKDAYS, override.week.days, strict=True)
        words["week"] = {name: spans(day) for name, day in days if day}
    return words


def spans(hours: Sequence[Span]) -> list[str]:
    return [f"{since:%H:%M}-{until:%H:%M}" for since, until in hours]


def _sure(
    text: str, wanted: Callable[[list[Written]], list[Written]], change: Callable[[], str]
) -> str:
    """The change, if the text then says what it should; else with all overrides written anew.

    What people write is of more kinds than a change of some lines can know.
    """
    before = overrides(text)
    after = wanted(before)
    changed = change()
    try:
        if overrides(changed) == after:
            return changed
    except ConfigError:
        pass
    return _anew(text, after)


def _added(text: str, override: Written) -> str:
    node = _value(text, "overrides")
    if node is None:
        return f"{text.rstrip()}\n\noverrides:\n{_item(override, 2)}"
    if not isinstance(node, SequenceNode) or node.flow_style:
        return _anew(text, [*overrides(text), override])
    at = _next_line(text, _end(node))
    before = text[:at] if text[:at].endswith("\n") else text[:at] + "\n"
    return before + _item(override, node.start_mark.column) + text[at:]


def _less(text: str, place: int) -> str:
    node = _value(text, "overrides")
    if not isinstance(node, SequenceNode) or node.flow_style or len(node.value) == 1:
        all_ = overrides(text)
        return _anew(text, [*all_[:place], *all_[place + 1 :]])
    item = node.value[place]
    begin = text.rfind("\n", 0, item.start_mark.index) + 1
    return text[:begin] + text[_next_line(text, _end(item)) :]


def _anew(text: str, all_: Sequence[Written]) -> str:
    """The whole list written again, in the place of the old one."""
    node = _value(text, "overrides")
    if node is not None and composed("calendar.yaml", text).flow_style:  # type: ignore[union-attr]
        return text[: node.start_mark.index] + json.dumps(all_) + text[_end(node) :]
    written = "[]" if not all_ else "\n" + "".join(_item(one, 2) for one in all_).rstrip("\n")
    if node is None:
        return f"{text.rstrip()}\n\noverrides: {written}\n"
    colon = text.index(":", _key(text, "overrides").end_mark.index) + 1
    comments = text[colon : node.start_mark.index].rstrip()
    return f"{text[:colon]}{'' if all_ else ' '}{written}{comments}{text[_end(node) :]}"


def _with_day(text: str, node: Node | None, name: str, hours: Sequence[str]) -> str:
    assert isinstance(node, MappingNode)
    for key, value in node.value:
        if cast(ScalarNode, key).value != name:
            continue
        if hours or node.flow_style:
            before = text[: key.end_mark.index].rstrip()
            return f"{before}: {_hours(hours)}{text[_end(value) :]}"
        begin = text.rfind("\n", 0, key.start_mark.index) + 1
        return text[:begin] + text[_next_line(text, _end(value)) :]
    if not hours:
        return text
    if node.flow_style:
        end = node.end_mark.index - 1
        return f"{text[:end].rstrip(' ,')}, {name}: {_hours(hours)}{text[end:]}"
    at = _next_line(text, _end(node))
    before = text[:at] if text[:at].endswith("\n") else text[:at] + "\n"
    return f"{before}{' ' * node.start_mark.column}{name}: {_hours(hours)}\n{text[at:]}"


def _item(override: Written, indent: int) -> str:
    lines = []
    for name, value in override.items():
        match value:
            case bool():
                said = "true"
            case list():
                said = _hours(value)
            case dict():
                said = "{" + ", ".join(f"{day}: {_hours(h)}" for day, h in value.items()) + "}"
            case _:
                said = value if name in ("from", "until") else json.dumps(value, ensure_ascii=False)
        lines.append(f"{name}: {said}")
    first, *others = lines
    pad = " " * indent
    return "".join([f"{pad}- {first}\n", *(f"{pad}  {line}\n" for line in others)])


def _hours(hours: Sequence[str]) -> str:
    """As people write them: one span plain, a list where there is a break."""
    return hours[0] if len(hours) == 1 else "[" + ", ".join(hours) + "]"


def _value(text: str, name: str) -> Node | None:
    """What stands behind a key of the file."""
    root = composed("calendar.yaml", text)
    assert isinstance(root, MappingNode)
    return next((value for key, value in root.value if key.value == name), None)


def _key(text: str, name: str) -> Node:
    root = composed("calendar.yaml", text)
    assert isinstance(root, MappingNode)
    return cast(Node, next(key for key, _ in root.value if key.value == name))


def _end(node: Node) -> int:
    """Behind the last sign of it: YAML counts the comments after a block to the block."""
    if isinstance(node, MappingNode) and node.value and not node.flow_style:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and node.value and not node.flow_style:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _next_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1
