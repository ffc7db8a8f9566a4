"""What machines are told of the site: every page that readers can visit, once, and nothing else."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from aisrace.lib.sitemaps import write_addresses, write_news
from articles import mapping
from articles.models import Edition
from articles.publishing import publish, withdraw
from experts.models import Expert, Position, Question
from tests import make, site
from tests.integration.test_query_budgets import ask, publish_one, repeat
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HERE = "http://127.0.0.1:8000"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def read(body: bytes, kind: str = "urlset", entry: str = "url") -> dict[str, str | None]:
    """Address and last change of everything in a sitemap, once it is known to keep the rules of sitemaps.org."""
    root = etree.fromstring(body)
    assert root.tag == f"{MAPS}{kind}"
    assert len(root) <= 50_000
    assert len(body) <= 50 * 1024 * 1024
    found: dict[str, str | None] = {}
    for node in root:
        assert node.tag == f"{MAPS}{entry}"
        names = [child.tag for child in node if child.tag.startswith(MAPS)]
        assert names in ([f"{MAPS}loc"], [f"{MAPS}loc", f"{MAPS}lastmod"])
        address, changed = node.findtext(f"{MAPS}loc"), node.findtext(f"{MAPS}lastmod")
        assert address.startswith(f"{HERE}/")
        assert len(address) < 2_048
        assert address not in found
        assert changed is None or MOMENT.fullmatch(changed)
        found[address] = changed
    return found


def fetch(client: Client, address: str, *kind: str) -> dict[str, str | None]:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return read(response.getvalue(), *kind)


def fetch_all(client: Client) -> dict[str, str | None]:
    """Every address that the index leads to, without its host."""
    found: dict[str, str | None] = {}
    for file in fetch(client, "/sitemap.xml", "sitemapindex", "sitemap"):
        for address, changed in fetch(client, file.removeprefix(HERE)).items():
            if "news" not in file:
                assert address not in found
                found[address.removeprefix(HERE)] = changed
    return found


def test_every_public_page_is_listed_once_and_is_there(client: Client) -> None:
    site.build()
    found = fetch_all(client)
    people = {f"/experts/{slug}/" for slug in Expert.objects.public(timezone.now()).values_list("slug", flat=True)}
    questions = {f"/questions/{slug}/" for slug in Question.objects.values_list("slug", flat=True)}
    assert {"/experts/ada/", "/questions/ferries/"} <= people | questions
    fixed = {"/", "/articles/", "/experts/", "/questions/", "/compare/", "/about/", "/privacy/", "/cookies/"}
    fixed |= {"/corrections/", "/moderation/", "/changes-of-mind/", "/api/v1/docs/"}
    positions = {f"/positions/{pk}/" for pk in Position.objects.public(timezone.now()).values_list("pk", flat=True)}
    assert set(found) == people | questions | positions | fixed | {
        *("/articles/night-trains/", "/topics/night-trains/", "/authors/nell-upham/"),
    }
    for address in found:
        page = client.get(address)
        assert page.status_code == 200, address
        assert f'<link rel="canonical" href="{HERE}{address}">' in page.content.decode()


def test_the_day_is_that_of_the_last_change(client: Client) -> None:
    later, latest = NOW + timedelta(days=2), NOW + timedelta(days=5)
    built = site.build()
    site.rewrite(built.article, body="<p>Mended.</p>")
    publish(built.article, by=None, now=later, kind=Edition.Kind.TYPO)
    extra = {"stated_on": NOW.date(), "public_at": latest}
    make.position(built.record.experts["ada"], built.record.questions["gap"], **extra)
    found = fetch_all(client)
    assert found["/articles/night-trains/"] == found["/authors/nell-upham/"] == later.isoformat()
    assert found["/experts/ada/"] == found["/questions/gap/"] == latest.isoformat()
    assert found["/experts/bo/"] == make.LONG_AGO.isoformat()
    assert found["/topics/night-trains/"] is None


def test_nothing_hidden_is_listed(client: Client) -> None:
    far = datetime(2999, 1, 1, tzinfo=NOW.tzinfo)
    hidden = {"slug": "hedgehog", "public_at": None}
    make.expert(**hidden)
    make.position(make.expert(slug="open"), make.question(**hidden), public_at=NOW + timedelta(days=9))
    make.topic(slug="hedgehog")
    make.author(slug="hedgehog")
    make.article("Hedgehog", slug="hedgehog")
    publish(make.article("Hedgehog", slug="hedgehog-later"), by=None, now=NOW, at=far)
    gone = make.article("Hedgehog", slug="hedgehog-gone")
    publish(gone, by=None, now=timezone.now())
    withdraw(gone, by=None, now=timezone.now(), reason="Wrong.")
    for file in ("/sitemap.xml", "/sitemap-news.xml", *files_of(client)):
        assert b"hedgehog" not in client.get(file).getvalue(), file
    assert fetch_all(client)["/experts/open/"] == make.LONG_AGO.isoformat()


def files_of(client: Client) -> list[str]:
    return [file.removeprefix(HERE) for file in fetch(client, "/sitemap.xml", "sitemapindex", "sitemap")]


def test_an_empty_site_lists_its_own_pages(client: Client) -> None:
    assert files_of(client) == ["/sitemap-pages.xml"]
    for address in ("/sitemap-experts-1.xml", "/sitemap-experts-0.xml", "/sitemap-nothing-1.xml"):
        assert client.get(address).status_code == 404
    assert fetch(client, "/sitemap-news.xml") == {}


def test_long_sections_are_parted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "MOST", 3)
    make.filled_record(7)
    parts = [fetch(client, f"/sitemap-experts-{number}.xml") for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert len({address for part in parts for address in part}) == 7
    assert [file for file in files_of(client) if "experts" in file] == [f"/sitemap-experts-{n}.xml" for n in (1, 2, 3)]
    assert client.get("/sitemap-experts-4.xml").status_code == 404


@pytest.mark.parametrize("rows", [1, 10_000])
def test_ten_thousand_questions_cost_what_one_does(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    scale = make.scale()
    Question.objects.bulk_create(
        Question(wording=f"Question {n}?", slug=f"q-{n}", scale=scale, public_at=make.LONG_AGO) for n in range(rows)
    )
    with django_assert_num_queries(2):
        assert client.get("/sitemap-questions-1.xml").getvalue().count(b"<url>") == rows


@pytest.mark.parametrize("rows", [1, 100])
def test_the_same_queries_for_one_row_and_for_many(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    ask(rows, rows if rows == 1 else 2)
    repeat(publish_one(), rows - 1)
    with django_assert_num_queries(7):
        client.get("/sitemap.xml").getvalue()
    for name in mapping.SECTIONS:
        with django_assert_num_queries(2):
            client.get(f"/sitemap-{name}-1.xml").getvalue()


# --- News ------------------------------------------------------------------------------------------------------------


def test_news_is_what_was_first_published_in_two_days(client: Client) -> None:
    now = timezone.now()
    for slug, hours in (("old", 49), ("fresh", 47), ("newest", 1)):
        publish(make.article(f"{slug} & <b>", slug=slug), by=None, now=now - timedelta(hours=hours))
    old = Edition.objects.get(slug="old").article
    site.rewrite(old, body="<p>Again.</p>")
    publish(old, by=None, now=now)
    root = etree.fromstring(client.get("/sitemap-news.xml").getvalue())
    assert [node.findtext(f"{MAPS}loc") for node in root] == [f"{HERE}/articles/{s}/" for s in ("newest", "fresh")]
    for node in root:
        news = node.find(f"{NEWS}news")
        assert [child.tag for child in news] == [f"{NEWS}{n}" for n in ("publication", "publication_date", "title")]
        assert [child.text for child in news[0]] == ["aisrace", "en"]
        assert MOMENT.fullmatch(news[1].text)
    assert root[0].findtext(f"{NEWS}news/{NEWS}title") == "newest & <b>"
    assert "/sitemap-news.xml" in files_of(client)


def test_of_much_news_the_newest_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "MOST_NEWS", 2)
    for n in range(3):
        publish(make.article(slug=f"n-{n}"), by=None, now=timezone.now() - timedelta(hours=n))
    assert list(fetch(client, "/sitemap-news.xml")) == [f"{HERE}/articles/n-{n}/" for n in (0, 1)]


@pytest.mark.parametrize("text", ["]]> & <x> \"y\" 'z'", "\x00\x0b\ud800\u202e\uffff", "&amp; </url>" * 900])
def test_whatever_a_row_holds_can_be_read(text: str) -> None:
    for lines in (write_news([("/a/", NOW, text)]), write_addresses([(f"/{text}/", NOW)])):
        etree.fromstring("".join(lines).encode())


# --- robots.txt and llms.txt -----------------------------------------------------------------------------------------


def test_machines_may_read_what_readers_read_and_nothing_else(client: Client) -> None:
    site.build()
    text = client.get("/robots.txt").content.decode()
    assert client.get("/robots.txt")["Content-Type"] == "text/plain; charset=utf-8"
    assert text.splitlines()[-1] == f"Sitemap: {HERE}/sitemap.xml"
    rules = [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow: ")]
    closed = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]

    def may_visit(address: str) -> bool:
        return not any(rule.match(address) for rule in closed)

    feeds = ["/feed.atom", "/experts/ada/feed.json", "/articles/night-trains/comments/feed.atom"]
    for address in (*site.PAGES.values(), *feeds, "/llms.txt", "/sitemap.xml", "/api/v1/", "/media/a.png"):
        assert may_visit(address), address
    for address in (*site.FORMS.values(), "/admin/", "/admin/login/", "/accounts/login/", "/preview/abc/"):
        assert not may_visit(address), address
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    assert parser.can_fetch("Anybody", f"{HERE}/articles/night-trains/")
    assert not parser.can_fetch("Anybody", f"{HERE}/admin/")


def test_llms_txt_says_where_the_data_is(client: Client, settings: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/llms.txt")
    text = response.content.decode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert text.startswith("# aisrace\n\n> ")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    assert [link for link in links if not link.startswith(f"{HERE}/")] == [settings.DATA_LICENCE_URL]
    for link in (link.removeprefix(HERE) for link in links if HERE in link and "/api/" not in link):
        assert client.get(link).status_code == 200, link
    assert {link.removeprefix(HERE) for link in links if "/api/" in link} == {
        *("/api/v1/", "/api/v1/docs/", "/api/v1/schema/", "/api/v1/export/positions.csv", "/api/v1/changes/"),
    }


def test_experts_are_found_by_what_became_public_last() -> None:
    """The date of a position counts once its question is public, too."""
    expert, late = make.expert(), make.question(public_at=NOW)
    make.position(expert, late)
    assert mapping.list_experts(NOW).get().changed == NOW
    assert mapping.list_experts(NOW - timedelta(days=1)).get().changed == make.LONG_AGO
    assert Expert.objects.count() == 1
