"""Reading leaves nothing behind: no cookie, no other site, nothing that runs but our own files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests import site
from tests.pages import Page, crawl, visit

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
OTHER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ODD = ["/nothing/", "/experts/ada/?as_of=x", "/compare/?expert=nobody", site.WITHDRAWN, f"/experts/?{'a=1&' * 1001}"]
EVERYWHERE = [*site.PAGES.values(), *ODD]


@pytest.fixture(autouse=True)
def built() -> site.Site:
    return site.build()


def test_no_page_sets_a_cookie_or_differs_by_one(client: Client) -> None:
    for address in EVERYWHERE:
        response = client.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert b"csrfmiddlewaretoken" not in response.content, address


def test_a_page_is_the_same_for_somebody_with_cookies(client: Client) -> None:
    plain = {address: client.get(address).content for address in EVERYWHERE}
    client.cookies.load({"sessionid": "forged", "csrftoken": "forged", "theme": "dark"})
    assert {address: client.get(address).content for address in EVERYWHERE} == plain


def test_every_page_comes_with_the_strict_policy(client: Client) -> None:
    for address in EVERYWHERE:
        response = client.get(address)
        rules = [rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; ")]
        assert dict(rules) == POLICY, address
        assert {name: response[name] for name in OTHER_HEADERS} == OTHER_HEADERS, address


def test_no_page_holds_inline_code(client: Client) -> None:
    for address in EVERYWHERE:
        page = Page(client.get(address).content.decode())
        assert [e for e in page.find("script") if not e["src"] or e.text.strip()] == [], address
        assert page.find("style") == [], address
        names = {name for e in page.elements for name in e.attributes}
        assert not [name for name in names if name == "style" or name.startswith("on")], address
        assert not [link for link in page.links if link.lower().startswith(("javascript:", "data:"))], address


def test_pages_load_from_their_own_site_only(client: Client) -> None:
    pages = crawl(client)
    loads = {load for page in pages.values() for load in page.loads}
    assert len(pages) > 20
    assert "/static/css/tokens.css" in loads
    assert [load for load in loads if not load.startswith(("/static/", "/media/"))] == []


def test_everything_that_pages_load_is_there(client: Client) -> None:
    for load in {load for page in crawl(client).values() for load in page.loads}:
        assert finders.find(load.removeprefix("/static/")), load


def test_only_links_lead_to_other_sites(client: Client) -> None:
    for address, page in crawl(client).items():
        foreign = re.findall(r"(?:https?:)?//(?!127\.0\.0\.1:8000/)[\w.-]+", page.source)
        named = [link for link in page.links if re.match(r"(https?:)?//", link)]
        names = [e for e in page.find("svg") if e["xmlns"]]
        assert len(foreign) == len(named) + len(names), address


def test_files_of_the_styles_come_from_the_site() -> None:
    for folder in settings.STATICFILES_DIRS:
        for file in Path(folder).rglob("*.css"):
            for address in re.findall(r"url\(([^)]*)\)", file.read_text()):
                assert (file.parent / address.strip("\"'")).is_file(), f"{file.name}: {address}"


def test_leaving_links_say_nothing_of_the_page_they_leave(client: Client) -> None:
    site_expert = visit(client, "/experts/ada/")
    foreign = [e for e in site_expert.find("a") if e["href"].startswith("http")]
    assert [e["href"] for e in foreign if "noopener" not in e["rel"].split()] == []
