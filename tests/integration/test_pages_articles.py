"""Articles as readers find them: the newest edition, each earlier one, what changed, and what was taken back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from articles.models import Article, Edition
from articles.publishing import publish
from experts.models import Position
from tests import make, site
from tests.make import NOW
from tests.pages import crawl, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ARTICLE = "/articles/night-trains/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def test_the_article_is_its_newest_edition(client: Client) -> None:
    page = visit(client, ARTICLE)
    assert "hums loudly" in page.words
    assert "hums slowly" not in page.words
    assert f"{ARTICLE}editions/" in page.links


def test_the_article_counts_what_it_rests_on(client: Client) -> None:
    # On trains all five answer, on ferries all but Dara, who declined.
    # The deleted comment is none of those that are counted.
    counted = "5 experts · 2 questions · 9 positions · 1 verbatim quote · 26 comments"
    assert counted in visit(client, ARTICLE).texts("p", "meta")


def test_the_article_leads_to_each_of_its_parts(client: Client) -> None:
    page = visit(client, ARTICLE)
    places = [e["href"][1:] for e in page.find("ul", "contents")[0].find("a")]
    assert places == ["comparison", "one-by-one", "verdict", "by-question", "method", "comments"]
    assert set(places) <= {e["id"] for e in page.find("section")}


def test_every_cell_of_the_article_opens_its_evidence(client: Client) -> None:
    page = visit(client, ARTICLE)
    opened = {e["popovertarget"] for e in page.find("button")} - {""}
    assert opened == {e["id"] for e in page.find("section", "evidence")}
    assert len(opened) == 10


def test_the_verdict_names_the_positions_it_rests_on(client: Client) -> None:
    verdict = visit(client, ARTICLE).find("section", "verdict")[0]
    assert verdict.texts("li") == ["Ada Fernwick on “trains”: Very likely"]


def test_an_update_shows_its_date_and_a_first_edition_does_not(client: Client) -> None:
    assert "edition 2" in visit(client, ARTICLE).words
    publish(make.article("Only once", slug="once"), by=None, now=NOW)
    assert "edition" not in visit(client, "/articles/once/").find("header")[1].text


def test_an_earlier_edition_stays_at_its_address_and_says_that_it_was_replaced(client: Client) -> None:
    page = visit(client, f"{ARTICLE}editions/1/")
    assert "hums slowly" in page.words
    assert "hums loudly" not in page.words
    assert "It has been replaced" in page.words
    assert [e["content"] for e in page.find("meta") if e["name"] == "robots"] == ["noindex"]
    assert [e["href"] for e in page.find("link") if e["rel"] == "canonical"] == [f"http://127.0.0.1:8000{ARTICLE}"]


def test_the_current_edition_has_an_address_too(client: Client) -> None:
    page = visit(client, f"{ARTICLE}editions/2/")
    assert "the current one" in page.words
    assert "It has been replaced" not in page.words


def test_an_edition_does_not_change_with_the_record(client: Client) -> None:
    before = visit(client, ARTICLE).find("main")[0].text
    Position.objects.update(summary="Something else.", confidence=1)
    assert visit(client, ARTICLE).find("main")[0].text == before


def test_the_history_lists_editions_newest_first_and_says_what_kind_they_are(client: Client) -> None:
    page = visit(client, f"{ARTICLE}editions/")
    editions = page.find("section", "edition")
    assert [e.texts("h2") for e in editions] == [["Edition 2"], ["Edition 1"]]
    assert editions[0].texts("p") == ["Corrected 1 July 2025, 13:00 UTC", "It was not slow."]
    assert editions[1].texts("p") == ["First published 1 July 2025, 12:00 UTC"]
    assert page.find("section", "edition")[0].links == [f"{ARTICLE}editions/2/"]


def test_the_history_shows_word_by_word_what_changed(client: Client) -> None:
    page = visit(client, f"{ARTICLE}editions/")
    assert page.texts("ins") == ["loudly"]
    assert page.texts("del") == ["slowly"]
    changes = page.find("dl", "diff")
    assert [(e.texts("dt"), e.texts("dd")) for e in changes] == [
        (["Introduction"], ["The engine hums slowly loudly in the dark before it leaves."])
    ]


def test_what_was_written_cannot_break_the_history(client: Client, built: site.Site) -> None:
    site.rewrite(built.article, headline="<script>alert(1)</script> & more", standfirst="</ins><b>bold</b>")
    publish(built.article, by=None, now=NOW + 2 * HOUR)
    page = visit(client, f"{ARTICLE}editions/")
    assert "<script>alert" not in page.source
    assert "</ins><b>" not in page.source
    assert page.texts("h2") == ["Edition 3", "Edition 2", "Edition 1"]


def test_a_long_history_comes_a_page_at_a_time(client: Client, built: site.Site) -> None:
    rows = Edition.objects.filter(article=built.article, number=2)
    for number in range(3, 24):
        row = rows.get()
        row.pk, row.number, row.live_at = None, number, row.live_at + number * HOUR
        row.content = row.content | {"body": f"<p>Text {number}.</p>"}
        row.save(force_insert=True)
    last = visit(client, f"{ARTICLE}editions/?page=2")
    assert last.texts("h2")[-1] == "Edition 4"
    assert "Text 13." not in last.words
    # The oldest edition of a page is told against the one on the next.
    assert last.find("section", "edition")[-1].texts("del")


def test_a_withdrawn_article_is_gone_and_says_why(client: Client) -> None:
    for address in (site.WITHDRAWN, f"{site.WITHDRAWN}editions/", f"{site.WITHDRAWN}editions/1/"):
        page = visit(client, address, 410)
        assert page.texts("h1") == ["A forged timetable"]
        assert site.REASON in page.words
        assert "platform nine and a half" not in page.source
        assert [e["content"] for e in page.find("meta") if e["name"] == "robots"] == ["noindex"]


def test_a_withdrawn_article_can_be_published_again(client: Client, built: site.Site) -> None:
    publish(built.withdrawn, by=None, now=NOW + 3 * HOUR)
    assert "platform nine and a half" in visit(client, site.WITHDRAWN).words
    assert [e.texts("h2") for e in visit(client, f"{site.WITHDRAWN}editions/").find("section", "edition")] == [
        ["Edition 3"],
        ["Withdrawn"],
        ["Edition 1"],
    ]


def test_a_scheduled_edition_appears_when_its_time_has_come(
    client: Client, built: site.Site, time_machine: TimeMachineFixture
) -> None:
    now = timezone.now()
    site.rewrite(built.article, headline="Tomorrow's headline")
    publish(built.article, by=None, now=now, at=now + HOUR)
    assert visit(client, ARTICLE).texts("h1") == ["Who believes in night trains"]
    time_machine.move_to(now + HOUR)
    assert visit(client, ARTICLE).texts("h1") == ["Tomorrow's headline"]
    assert "Tomorrow's headline" in visit(client, "/").texts("h1")


def test_the_home_page_asks_where_its_reader_stands(client: Client) -> None:
    lead = visit(client, "/").find("section", "lead")[0]
    assert any(e["href"] == f"{ARTICLE}where-do-you-stand/" for e in lead.find("a"))


def test_what_is_newest_leads_the_home_page(client: Client) -> None:
    publish(make.article("A newer one", slug="newer"), by=None, now=NOW + 5 * HOUR)
    home = visit(client, "/")
    assert home.texts("h1") == ["A newer one"]
    assert "Who believes in night trains" in home.texts("h3")


def test_the_pages_around_an_article_lead_to_it(client: Client) -> None:
    for address in (
        "/articles/",
        "/experts/ada/",
        "/questions/ferries/",
        "/topics/night-trains/",
        "/authors/nell-upham/",
    ):
        assert ARTICLE in visit(client, address).links, address


def test_nothing_leads_to_what_was_withdrawn(client: Client) -> None:
    assert site.WITHDRAWN not in {link for page in crawl(client).values() for link in page.links}


def test_every_old_address_leads_to_the_new_one(client: Client) -> None:
    article = Article.objects.get(slug="night-trains")
    article.slug, article.headline = "trains-by-night", "Trains by night"
    article.save()
    publish(article, by=None, now=timezone.now())
    moved = "/articles/trains-by-night/"
    for tail in ("", "editions/", "editions/1/"):
        answer = client.get(f"{ARTICLE}{tail}")
        assert (answer.status_code, answer["Location"]) == (301, f"{moved}{tail}")
        assert answer["Cache-Control"] == "no-cache", "it may move back"
        visit(client, f"{moved}{tail}")
