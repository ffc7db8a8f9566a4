"""publish, unschedule, withdraw: each happy, refused and repeated."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from aisrace.keeping.models import Deed
from articles.models import Article, ArticleQuestion, Edition, Section
from articles.publishing import Moved, NotReady, Seen, blockers, look, publish, unschedule, withdraw
from experts.frozen import load
from experts.models import Answer, Expert, Position, Question, Quote
from tests import cast, make
from tests.make import LONG_AGO, NOW

pytestmark = pytest.mark.django_db

Kind = Edition.Kind
HOUR = timedelta(hours=1)
SOON = NOW + 24 * HOUR
LATER = NOW + 48 * HOUR


def log(article: Article) -> list[tuple[str, int]]:
    return [(deed.verb, deed.detail["edition"]) for deed in Deed.objects.about(article).order_by("id")]


def rewrite(article: Article, body: str = "<p>It begins anew.</p>") -> None:
    Article.objects.filter(pk=article.pk).update(body=body)


def publish_next(article: Article, number: int, **values: Any) -> Edition:
    """Another edition with another text, an hour after the one before."""
    rewrite(article, f"<p>Text {number}.</p>")
    return publish(article, by=None, now=NOW + number * HOUR, **values)


# --- Publish ---------------------------------------------------------------------------------------------------------


def test_publishing_makes_the_first_edition_and_shows_the_record() -> None:
    editor, article = make.user(), make.article()
    article.topics.add(make.topic())
    edition = publish(article, by=editor, now=NOW)

    assert list(Edition.objects.live(NOW)) == [edition]
    assert (edition.number, edition.kind, edition.note) == (1, Kind.FIRST, "")
    assert edition.live_at == edition.first_live_at == edition.updated_at == NOW
    assert (edition.headline, edition.slug) == (article.headline, article.slug)
    assert set(edition.experts.all()) == set(Expert.objects.all())
    assert set(edition.questions.all()) == set(Question.objects.all())
    assert list(edition.topics.all()) == list(article.topics.all())
    assert list(edition.authors.all()) == list(article.authors.all())
    for rows in (Expert.objects, Question.objects, Position.objects):
        assert set(rows.values_list("public_at", flat=True)) == {NOW}
    entry = Deed.objects.about(article).get()
    assert (entry.verb, entry.detail["edition"], entry.by, entry.at) == ("published", 1, editor, NOW)


def test_publishing_leaves_what_is_public_sooner_and_what_the_article_does_not_show() -> None:
    article = make.article()
    sooner, private = make.expert("Sooner", public_at=LONG_AGO), make.expert("Not in it", public_at=None)
    question = article.questions.get()
    make.position(sooner, question, public_at=LONG_AGO)
    other = make.position(private, question, public_at=None)
    replaced = make.position(sooner, question, stated_on=make.A_DAY - timedelta(days=1), public_at=None)
    Section.objects.create(article=article, expert=sooner, body="<p>Sooner.</p>")
    publish(article, by=None, now=NOW)

    for row in (sooner, private, other, replaced):
        row.refresh_from_db()
    assert sooner.public_at == LONG_AGO
    assert private.public_at is other.public_at is replaced.public_at is None


def test_a_refusal_gives_every_reason_at_once_and_writes_nothing() -> None:
    article = Article.objects.create(slug="empty", verdict="<p>Nobody knows.</p>", picture="pictures/lost.jpg")
    silent = make.expert("Silent", public_at=None)
    Section.objects.create(article=article, expert=silent)
    Section.objects.create(article=article, heading="Spaces only", body="<p>&nbsp;</p>")
    with pytest.raises(NotReady) as refused:
        publish(article, by=None, now=NOW, kind=Kind.CORRECTION, note=" \u202e")
    assert refused.value.reasons == [
        "Give it a headline.",
        "Write a standfirst: a sentence or two under the headline.",
        "Name at least one author.",
        "The file of the picture is missing: upload it again.",
        "Describe the picture for those who cannot see it.",
        "Say whose picture it is.",
        "The section “Silent” is empty.",
        "The section “Spaces only” is empty.",
        "Compare at least two experts: give each a section.",
        "Choose at least one question.",
        "Choose the positions that the verdict rests on.",
        "The first edition is “first”, and only that one.",
        "Tell readers what was corrected.",
    ]
    assert str(refused.value) == " ".join(refused.value.reasons)
    assert not Edition.objects.exists()
    assert not Deed.objects.exists()
    silent.refresh_from_db()
    assert silent.public_at is None


def test_the_checklist_names_what_the_record_lacks() -> None:
    article = make.article()
    question = article.questions.get()
    question.label = "Trains"
    question.save()
    Position.objects.filter(expert__name="Bo Quillane").delete()
    Position.objects.update(source=None)
    article.verdict = "<p>So.</p>"
    article.save()
    elsewhere = make.position(make.expert("Elsewhere"), question)
    article.verdict_positions.add(elsewhere)
    assert blockers(article, NOW) == [
        "Bo Quillane has no position on any of the questions, not even a recorded silence.",
        "Ada Fernwick on “Trains” has no source.",
        "The verdict rests on a position that the comparison does not show.",
    ]


def test_a_recorded_silence_is_enough_to_be_compared() -> None:
    article = make.article()
    Position.objects.filter(expert__name="Bo Quillane").update(answer=None, blank="silent")
    assert blockers(article, NOW) == []


def test_a_position_stated_after_the_day_of_comparison_is_not_shown() -> None:
    article = make.article(as_of=make.A_DAY - timedelta(days=1))
    assert [reason.split(" has ")[0] for reason in blockers(article, NOW)] == ["Ada Fernwick", "Bo Quillane"]


def test_publishing_the_same_again_changes_nothing() -> None:
    article = make.article()
    edition = publish(article, by=None, now=NOW)
    again = publish(article, by=None, now=NOW + HOUR, kind=Kind.TYPO, note="Nothing.")
    assert again == edition
    assert publish(article, by=None, now=NOW + HOUR, at=SOON) == edition
    assert publish(article, by=None, now=NOW + 400 * 24 * HOUR) == edition  # another day alone is no news
    assert log(article) == [("published", 1)]


@pytest.mark.parametrize(
    ("kind", "note", "moves_updated"),
    [
        (Kind.UPDATE, "", True),
        (Kind.CORRECTION, "The gap was wrong.", True),
        (Kind.CLARIFICATION, "The north is meant.", False),
        (Kind.TYPO, "", False),
        (None, "", True),
    ],
)
def test_which_kinds_move_the_public_updated_date(kind: Kind | None, note: str, moves_updated: bool) -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    second = publish_next(article, 2, kind=kind, note=note)
    assert second.kind == (kind or Kind.UPDATE)
    assert (second.number, second.first_live_at, second.live_at) == (2, NOW, NOW + 2 * HOUR)
    assert second.updated_at == (second.live_at if moves_updated else NOW)
    assert second.is_substantive is moves_updated
    third = publish_next(article, 3, kind=Kind.TYPO)
    assert third.updated_at == second.updated_at


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": Kind.FIRST}, "The first edition is “first”, and only that one."),
        ({"kind": Kind.WITHDRAWAL, "note": "Wrong."}, "Use withdraw to take an article back."),
        ({"kind": Kind.CORRECTION}, "Tell readers what was corrected."),
        ({"kind": Kind.CLARIFICATION, "note": "  "}, "Tell readers what was clarified."),
        ({"at": NOW - HOUR}, "It cannot go live in the past."),
    ],
)
def test_a_second_edition_is_refused(values: dict[str, Any], reason: str) -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    with pytest.raises(NotReady) as refused:
        publish_next(article, 2, **values)
    assert refused.value.reasons == [reason]
    assert log(article) == [("published", 1)]


@pytest.mark.parametrize("at", [NOW, SOON])
def test_an_address_that_another_article_ever_had_is_refused(at: datetime) -> None:
    """Else one of the two could not be read, or an old link would open the wrong one."""
    first = make.article(slug="trains")
    publish(first, by=None, now=NOW, at=at)
    Article.objects.filter(pk=first.pk).update(slug="night-trains")
    second = make.article(slug="trains")
    reasons = ["Choose another address: a different article was published at “trains”."]
    with pytest.raises(NotReady) as refused:
        publish(second, by=None, now=NOW)
    assert refused.value.reasons == reasons
    publish(first, by=None, now=SOON + HOUR)  # it moves away
    assert blockers(second, SOON + 2 * HOUR) == reasons
    Article.objects.filter(pk=second.pk).update(slug="day-trains")
    assert publish(second, by=None, now=NOW).slug == "day-trains"


def test_an_address_taken_back_before_anybody_saw_it_is_free() -> None:
    first = make.article(slug="trains")
    publish(first, by=None, now=NOW, at=SOON)
    unschedule(first, by=None, now=NOW)
    Article.objects.filter(pk=first.pk).update(slug="night-trains")
    assert publish(make.article(slug="trains"), by=None, now=NOW).slug == "trains"


def test_a_new_address_alone_makes_an_edition() -> None:
    article = make.article(slug="trains")
    publish(article, by=None, now=NOW)
    Article.objects.filter(pk=article.pk).update(slug="night-trains")
    assert publish(article, by=None, now=NOW + HOUR).slug == "night-trains"


def test_the_deed_and_its_log_entry_stand_or_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.article()

    def fail(**values: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr(Deed.objects, "create", fail)
    with pytest.raises(RuntimeError, match="no log"):
        publish(article, by=None, now=NOW)
    assert not Edition.objects.exists()
    assert not Expert.objects.exclude(public_at=None).exists()


# --- Immutable -------------------------------------------------------------------------------------------------------


def test_nothing_writes_or_deletes_what_was_published() -> None:
    edition = publish(make.article(), by=None, now=NOW)
    scheduled = publish(make.article(), by=None, now=NOW, at=SOON)
    for deed in (
        lambda: Edition.objects.update(note="BAIT"),
        lambda: Edition.objects.filter(pk=edition.pk).update(note="BAIT"),
        lambda: Edition.objects.bulk_update([edition], ["note"]),
        lambda: Edition.objects.all().delete(),
        edition.delete,
        scheduled.delete,
        edition.article.editions.all().delete,
    ):
        with pytest.raises(TypeError, match="What was published"), transaction.atomic():
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()
    with pytest.raises(ProtectedError):
        edition.article.delete()
    assert Edition.objects.scheduled(NOW).unpublish(NOW) > 0
    assert Edition.objects.unpublish(NOW) == 0
    assert Edition.objects.get() == edition


def test_editing_the_working_copy_does_not_change_the_live_edition() -> None:
    article = make.article()
    before = publish(article, by=None, now=NOW)
    Article.objects.update(headline="BAIT", standfirst="BAIT", body="<p>BAIT</p>", method="<p>BAIT</p>")
    Section.objects.update(heading="BAIT", body="<p>BAIT</p>")
    article.authors.update(name="BAIT", bio="BAIT")
    ArticleQuestion.objects.all().delete()

    live = Edition.objects.live(NOW + HOUR).get()
    assert (live.headline, live.card, live.content) == (before.headline, before.card, before.content)
    assert "BAIT" not in str(live.content)


def test_editing_the_record_does_not_change_the_live_edition() -> None:
    article = make.article()
    for position in Position.objects.all():
        make.quote(position)
    before = publish(article, by=None, now=NOW)
    Expert.objects.update(name="BAIT")
    Question.objects.update(wording="BAIT", label="BAIT")
    Position.objects.update(summary="BAIT", confidence=1, stated_on=make.A_DAY - timedelta(days=1))
    Quote.objects.update(words="BAIT")
    for n, answer in enumerate(Answer.objects.all()):
        Answer.objects.filter(pk=answer.pk).update(label=f"BAIT {n}")
    make.position(Expert.objects.all()[0], Question.objects.get(), "BAIT 3", stated_on=make.A_DAY, summary="BAIT")

    live = Edition.objects.live(NOW + HOUR).get()
    assert live.content == before.content
    assert "BAIT" not in str(live.content)
    assert [cell.answer.label for cell in load(live.content["comparison"]).cells.values() if cell.answer] == [
        "Very unlikely",
        "Very unlikely",
    ]
    assert publish(article, by=None, now=NOW + 2 * HOUR).number == 2


# --- Seen ------------------------------------------------------------------------------------------------------------


def publish_and_rewrite(article: Article) -> None:
    publish(article, by=None, now=NOW)
    rewrite(article)


def seen_of(article: Article) -> Seen:
    return look(Article.objects.get(pk=article.pk), NOW.date())


def test_what_was_seen_is_published() -> None:
    article = make.article()
    seen = seen_of(article)
    assert Seen.parse(str(seen)) == seen
    assert publish(article, by=None, now=NOW, seen=seen).number == 1
    assert publish(article, by=None, now=NOW + HOUR, seen=seen).number == 1  # sent twice
    assert log(article) == [("published", 1)]


@pytest.mark.parametrize(
    "meddle",
    [
        lambda article: Article.objects.update(version=2),
        lambda article: Article.objects.update(slug="elsewhere"),
        lambda article: Section.objects.update(body="<p>Else.</p>"),
        lambda article: Position.objects.update(summary="Something else."),
        lambda article: Expert.objects.filter(name="Bo Quillane").update(name="Bo Quill"),
        publish_and_rewrite,
    ],
)
def test_what_was_not_seen_is_not_published(meddle: Callable[[Article], Any]) -> None:
    article = make.article()
    seen = seen_of(article)
    meddle(article)
    before = Edition.objects.count()
    with pytest.raises(Moved):
        publish(article, by=None, now=NOW + HOUR, seen=seen)
    assert Edition.objects.count() == before
    assert publish(article, by=None, now=NOW + HOUR, seen=seen_of(article)).number == before + 1


def test_another_day_alone_is_still_what_was_seen() -> None:
    article = make.article()
    seen = seen_of(article)
    assert publish(article, by=None, now=NOW, at=NOW + 30 * 24 * HOUR, seen=seen).number == 1


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "1.0.2025-07-01.", "one.0.2025-07-01.abc", "1.0.2025-13-01.abc"])
def test_nonsense_was_never_seen(text: str) -> None:
    article = make.article()
    with pytest.raises(Moved):
        publish(article, by=None, now=NOW, seen=Seen.parse(text))


# --- Schedule --------------------------------------------------------------------------------------------------------


def test_a_scheduled_edition_goes_live_by_itself() -> None:
    article = make.article()
    edition = publish(article, by=None, now=NOW, at=SOON)
    just_before = SOON - timedelta(microseconds=1)
    public: list[Callable[[Any], Any]] = [
        Edition.objects.live,
        Expert.objects.public,
        Question.objects.public,
        Position.objects.public,
    ]
    assert not any(rows(just_before).exists() for rows in public)
    assert all(rows(SOON).exists() for rows in public)
    assert edition.live_at == edition.first_live_at == edition.updated_at == SOON
    assert log(article) == [("scheduled", 1)]


def test_until_then_readers_keep_the_edition_before() -> None:
    article = make.article()
    first = publish(article, by=None, now=NOW)
    second = publish_next(article, 2, at=SOON)
    assert Edition.objects.live(SOON - HOUR).get() == first
    assert Edition.objects.live(SOON).get() == second


def test_a_scheduled_edition_compares_as_of_its_own_day() -> None:
    article = make.article()
    who, asked = Expert.objects.all()[0], Question.objects.get()
    make.position(who, asked, "Likely", stated_on=(NOW + 12 * HOUR).date())
    edition = publish(article, by=None, now=NOW, at=SOON)
    assert edition.content["comparison"]["as_of"] == SOON.date().isoformat()
    assert "Likely" in [c.answer.label for c in load(edition.content["comparison"]).cells.values() if c.answer]


def test_scheduling_the_same_again_changes_nothing() -> None:
    article = make.article()
    edition = publish(article, by=None, now=NOW, at=SOON)
    assert publish(article, by=None, now=NOW + HOUR, at=SOON) == edition
    assert log(article) == [("scheduled", 1)]


@pytest.mark.parametrize("at", [None, SOON - HOUR, LATER])
@pytest.mark.parametrize("is_rewritten", [False, True])
def test_a_scheduled_edition_must_be_taken_back_before_another_time_is_set(at: Any, is_rewritten: bool) -> None:
    article = make.article()
    publish(article, by=None, now=NOW, at=SOON)
    if is_rewritten:
        rewrite(article)
    with pytest.raises(NotReady) as refused:
        publish(article, by=None, now=NOW + HOUR, at=at)
    assert refused.value.reasons == ["Edition 1 is scheduled; unschedule it first."]
    assert Edition.objects.get().live_at == SOON


# --- Unschedule ------------------------------------------------------------------------------------------------------


def test_unscheduling_takes_edition_and_record_back() -> None:
    editor, article = make.user(), make.article()
    publish(article, by=None, now=NOW, at=SOON)
    assert unschedule(article, by=editor, now=NOW + HOUR) is True
    assert not Edition.objects.exists()
    for rows in (Expert.objects, Question.objects, Position.objects):
        assert set(rows.values_list("public_at", flat=True)) == {None}
    assert log(article) == [("scheduled", 1), ("unscheduled", 1)]
    assert Deed.objects.about(article).latest("id").by == editor
    assert publish(article, by=None, now=NOW + 2 * HOUR).number == 1


def test_unscheduling_nothing_changes_nothing() -> None:
    article = make.article()
    assert unschedule(article, by=None, now=NOW) is False
    edition = publish(article, by=None, now=NOW, at=SOON)
    assert unschedule(article, by=None, now=SOON) is False  # it is live by now
    assert Edition.objects.get() == edition
    unschedule(article, by=None, now=NOW)
    assert unschedule(article, by=None, now=NOW) is False
    assert log(article) == [("scheduled", 1), ("unscheduled", 1)]


@pytest.mark.parametrize("others_at", [NOW, SOON - HOUR, SOON, LATER])
def test_unscheduling_keeps_public_what_another_article_shows(others_at: Any) -> None:
    shared, own, asked = make.expert("Shared", public_at=None), make.expert("Own", public_at=None), make.question()
    third = make.expert("Third", public_at=None)
    for who in (shared, own, third):
        make.position(who, asked, public_at=None)
    other = make.article("Other", experts=[shared, third], questions=[asked])
    article = make.article(experts=[shared, own], questions=[asked])
    publish(other, by=None, now=NOW, at=others_at)
    publish(article, by=None, now=NOW, at=SOON)
    unschedule(article, by=None, now=NOW)

    moments = dict(Expert.objects.values_list("name", "public_at"))
    assert moments == {"Shared": others_at, "Third": others_at, "Own": None}
    assert dict(Position.objects.values_list("expert__name", "public_at")) == moments
    assert Question.objects.get().public_at == LONG_AGO


def test_unscheduling_an_update_leaves_the_edition_before() -> None:
    article = make.article()
    first = publish(article, by=None, now=NOW)
    publish_next(article, 2, at=SOON)
    unschedule(article, by=None, now=NOW + 3 * HOUR)
    assert list(article.editions.all()) == [first]
    assert set(Expert.objects.values_list("public_at", flat=True)) == {NOW}


def moments() -> dict[str, Any]:
    return dict(Expert.objects.values_list("name", "public_at"))


def test_unscheduling_gives_back_the_dates_that_were_there() -> None:
    """Another edition's date is one of them, an editor's too."""
    first, second, asked = make.expert("First", public_at=None), make.expert("Second", public_at=None), make.question()
    for who in (first, second):
        make.position(who, asked, public_at=None)
    later = make.article("Later", experts=[first, second], questions=[asked])
    sooner = make.article("Sooner", experts=[first, second], questions=[asked])
    publish(later, by=None, now=NOW, at=LATER)
    Expert.objects.filter(name="Second").update(public_at=SOON - HOUR)
    publish(sooner, by=None, now=NOW, at=SOON)
    assert moments() == {"First": SOON, "Second": SOON - HOUR}
    unschedule(sooner, by=None, now=NOW)
    assert moments() == {"First": LATER, "Second": SOON - HOUR}
    unschedule(later, by=None, now=NOW)
    assert moments() == {"First": None, "Second": SOON - HOUR}
    assert set(Position.objects.values_list("public_at", flat=True)) == {None}


def test_unscheduling_in_the_other_order_ends_the_same() -> None:
    who = [make.expert("First", public_at=None), make.expert("Second", public_at=None)]
    asked = make.question()
    for expert in who:
        make.position(expert, asked, public_at=None)
    later = make.article("Later", experts=who, questions=[asked])
    sooner = make.article("Sooner", experts=who, questions=[asked])
    publish(later, by=None, now=NOW, at=LATER)
    publish(sooner, by=None, now=NOW, at=SOON)
    unschedule(later, by=None, now=NOW)
    assert set(moments().values()) == {SOON}
    unschedule(sooner, by=None, now=NOW)
    assert set(moments().values()) == {None}  # not LATER, which only the edition taken back had set
    assert set(Position.objects.values_list("public_at", flat=True)) == {None}


@pytest.mark.parametrize("chosen", [None, SOON - HOUR, LATER])
def test_what_an_editor_sets_meanwhile_stays(chosen: datetime | None) -> None:
    article = make.article()
    publish(article, by=None, now=NOW, at=SOON)
    Expert.objects.filter(name="Bo Quillane").update(public_at=chosen)
    unschedule(article, by=None, now=NOW + HOUR)
    assert moments() == {"Ada Fernwick": None, "Bo Quillane": chosen}


def test_taking_one_back_leaves_what_an_editor_has_hidden_from_another() -> None:
    who = [make.expert("First", public_at=None), make.expert("Second", public_at=None)]
    asked = make.question()
    for expert in who:
        make.position(expert, asked, public_at=None)
    other, article = (make.article(name, experts=who, questions=[asked]) for name in ("Other", "This"))
    publish(other, by=None, now=NOW, at=LATER)
    Expert.objects.filter(name="First").update(public_at=None)
    publish(article, by=None, now=NOW, at=SOON)
    unschedule(article, by=None, now=NOW)
    assert moments() == {"First": None, "Second": LATER}


def test_taking_one_back_leaves_what_was_hidden_after_it_was_live() -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    publish_next(article, 2)
    Expert.objects.filter(name="Bo Quillane").update(public_at=None)
    publish_next(article, 3, at=SOON)
    assert moments() == {"Ada Fernwick": NOW, "Bo Quillane": SOON}
    unschedule(article, by=None, now=NOW + 4 * HOUR)
    assert moments() == {"Ada Fernwick": NOW, "Bo Quillane": None}


@pytest.mark.parametrize("at", [None, SOON])
def test_nothing_is_shown_before_the_date_an_editor_gave_it(at: datetime | None) -> None:
    article = make.article()
    Expert.objects.filter(name="Bo Quillane").update(public_at=LATER)
    with pytest.raises(NotReady) as refused:
        publish(article, by=None, now=NOW, at=at)
    reason = "“Bo Quillane” is to be public from 3 July 2025, 12:00 UTC on: publish then or later, or change that date."
    assert refused.value.reasons == [reason]
    assert moments() == {"Ada Fernwick": None, "Bo Quillane": LATER}
    publish(article, by=None, now=NOW, at=LATER)
    assert moments() == {"Ada Fernwick": LATER, "Bo Quillane": LATER}
    unschedule(article, by=None, now=NOW)
    assert moments() == {"Ada Fernwick": None, "Bo Quillane": LATER}


# --- Withdraw --------------------------------------------------------------------------------------------------------


def test_withdrawing_leaves_readers_a_reason_and_nothing_else() -> None:
    editor, article = make.user(), make.article()
    first = publish(article, by=None, now=NOW)
    edition = withdraw(article, by=editor, now=NOW + HOUR, reason=" Two sources were wrong. ")
    assert not Edition.objects.live(NOW + HOUR).exists()
    assert Edition.objects.newest(NOW + HOUR).get() == edition
    assert Edition.objects.live(NOW).get() == first
    assert (edition.number, edition.kind, edition.note) == (2, Kind.WITHDRAWAL, "Two sources were wrong.")
    assert (edition.content, edition.card) == ({}, {})
    assert (edition.first_live_at, edition.updated_at, edition.live_at) == (NOW, NOW, NOW + HOUR)
    assert log(article) == [("published", 1), ("withdrew", 2)]
    assert Deed.objects.about(article).latest("id").by == editor


def test_a_withdrawal_tells_nothing_of_the_draft() -> None:
    article = make.article("As published", slug="as-published")
    publish(article, by=None, now=NOW)
    article.topics.add(make.topic("BAIT"))
    Article.objects.update(headline="BAIT", slug="bait")
    edition = withdraw(article, by=None, now=NOW + HOUR, reason="Wrong.")
    assert (edition.headline, edition.slug) == ("As published", "as-published")
    assert not edition.topics.exists()


@pytest.mark.parametrize("reason", ["", "  \n", "\u202e"])
def test_a_withdrawal_without_a_reason_is_refused(reason: str) -> None:
    article = make.article()
    first = publish(article, by=None, now=NOW)
    with pytest.raises(NotReady, match="Tell readers why it is withdrawn"):
        withdraw(article, by=None, now=NOW + HOUR, reason=reason)
    assert Edition.objects.live(NOW + HOUR).get() == first
    assert log(article) == [("published", 1)]


@pytest.mark.parametrize("at", [None, SOON])
def test_what_was_never_live_cannot_be_withdrawn(at: Any) -> None:
    article = make.article()
    if at:
        publish(article, by=None, now=NOW, at=at)
    with pytest.raises(NotReady, match="It has not been published"):
        withdraw(article, by=None, now=NOW, reason="Wrong.")
    assert Edition.objects.count() == (1 if at else 0)


def test_withdrawing_again_changes_nothing() -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    edition = withdraw(article, by=None, now=NOW + HOUR, reason="Wrong.")
    assert withdraw(article, by=None, now=NOW + 2 * HOUR, reason="") == edition
    assert log(article) == [("published", 1), ("withdrew", 2)]


def test_withdrawing_takes_a_scheduled_edition_back_too() -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    publish_next(article, 2, at=SOON)
    edition = withdraw(article, by=None, now=NOW + 3 * HOUR, reason="Wrong.")
    assert edition.number == 2
    assert not Edition.objects.live(LATER).exists()
    assert log(article) == [("published", 1), ("scheduled", 2), ("unscheduled", 2), ("withdrew", 2)]


def test_a_withdrawn_article_can_be_published_again_as_it_was() -> None:
    article = make.article()
    first = publish(article, by=None, now=NOW)
    withdraw(article, by=None, now=NOW + HOUR, reason="Wrong.")
    again = publish(article, by=None, now=NOW + 2 * HOUR)
    assert Edition.objects.live(NOW + 2 * HOUR).get() == again
    assert (again.number, again.kind, again.first_live_at, again.updated_at) == (3, Kind.UPDATE, NOW, NOW + 2 * HOUR)
    assert again.content == first.content


def test_editions_stay_as_they_are_whatever_follows() -> None:
    article = make.article()
    first = publish(article, by=None, now=NOW)
    fields = Edition.objects.values()
    before = fields.get(pk=first.pk)
    publish_next(article, 2)
    withdraw(article, by=None, now=NOW + 3 * HOUR, reason="Wrong.")
    publish_next(article, 4)
    assert fields.get(pk=first.pk) == before


def test_the_whole_cast_in_one_article() -> None:
    record = cast.record()
    article = make.article(experts=record.experts.values(), questions=record.questions.values())
    edition = publish(article, by=None, now=NOW)
    assert edition.content["counts"] == {"experts": 5, "questions": 6, "positions": 24, "quotes": 1, "silences": 2}
    assert Edition.objects.live(NOW).get().card["counts"] == edition.content["counts"]


# --- At once ---------------------------------------------------------------------------------------------------------


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Every deed in its own thread and connection, all started together; exceptions come back as results."""
    results: list[Any] = [None] * len(deeds)
    barrier = threading.Barrier(len(deeds))

    def run(n: int) -> None:
        try:
            barrier.wait(10)
            results[n] = deeds[n]()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_gives_one_edition() -> None:
    article = make.article()
    results = at_once(*[lambda: publish(article, by=None, now=NOW)] * 4)
    assert [edition.number for edition in results] == [1, 1, 1, 1]
    assert Edition.objects.count() == Deed.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_withdrawing_twice_at_once_gives_one_withdrawal() -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    results = at_once(*[lambda: withdraw(article, by=None, now=NOW + HOUR, reason="Wrong.")] * 3)
    assert [edition.number for edition in results] == [2, 2, 2]
    assert log(article) == [("published", 1), ("withdrew", 2)]


