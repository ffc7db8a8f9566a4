"""What is kept of a person is told in full, and gone in full when they want that."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import reversion
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from reversion.models import Revision as Saved
from reversion.models import Version

from aisrace.keeping.models import Deed
from aisrace.keeping.trail import record
from articles.models import Edition
from comments.addresses import mailbox_key
from comments.appeals import appeal, settle_appeal
from comments.banning import ban_author, ban_network
from comments.discussion import read_page
from comments.editing import delete, edit
from comments.letters import ask_to_remember
from comments.logbook import count_decisions
from comments.lookups import ask
from comments.models import Comment, Commenter, Decision, Letter, Mailbox, ReaderReport, Vote
from comments.moderating import reject
from comments.queue import count_waiting
from comments.reporting import Notice, report
from comments.rights import erase_person, export_person
from comments.sending import send_due
from comments.visitors import Visitor
from comments.voting import vote
from tests import make, talk
from tests.make import NOW
from tests.rows import find, read_all
from tests.talk import at, live, person, say

IP, ADDRESS, NAME = "198.51.100.77", "zelda.quimby@example.org", "Zelda Quimby"
MARKERS = [IP, ADDRESS, "quimby", "zelda", "MARK"]
LATER = NOW + timedelta(days=2)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]


@pytest.fixture
def edition() -> Edition:
    return live()


@pytest.fixture
def zelda(edition: Edition) -> Commenter:
    """Somebody who has done everything that one can do here, with a mark on every word of theirs and about them."""
    reader, other, moderator = person(NAME, ADDRESS), person("Bo Quillane"), make.user("moderator")
    visitor = Visitor(IP, "Browser MARK-agent", reader)
    first = say(edition, "MARK-first https://mark.example", visitor=visitor, now=at(1), wants_replies=True).comment
    edit(first.pk, "MARK-edited", visitor, now=at(2))
    error = say(edition, "MARK-error", visitor=visitor, now=at(3), purpose="error").comment
    theirs = talk.comment(edition, "Another view.", commenter=other, name=other.name, wants_replies=True)
    say(edition, "MARK-reply", visitor=visitor, now=at(4), parent=str(theirs.pk))
    talk.comment(edition, "An answer.", parent=first, commenter=other, name=other.name)
    rejected = say(edition, "MARK-rejected", visitor=visitor, now=at(5)).comment
    decision = reject(rejected.pk, "insult", "MARK-note", by=moderator, now=at(6))
    assert decision
    made = appeal(decision, "MARK-appeal", now=at(7))
    settle_appeal(made.pk, "MARK-answer", overturns=False, by=moderator, now=at(8))
    taken_back = say(edition, "MARK-deleted", visitor=visitor, now=at(9)).comment
    delete(taken_back.pk, visitor, now=at(10))
    say(edition, "MARK-unconfirmed", address=ADDRESS, name=NAME, visitor=Visitor(IP), now=at(11))
    talk.comment(edition, "MARK-held", commenter=reader, name=NAME, state="held", caught="MARK-caught", from_ip=IP)
    vote(theirs.pk, reader, wants=True, now=at(12))
    vote(theirs.pk, person(), wants=True, now=at(12))
    vote(first.pk, other, wants=True, now=at(12))
    report(theirs, Notice("abuse", "MARK-report"), visitor, now=at(13))
    notice = Notice("illegal", "MARK-notice, against the law.", NAME, ADDRESS.upper(), in_good_faith=True)
    report(theirs, notice, Visitor("203.0.113.9"), now=at(14))
    ban_author(error.pk, by=moderator, now=at(15), note="MARK-ban", until=LATER + timedelta(days=90))
    ban_network(error.pk, "198.51.100.0/24", by=moderator, now=at(16), note="MARK-network")
    leave_traces(reader, first)
    return reader


def leave_traces(reader: Commenter, comment: Comment) -> None:
    """As the desk would if it kept histories of them."""
    moderator = make.user("historian")
    record("changed", reader, by=moderator, now=at(17))
    record("changed", comment, by=moderator, now=at(17))
    saved = Saved.objects.create(date_created=NOW)
    for row in (reader, comment):
        kind = ContentType.objects.get_for_model(type(row))
        LogEntry.objects.create(
            user=moderator, content_type=kind, object_id=str(row.pk), object_repr="MARK-log", action_flag=CHANGE
        )
        Version.objects.create(
            revision=saved,
            object_id=str(row.pk),
            content_type=kind,
            db="default",
            format="json",
            serialized_data='["MARK-version"]',
            object_repr=str(row),
        )
    assert not reversion.is_active()


# --- Told ------------------------------------------------------------------------------------------------------------


def test_everything_is_told(zelda: Commenter) -> None:
    send_due(at(30))
    told = json.loads(json.dumps(export_person(zelda), cls=DjangoJSONEncoder, ensure_ascii=False))
    assert (told["address"], told["name"]) == (ADDRESS, NAME)
    assert told["settings"] == {"replies": "each", "decisions": True}
    comments = {comment["text"]: comment for comment in told["comments"]}
    assert set(comments) == {
        *("MARK-edited", "MARK-error", "MARK-reply", "MARK-rejected", "", "MARK-unconfirmed", "MARK-held")
    }
    edited = comments["MARK-edited"]
    assert [earlier["text"] for earlier in edited["earlier_texts"]] == ["MARK-first https://mark.example"]
    assert (edited["from_ip"], edited["user_agent"], edited["votes"]) == (IP, "Browser MARK-agent", 1)
    assert comments["MARK-rejected"]["decisions"][0]["note"] in ("MARK-note", "MARK-answer")
    assert comments["MARK-rejected"]["appeal"]["text"] == "MARK-appeal"
    assert comments["MARK-rejected"]["appeal"]["answer"] == "MARK-answer"
    assert len(told["votes"]) == 1
    assert {report["details"] for report in told["reports"]} == {"MARK-report", "MARK-notice, against the law."}
    assert {letter["kind"] for letter in told["letters"]} == {"confirm", "decision"}
    assert [ban["reason"] for ban in told["bans"]] == ["MARK-ban"]
    assert told["last_links"] == [at(11).strftime("%Y-%m-%dT%H:%M:%SZ")]


def test_that_they_are_known_as_an_expert_and_what_could_not_be_mailed_is_told(edition: Edition) -> None:
    reader = person(expert=make.expert("Cato Mirrenby"))
    Letter.objects.create(commenter=reader, kind="remember", made_at=at(1), due_at=at(1), given_up_at=at(2))
    told = export_person(reader)
    assert told["recognised_as_expert"] == "Cato Mirrenby"
    assert [letter["given_up_at"] for letter in told["letters"]] == [at(2)]
    assert export_person(person())["recognised_as_expert"] is None


def test_nothing_of_others_is_told(zelda: Commenter) -> None:
    told = json.dumps(export_person(zelda), cls=DjangoJSONEncoder)
    for other in Commenter.objects.exclude(pk=zelda.pk):
        assert other.address not in told
    assert "Another view" not in told
    assert "moderator" not in told


def test_telling_costs_the_same_for_few_and_many(edition: Edition, django_assert_num_queries: Any) -> None:
    reader = person()
    for number in (1, 30):
        for n in range(number):
            talk.comment(edition, f"NUMBER {n}", commenter=reader)
        with django_assert_num_queries(8):
            export_person(reader)


# --- Gone ------------------------------------------------------------------------------------------------------------


def test_nothing_is_left_in_any_table(zelda: Commenter) -> None:
    send_due(at(30))
    before = {marker: find(marker) for marker in MARKERS}
    assert all(before.values()), "each mark stands somewhere"
    assert set(before["MARK"]) == {
        *("admin.LogEntry", "reversion.Version", "comments.Comment", "comments.Revision", "comments.Decision"),
        *("comments.Appeal", "comments.ReaderReport", "comments.Ban"),
    }
    assert erase_person(zelda, now=LATER) is True
    assert {marker: find(marker) for marker in MARKERS} == {marker: [] for marker in MARKERS}


def test_it_is_done_once(zelda: Commenter) -> None:
    erase_person(zelda, now=LATER)
    rows = read_all()
    assert erase_person(zelda, now=LATER) is False
    assert read_all() == rows


def test_the_tree_keeps_its_shape(zelda: Commenter, edition: Edition) -> None:
    shape = Comment.objects.exclude(text="MARK-unconfirmed").order_by("pk")
    before = list(shape.values_list("pk", "parent", "depth", "path", "article"))
    erase_person(zelda, now=LATER)
    assert list(Comment.objects.order_by("pk").values_list("pk", "parent", "depth", "path", "article")) == before
    lines = [line for thread in read_page(edition.article_id, edition.updated_at).threads for line in thread.lines]
    told = {line.row.text for line in lines if line.is_visible}
    assert told == {"Another view.", "An answer."}


def test_tallies_are_counted_anew(zelda: Commenter) -> None:
    theirs = Comment.objects.get(text="Another view.")
    assert theirs.votes == 2
    erase_person(zelda, now=LATER)
    for comment in Comment.objects.all():
        assert comment.votes == comment.vote_set.count()
    theirs.refresh_from_db()
    assert theirs.votes == 1


def test_a_ban_outlives_the_person_without_naming_them(zelda: Commenter) -> None:
    erase_person(zelda, now=LATER)
    assert ask(ADDRESS, None, "", LATER).ban
    assert not ask("somebody@example.org", None, "", LATER).ban


def test_what_others_need_stays(zelda: Commenter) -> None:
    decisions = Decision.objects.count()
    erase_person(zelda, now=LATER)
    assert Decision.objects.count() == decisions
    assert Deed.objects.filter(verb="changed").count() == 2
    reports = ReaderReport.objects.all()
    assert {(report.kind, report.name, report.address, report.commenter) for report in reports} == {
        ("abuse", "", "", None),
        ("illegal", "", "", None),
    }
    assert len({report.person for report in reports}) == 2


def test_what_others_said_about_them_goes_and_is_settled(edition: Edition) -> None:
    """Details may name who wrote: they would be there for ever, for nobody decides about what is gone."""
    author, other, mo = person(), person(), talk.moderator()
    comment, kept = talk.comment(edition, commenter=author), talk.comment(edition, commenter=other)
    for number, about in enumerate((comment, comment, kept)):
        report(about, Notice("abuse", "It is MARK."), Visitor(f"203.0.113.{number}"), now=at(1))
    ReaderReport.objects.filter(pk=ReaderReport.objects.earliest("pk").pk).update(settled_at=at(2))
    rejected = talk.comment(edition, commenter=author)
    decision = reject(rejected.pk, "insult", by=mo, now=at(3))
    assert decision
    appeal(decision, "Look again.", now=at(4))
    assert (count_waiting()["reported"], count_waiting()["appeals"], count_decisions(LATER).waiting) == (2, 1, 1)
    erase_person(author, now=LATER)
    assert (count_waiting()["reported"], count_waiting()["appeals"], count_decisions(LATER).waiting) == (1, 0, 0)
    told = ReaderReport.objects.order_by("pk").values_list("comment", "details", "settled_at")
    assert list(told) == [(comment.pk, "", at(2)), (comment.pk, "", LATER), (kept.pk, "It is MARK.", None)]


def test_how_many_links_were_mailed_goes_too(edition: Edition) -> None:
    author, other = person(address="rosa+x@example.org"), person()
    for reader in (author, other):
        ask_to_remember(reader.address, NOW)
    assert Mailbox.objects.count() == 2
    erase_person(author, now=LATER)
    assert Mailbox.objects.get().key == mailbox_key(other.address)


def test_nobody_elses_is_touched(edition: Edition) -> None:
    one, other = person(), person()
    for reader in (one, other):
        comment = talk.comment(edition, f"BY {reader.pk}", commenter=reader)
        vote(comment.pk, person(), wants=True, now=NOW)
    kept = Comment.objects.get(commenter=other)
    erase_person(one, now=LATER)
    again = Comment.objects.get(pk=kept.pk)
    assert (again.text, again.html, again.votes, again.commenter_id) == (kept.text, kept.html, 1, other.pk)
    assert Commenter.objects.filter(pk=other.pk).exists()


def test_no_letter_leaves_afterwards(zelda: Commenter, mailoutbox: list[Any]) -> None:
    erase_person(zelda, now=LATER)
    send_due(LATER)
    assert [letter.to for letter in mailoutbox if ADDRESS in letter.to] == []
    assert not Letter.objects.filter(comment__state="erased", kind="confirm").exists()


def test_the_same_person_can_come_back(zelda: Commenter, edition: Edition) -> None:
    erase_person(zelda, now=LATER)
    again = say(edition, "MARK-error", address="other@example.org", now=LATER)
    assert again.is_new


@pytest.mark.django_db(transaction=True)
def test_two_who_voted_for_each_other_can_go_at_once(edition: Edition) -> None:
    people = [person() for _ in range(4)]
    comments = [talk.comment(edition, f"BY {reader.pk}", commenter=reader) for reader in people]
    for reader in people:
        for comment in comments:
            if comment.commenter_id != reader.pk:
                vote(comment.pk, reader, wants=True, now=NOW)
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def go(reader: Commenter) -> None:
        try:
            barrier.wait(10)
            erase_person(reader, now=LATER)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(reader,)) for reader in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert Vote.objects.count() == Commenter.objects.count() == 0
    assert set(Comment.objects.values_list("state", "votes", "text")) == {("erased", 0, "")}
