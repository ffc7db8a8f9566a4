"""Every page that links lead to, visited once: what holds everywhere."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests import site
from tests.pages import Page, crawl
from tests.styles import styled_classes

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

STATIC = Path(__file__).resolve().parents[2] / "static"
DATA = re.compile(r'<script type="application/ld\+json">[^<]*</script>')
FILTERED = [f"/questions/ferries/?show={show}" for show in ("quoted", "blank")]


@pytest.fixture(scope="module")
def pages(_standing: site.Site, django_db_blocker: DjangoDbBlocker) -> dict[str, Page]:
    with django_db_blocker.unblock():
        return crawl(Client(), "/", *FILTERED, *site.PAGES.values(), *site.FORMS.values())


def test_pages_load_from_their_own_site_only(pages: dict[str, Page]) -> None:
    loads = {load for page in pages.values() for load in page.loads}
    assert len(pages) > 20
    assert "/static/css/tokens.css" in loads
    assert [load for load in loads if not load.startswith(("/static/", "/media/"))] == []


def test_everything_that_pages_load_is_there(pages: dict[str, Page]) -> None:
    for load in {load for page in pages.values() for load in page.loads}:
        assert finders.find(load.removeprefix("/static/")), load


def test_only_links_lead_to_other_sites(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        shown = DATA.sub("", page.source)  # what is said of the page in the words of schema.org is not followed
        foreign, said = (
            re.findall(r"(?:https?:)?//(?!127\.0\.0\.1:8000/)[\w.-]+", text) for text in (shown, page.words)
        )
        named = [link for link in page.links if re.match(r"(https?:)?//", link)]
        names = [e for e in page.find("svg") if e["xmlns"]]
        assert len(foreign) == len(named) + len(names) + len(said), address


def test_every_link_on_the_site_leads_somewhere(pages: dict[str, Page]) -> None:
    led_to = {link.split("#")[0] for page in pages.values() for link in page.links}
    assert {address for name, address in site.PAGES.items() if name != "comparison"} <= led_to
    assert {site.FORMS[name] for name in ("form", "form of an answer", "report")} <= led_to
    broken = [address for address, page in pages.items() if page.find("div", "errors")]
    assert broken == []


def test_every_link_within_a_page_has_its_target(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        names = [e["id"] for e in page.elements if e["id"]]
        wanted = {link[1:] for link in page.links if link.startswith("#")}
        wanted |= {e["popovertarget"] for e in page.elements if e["popovertarget"]}
        wanted |= {e["href"][1:] for e in page.find("use")}
        assert wanted <= set(names), address
        assert len(names) == len(set(names)), f"{address} names two elements alike"


def test_every_page_links_the_styles_of_all_that_stands_on_it(pages: dict[str, Page]) -> None:
    """Styles come a file per component; a page that forgets one shows that component bare."""
    files = {path.relative_to(STATIC).as_posix(): styled_classes(path.read_text()) for path in STATIC.rglob("*.css")}
    for address, page in pages.items():
        linked = {e["href"].removeprefix("/static/") for e in page.find("link") if e["rel"] == "stylesheet"}
        standing = {name for e in page.elements for name in e["class"].split()}
        dressed = set().union(*(files[name] for name in linked))
        missing = {name: standing & (files[name] - dressed) for name in files.keys() - linked}
        assert {name: classes for name, classes in missing.items() if classes} == {}, address
