"""What authors do to their own comments: what an edit may change, how often, and what taking back takes with it."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from comments.appeals import appeal, settle_appeal
from comments.drafts import NotUnderstood
from comments.editing import EDITS_MOST, delete, edit, may_delete
from comments.logbook import count_decisions
from comments.models import Appeal, Comment, Commenter, ReaderReport, ReportedError
from comments.moderating import approve, hold, mark_spam, reject
from comments.queue import TABS, count_waiting, list_waiting
from comments.reporting import Notice, report
from comments.visitors import Visitor
from tests import talk
from tests.desk import client_of
from tests.talk import at, remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]


@pytest.fixture
def edition() -> Edition:
    return talk.live()


@pytest.fixture
def rosa() -> Commenter:
    return talk.person()


@pytest.fixture
def mo() -> Any:
    return talk.moderator()


def change(comment: Comment, author: Commenter, text: str = "Otherwise, it says!", minutes: int = 4) -> Comment:
    edit(comment.pk, text, remembered(author), now=at(minutes))
    return Comment.objects.get(pk=comment.pk)


# --- What is held ----------------------------------------------------------------------------------------------------


def test_an_edit_does_not_lift_a_moderators_hold(edition: Edition, rosa: Commenter, mo: Any) -> None:
    comment = talk.comment(edition, commenter=rosa, at=at(0))
    hold(comment.pk, by=mo, now=at(1))
    changed = change(comment, rosa)
    assert (changed.state, changed.rule, changed.text) == ("held", "moderator", "Otherwise, it says!")
    assert approve(comment.pk, by=mo, now=at(5), seen=2)
    assert change(comment, rosa, "Otherwise, says the timetable.", 6).state == "visible"


def test_an_edit_does_not_lift_the_readers_hold(edition: Edition, rosa: Commenter) -> None:
    comment = talk.comment(edition, commenter=rosa, at=at(0))
    for number in range(3):
        report(comment, Notice("abuse"), Visitor(f"192.0.{number}.7"), now=at(1))
    changed = change(comment, rosa)
    assert (changed.state, changed.rule, changed.caught) == ("held", "reported", "By 3 readers.")
    assert changed.reports.filter(settled_at=None).count() == 3


def test_an_edit_lifts_what_a_rule_held_and_finds_nothing_in_any_more(edition: Edition, rosa: Commenter) -> None:
    comment = talk.held(edition, commenter=rosa, at=at(0))
    changed = change(comment, rosa)
    assert (changed.state, changed.rule, changed.caught, changed.caught_from) == ("visible", "", "", None)


# --- How often -------------------------------------------------------------------------------------------------------


def test_a_comment_is_edited_twenty_times_and_no_more(edition: Edition, rosa: Commenter) -> None:
    comment = talk.comment(edition, commenter=rosa, at=at(0))
    for number in range(EDITS_MOST):
        changed = change(comment, rosa, f"Otherwise, {number}.")
    assert (changed.revision, changed.revisions.count()) == (21, 20)
    assert change(comment, rosa, changed.text).revision == 21, "the same is nothing new, and no mistake"
    with pytest.raises(NotUnderstood, match="often enough"):
        change(comment, rosa, "Once more.")
    changed.refresh_from_db()
    assert (changed.text, changed.revisions.count()) == ("Otherwise, 19.", 20)


def test_the_page_says_that_it_is_often_enough(edition: Edition, rosa: Commenter) -> None:
    comment = talk.comment(edition, commenter=rosa, at=timezone.now(), revision=EDITS_MOST + 1)
    address = reverse("comment_edit", args=[edition.slug, comment.pk])
    answer = talk.browser_of(rosa).post(address, {"body": "Once more."})
    assert answer.status_code == 400
    assert "edited often enough" in answer.text
    assert "Once more." in answer.text, "nothing that was typed is lost"


# --- Taking back -----------------------------------------------------------------------------------------------------


def test_nothing_waits_about_what_its_author_has_taken_back(edition: Edition, rosa: Commenter, mo: Any) -> None:
    reported, rejected = (talk.comment(edition, commenter=rosa, purpose=purpose) for purpose in ("error", ""))
    ReportedError.objects.create(comment=reported, article=edition.article, at=at(1))
    report(reported, Notice("abuse"), Visitor("192.0.2.9"), now=at(1))
    early = report(reported, Notice("other"), Visitor("198.51.100.9"), now=at(1))
    ReaderReport.objects.filter(pk=early.pk).update(settled_at=at(2))
    appeal(reject(rejected.pk, "insult", by=mo, now=at(2)), "Why? It was irony.", now=at(3))
    assert (count_waiting()["reported"], count_waiting()["appeals"], count_waiting()["errors"]) == (1, 1, 1)
    for comment in (reported, rejected):
        assert delete(comment.pk, remembered(rosa), now=at(4))
    assert set(count_waiting().values()) == {0}
    assert not any(list_waiting(tab.key) for tab in TABS)
    assert set(ReaderReport.objects.values_list("settled_at", flat=True)) == {at(2), at(4)}
    assert not Appeal.objects.exists()
    assert count_decisions(at(5)).waiting == 0


def test_an_appeal_that_was_answered_stays_in_the_numbers_without_its_words(
    edition: Edition, rosa: Commenter, mo: Any
) -> None:
    comment = talk.comment(edition, commenter=rosa)
    asked = appeal(reject(comment.pk, "insult", by=mo, now=at(2)), "Why? It was irony.", now=at(3))
    settle_appeal(asked.pk, "It was not.", overturns=False, by=mo, now=at(4))
    delete(comment.pk, remembered(rosa), now=at(5))
    numbers = count_decisions(at(6))
    assert (numbers.appeals, numbers.upheld, numbers.waiting) == (1, 1, 0)
    assert dict(numbers.verbs) == {"Rejected": 1}
    assert Appeal.objects.get().text == ""
    assert client_of(mo).get(reverse("admin:comments_comment_change", args=[comment.pk])).status_code == 200


def test_what_was_taken_for_spam_is_still_its_authors_to_delete(edition: Edition, rosa: Commenter, mo: Any) -> None:
    comment = talk.comment(edition, commenter=rosa)
    mark_spam(comment.pk, by=mo, now=at(2))
    comment.refresh_from_db()
    assert may_delete(comment, remembered(rosa))
    assert not may_delete(comment, remembered(talk.person()))
    assert delete(comment.pk, remembered(rosa), now=at(3))
    comment.refresh_from_db()
    assert (comment.state, comment.text, comment.name) == ("deleted", "", "")
