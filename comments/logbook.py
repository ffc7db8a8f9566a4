"""The public log of moderation: what was decided and why, about nobody in particular."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from articles.models import Edition
from comments.models import Appeal, Decision
from comments.moderating import Verb, name_holder

KEPT = timedelta(days=90)
SHOWN = (Verb.APPROVED, Verb.FEATURED)


@dataclass(frozen=True)
class Entry:
    """A decision without a person in it: neither whose comment it was, nor who decided, nor what was said."""

    day: date
    what: str
    reason: str
    held_by: str
    by: str
    headline: str
    slug: str
    is_after_appeal: bool
    is_undone: bool


@dataclass(frozen=True)
class HeldBy:
    """How many comments one rule had held that were decided about, and how many of them were shown then."""

    title: str
    number: int
    shown: int


@dataclass(frozen=True)
class Numbers:
    """Of the days that the log covers. `verbs` are what was decided and how often, without what was taken back."""

    verbs: tuple[tuple[str, int], ...]
    held_by: tuple[HeldBy, ...]
    appeals: int
    overturned: int
    upheld: int

    @property
    def total(self) -> int:
        return sum(number for _, number in self.verbs)

    @property
    def waiting(self) -> int:
        return self.appeals - self.overturned - self.upheld


def list_decisions(now: datetime) -> QuerySet[Decision]:
    """Newest first, each with the `headline` and `slug` of its article where that is live."""
    live = Edition.objects.live(now).filter(article=OuterRef("article"))
    return (
        Decision.objects.filter(at__gt=now - KEPT, at__lte=now)
        .annotate(headline=Subquery(live.values("headline")[:1]), slug=Subquery(live.values("slug")[:1]))
        .order_by("-at", "-pk")
    )


def tell_entries(decisions: Sequence[Any]) -> list[Entry]:
    return [
        Entry(
            timezone.localdate(decision.at),
            decision.get_verb_display(),
            decision.get_reason_display() if decision.reason else "",
            name_holder(decision.rule) if decision.rule else "",
            "a moderator" if decision.by_name or decision.by_id else "the system",
            decision.headline or "",
            decision.slug or "",
            "appeal" in decision.before,
            decision.undone_at is not None,
        )
        for decision in decisions
    ]


def count_decisions(now: datetime) -> Numbers:
    """Three queries. What was confirmed after an appeal is counted as decided once."""
    confirmed = Q(before__has_key="appeal") & ~Q(verb=Verb.APPROVED)
    standing = Decision.objects.filter(at__gt=now - KEPT, at__lte=now, undone_at=None).exclude(confirmed).order_by()
    verbs = dict(standing.values("verb").annotate(n=Count("pk")).values_list("verb", "n"))
    rules = (
        standing.exclude(Q(rule="") | Q(verb=Verb.HELD))
        .values("rule")
        .annotate(n=Count("pk"), shown=Count("pk", filter=Q(verb__in=SHOWN)))
        .values_list("rule", "n", "shown")
    )
    held_by = [HeldBy(name_holder(rule), number, shown) for rule, number, shown in rules]
    appeals = Appeal.objects.filter(at__gt=now - KEPT, at__lte=now).aggregate(
        n=Count("pk"),
        overturned=Count("pk", filter=Q(outcome=Appeal.Outcome.OVERTURNED)),
        upheld=Count("pk", filter=Q(outcome=Appeal.Outcome.UPHELD)),
    )
    return Numbers(
        tuple((verb.label, verbs[verb.value]) for verb in Verb if verb.value in verbs),
        tuple(sorted(held_by, key=lambda held: (-held.number, held.title))),
        appeals["n"],
        appeals["overturned"],
        appeals["upheld"],
    )
