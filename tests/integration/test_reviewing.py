"""submit, take back, return: each happy, refused and repeated; publishing ends the review."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from aisrace.keeping.models import Deed
from articles.models import Article
from articles.publishing import NotReady, publish
from articles.reviewing import read_review, return_to_author, submit, take_back
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HOUR = timedelta(hours=1)
SOON = NOW + 24 * HOUR


def log(article: Article) -> list[tuple[str, str]]:
    return [(deed.verb, deed.note) for deed in Deed.objects.about(article).order_by("id")]


def reload(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_what_is_submitted_awaits_review() -> None:
    author, article = make.user("author"), make.article()
    assert submit(article, by=author, now=NOW, note=" The second\u202e source is old. ") is True
    for copy in (article, reload(article)):
        assert (copy.submitted_at, copy.submitted_by) == (NOW, author)
    assert list(Article.objects.submitted()) == [article]
    assert log(article) == [("submitted", "The second source is old.")]
    assert read_review(article).is_submitted
    assert read_review(article).deed.by == author


def test_an_unfinished_article_can_be_submitted() -> None:
    article = Article.objects.create(slug="empty")
    assert submit(article, by=None, now=NOW) is True


def test_submitting_again_changes_nothing() -> None:
    author, article = make.user("author"), make.article()
    submit(article, by=author, now=NOW)
    assert submit(reload(article), by=make.user("another"), now=NOW + HOUR, note="Again.") is False
    assert (reload(article).submitted_at, reload(article).submitted_by) == (NOW, author)
    assert log(article) == [("submitted", "")]


def test_taking_back() -> None:
    author, article = make.user("author"), make.article()
    assert take_back(article, by=author, now=NOW) is False
    submit(article, by=author, now=NOW)
    assert take_back(article, by=author, now=NOW + HOUR) is True
    assert take_back(article, by=author, now=NOW + HOUR) is False
    assert (reload(article).submitted_at, reload(article).submitted_by) == (None, None)
    assert log(article) == [("submitted", ""), ("took back", "")]
    assert (read_review(article).is_submitted, read_review(article).deed) == (False, None)
    assert submit(article, by=author, now=NOW + 2 * HOUR) is True


def test_what_is_returned_says_why(django_capture_on_commit_callbacks: Any) -> None:
    author, editor = make.user("author", email="author@example.org"), make.user("editor", first_name="Bea")
    article = make.article("Trains")
    submit(article, by=author, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert return_to_author(article, by=editor, now=NOW + HOUR, note="Name the source.") is True
    assert reload(article).submitted_at is None
    review = read_review(article)
    assert (review.is_submitted, review.is_returned, review.deed.note) == (False, True, "Name the source.")
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("Returned: Trains", ["author@example.org"])
    assert letter.body.startswith("Bea returned “Trains” to you:\n\nName the source.\n\nhttp")
    assert letter.body.endswith(f"/admin/articles/article/{article.pk}/change/")
    submit(article, by=author, now=NOW + 2 * HOUR)
    assert not read_review(article).is_returned


@pytest.mark.parametrize("note", ["", " \n", "\u202e"])
def test_returning_without_a_note_is_refused(note: str) -> None:
    author, article = make.user("author"), make.article()
    submit(article, by=author, now=NOW)
    with pytest.raises(NotReady, match="Say what is to be done"):
        return_to_author(article, by=None, now=NOW, note=note)
    assert reload(article).submitted_at == NOW
    assert log(article) == [("submitted", "")]


def test_what_was_not_submitted_is_not_returned(django_capture_on_commit_callbacks: Any) -> None:
    author, article = make.user("author", email="author@example.org"), make.article()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert return_to_author(article, by=None, now=NOW, note="No.") is False
        submit(article, by=author, now=NOW)
        return_to_author(article, by=None, now=NOW, note="No.")
        assert return_to_author(article, by=None, now=NOW, note="No, again.") is False
    assert len(callbacks) == len(mail.outbox) == 1
    assert log(article) == [("submitted", ""), ("returned", "No.")]


@pytest.mark.parametrize("email", ["", "author@example.org"])
def test_nobody_writes_to_themselves_or_to_nobody(email: str, django_capture_on_commit_callbacks: Any) -> None:
    author, article = make.user("author", email=email), make.article()
    submit(article, by=author, now=NOW)
    by = author if email else make.user("editor")
    with django_capture_on_commit_callbacks(execute=True):
        return_to_author(article, by=by, now=NOW, note="Later.")
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_sent_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    author, article = make.user("author", email="author@example.org"), make.article()

    def fail(*args: Any, **values: Any) -> None:
        raise OSError("no such host")

    monkeypatch.setattr("articles.reviewing.send_mail", fail)
    submit(article, by=author, now=NOW)
    assert return_to_author(article, by=None, now=NOW, note="Name the source.") is True
    assert read_review(article).is_returned


@pytest.mark.parametrize("at", [None, SOON])
def test_publishing_ends_the_review(at: Any) -> None:
    author, article = make.user("author"), make.article()
    submit(article, by=author, now=NOW)
    publish(article, by=None, now=NOW, at=at)
    assert (reload(article).submitted_at, reload(article).submitted_by) == (None, None)
    assert not Article.objects.submitted().exists()
    assert read_review(reload(article)).deed is None


def test_a_refused_publication_leaves_it_submitted() -> None:
    author, article = make.user("author"), Article.objects.create(slug="empty")
    submit(article, by=author, now=NOW)
    with pytest.raises(NotReady):
        publish(article, by=None, now=NOW)
    assert reload(article).submitted_at == NOW


def test_a_deed_and_its_entry_stand_or_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.article()

    def fail(**values: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr(Deed.objects, "create", fail)
    with pytest.raises(RuntimeError, match="no log"):
        submit(article, by=None, now=NOW)
    assert reload(article).submitted_at is None
