"""Deciding about comments: happy, refused, repeated, undone, raced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from articles.models import Edition
from comments.addresses import key_of
from comments.banning import BadBan, ban_author, ban_network, lift, read_value
from comments.conducting import close_conversation, reopen_conversation, run_conversation
from comments.conversations import read_terms
from comments.editing import delete, edit
from comments.lookups import ask
from comments.models import Ban, Comment, Conversation, Decision, Letter, ReaderReport, ReportedError
from comments.moderating import (
    NotDecidable,
    approve,
    decide_many,
    feature,
    hold,
    mark_spam,
    name_holder,
    reject,
    unfeature,
)
from comments.undoing import HappenedSince, list_batch, undo, undo_batch
from comments.visitors import Visitor
from tests import talk
from tests.talk import at

pytestmark = pytest.mark.django_db
State = Comment.State
NOW = at(90)


@pytest.fixture
def edition() -> Edition:
    return talk.live()


@pytest.fixture
def mo() -> Any:
    return talk.moderator()


def fresh(comment: Comment) -> Comment:
    return Comment.objects.get(pk=comment.pk)


def reported(comment: Comment, person: str = "p") -> ReaderReport:
    return ReaderReport.objects.create(comment=comment, person=person, kind="abuse", at=at(80))


def decide(verb: str, comment: Comment, by: Any, **how: Any) -> Decision | None:
    verbs: dict[str, Callable[..., Decision | None]] = {
        "approve": approve,
        "reject": lambda key, **more: reject(key, "insult", "Be kind.", **more),
        "spam": mark_spam,
        "hold": hold,
        "feature": feature,
        "unfeature": unfeature,
    }
    return verbs[verb](comment.pk, by=by, **{"now": NOW} | how)


# --- Happy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "before", "after", "is_decided"),
    [
        ("approve", "held", "visible", True),
        ("approve", "spam", "visible", True),
        ("approve", "rejected", "visible", True),
        ("approve", "visible", "visible", True),
        ("reject", "held", "rejected", True),
        ("reject", "visible", "rejected", True),
        ("spam", "held", "spam", True),
        ("spam", "visible", "spam", True),
        ("hold", "visible", "held", False),
        ("hold", "spam", "held", False),
        ("feature", "visible", "visible", True),
        ("feature", "held", "visible", True),
    ],
)
def test_a_decision_is_done_and_written_down(
    edition: Edition, mo: Any, verb: str, before: str, after: str, is_decided: bool
) -> None:
    comment = talk.held(edition, state=before)
    decision = decide(verb, comment, mo)
    assert decision
    now = fresh(comment)
    assert (now.state, now.is_decided, bool(now.featured_at)) == (after, is_decided, verb == "feature")
    assert (decision.comment_id, decision.article_id, decision.revision) == (comment.pk, edition.article_id, 1)
    assert (decision.by, decision.by_name, decision.at) == (mo, "Mo Derrick", NOW)
    assert decision.rule == ("moderator" if verb == "hold" else "many_links")
    assert (decision.reason, decision.note) == (("insult", "Be kind.") if verb == "reject" else ("", ""))


def test_who_becomes_visible_answers_and_corrects(edition: Edition, mo: Any) -> None:
    asked = talk.comment(edition, commenter=talk.person(), wants_replies=True)
    waiting = talk.held(edition, parent=asked, purpose="error")
    approve(waiting.pk, by=mo, now=NOW)
    assert fresh(waiting).shown_at == NOW
    assert Letter.objects.get(kind="reply").comment == waiting
    assert ReportedError.objects.get().comment == waiting


@pytest.mark.parametrize(
    ("verb", "stay_open"), [("approve", 0), ("reject", 0), ("spam", 0), ("feature", 0), ("hold", 1)]
)
def test_a_decision_settles_the_reports(edition: Edition, mo: Any, verb: str, stay_open: int) -> None:
    comment, other = talk.comment(edition), talk.comment(edition)
    reported(comment)
    reported(other)
    decide(verb, comment, mo)
    assert comment.reports.filter(settled_at=None).count() == (verb == "hold")
    assert other.reports.filter(settled_at=None).count() == 1


def test_no_longer_a_pick(edition: Edition, mo: Any) -> None:
    comment = talk.comment(edition, featured_at=at(1), decided_revision=1)
    reported(comment)
    assert decide("unfeature", comment, mo)
    assert fresh(comment).featured_at is None
    assert comment.reports.filter(settled_at=None).count() == 1, "nobody has looked at the report"


def test_what_holds_has_a_name_for_people() -> None:
    assert [name_holder(key) for key in ("many_links", "reported", "moderator", "gone")] == [
        *("Many links", "Reported by readers", "Held by a moderator", "gone")
    ]


# --- Who is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "before", "letters"),
    [
        *(("reject", "held", 1), ("reject", "visible", 1), ("approve", "held", 1), ("approve", "visible", 0)),
        *(("spam", "visible", 0), ("hold", "visible", 0), ("feature", "visible", 0)),
    ],
)
def test_the_author_is_told_later(edition: Edition, mo: Any, verb: str, before: str, letters: int) -> None:
    comment = talk.held(edition, state=before, commenter=talk.person())
    decision = decide(verb, comment, mo)
    assert Letter.objects.filter(kind="decision", decision=decision, comment=comment).count() == letters
    assert all(letter.due_at > NOW for letter in Letter.objects.all()), "or undoing would come too late"


@pytest.mark.parametrize("values", [{"confirmed_at": None}, {"decisions": False}])
def test_who_is_not_known_or_does_not_want_to_know_is_not_told(edition: Edition, mo: Any, values: Any) -> None:
    decide("reject", talk.held(edition, commenter=talk.person(**values)), mo)
    decide("reject", talk.held(edition), mo)
    assert not Letter.objects.exists()


# --- Refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["approve", "reject", "spam", "hold", "feature"])
@pytest.mark.parametrize("state", ["deleted", "erased", "unconfirmed"])
def test_what_is_gone_or_has_not_come_is_not_decided(edition: Edition, mo: Any, verb: str, state: str) -> None:
    comment = talk.comment(edition, state=state)
    with pytest.raises(NotDecidable):
        decide(verb, comment, mo)
    assert fresh(comment).state == state
    assert not Decision.objects.exists()


def test_a_text_that_nobody_has_looked_at_is_not_decided(edition: Edition, mo: Any) -> None:
    """The author mends it while the moderator reads."""
    comment = talk.held(edition, revision=2)
    with pytest.raises(NotDecidable, match="changed it"):
        approve(comment.pk, by=mo, now=NOW, seen=1)
    assert approve(comment.pk, by=mo, now=NOW, seen=2)


def test_rejecting_needs_a_reason(edition: Edition, mo: Any) -> None:
    comment = talk.held(edition)
    for reason in ("", "because"):
        with pytest.raises(NotDecidable, match="reason"):
            reject(comment.pk, reason, by=mo, now=NOW)
    assert fresh(comment).state == State.HELD


def test_nobody_decides_about_what_is_not_there(mo: Any) -> None:
    with pytest.raises(NotDecidable):
        approve(987654, by=mo, now=NOW)


# --- Repeated --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["approve", "reject", "spam", "hold", "feature", "unfeature"])
def test_nothing_is_done_twice(edition: Edition, mo: Any, verb: str) -> None:
    comment = talk.comment(edition, commenter=talk.person(), featured_at=at(1) if verb == "unfeature" else None)
    assert decide(verb, comment, mo)
    done = Comment.objects.filter(pk=comment.pk).values().get()
    assert decide(verb, comment, mo, now=at(95)) is None
    assert Comment.objects.filter(pk=comment.pk).values().get() == done
    assert Decision.objects.count() == 1
    assert Letter.objects.filter(kind="decision").count() <= 1


def test_a_decided_comment_that_is_reported_can_be_approved_again(edition: Edition, mo: Any) -> None:
    comment = talk.comment(edition, decided_revision=1)
    assert approve(comment.pk, by=mo, now=NOW) is None
    reported(comment)
    assert approve(comment.pk, by=mo, now=NOW)
    assert not comment.reports.filter(settled_at=None).exists()


# --- In bulk ---------------------------------------------------------------------------------------------------------


def test_many_at_once_and_one_that_stops_no_other(edition: Edition, mo: Any) -> None:
    good, gone, done, changed = (talk.held(edition) for _ in range(4))
    Comment.objects.filter(pk=gone.pk).update(state="deleted")
    Comment.objects.filter(pk=changed.pk).update(revision=2)
    approve(done.pk, by=mo, now=at(85))
    result = decide_many(approve, {row.pk: 1 for row in (good, gone, done, changed)}, by=mo, now=NOW)
    assert [decision.comment_id for decision in result.decisions] == [good.pk]
    assert set(result.refused) == {gone.pk, changed.pk}
    assert [fresh(row).state for row in (good, done, changed)] == ["visible", "visible", "held"]


def test_many_are_taken_back_at_once(edition: Edition, mo: Any) -> None:
    rows = [talk.held(edition) for _ in range(3)]
    earlier = talk.held(edition)
    approve(earlier.pk, by=mo, now=at(85))
    batch = decide_many(approve, {row.pk: 1 for row in rows}, by=mo, now=NOW).decisions
    Comment.objects.filter(pk=rows[0].pk).update(revision=2)
    undone = undo_batch(batch[1].pk, by=mo, now=at(91))
    assert len(undone.decisions) == 2
    assert undone.refused == ["Its author has changed it since."]
    assert [fresh(row).state for row in (*rows, earlier)] == ["visible", "held", "held", "visible"]
    assert list_batch(batch[0].pk, talk.moderator("another")) == [], "nobody takes back what others have decided"


# --- Undone ----------------------------------------------------------------------------------------------------------

KEPT = ("state", "rule", "caught_from", "caught_to", "featured_at", "decided_revision", "revision", "text")


@pytest.mark.parametrize("verb", ["approve", "reject", "spam", "hold", "feature", "unfeature"])
@pytest.mark.parametrize("before", ["held", "visible", "rejected", "spam"])
def test_undoing_puts_everything_back(edition: Edition, mo: Any, verb: str, before: str) -> None:
    pick = at(3) if before == "visible" and verb != "feature" else None
    rule = "many_links" if before == "held" else ""
    comment = talk.held(edition, state=before, featured_at=pick, rule=rule, commenter=talk.person())
    if rule == "":
        Comment.objects.update(caught="", caught_from=None, caught_to=None)
    was = Comment.objects.values(*KEPT).get()
    reported(comment)
    decision = decide(verb, comment, mo)
    if decision is None:
        return
    assert undo(decision.pk, by=mo, now=at(91)) is True
    assert Comment.objects.values(*KEPT).get() == was
    assert comment.reports.filter(settled_at=None).count() == 1
    assert not Letter.objects.filter(kind="decision").exists()
    assert Decision.objects.get().undone_at == at(91)
    assert undo(decision.pk, by=mo, now=at(92)) is False
    assert Decision.objects.get().undone_at == at(91)


def test_a_letter_that_has_left_stays(edition: Edition, mo: Any) -> None:
    decision = decide("reject", talk.held(edition, commenter=talk.person()), mo)
    Letter.objects.update(claimed_at=at(100), sent_at=at(100))
    undo(decision.pk, by=mo, now=at(101))
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("since", ["edited", "deleted", "decided"])
def test_what_happened_since_is_not_undone(edition: Edition, mo: Any, since: str) -> None:
    reader = talk.person()
    visitor = talk.remembered(reader)
    comment = talk.held(edition, commenter=reader, at=at(85))
    decision = decide("approve", comment, mo)
    if since == "edited":
        edit(comment.pk, "Other words.", visitor, now=at(91))
    elif since == "deleted":
        delete(comment.pk, visitor, now=at(91))
    else:
        hold(comment.pk, by=mo, now=at(91))
    was = Comment.objects.values().get()
    with pytest.raises(HappenedSince):
        undo(decision.pk, by=mo, now=at(92))
    assert Comment.objects.values().get() == was
    assert Decision.objects.get(pk=decision.pk).undone_at is None


def test_one_after_the_other_can_be_undone(edition: Edition, mo: Any) -> None:
    comment = talk.held(edition)
    first, second = decide("approve", comment, mo), decide("feature", comment, mo, now=at(91))
    undo(second.pk, by=mo, now=at(92))
    undo(first.pk, by=mo, now=at(93))
    assert fresh(comment).state == State.HELD


# --- Bans ------------------------------------------------------------------------------------------------------------


def test_an_author_is_banned_by_a_key_that_names_nobody(edition: Edition, mo: Any) -> None:
    reader = talk.person("Vex Marlow", "vex@example.org")
    comment = talk.comment(edition, commenter=reader, name="Vex Marlow")
    until = NOW + timedelta(days=7)
    decision = ban_author(comment.pk, by=mo, now=NOW, until=until, reason="hate", note="Again and again.")
    ban = Ban.objects.get()
    assert decision.ban == ban
    assert (ban.kind, ban.value, ban.until, ban.by) == ("address", key_of("vex@example.org", "ban"), until, mo)
    assert all(words not in f"{ban.label} {ban.reason}" for words in ("vex", "Vex", "@"))
    assert ask("vex@example.org", None, "", NOW).ban == ban.label
    assert ask("vex@example.org", None, "", until).ban == ""
    assert ask("other@example.org", None, "", NOW).ban == ""
    assert fresh(comment).state == State.VISIBLE


def test_a_network_around_the_comment_is_banned(edition: Edition, mo: Any) -> None:
    comment = talk.comment(edition, from_ip="2001:db8:1:2::7")
    for network in ("192.0.2.0/24", "2001:db8:2::/48", "", "2001:db8:1:2::7"):
        with pytest.raises(NotDecidable):
            ban_network(comment.pk, network, by=mo, now=NOW)
    assert ban_network(comment.pk, "2001:db8:1::/48", by=mo, now=NOW)
    assert ask("", "2001:db8:1:ffff::1", "", NOW + timedelta(days=9999)).ban
    assert not ask("", "2001:db8:2::1", "", NOW).ban


def test_banning_again_changes_nothing_but_longer_does(edition: Edition, mo: Any) -> None:
    comment = talk.comment(edition, commenter=talk.person())
    week = NOW + timedelta(days=7)
    assert ban_author(comment.pk, by=mo, now=NOW, until=week)
    assert ban_author(comment.pk, by=mo, now=NOW, until=week) is None
    assert ban_author(comment.pk, by=mo, now=NOW, until=NOW + timedelta(days=1)) is None
    assert ban_author(comment.pk, by=mo, now=NOW)
    assert ban_author(comment.pk, by=mo, now=NOW, until=week) is None
    assert Ban.objects.count() == 2


def test_what_the_banned_have_waiting_goes_with_them(edition: Edition, mo: Any) -> None:
    reader = talk.person()
    seen, first, second = talk.comment(edition, commenter=reader), *(talk.held(edition, commenter=reader) for _ in "12")
    others = talk.held(edition, commenter=talk.person())
    decision = ban_author(first.pk, by=mo, now=NOW, reason="hate", rejects_held=True)
    assert [fresh(row).state for row in (seen, first, second, others)] == ["visible", "rejected", "rejected", "held"]
    assert not Letter.objects.exists(), "a letter for each would be a flood"
    undone = undo_batch(decision.pk, by=mo, now=at(91))
    assert len(undone.decisions) == 3
    assert [fresh(row).state for row in (first, second)] == ["held", "held"]
    assert not ask(reader.address, None, "", at(92)).ban


def test_nobody_is_behind_what_was_brought_in(edition: Edition, mo: Any) -> None:
    with pytest.raises(NotDecidable, match="network"):
        ban_author(talk.comment(edition).pk, by=mo, now=NOW)


def test_a_ban_is_lifted_once(edition: Edition, mo: Any) -> None:
    comment = talk.comment(edition, commenter=talk.person(address="a@example.org"))
    ban = ban_author(comment.pk, by=mo, now=NOW).ban
    assert lift(ban, by=mo, now=at(91)) is True
    assert lift(ban, by=mo, now=at(92)) is False
    assert not ask("a@example.org", None, "", at(91)).ban


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("network", "192.0.2.7", "192.0.2.7/32"),
        ("network", " 192.0.2.7/24 ", "192.0.2.0/24"),
        ("network", "2001:db8::1", "2001:db8::/64"),
        ("network", "2001:DB8::/32", "2001:db8::/32"),
        ("address", " Vex@Example.org ", "vex@example.org"),
    ],
)
def test_a_ban_by_hand_is_what_a_comment_is_found_by(kind: str, typed: str, value: str) -> None:
    assert read_value(kind, typed) == (key_of(value, "ban") if kind == "address" else value)


@pytest.mark.parametrize(
    ("kind", "typed"), [("network", "192.0.2.0/20"), ("network", "x"), ("network", "::/0"), ("address", "x")]
)
def test_a_ban_that_would_find_nobody_or_everybody_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(BadBan):
        read_value(kind, typed)


# --- Conversations ---------------------------------------------------------------------------------------------------


def is_open(edition: Edition) -> bool:
    return read_terms(edition).is_open(NOW)


def test_a_conversation_is_closed_and_opened(edition: Edition, mo: Any, settings: Any) -> None:
    settings.COMMENTS_MODE = "hold_all"
    closed = close_conversation(edition.article, by=mo, now=NOW)
    assert (closed.verb, closed.article, closed.comment) == ("closed", edition.article, None)
    assert not is_open(edition)
    assert close_conversation(edition.article, by=mo, now=NOW) is None
    assert reopen_conversation(edition.article, by=mo, now=at(91)).verb == "opened"
    assert is_open(edition)
    assert read_terms(edition).mode == "hold_all"
    assert reopen_conversation(edition.article, by=mo, now=at(91)) is None


def test_closing_is_undone(edition: Edition, mo: Any) -> None:
    Conversation.objects.create(article=edition.article, mode="hold_all", note="Be kind.")
    decision = close_conversation(edition.article, by=mo, now=NOW)
    undo(decision.pk, by=mo, now=at(91))
    assert Conversation.objects.values_list("mode", "note").get() == ("hold_all", "Be kind.")
    again = close_conversation(edition.article, by=mo, now=at(92))
    reopen_conversation(edition.article, by=mo, now=at(93))
    with pytest.raises(HappenedSince):
        undo(again.pk, by=mo, now=at(94))


def test_what_its_age_has_closed_is_opened_for_good(edition: Edition, mo: Any) -> None:
    Conversation.objects.create(close_after=1)
    late = NOW + timedelta(days=30)
    assert not read_terms(edition).is_open(late)
    assert reopen_conversation(edition.article, by=mo, now=late)
    assert read_terms(edition).is_open(late)


def test_where_all_are_closed_none_is_opened(edition: Edition, mo: Any) -> None:
    Conversation.objects.create(mode="closed")
    with pytest.raises(NotDecidable, match="All conversations"):
        reopen_conversation(edition.article, by=mo, now=NOW)
    assert not Conversation.objects.exclude(article=None).exists()
    assert not Decision.objects.exists()


def test_setting_the_mode_tells_the_log_what_readers_notice(edition: Edition, mo: Any) -> None:
    run_conversation(Conversation(mode="hold_all"), by=mo, now=NOW)
    assert not Decision.objects.exists()
    run_conversation(Conversation(mode="closed", note="We are away."), by=mo, now=NOW)
    assert [decision.verb for decision in Decision.objects.all()] == ["closed"]
    assert Conversation.objects.get().note == "We are away."


# --- Raced -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_moderators_take_turns() -> None:
    """Whoever comes second finds it done, or decides anew; each decision tells truly what was before it."""
    edition = talk.live()
    people = [talk.moderator(f"mo{n}") for n in range(4)]
    for _ in range(5):
        comment = talk.held(edition, commenter=talk.person())
        Decision.objects.all().delete()

        def run(task: tuple[str, Any], comment: Comment = comment) -> None:
            try:
                decide(task[0], comment, task[1])
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, zip(["approve", "reject", "approve", "reject"], people, strict=True)))
        states = ["held"]
        for decision in Decision.objects.order_by("pk"):
            assert decision.before["state"] == states[-1]
            states.append("visible" if decision.verb == "approved" else "rejected")
        assert fresh(comment).state == states[-1]
        assert Letter.objects.filter(kind="decision").count() == Decision.objects.filter(verb="rejected").count() + (
            Decision.objects.filter(verb="approved").count()
        )


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_undone_by_one_of_many() -> None:
    edition, mo = talk.live(), talk.moderator()
    comment = talk.held(edition)
    decision = approve(comment.pk, by=mo, now=NOW)

    def run(_: int) -> bool:
        try:
            return undo(decision.pk, by=mo, now=at(91))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [False, False, False, True]
    assert fresh(comment).state == State.HELD


def test_a_banned_visitor_is_refused_from_then_on(edition: Edition, mo: Any, settings: Any) -> None:
    settings.COMMENTS_CONFIRM = settings.COMMENTS_PROOF_OF_WORK = False
    settings.COMMENTS_MODE = "open"
    said = talk.say(edition, visitor=Visitor("192.0.2.9", "A browser")).comment
    assert ban_network(said.pk, "192.0.2.0/24", by=mo, now=at(61))
    with pytest.raises(Exception, match="cannot comment"):
        talk.say(edition, "Again.", visitor=Visitor("192.0.2.200", "A browser"), now=at(62))
