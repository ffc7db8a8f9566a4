"""Questions that are put into SQL once find what the ORM finds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from aisrace.lib.prepared import fill, prepared, round_up, slot, slots
from articles.models import Edition
from experts.models import Expert
from tests import make
from tests.make import NOW
from tests.talk import live

pytestmark = pytest.mark.django_db


@prepared
def called(order: str) -> QuerySet[Any]:
    return Expert.objects.filter(name__in=[slot("one"), slot("other")]).order_by(order).values_list("name", flat=False)


@prepared
def live_by() -> QuerySet[Any]:
    return Edition.objects.filter(live_at__lte=slot("now")).order_by("id").values_list("live_at", "card", "slug")


def test_it_is_asked_with_what_is_told(django_assert_num_queries: Any) -> None:
    for name in ("Ada", "Ben", "Cyd"):
        make.expert(name)
    with django_assert_num_queries(3):
        assert called("name").ask(one="Ada", other="Cyd") == (("Ada",), ("Cyd",))
        assert called("-name").ask(one="Ada", other="Cyd") == (("Cyd",), ("Ada",))
        assert called("name").ask(one="Nobody' OR 1=1 --", other="%s") == ()
    assert called("name") is called("name")


def test_what_is_not_told_is_an_error() -> None:
    with pytest.raises(KeyError, match="other"):
        called("name").ask(one="Ada")


def test_moments_and_documents_are_read_as_the_orm_reads_them() -> None:
    edition = live(slug="first")
    question = live_by()
    assert question.ask(now=NOW - timedelta(microseconds=1)) == ()
    (row,) = question.ask(now=NOW)
    assert hash(row) == hash(question.ask(now=NOW)[0])
    known = Edition.objects.get(pk=edition.pk)
    assert question.read(row) == [known.live_at, known.card, known.slug]


@prepared
def among(room: int) -> QuerySet[Any]:
    return Expert.objects.filter(name__in=slots("name", room)).order_by("name").values_list("name")


def test_of_a_list_there_are_few_forms(django_assert_num_queries: Any) -> None:
    for name in ("Ada", "Ben", "Cyd"):
        make.expert(name)
    assert [round_up(count, 4) for count in (0, 1, 4, 5)] == [0, 4, 4, 8]
    with django_assert_num_queries(2):
        assert among(4).ask(**fill("name", 4, ["Cyd", "Ada"], "")) == (("Ada",), ("Cyd",))
        assert among(4).ask(**fill("name", 4, ["Ben"], "")) == (("Ben",),)
    with django_assert_num_queries(0):
        assert among(0).ask() == ()
