"""How the conversation under an article is run: as the desk has set it, for one or for all, else by the settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

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
    with connection.cursor() as cursor:
        cursor.execute(ASK, [edition.article_id])
        rows = [Conversation(**dict(zip(SET, row, strict=True))) for row in cursor.fetchall()]
    return decide_terms(edition, {row.article_id: row for row in rows})


# Not through the ORM; comments/lookups.py says why.
SET = ("article_id", "mode", "close_after", "note")
ASK = """
SELECT article_id, mode, close_after, note FROM comments_conversation WHERE article_id = %s OR article_id IS NULL
"""


def decide_terms(edition: Edition, rows: dict[int | None, Conversation]) -> Terms:
    """What an article's own row leaves open is the site's. A site that is closed is closed everywhere."""
    own, site = rows.get(edition.article_id, Conversation()), rows.get(None, Conversation())
    everywhere = site.mode or settings.COMMENTS_MODE
    mode = everywhere if everywhere == Mode.CLOSED else own.mode or everywhere
    days = own.close_after if own.close_after is not None else site.close_after
    closes_at = edition.updated_at + timedelta(days=days) if days else None
    return Terms(mode, closes_at, own.note or site.note)
