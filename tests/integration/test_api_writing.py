"""Writing by programs: keys and scopes, strict bodies, versions, and what is sent twice."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from aisrace.api.models import GivenAnswer
from articles.models import Article
from comments.models import Comment
from experts.models import Position, Source
from tests import make
from tests.hostile import TEXTS
from tests.programs import API, Program, pointers, program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]

SOURCE = {"title": "Notes from the sleeping car", "publisher": "The Timetable", "url": "https://example.org/notes"}
SAID = {"expert": "ada", "question": "trains", "answer": "Likely", "stated_on": "2025-01-31"}
DRAFT = {"headline": "Who believes in night trains", "body": "<p>It begins.</p>"}
# Every way to write, with a body that is taken, and the scope that it takes.
WAYS = [("post", "/positions/", SAID, "write:record"), ("post", "/articles/", DRAFT, "write:articles")]


@pytest.fixture
def _record() -> None:
    make.expert("Ada Fernwick", slug="ada")
    make.question("Will night trains outrun planes?", slug="trains")


@pytest.fixture
def editor(_record: None, request: Any) -> Program:
    """Where transactions are real, the groups of the desk are not there: then a superuser."""
    if "transactional_db" in request.fixturenames or request.node.get_closest_marker("django_db").kwargs:
        return Program(make.user("admin", is_staff=True, is_superuser=True))
    return program("editor")


def count_rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Position, Source, Article, Comment, GivenAnswer))


# --- Keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(("method", "place", "body", "scope"), WAYS)
def test_writing_takes_a_key_with_the_scope(method: str, place: str, body: Any, scope: str) -> None:
    nobody, reader = Program(None), program("editor", "read", "write:comments")
    refused = nobody.send(method, place, body, {})
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    refused = reader.send(method, place, body, {})
    assert (refused.status_code, refused.json()["scope"]) == (403, scope)
    assert "insufficient_scope" in refused["WWW-Authenticate"]
    mine = Program(User.objects.get(username="editor"), scope)
    assert mine.send(method, place, body, {}).status_code == 201


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(("method", "place", "body", "scope"), WAYS)
def test_a_key_does_no_more_than_its_person(method: str, place: str, body: Any, scope: str) -> None:
    """With every scope there is: a scope gives nothing that the desk does not."""
    before = count_rows()
    assert program("moderator").send(method, place, body, {}).status_code == 403
    assert count_rows() == before


@pytest.mark.usefixtures("_record")
def test_a_session_writes_nothing() -> None:
    """No cookie counts, so that no page can make an editor's browser write: a CSRF token would guard nothing."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make.user("admin", is_staff=True, is_superuser=True))
    for method, place, body, _ in WAYS:
        answer = browser.generic(method.upper(), API + place, str(body), content_type="application/json")
        assert answer.status_code == 401
    plain = browser.post(f"{API}/comments/", "{}", content_type="text/plain")
    assert plain.status_code == 415
    assert "access-control-allow-origin" not in plain.headers
    asked = browser.options(
        f"{API}/positions/", headers={"Access-Control-Request-Method": "POST", "Origin": "https://x.org"}
    )
    assert "POST" not in asked["Access-Control-Allow-Methods"]


# --- Bodies ----------------------------------------------------------------------------------------------------------

