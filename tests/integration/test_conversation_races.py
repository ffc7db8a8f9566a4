"""Many at once: the same comment sent again and again, votes that cross each other, readers who leave meanwhile."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from comments.models import Comment, Commenter, Letter, Vote
from comments.moderating import NotDecidable, approve, reject
from comments.rights import erase_person
from comments.submitting import Submission, submit
from comments.visitors import Visitor
from comments.voting import NotVotable, vote
from tests import databases, talk
from tests.make import NOW
from tests.talk import at, draft, live, person, remembered

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25  # in each of four sets, so that no test takes long
AT_ONCE = 50
READERS = 20


@pytest.fixture(autouse=True)
def _room(django_db_setup: None) -> Iterator[None]:
    """PostgreSQL lets a hundred in at once: two of these tests, in two processes, are too many."""
    with databases.one_at_a_time() if connection.vendor == "postgresql" else nullcontext():
        yield


@pytest.fixture(autouse=True)
def terms(settings: Any) -> Any:
    """As in use, but for the proof of work."""
    settings.COMMENTS_MODE, settings.COMMENTS_PROOF_OF_WORK = "open", False
    cache.clear()
    yield settings
    cache.clear()


def race(workers: int, rounds: int, run: Callable[[int, int], Any], *, together: int = 1) -> list[list[Any]]:
    """`run(worker, round)` by so many threads at once. What it returned, by round.

    They wait for each other before every round, or before so many: nobody is idle then while the last ones end one.
    """
    barrier = threading.Barrier(workers, timeout=60)

    def go(worker: int) -> list[Any]:
        try:
            found = []
            for number in range(rounds):
                if number % together == 0:
                    barrier.wait()
                found.append(run(worker, number))
            return found
        except BaseException:
            barrier.abort()  # the others would wait for it
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return [list(found) for found in zip(*pool.map(go, range(workers)), strict=True)]


# --- The same, many times at once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_set", range(4))
def test_the_same_sent_fifty_times_at_once_is_one_comment_and_one_letter(of_set: int) -> None:
    """A hundred rounds in all, each by an address and from a network that nobody knows; limits count a round once."""
    edition = live()

    def send(worker: int, number: int) -> Submission:
        sent = draft(f"Number {number}.", address=f"{number}@example.org")
        return submit(edition, sent, Visitor(f"192.0.{of_set}.{number}", "A browser"), now=at(1))

    for number, found in enumerate(race(AT_ONCE, ROUNDS, send, together=5)):
        assert len({submission.comment.pk for submission in found}) == 1, number
        assert sum(submission.is_new for submission in found) == 1, number
    sent = list(Comment.objects.order_by("text").values_list("text", "commenter__address", "state"))
    wanted = [(f"Number {number}.", f"{number}@example.org", "unconfirmed") for number in range(ROUNDS)]
    assert sent == sorted(wanted)
    assert Letter.objects.filter(kind="confirm").values("comment").distinct().count() == ROUNDS
    assert Letter.objects.count() == Commenter.objects.count() == ROUNDS


def test_the_same_reply_by_a_remembered_reader_is_shown_once_and_told_of_once() -> None:
    edition = live()
    first = talk.comment(edition, commenter=person(), wants_replies=True)
    reader = person()

    def send(worker: int, number: int) -> Submission:
        sent = draft(f"Number {number}.", address=reader.address, parent=str(first.pk))
        # A browser that changes its network each round, so that it is never too fast.
        return submit(edition, sent, remembered(reader, f"198.51.100.{number}"), now=at(number))

    for found in race(AT_ONCE, 8, send, together=4):
        assert len({submission.comment.pk for submission in found}) == 1
        assert sum(submission.is_new for submission in found) == 1
        assert {submission.comment.state for submission in found} == {"visible"}
    assert first.replies.count() == Letter.objects.filter(kind="reply").count() == Letter.objects.count() == 8


def test_the_same_form_sent_by_many_leads_all_to_the_same_page() -> None:
    address = reverse("comment_new", args=[live().slug])

    def send(worker: int, number: int) -> tuple[int, str]:
        sent = {"name": "Rosa Lindqvist", "email": f"{number}@example.org", "body": "The timetable says otherwise."}
        response = Client().post(address, sent, REMOTE_ADDR=f"192.0.2.{number}")
        return response.status_code, response["Location"]

    answers = race(10, 5, send)
    assert {answer for found in answers for answer in found} == {(303, reverse("comment_sent"))}
    assert Comment.objects.count() == Letter.objects.count() == 5


def test_different_comments_at_once_are_all_kept() -> None:
    """Of one new address: one person, everything they said, and no more letters than one gets."""
    edition = live()

    def send(worker: int, number: int) -> Submission:
        return submit(edition, draft(f"Number {worker}."), Visitor(f"203.0.113.{worker}"), now=at(1))

    (found,) = race(15, 1, send)
    assert all(submission.is_new for submission in found)
    assert Comment.objects.count() == 15
    assert (Commenter.objects.count(), Letter.objects.count()) == (1, 3)


# --- Votes -----------------------------------------------------------------------------------------------------------


def assert_tallies_equal_rows() -> None:
    for comment in Comment.objects.all():
        assert comment.votes == Vote.objects.filter(comment=comment).count()


def test_two_hundred_votes_at_once_by_twenty_readers() -> None:
    """Ten of each reader, on two comments: a reader's own cross each other too."""
    edition = live()
    comments = [talk.comment(edition), talk.comment(edition)]
    readers = [person() for _ in range(READERS)]

    def say_valuable(worker: int, number: int) -> int:
        return vote(comments[number % 2].pk, readers[worker % READERS], wants=True, now=NOW)

    tallies = race(AT_ONCE, 4, say_valuable, together=4)
    assert all(1 <= tally <= READERS for found in tallies for tally in found)
    assert [Comment.objects.get(pk=comment.pk).votes for comment in comments] == [READERS, READERS]
    assert Vote.objects.count() == 2 * READERS
    assert_tallies_equal_rows()


