"""Whatever the API's description allows, and much that it does not: never a mistake of ours, and
answers as described (schemathesis makes the requests)."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from tests.web.fake_phone import SARI, FakePhone
from tests.web.seeded import seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import RIGHTS, Role
from tickets.web.app import routes
from tickets.web.openapi import describe

EXAMPLES = 4
"""Of each operation and mode; the same in each run."""
AS_DESCRIBED: list[Any] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
]
STREAMS = {route.plain_path for route in routes() if route.stream}
SCHEMA = schemathesis.openapi.from_dict(describe(routes()))

Case = schemathesis.Case[Any]
Judge = Callable[[Case, schemathesis.Response], None]


def ask_everything(address: str, headers: Mapping[str, str], judge: Judge) -> int:
    """Ask each operation with good and with bad data; how many requests those were."""
    asked = 0
    for found in SCHEMA.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path in STREAMS:
            continue
        for mode in GenerationMode:

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Case) -> None:
                nonlocal asked
                asked += 1
                judge(case, case.call(base_url=address, headers=dict(headers)))

            try:
                one()
            except schemathesis.errors.SchemathesisError:
                # Some operations have nothing that could be bad.
                if mode is not GenerationMode.NEGATIVE:
                    raise
    return asked


async def test_with_a_token_every_answer_is_as_described(
    visitors: Visitors, desk: PostgresDesk, phone: FakePhone
) -> None:
    phone.shows(SARI)
    await seed(desk)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    body = {
        "name": "all of it",
        "scopes": sorted(RIGHTS[Role.SUPERVISOR]),
        "ends_at": "2026-12-27T00:00:00Z",
    }
    token = (await supervisor.post("/tokens", body)).json["token"]

    def judge(case: Case, response: schemathesis.Response) -> None:
        case.validate_response(response, checks=AS_DESCRIBED)

    headers = {"Authorization": f"Bearer {token}"}
    asked = await asyncio.to_thread(ask_everything, visitors.address.rstrip("/"), headers, judge)
    assert asked > 100


async def test_without_one_nobody_gets_further_than_the_door(visitors: Visitors) -> None:
    def judge(case: Case, response: schemathesis.Response) -> None:
        case.validate_response(response, checks=AS_DESCRIBED)
        if case.operation.label != "POST /api/v1/session":
            assert response.status_code in (401, 404, 405, 415), response.text

    asked = await asyncio.to_thread(ask_everything, visitors.address.rstrip("/"), {}, judge)
    assert asked > 100
