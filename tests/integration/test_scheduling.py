"""publish at a later moment, and unschedule: each happy, refused and repeated."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from aisrace.keeping.models import Deed
from articles.models import Edition
from articles.publishing import NotReady, publish, unschedule
from experts.frozen import load
from experts.models import Expert, Position, Question
from tests import make
from tests.editions import HOUR, LATER, SOON, log, publish_next, rewrite
from tests.make import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


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
