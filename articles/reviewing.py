"""Between writing and publishing: a working copy is handed in, taken back, or returned with a note.

Approving is publishing, which ends the review. Each verb checks, writes and logs in one transaction; where it is so
already it does nothing and says False.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from aisrace.keeping.models import Deed
from aisrace.keeping.trail import name_of, record
from aisrace.lib.text import clean_text
from articles.models import Article
from articles.publishing import NotReady

VERBS = ("submitted", "took back", "returned", "published", "scheduled")


@dataclass(frozen=True)
class Review:
    """Where a working copy stands: the newest word in its review, None before the first and after publishing."""

    is_submitted: bool
    deed: Deed | None

    @property
    def is_returned(self) -> bool:
        return self.deed is not None and self.deed.verb == "returned"


def read_review(article: Article) -> Review:
    """One query."""
    deed = Deed.objects.about(article).filter(verb__in=VERBS).first()
    is_over = deed is None or deed.verb in ("published", "scheduled", "took back")
    return Review(article.submitted_at is not None, None if is_over else deed)


@transaction.atomic
def submit(article: Article, *, by: User | None, now: datetime, note: str = "") -> bool:
    """Hand it in for review, finished or not: what is missing is for author and editor to see alike."""
    if not _claim(article, is_submitted=False, submitted_at=now, submitted_by=by):
        return False
    record("submitted", article, by=by, now=now, note=note)
    return True


@transaction.atomic
def take_back(article: Article, *, by: User | None, now: datetime) -> bool:
    """Out of review, to go on writing."""
    if not _claim(article, is_submitted=True, submitted_at=None, submitted_by=None):
        return False
    record("took back", article, by=by, now=now)
    return True


@transaction.atomic
def return_to_author(article: Article, *, by: User | None, now: datetime, note: str) -> bool:
    """Out of review with what is to be done, which whoever submitted it also gets by mail.

    Raises `NotReady` without a note.
    """
    submitter = Article.objects.select_for_update().get(pk=article.pk).submitted_by
    if not clean_text(note):
        raise NotReady(["Say what is to be done before it can be published."])
    if not _claim(article, is_submitted=True, submitted_at=None, submitted_by=None):
        return False
    deed = record("returned", article, by=by, now=now, note=note)
    if submitter and submitter.email and submitter != by:
        transaction.on_commit(lambda: tell_author(submitter, article, deed), robust=True)
    return True


def _claim(article: Article, *, is_submitted: bool, submitted_at: datetime | None, submitted_by: User | None) -> bool:
    """One winner of those who ask at once; the article in hand is brought up to date."""
    rows = Article.objects.filter(pk=article.pk, submitted_at__isnull=not is_submitted)
    won = rows.update(submitted_at=submitted_at, submitted_by=submitted_by)
    article.refresh_from_db(fields=["submitted_at", "submitted_by"])
    return bool(won)


def tell_author(author: User, article: Article, deed: Deed) -> None:
    address = reverse("admin:articles_article_change", args=[article.pk])
    body = (
        f"{name_of(deed.by) or 'An editor'} returned “{article}” to you:\n\n{deed.note}\n\n{settings.SITE_URL}{address}"
    )
    send_mail(f"Returned: {deed.label}", body, None, [author.email])
