"""withdraw: happy, refused and repeated."""

from typing import Any

import pytest

from aisrace.keeping.models import Deed
from articles.models import Article, Edition
from articles.publishing import NotReady, publish, withdraw
from tests import cast, make
from tests.editions import HOUR, LATER, SOON, log, publish_next
from tests.make import NOW

pytestmark = pytest.mark.django_db

Kind = Edition.Kind


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
