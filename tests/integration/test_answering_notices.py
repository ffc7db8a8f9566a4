"""Who sends a notice of illegal content is told what was decided: once, late enough, and nothing that anybody typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from articles.models import Edition
from comments.answering import answer_due
from comments.editing import delete
from comments.letters import A_DAY_MOST
from comments.models import Comment, Commenter, Letter, ReaderReport
from comments.moderating import UNDOABLE_FOR, approve, hold, mark_spam, reject
from comments.reporting import Notice, report
from comments.retention import forget_due
from comments.rights import erase_person
from comments.sending import send_due
from comments.undoing import undo
from comments.visitors import Visitor
from tests import make, talk
from tests.make import NOW
from tests.talk import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation"), pytest.mark.one_database]

WHY = "It is defamation, SECTION 186."
LATER = at(1) + UNDOABLE_FOR
TYPED = "VERY RUDE"


@pytest.fixture
def edition() -> Edition:
    return talk.live(headline="Trains", slug="trains")


def notify(comment: Comment, address: str = "ann@example.org", why: str = WHY) -> ReaderReport:
    notice = Notice("illegal", why, "Ann Reeve", address, in_good_faith=True)
    return report(comment, notice, Visitor("192.0.2.7", "A browser"), now=at(0))


def sweep(now: Any = LATER) -> None:
    answer_due(now)
    send_due(now)


DECISIONS: dict[str, tuple[Callable[[Comment], Any], list[str], list[str]]] = {
    "removed": (
        lambda comment: reject(comment.pk, "illegal", "NOTE", by=make.user(), now=at(1)),
        ["decided that it is not shown any more", "Reason: Against the law.", "made by a person"],
        ["it stays"],
    ),
    "spam": (lambda comment: mark_spam(comment.pk, by=None, now=at(1)), ["not shown any more"], ["it stays", "Reason"]),
    "stays": (
        lambda comment: approve(comment.pk, by=None, now=at(1)),
        ["decided that it stays:", "/articles/trains/comments/", "out of court"],
        ["not shown", "Reason"],
    ),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_what_was_decided_is_told_once(edition: Edition, name: str) -> None:
    decide, words, others = DECISIONS[name]
    comment = talk.comment(edition, TYPED)
    notify(comment)
    sweep()
    assert mail.outbox == [], "nothing was decided"
    decide(comment)
    sweep(LATER - timedelta(seconds=1))
    assert mail.outbox == [], "it can still be undone"
    for _ in range(3):
        sweep()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["ann@example.org"], "What became of your notice: Trains")
    assert [word for word in words if word not in letter.body] == []
    assert [
        word for word in (*others, TYPED, "SECTION", "NOTE", "Ann Reeve", "None", "{{") if word in letter.body
    ] == []
    assert "1 July 2025" in letter.body
    assert "\n\n\n\n" not in letter.body
    assert "List-Unsubscribe" not in letter.message()


def test_who_gave_no_address_or_reported_otherwise_is_not_written_to(edition: Edition) -> None:
    comment = talk.comment(edition)
    report(comment, Notice("abuse", "It insults my sister."), Visitor("192.0.2.7", ""), now=at(0))
    reject(comment.pk, "insult", by=None, now=at(1))
    sweep()
    assert mail.outbox == []
    assert not Commenter.objects.exists()


def test_what_is_undone_is_not_told_and_what_is_decided_anew_is(edition: Edition) -> None:
    comment = talk.comment(edition)
    taken = notify(comment)
    first = reject(comment.pk, "illegal", by=None, now=at(1))
    assert first
    answer_due(LATER)
    assert undo(first.pk, by=None, now=LATER)
    send_due(LATER)
    assert mail.outbox == []
    assert not Letter.objects.exists()
    approve(comment.pk, by=None, now=LATER)
    sweep(LATER + UNDOABLE_FOR)
    assert "it stays" in mail.outbox[0].body
    taken.refresh_from_db()
    assert taken.told_at == LATER + UNDOABLE_FOR


def test_what_is_held_is_not_decided(edition: Edition) -> None:
    comment = talk.comment(edition)
    notify(comment)
    hold(comment.pk, by=None, now=at(1))
    sweep()
    assert mail.outbox == []


def test_the_author_takes_it_back_after_the_decision(edition: Edition) -> None:
    reader = talk.person()
    comment = talk.comment(edition, TYPED, commenter=reader)
    notify(comment)
    approve(comment.pk, by=None, now=at(1))
    delete(comment.pk, talk.remembered(reader), now=at(2))
    sweep()
    assert len(mail.outbox) <= 1
    assert TYPED not in "".join(str(letter.body) for letter in mail.outbox)


def test_the_author_erases_everything(edition: Edition) -> None:
    reader = talk.person()
    comment = talk.comment(edition, TYPED, commenter=reader)
    talk.comment(edition, "An answer.", parent=comment)
    notify(comment)
    erase_person(reader, now=at(1))
    sweep()
    assert "its author has taken it back" in mail.outbox[0].body


def test_only_so_many_letters_go_to_one_mailbox(edition: Edition) -> None:
    for n in range(A_DAY_MOST + 2):
        comment = talk.comment(edition, f"Number {n}.")
        notify(comment, why=f"{WHY} {n}")
        reject(comment.pk, "illegal", by=None, now=at(1))
    for _ in range(3):
        sweep()
    assert len(mail.outbox) == A_DAY_MOST


def test_who_has_said_that_they_did_not_ask_is_left_alone(edition: Edition) -> None:
    talk.person(address="ann@example.org", confirmed_at=None, muted_until=NOW + timedelta(days=90))
    comment = talk.comment(edition)
    notify(comment)
    reject(comment.pk, "illegal", by=None, now=at(1))
    sweep()
    assert mail.outbox == []


def test_the_reporter_is_forgotten_as_before(edition: Edition) -> None:
    comment = talk.comment(edition)
    taken = notify(comment)
    reject(comment.pk, "illegal", by=None, now=at(1))
    sweep()
    forget_due(LATER + timedelta(days=31))
    taken.refresh_from_db()
    assert (taken.name, taken.address) == ("", "")
    assert not Commenter.objects.filter(address="ann@example.org").exists()
    assert not Letter.objects.exists()


def test_who_is_erased_is_not_written_to(edition: Edition) -> None:
    person = talk.person(address="ann@example.org")
    comment = talk.comment(edition)
    notify(comment)
    reject(comment.pk, "illegal", by=None, now=at(1))
    answer_due(LATER)
    erase_person(person, now=LATER)
    sweep(LATER)
    assert mail.outbox == []


@pytest.mark.parametrize("notices", [1, 20])
def test_nothing_to_do_costs_one_query(django_assert_num_queries: Any, edition: Edition, notices: int) -> None:
    for n in range(notices):
        notify(talk.comment(edition), f"ann{n}@example.org")
    with django_assert_num_queries(1):
        assert answer_due(LATER) == 0
