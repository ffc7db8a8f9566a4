"""Writing a comment on the conversation's pages, and all that is not taken."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from articles.models import Article, Edition
from articles.publishing import publish
from comments.models import Ban, Comment, Commenter, Conversation, Letter, ReportedError, ScreeningRule
from comments.remembering import COOKIE
from experts.models import Position
from tests import make
from tests.make import NOW
from tests.pages import headers_of, visit
from tests.rows import read_all
from tests.talk import browser_of, comment
from tests.talk_pages import ARTICLE, NEW, TALK, TEXT, own, page_of, said, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation"), pytest.mark.one_database]


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_their_mail_and_nothing_is_shown(client: Client, edition: Edition) -> None:
    response = send(client, replies="on")
    assert (response.status_code, response["Location"]) == (303, "/comments/sent/")
    made = Comment.objects.get()
    assert (made.state, made.name, made.text, made.wants_replies) == ("unconfirmed", "Rosa Lindqvist", TEXT, True)
    assert made.commenter.address == "rosa@example.org"
    assert not client.cookies
    assert TEXT not in client.get(TALK).content.decode()
    assert visit(client, "/comments/sent/").texts("h1") == ["Look into your mail"]


def test_a_remembered_reader_sees_it_at_once(known: Client, reader: Commenter, edition: Edition) -> None:
    response = send(known, email=None, name=None)
    made = Comment.objects.get()
    assert (response.status_code, response["Location"]) == (303, own(known, made, "yours"))
    assert (made.commenter, made.state) == (reader, "visible")
    page = visit(known, response["Location"])
    assert "Your comment is there for all to read." in page.words
    assert {f"{TALK}{made.pk}/#c{made.pk}", own(known, made, "edit"), own(known, made, "delete")} <= set(page.links)
    assert said(visit(known, ARTICLE)) == said(visit(known, TALK)) == [TEXT]


def test_all_that_can_be_said_arrives(known: Client, position: Position) -> None:
    answer = position.question.scale.answers.last()
    quote = make.quote(position)
    publish(Article.objects.get(), by=None, now=NOW + timedelta(hours=1), kind="update", note="A quote.")
    send(
        known, position=position.pk, quote=quote.pk, purpose="challenges", answer=f"{position.question_id}-{answer.pk}"
    )
    made = Comment.objects.get()
    assert (made.position, made.quote, made.purpose) == (position, quote, "challenges")
    assert (made.question, made.answer) == (position.question, answer)
    send(known, parent=made.pk, purpose="source", body="A source.")
    assert (Comment.objects.latest("id").parent, Comment.objects.latest("id").purpose) == (made, "source")
    send(known, purpose="error", body="There is an error.")
    assert ReportedError.objects.get().comment.text == "There is an error."


def test_where_addresses_need_no_confirming_a_browser_is_known_by_what_it_wrote(
    client: Client, edition: Edition, settings: Any
) -> None:
    settings.COMMENTS_CONFIRM = False
    response = send(client)
    made = Comment.objects.get()
    assert (response["Location"], made.state) == (own(client, made, "yours"), "visible")
    assert client.get(own(client, made, "edit")).status_code == 200
    assert Client().get(own(client, made, "edit")).status_code == 403
    send(client, body="Another.")
    assert {client.get(own(client, one, "edit")).status_code for one in Comment.objects.all()} == {200}


@pytest.mark.parametrize("is_production", [True, False])
def test_the_cookie_is_for_the_site_alone(client: Client, edition: Edition, settings: Any, is_production: bool) -> None:
    settings.COMMENTS_CONFIRM, settings.SESSION_COOKIE_SECURE = False, is_production
    morsel = send(client).cookies[COOKIE]
    assert (morsel["httponly"], morsel["samesite"], bool(morsel["secure"])) == (True, "Lax", is_production)
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    assert list(client.cookies) == [COOKIE]
    assert "rosa" not in morsel.value


def test_the_form_offers_what_the_article_has(client: Client, position: Position) -> None:
    page = visit(client, f"{NEW}?position={position.pk}")
    assert "Ada Fernwick" in page.words
    assert {e["name"]: e["value"] for e in page.find("input") if e["type"] == "hidden"} == {
        "position": str(position.pk)
    }
    assert [e["value"] for e in page.find("input") if e["name"] == "purpose"] == [
        *("", "agrees", "challenges", "source", "error")
    ]
    answers = position.question.scale.answers.order_by("order")
    assert [e["value"] for e in page.find("option")] == ["", *(f"{position.question_id}-{a.pk}" for a in answers)]
    assert [e["action"] for e in page.find("form") if e["method"] != "post"] == ["/search/"]


def test_an_answer_shows_what_it_answers(client: Client, edition: Edition) -> None:
    first = comment(edition, "It was *late*.", name="Bo Trask")
    page = visit(client, f"{NEW}?parent={first.pk}")
    assert page.texts("h1") == ["Answer a comment"]
    assert page.texts("blockquote") == ["It was late."]
    assert "In answer to Bo Trask:" in page.words
    assert page.find("select") == []


def test_who_is_remembered_need_not_type_it_again(known: Client, reader: Commenter, edition: Edition) -> None:
    page = visit(known, NEW)
    typed = {e["name"]: e["value"] for e in page.find("input") if e["name"] in ("name", "email")}
    assert typed == {"name": reader.name, "email": reader.address}
    assert reader.address not in visit(known, ARTICLE).source + visit(known, TALK).source


def test_a_preview_writes_nothing_and_keeps_the_text(client: Client, edition: Edition) -> None:
    before = read_all()
    page = page_of(send(client, body="So *it* is.", preview="1", purpose="error"))
    assert [e.text for e in page.find("section", "preview")[0].find("em")] == ["it"]
    assert [e.text for e in page.find("textarea")] == ["So *it* is."]
    assert [e["value"] for e in page.find("input") if "checked" in e.attributes] == ["error"]
    assert read_all() == before


def test_clear_leads_to_an_empty_form_at_the_same_place(client: Client, position: Position, edition: Edition) -> None:
    first = comment(edition)
    for fields, query in (
        ({"position": position.pk}, f"?position={position.pk}"),
        ({"parent": first.pk}, f"?parent={first.pk}"),
    ):
        page = page_of(send(client, preview="1", **fields))
        (clear,) = [e["href"] for e in page.find("a") if e.text == "Clear"]
        assert clear == f"{NEW}{query}"
        assert [e.text for e in visit(client, clear).find("textarea")] == [""]


# --- What is not taken -----------------------------------------------------------------------------------------------

WRONG = {
    "name": ("", "Give a name that others can answer to."),
    "email": ("rosa", "This is not an e-mail address that a letter could be sent to."),
    "body": (" \n ", "Write something."),
    "purpose": ("applauds", "Choose one of: agrees, challenges, source, error; or nothing."),
    "parent": ("987654", "The comment that you answer is not here any more."),
    "position": ("987654", "The article does not show this position any more. Choose another, or none."),
    "quote": ("987654", "The article does not show this quote any more. Choose another, or none."),
    "answer": ("1-987654", "This answer belongs to no question of the article. Choose another, or none."),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_makes_no_sense_is_named_and_the_text_is_kept(client: Client, edition: Edition, field: str) -> None:
    typed, problem = WRONG[field]
    before = read_all()
    page = page_of(send(client, **{"body": "Kept, word for word.", "replies": "on"} | {field: typed}), 400)
    (alert,) = [e for e in page.find("div") if e["role"] == "alert"]
    assert alert.texts("li") == [problem]
    beside = [e.text for e in page.elements if e["id"] == f"{field}_problem"]
    assert beside == ([] if field in ("parent", "position", "quote") else [problem])
    assert alert.links == ([f"#{field}"] if beside else [])
    if beside:
        (named,) = [e for e in page.elements if e["id"] == field]
        assert named["aria-describedby"] == f"{field}_problem"
        assert (named["aria-invalid"] == "true") == (field != "purpose")  # a group cannot be invalid
    if field != "body":
        assert [e.text for e in page.find("textarea")] == ["Kept, word for word."]
    assert read_all() == before


def test_all_that_is_wrong_is_named_at_once(client: Client, edition: Edition) -> None:
    page = page_of(client.post(NEW, {}), 400)
    (alert,) = [e for e in page.find("div") if e["role"] == "alert"]
    assert alert.links == ["#email", "#name", "#body"]
    assert {e["id"] for e in page.find("p", "errors")} == {"email_problem", "name_problem", "body_problem"}


def closed(edition: Edition) -> None:
    Conversation.objects.create(article_id=edition.article_id, mode="closed", note="It was said.")


def banned(edition: Edition) -> None:
    Ban.objects.create(kind="network", value="127.0.0.1/32", label="Somebody", begins_at=NOW)


def too_long(edition: Edition) -> None:
    ScreeningRule.objects.create(key="too_long", outcome="refuse", number=10)


@pytest.mark.parametrize(
    ("refuse", "status", "told"),
    [
        (closed, 403, "This conversation is closed."),
        (banned, 403, "You cannot comment here for the time being."),
        (too_long, 400, "This is too long."),
    ],
)
def test_a_refusal_says_why_and_leaves_no_row(
    client: Client, known: Client, edition: Edition, refuse: Any, status: int, told: str
) -> None:
    refuse(edition)
    before = read_all()
    for browser in (client, known):
        page = page_of(send(browser), status)
        assert told in page.words
        if refuse is not closed:
            assert [e.text for e in page.find("textarea")] == [TEXT]
    assert read_all() == before


def test_a_closed_conversation_can_be_read_and_offers_nothing(client: Client, edition: Edition) -> None:
    comment(edition, "Said in time.")
    closed(edition)
    for address in (ARTICLE, TALK):
        page = visit(client, address)
        assert said(page) == ["Said in time."]
        assert "It was said." in page.words
        assert NEW not in page.links
    assert visit(client, NEW).find("textarea") == []


def test_too_fast_is_told_and_the_text_is_kept(known: Client, edition: Edition, settings: Any) -> None:
    cache.clear()
    settings.COMMENTS_LIMITS = True
    sent = [send(known, body=f"Number {n}.") for n in range(9)]
    assert [response.status_code for response in sent] == [303] * 8 + [429]
    page = page_of(sent[-1], 429)
    assert "You have written a lot in a short time." in page.words
    assert [e.text for e in page.find("textarea")] == ["Number 8."]
    assert Comment.objects.count() == 8
    cache.clear()


def test_what_is_held_is_said_to_be_held(known: Client, edition: Edition, settings: Any) -> None:
    settings.COMMENTS_MODE = "hold_all"
    page = page_of(known.get(send(known)["Location"]))
    assert "A moderator looks at your comment before it is shown." in page.words
    assert said(visit(known, TALK)) == []
    stranger = Client().get(own(known, Comment.objects.get(), "yours"), follow=True)
    assert stranger.status_code == 404  # as for a comment that there never was
    assert TEXT not in stranger.text


def test_sending_again_tells_nobody_whose_comment_it_is(client: Client, reader: Commenter, edition: Edition) -> None:
    """Whoever guesses the address behind a comment would see the guess confirmed by another answer."""
    send(browser_of(reader))
    for state in ("visible", "held", "rejected", "spam"):
        Comment.objects.update(state=state)
        right, wrong = (send(client, email=address) for address in (reader.address, f"not.{reader.address}"))
        assert (right.status_code, right["Location"], right.content) == (
            wrong.status_code,
            wrong["Location"],
            wrong.content,
        )
        assert headers_of(right) == headers_of(wrong)
    closed(edition)
    right, wrong = (send(client, email=address) for address in (reader.address, f"nor.{reader.address}"))
    assert (right.status_code, wrong.status_code) == (403, 403)
    assert Comment.objects.filter(commenter=reader).count() == 1
    assert not Letter.objects.filter(commenter=reader).exists()


def test_pressing_twice_sends_once(known: Client, edition: Edition) -> None:
    first, again = send(known), send(known)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Comment.objects.count() == 1


# --- What is not there any more, or closed ---------------------------------------------------------------------------


def test_an_answer_to_what_is_gone_can_be_sent_by_itself(client: Client, edition: Edition) -> None:
    form = client.get(f"{TALK}new/", {"parent": "987654"})
    assert "987654" not in form.text


def test_a_comment_on_a_quote_says_which_words(client: Client, edition: Edition) -> None:
    position = Position.objects.all()[0]
    quote = make.quote(position, "They will, and on time.")
    edition = publish(Article.objects.get(), by=None, now=NOW + timedelta(minutes=1), kind="update", note="More.")
    form = visit(client, f"{TALK}new/?quote={quote.pk}")
    assert quote.words in form.find("section", "write")[0].text
    comment(edition, "Not quite.", position=position, quote=quote)
    assert quote.words in visit(client, TALK).texts("q")[0]


def test_a_closed_conversation_offers_nothing_to_write(client: Client, edition: Edition) -> None:
    first = comment(edition)
    closed(edition)
    for place in (ARTICLE, TALK, f"{TALK}{first.pk}/"):
        page = visit(client, place)
        assert [link for link in page.links if "/comments/new/" in link] == []


def test_an_update_is_only_told_of_where_there_was_one(client: Client, edition: Edition) -> None:
    comment(edition, at=NOW - timedelta(days=500))
    assert visit(client, TALK).find("span", "before") == []
