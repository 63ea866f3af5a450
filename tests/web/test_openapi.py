"""The API's description is whole, and true of what the API answers."""

from typing import Any

import jsonschema
import pytest

from tests.web.seeded import OPEN, Seeded, seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.web.app import routes
from tickets.web.openapi import describe

DOCUMENT = describe(routes())


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def supervisor(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.SUPERVISOR)


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def refs(value: Any) -> set[str]:
    """Every reference in a piece of the document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(refs, value.values()))
    return set().union(*map(refs, value)) if isinstance(value, list) else set()


async def test_it_is_served_to_everybody(visitors: Visitors) -> None:
    reply = await visitors.stranger().get("/api/v1/openapi.json")
    assert (reply.status, reply.json) == (200, DOCUMENT)


def test_every_route_is_described_in_words_under_a_name_of_its_own() -> None:
    assert len(operations()) == len(routes())
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    for _, _, operation in operations():
        assert operation["summary"].endswith(".")


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert refs(DOCUMENT) <= known


def test_every_place_in_a_path_is_a_parameter() -> None:
    for path, _, operation in operations():
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert all(f"{{{name}}}" in path for name in named)
        assert path.count("{") == len(named)


async def test_answers_are_as_described(supervisor: Visitor, seeded: Seeded) -> None:
    asked = {
        "/api/v1/session": {},
        "/api/v1/tickets": {},
        "/api/v1/tickets/{number}": {"number": OPEN},
        "/api/v1/people": {},
        "/api/v1/calls": {},
        "/api/v1/calls/{id}": {"id": str(seeded.open.id)},
        "/api/v1/callbacks": {},
        "/api/v1/callbacks/{id}": {"id": seeded.open_callback},
        "/api/v1/line/closures": {},
        "/api/v1/reports/callbacks": {},
        "/api/v1/audit": {},
        "/api/v1/tokens": {},
    }
    for path, places in asked.items():
        reply = await supervisor.get(path.format(**places))
        assert reply.status == 200, (path, reply.text)
        answer = DOCUMENT["paths"][path]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"] | {
            "components": DOCUMENT["components"]
        }
        jsonschema.Draft202012Validator(schema).validate(reply.json)


async def test_a_problem_is_as_described(supervisor: Visitor) -> None:
    reply = await supervisor.post("/tickets", {"category": "NONE"})
    jsonschema.Draft202012Validator(DOCUMENT["components"]["schemas"]["Problem"]).validate(
        reply.json
    )
