"""The feeds of the record: what an expert says next, what is said next on a question."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.polling import answer_feed, poll
from aisrace.lib.syndication import Entry, Feed, Writer
from experts.addresses import lead_on
from experts.comparison import PositionRow
from experts.models import Expert, Position, Question
from experts.querysets import PositionQuerySet
from experts.recent import RecentPosition, read_recent


@require_safe
@lead_on(Expert.objects.public)
def expert_feed(request: HttpRequest, expert: Expert, form: str) -> HttpResponse:
    """Five queries."""
    name, positions = expert.name, Position.objects.filter(expert=expert)
    return answer_positions(request, form, expert, name, f"What {name} says, with its source.", positions)


@require_safe
@lead_on(Question.objects.public)
def question_feed(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """Five queries."""
    asked, positions = question.wording, Position.objects.filter(question=question)
    return answer_positions(request, form, question, asked, f"Who says what on “{asked}”, with its source.", positions)


def answer_positions(
    request: HttpRequest, form: str, followed: Expert | Question, title: str, about: str, positions: PositionQuerySet
) -> HttpResponse:
    """A row of the record can be mended without a word of when, so that all of the feed is what the ETag stands for."""
    kind, recent = followed._meta.model_name, read_recent(positions, timezone.now())
    feed = Feed(
        key=f"{kind}/{followed.pk}",
        title=f"{title} · {settings.SITE_NAME}",
        description=about,
        page=f"{settings.SITE_URL}{followed.get_absolute_url()}",
        address=f"{settings.SITE_URL}{reverse(f'{kind}_feed_{form}', args=[followed.slug])}",
        updated=find_update(recent, followed.public_at),
        entries=tuple(map(tell_position, recent)),
    )
    return poll(request, (form, feed), None, lambda: answer_feed(form, feed))


def find_update(recent: list[RecentPosition], public_at: datetime | None) -> datetime:
    """When the newest came; without any, when the page did: what is public has such a day."""
    return recent[0].since if recent else cast(datetime, public_at)


def tell_position(recent: RecentPosition) -> Entry:
    cell, position = recent.cell, recent.cell.position
    page = f"{settings.SITE_URL}{reverse('expert', args=[cell.expert.slug])}"
    return Entry(
        key=f"position/{position.id if position else 0}",
        title=f"{cell.expert.name} on “{cell.question.label}”: {cell.label}",
        url=f"{settings.SITE_URL}{reverse('position', args=[position.id])}" if position else page,
        published=recent.since,
        updated=recent.since,
        html=render_to_string("feeds/position.html", {"cell": cell}),
        summary=position.summary if position else "",
        writers=(Writer(cell.expert.name, page),),
        sources=tuple(list_sources(position)) if position else (),
    )


def list_sources(position: PositionRow) -> list[str]:
    """Where it can be checked, each address once."""
    sources = [position.source, *(quote.source for quote in position.quotes)]
    return list(dict.fromkeys(source.url for source in sources if source and source.url))
