"""How the API answers: lists, rows, fields, paging, tags, errors."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from experts.models import Expert
from tests import cast, make
from tests.hostile import TEXTS

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
EXPERTS = "/api/v1/experts/"


@pytest.fixture
def record() -> cast.Record:
    return cast.record()


def ask(client: Client, address: str, status: int = 200, **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content[:500]
    kind = "application/json" if status < 400 else "application/problem+json"
    assert response["Content-Type"] == kind
    return response.json()


def test_the_front_door_leads_everywhere(client: Client) -> None:
    root = ask(client, "/api/v1/")
    for address in root["collections"].values():
        ask(client, address.removeprefix("http://testserver"))


def test_a_list_and_its_rows(client: Client, record: cast.Record) -> None:
    found = ask(client, EXPERTS)
    assert (found["count"], found["next"], found["previous"]) == (5, None, None)
    assert [row["slug"] for row in found["results"]] == ["ada", "bo", "cato", "dara", "elm"]
    ada = ask(client, EXPERTS + "ada/")
    assert ada == found["results"][0]
    assert ada["url"] == "http://testserver/api/v1/experts/ada/"
    assert ada["page"] == "http://testserver/experts/ada/"
    assert "affiliations" not in ada


def test_fields_and_includes(client: Client, record: cast.Record) -> None:
    assert ask(client, EXPERTS + "ada/?fields=slug") == {"slug": "ada"}
    ada = ask(client, EXPERTS + "ada/?fields=name&include=affiliations")
    assert [role["organisation"] for role in ada["affiliations"]] == ["Harbour College", "Signal Works"]
    assert list(ada) == ["name", "affiliations"]
    roles = ask(client, EXPERTS + "ada/?fields=affiliations.organisation")["affiliations"]
    assert roles == [{"organisation": "Harbour College"}, {"organisation": "Signal Works"}]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("nonsense=1", "nonsense", "There is no parameter"),
        ("fields=name,secret", "fields", "“secret” is not one"),
        ("fields=portrait.secret", "fields", "“secret” is not one"),
        ("fields=name.first", "fields", "nothing can be named inside “name”"),
        ("fields=", "fields", "“” is not one"),
        ("include=secrets", "include", "“secrets” cannot"),
        ("kind=alien", "kind", "one of person, organisation"),
        ("kind=person&kind=person", "kind", "once"),
        ("ordering=bio", "ordering", "one of name, -name"),
        ("page=0", "page", "whole number"),
        ("page_size=101", "page_size", "from 1 to 100"),
        ("cursor=a%20b", "cursor", "an answer has given"),
        ("q=a%0Ab", "q", "control characters"),
        ("as_of=2025-02-30", "as_of", "a day"),
        ("q=%00", "q", "control characters"),
        ("q=%ed%a0%80", "q", "control characters"),
        ("q=%20", "q", "1 to 200"),
        ("q=" + "x" * 10_000, "q", "at most"),
    ],
)
def test_what_is_not_understood_is_named(client: Client, query: str, name: str, words: str) -> None:
    problem = ask(client, f"{EXPERTS}?{query}", 400)
    assert problem["status"] == 400
    (error,) = problem["errors"]
    assert error["parameter"] == name
    assert words in error["detail"]


@pytest.mark.parametrize("cursor", ["abc", "W10", "WyJuYW1lIiwieCIsMCxmYWxzZV0", "WyJuYW1lIiwiXHUwMDAwIiwxLGZhbHNlXQ"])
def test_a_cursor_that_nobody_was_given_leads_nowhere(client: Client, cursor: str) -> None:
    assert ask(client, f"{EXPERTS}?cursor={cursor}", 404)["errors"][0]["parameter"] == "cursor"


def test_too_many_parameters(client: Client) -> None:
    assert ask(client, EXPERTS + "?" + "q=1&" * 10_001, 400)["status"] == 400


def test_all_that_is_wrong_is_told_at_once_with_what_is_allowed(client: Client) -> None:
    errors = ask(client, EXPERTS + "?kind=alien&nonsense=1", 400)["errors"]
    assert errors[0]["allowed"] == ["person", "organisation"]
    assert "ordering" in errors[1]["allowed"]


def test_hostile_values_are_answered(client: Client, record: cast.Record) -> None:
    for value in TEXTS.values():
        sent = quote(value.encode("utf-8", "surrogatepass"))
        for name in ("q", "cursor", "fields", "include", "ordering", "page", "as_of", sent):
            response = client.get(f"{EXPERTS}?{name}={sent}")
            assert response.status_code in (200, 400), (name, value)
            assert response["Content-Type"] == "application/problem+json" if response.status_code == 400 else True


def test_pages(client: Client, record: cast.Record) -> None:
    first = ask(client, EXPERTS + "?page_size=2&fields=slug")
    assert first["next"] == "http://testserver/api/v1/experts/?page_size=2&fields=slug&page=2"
    assert list(walk(client, EXPERTS + "?page_size=2&fields=slug")) == ["ada", "bo", "cato", "dara", "elm"]
    last = ask(client, EXPERTS + "?page_size=2&page=3")
    assert (last["next"], last["count"]) == (None, 5)
    assert last["previous"].endswith("page=2")
    assert ask(client, EXPERTS + "?page=2", 404)["detail"] == "There is no page 2; the last is 1."


def walk(client: Client, address: str | None, way: str = "next") -> Iterator[str]:
    while address:
        found = ask(client, address.removeprefix("http://testserver"))
        yield from [row["slug"] for row in found["results"]]
        address = found[way]


@pytest.mark.parametrize("ordering", ["name", "-name", "id", "-id"])
def test_cursors_lead_through_and_back(client: Client, record: cast.Record, ordering: str) -> None:
    Expert.objects.update(sort_name="the same")
    start = f"{EXPERTS}?ordering={ordering}&page_size=2&cursor="
    slugs = ["ada", "bo", "cato", "dara", "elm"][:: -1 if ordering.startswith("-") else 1]
    assert list(walk(client, start)) == slugs
    last = ask(client, ask(client, ask(client, start)["next"])["next"])
    assert last["next"] is None
    back = ask(client, last["previous"])
    assert [row["slug"] for row in back["results"]] == slugs[2:4]
    assert ask(client, back["next"]) == last
    assert ask(client, back["previous"])["previous"] is None


def test_a_cursor_stays_where_it_is_while_rows_are_added(client: Client, record: cast.Record) -> None:
    second = ask(client, EXPERTS + "?page_size=2&cursor=")["next"]
    make.expert("Aaron", sort_name="aaron", slug="aaron")
    assert [row["slug"] for row in ask(client, second)["results"]] == ["cato", "dara"]


def test_a_cursor_of_another_order_is_refused(client: Client, record: cast.Record) -> None:
    second = ask(client, EXPERTS + "?page_size=2&cursor=")["next"]
    assert "another order" in ask(client, second + "&ordering=-name", 400)["detail"]


def test_an_answer_that_is_known_is_not_sent_again(client: Client, record: cast.Record) -> None:
    for address in (EXPERTS, EXPERTS + "ada/", "/api/v1/"):
        first = client.get(address)
        same = client.get(address, headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    Expert.objects.filter(slug="ada").update(bio="Another life.")
    tag = first["ETag"]
    assert client.get(EXPERTS, headers={"If-None-Match": tag}).status_code == 200


def test_a_row_that_is_not_there_is_not_known(client: Client, record: cast.Record) -> None:
    for address in (EXPERTS + "nobody/", "/api/v1/articles/nothing/"):
        for _ in range(2):
            assert client.get(address, headers={"If-None-Match": "*"}).status_code == 404
    assert client.get(EXPERTS + "ada/", headers={"If-None-Match": "*"}).status_code == 304


def test_answers_are_packed_for_those_who_can_read_it(client: Client, record: cast.Record) -> None:
    packed = client.get(EXPERTS, headers={"Accept-Encoding": "gzip, br"})
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert packed["ETag"].startswith("W/")
    assert len(packed.content) < len(client.get(EXPERTS).content)


def test_other_sites_may_read(client: Client, record: cast.Record) -> None:
    for address in (EXPERTS, EXPERTS + "nobody/", "/api/nothing"):
        response = client.get(address, headers={"Origin": "https://example.org"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in response["Access-Control-Expose-Headers"]
    asked = client.options(EXPERTS, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


def test_other_methods(client: Client, record: cast.Record) -> None:
    head = client.head(EXPERTS)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", client.get(EXPERTS)["ETag"])
    assert int(head["Content-Length"]) == len(client.get(EXPERTS).content)
    asked = client.options(EXPERTS)
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")
    refused = client.delete(EXPERTS)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused.json()["title"] == "Method Not Allowed"


@pytest.mark.parametrize("address", ["/api/", "/api/v2/", "/api/v1/nothing/", EXPERTS + "nobody/", "/api/v1/%ff/"])
def test_what_is_not_there(client: Client, address: str) -> None:
    assert ask(client, address, 404)["status"] == 404


def test_what_cannot_be_answered(client: Client) -> None:
    assert ask(client, EXPERTS, 406, Accept="application/xml")["status"] == 406
    assert ask(client, EXPERTS, 400, Host="forged.example")["status"] == 400


def test_a_failure_is_a_problem_and_noted(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr(Expert.objects.__class__, "public", lambda *_: 1 / 0)
    assert "ZeroDivision" not in str(ask(client, EXPERTS, 500))
    assert "ZeroDivisionError" in caplog.text


def test_a_missing_slash_is_added(client: Client) -> None:
    assert client.get("/api/v1/experts?q=a")["Location"] == "/api/v1/experts/?q=a"


def test_an_expert_who_has_moved(client: Client, record: cast.Record) -> None:
    from experts.addresses import leave

    record.experts["ada"].slug = "ada-fernwick"
    record.experts["ada"].save()
    leave(record.experts["ada"], "ada", make.NOW)
    led = client.get(EXPERTS + "ada/?fields=slug")
    assert (led.status_code, led["Location"]) == (301, "http://testserver/api/v1/experts/ada-fernwick/?fields=slug")


@pytest.mark.parametrize("rows", [1, 100])
def test_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    make.filled_record(rows)
    with django_assert_num_queries(4):
        ask(client, EXPERTS + "?include=affiliations&page_size=100")
    with django_assert_num_queries(3):
        ask(client, EXPERTS + "?fields=name&page_size=100&cursor=")
