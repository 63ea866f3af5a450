"""The API's description (OpenAPI 3.1), made of the routes' own types."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from tickets.web.guard import CSRF
from tickets.web.problems import CONTENT_TYPE
from tickets.web.routes import Route, summary

VERSION = "1.0.0"
_ETAG = r'^"[\x21\x23-\x7e]{1,40}"$'
_KEY = r"^[\x21-\x7e]{8,100}$"
_REF = "#/components/schemas/{model}"
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole document."""
    routes = list(routes)
    schemas, definitions = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.plain_path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Saluran",
            "version": VERSION,
            "description": "The desk of the hotline: what its pages do, for programs.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": definitions | {"Problem": dict(_PROBLEM)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "saluran",
                    "description": f"Changes also need the header {CSRF}.",
                },
            },
        },
    }


_Schemas = Mapping[tuple[str, JsonSchemaMode], Mapping[str, Any]]


def _schemas(routes: Iterable[Route]) -> tuple[_Schemas, dict[str, Any]]:
    """Of every body and answer by the route's name, and what they share."""
    wanted: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = []
    for route in routes:
        if route.body is not None:
            wanted.append((route.name, "validation", TypeAdapter(route.body)))
        if route.answer is not None:
            wanted.append((route.name, "serialization", route.answer))
    schemas, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    return schemas, dict(shared.get("$defs", {}))


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    short, more = summary(route.handler)
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": short,
        "tags": [route.tag],
        "parameters": [*_path(route), *_query(route.query), *_headers(route)],
        "responses": _responses(route, schemas),
    }
    if more:
        operation["description"] = more
    if route.body is not None:
        schema = schemas[(route.name, "validation")]
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if route.takes_file:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    if route.public:
        operation["security"] = []
    return operation


def _path(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{pattern}$"},
        }
        for name, pattern in route.parameters.items()
    ]


def _query(kind: type[BaseModel] | None) -> list[dict[str, Any]]:
    if kind is None:
        return []
    schema = kind.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    found = []
    for name, given in schema["properties"].items():
        options = given.get("anyOf", [given])
        values = [one for one in options if one.get("type") != "null"]
        value = dict(values[0]) if len(values) == 1 else {"anyOf": values}
        parameter = {"name": name, "in": "query", "required": name in required, "schema": value}
        if "description" in given:
            value.pop("description", None)
            parameter["description"] = given["description"]
        if value.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
        found.append(parameter)
    return found


def _headers(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.if_match:
        found.append(_header("If-Match", True, "The ETag of the version that was seen.", _ETAG))
    if route.replayed:
        found.append(_header("Idempotency-Key", False, "Sent again, it is carried out once.", _KEY))
    return found


def _header(name: str, required: bool, description: str, pattern: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done."}
    if route.answer is not None:
        schema = schemas[(route.name, "serialization")]
        answer["content"] = {"application/json": {"schema": schema}}
    if route.stream:
        answer = {
            "description": "Events, for as long as the client stays.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    if route.kind:
        answer = {"description": "Its bytes.", "content": {route.kind: {}}}
    problem = {
        "description": "It was not carried out.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    found = {str(route.status): answer, "default": problem}
    if route.kind:
        found["206"] = answer | {"description": "The part of them that `Range` asks for."}
        found["416"] = {"description": "There is no such part."}
    return found
