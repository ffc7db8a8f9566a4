"""How to cite an edition."""

from datetime import date

from django.conf import settings
from django.utils import timezone

from aisrace.lib.citations import Citation, Name
from articles.models import Edition


def cite_edition(edition: Edition, today: date) -> Citation:
    """By its permanent address, with the day on which it went live."""
    issued, first = (timezone.localdate(moment) for moment in (edition.live_at, edition.first_live_at))
    return Citation(
        key=f"{edition.slug}-{edition.number}",
        title=edition.headline,
        authors=tuple(Name(author["name"]) for author in edition.content["byline"]),
        issued=issued,
        site=settings.SITE_NAME,
        url=f"{settings.SITE_URL}{edition.get_absolute_url()}",
        accessed=today,
        version=f"edition {edition.number}",
        first_issued=first if first != issued else None,
    )
