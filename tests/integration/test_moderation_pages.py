"""What everybody may see: reported errors with their clock, and the log that names nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from articles.publishing import withdraw
from comments.appeals import appeal, settle_appeal
from comments.banning import ban_author
from comments.conducting import close_conversation
from comments.corrections import NotSettled, list_errors, settle, tell_clock
from comments.editing import take_back
from comments.logbook import count_decisions
from comments.models import Comment, Decision, ReportedError
from comments.moderating import approve, hold, mark_spam, reject
from comments.undoing import undo
from tests import talk
from tests.talk import at

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LOG = "moderation_log"


@pytest.fixture
def edition() -> Edition:
    return talk.live(headline="Who believes in night trains")


@pytest.fixture
def mo() -> Any:
    return talk.moderator()


def reported(edition: Edition, text: str = "It is 2013, not 2031.", days: int = 3, **values: Any) -> ReportedError:
    moment = timezone.now() - timedelta(days=days)
    said = talk.comment(edition, text, purpose="error", at=moment, **values)
    return ReportedError.objects.create(comment=said, article_id=edition.article_id, at=moment)


def read(client: Client, name: str, *args: Any) -> str:
    page = client.get(reverse(name, args=args))
    assert page.status_code == 200
    assert not page.cookies
    assert "csrf" not in page.text
    return page.text


# --- Corrections -----------------------------------------------------------------------------------------------------


def test_a_reported_error_has_a_clock_and_an_outcome(client: Client, edition: Edition, mo: Any) -> None:
    error = reported(edition)
    for page in (read(client, "corrections", edition.slug), read(client, "all_corrections")):
        assert all(words in page for words in ("It is 2013, not 2031.", "open for 3 days", "Being checked"))
    settle(error.pk, "corrected", "You are <b>right</b>.", 1, by=mo, now=timezone.now())
    page = read(client, "corrections", edition.slug)
    assert all(
        w in page for w in ("settled after 3 days", "Corrected", "You are &lt;b&gt;right&lt;/b&gt;.", "Edition 1")
    )
    assert reverse("edition", args=[edition.slug, 1]) in page


def test_open_ones_come_first_and_longest_first(edition: Edition, mo: Any) -> None:
    rows = [reported(edition, f"Error {days}.", days) for days in (1, 9, 5, 7)]
    settle(rows[1].pk, "declined", "It is right.", by=mo, now=timezone.now())
    assert [row.pk for row in list_errors(timezone.now())] == [rows[n].pk for n in (3, 2, 0, 1)]


def test_words_that_are_hidden_are_not_repeated(client: Client, edition: Edition, mo: Any) -> None:
    now = timezone.now()
    answered, waiting = reported(edition, "Zorkmid one."), reported(edition, "Zorkmid two.")
    settle(answered.pk, "declined", "It is right as it stands.", by=mo, now=now)
    for error in (answered, waiting):
        reject(error.comment_id, "insult", by=mo, now=now)
    page = read(client, "all_corrections")
    assert "Zorkmid" not in page
    assert "It is right as it stands." in page
    assert page.count("The comment is gone.") == 1, "what waits is listed again when the comment is shown again"
    approve(waiting.comment_id, by=mo, now=now)
    assert "Zorkmid two." in read(client, "all_corrections")


def test_a_deleted_comment_takes_only_an_open_report_with_it(client: Client, edition: Edition, mo: Any) -> None:
    answered, waiting = reported(edition), reported(edition)
    settle(answered.pk, "declined", "It is right.", by=mo, now=timezone.now())
    for error in (answered, waiting):
        take_back(error.comment, "deleted", now=timezone.now())
    assert list(ReportedError.objects.all()) == [answered]
    assert "The comment is gone." in read(client, "corrections", edition.slug)


def test_only_what_is_live_is_listed(client: Client, edition: Edition) -> None:
    other = talk.live(headline="Taken back")
    reported(edition, "Stays.")
    reported(other, "Goes.")
    withdraw(other.article, by=None, now=timezone.now(), reason="Forged.")
    page = read(client, "all_corrections")
    assert "Stays." in page
    assert "Goes." not in page
    assert client.get(reverse("corrections", args=[other.slug])).status_code == 410
    assert client.get(reverse("corrections", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("", "It is right."), "outcome"),
        (("nonsense", "It is right."), "outcome"),
        (("declined", " \x00"), "answer"),
        (("corrected", "Mended.", 7), "edition"),
    ],
)
def test_half_an_answer_is_refused(edition: Edition, mo: Any, values: Any, field: str) -> None:
    error = reported(edition)
    with pytest.raises(NotSettled) as refusal:
        settle(error.pk, *values, by=mo, now=timezone.now())
    assert refusal.value.field == field
    assert ReportedError.objects.get().settled_at is None


def test_the_clock_stops_once_and_the_answer_may_be_mended(edition: Edition, mo: Any) -> None:
    error = reported(edition)
    first = settle(error.pk, "declined", "It is right.", by=mo, now=at(10)).settled_at
    assert settle(error.pk, "declined", "It is right.", by=None, now=at(20)).by == mo
    again = settle(error.pk, "corrected", "It was wrong after all.", 1, by=mo, now=at(30))
    assert (again.settled_at, again.outcome) == (first, "corrected")


def test_the_clock_in_words() -> None:
    row = ReportedError(at=at(0))
    day = timedelta(days=1)
    assert tell_clock(row, at(5)) == "open for less than a day"
    assert tell_clock(row, at(0) + day) == "open for 1 day"
    row.settled_at = at(0) + 1_200 * day
    assert tell_clock(row, at(0) + 9_999 * day) == "settled after 1,200 days"


# --- The log ---------------------------------------------------------------------------------------------------------


def test_the_log_tells_what_and_why_and_nothing_of_anybody(client: Client, edition: Edition, mo: Any) -> None:
    now = timezone.now()
    reader = talk.person("Vex Marlow", "vex@example.org")
    by_vex = {"name": "Vex Marlow", "commenter": reader, "from_ip": "198.51.100.24"}
    held = talk.held(edition, "Zorkmid one.", **by_vex)
    shown = talk.comment(edition, "Zorkmid two.", **by_vex)
    reject(held.pk, "insult", "A word for Vex alone.", by=mo, now=now)
    hold(shown.pk, by=None, now=now, rule="reported", caught="By 3 readers.")
    ban_author(shown.pk, by=mo, now=now, reason="hate", note="Vex again.")
    close_conversation(edition.article, by=mo, now=now)
    page = read(client, LOG)
    for words in ("Rejected", "insulting", "Many links", "Reported by readers", "the system", "a moderator", "Banned"):
        assert words in page, words
    assert "Closed the conversation" in page
    assert edition.headline in page
    for words in ("Vex", "Zorkmid", "vex@", "198.51", "Derrick", ">mo<", "word for", f"/comments/{held.pk}/"):
        assert words not in page, words


def test_the_numbers_are_those_of_what_stands(client: Client, edition: Edition, mo: Any) -> None:
    now = timezone.now()
    rows = [talk.held(edition, commenter=talk.person()) for _ in range(5)]
    approve(rows[0].pk, by=mo, now=now)
    decisions = [reject(row.pk, "insult", by=mo, now=now) for row in rows[1:4]]
    undo(mark_spam(rows[4].pk, by=mo, now=now).pk, by=mo, now=now)
    for decision in decisions[:2]:
        asked = appeal(decision, "Why?", now=now)
    settle_appeal(asked.pk, "You are right.", overturns=True, by=mo, now=now)
    numbers = count_decisions(timezone.now())
    assert dict(numbers.verbs) == {"Approved": 2, "Rejected": 3}
    assert [(held.title, held.number, held.shown) for held in numbers.held_by] == [("Many links", 5, 2)]
    assert (numbers.appeals, numbers.overturned, numbers.upheld, numbers.waiting) == (2, 1, 0, 1)
    page = read(client, LOG)
    assert "taken back since" in page
    assert "Approved after an appeal" in page


def test_the_log_ends_after_ninety_days(client: Client, edition: Edition, mo: Any) -> None:
    for days in (89, 91):
        comment = talk.held(edition)
        reject(comment.pk, "insult" if days == 89 else "hate", by=mo, now=timezone.now() - timedelta(days=days))
    page = read(client, LOG)
    assert "insulting" in page
    assert "threatening" not in page


def test_an_article_that_is_not_live_is_not_named(client: Client, mo: Any) -> None:
    edition = talk.live(headline="Zorkmid in the headline")
    reject(talk.comment(edition).pk, "insult", by=mo, now=timezone.now())
    withdraw(edition.article, by=None, now=timezone.now(), reason="Forged.")
    page = read(client, LOG)
    assert "Rejected" in page
    assert "Zorkmid" not in page


def test_an_empty_log_and_an_empty_list_say_so(client: Client, edition: Edition) -> None:
    assert "Nothing was decided in these days." in read(client, LOG)
    assert "Nobody has reported an error in this article so far." in read(client, "corrections", edition.slug)


@pytest.mark.parametrize("number", [1, 300])
def test_the_pages_cost_the_same_at_any_length(client: Client, edition: Edition, mo: Any, number: int) -> None:
    now = timezone.now()
    rows = [talk.held(edition) for _ in range(number)]
    Decision.objects.bulk_create(
        Decision(verb="rejected", reason="insult", comment=row, article=row.article, rule="many_links", at=now)
        for row in rows
    )
    ReportedError.objects.bulk_create(
        ReportedError(comment=row, article_id=row.article_id, at=row.created_at) for row in rows
    )
    Comment.objects.update(state="visible")
    for name, args, most in ((LOG, [], 5), ("all_corrections", [], 2), ("corrections", [edition.slug], 3)):
        with CaptureQueriesContext(connection) as queries:
            read(client, name, *args)
        assert len(queries) <= most, name


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=99999999999999999999", "?page=%00"])
def test_odd_pages_are_pages(client: Client, edition: Edition, query: str) -> None:
    for name in (LOG, "all_corrections"):
        assert client.get(reverse(name) + query).status_code == 200


def test_nothing_is_posted_there(client: Client, edition: Edition) -> None:
    for place in (reverse(LOG), reverse("all_corrections"), reverse("corrections", args=[edition.slug])):
        assert client.post(place).status_code == 405
