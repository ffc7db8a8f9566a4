"""publish, unschedule and withdraw, all at once."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from aisrace.keeping.models import Deed
from articles.models import Edition
from articles.publishing import publish, unschedule, withdraw
from experts.models import Expert, Position, Question
from tests import make
from tests.editions import HOUR, SOON, log
from tests.make import NOW

pytestmark = pytest.mark.django_db


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
