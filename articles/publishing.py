"""From working copy to edition and back: publish, unschedule, withdraw.

Each checks, writes and logs in one transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from aisrace.keeping.trail import record
from aisrace.lib.markup import to_plain
from aisrace.lib.text import clean_text
from articles.freezing import freeze, make_card, read_working_comparison
from articles.models import Announcement, Article, Edition
from experts.models import Expert, Position, Question

Kind = Edition.Kind
NEEDS_A_NOTE = {Kind.CORRECTION: "corrected", Kind.CLARIFICATION: "clarified"}


class NotReady(Exception):
    """Publishing was refused; `reasons` holds all of them, each a sentence for the editor."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


def blockers(article: Article, now: datetime | None = None) -> list[str]:
    """All that stands between the working copy and the readers: the editor's checklist and `publish`'s guard."""
    return [*_missing_writing(article), *_taken_address(article), *_missing_record(article, now or timezone.now())]


def _missing_writing(article: Article) -> Iterable[str]:
    if not article.headline:
        yield "Give it a headline."
    if not article.standfirst:
        yield "Write a standfirst: a sentence or two under the headline."
    if not article.authors.exists():
        yield "Name at least one author."
    yield from _missing_picture(article)
    for section in article.sections.select_related("expert"):
        if not to_plain(section.body):
            yield f"The section “{section}” is empty."


def _missing_picture(article: Article) -> Iterable[str]:
    if not article.picture:
        return
    if not article.picture.storage.exists(str(article.picture)):
        yield "The file of the picture is missing: upload it again."
    if not article.picture_alt:
        yield "Describe the picture for those who cannot see it."
    if not article.picture_credit:
        yield "Say whose picture it is."


def _taken_address(article: Article) -> Iterable[str]:
    """Whatever another article has had live or scheduled stays its own: links to it must never open this one."""
    if Edition.objects.filter(slug=article.slug).exclude(article=article).exists():
        yield f"Choose another address: a different article was published at “{article.slug}”."


def _missing_record(article: Article, now: datetime) -> Iterable[str]:
    comparison = read_working_comparison(article, timezone.localdate(now))
    if len(comparison.experts) < 2:
        yield "Compare at least two experts: give each a section."
    if not comparison.questions:
        yield "Choose at least one question."
    for expert in comparison.experts:
        if comparison.questions and not any(cell.position for cell in comparison.row(expert)):
            yield f"{expert.name} has no position on any of the questions, not even a recorded silence."
    for cell in comparison.cells.values():
        if cell.position and not cell.position.source:
            yield f"{cell.expert.name} on “{cell.question.label}” has no source."
        if cell.position and cell.position.answer_id and not cell.answer:
            yield f"{cell.expert.name}'s answer is not on the scale of “{cell.question.label}”."
    yield from _missing_verdict(article, {c.position.id for c in comparison.cells.values() if c.position})


def _missing_verdict(article: Article, shown: set[int]) -> Iterable[str]:
    rests_on = set(article.verdict_positions.order_by().values_list("pk", flat=True))
    if article.verdict and not rests_on:
        yield "Choose the positions that the verdict rests on."
    if rests_on - shown:
        yield "The verdict rests on a position that the comparison does not show."


@transaction.atomic
def publish(
    article: Article,
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    kind: Kind | None = None,
    note: str = "",
) -> Edition:
    """Freeze the working copy into an edition, live from `at` (default `now`), and make what it shows public from then.

    Without `kind` the edition is the first or an update. Raises `NotReady` with every reason at once. Where nothing
    has changed since the last edition it is returned as it is, and nothing is written.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    live_at = at or now
    previous = article.editions.order_by("number").last()
    reasons = blockers(article, live_at)
    content = {} if reasons else freeze(article, timezone.localdate(live_at))
    if content and previous and _is_repeated(previous, content, live_at, now, article.slug):
        return previous
    kind = kind or (Kind.UPDATE if previous else Kind.FIRST)
    reasons += _misplaced(previous, live_at, now, kind, note)
    if reasons:
        raise NotReady(reasons)

    edition = _create_edition(article, previous, kind, note, live_at, content)
    release(edition)
    Announcement.objects.create(edition=edition, due_at=live_at)
    verb = "scheduled" if live_at > now else "published"
    record(verb, article, by=by, now=now, note=note, edition=edition.number, live_at=live_at.isoformat())
    return edition


def _is_repeated(previous: Edition, content: dict[str, Any], live_at: datetime, now: datetime, slug: str) -> bool:
    """Whether `previous` says all this, live already or from just when asked; another day alone is no change."""
    if previous.is_withdrawal or previous.slug != slug:
        return False
    if not previous.is_published(now) and previous.live_at != live_at:
        return False
    return _without_day(previous.content) == _without_day(content)


def _without_day(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"comparison": content["comparison"] | {"as_of": None}}


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


def _create_edition(
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
        card=make_card(content),
        content=content,
    )
    edition.updated_at = live_at if edition.is_substantive or not previous else previous.updated_at
    edition.save()
    edition.topics.set(article.topics.all())
    edition.authors.set(article.authors.all())
    edition.experts.set(Expert.objects.filter(sections__article=article))
    edition.questions.set(article.questions.all())
    return edition


def release(edition: Edition) -> None:
    """Make everything the edition shows public from its `live_at`, where it is not public sooner. Three queries."""
    later = Q(public_at=None) | Q(public_at__gt=edition.live_at)
    for rows in _shown(edition):
        rows.filter(later).update(public_at=edition.live_at)


def _shown(edition: Edition) -> Iterable[Any]:
    comparison = edition.content["comparison"]
    yield Expert.objects.filter(pk__in=[expert["id"] for expert in comparison["experts"]])
    yield Question.objects.filter(pk__in=[question["id"] for question in comparison["questions"]])
    yield Position.objects.filter(pk__in=[position["id"] for position in comparison["positions"]])


@transaction.atomic
def unschedule(article: Article, *, by: User | None, now: datetime) -> bool:
    """Take back the edition that is not live yet; False where there is none.

    What only that edition would have made public becomes private again.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    edition = article.editions.scheduled(now).last()
    if edition is None:
        return False
    for rows in _shown(edition):
        rows.filter(public_at=edition.live_at).update(public_at=None)
    record("unscheduled", article, by=by, now=now, edition=edition.number)
    edition.delete()
    for other in Edition.objects.scheduled(now).exclude(kind=Kind.WITHDRAWAL):
        release(other)
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
    return edition