def test_votes_and_votes_taken_back_at_once() -> None:
    """Whoever is last, the tally is what the rows say; and so is what each voter is told in between."""
    edition = live()
    comment = talk.comment(edition)
    readers = [person() for _ in range(READERS)]

    def change_mind(worker: int, number: int) -> int:
        return vote(comment.pk, readers[(worker + number) % READERS], wants=(worker + number) % 3 > 0, now=NOW)

    tallies = race(AT_ONCE, 4, change_mind, together=4)
    assert all(0 <= tally <= READERS for found in tallies for tally in found)
    assert_tallies_equal_rows()
    # Then all at once take theirs back, twice.
    race(2 * READERS, 1, lambda worker, _: vote(comment.pk, readers[worker % READERS], wants=False, now=NOW))
    assert (Comment.objects.get().votes, Vote.objects.count()) == (0, 0)


def test_who_leaves_while_voting_leaves_no_vote() -> None:
    """Half of the voters are erased meanwhile; a moderator decides about the same comments at the same time."""
    edition = live()
    author = person()
    comments = [talk.comment(edition, commenter=author) for _ in range(3)]
    readers = [person() for _ in range(READERS)]
    moderator = talk.moderator()

    def act(worker: int, number: int) -> str:
        comment, reader = comments[(worker + number) % 3], readers[worker % READERS]
        try:
            if worker >= READERS:
                vote(comment.pk, reader, wants=True, now=NOW)
            elif worker % 2:
                erase_person(reader, now=NOW)
            elif number % 2:
                reject(comment.pk, "other", by=moderator, now=NOW + timedelta(seconds=worker))
            else:
                approve(comment.pk, by=moderator, now=NOW + timedelta(seconds=worker))
        except NotVotable:
            return "refused"
        return "done"

    race(2 * READERS, 3, act)
    assert_tallies_equal_rows()
    assert Commenter.objects.count() == READERS // 2 + 1
    assert not Vote.objects.exclude(commenter__in=readers).exists()


def test_authors_leave_while_moderators_decide_about_what_they_wrote() -> None:
    """Nobody waits for the other for ever: who comes second finds nothing to decide."""
    edition = live()
    authors = [person() for _ in range(READERS)]
    comments = [talk.comment(edition, commenter=author) for author in authors]
    moderator = talk.moderator()

    def act(worker: int, number: int) -> str:
        author, comment = authors[worker // 2], comments[worker // 2]
        if worker % 2:
            return "left" if erase_person(author, now=NOW) else "was gone"
        try:
            reject(comment.pk, "other", by=moderator, now=NOW + timedelta(seconds=worker))
        except NotDecidable:
            return "refused"
        return "decided"

    (found,) = race(2 * READERS, 1, act)
    assert found.count("left") == READERS
    assert set(Comment.objects.values_list("state", "text", "name")) == {("erased", "", "")}
    assert Commenter.objects.count() == Letter.objects.count() == 0
