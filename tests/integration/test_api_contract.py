"""The contract of the API: complete, without a warning, the same as in docs/api/, and kept by what the docs show."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.serializers import ListSerializer, Serializer

from aisrace.api.answering import Retiring
from aisrace.api.collections import Collection, Reading
from aisrace.api.examples import EXAMPLES
from aisrace.api.explaining import explain, name_kind
from aisrace.api.management.commands.write_api_schema import SNAPSHOT
from aisrace.api.problems import KINDS, Problem, answer_problem
from aisrace.api.views import build_schema, write_schema
from articles.demo import install_demo
from experts.api.people import Experts
from experts.models import Answer
from tests import site
from tests.integration.test_api import ask
from tests.make import NOW
from tests.pages import visit
from tests.programs import program

pytestmark = [pytest.mark.django_db, pytest.mark.searching, pytest.mark.one_database]
ROOT = Path(__file__).parents[2]


def test_it_is_drawn_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(public=True)
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")


def test_the_copy_in_the_repository_is_the_same() -> None:
    assert SNAPSHOT.read_bytes() == write_schema("yaml"), "renew it: manage.py write_api_schema"


def test_it_is_read_as_yaml_and_as_json(client: Client) -> None:
    as_yaml, as_json = client.get("/api/v1/schema/"), client.get("/api/v1/schema/?format=json")
    assert yaml.safe_load(as_yaml.content) == as_json.json()
    assert as_json.json()["paths"].keys() == build_schema()["paths"].keys()
    assert client.get("/api/v1/schema/", headers={"Accept": "application/json"}).content == as_json.content
    assert client.get("/api/v1/schema/", headers={"If-None-Match": as_yaml["ETag"]}).status_code == 304
    ask(client, "/api/v1/schema/?format=xml", 400)


def find_paths() -> set[str]:
    """Every address under /api/v1/ that is answered by a view of REST framework, as OpenAPI writes it."""

    def walk(patterns: list[Any], prefix: str) -> set[str]:
        found = set()
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found |= walk(pattern.url_patterns, path)
            elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
                found.add(path)
        return found

    return walk(get_resolver().url_patterns, "/")


def test_every_address_is_in_it() -> None:
    written = {path.replace("{key}", "<>") for path in build_schema()["paths"]}
    there = {path.replace("<slug:key>", "<>").replace("<key:key>", "<>") for path in find_paths()}
    assert there - written == set()


def test_every_reading_operation_says_what_it_takes_and_gives() -> None:
    for path, methods in build_schema()["paths"].items():
        told = methods.get("get")
        if not told:
            continue
        assert told["description"], path
        assert all(parameter["description"] for parameter in told.get("parameters", ())), path
        # Whoever asks for a file by its name gets it, whatever else they would rather have.
        is_file = "application/json" not in told["responses"]["200"]["content"]
        assert {"200", "400", *(() if is_file else ("404", "406"))} <= told["responses"].keys(), path


def test_the_docs_are_readable_without_anything_else(client: Client) -> None:
    page = visit(client, "/api/v1/docs/")
    for part in ("articles", "positions", "compare", "comments"):
        assert f"/api/v1/{part}/" in page.source
        assert any(element["id"] == part for element in page.elements)
    anchors = {element["id"] for element in page.elements}
    assert {link[1:] for link in page.links if link.startswith("#")} <= anchors
    assert not [load for load in page.loads if urlsplit(load).netloc]


def test_problems_are_explained_where_they_lead(client: Client) -> None:
    anchors = {element["id"] for element in visit(client, "/api/v1/docs/").elements}
    problems = [
        ask(client, "/api/v1/experts/?x=1", 400),
        ask(client, "/api/v1/experts/nobody/", 404),
        ask(client, "/api/v1/experts/?expert=nobody&cursor=abc", 400),
        ask(client, "/api/v1/experts/?cursor=abc", 404),
        ask(client, "/api/v1/experts/", 406, Accept="text/csv"),
        client.delete("/api/v1/experts/").json(),
        ask(client, "/api/v1/experts/", 400, Host="forged.example"),
    ]
    for problem in problems:
        place, _, anchor = problem["type"].partition("#")
        assert (place, anchor in anchors) == (f"{settings.SITE_URL}/api/v1/docs/", True), problem


def find_raised() -> Iterator[tuple[int | None, str]]:
    """The status and the kind of every problem that our code makes, where they are written down there."""
    rooms = (ROOT / room for room in ("aisrace", "articles", "comments", "experts"))
    sources = (path.read_text() for room in rooms for path in room.rglob("*.py"))
    ours = ("aisrace.api.problems import", "class Problem(Exception)")
    for source in (source for source in sources if any(words in source for words in ours)):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                status, *rest = [getattr(argument, "value", None) for argument in node.args]
                yield status, rest[1] if len(rest) > 1 else ""


def test_every_kind_of_problem_is_explained(client: Client) -> None:
    anchors = {element["id"] for element in visit(client, "/api/v1/docs/").elements}
    raised = set(find_raised())
    assert len(raised) >= 20
    assert not {kind for _, kind in raised if kind} - anchors
    assert not {status for status, kind in raised if isinstance(status, int) and not kind} - {*KINDS}
    assert not {*KINDS.values()} - anchors
    assert json.loads(answer_problem(Problem(418, "")).content)["type"] == "about:blank"


# What the small site answers to each of the examples; of lists the beginning.
SHOWN: dict[str, Any] = {
    "articles/": {"count": 1, "next": None, "results": [{"headline": "Who believes in night trains"}]},
    "articles/night-trains/": {
        "headline": "Who believes in night trains",
        "tallies": [{"question": {"label": "trains"}, "n": 5, "off_axis_n": 0, "blank_n": 0}],
    },
    "editions/": {"count": 2, "results": [{"number": 1, "kind": "first", "state": "replaced"}]},
    "experts/ada/": {"name": "Ada Fernwick", "role": "Engineer, Signal Works"},
    "questions/trains/": {"label": "trains", "tally": {"n": 5, "off_axis_n": 0, "blank_n": 0}},
    "search/": {"count": 7, "results": [{"title": "Will night trains carry more people than planes by 2040?"}]},
    "positions/": {"count": 6},
    "compare/": {"agreements": [{"experts": ["ada", "bo"], "n": 6, "exact": 3, "is_claimed": True}]},
    "quotes/": {"results": [{"words": "They will, and on time.", "source": {"title": "A speech on platform nine"}}]},
    "comments/": {"count": 26, "previous": None},
}


def read_examples(client: Client) -> list[str]:
    """The addresses that the documentation tells to ask."""
    found = [re.match(r"curl '([^']+)'$", code.text) for code in visit(client, "/api/v1/docs/").find("pre")]
    return [told[1].removeprefix(settings.SITE_URL) for told in found if told]


def test_the_examples_of_the_docs_are_answered(client: Client) -> None:
    site.build()
    examples = {address.removeprefix("/api/v1/").split("?")[0]: address for address in read_examples(client)}
    assert len(examples) == len(EXAMPLES)
    assert examples.keys() == SHOWN.keys()
    for path, address in examples.items():
        answer = ask(client, address)
        assert holds(answer, SHOWN[path]), (address, answer)


def holds(answer: Any, shown: Any) -> bool:
    """Whether what is shown is a piece of the answer; of lists the beginning."""
    if isinstance(shown, dict):
        return all(name in answer and holds(answer[name], value) for name, value in shown.items())
    if isinstance(shown, list):
        return len(answer) >= len(shown) and all(map(holds, answer, shown))
    return bool(answer == shown)


def test_the_examples_are_made_for_the_site_that_shows_them(client: Client) -> None:
    """The demo has other names; every example leads to something there."""
    install_demo(NOW)
    examples = read_examples(client)
    assert len(examples) == len(EXAMPLES)
    assert "/api/v1/experts/david-sacks/" in {address.split("?")[0] for address in examples}
    for address in examples:
        answer = ask(client, address)
        assert answer.get("count", 1) > 0 or address.startswith("/api/v1/comments/"), address
        assert answer.get("agreements") != []


def test_a_site_without_content_shows_no_example_that_it_could_not_answer(client: Client) -> None:
    page = visit(client, "/api/v1/docs/")
    assert page.words.count("There is nothing on this site yet to show it with.") == len(EXAMPLES) - 2
    assert "Recording a position" not in page.words
    for address in read_examples(client):
        assert ask(client, address)["count"] == 0


def test_the_position_that_the_docs_record_is_recorded(client: Client) -> None:
    """As it is copied into a shell, whatever there is in a name."""
    site.build()
    Answer.objects.filter(label="Very likely").update(label="It's \\ “very” likely")
    (code,) = (code.text for code in visit(client, "/api/v1/docs/").find("pre") if " -d '" in code.text)
    command = shlex.split(code.replace(" \\ -H", " -H"))
    headers = dict(command[n + 1].split(": ", 1) for n, word in enumerate(command) if word == "-H")
    assert headers.pop("Authorization") == "Bearer aisrace_…"
    path = command[1].removeprefix(f"{settings.SITE_URL}/api/v1")
    body = command[command.index("-d") + 1].encode()
    answer = program("editor").post(path, body, content_type=headers.pop("Content-Type"), **headers)
    assert answer.status_code == 201, answer.content
    assert Answer.objects.get(pk=answer.json()["answer"]).label == "It's \\ “very” likely"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["string", "null"], "format": "date"}, "day or null"),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}, "number or text or null"),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Answer"}]}, "object or null"),
        ({"oneOf": [{"type": "string", "minLength": 1}, {"type": "string", "maxLength": 0}]}, "text"),
        ({"anyOf": [{"type": "array"}, {"type": "boolean"}]}, "list or true or false"),
        ({"type": "object", "additionalProperties": {}}, "object"),
        ({"enum": ["a", "b", ""], "type": "string"}, "`a` | `b` or empty"),
    ],
)
def test_kinds_are_told_in_words(schema: dict[str, Any], kind: str) -> None:
    assert name_kind(schema) == kind


def test_the_docs_tell_kinds_choices_and_what_is_required(client: Client) -> None:
    page = visit(client, "/api/v1/docs/")
    assert "* -" not in page.words
    assert "`" not in page.words
    lines = [line for part in explain(build_schema()) for o in part.operations for line in (*o.parameters, *o.sent)]
    assert [line for line in lines if not line.kind or line.kind == "null"] == []
    recorded = next(d for d in page.find("details") if d.texts("summary") == ["POST /api/v1/positions/"])
    told = dict(zip(recorded.texts("dt"), recorded.texts("dd"), strict=True))
    assert "expert text, required" in told
    assert "answer number or text or null" in told
    assert "dating `stated` | `reported`".replace("`", "") in told
    assert {"primary Primary", "secondary Reported by others"} <= {*page.texts("li")}


def test_answers_hold_what_is_declared_and_nothing_else() -> None:
    site.build()
    client = Client()
    for view in find_views():
        if not issubclass(view, Collection):
            continue
        included = f"?include={','.join(view.include)}" if view.include else ""
        rows = ask(client, f"/api/v1/{view.place}/{included}")["results"]
        assert rows, view
        for row in rows:
            assert_declared(row, view.serializer_class(), view.place)


def find_views() -> set[type[Reading]]:
    def walk(patterns: list[Any]) -> set[Any]:
        found = set()
        for pattern in patterns:
            found |= walk(pattern.url_patterns) if isinstance(pattern, URLResolver) else {pattern.callback}
        return found

    classes = {getattr(callback, "cls", None) for callback in walk(get_resolver().url_patterns)}
    return {cls for cls in classes if cls and issubclass(cls, Reading)}


def assert_declared(row: Any, serializer: Serializer, path: str) -> None:
    assert set(row) == set(serializer.fields), path
    for name, field in serializer.fields.items():
        inner = field.child if isinstance(field, ListSerializer) else field
        if isinstance(inner, Serializer) and row[name]:
            for one in row[name] if isinstance(row[name], list) else [row[name]]:
                assert_declared(one, inner, f"{path}.{name}")


def test_what_is_going_away_says_so() -> None:
    class Old(Experts):
        retiring = Retiring(date(2026, 1, 1), date(2027, 1, 1), "/api/v1/experts/")

    response = Old.as_view({"get": "list"})(RequestFactory().get("/api/v1/old/"))
    assert response["Deprecation"] == "@1767225600"
    assert response["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert response["Link"] == '</api/v1/experts/>; rel="successor-version"'
