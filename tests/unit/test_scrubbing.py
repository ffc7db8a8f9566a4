"""What is kept out of logs: bait in every shape that it may come in, and what stays readable."""

import pytest
from django.core import signing
from django.urls import URLPattern, URLResolver, get_resolver

from aisrace.operating.scrubbing import MOST, SECRET_PAGES, scrub_path, scrub_text
from comments.confirming import SALT

SECRET = "WzEsMl0:1tUJz8:QgkkYe3Qx1nCpQmq4w7z5g4ZlV3GyQn0a1b2c3d4e5f"
KEY = "air_B4RxQ2mZ_7hKq0wPzN3tVbY6cLdXgM1sR8uJfE5aWo9iT2kQ"


@pytest.mark.parametrize("page", SECRET_PAGES)
@pytest.mark.parametrize("rest", ["BAIT/", "BAIT", "a\nBAIT", "a/BAIT/b", "../BAIT", "\u2028BAIT", "a b BAIT"])
def test_what_stands_behind_a_secret_page(page: str, rest: str) -> None:
    assert "BAIT" not in scrub_path(page + rest)
    assert scrub_path(f"/elsewhere{page}{rest}").endswith(f"{page}***")


@pytest.mark.parametrize(
    "path",
    [
        f"/comments/confirm//{SECRET}/",
        f"/wrong/{SECRET}/",
        f"/wrong/{SECRET.replace(':', '%3A')}/",
        f"/{KEY}/",
        "/rosa.lind+x@example.org/",
    ],
)
def test_what_looks_like_a_secret_wherever_it_stands(path: str) -> None:
    for scrubbed in (scrub_path(path), scrub_text(f"Not found: {path} again")):
        assert "***" in scrubbed
        assert not any(word in scrubbed for word in ("QgkkYe3Qx1", "7hKq0wPzN3", "rosa", "example.org"))


def test_what_is_signed_today() -> None:
    """Django may come to sign in another way."""
    value = signing.dumps([12, 34], salt=SALT)
    assert value.rsplit(":", 1)[1] not in scrub_path(f"/mistyped/{value}/")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/articles/will-night-trains-outrun-planes-before-the-year-2030-and-who-says-so/",
        "/articles/night-trains/comments/12/edit/",
        "/api/v1/export/positions.csv",
        "/static/css/base.0f3ab1c29d71.css",
        "/experts/žofia-東京/",
        "/previews-of-next-year/",
    ],
)
def test_what_is_no_secret(path: str) -> None:
    assert scrub_path(path) == scrub_text(path) == path


def test_what_a_message_gives_away() -> None:
    told = scrub_text(
        "Internal Server Error: /preview/BAIT1/ for <rosa@example.org>, Authorization: Bearer BAIT2, password=BAIT3; "
        "see https://example.org/comments/appeal/BAIT4?from=mail"
    )
    assert "BAIT" not in told
    assert "rosa" not in told
    assert told.startswith("Internal Server Error: /preview/*** for <***>")


def test_rows_that_a_database_quotes() -> None:
    told = scrub_text(
        "CheckViolation: new row violates “age”\nDETAIL:  Failing row contains (1, BAIT,\n\n203.0.113.9).\n\n"
        "The above exception was the direct cause of the following exception:\n"
        "IntegrityError: new row\nDETAIL:  Failing row contains (BAIT)."
    )
    assert "BAIT" not in told
    assert "203.0.113.9" not in told
    assert "The above exception" in told


def test_a_long_text_keeps_its_end() -> None:
    told = scrub_text("begins" + "x" * 10 * MOST + " ends")
    assert told.startswith("begins")
    assert told.endswith(" ends")
    assert len(told) < 2 * MOST


def test_every_page_with_a_token_is_known() -> None:
    """A new one belongs into SECRET_PAGES."""
    found = [route for route in list_routes(get_resolver(), "/") if "token>" in route or "uidb36>" in route]
    assert len(found) >= 6
    assert [route for route in found if not route.replace("^", "").startswith(SECRET_PAGES)] == []


def list_routes(resolver: URLResolver, before: str) -> list[str]:
    routes = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        routes += [route] if isinstance(pattern, URLPattern) else list_routes(pattern, route)
    return routes
