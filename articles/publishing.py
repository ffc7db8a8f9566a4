"""From working copy to edition and back: publish, unschedule, withdraw.

Each checks, writes and logs in one transaction.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from aisrace.keeping.trail import record
from aisrace.lib.figures import minute
from aisrace.lib.text import clean_text
from aisrace.lib.watching import together
from articles.announcing import tell_machines
from articles.checklist import list_blockers
from articles.freezing import freeze, make_card
from articles.models import Announcement, Article, Edition
from articles.releasing import list_held_back, release, take_back
from experts.models import Expert

Kind = Edition.Kind
NEEDS_A_NOTE = {Kind.CORRECTION: "corrected", Kind.CLARIFICATION: "clarified"}


class NotReady(Exception):
    """Publishing was refused; `reasons` holds all of them, each a sentence for the editor."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


class Moved(NotReady):
    """What would be published is no longer what the editor had before them."""

    def __init__(self) -> None:
        super().__init__(["It has changed since you opened this page. Nothing was published."])


@dataclass(frozen=True)
class Seen:
    """What an editor has before them when they decide to publish: the working copy and the newest edition.

    `digest` stands for all that readers would get on `day`, positions and roles included; no save of the article tells
    of those.
    """

    version: int
    edition: int
    day: date
    digest: str

    def __str__(self) -> str:
        return f"{self.version}.{self.edition}.{self.day}.{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` wrote; for anything else a look that nothing equals."""
        try:
            version, edition, day, digest = text.split(".")
            return cls(int(version), int(edition), date.fromisoformat(day), digest)
        except ValueError:
            return cls(0, 0, date.min, "")


