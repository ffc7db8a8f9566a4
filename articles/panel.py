"""What an editor keeps in view while writing: the matrix as it will print, counts, and what is still missing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from aisrace.lib.figures import day
from aisrace.lib.text import fold
from articles.checklist import Blocker, list_blockers
from articles.freezing import count, estimate_minutes, freeze
from articles.models import Article, Excerpt, Intake
from experts.comparison import Comparison
from experts.frozen import load
from experts.models import Quote
from experts.querysets import PositionQuerySet


@dataclass(frozen=True)
class Panel:
    """`excerpts` are words of the brought-in document (`intake`, cited as `citation`) that no position quotes yet."""

    article: Article
    comparison: Comparison
    counts: dict[str, int]
    minutes: int
    blockers: list[Blocker]
    excerpts: list[Excerpt]
    citation: str
    said_on: str
    intake: Intake | None


def read_panel(article: Article, now: datetime, positions: PositionQuerySet) -> Panel:
    """Of the working copy as it stands in the database at this moment, with those `positions` that may be seen."""
    intake = Intake.objects.filter(article=article).only("proposed").first()
    brought = intake.proposed if intake else {}
    content = freeze(article, timezone.localdate(now), positions)
    comparison = load(content["comparison"])
    return Panel(
        article,
        comparison,
        count(comparison),
        estimate_minutes(content),
        list_blockers(article, now, positions),
        find_unrecorded(article, positions),
        cite(brought) if brought else "",
        brought.get("date", ""),
        intake,
    )


def cite(brought: dict[str, Any]) -> str:
    """The brought-in document as a reference that `experts.citing` reads."""
    authors, title = ", ".join(brought["authors"]), f"“{brought['headline']}”"
    published = day(date.fromisoformat(brought["date"])) if brought["date"] else ""
    return ", ".join(filter(None, (authors, title, published)))


def find_unrecorded(article: Article, positions: PositionQuerySet) -> list[Excerpt]:
    """Two queries, the second only where there are excerpts."""
    excerpts = list(article.excerpts.select_related("expert"))
    if not excerpts:
        return []
    experts = {excerpt.expert_id for excerpt in excerpts}
    quotes = Quote.objects.filter(position__in=positions.filter(expert__in=experts).order_by().values("pk"))
    quoted = {fold(words) for words in quotes.values_list("words", flat=True)}
    return [excerpt for excerpt in excerpts if fold(excerpt.words) not in quoted]
