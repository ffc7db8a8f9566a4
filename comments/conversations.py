"""How the conversation under an article is run: as the desk has set it, for one or for all, else by the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from aisrace.lib.prepared import prepared, slot
from articles.models import Edition
from comments.models import Conversation

Mode = Conversation.Mode


@dataclass(frozen=True)
class Terms:
    """`closes_at` is when it closes by itself, or did; `note` is the desk's word to readers."""

    mode: str
    closes_at: datetime | None = None
    note: str = ""

    def is_open(self, now: datetime) -> bool:
        return self.mode != Mode.CLOSED and (self.closes_at is None or now < self.closes_at)


def read_terms(edition: Edition) -> Terms:
    """For the article of its newest edition. One query."""
    rows = ask_settings().ask(article=edition.article_id)
    return decide_terms(edition, {article: Setting(*row) for article, *row in rows})


@prepared
def ask_settings() -> QuerySet[Any]:
    of_article_or_all = Conversation.objects.filter(Q(article=slot("article")) | Q(article=None))
    return of_article_or_all.values_list("article_id", *Setting._fields)


class Setting(NamedTuple):
    """What the desk has set for one article, or for all."""

    mode: str = ""
    close_after: int | None = None
    note: str = ""


def decide_terms(edition: Edition, rows: Mapping[int | None, Setting]) -> Terms:
    """What an article's own row leaves open is the site's. A site that is closed is closed everywhere."""
    own, site = rows.get(edition.article_id, Setting()), rows.get(None, Setting())
    everywhere = site.mode or settings.COMMENTS_MODE
    mode = everywhere if everywhere == Mode.CLOSED else own.mode or everywhere
    days = own.close_after if own.close_after is not None else site.close_after
    closes_at = edition.updated_at + timedelta(days=days) if days else None
    return Terms(mode, closes_at, own.note or site.note)
