"""An author asks once more: happy, refused, repeated, raced, answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from comments.appeals import NoAppeal, appeal, find_appeal, make_appeal_token, may_appeal, settle_appeal
from comments.models import Appeal, Comment, Decision, Letter
from comments.moderating import NotDecidable, approve, mark_spam, reject
from comments.sending import send_due
from comments.undoing import HappenedSince, undo
from tests import make, talk
from tests.talk import at, live, person

pytestmark = pytest.mark.django_db
NOW = at(90)
WORDS = "It was irony, and the figures are right."


@pytest.fixture
def edition() -> Edition:
    return talk.live()


@pytest.fixture
def mo() -> Any:
    return talk.moderator()


@pytest.fixture
def comment(edition: Edition) -> Comment:
    return talk.comment(edition, "What nonsense.", commenter=talk.person())


def decide(comment: Comment, by: Any, **how: Any) -> Decision:
    decision = reject(comment.pk, "insult", "Say it otherwise.", by=by, **{"now": NOW} | how)
    assert decision
    return decision


def state(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_an_author_appeals_once(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    first = appeal(decision, f"  {WORDS}\x00", now=at(100))
    assert (first.comment, first.decision, first.text, first.outcome) == (comment, decision, WORDS, "")
    assert appeal(decision, "Other words.", now=at(101)) == first
    assert Appeal.objects.get().text == WORDS


def test_once_for_a_comment_however_often_it_is_decided(comment: Comment, mo: Any) -> None:
    first = appeal(decide(comment, mo), WORDS, now=at(100))
    settle_appeal(first.pk, "You are right.", overturns=True, by=mo, now=at(110))
    again = decide(comment, mo, now=at(120))
    assert appeal(again, "And again.", now=at(121)) == first
    assert not may_appeal(find_appeal(make_appeal_token(again), at(122)), at(122))


@pytest.mark.parametrize("text", ["", "  \x00 ", "x" * 4_001])
def test_an_appeal_says_something(comment: Comment, mo: Any, text: str) -> None:
    with pytest.raises(NoAppeal):
        appeal(decide(comment, mo), text, now=at(100))
    assert not Appeal.objects.exists()


def test_there_is_an_end_to_it(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    last, late = NOW + timedelta(days=60) - timedelta(seconds=1), NOW + timedelta(days=60)
    token = make_appeal_token(decision)
    assert may_appeal(find_appeal(token, last), last)
    assert find_appeal(token, late) is None
    with pytest.raises(NoAppeal):
        appeal(decision, WORDS, now=late)


def test_the_answer_can_be_read_after_the_end(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    appeal(decision, WORDS, now=at(100))
    assert find_appeal(make_appeal_token(decision), NOW + timedelta(days=400)) == decision


def test_what_is_shown_again_or_gone_needs_no_appeal(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    approve(comment.pk, by=mo, now=at(95))
    assert not may_appeal(find_appeal(make_appeal_token(decision), at(100)), at(100))
    with pytest.raises(NoAppeal):
        appeal(decision, WORDS, now=at(100))
    Comment.objects.update(state="deleted")
    assert find_appeal(make_appeal_token(decision), at(100)) is None


def test_a_link_is_not_to_be_guessed(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    token = make_appeal_token(decision)
    approval = approve(talk.held(talk.live()).pk, by=mo, now=NOW)
    for wrong in ("", "x", token[:-1], f"{decision.pk}:{token.split(':', 1)[1]}", make_appeal_token(approval)):
        assert find_appeal(wrong, at(100)) is None
    undo(decision.pk, by=mo, now=at(95))
    assert find_appeal(token, at(100)) is None


def test_spam_can_be_appealed_too(comment: Comment, mo: Any) -> None:
    decision = mark_spam(comment.pk, by=mo, now=NOW)
    assert appeal(decision, WORDS, now=at(100))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one() -> None:
    mo, comment = talk.moderator(), talk.comment(talk.live(), commenter=talk.person())
    decision = decide(comment, mo)

    def run(number: int) -> int:
        try:
            return appeal(decision, f"Words {number}.", now=at(100)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(run, range(12)))) == 1
    assert Appeal.objects.count() == 1


# --- Answering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overturns", "outcome", "after", "verb"),
    [(True, "overturned", "visible", "approved"), (False, "upheld", "rejected", "rejected")],
)
def test_an_appeal_is_answered_once(
    comment: Comment, mo: Any, overturns: bool, outcome: str, after: str, verb: str
) -> None:
    asked = appeal(decide(comment, mo), WORDS, now=at(100))
    settled = settle_appeal(asked.pk, "We have read it again.", overturns=overturns, by=mo, now=at(110))
    assert settled
    assert (settled.outcome, settled.answer, settled.by, settled.settled_at) == (
        outcome,
        "We have read it again.",
        mo,
        at(110),
    )
    assert state(comment) == after
    assert settle_appeal(asked.pk, "Otherwise.", overturns=not overturns, by=mo, now=at(120)) is None
    assert state(comment) == after
    decision = Decision.objects.latest("pk")
    assert (decision.verb, decision.note, decision.at) == (verb, "We have read it again.", at(110))
    assert Letter.objects.filter(kind="decision", decision=decision).count() == 1, "the author is told"
    with pytest.raises(HappenedSince):
        undo(decision.pk, by=mo, now=at(111))


def test_an_answer_says_why(comment: Comment, mo: Any) -> None:
    asked = appeal(decide(comment, mo), WORDS, now=at(100))
    with pytest.raises(NotDecidable):
        settle_appeal(asked.pk, " ", overturns=True, by=mo, now=at(110))
    assert (state(comment), Appeal.objects.get().outcome) == ("rejected", "")


def test_what_is_appealed_is_not_simply_undone(comment: Comment, mo: Any) -> None:
    decision = decide(comment, mo)
    appeal(decision, WORDS, now=at(100))
    with pytest.raises(HappenedSince, match="answer the appeal"):
        undo(decision.pk, by=mo, now=at(101))


def test_an_author_who_is_gone_cannot_be_overturned(comment: Comment, mo: Any) -> None:
    asked = appeal(decide(comment, mo), WORDS, now=at(100))
    Comment.objects.update(state="deleted")
    with pytest.raises(NotDecidable):
        settle_appeal(asked.pk, "You are right.", overturns=True, by=mo, now=at(110))
    assert Appeal.objects.get().outcome == ""


# --- The page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(comment: Comment, mo: Any) -> str:
    return reverse("comment_appeal", args=[make_appeal_token(decide(comment, mo, now=timezone.now()))])


def test_the_page_shows_the_decision_and_takes_the_appeal_once(client: Client, place: str) -> None:
    page = client.get(place)
    assert all(words in page.text for words in ("What nonsense.", "insulting", "Say it otherwise.", "Appeal</button>"))
    assert "Derrick" not in page.text
    assert not Appeal.objects.exists(), "a link that is opened does nothing"
    answer = client.post(place, {"text": WORDS})
    assert WORDS in answer.text
    assert 'method="post"' not in answer.text
    client.post(place, {"text": "Other words."})
    assert Appeal.objects.get().text == WORDS
    for response in (page, answer):
        assert not response.cookies
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


def test_the_page_tells_how_it_ended(client: Client, place: str, mo: Any) -> None:
    client.post(place, {"text": WORDS})
    settle_appeal(Appeal.objects.get().pk, "We <b>disagree</b>.", overturns=False, by=mo, now=timezone.now())
    page = client.get(place).text
    assert "The decision stands" in page
    assert "We &lt;b&gt;disagree&lt;/b&gt;." in page


def test_the_page_says_what_is_missing(client: Client, place: str) -> None:
    answer = client.post(place, {"text": " "})
    assert answer.status_code == 400
    assert "why the decision should be another" in answer.text


def test_a_link_that_leads_nowhere_says_so(client: Client) -> None:
    answer = client.get(reverse("comment_appeal", args=["1:abc:def"]))
    assert answer.status_code == 404
    assert "leads to no decision" in answer.text
    assert not mail.outbox


def test_the_answer_says_that_it_is_one_and_the_first_letter_does_not_cross_it() -> None:
    """The author may know of the decision, and appeal, before the letter about it has left."""
    reader = person(address="rosa@example.org")
    comment = talk.held(live(headline="Trains"), commenter=reader)
    decision = reject(comment.pk, "insult", by=make.user("first"), now=at(1))
    assert decision is not None
    row = appeal(decision, "It insults nobody.", now=at(2))
    settle_appeal(row.pk, "It does.", overturns=False, by=make.user("second"), now=at(3))
    assert send_due(at(60)) == 1
    letter = mail.outbox[0]
    assert letter.subject == "The answer to your appeal: Trains"
    assert "looked at again. It stands" in letter.body
    assert "The answer:\n\n> It does." in letter.body
    assert "ask once" not in letter.body
