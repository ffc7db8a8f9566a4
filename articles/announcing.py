"""What follows when an edition goes live: said once in the trail, and to those who wait for it by mail.

Readers see the edition by its time alone; nothing here makes it visible.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction

from aisrace.keeping.models import Deed
from aisrace.keeping.trail import record
from articles.models import Announcement, Edition

logger = logging.getLogger(__name__)


def announce_due(now: datetime) -> int:
    """Every edition that has gone live unannounced; how many. Run twice at once, it announces none twice."""
    due = Announcement.objects.filter(done_at=None, due_at__lte=now)
    return sum(announce(pk, now) for pk in due.values_list("pk", flat=True))


def announce(pk: int, now: datetime) -> bool:
    """Claimed and told in one transaction; the mails leave when it is sure, and are not sent again if lost."""
    with transaction.atomic():
        if not Announcement.objects.filter(pk=pk, done_at=None).update(done_at=now):
            return False
        edition = Edition.objects.select_related("article").get(announcement=pk)
        record("went live", edition.article, by=None, now=edition.live_at, edition=edition.number)
        transaction.on_commit(lambda: tell_those_concerned(edition), robust=True)
    return True


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