def look(article: Article, day: date) -> Seen:
    """Thirteen queries."""
    newest = article.editions.order_by("number").last()
    told = json.dumps(_without_day(freeze(article, day)) | {"slug": article.slug}, sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Seen(article.version, newest.number if newest else 0, day, digest)


def blockers(article: Article, now: datetime | None = None) -> list[str]:
    """All that stands between the working copy and the readers: the editor's checklist and `publish`'s guard."""
    return [blocker.reason for blocker in list_blockers(article, now or timezone.now())]


@transaction.atomic
def publish(
    article: Article,
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    kind: Kind | None = None,
    note: str = "",
    seen: Seen | None = None,
) -> Edition:
    """Freeze the working copy into an edition, live from `at` (default `now`), and make what it shows public from then.

    Without `kind` the edition is the first or an update. Raises `NotReady` with every reason at once, `Moved` where
    `seen` is no longer so. Where nothing has changed since the last edition that one is returned, and nothing written.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    live_at = at or now
    previous = article.editions.order_by("number").last()
    reasons = blockers(article, live_at)
    content = {} if reasons else freeze(article, timezone.localdate(live_at))
    if content and previous and _is_repeated(previous, content, live_at, now, article.slug):
        return previous
    if seen and seen != look(article, seen.day):
        raise Moved
    kind = kind or (Kind.UPDATE if previous else Kind.FIRST)
    reasons += _misplaced(previous, live_at, now, kind, note)
    edition = _build_edition(article, previous, kind, note, live_at, content)
    reasons += _held_back(edition)
    if reasons:
        raise NotReady(reasons)

    _save_edition(edition, now)
    Article.objects.filter(pk=article.pk).update(submitted_at=None, submitted_by=None)
    verb = "scheduled" if live_at > now else "published"
    record(verb, article, by=by, now=now, note=note, edition=edition.number, live_at=live_at.isoformat())
    return edition


def _is_repeated(previous: Edition, content: dict[str, Any], live_at: datetime, now: datetime, slug: str) -> bool:
    """Whether `previous` says all this, live already or from just when asked; another day alone is no change."""
    if previous.is_withdrawal or previous.slug != slug:
        return False
    if not previous.is_published(now) and previous.live_at != live_at:
        return False
    return says_the_same(previous.content, content)


def says_the_same(content: dict[str, Any], other: dict[str, Any]) -> bool:
    """Another day alone is no news."""
    return _without_day(content) == _without_day(other)


def _without_day(content: dict[str, Any]) -> dict[str, Any]:
    """All that readers would notice: neither the day of the comparison nor how many sizes of a picture there are."""
    picture = content["picture"] and {name: value for name, value in content["picture"].items() if name != "renditions"}
    return content | {"comparison": content["comparison"] | {"as_of": None}, "picture": picture}


def _misplaced(previous: Edition | None, live_at: datetime, now: datetime, kind: Kind, note: str) -> Iterable[str]:
    if live_at < now:
        yield "It cannot go live in the past."
    if previous and previous.live_at > now:
        yield f"Edition {previous.number} is scheduled; unschedule it first."
    if kind == Kind.WITHDRAWAL:
        yield "Use withdraw to take an article back."
    if (kind == Kind.FIRST) != (previous is None):
        yield "The first edition is “first”, and only that one."
    if kind in NEEDS_A_NOTE and not clean_text(note):
        yield f"Tell readers what was {NEEDS_A_NOTE[kind]}."


def _held_back(edition: Edition) -> Iterable[str]:
    """An editor's own date stands: nothing is shown before it."""
    for row, public_at in list_held_back(edition) if edition.content else ():
        yield f"“{row}” is to be public from {minute(public_at)} on: publish then or later, or change that date."


def _build_edition(
    article: Article, previous: Edition | None, kind: Kind, note: str, live_at: datetime, content: dict[str, Any]
) -> Edition:
    edition = Edition(
        article=article,
        number=previous.number + 1 if previous else 1,
        kind=kind,
        note=note,
        live_at=live_at,
        first_live_at=previous.first_live_at if previous else live_at,
        slug=article.slug,
        headline=article.headline,
        card=make_card(content) if content else {},
        content=content,
    )
    edition.updated_at = live_at if edition.is_substantive or not previous else previous.updated_at
    return edition


def _save_edition(edition: Edition, now: datetime) -> None:
    article = edition.article
    with together():
        edition.save()
        edition.topics.set(article.topics.all())
        edition.authors.set(article.authors.all())
        edition.experts.set(Expert.objects.filter(sections__article=article))
        edition.questions.set(article.questions.all())
    Announcement.objects.create(edition=edition, due_at=edition.live_at)
    release(edition, now)


@transaction.atomic
def unschedule(article: Article, *, by: User | None, now: datetime) -> bool:
    """Take back the edition that is not live yet; False where there is none.

    What it would have made public gets the dates back that it had before.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    edition = article.editions.scheduled(now).last()
    if edition is None:
        return False
    take_back(edition, now)
    record("unscheduled", article, by=by, now=now, edition=edition.number)
    Edition.objects.filter(pk=edition.pk).unpublish(now)
    return True


@transaction.atomic
def withdraw(article: Article, *, by: User | None, now: datetime, reason: str) -> Edition:
    """Take the article back from readers, who see `reason` instead; a scheduled edition is taken back with it.

    What readers learn is what they knew: address and headline are those last published, not the working copy's.
    Raises `NotReady` without a reason or where nothing was published; repeating returns the withdrawal there is.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    unschedule(article, by=by, now=now)
    previous = article.editions.order_by("number").last()
    if previous is None:
        raise NotReady(["It has not been published."])
    if previous.is_withdrawal:
        return previous
    if not clean_text(reason):
        raise NotReady(["Tell readers why it is withdrawn."])
    edition = Edition.objects.create(
        article=article,
        number=previous.number + 1,
        kind=Kind.WITHDRAWAL,
        note=reason,
        live_at=now,
        first_live_at=previous.first_live_at,
        updated_at=previous.updated_at,
        slug=previous.slug,
        headline=previous.headline,
    )
    record("withdrew", article, by=by, now=now, note=reason, edition=edition.number)
    tell_machines(edition, now)
    return edition
