"""Who asks and how often, on every answer under /api/."""

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisGone

from aisrace.api import limits
from aisrace.api.keys import make_key, revoke_keys
from aisrace.api.models import ApiKey
from tests import make
from tests.desk import staff

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

A_LIST, A_MISS = "/api/v1/experts/", "/api/v1/nothing/"
TOLD = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit", "RateLimit-Policy"}


@pytest.fixture
def _limits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one minute, of which forty seconds are left."""
    cache.clear()
    monkeypatch.setattr(limits, "_held", {})
    monkeypatch.setattr(limits, "PARTS", 10_000)  # one by one, so that what is left is told exactly
    settings.API_LIMITS, settings.API_ANONYMOUS_LIMIT, settings.API_KEY_LIMIT = True, 3, 5
    monkeypatch.setattr("aisrace.api.gate.time", lambda: 1_800_000_020.0)


def make_one(**values: Any) -> tuple[ApiKey, dict[str, str]]:
    person = values.pop("person", None) or staff("nell", "editor")
    key = ApiKey(**{"name": "The importer", "person": person, "scopes": ["read"]} | values)
    return key, {"Authorization": f"Bearer {make_key(key, by=key.person, now=timezone.now())}"}


# --- Keys ------------------------------------------------------------------------------------------------------------


def test_a_key_opens_what_is_open_anyway_and_its_use_is_noted(client: Client) -> None:
    key, headers = make_one()
    assert client.get(A_LIST, headers=headers).status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert (
        client.get(A_LIST, headers={"Authorization": headers["Authorization"].replace("Bearer", "bearer")}).status_code
        == 200
    )


def test_whatever_is_wrong_with_a_key_the_answer_is_one(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    key, headers = make_one()
    good = headers["Authorization"]
    revoke_keys([key], by=key.person, now=timezone.now())
    answers = [
        client.get(path, headers={"Authorization": sent})
        for path in (A_LIST, A_MISS)
        for sent in (
            good,
            good[:-1] + "0",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "é",
            good * 9,
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api", error="invalid_token"'}
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert answers[0].json()["type"].endswith("#bad-key")
    assert good.removeprefix("Bearer ") not in caplog.text


def test_the_password_of_a_site_that_is_not_open_yet_is_no_key(client: Client) -> None:
    answer = client.get(A_LIST, headers={"Authorization": "Basic bmVsbDpwYXNzd29yZA=="})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False)]
)
def test_packed_is_what_is_accepted(client: Client, accepted: str, packed: bool) -> None:
    answer = client.get("/api/v1/schema/?format=json", headers={"Accept-Encoding": accepted})
    assert answer.has_header("Content-Encoding") is packed


def test_a_cookie_is_nobody(client: Client) -> None:
    """A signed-in editor's browser is as anonymous here as any: no page that they look at can use it."""
    client.force_login(staff("nell", "administrator"))
    plain, signed_in = (one.get(A_LIST) for one in (Client(), client))
    assert plain.content == signed_in.content
    assert not signed_in.cookies
    assert "Cookie" not in signed_in.get("Vary", "")


# --- Limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_limits")
def test_every_answer_tells_of_the_limit(client: Client) -> None:
    first = client.get(A_LIST)
    assert {name: first[name] for name in TOLD} == {
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "2",
        "RateLimit-Reset": "40",
        "RateLimit": '"default";r=2;t=40',
        "RateLimit-Policy": '"default";q=3;w=60',
    }
    unchanged = client.get(A_LIST, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged["RateLimit-Remaining"]) == (304, "1")
    missing = client.get(A_MISS)
    assert (missing.status_code, missing["RateLimit-Remaining"]) == (404, "0")
    for path in (A_LIST, A_MISS):
        spent = client.get(path)
        assert (spent.status_code, spent["Retry-After"], spent["RateLimit-Remaining"]) == (429, "40", "0")
        assert spent["Content-Type"] == "application/problem+json"
        assert spent["Access-Control-Allow-Origin"] == "*"
        assert spent.json()["type"].endswith("#too-many-requests")
    assert not TOLD & {*client.get("/experts/").headers}


@pytest.mark.usefixtures("_limits")
def test_what_costs_much_is_counted_as_much(client: Client, settings: Any) -> None:
    settings.API_ANONYMOUS_LIMIT = 1000
    ada, bo, trains = make.expert(slug="ada"), make.expert(slug="bo"), make.question(slug="trains")
    export, left = "/api/v1/export/positions.csv", 1000
    for path, weight in {
        A_LIST: 1,
        A_MISS: 1,
        "/api/v1/search/?q=trains": 3,
        f"/api/v1/compare/?expert={ada.slug}&expert={bo.slug}": 3,
        f"{export}?question={trains.slug}": 5,
        f"{export}?expert=ada&expert=bo": 10,
        f"{export}?current=true": 100,
        f"{export}?": 100,
        export.replace("csv", "zip"): 100,
        f"{export}?expert=" + "&expert=".join(["ada"] * 30): 100,
    }.items():
        answer = client.get(path)
        left -= weight
        assert (path, answer["RateLimit-Remaining"]) == (path, str(left))
    assert client.head(export)["RateLimit-Remaining"] == str(left - 1)


@pytest.mark.usefixtures("_limits")
def test_what_costs_more_than_there_is_can_be_had_once(client: Client) -> None:
    """Of a key with a small limit, the whole record is a minute's worth, not beyond reach for ever."""
    first, second = (client.get("/api/v1/export/positions.csv") for _ in range(2))
    assert (first.status_code, first["RateLimit-Remaining"]) == (200, "0")
    assert (second.status_code, second["Retry-After"]) == (429, "40")
    assert "this one counts as 3" in second.json()["detail"]


