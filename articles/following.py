"""What somebody who follows the publication gets: the newest live editions, and what was corrected in them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from articles.models import Edition
from articles.querysets import EditionQuerySet
from articles.reading import OpenEdition, open_edition

MOST = 20
ADMITTED = (Edition.Kind.CORRECTION, Edition.Kind.CLARIFICATION)


@dataclass(frozen=True)
class Followed:
    """An edition as readers have it, and the editions up to it that corrected or clarified something, newest first."""

    open: OpenEdition
    corrections: tuple[Edition, ...]


def list_newest(live: EditionQuerySet) -> list[int]:
    """Keys of the live editions to tell of. They stand for all that is told: editions never change. One query."""
    return list(live.order_by("-updated_at", "-id").values_list("pk", flat=True)[:MOST])


def read_followed(keys: Sequence[int]) -> list[Followed]:
    """In the order of the keys. Two queries."""
    editions = {edition.pk: edition for edition in Edition.objects.filter(pk__in=keys)}
    corrections = read_corrections(list(editions.values()))
    return [Followed(open_edition(editions[key]), corrections[key]) for key in keys if key in editions]


def read_corrections(editions: Sequence[Edition]) -> dict[int, tuple[Edition, ...]]:
    """By the key of the edition. One query."""
    admitted: dict[int, list[Edition]] = defaultdict(list)
    articles = [edition.article_id for edition in editions]
    rows = Edition.objects.filter(article__in=articles, kind__in=ADMITTED).defer("content", "card")
    for row in rows.order_by("-number"):
        admitted[row.article_id].append(row)
    return {
        edition.pk: tuple(row for row in admitted[edition.article_id] if row.number <= edition.number)
        for edition in editions
    }


def find_last_change(now: datetime) -> datetime | None:
    """When anything was last published or withdrawn; None before the first time. One query."""
    return Edition.objects.published(now).aggregate(last=Max("live_at"))["last"]