HOSTILE = {
    "deep": (b'{"expert": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
    "ten megabytes": (b'{"summary": "' + b"x" * 10_000_000 + b'"}', 413),
    "NUL": (b'{"summary": "a\\u0000b"}', 400),
    "half a pair": (b'{"summary": "\\ud800"}', 400),
    "NaN": (b'{"confidence": NaN}', 400),
    "a name twice": (b'{"expert": "ada", "expert": "bo"}', 400),
    "nothing": (b"", 415),
    "blank": (b" ", 400),
    "no object": (b"[]", 400),
    "a number": (b"1", 400),
    "null": (b"null", 400),
    "a text": (b'"ada"', 400),
    "a field that there is not": (b'{"id": 1, "version": 2}', 400),
    "a field of Python": (b'{"__class__": {"a": 1}}', 400),
    "an empty name": (b'{"": 1}', 400),
    "a name that would be a path": (b'{"a/b~c": 1}', 400),
}


@pytest.mark.parametrize(("body", "status"), HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("place", ["/positions/", "/articles/", "/comments/"])
def test_hostile_bodies_write_nothing(editor: Program, place: str, body: bytes, status: int) -> None:
    for sender in (editor, Program(None)) if place == "/comments/" else (editor,):
        before = count_rows()
        answer = sender.post(place, body)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
        assert count_rows() == before


WRONG_TYPES = [None, True, 1, -1, 1.5, 2**63, "", "x" * 10_000, [], {}, [1], {"a": 1}, [[]], ["x"], [{}], "2025-13-01"]


@pytest.mark.parametrize("place", ["/positions/", "/articles/"])
def test_wrong_types_are_refused_or_make_sense(editor: Program, place: str) -> None:
    """Field by field, every kind of value: 4xx that names the field, or a row."""
    names = [
        "expert",
        "question",
        "answer",
        "blank",
        "stated_on",
        "dating",
        "confidence",
        "summary",
        "source",
        "quotes",
    ]
    if place == "/articles/":
        names = ["headline", "slug", "body", "as_of", "questions", "authors", "verdict_positions", "sections"]
    for name in names:
        for value in WRONG_TYPES:
            answer = editor.post(place, (SAID if place == "/positions/" else DRAFT) | {name: value})
            assert answer.status_code in (201, 400), (name, value, answer.content)
            if answer.status_code == 400:
                place_of = pointers(answer)
                assert any(one == "" or one.startswith(f"/{name}") for one in place_of), (name, value, place_of)
            Position.objects.all().delete()


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_words_are_cleaned_or_refused(editor: Program, text: str) -> None:
    quotes = [{"words": text, "locator": text[:200], "language": text[:35]}]
    body = SAID | {"summary": text, "quotes": quotes, "source": {"title": text[:300], "url": text}}
    assert editor.post("/positions/", body).status_code in (201, 400)
    assert editor.post("/positions/", SAID | {"expert": text}).status_code == 400
    sections = [{"heading": text[:200], "body": text}]
    draft = {"headline": text[:200], "body": text, "verdict": text, "sections": sections}
    assert editor.post("/articles/", draft).status_code in (201, 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(editor: Program, kind: str) -> None:
    assert editor.post("/positions/", SAID, content_type=kind).status_code == 415
    assert editor.post("/positions/", SAID, content_type="application/json; charset=utf-8").status_code == 201


def test_parameters_are_refused_here_too(editor: Program) -> None:
    for place, body in (("/positions/", SAID), ("/articles/", DRAFT)):
        assert editor.post(f"{place}?dry_run=1", body).status_code == 400
    assert not Position.objects.exists()


# --- Versions --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["/positions/", "/articles/"])
def made(editor: Program, request: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A place, a change and another."""
    first = editor.post(request.param, SAID if request.param == "/positions/" else DRAFT)
    place = first["Location"].partition(API)[2]
    field = "summary" if request.param == "/positions/" else "standfirst"
    return place, {field: "One."}, {field: "Two."}


def test_a_change_says_which_version_it_began_from(editor: Program, made: Any) -> None:
    place, one, two = made
    tag = editor.get(place)["ETag"]
    for missing in ({}, {"If_Match": ""}, {"If_Match": "*"}):
        assert editor.patch(place, one, **missing).status_code == 428
    first = editor.patch(place, one, If_Match=tag)
    assert (first.status_code, first["ETag"], first.json()["version"]) == (200, '"2"', 2)
    assert first["Cache-Control"] == "private, no-store"
    stale = editor.patch(place, two, If_Match=tag)
    assert (stale.status_code, stale["ETag"], stale.json()["version"]) == (412, '"2"', 2)
    assert stale.json()["type"].endswith("#overtaken")
    for wrong in ('"1"', '"3"', '"x"', "2.0", "2", '"2', ",", '""', 'W/""', '"", ""', '"1", "7"', "W/", '"*"', "é"):
        assert editor.patch(place, two, If_Match=wrong).status_code == 412, wrong
    assert editor.get(place).json()["version"] == 2
    assert editor.patch(place, two, If_Match='"9", W/"2"').status_code == 200


def test_a_tag_that_was_packed_stands_for_the_same(editor: Program, made: Any) -> None:
    place, one, _ = made
    assert editor.patch(place, one, If_Match='W/"1"').status_code == 200
    assert editor.patch(place, {}, If_Match='"1", "2"').status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_too_late(editor: Program, made: Any) -> None:
    place, one, two = made
    tag, barrier = editor.get(place)["ETag"], Barrier(2)
    said: list[int] = []

    def change(body: dict[str, Any]) -> None:
        try:
            barrier.wait()
            said.append(editor.patch(place, body, If_Match=tag).status_code)
        finally:
            connections.close_all()

    run(*(Thread(target=change, args=[body]) for body in (one, two)))
    assert sorted(said) == [200, 412]
    assert editor.get(place).json()["version"] == 2


def run(*threads: Thread) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


# --- Sent twice ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "place", "body", "scope"), WAYS)
def test_the_same_key_gets_the_same_answer(editor: Program, method: str, place: str, body: Any, scope: str) -> None:
    first = editor.send(method, place, body, {"Idempotency_Key": "a-1"})
    rows = count_rows()
    again = editor.send(method, place, dict(reversed(body.items())), {"Idempotency_Key": '"a-1"'})
    assert (again.status_code, again.content) == (201, first.content)
    assert {name: again[name] for name in ("ETag", "Location", "Content-Type")} == {
        name: first[name] for name in ("ETag", "Location", "Content-Type")
    }
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = editor.send(
        method, place, body | {"summary" if place == "/positions/" else "verdict": "x"}, {"Idempotency_Key": "a-1"}
    )
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert count_rows() == rows


def test_a_change_may_be_sent_twice_too(editor: Program, made: Any) -> None:
    place, one, _ = made
    first, again = (editor.patch(place, one, If_Match='"1"', Idempotency_Key="b") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)


def test_what_was_refused_may_be_sent_again_mended(editor: Program) -> None:
    assert editor.post("/positions/", SAID | {"answer": "Perhaps"}, Idempotency_Key="c").status_code == 400
    assert editor.post("/positions/", SAID, Idempotency_Key="c").status_code == 201


@pytest.mark.parametrize("name", ["", "  ", '""', "x" * 256, "é", "a\tb", "a b", "a, b", 'a"b'])
def test_a_key_for_repeating_is_short_and_plain(editor: Program, name: str) -> None:
    assert editor.post("/positions/", SAID, Idempotency_Key=name).status_code == 400
    assert not Position.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_record_one_position(editor: Program) -> None:
    barrier, said = Barrier(20), []

    def send() -> None:
        try:
            barrier.wait()
            answer = editor.post("/positions/", SAID | {"source": SOURCE}, Idempotency_Key="d")
            said.append((answer.status_code, answer.content if answer.status_code == 201 else b""))
        finally:
            connections.close_all()

    run(*(Thread(target=send) for _ in range(20)))
    assert len(said) == 20
    assert {status for status, _ in said} <= {201, 409}
    assert len({body for status, body in said if status == 201}) == 1
    assert (Position.objects.count(), Source.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_without_a_key_record_one_position(editor: Program) -> None:
    barrier, said = Barrier(8), []

    def send() -> None:
        try:
            barrier.wait()
            said.append(editor.post("/positions/", SAID).status_code)
        finally:
            connections.close_all()

    run(*(Thread(target=send) for _ in range(8)))
    assert sorted(said) == [201] + [400] * 7
    assert Position.objects.count() == 1


def test_a_deleted_row_is_gone(editor: Program, made: Any) -> None:
    place, one, _ = made
    Position.objects.all().delete()
    Article.objects.all().delete()
    assert editor.get(place).status_code == 404
    assert editor.patch(place, one, If_Match='"1"').status_code == 404
