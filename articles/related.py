"""Which other articles compare the same experts or ask the same questions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aisrace.lib.figures import count
from articles.models import Edition
from articles.reading import OpenEdition

MOST = 3


@dataclass(frozen=True)
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


def list_related(opened: OpenEdition, now: datetime) -> list[Related]:
    """The live articles that share most experts and questions, taken together; of equals the newest. One query."""
    comparison = opened.comparison
    with_experts = _find_shared(Edition.experts.through, "expert", [expert.id for expert in comparison.experts])
    with_questions = _find_shared(Edition.questions.through, "question", [asked.id for asked in comparison.questions])
    # Found from what is shared, so that articles that share nothing cost nothing, however many there are.
    others = Edition.objects.filter(pk__in=with_experts.values("edition").union(with_questions.values("edition")))
    others = others.live(now).exclude(article=opened.edition.article_id)
    scored = others.annotate(shared_experts=_count(with_experts), shared_questions=_count(with_questions))
    scored = scored.annotate(shared=F("shared_experts") + F("shared_questions"))
    best = scored.defer("content").order_by("-shared", "-updated_at", "-id")[:MOST]
    return [Related(edition, edition.shared_experts, edition.shared_questions) for edition in best]


def _find_shared(through: Any, name: str, ids: Collection[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = through._default_manager.filter(**{f"{name}__in": ids})
    return rows.order_by()


def _count(shared: QuerySet[Any]) -> Coalesce:
    counted = shared.filter(edition=OuterRef("pk")).values("edition").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
