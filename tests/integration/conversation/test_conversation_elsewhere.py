"""What other sites, other methods and other articles get from the conversation's pages: nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from comments.models import Comment, Commenter
from tests import make
from tests.make import NOW
from tests.pages import visit
from tests.rows import read_all
from tests.talk import browser_of, comment, live
from tests.talk_pages import ARTICLE, NEW, OWN_PAGES, TALK, TEXT, own, page_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation"), pytest.mark.one_database]


# --- From elsewhere --------------------------------------------------------------------------------------------------

ELSEWHERE = {
    "another site": {"HTTP_SEC_FETCH_SITE": "cross-site"},
    "a neighbour": {"HTTP_SEC_FETCH_SITE": "same-site"},
    "another origin": {"HTTP_ORIGIN": "https://evil.example"},
    "our name in another": {"HTTP_ORIGIN": "https://testserver.evil.example"},
    "our name before another": {"HTTP_ORIGIN": "https://testserver@evil.example"},
    "another port": {"HTTP_ORIGIN": "http://testserver:8001"},
    "no origin": {"HTTP_ORIGIN": "null"},
    "a broken origin": {"HTTP_ORIGIN": "http://["},
    "an odd origin": {"HTTP_ORIGIN": "://testserver"},
    "both": {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "cross-site"},
}
FROM_HERE = [
    {},
    {"HTTP_ORIGIN": "http://testserver"},
    {"HTTP_SEC_FETCH_SITE": "same-origin"},
    {"HTTP_SEC_FETCH_SITE": "none"},
]


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_nothing_is_taken_from_another_site(reader: Commenter, edition: Edition, headers: Any) -> None:
    mine, other = comment(edition, commenter=reader), comment(edition)
    browser, before = browser_of(reader, enforce_csrf_checks=True), read_all()
    places = [NEW, own(browser, mine, "edit"), own(browser, mine, "delete"), own(browser, other, "vote")]
    places += [own(browser, other, "report"), "/comments/remember/", "/comments/mine/letters/", "/comments/mine/erase/"]
    for place in [*places, "/comments/mine/forget/"]:
        typed = {"name": "Eve", "email": "eve@example.org", "body": "Evil.", "kind": "spam", "sure": "yes"}
        page = page_of(browser.post(place, typed, **headers), 403)
        assert page.texts("h1") == ["This came from another site"], place
    assert read_all() == before


@pytest.mark.parametrize("headers", FROM_HERE)
def test_a_post_from_here_needs_no_token(edition: Edition, headers: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(NEW, {"name": "Rosa", "email": "rosa@example.org", "body": TEXT}, **headers)
    assert response.status_code == 303
    assert not browser.cookies


def test_no_page_carries_a_token_or_sets_a_cookie(client: Client, edition: Edition) -> None:
    made = comment(edition)
    places = [ARTICLE, TALK, NEW, f"{TALK}{made.pk}/", *(own(client, made, place) for place in OWN_PAGES)]
    for place in [
        *places,
        "/comments/sent/",
        "/comments/mine/",
        "/comments/remember/",
        "/moderation/",
        "/corrections/",
    ]:
        response = client.get(place)
        assert b"csrf" not in response.content.lower(), place
        assert not response.cookies, place


# --- Other methods ---------------------------------------------------------------------------------------------------


def test_reading_changes_nothing_and_other_methods_are_refused(
    known: Client, reader: Commenter, edition: Edition
) -> None:
    mine, other = comment(edition, commenter=reader, at=timezone.now()), comment(edition)
    reading = [TALK, f"{TALK}{other.pk}/", f"{ARTICLE}corrections/", "/corrections/", "/moderation/"]
    writing = [NEW, *(own(known, mine, place) for place in OWN_PAGES), own(known, other, "vote"), "/comments/sent/"]
    typed = {"name": "Rosa", "email": "rosa@example.org", "body": TEXT, "value": "1", "kind": "spam", "sure": "yes"}
    before = read_all()
    for address in (*reading, *writing):
        for method in (known.get, known.head):
            assert method(address, typed).status_code in (200, 302), address
        for method in (
            known.put,
            known.delete,
            known.patch,
            known.options,
            *((known.post,) if address in reading else ()),
        ):
            assert method(address, typed).status_code == 405, address
    assert read_all() == before


# --- Where there is no conversation ----------------------------------------------------------------------------------


def all_addresses(made: Comment, slug: str) -> list[str]:
    under = f"/articles/{slug}/comments/"
    own_pages = [f"{under}{made.pk}/{place}/" for place in OWN_PAGES]
    return [under, f"{under}new/", f"{under}{made.pk}/", f"/articles/{slug}/corrections/", *own_pages]


def test_a_draft_has_no_conversation(known: Client, reader: Commenter, edition: Edition) -> None:
    draft = make.article(slug="draft")
    made = comment(edition, commenter=reader)
    Comment.objects.update(article=draft)
    answers_alone(known, made, "draft", 404)


def test_a_scheduled_article_has_no_conversation(known: Client, reader: Commenter) -> None:
    article, now = make.article(slug="tomorrow"), timezone.now()
    edition = publish(article, by=None, now=now, at=now + timedelta(days=1))
    answers_alone(known, comment(edition, commenter=reader), "tomorrow", 404)


def test_a_withdrawn_article_has_no_conversation_any_more(client: Client, reader: Commenter, edition: Edition) -> None:
    made = comment(edition, commenter=reader)
    withdraw(made.article, by=None, now=NOW + timedelta(hours=1), reason="It was forged.")
    answers_alone(client, made, edition.slug, 410)


def test_authors_take_back_what_they_wrote_under_a_withdrawn_article(
    known: Client, reader: Commenter, edition: Edition
) -> None:
    made = comment(edition, TEXT, commenter=reader)
    withdraw(made.article, by=None, now=NOW + timedelta(hours=1), reason="It was forged.")
    assert TEXT in visit(known, own(known, made, "yours")).words
    assert known.post(own(known, made, "delete")).status_code == 303
    assert Comment.objects.get().state == "deleted"


def answers_alone(client: Client, made: Comment, slug: str, status: int) -> None:
    """Every address with that status, by whatever method, and no row is written or changed."""
    before = read_all()
    for address in all_addresses(made, slug):
        for response in (client.get(address), client.post(address, {"body": TEXT, "kind": "spam", "value": "1"})):
            is_read_alone = response.status_code == 405 and response.wsgi_request.method == "POST"
            is_authors = status == 410 and address.endswith(("/yours/", "/delete/"))
            assert response.status_code == status or is_read_alone or (is_authors and leads_nowhere(client, response))
            assert "timetable" not in response.content.decode(), address
    assert read_all() == before


def leads_nowhere(client: Client, response: Any) -> bool:
    """What is for authors alone."""
    return response.status_code == 403 or client.get(response["Location"]).status_code == 410


def test_an_old_address_leads_to_the_new_one(client: Client, edition: Edition) -> None:
    Article.objects.update(slug="sleepers")
    publish(Article.objects.get(), by=None, now=NOW + timedelta(hours=1), kind="update", note="Renamed.")
    made = comment(edition)
    for address in all_addresses(made, "night-trains"):
        response = client.get(f"{address}?page=2&order=oldest")
        there = f"{address.replace('night-trains', 'sleepers')}?page=2&order=oldest"
        assert (response.status_code, response["Location"]) == (301, there)
    # A form that was open meanwhile is taken nevertheless.
    assert send(client).status_code == 303
    assert Comment.objects.filter(state="unconfirmed").count() == 1


@pytest.mark.parametrize("state", ["unconfirmed", "held", "rejected", "spam", "deleted", "erased"])
def test_a_comment_that_nobody_sees_has_no_address(client: Client, edition: Edition, state: str) -> None:
    hidden = comment(edition, "Hidden words.", state=state, name="Hidden name")
    for place in ("", "edit/", "delete/", "vote/", "report/"):
        response = client.get(f"{TALK}{hidden.pk}/{place}")
        assert response.status_code in (403, 404), place
        assert "Hidden" not in response.content.decode(), place
    for address in (ARTICLE, TALK, own(client, hidden, "yours"), f"{NEW}?parent={hidden.pk}"):
        assert "Hidden" not in client.get(address, follow=True).content.decode(), address
    assert send(client, parent=hidden.pk).status_code == 400


def test_a_comment_has_its_address_under_its_own_article_alone(client: Client, edition: Edition) -> None:
    other = live(slug="other")
    made = comment(other)
    for place in ("", *(f"{place}/" for place in OWN_PAGES)):
        assert client.get(f"{TALK}{made.pk}/{place}").status_code == 404
    assert send(client, parent=made.pk).status_code == 400
    assert Comment.objects.count() == 1