@pytest.mark.usefixtures("_limits")
@pytest.mark.parametrize("path", ["/feed.atom", "/experts/ada/feed.json", "/oembed?url=x", "/oembed"])
def test_programs_that_ask_elsewhere_are_counted_with_those_of_the_api(client: Client, path: str) -> None:
    make.expert(slug="ada")
    for _ in range(3):
        assert client.get(path).status_code in (200, 400, 404)
    spent = client.get(path)
    assert (spent.status_code, spent["Retry-After"], spent["Content-Type"]) == (429, "40", "application/problem+json")
    assert spent["Access-Control-Allow-Origin"] == "*"
    assert client.get(A_LIST).status_code == 429
    assert client.get("/search/").status_code == 200


@pytest.mark.usefixtures("_limits")
def test_readers_are_told_on_a_page_that_they_search_too_much(client: Client) -> None:
    assert client.get("/search/?q=trains").status_code == 200
    spent = client.get("/search/?q=trains")
    assert (spent.status_code, spent["Retry-After"], spent["Cache-Control"]) == (429, "40", "no-store")
    assert spent["Content-Type"].startswith("text/html")
    assert "You can go on in 40 seconds." in spent.text
    assert 'href="/search/?q=trains"' in spent.text
    assert "frame-ancestors 'none'" in spent["Content-Security-Policy"]
    suggestions = client.get("/search/suggest/?q=t")
    assert (suggestions.status_code, suggestions["Content-Type"]) == (429, "application/problem+json")
    assert {client.get(path).status_code for path in (A_LIST, "/", "/feed.atom")} == {200}


@pytest.mark.usefixtures("_limits")
def test_whoever_reads_the_docs_is_told_on_a_page(client: Client) -> None:
    for _ in range(3):
        assert client.get("/api/v1/docs/")["RateLimit-Limit"] == "3"
    spent = client.get("/api/v1/docs/")
    assert (spent.status_code, spent["Retry-After"]) == (429, "40")
    assert spent["Content-Type"].startswith("text/html")


@pytest.mark.usefixtures("_limits")
def test_each_network_and_each_key_has_its_own(client: Client) -> None:
    key, headers = make_one()
    _, scarce = make_one(person=key.person, per_minute=1)
    for left in ("2", "1", "0", "0"):
        assert client.get(A_LIST)["RateLimit-Remaining"] == left
    assert client.get(A_LIST, REMOTE_ADDR="198.51.100.1")["RateLimit-Remaining"] == "2"
    assert client.get(A_LIST, REMOTE_ADDR="2001:db8::1")["RateLimit-Remaining"] == "2"
    assert client.get(A_LIST, REMOTE_ADDR="2001:db8::ffff")["RateLimit-Remaining"] == "1"
    assert client.get(A_LIST, headers=headers)["RateLimit-Limit"] == "5"
    assert client.get(A_LIST, headers=scarce)["RateLimit-Limit"] == "1"
    assert client.get(A_LIST, headers=scarce).status_code == 429


@pytest.mark.usefixtures("_limits")
def test_guessing_keys_is_counted_by_network(client: Client) -> None:
    told = [
        client.get(A_LIST, headers={"Authorization": f"Bearer aisrace_{'x' * 8}_{n:040}"}).status_code for n in range(5)
    ]
    assert told == [401, 401, 401, 429, 429]
    assert client.get(A_LIST).status_code == 200


@pytest.mark.usefixtures("_limits")
def test_guessing_keys_soon_asks_nothing_of_the_database_and_locks_nobody_out(client: Client) -> None:
    _, headers = make_one()
    assert client.get(A_LIST, headers=headers).status_code == 200
    wrong = {"Authorization": headers["Authorization"][:-4] + "nope"}
    for _ in range(5):
        client.get(A_LIST, headers=wrong)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(A_LIST, headers=wrong).status_code == 429
    assert len(captured) == 0
    assert client.get(A_LIST, headers=headers).status_code == 200


@pytest.mark.usefixtures("_limits")
def test_a_key_that_was_good_and_is_revoked_is_counted_as_a_guess(client: Client) -> None:
    key, headers = make_one()
    assert client.get(A_LIST, headers=headers).status_code == 200
    revoke_keys([key], by=key.person, now=timezone.now())
    assert [client.get(A_LIST, headers=headers).status_code for _ in range(3)] == [401, 401, 429]


@pytest.mark.usefixtures("_limits")
@pytest.mark.parametrize("trouble", [RedisGone(), OSError()])
def test_without_a_cache_everybody_is_answered(client: Client, monkeypatch: Any, trouble: Exception) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise trouble

    monkeypatch.setattr(cache, "incr", fail)
    monkeypatch.setattr(cache, "add", fail)
    assert {client.get(A_LIST).status_code for _ in range(5)} == {200}


def test_limits_can_be_off(client: Client, settings: Any) -> None:
    settings.API_LIMITS, settings.API_ANONYMOUS_LIMIT = False, 1
    answers = [client.get(A_LIST) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert not TOLD & {*answers[0].headers}


def test_a_key_costs_one_query(client: Client) -> None:
    make.expert()
    _, headers = make_one()
    client.get(A_LIST, headers=headers)
    assert count_queries(client, headers) == count_queries(client, {}) + 1


def count_queries(client: Client, headers: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(A_LIST, headers=headers).status_code == 200
    return len(captured)
