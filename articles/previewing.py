"""The working copy as readers would see it: for those who may edit it, and by link for whom they choose.

Nothing is written but the links themselves; the edition that is shown exists in memory only.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.trail import record
from aisrace.lib.markup import to_plain
from aisrace.lib.portions import delete_in_portions
from articles.freezing import freeze, make_card
from articles.models import Article, Edition, PreviewLink
from articles.reading import OpenEdition, open_edition
from experts.models import Position

LASTING = {
    "1 hour": timedelta(hours=1),
    "1 day": timedelta(days=1),
    "7 days": timedelta(days=7),
    "30 days": timedelta(days=30),
}
SIGNER = Signer(salt="articles.preview")
LINKS_KEPT = timedelta(days=90)  # once they have expired or were revoked
NOBODY = {"name": "No author yet", "slug": "nobody-yet", "bio": ""}


def open_preview(article: Article, now: datetime, reader: User | AnonymousUser | None = None) -> OpenEdition:
    """What publishing now would show, complete or not; what is missing is named in its place. Eleven queries.

    Positions that `reader` may not read are left out, for nobody in particular all that are private.
    """
    positions = Position.objects.readable_by(reader or AnonymousUser(), now)
    content = fill_gaps(freeze(article, timezone.localdate(now), positions))
    newest = article.editions.order_by("number").defer("content").last()
    edition = Edition(
        article=article,
        number=newest.number + 1 if newest else 1,
        kind=Edition.Kind.UPDATE if newest else Edition.Kind.FIRST,
        live_at=now,
        first_live_at=newest.first_live_at if newest else now,
        updated_at=now,
        slug=article.slug,
        headline=content["headline"],
        card=make_card(content),
        content=content,
    )
    return open_edition(edition)


def fill_gaps(content: dict[str, Any]) -> dict[str, Any]:
    """In square brackets, so that nobody takes it for the author's words."""
    sections = [
        section if to_plain(section["body"]) else section | {"body": "<p>[Nothing written yet]</p>"}
        for section in content["sections"]
    ]
    return content | {
        "headline": content["headline"] or "[No headline yet]",
        "standfirst": content["standfirst"] or "[No standfirst yet]",
        "byline": content["byline"] or [NOBODY],
        "sections": sections,
    }


@transaction.atomic
def make_link(article: Article, *, by: User | None, now: datetime, lasts: timedelta, made_for: str = "") -> PreviewLink:
    link = PreviewLink.objects.create(
        article=article, made_by=by, made_for=made_for, made_at=now, expires_at=now + lasts
    )
    record("shared", article, by=by, now=now, note=link.made_for, link=link.pk, until=link.expires_at.isoformat())
    return link


@transaction.atomic
def revoke_link(link: PreviewLink, *, by: User | None, now: datetime) -> bool:
    """False where it was revoked before; one that has expired can be revoked as well."""
    if not PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        return False
    record("revoked", link.article, by=by, now=now, note=link.made_for, link=link.pk)
    return True


def address_of(link: PreviewLink) -> str:
    """The path that opens it."""
    return reverse("preview", args=[SIGNER.sign(str(link.pk))])


def open_link(link: PreviewLink, now: datetime) -> OpenEdition:
    """What its maker may read by now: a link gives away nothing that they could not."""
    maker = link.made_by
    return open_preview(link.article, now, maker if maker and maker.is_active else None)


def find_link(token: str, now: datetime) -> PreviewLink | None:
    """The open link that the token was made for; None for any other, whatever is wrong with it."""
    try:
        link = PreviewLink.objects.select_related("article", "made_by").filter(pk=int(SIGNER.unsign(token))).first()
    except (BadSignature, ValueError):
        return None
    return link if link and link.is_open(now) else None


def forget_links(now: datetime) -> int:
    """Those that have long opened nothing. What was shared with whom stands in the trail."""
    before = now - LINKS_KEPT
    return delete_in_portions(PreviewLink.objects.filter(Q(expires_at__lte=before) | Q(revoked_at__lte=before)))
