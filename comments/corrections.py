"""Errors that readers have reported: a public list with a clock, and what came of each."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from aisrace.keeping.trail import record
from aisrace.lib.text import clean_text
from articles.models import Edition
from comments.models import Comment, ReportedError

Outcome = ReportedError.Outcome
VISIBLE = Comment.State.VISIBLE


class NotSettled(Exception):
    """`field` is where it is to be mended."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def list_errors(now: datetime, article_id: int | None = None) -> QuerySet[ReportedError]:
    """What readers see: open ones first, longest first, then those settled, newest first.

    Of articles that are live; each has their `headline` and `slug`. While a comment is hidden, what it reports is not
    listed as open; what came of it stays.
    """
    live = Edition.objects.live(now).filter(article=OuterRef("article"))
    rows = ReportedError.objects.filter(Q(comment__state=VISIBLE) | ~Q(outcome=Outcome.OPEN))
    if article_id is not None:
        rows = rows.filter(article=article_id)
    is_settled = Case(When(outcome=Outcome.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        rows.annotate(
            headline=Subquery(live.values("headline")[:1]), slug=Subquery(live.values("slug")[:1]), rank=is_settled
        )
        .exclude(slug=None)
        .select_related("comment")
        .order_by("rank", "-settled_at", "at", "id")
    )


def tell_clock(reported: ReportedError, now: datetime) -> str:
    """“open for 3 days”, “settled after 1 day”; whole days, the first is “less than a day”."""
    spent = (reported.settled_at or now) - reported.at
    days = max(spent, timedelta(0)).days
    length = "less than a day" if not days else f"{days:,} day" if days == 1 else f"{days:,} days"
    return f"settled after {length}" if reported.settled_at else f"open for {length}"


@transaction.atomic
def settle(key: int, outcome: str, typed: str, edition: int | None = None, *, by: User, now: datetime) -> ReportedError:
    """With a public answer, and the edition that corrects it if one does. Raises `NotSettled`.

    The clock stops the first time; the answer may be mended later. Nothing happens where it says the same already.
    """
    row = ReportedError.objects.select_for_update().get(pk=key)
    answer = clean_text(typed)
    check(row, outcome, answer, edition, now)
    values: dict[str, Any] = {"outcome": outcome, "answer": answer, "edition": edition}
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    row.outcome, row.answer, row.edition = outcome, answer, edition
    row.settled_at, row.by = row.settled_at or now, by
    row.save()
    record("settled", row, by=by, now=now, outcome=outcome)
    return row


def check(row: ReportedError, outcome: str, answer: str, edition: int | None, now: datetime) -> None:
    """Raises `NotSettled` for the first thing that is missing."""
    if outcome not in (Outcome.CORRECTED, Outcome.DECLINED):
        raise NotSettled("outcome", "Choose what came of it.")
    if not answer:
        raise NotSettled("answer", "Say what was found: readers see it.")
    if edition is not None and not is_published(row, edition, now):
        raise NotSettled("edition", f"Edition {edition} of this article is not before readers.")


def is_published(row: ReportedError, number: int, now: datetime) -> bool:
    return Edition.objects.published(now).filter(article=row.article_id, number=number).exists()
