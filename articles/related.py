"""Which other articles compare the same experts or ask the same questions."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aisrace.lib.figures import count
from aisrace.lib.prepared import Row, prepared, slot
from articles.models import Edition

MOST = 3
# Of each, in the order in which `from_db` takes them.
PRINTED = ("id", "updated_at", "slug", "headline", "card")


@dataclass(frozen=True, eq=False)
class Related:
    """A live edition and what it has in common with the one being read; one of the two numbers may be 0."""

    edition: Edition
    experts: int
    questions: int

    @property
    def reason(self) -> str:
        """“shares 3 experts and 1 question”."""
        shared = ((self.experts, "expert"), (self.questions, "question"))
        return "shares " + " and ".join(count(n, noun) for n, noun in shared if n)


def list_related(edition: Edition, now: datetime) -> tuple[Related, ...]:
    """The live articles that share most experts and questions, taken together; of equals the newest. One query.

    Of the same rows they are the same.
    """
    return open_rows(ask_related().ask(edition=edition.pk, article=edition.article_id, now=now))


@lru_cache(maxsize=256)
def open_rows(rows: tuple[Row, ...]) -> tuple[Related, ...]:
    read = [ask_related().read(row) for row in rows]
    return tuple(
        Related(Edition.from_db(connection.alias, PRINTED, row), experts, questions)
        for *row, experts, questions in read
    )


@prepared
def ask_related() -> QuerySet[Any]:
    with_experts = _find_shared(Edition.experts.through, "expert")
    with_questions = _find_shared(Edition.questions.through, "question")
    # Found from what is shared, so that articles that share nothing cost nothing, however many there are.
    others = Edition.objects.filter(pk__in=with_experts.values("edition").union(with_questions.values("edition")))
    others = others.live(slot("now")).exclude(article=slot("article"))
    scored = others.annotate(shared_experts=_count(with_experts), shared_questions=_count(with_questions))
    scored = scored.annotate(shared=F("shared_experts") + F("shared_questions"))
    return scored.order_by("-shared", "-updated_at", "-id").values_list(*PRINTED, "shared_experts", "shared_questions")[
        :MOST
    ]


def _find_shared(through: Any, name: str) -> QuerySet[Any]:
    """The rows of all editions that name what this one names."""
    named = through._default_manager.filter(edition=slot("edition")).values(name)
    rows: QuerySet[Any] = through._default_manager.filter(**{f"{name}__in": named})
    return rows.order_by()


def _count(shared: QuerySet[Any]) -> Coalesce:
    counted = shared.filter(edition=OuterRef("pk")).values("edition").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
