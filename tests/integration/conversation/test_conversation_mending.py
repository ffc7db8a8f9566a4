"""What readers do to comments that are there: editing, deleting, finding them valuable."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from articles.models import Edition
from comments.drafts import words_key_of
from comments.models import Comment, Commenter, Revision, ScreeningRule, Vote
from tests.pages import visit
from tests.rows import read_all
from tests.talk import browser_of, comment, person
from tests.talk_pages import TALK, TEXT, own, page_of, said, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation"), pytest.mark.one_database]


# --- Mending ---------------------------------------------------------------------------------------------------------


def test_a_comment_is_edited_for_ten_minutes(known: Client, edition: Edition, time_machine: TimeMachineFixture) -> None:
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    send(known)
    made = Comment.objects.get()
    time_machine.move_to(start + timedelta(minutes=9, seconds=59), tick=False)
    assert [e.text for e in visit(known, own(known, made, "edit")).find("textarea")] == [TEXT]
    response = known.post(own(known, made, "edit"), {"body": "Other words."})
    assert (response.status_code, response["Location"]) == (303, own(known, made, "yours"))
    assert said(visit(known, TALK)) == ["Other words."]
    assert "edited" in visit(known, TALK).texts("span")
    assert list(Revision.objects.values_list("number", "text")) == [(1, TEXT)]
    time_machine.move_to(start + timedelta(minutes=10), tick=False)
    assert known.get(own(known, made, "edit")).status_code == 403
    assert known.post(own(known, made, "edit"), {"body": "Too late."}).status_code == 403
    assert said(visit(known, TALK)) == ["Other words."]


def test_an_edit_is_screened_again(known: Client, edition: Edition) -> None:
    ScreeningRule.objects.create(key="listed_word", outcome="hold", words="zeppelin*")
    send(known)
    made = Comment.objects.get()
    known.post(own(known, made, "edit"), {"body": "By zeppelins."})
    made.refresh_from_db()
    assert (made.state, made.rule, made.caught) == ("held", "listed_word", "“zeppelins”")
    assert said(visit(known, TALK)) == []
    known.post(own(known, made, "edit"), {"body": "By train."})
    made.refresh_from_db()
    assert (made.state, made.rule, made.caught) == ("visible", "", "")


def test_an_edit_into_what_was_said_before_is_caught(known: Client, edition: Edition) -> None:
    send(browser_of(person("Bo Trask")), email=None, body=TEXT)
    send(known, body="Something of my own.")
    made = Comment.objects.latest("id")
    known.post(own(known, made, "edit"), {"body": TEXT})
    made.refresh_from_db()
    assert (made.state, made.rule, made.words_key) == ("held", "repeated", words_key_of(TEXT))


@pytest.mark.parametrize(
    ("body", "told"), [(" ", "Write something, or delete the comment."), ("x" * 5_001, "too long")]
)
def test_a_refused_edit_keeps_what_was_there_and_what_was_typed(
    known: Client, edition: Edition, body: str, told: str
) -> None:
    send(known)
    made, before = Comment.objects.get(), read_all()
    page = page_of(known.post(own(known, made, "edit"), {"body": body}), 400)
    assert told in page.words
    assert [e.text for e in page.find("textarea")] == [body.strip()]
    assert read_all() == before
    page = page_of(known.post(own(known, made, "edit"), {"body": "So *it* is.", "preview": "1"}))
    assert page.find("section", "preview")[0].texts("em") == ["it"]
    assert read_all() == before


def test_nobody_else_edits_or_deletes(client: Client, edition: Edition) -> None:
    made = comment(edition, commenter=person(), at=timezone.now())
    browsers = (client, browser_of(person("Bo Trask")))
    before = read_all()
    for browser in browsers:
        for place in ("edit", "delete"):
            assert browser.get(own(browser, made, place)).status_code == 403
            assert browser.post(own(browser, made, place), {"body": "Mine now."}).status_code == 403
    assert read_all() == before


def test_a_deleted_comment_leaves_a_place_only_where_there_are_answers(known: Client, edition: Edition) -> None:
    send(known, body="Alone.")
    send(known, body="Answered.")
    alone, answered = Comment.objects.order_by("id")
    comment(edition, "An answer.", parent=answered)
    for made in (alone, answered):
        assert made.text in visit(known, own(known, made, "delete")).words
        for _ in range(2):
            response = known.post(own(known, made, "delete"))
            assert (response.status_code, response["Location"]) == (303, own(known, made, "yours"))
    page = visit(known, TALK)
    places = page.find("article", "comment")
    assert [e["id"] for e in places] == [f"c{answered.pk}", f"c{Comment.objects.latest('id').pk}"]
    assert places[0].text == "Its author has deleted this comment."
    assert "Alone" not in page.source + visit(known, own(known, alone, "yours")).source
    assert "Your comment is deleted." in visit(known, own(known, alone, "yours")).words


# --- Votes -----------------------------------------------------------------------------------------------------------


def test_only_who_is_remembered_can_say_that_it_is_valuable(client: Client, edition: Edition) -> None:
    made = comment(edition)
    page = page_of(client.post(own(client, made, "vote")), 403)
    assert "/comments/remember/" in page.links
    assert Vote.objects.count() == 0


def test_a_vote_counts_once_and_can_be_taken_back(known: Client, edition: Edition) -> None:
    made = comment(edition)
    for _ in range(2):
        assert known.post(own(known, made, "vote"))["Location"] == own(known, made, "vote")
    assert "1 reader found it valuable, you among them." in visit(known, own(known, made, "vote")).words
    assert "Valuable · 1" in visit(known, TALK).words
    for _ in range(2):
        known.post(own(known, made, "vote"), {"value": "0"})
    assert "0 readers found it valuable." in visit(known, own(known, made, "vote")).words
    assert Vote.objects.count() == 0


def test_nobody_votes_for_their_own(known: Client, reader: Commenter, edition: Edition) -> None:
    made = comment(edition, commenter=reader)
    assert "This is your own comment." in page_of(known.post(own(known, made, "vote")), 403).words
    assert Vote.objects.count() == 0
