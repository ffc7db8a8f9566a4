"""The contract laid out for people: what the page of documentation prints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
NAMES = {"integer": "number", "number": "number", "boolean": "true or false", "array": "list", "string": "text"}
NAMES |= {"object": "object"}
FORMATS = {"date": "day", "date-time": "moment", "uri": "address"}
DEEPEST = 3  # levels of fields inside fields that are printed
MEANING = re.compile(r"^\* `(.*)` - (.*)$", re.MULTILINE)  # as drf-spectacular adds what the values of a choice mean


@dataclass(frozen=True)
class Line:
    """A parameter or a field: `level` is how deep inside another, `values` what choices mean where that is told."""

    name: str
    kind: str
    about: str
    level: int
    is_required: bool
    values: list[tuple[str, str]]


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    about: str
    is_retiring: bool
    parameters: list[Line]
    sent: list[Line]


@dataclass(frozen=True)
class Part:
    """One collection: what can be done with it, and what a row of it holds."""

    name: str
    operations: list[Operation]
    fields: list[Line]


def explain(schema: dict[str, Any]) -> list[Part]:
    parts: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                parts.setdefault(methods[method]["tags"][0], []).append((method, path, methods[method]))
    return [explain_part(name, found, schema) for name, found in parts.items()]


def explain_part(name: str, found: list[tuple[str, str, dict[str, Any]]], schema: dict[str, Any]) -> Part:
    operations = [
        Operation(
            method.upper(),
            path,
            operation.get("description", ""),
            operation.get("deprecated", False),
            [
                lay_line(p["name"], p["schema"] | {"description": p.get("description", "")}, p.get("required", False))
                for p in operation.get("parameters", ())
            ],
            list_fields(find_body(operation.get("requestBody", {})), schema),
        )
        for method, path, operation in found
    ]
    rows = [find_row(operation, schema) for method, _, operation in found if method == "get"]
    fields = max((list_fields(row, schema) for row in rows), key=len, default=[])
    return Part(name, operations, fields)


def find_body(holder: dict[str, Any]) -> dict[str, Any]:
    return next((media.get("schema", {}) for media in holder.get("content", {}).values()), {})


def find_row(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Of a list what stands in it."""
    body = resolve(find_body(operation["responses"].get("200", {})), schema)
    results = body.get("properties", {}).get("results")
    return results["items"] if results else body


def resolve(found: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to, with the description that stands beside it."""
    for one in (found, *found.get("allOf", ()), *found.get("oneOf", ())):
        if "$ref" in one:
            target = schema["components"]["schemas"][one["$ref"].rsplit("/", 1)[-1]]
            return target | ({"description": found["description"]} if "description" in found else {})
    return found


def list_fields(found: dict[str, Any], schema: dict[str, Any], level: int = 0) -> list[Line]:
    return list(walk(found, schema, level))


def walk(found: dict[str, Any], schema: dict[str, Any], level: int) -> Iterator[Line]:
    told = resolve(found, schema)
    for name, inner in told.get("properties", {}).items():
        held = resolve(inner["items"], schema) if "items" in inner else resolve(inner, schema)
        yield lay_line(name, inner, name in told.get("required", ()), level)
        if "properties" in held and level + 1 < DEEPEST:
            yield from walk(held, schema, level + 1)


def lay_line(name: str, schema: dict[str, Any], is_required: bool, level: int = 0) -> Line:
    about = schema.get("description", "")
    values = [(value, meaning) for value, meaning in MEANING.findall(about) if value]
    kind = name_kind(schema)
    if any(value.casefold() != meaning.casefold() for value, meaning in values):
        kind = "one of these" + " or empty" * ("" in schema.get("enum", ()))
    else:
        values = []
    return Line(name, kind, MEANING.sub("", about).strip(), level, is_required, values)


def name_kind(schema: dict[str, Any]) -> str:
    """In a word or two."""
    kinds = dict.fromkeys(list_kinds(schema))
    return " or ".join([kind for kind in kinds if kind != "null"] + [kind for kind in kinds if kind == "null"])


def list_kinds(schema: dict[str, Any]) -> Iterator[str]:
    """Each kind of value that it takes; a reference leads to an object."""
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from list_kinds(one)
    if "$ref" in schema:
        yield "object"
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "enum" in schema:
        yield " | ".join(f"`{value}`" for value in schema["enum"] if value)
        yield from ["empty"] * ("" in schema["enum"])
    else:
        yield from (FORMATS.get(schema.get("format", ""), NAMES[kind]) for kind in types if kind != "null")
    yield from ["null"] * ("null" in types)
