"""Adjectives and their instance twins never disagree."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from articles.models import Edition
from experts.models import Expert, Position, Question
from tests import make
from tests.make import LONG_AGO, NOW

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
SOONER, LATER = NOW - SECOND, NOW + SECOND
MOMENTS = [None, SOONER, NOW, LATER]


@pytest.mark.parametrize("public_at", MOMENTS)
def test_public_experts_and_questions(public_at: datetime | None) -> None:
    expert, question = make.expert(public_at=public_at), make.question(public_at=public_at)
    expected = public_at in (SOONER, NOW)
    assert expert.is_public(NOW) == Expert.objects.public(NOW).contains(expert) == expected
    assert question.is_public(NOW) == Question.objects.public(NOW).contains(question) == expected


@pytest.mark.parametrize("of_position", MOMENTS)
@pytest.mark.parametrize("of_expert", MOMENTS)
@pytest.mark.parametrize("of_question", [None, NOW, LATER])
def test_public_positions(
    of_position: datetime | None, of_expert: datetime | None, of_question: datetime | None
) -> None:
    position = make.position(
        make.expert(public_at=of_expert), make.question(public_at=of_question), public_at=of_position
    )
    expected = all(moment is not None and moment <= NOW for moment in (of_position, of_expert, of_question))
    assert position.is_public(NOW) == Position.objects.public(NOW).contains(position) == expected


DAY = date(2025, 1, 1)


def test_positions_stated_by_a_day() -> None:
    expert, question = make.expert(), make.question()
    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    for day in days:
        make.position(expert, question, stated_on=day)
    assert [p.stated_on for p in Position.objects.stated_by(DAY)] == [days[1], days[0]]
    assert Position.objects.stated_by(None).count() == 3


@pytest.mark.parametrize("live_at", [SOONER, NOW, LATER])
def test_published_and_scheduled_editions(live_at: datetime) -> None:
    edition = make.edition(make.article(experts=[], questions=[]), live_at=live_at)
    assert edition.is_published(NOW) == Edition.objects.published(NOW).contains(edition) == (live_at <= NOW)
    assert Edition.objects.scheduled(NOW).contains(edition) != edition.is_published(NOW)


def month(n: int) -> datetime:
    return datetime(2025, n, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "newest", "live"),
    [
        (month(1) - SECOND, [], []),
        (month(1), [1], [1]),
        (month(2) - SECOND, [1], [1]),
        (month(2), [2], [2]),  # updated
        (month(3), [3], []),  # withdrawn
        (month(4) - SECOND, [3], []),
        (month(4), [4], [4]),  # republished
        (month(5), [5], [5]),  # the scheduled edition comes by itself
        (month(12), [5], [5]),
    ],
)
def test_the_newest_edition_counts_unless_it_withdraws(moment: datetime, newest: list[int], live: list[int]) -> None:
    article = make.article("Followed", experts=[], questions=[])
    for number, kind in enumerate(["first", "update", "withdrawal", "update", "typo"], 1):
        make.edition(article, number, live_at=month(number), kind=kind, note="Because.")
    neighbour = make.article("With higher numbers sooner", experts=[], questions=[])
    for number in range(1, 7):
        make.edition(neighbour, number, live_at=LONG_AGO)

    def numbers(editions: QuerySet[Edition]) -> list[int]:
        return [edition.number for edition in editions.filter(article=article)]

    assert numbers(Edition.objects.newest(moment)) == newest
    assert numbers(Edition.objects.live(moment)) == live


def test_of_two_live_since_the_same_moment_the_higher_number_counts() -> None:
    article = make.article(experts=[], questions=[])
    make.edition(article, 1, live_at=NOW)
    second = make.edition(article, 2, live_at=NOW)
    assert list(Edition.objects.live(NOW)) == [second]


def test_a_draft_is_in_no_public_list() -> None:
    make.article("Secret draft")
    for editions in (Edition.objects.published(LATER), Edition.objects.newest(LATER), Edition.objects.live(LATER)):
        assert not editions.exists()
    assert not Expert.objects.public(LATER).exists()
    assert not Question.objects.public(LATER).exists()
    assert not Position.objects.public(LATER).exists()


def test_recent_puts_the_newest_update_first_without_contents(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    articles = [make.article(f"Number {n}", experts=[], questions=[]) for n in range(3)]
    for n, article in zip([2, 3, 1], articles, strict=True):
        make.edition(article, live_at=month(n), content={"big": True})
    with django_assert_num_queries(1):
        editions = list(Edition.objects.live(NOW).recent())
    assert [edition.headline for edition in editions] == ["Number 1", "Number 0", "Number 2"]
    assert all("content" in edition.get_deferred_fields() for edition in editions)
