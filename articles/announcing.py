"""What follows when an edition goes live: said once in the trail, and to those who wait for it by mail.

Readers see the edition by its time alone; nothing here makes it visible.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from aisrace.hooks.telling import call_off, tell, tell_hub
from aisrace.keeping.models import Deed
from aisrace.keeping.trail import record
from aisrace.lib.figures import iso
from articles.models import Announcement, Article, Edition

MOST = 200  # in one sweep

logger = logging.getLogger(__name__)


def announce_due(now: datetime) -> int:
    """Editions that have gone live unannounced, the oldest first; how many. Run twice at once, it tells none twice."""
    due = Announcement.objects.filter(done_at=None, due_at__lte=now).order_by("due_at", "id")
    return sum(announce(pk, now) for pk in due.values_list("pk", flat=True)[:MOST])


def announce(pk: int, now: datetime) -> bool:
    """Claimed and told in one transaction; the mails leave when it is sure, and are not sent again if lost.

    The article is locked, as by whoever withdraws it: either they find what is told here, or it is not told.
    """
    with transaction.atomic():
        list(Article.objects.select_for_update(of=("self",)).filter(editions__announcement=pk))
        if not Announcement.objects.filter(pk=pk, done_at=None).update(done_at=now):
            return False
        edition = Edition.objects.select_related("article").get(announcement=pk)
        record("went live", edition.article, by=None, now=edition.live_at, edition=edition.number)
        if Edition.objects.newest(now).filter(pk=edition.pk).exists():
            tell_machines(edition, now)
        transaction.on_commit(lambda: tell_those_concerned(edition), robust=True)
    return True


EVENTS = {
    Edition.Kind.FIRST: "article.published",
    Edition.Kind.CORRECTION: "article.corrected",
    Edition.Kind.CLARIFICATION: "article.corrected",
    Edition.Kind.WITHDRAWAL: "article.withdrawn",
}


def tell_machines(edition: Edition, now: datetime) -> None:
    """What readers see from now on: those who asked to be told of it, and who follows by way of the hub."""
    event, subject = EVENTS.get(Edition.Kind(edition.kind), "article.updated"), name_subject(edition.article_id)
    if edition.is_withdrawal:
        call_off(subject, "The article was withdrawn.")
        subject = ""  # that it was taken back stays so, whatever follows
    tell(event, describe(edition), now, subject=subject)
    if settings.WEBSUB_HUB:
        tell_hub(list_feeds(edition), now)


def name_subject(article: int) -> str:
    """By which what was told of an article is found again."""
    return f"article {article}"


def describe(edition: Edition) -> dict[str, Any]:
    """Public data only: what stands on the article's page, and where to read the rest."""
    return {
        "article": edition.article_id,
        "slug": edition.slug,
        "headline": edition.headline,
        "edition": edition.number,
        "kind": edition.kind,
        "note": edition.note,
        "live_at": iso(edition.live_at),
        "page": f"{settings.SITE_URL}{reverse('article', args=[edition.slug])}",
        "url": f"{settings.SITE_URL}/api/v1/articles/{edition.slug}/",
    }


def list_feeds(edition: Edition) -> list[str]:
    """In which the edition stands, or stood: of a withdrawal, what it takes back. Three queries."""
    shown: Edition = edition.article.editions.exclude(content={}).filter(number__lte=edition.number).last() or edition
    places: list[tuple[str, list[str]]] = [
        ("site_feed", []),
        *(("topic_feed", [topic.slug]) for topic in shown.topics.all()),
    ]
    places += [("author_feed", [author.slug]) for author in shown.authors.all()]
    names = ((f"{name}_{form}", keys) for name, keys in places for form in ("atom", "json"))
    return [f"{settings.SITE_URL}{reverse(name, args=keys)}" for name, keys in names]


def tell_those_concerned(edition: Edition) -> None:
    """Who scheduled it and its authors, where they have an address; nobody about what was published by hand."""
    about = Deed.objects.about(edition.article).filter(detail__edition=edition.number)
    deed = about.filter(verb="scheduled").first()
    if deed is None:
        return
    people = {deed.by, *User.objects.filter(author__editions=edition)}
    addresses = sorted({person.email for person in people if person and person.email})
    body = (
        f"“{edition.headline}” is live as edition {edition.number}.\n\n{settings.SITE_URL}{edition.get_absolute_url()}"
    )
    for address in addresses:
        send_mail(f"Live: {edition.headline}", body, None, [address])
