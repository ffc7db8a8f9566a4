"""publish: happy, refused and repeated; what was published stays as it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from aisrace.keeping.models import Deed
from articles.models import Article, ArticleQuestion, Edition, Section
from articles.publishing import Moved, NotReady, Seen, blockers, look, publish, unschedule
from experts.frozen import load
from experts.models import Answer, Expert, Position, Question, Quote
from tests import make
from tests.editions import HOUR, SOON, log, publish_next, rewrite
from tests.make import LONG_AGO, NOW

pytestmark = pytest.mark.django_db

Kind = Edition.Kind


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
