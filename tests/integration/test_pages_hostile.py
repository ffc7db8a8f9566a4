"""Whatever a query string holds, the answer is a page of ours with an honest status, on either database."""

import pytest
from django.test import Client

from tests import site
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.searching]

# What each place listens to.
PLACES = {
    "/": ["page"],
    "/articles/": ["page"],
    "/articles/night-trains/": ["page"],
    "/articles/night-trains/editions/": ["page"],
    "/articles/night-trains/comments/": ["page", "order"],
    "/articles/night-trains/comments/9001/": ["page"],
    "/articles/night-trains/comments/new/": [
        *("name", "email", "body", "parent", "position", "quote", "purpose", "answer", "replies", "website", "proof")
    ],
    "/articles/night-trains/comments/9001/vote/": ["value"],
    "/articles/night-trains/comments/9001/report/": ["kind"],
    "/articles/night-trains/corrections/": ["page"],
    "/corrections/": ["page"],
    "/moderation/": ["page"],
    "/comments/mine/": ["page", "saved"],
    "/comments/remember/": ["email"],
    "/experts/": ["q", "page"],
    "/experts/ada/": ["q", "as_of", "show", "page"],
    "/questions/": ["q", "as_of", "topic", "page"],
    "/questions/ferries/": ["as_of", "show", "page"],
    "/changes-of-mind/": ["q", "topic", "page"],
    "/compare/": ["expert", "question", "as_of", "page"],
    "/topics/night-trains/": ["page"],
    "/topics/night-trains/where-do-you-stand/": ["q1", "w1"],
    "/articles/night-trains/where-do-you-stand/": ["q1", "w1"],
    "/authors/nell-upham/": ["page"],
    "/search/": ["q", "page"],
}
PATHS = [
    "/{}",
    "/experts/{}/",
    "/questions/{}/",
    "/articles/{}/",
    "/articles/{}/editions/",
    "/articles/{}/comments/",
    "/articles/{}/comments/new/",
    "/articles/{}/comments/9001/vote/",
    "/articles/{}/corrections/",
    "/topics/{}/",
    "/topics/{}/where-do-you-stand/",
    "/articles/{}/where-do-you-stand/",
    "/authors/{}/",
]
VALUES = {
    "nothing": "",
    "a space": "%20",
    "NUL": "%00",
    "NUL inside": "ada%00bo",
    "text turned round": "%E2%80%AEada",
    "line breaks": "ada%0D%0ASet-Cookie:%20x=1",
    "10 kB": "x" * 10_000,
    "thousands of digits": "9" * 5_000,
    "an emoji": "%F0%9F%9A%82",
    "half a letter": "%C3",
    "half a pair": "%ED%A0%80",
    "broken encoding": "%zz%",
    "markup": "%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E",
    "a template": "%7B%7B7*7%7D%7D%7B%25",
    "SQL": "%27%20OR%201=1--",
    "a pattern": "%25_%5C",
    "a word": "abc",
    "below zero": "-1",
    "zero": "0",
    "beyond": "999999",
    "a fraction": "1.5",
    "other digits": "%D9%A1",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "a day beyond": "10000-01-01",
    "a path": "../../etc/passwd",
}
OTHERS = [
    "&".join(f"name{n}=1" for n in range(3_000)),
    "&".join(f"expert=somebody-{n}" for n in range(900)),
    "&".join("expert=ada" for _ in range(900)),
    "&" * 3_000,
    "=" * 100,
    "expert[]=ada&expert[0]=bo",
    "as_of=2025-01-31&as_of=x",
    "page=1&page=x",
    "?" * 50,
    "%",
    "\x7f",
]


@pytest.fixture(autouse=True)
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def answers_with_a_page(client: Client, address: str, query: str) -> Page:
    response = client.get(address, QUERY_STRING=query)
    assert response.status_code in (200, 400), f"{response.status_code} for {query[:40]} at {address}"
    page = Page(response.content.decode())
    assert page.find("h1"), address
    assert page.find("footer"), address
    return page


@pytest.mark.parametrize("address", PLACES)
def test_no_value_breaks_a_page(client: Client, address: str) -> None:
    for value in VALUES.values():
        for name in PLACES[address]:
            page = answers_with_a_page(client, address, f"{name}={value}")
            assert "<script>alert" not in page.source
            assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.words


def test_a_position_is_shown_or_is_not_there(client: Client) -> None:
    """A number that makes sense asks for one position, whether there is one or not; anything else asks for none."""
    for value in VALUES.values():
        response = client.get("/articles/night-trains/comments/", QUERY_STRING=f"position={value}")
        is_number = value.isdigit() and len(value) <= 18
        assert response.status_code == (404 if is_number else 200), value[:40]
        assert Page(response.content.decode()).find("footer", "colophon"), value[:40]


@pytest.mark.parametrize("query", OTHERS, ids=lambda query: query[:12])
def test_no_query_breaks_a_page(client: Client, query: str) -> None:
    for address in PLACES:
        answers_with_a_page(client, address, query)


def test_a_page_number_that_makes_no_sense_opens_a_page_that_does(client: Client) -> None:
    conversation = ("/articles/night-trains/comments/9001/", "/corrections/", "/moderation/")
    for address in ("/articles/", "/experts/", "/questions/", "/questions/ferries/", "/experts/ada/", *conversation):
        plain = client.get(address)
        for page in ("", "abc", "-1", "0", "1.5", "999999", "9" * 5_000, "%00"):
            assert client.get(address, QUERY_STRING=f"page={page}").content == plain.content


@pytest.mark.parametrize("name", ["%00", "%FF", "%E2%80%AE", "a" * 5_000, "..%2F..", "%F0%9F%9A%82", "ada%0A", "<b>"])
def test_no_name_in_a_path_breaks_a_page(client: Client, name: str) -> None:
    for path in PATHS:
        response = client.get(path.format(name))
        assert response.status_code == 404
        assert Page(response.content.decode()).texts("h1") == ["There is nothing at this address"]
        assert b"<b>" not in response.content
