"""What a reader finds of themselves, what they can set, and that the pages about it say what the code does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from articles.models import Edition
from articles.publishing import withdraw
from comments.belongings import UNCONFIRMED_KEPT
from comments.confirming import LASTS, MUTED, make_token
from comments.letters import ask_to_remember
from comments.models import Comment, Commenter, Letter
from comments.moderating import approve, hold, mark_spam, reject
from comments.proof import LASTS as PROOF_LASTS
from comments.remembering import COOKIE, SALT
from comments.remembering import LASTS as COOKIE_LASTS
from comments.retention import LETTERS_KEPT, NETWORK_BANS_KEPT, REPORTERS_KEPT, STRANGERS_KEPT, TRACES_KEPT
from tests import make, talk
from tests.make import NOW
from tests.pages import Page, visit
from tests.rows import find, read_all
from tests.talk import live, person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("open_conversation")]

MINE = "/comments/mine/"
PAGES = [
    *(MINE, "/comments/mine/letters/", "/comments/mine/forget/", "/comments/mine/export/", "/comments/mine/erase/"),
    *("/comments/mine/erased/", "/comments/remember/", "/comments/remember/sent/", "/comments/disowned/"),
]


@pytest.fixture
def edition() -> Edition:
    return live()


@pytest.fixture
def reader() -> Commenter:
    return person(address="rosa@example.org")


def remember(client: Client, reader: Commenter) -> Client:
    """As in use: by a letter and its button."""
    ask_to_remember(reader.address, timezone.now())
    letter = Letter.objects.latest("id")
    client.post(f"/comments/confirm/{make_token(letter)}/", {"deed": "confirm"})
    return client


@pytest.fixture
def known(client: Client, reader: Commenter) -> Client:
    return remember(client, reader)


# --- Nobody ----------------------------------------------------------------------------------------------------------


def test_who_is_not_remembered_is_told_how_to_be(client: Client, reader: Commenter, edition: Edition) -> None:
    talk.comment(edition, "BAIT", commenter=reader)
    page = visit(client, MINE)
    assert "not remembered" in page.words
    assert "/comments/remember/" in page.links
    assert "BAIT" not in page.source


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_done_for_nobody(client: Client, reader: Commenter, address: str) -> None:
    before = read_all()
    for verb in (client.get, client.head, client.post):
        assert verb(address, {"sure": "yes", "everywhere": "1"}).status_code in (200, 303, 400)
    assert read_all() == before


@pytest.mark.parametrize("address", PAGES)
def test_looking_changes_nothing(known: Client, address: str) -> None:
    before = read_all()
    for verb in (known.get, known.head):
        response = verb(address, {"sure": "yes", "replies": "never"}, headers={"HX-Request": "true"})
        assert response["Cache-Control"] == "no-store, private"
        assert not response.cookies
    assert known.put(address).status_code == known.delete(address).status_code == 405
    assert read_all() == before


@pytest.mark.parametrize("address", PAGES)
def test_a_post_from_another_site_is_refused(known: Client, address: str) -> None:
    before = read_all()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert known.post(address, {"sure": "yes", "everywhere": "1"}, headers=headers).status_code == 403
    assert read_all() == before


@pytest.mark.parametrize("value", ["x", "", "WzEsMF0:1abc:" + "A" * 43, "\u00e9"])
def test_a_forged_cookie_is_nobodys(client: Client, reader: Commenter, value: str) -> None:
    client.cookies[COOKIE] = value
    assert "not remembered" in client.get(MINE).text


# --- One's own -------------------------------------------------------------------------------------------------------


def test_own_comments_say_what_became_of_them(known: Client, reader: Commenter, edition: Edition) -> None:
    def say(text: str, **values: Any) -> Comment:
        return talk.comment(edition, text, commenter=reader, **values)

    now, moderator = timezone.now(), make.user()
    shown, waits = say("SHOWN <b>", at=now), say("WAITS", state="held", rule="many_links")
    no, spam, reported = say("NO"), say("SPAM"), say("REPORTED")
    say("UNCONFIRMED", state="unconfirmed", at=now)
    say("", state="deleted")
    talk.comment(edition, "FOREIGN", commenter=person())
    reject(no.pk, "insult", "A NOTE", by=moderator, now=now)
    mark_spam(spam.pk, by=moderator, now=now)
    hold(reported.pk, by=None, now=now, rule="reported")
    page = visit(known, MINE)
    told = {row.find("blockquote", "quoted")[0].text: row for row in page.find("li") if row.find("blockquote")}
    assert set(told) == {"SHOWN <b>", "WAITS", "NO", "SPAM", "REPORTED", "UNCONFIRMED"}
    assert f"/articles/{edition.slug}/comments/{shown.pk}/#c{shown.pk}" in told["SHOWN <b>"].links
    assert f"/articles/{edition.slug}/comments/{shown.pk}/edit/" in told["SHOWN <b>"].links
    assert f"/articles/{edition.slug}/comments/{waits.pk}/delete/" in told["WAITS"].links
    assert f"/articles/{edition.slug}/comments/{waits.pk}/edit/" not in told["WAITS"].links, "the time is over"
    assert "more links than are shown here" in told["WAITS"].text
    assert "A moderator’s reason: Insulting." in told["NO"].text
    assert "A NOTE" in told["NO"].text
    assert [link for link in told["NO"].links if link.startswith("/comments/appeal/")]
    assert "taken for advertising" in told["SPAM"].text
    assert "until a moderator has looked at it" in told["REPORTED"].text
    assert "link that was mailed" in told["UNCONFIRMED"].text


def test_a_reason_that_was_taken_back_is_not_told(known: Client, reader: Commenter, edition: Edition) -> None:
    comment = talk.comment(edition, "MINE", commenter=reader)
    reject(comment.pk, "insult", "A NOTE", by=make.user(), now=NOW)
    approve(comment.pk, by=make.user("other"), now=NOW)
    page = visit(known, MINE)
    assert "Visible" in page.words
    assert "Insulting" not in page.words


def test_what_became_of_a_comment_is_told_to_its_author_alone(client: Client, edition: Edition) -> None:
    """The address of the page may get about: what stands there is not for whoever has it."""
    talk.say(edition, "MINE", address="zoe@example.org", now=timezone.now())
    confirmed = client.post(
        f"/comments/confirm/{make_token(Letter.objects.get())}/",
        {"deed": "confirm", "comment": Comment.objects.get().pk},
    )
    reject(Comment.objects.get().pk, "insult", "A NOTE", by=make.user(), now=timezone.now())
    page = client.get(confirmed["Location"])
    assert all(words in page.text for words in ("MINE", "A NOTE", "/comments/appeal/"))
    for other in (talk.browser_of(person()), Client()):
        answer = other.get(confirmed["Location"])
        assert "Your address is confirmed." in answer.text, "whoever keeps no cookie is told as much"
        assert not any(words in answer.text for words in ("MINE", "A NOTE", "/comments/appeal/", "Insulting"))


def test_an_article_that_is_gone_is_not_named(known: Client, reader: Commenter) -> None:
    edition = live(headline="SECRET")
    talk.comment(edition, "MINE", commenter=reader)
    withdraw(edition.article, by=None, now=timezone.now(), reason="Wrong.")
    page = visit(known, MINE)
    assert "MINE" in page.source
    assert "SECRET" not in page.source


def test_the_page_costs_the_same_for_few_and_many(
    known: Client, reader: Commenter, edition: Edition, django_assert_num_queries: Any
) -> None:
    for number in (1, 19, 100):
        for n in range(number):
            talk.comment(edition, f"NUMBER {n}", commenter=reader)
        with django_assert_num_queries(4):
            known.get(MINE)
    assert "1–20 of 120" in known.get(MINE).text


# --- Settings --------------------------------------------------------------------------------------------------------


def test_letters_are_as_the_reader_wants_them(known: Client, reader: Commenter) -> None:
    response = known.post("/comments/mine/letters/", {"replies": "daily"}, follow=True)
    assert "Saved." in response.text
    reader.refresh_from_db()
    assert (reader.replies, reader.decisions) == ("daily", False)
    page = Page(response.text)
    assert [box["value"] for box in page.find("input") if "checked" in box.attributes] == ["daily"]
    known.post("/comments/mine/letters/", {"replies": "never", "decisions": "on"})
    known.post("/comments/mine/letters/", {"replies": "BAIT"})
    reader.refresh_from_db()
    assert (reader.replies, reader.decisions) == ("never", True)


def test_forgotten_on_this_device_alone(known: Client, reader: Commenter) -> None:
    other = remember(Client(), reader)
    response = known.post("/comments/mine/forget/")
    assert response.cookies[COOKIE]["max-age"] == 0
    assert "not remembered" in known.get(MINE).text
    assert reader.address in other.get(MINE).text


def test_forgotten_on_all_devices(known: Client, reader: Commenter) -> None:
    other, somebody = remember(Client(), reader), remember(Client(), person())
    known.post("/comments/mine/forget/", {"everywhere": "1"})
    for client in (known, other):
        assert "not remembered" in client.get(MINE).text
    assert "not remembered" not in somebody.get(MINE).text


# --- Rights ----------------------------------------------------------------------------------------------------------


def test_everything_can_be_downloaded(known: Client, reader: Commenter, edition: Edition) -> None:
    talk.comment(edition, "MINE — </script>", commenter=reader)
    talk.comment(edition, "FOREIGN", commenter=person())
    response = known.get("/comments/mine/export/")
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="my-comments.json"'
    told = json.loads(response.content)
    assert told["address"] == reader.address
    assert [comment["text"] for comment in told["comments"]] == ["MINE — </script>"]
    assert b"FOREIGN" not in response.content


def test_everything_can_be_erased_by_who_is_sure(known: Client, reader: Commenter, edition: Edition) -> None:
    talk.comment(edition, "MINE", commenter=reader)
    assert known.post("/comments/mine/erase/").status_code == 400
    assert known.post("/comments/mine/erase/", {"sure": "no"}).status_code == 400
    assert Comment.objects.get().text == "MINE"
    response = known.post("/comments/mine/erase/", {"sure": "yes"}, follow=True)
    assert "Everything is erased" in response.text
    assert known.cookies[COOKIE].value == ""
    assert find(reader.address) == find("MINE") == []


# --- What the site says of itself ------------------------------------------------------------------------------------


def days(span: timedelta) -> str:
    return f"{span.days} days"


def test_the_page_about_cookies_is_true(client: Client) -> None:
    page = visit(client, "/cookies/")
    rows = {row[0]: row for row in page.rows[1:]}
    assert set(rows) == {COOKIE, "sessionid", "messages", "csrftoken"}
    assert days(timedelta(seconds=COOKIE_LASTS)) in rows[COOKIE][2]
    assert MINE in page.links


def test_the_cookie_holds_what_the_page_says(known: Client, reader: Commenter) -> None:
    told = signing.loads(known.cookies[COOKIE].value, salt=SALT)
    assert told == {"reader": [reader.pk, reader.generation]}


def test_the_page_about_privacy_is_true(client: Client) -> None:
    page = visit(client, "/privacy/")
    kept = {row[0].split(",")[0]: row[2] for row in page.rows[1:]}
    assert kept["A comment that waits for its address to be confirmed"] == days(UNCONFIRMED_KEPT)
    assert days(STRANGERS_KEPT) in kept["Your e-mail address"]
    assert kept["The network address you wrote from"].startswith(days(TRACES_KEPT))
    assert kept["Which letters were sent to you and when"] == days(LETTERS_KEPT)
    assert f"kept for {days(MUTED)}" in page.words
    assert f"dropped {days(REPORTERS_KEPT)} after the report is settled" in page.words
    assert "deleted a year after it ends" in page.words
    assert timedelta(days=365) == NETWORK_BANS_KEPT
    assert "two hours at most" in page.words
    assert timedelta(hours=2) == PROOF_LASTS
    assert {MINE, "/comments/remember/", "/cookies/"} <= set(page.links)


def test_words_with_a_number_agree_with_the_code(client: Client) -> None:
    assert LASTS == UNCONFIRMED_KEPT == timedelta(days=7)
    assert "within seven days" in client.get("/comments/remember/sent/").text
    assert f"for {days(MUTED)}" in client.get("/comments/disowned/").text


def test_no_page_sets_a_cookie_by_being_read(client: Client, edition: Edition) -> None:
    for address in (*PAGES, f"/articles/{edition.slug}/", f"/articles/{edition.slug}/comments/new/"):
        assert not client.get(address, follow=True).cookies
