"""From draft to readers in a browser: the pages around an article, their zone, and what a second click does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from articles.models import Article
from articles.previewing import make_link
from articles.publishing import publish
from articles.reviewing import submit
from tests import make
from tests.browser.conftest import PATIENCE
from tests.browser.test_accessibility import find_violations, find_violations_by_day_and_night

PAGES = ["publish", "review", "links", "withdraw", "preview"]


@dataclass
class Office:
    """An editor in Berlin, and articles in every state."""

    editor: User
    live: Article
    draft: Article
    scheduled: Article
    empty: Article


@pytest.fixture(scope="module")
def office(address: str) -> Office:
    """Committed, for the server to see; gone with all else at the end of the package."""
    now = timezone.now()
    headlines = ("Night trains, live", "Night trains, draft", "Night trains, waiting")
    live, draft, scheduled = (make.article(headline) for headline in headlines)
    office = Office(
        make.user("publishing-editor", is_staff=True, is_superuser=True, first_name="Bea"),
        live,
        draft,
        scheduled,
        Article.objects.create(headline="", slug="nothing-yet", verdict="<p>So.</p>"),
    )
    publish(office.live, by=office.editor, now=now - timedelta(days=3))
    Article.objects.filter(pk=office.live.pk).update(standfirst="Three who know the tracks.", body="<p>Anew.</p>")
    publish(office.scheduled, by=office.editor, now=now, at=now + timedelta(days=2))
    submit(office.empty, by=office.editor, now=now, note="Does it go in this direction?")
    make_link(office.live, by=office.editor, now=now, lasts=timedelta(days=7), made_for="Kai")
    return office


@pytest.fixture(scope="module")
def berlin(chromium: Browser, address: str, office: Office) -> Iterator[BrowserContext]:
    client = Client()
    client.force_login(office.editor)
    context = chromium.new_context(base_url=address, reduced_motion="reduce", timezone_id="Europe/Berlin")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    yield context
    context.close()


@pytest.fixture
def page(berlin: BrowserContext) -> Iterator[Page]:
    """Whatever a test does: nothing breaks, nothing is refused by the content policy."""
    complaints: list[str] = []
    page = berlin.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    yield page
    page.close()
    assert [text for text in complaints if "status of 40" not in text] == []


def go(page: Page, article: Article, name: str = "publish", width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse(f"admin:articles_article_{name}", args=[article.pk]))


@pytest.mark.parametrize("name", PAGES)
def test_every_page(page: Page, office: Office, name: str) -> None:
    for article in (office.live, office.empty, office.scheduled):
        go(page, article, name)
        for width in (1280, 1024):
            page.set_viewport_size({"width": width, "height": 900})
            assert find_violations_by_day_and_night(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_zone_is_that_of_the_browser(page: Page, office: Office) -> None:
    go(page, office.live)
    expect(page.get_by_label("Day", exact=True)).not_to_be_visible()
    expect(page.get_by_role("button", name="Publish edition 2 now")).to_be_visible()
    page.get_by_label("At a time").check()
    expect(page.get_by_role("button", name="Schedule edition 2")).to_be_visible()
    expect(page.get_by_label("On the clocks of")).to_have_value("Europe/Berlin")


def test_a_doubled_hour_is_asked_about(page: Page, office: Office) -> None:
    autumn = timezone.localdate().replace(year=timezone.localdate().year + 1, month=10, day=31)
    autumn -= timedelta(days=(autumn.weekday() + 1) % 7)
    go(page, office.draft)
    page.get_by_label("At a time").check()
    page.get_by_label("Day", exact=True).fill(autumn.isoformat())
    page.get_by_label("Time", exact=True).fill("02:30")
    page.get_by_role("button", name="Schedule edition 1").click()
    expect(page.get_by_text("02:30 comes twice. Which do you mean?")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_label("The second: 02:30 CET (UTC+01:00)").check()
    page.get_by_role("button", name="Schedule edition 1").click()
    expect(page.get_by_role("heading", name="Edition 1 is scheduled")).to_be_visible()
    expect(page.get_by_text("02:30 CET (UTC+01:00)").first).to_be_visible()
    page.get_by_role("button", name="Take edition 1 back").click()
    expect(page.get_by_role("heading", name="Edition 1", exact=True)).to_be_visible()


def test_pressed_twice_and_in_two_windows_it_is_published_once(
    page: Page, berlin: BrowserContext, office: Office
) -> None:
    other = berlin.new_page()
    for window in (page, other):
        go(window, office.live)
        window.get_by_label("Correction.").check()
        window.get_by_label("Public note").fill("There are three of them.")
    page.get_by_role("button", name="Publish edition 2 now").dblclick()
    expect(page.get_by_text("Edition 2 is live.")).to_be_visible()
    other.get_by_role("button", name="Publish edition 2 now").click()
    expect(other.get_by_text("Edition 2 is live.")).to_be_visible()
    other.close()
    page.get_by_role("link", name="edition 2").click()
    expect(page.get_by_text("Three who know the tracks.")).to_be_visible()
    page.goto(reverse("editions", args=[office.live.slug]))
    expect(page.get_by_role("heading", name="Edition 2")).to_have_count(1)
    expect(page.get_by_text("There are three of them.")).to_be_visible()


def test_an_outsider_with_the_link_reads_the_preview_and_nothing_more(
    chromium: Browser, address: str, page: Page, office: Office
) -> None:
    go(page, office.draft, "links")
    page.get_by_label("For whom").fill("Ada Fernwick")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link for Ada Fernwick").input_value()
    outside = chromium.new_context(base_url=address)
    window = outside.new_page()
    path = f"/preview/{link.split('/preview/')[1]}"
    window.goto(path)
    expect(window.get_by_text("Preview of the working copy, not published.")).to_be_visible()
    expect(window.get_by_role("heading", name="Night trains, draft")).to_be_visible()
    assert find_violations(window) == []
    assert outside.cookies() == []
    page.get_by_role("button", name="Revoke the link for Ada Fernwick").click()
    expect(page.get_by_text("opens nothing any more")).to_be_visible()
    answer = window.goto(path)
    assert answer.status == 404
    outside.close()
