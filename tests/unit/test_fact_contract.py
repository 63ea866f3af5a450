"""The facts that the phone side writes are the facts that the ticket side reads."""

import dataclasses
import inspect
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import AwareDatetime

import ivr.facts
import ivr.facts_queue  # its facts are in ivr.facts.FACTS by this
import ivr.facts_training
import ivr.ports
import ivr.ports_queue
import tickets.facts
from config.settings_groups import Category
from ivr import slot_book
from ivr.ids import new_id
from tickets import agents, callbacks, desk, enquiries, lifecycle

READERS: dict[str, Any] = {
    get_args(get_type_hints(model)["kind"])[0]: model for model in get_args(tickets.facts.Fact)
}


def test_both_sides_know_the_same_kinds() -> None:
    assert READERS.keys() == ivr.facts.FACTS.keys()


@pytest.mark.parametrize("kind", ivr.facts.FACTS)
def test_a_kind_has_the_same_fields_on_both_sides(kind: str) -> None:
    writer, reader = ivr.facts.FACTS[kind], READERS[kind]
    written, read = get_type_hints(writer), get_type_hints(reader)
    fields = {field.name for field in dataclasses.fields(writer)}
    assert reader.model_fields.keys() - {"kind"} == fields
    types = {name: plain(read[name]) for name in fields}
    assert types == {name: written[name] for name in fields}


@pytest.mark.parametrize("kind", ivr.facts.FACTS)
def test_a_field_has_the_same_default_on_both_sides(kind: str) -> None:
    written = {
        field.name: (field.default_factory() if callable(field.default_factory) else field.default)
        for field in dataclasses.fields(ivr.facts.FACTS[kind])
    }
    read = {
        name: dataclasses.MISSING
        if field.is_required()
        else field.get_default(call_default_factory=True)
        for name, field in READERS[kind].model_fields.items()
        if name != "kind"
    }
    assert read == written


def test_what_is_written_is_read_back() -> None:
    at = datetime(2026, 11, 27, 8, 0, 0, 123456, tzinfo=UTC)
    fact = ivr.facts.CallEnded(id=new_id(), call=new_id(), at=at, outcome="agent", step="operator")
    read = tickets.facts.read(fact.to_json())
    assert read.model_dump() == {"kind": "call_ended"} | dataclasses.asdict(fact)


def test_the_desk_has_every_method_of_the_ports_with_the_same_parameters() -> None:
    assert_fits(desk.PostgresDesk, ivr.ports.Desk)
    for port in (ivr.ports_queue.CallbackDesk, ivr.ports_queue.CallerMemory, slot_book.Bookings):
        assert_fits(callbacks.Callbacks, port)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (desk.Person, ivr.ports.Person),
        (desk.LiveCallback, ivr.ports.LiveCallback),
        (desk.Training, ivr.ports.Training),
        (enquiries.TicketState, ivr.ports.TicketState),
        (agents.Agent, ivr.ports_queue.Agent),
        (callbacks.DueCallback, ivr.ports_queue.DueCallback),
        (callbacks.LastTalk, ivr.ports_queue.LastTalk),
    ],
)
def test_what_the_desk_answers_has_the_fields_of_the_port(given: type, wanted: type) -> None:
    assert [field.name for field in dataclasses.fields(given)] == [
        field.name for field in dataclasses.fields(wanted)
    ]


def test_settings_and_life_cycle_know_the_same_categories() -> None:
    assert set(get_args(Category)) == lifecycle.CATEGORIES


def assert_fits(given: type, port: type) -> None:
    wanted = dict(inspect.getmembers(port, inspect.isfunction))
    for name, method in wanted.items():
        if not name.startswith("_"):
            assert parameters(getattr(given, name)) == parameters(method)


def plain(read: Any) -> Any:
    """A reader's type as its writer has it."""
    if read is AwareDatetime:
        return datetime
    return read if read != (AwareDatetime | None) else (datetime | None)


def parameters(method: Any) -> list[str]:
    return list(inspect.signature(method).parameters)
