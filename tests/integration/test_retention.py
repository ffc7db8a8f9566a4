"""What is kept for a while only is gone then, not before, and nothing else with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from articles.models import Edition
from comments import retention
from comments.drafts import Draft
from comments.letters import ask_to_remember
from comments.models import Ban, Comment, Commenter, Letter, Mailbox, ReaderReport
from comments.reporting import Notice, report
from comments.retention import (
    MAILBOXES_KEPT,
    NETWORK_BANS_KEPT,
    REPORTERS_KEPT,
    STRANGERS_KEPT,
    TRACES_KEPT,
    forget_due,
)
from comments.submitting import Origin, submit
from comments.visitors import Visitor
from tests import talk
from tests.make import LONG_AGO, NOW
from tests.rows import read_all
from tests.talk import live, person, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]

DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def edition() -> Edition:
    return live()


def goes_at(moment: timedelta, is_there: Callable[[], bool]) -> bool:
    """There until a moment after `NOW`, gone from then on, and nothing more to do afterwards."""
    forget_due(NOW + moment - MOMENT)
    before = is_there()
    done = forget_due(NOW + moment)
    return before and done > 0 and not is_there() and forget_due(NOW + moment) == 0


def test_traces_go_after_thirty_days(edition: Edition) -> None:
    comment = talk.comment(edition, commenter=person(), at=NOW, from_ip="192.0.2.7", user_agent="A browser")
    newer = talk.comment(edition, commenter=person(), at=NOW + DAY, from_ip="192.0.2.7", user_agent="A browser")
    assert goes_at(timedelta(days=30), Comment.objects.filter(pk=comment.pk, from_ip__isnull=False).exists)
    assert timedelta(days=30) == TRACES_KEPT
    comment.refresh_from_db()
    newer.refresh_from_db()
    assert (comment.from_ip, comment.user_agent, comment.text) == (None, "", "The timetable says otherwise.")
    assert (newer.from_ip, newer.user_agent) == ("192.0.2.7", "A browser")


def test_traces_that_were_brought_in_go_at_once(edition: Edition) -> None:
    origin = Origin("old:1", LONG_AGO, "visible", "192.0.2.7")
    submit(edition, Draft("Rosa", "", "From long ago."), Visitor(), now=NOW, origin=origin)
    assert forget_due(NOW) == 1
    assert Comment.objects.get().from_ip is None


def test_what_is_not_confirmed_goes_after_seven_days(edition: Edition) -> None:
    say(edition, now=NOW)
    kept = [talk.comment(edition, state=state, at=NOW, commenter=person()) for state in ("held", "visible", "rejected")]
    assert goes_at(timedelta(days=7), Comment.objects.filter(state="unconfirmed").exists)
    assert set(Comment.objects.all()) == set(kept)


def test_an_unconfirmed_one_that_was_answered_nevertheless_stops_nothing(edition: Edition) -> None:
    odd = talk.comment(edition, state="unconfirmed", at=NOW)
    talk.comment(edition, parent=odd, at=NOW)
    talk.comment(edition, state="unconfirmed", at=NOW)
    assert forget_due(NOW + 8 * DAY) == 1
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("end", ["sent_at", "given_up_at"])
def test_letters_go_thirty_days_after_their_end(end: str) -> None:
    reader = person()
    Letter.objects.create(commenter=reader, kind="remember", made_at=LONG_AGO, due_at=LONG_AGO)
    Letter.objects.create(commenter=reader, kind="remember", made_at=LONG_AGO, due_at=LONG_AGO, **{end: NOW})
    assert goes_at(timedelta(days=30), Letter.objects.filter(**{end: NOW}).exists)
    assert Letter.objects.count() == 1, "what waits is kept"


def test_who_reported_is_forgotten_thirty_days_after_it_is_settled(edition: Edition) -> None:
    comment, reader = talk.comment(edition, at=NOW), person()
    notice = Notice("illegal", "It is against the law.", "Rosa", "rosa@example.org", in_good_faith=True)
    for number in range(3):
        report(comment, notice, Visitor(f"192.0.2.{number}", "", reader if number == 2 else None), now=NOW)
    ReaderReport.objects.update(settled_at=NOW)
    assert goes_at(timedelta(days=30), ReaderReport.objects.exclude(name="").exists)
    assert timedelta(days=30) == REPORTERS_KEPT
    rows = ReaderReport.objects.values_list("name", "address", "commenter", "details", "kind")
    assert set(rows) == {("", "", None, "It is against the law.", "illegal")}
    assert len(set(ReaderReport.objects.values_list("person", flat=True))) == 3


def test_open_reports_keep_their_sender(edition: Edition) -> None:
    report(talk.comment(edition, at=NOW), Notice("spam"), Visitor("192.0.2.7"), now=LONG_AGO)
    before = read_all()
    assert forget_due(NOW + 29 * DAY) == 0
    assert read_all() == before


@pytest.mark.parametrize("state", ["deleted", "erased"])
def test_who_reported_what_is_gone_is_forgotten_at_once(edition: Edition, state: str) -> None:
    gone, kept = talk.comment(edition, at=NOW), talk.comment(edition, at=NOW)
    notice = Notice("illegal", "It is against the law.", "Rosa", "rosa@example.org", in_good_faith=True)
    for comment in (gone, kept):
        report(comment, notice, Visitor("192.0.2.7"), now=NOW)
    Comment.objects.filter(pk=gone.pk).update(state=state, text="")
    assert forget_due(NOW) == 1
    told = ReaderReport.objects.order_by("pk").values_list("name", "address")
    assert list(told) == [("", ""), ("Rosa", "rosa@example.org")]
    assert forget_due(NOW) == 0


def test_the_count_of_links_goes_thirty_days_after_the_last(edition: Edition) -> None:
    ask_to_remember("rosa@example.org", NOW - 5 * DAY)
    ask_to_remember("rosa+news@example.org", NOW)
    assert goes_at(timedelta(days=30), Mailbox.objects.exists)
    assert timedelta(days=30) == MAILBOXES_KEPT


def test_strangers_go_after_seven_days() -> None:
    ask_to_remember("rosa@example.org", NOW)
    assert goes_at(timedelta(days=7), Commenter.objects.filter(address="rosa@example.org").exists)
    assert timedelta(days=7) == STRANGERS_KEPT
    assert Letter.objects.count() == 0


def test_strangers_with_something_here_stay(edition: Edition) -> None:
    def stranger(**values: Any) -> Commenter:
        return person(first_seen_at=NOW, confirmed_at=None, **values)

    person(first_seen_at=NOW)
    talk.comment(edition, commenter=stranger(), at=NOW)
    stranger(muted_until=NOW + 90 * DAY)
    asked = stranger()
    ask_to_remember(asked.address, NOW + 5 * DAY)
    assert forget_due(NOW + 8 * DAY) == 0
    assert forget_due(NOW + 12 * DAY) == 1
    assert forget_due(NOW + 35 * DAY) == 1, "the count of links"
    assert forget_due(NOW + 89 * DAY) == 0
    assert forget_due(NOW + 90 * DAY) == 1
    assert Commenter.objects.count() == 2


def test_bans_of_networks_go_a_year_after_they_end() -> None:
    values = {"begins_at": LONG_AGO, "label": "A ban"}
    Ban.objects.create(kind="network", value="192.0.2.0/24", until=NOW, **values)
    Ban.objects.create(kind="network", value="192.0.2.0/24", lifted_at=NOW, **values)
    Ban.objects.create(kind="network", value="203.0.113.0/24", **values)
    Ban.objects.create(kind="address", value="a" * 64, until=NOW, **values)
    assert goes_at(timedelta(days=365), Ban.objects.filter(value="192.0.2.0/24").exists)
    assert timedelta(days=365) == NETWORK_BANS_KEPT
    assert Ban.objects.count() == 2


def test_much_goes_in_portions(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 3)
    monkeypatch.setattr(retention, "PORTIONS", 2)
    for n in range(10):
        talk.comment(edition, f"NUMBER {n}", at=NOW, from_ip="192.0.2.7")
    done = [forget_due(NOW + 31 * DAY) for _ in range(3)]
    assert done == [6, 4, 0]


def test_nothing_to_do_costs_seven_queries(edition: Edition, django_assert_num_queries: Any) -> None:
    talk.comment(edition, at=NOW, from_ip="192.0.2.7", commenter=person())
    with django_assert_num_queries(7):
        assert forget_due(NOW) == 0
