"""Two deeds that cross each other at their worst moment: both end, and what they leave is what one of them meant.

SQLite lets nobody write beside another; there the same deeds simply follow each other.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from articles.models import Edition
from comments import submitting
from comments.appeals import appeal, settle_appeal
from comments.banning import ban_author, ban_network
from comments.confirming import confirm, disown
from comments.models import Appeal, Ban, Comment, Commenter, Decision, Letter
from comments.moderating import NotDecidable, reject
from comments.rights import erase_person
from comments.sending import claim
from comments.submitting import Refused
from comments.visitors import Visitor
from comments.voting import NotVotable, vote
from tests import talk
from tests.talk import at, live, person, remembered, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("open_conversation")]

type Step = tuple[str, str]
READER: Step = ("comments_commenter", "FOR ")
COMMENTS: Step = ("comments_comment", "FOR ")
APPEAL: Step = ("comments_appeal", "UPDATE ")
LETTER: Step = ("comments_letter", "UPDATE ")
VISITOR = Visitor("192.0.2.7", "A browser")


@pytest.fixture
def edition() -> Edition:
    return live()


def cross(*deeds: tuple[Callable[[], Any], Step]) -> list[Any]:
    """All at once; each waits for the others once it has locked what its step names, for as long as they may need.

    What was returned, or the exception by which a deed says that the other came first.
    """
    barrier = threading.Barrier(len(deeds))

    def go(deed: Callable[[], Any], step: Step) -> Any:
        left = [step]

        def pause(execute: Any, sql: str, *rest: Any) -> Any:
            found = execute(sql, *rest)
            table, word = step
            if left and f'"{table}"' in sql and word in sql:
                left.clear()
                with suppress(threading.BrokenBarrierError):  # the other waits for what is locked here
                    barrier.wait(0.7)
            return found

        try:
            with connection.execute_wrapper(pause):
                return deed()
        except (NotDecidable, NotVotable, Refused, Appeal.DoesNotExist) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, *zip(*deeds, strict=True)))


# --- Nobody waits for ever -------------------------------------------------------------------------------------------


def test_a_comment_is_rejected_while_its_author_finds_it_valuable(edition: Edition) -> None:
    author, mo = person(), talk.moderator()
    comment = talk.comment(edition, commenter=author)
    decision, refusal = cross(
        (lambda: reject(comment.pk, "insult", by=mo, now=at(1)), COMMENTS),
        (lambda: vote(comment.pk, author, wants=True, now=at(1)), READER),
    )
    assert isinstance(decision, Decision)
    assert isinstance(refusal, NotVotable)
    assert Letter.objects.get().commenter == author


@pytest.mark.parametrize("by_network", [False, True])
def test_two_ban_one_author_by_two_comments(edition: Edition, by_network: bool) -> None:
    author, mo, jo = person(), talk.moderator(), talk.moderator("jo")
    comments = [talk.held(edition, f"NUMBER {n}", commenter=author, from_ip="192.0.2.7") for n in range(4)]

    def ban(comment: Comment, by: Any) -> Decision | None:
        if by_network:
            return ban_network(comment.pk, "192.0.2.0/24", by=by, now=at(1), rejects_held=True)
        return ban_author(comment.pk, by=by, now=at(1), rejects_held=True)

    found = cross((lambda: ban(comments[3], mo), COMMENTS), (lambda: ban(comments[0], jo), COMMENTS))
    assert [decision.verb for decision in found if decision] in (["banned"], ["banned", "banned"])
    assert set(Comment.objects.values_list("state", flat=True)) == {"rejected"}
    assert Decision.objects.filter(verb="rejected").count() == 4
    assert Letter.objects.count() == 0


def test_an_author_is_banned_while_they_erase_everything(edition: Edition) -> None:
    author, mo = person(), talk.moderator()
    comments = [talk.held(edition, f"NUMBER {n}", commenter=author) for n in range(4)]
    banned, erased = cross(
        (lambda: ban_author(comments[3].pk, by=mo, now=at(1), rejects_held=True), COMMENTS),
        (lambda: erase_person(author, now=at(1)), READER),
    )
    assert erased is True
    assert Ban.objects.count() == (0 if isinstance(banned, NotDecidable) else 1)
    assert set(Comment.objects.values_list("state", "text", "name")) == {("erased", "", "")}


@pytest.mark.parametrize("overturns", [True, False])
def test_an_appeal_is_answered_while_its_author_erases_everything(edition: Edition, overturns: bool) -> None:
    author, mo = person(), talk.moderator()
    comment = talk.comment(edition, commenter=author)
    decision = reject(comment.pk, "insult", by=mo, now=at(1))
    assert decision
    asked = appeal(decision, "Look at it again.", now=at(2))
    settled, erased = cross(
        (lambda: settle_appeal(asked.pk, "Right.", overturns=overturns, by=mo, now=at(3)), APPEAL),
        (lambda: erase_person(author, now=at(3)), COMMENTS),
    )
    assert erased is True
    assert isinstance(settled, Appeal | Appeal.DoesNotExist)
    assert Appeal.objects.count() == Letter.objects.count() == Commenter.objects.count() == 0
    assert set(Decision.objects.values_list("note", flat=True)) == {""}
    assert Comment.objects.get().state == "erased"


@pytest.mark.parametrize("opens", [confirm, disown])
def test_a_link_is_opened_while_its_letter_is_sent_once_more(edition: Edition, opens: Any) -> None:
    comment = say(edition, now=at(1)).comment
    letter = Letter.objects.get()
    how = {"chosen": {comment.pk}, "visitor": VISITOR} if opens is confirm else {}
    _, done = cross(
        (lambda: claim(letter, at(2)), READER),
        (lambda: opens(letter, **how, now=at(2)), LETTER),
    )
    assert done
    assert Comment.objects.filter(state="unconfirmed").count() == 0
    assert Commenter.objects.get().confirmed_at == (at(2) if opens is confirm else None)


def test_room_is_made_while_a_link_is_opened(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes room is what no letter was written about, so the fourth."""
    monkeypatch.setattr(submitting, "UNCONFIRMED_MOST", 4)
    waiting = {say(edition, f"NUMBER {n}", now=at(n)).comment.pk for n in range(4)}
    letter = Letter.objects.earliest("id")
    done, sent = cross(
        (lambda: confirm(letter, waiting, VISITOR, now=at(20)), READER),
        (lambda: say(edition, "NUMBER 4", now=at(20)), ("comments_comment", "DELETE ")),
    )
    assert sent.is_new
    assert len(done.comments) in (3, 4)
    assert letter.comment in done.comments