@pytest.mark.django_db(transaction=True)
def test_many_that_share_the_record_are_scheduled_and_taken_back_at_once() -> None:
    """On PostgreSQL, which locks rows one by one, they would wait for each other if each had its own order."""
    experts, asked = [make.expert(f"Expert {n}", public_at=None) for n in range(8)], make.question(public_at=None)
    for expert in experts:
        make.position(expert, asked, public_at=None)
    articles = [make.article(f"Article {n}", experts=experts[:: (-1) ** n], questions=[asked]) for n in range(3)]
    for _ in range(4):
        plans = [partial(publish, one, by=None, now=NOW, at=SOON - n * HOUR) for n, one in enumerate(articles)]
        assert [edition.number for edition in at_once(*plans)] == [1, 1, 1]
        assert set(Expert.objects.values_list("public_at", flat=True)) == {SOON - 2 * HOUR}
        assert at_once(*[partial(unschedule, one, by=None, now=NOW) for one in articles]) == [True, True, True]
        for model in (Expert, Question, Position):
            assert set(model.objects.values_list("public_at", flat=True)) == {None}


@pytest.mark.django_db(transaction=True)
def test_unscheduling_twice_at_once_is_done_once() -> None:
    article = make.article()
    publish(article, by=None, now=NOW, at=SOON)
    results = at_once(*[lambda: unschedule(article, by=None, now=NOW)] * 3)
    assert sorted(results) == [False, False, True]
    assert log(article) == [("scheduled", 1), ("unscheduled", 1)]
