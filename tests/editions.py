"""One edition after another, and what the trail says of them."""

from datetime import timedelta
from typing import Any

from aisrace.keeping.models import Deed
from articles.models import Article, Edition
from articles.publishing import publish
from tests.make import NOW

HOUR = timedelta(hours=1)
SOON = NOW + 24 * HOUR
LATER = NOW + 48 * HOUR


def log(article: Article) -> list[tuple[str, int]]:
    return [(deed.verb, deed.detail["edition"]) for deed in Deed.objects.about(article).order_by("id")]


def rewrite(article: Article, body: str = "<p>It begins anew.</p>") -> None:
    Article.objects.filter(pk=article.pk).update(body=body)


def publish_next(article: Article, number: int, **values: Any) -> Edition:
    """Another edition with another text, an hour after the one before."""
    rewrite(article, f"<p>Text {number}.</p>")
    return publish(article, by=None, now=NOW + number * HOUR, **values)