# --- Nobody is left behind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [False, True])
def test_what_is_sent_while_its_author_is_erased_goes_with_them_or_is_somebody_elses(
    edition: Edition, answers: bool
) -> None:
    """It is sent, and may be there in full, after everything of theirs was emptied and before they are deleted."""
    author = person()
    first = talk.comment(edition, commenter=author)
    # What they write may answer what they wrote: then both deeds want that as well.
    parent = {"parent": str(first.pk)} if answers else {}
    visitor = remembered(author)
    told: list[Any] = []

    def send() -> None:
        try:
            told.append(say(edition, "SAID MEANWHILE", visitor=visitor, now=at(1), **parent))
        except Exception as refusal:  # what it says then is told in test_submitting.py
            told.append(refusal)
        finally:
            connection.close()

    sending = threading.Thread(target=send)

    def let_in(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if sql.startswith('UPDATE "comments_comment"') and '"state"' in sql:
            sending.start()
            sending.join(1)
        return found

    with connection.execute_wrapper(let_in):
        assert erase_person(author, now=at(1)) is True
    sending.join(30)
    assert len(told) == 1, "it was tried"
    assert not Comment.objects.filter(commenter=None).exclude(text="", name="", from_ip=None).exists()
    assert not Comment.objects.filter(commenter=None).exclude(state="erased").exists()
    assert not Commenter.objects.filter(pk=author.pk).exists()
