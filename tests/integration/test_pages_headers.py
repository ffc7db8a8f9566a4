"""Reading leaves nothing behind: no cookie, no other site, nothing that runs but our own files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from aisrace.operating.headers import PERMISSIONS
from tests import site
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

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
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
ODD = ["/nothing/", "/experts/ada/?as_of=x", "/compare/?expert=nobody", site.WITHDRAWN, f"/experts/?{'a=1&' * 1001}"]
EVERYWHERE = [*site.PAGES.values(), *ODD]
FORMS = site.FORMS.values()


@pytest.fixture(autouse=True)
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def test_no_page_sets_a_cookie_or_differs_by_one(client: Client) -> None:
    for address in (*EVERYWHERE, *FORMS):
        response = client.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert b"csrfmiddlewaretoken" not in response.content, address


def test_a_page_is_the_same_for_somebody_with_cookies(client: Client) -> None:
    plain = {address: client.get(address).content for address in EVERYWHERE}
    client.cookies.load({"sessionid": "forged", "csrftoken": "forged", "theme": "dark"})
    assert {address: client.get(address).content for address in EVERYWHERE} == plain


def test_every_page_comes_with_the_strict_policy(client: Client) -> None:
    for address in (*EVERYWHERE, *FORMS):
        response = client.get(address)
        rules = [rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; ")]
        assert dict(rules) == POLICY, address
        # What a form's address holds is for nobody else.
        expected = OTHER_HEADERS | ({"Referrer-Policy": "same-origin"} if address in FORMS else {})
        assert {name: response[name] for name in expected} == expected, address


def test_no_page_holds_inline_code(client: Client) -> None:
    for address in (*EVERYWHERE, *FORMS):
        page = Page(client.get(address).content.decode())
        running = [e for e in page.find("script") if e["type"] != "application/ld+json"]
        assert [e for e in running if not e["src"] or e.text.strip()] == [], address
        assert page.find("style") == [], address
        names = {name for e in page.elements for name in e.attributes}
        assert not [name for name in names if name == "style" or name.startswith("on")], address
        assert not [link for link in page.links if link.lower().startswith(("javascript:", "data:"))], address


def test_files_of_the_styles_come_from_the_site() -> None:
    for folder in settings.STATICFILES_DIRS:
        for file in Path(folder).rglob("*.css"):
            for address in re.findall(r"url\(([^)]*)\)", file.read_text()):
                assert (file.parent / address.strip("\"'")).is_file(), f"{file.name}: {address}"


def test_leaving_links_say_nothing_of_the_page_they_leave(client: Client) -> None:
    site_expert = visit(client, "/experts/ada/")
    foreign = [e for e in site_expert.find("a") if e["href"].startswith("http")]
    assert [e["href"] for e in foreign if "noopener" not in e["rel"].split()] == []


def test_what_is_there_for_other_sites_says_so(client: Client) -> None:
    """A browser would not show a picture or run a frame's script elsewhere; what is somebody's is not for them."""
    policies = {
        "/static/js/embed.js": "cross-origin",
        "/articles/night-trains/editions/2/share.png": "cross-origin",
        "/feed.atom": "cross-origin",
        "/api/v1/experts/": "cross-origin",
        "/comments/mine/export/": "same-origin",
        "/admin/login/": "same-origin",
        "/accounts/login/": "same-origin",
        "/healthz": None,
    }
    for address, policy in policies.items():
        assert client.head(address).get("Cross-Origin-Resource-Policy") == policy, address


def test_nothing_is_asked_of_a_readers_device() -> None:
    assert {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"} <= set(PERMISSIONS.split(", "))
    assert "publickey-credentials" not in PERMISSIONS, "editors sign in with passkeys"
