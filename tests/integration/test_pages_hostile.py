"""Whatever a query string holds, the answer is a page of ours with an honest status, on either database."""

import pytest
from django.test import Client

from tests import site
from tests.pages import Page

pytestmark = pytest.mark.django_db

# What each place listens to.
PLACES = {
    "/": ["page"],
    "/articles/": ["page"],
    "/articles/night-trains/": ["page"],
    "/articles/night-trains/editions/": ["page"],
    "/experts/": ["q", "page"],
    "/experts/ada/": ["q", "as_of", "show", "page"],
    "/questions/": ["q", "as_of", "topic", "page"],
    "/questions/ferries/": ["as_of", "show", "page"],
    "/compare/": ["expert", "question", "as_of", "page"],
    "/topics/night-trains/": ["page"],
    "/authors/nell-upham/": ["page"],
}
PATHS = [
    "/{}",
    "/experts/{}/",
    "/questions/{}/",
    "/articles/{}/",
    "/articles/{}/editions/",
    "/topics/{}/",
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
def built() -> site.Site:
    return site.build()


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


@pytest.mark.parametrize("query", OTHERS, ids=lambda query: query[:12])
def test_no_query_breaks_a_page(client: Client, query: str) -> None:
    for address in PLACES:
        answers_with_a_page(client, address, query)


def test_a_page_number_that_makes_no_sense_opens_a_page_that_does(client: Client) -> None:
    for address in ("/articles/", "/experts/", "/questions/", "/questions/ferries/", "/experts/ada/"):
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
