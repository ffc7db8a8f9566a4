"""Addresses that public pages have left, and the way from there to where they are now."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone

from aisrace.api.asking import Ask
from aisrace.api.collections import Collection
from experts.models import FormerAddress

# What has moved may move back: a browser that remembers both ways goes round in circles.
ASK_AGAIN = {"Cache-Control": "no-cache"}

type Finding = Callable[[datetime], QuerySet[Any]]


def leave(row: Any, old_slug: str, now: datetime) -> bool:
    """Remember that `row`, which is saved under its new address, was at `old_slug`; False for what no reader has seen.

    Of two rows that have left one address the later has it. An address taken again by the row itself is no longer a
    former one; taken by another, that one is shown there once it is public.
    """
    if old_slug == row.slug or not was_seen(row, now):
        return False
    kind = row._meta.label_lower
    FormerAddress.objects.filter(kind=kind, slug=row.slug, row_id=row.pk).delete()
    moved = {"row_id": row.pk, "left_at": now}
    FormerAddress.objects.update_or_create(kind=kind, slug=old_slug, defaults=moved)
    return True


def was_seen(row: Any, now: datetime) -> bool:
    """Topics and authors have no date of their own; that they are led to is decided when somebody asks."""
    return not hasattr(row, "is_public") or row.is_public(now)


def find_moved[Row: Model](rows: QuerySet[Row], slug: str) -> Row | None:
    """The one of `rows` that was once at `slug`. One query or two."""
    former = FormerAddress.objects.filter(kind=rows.model._meta.label_lower, slug=slug).first()
    return rows.filter(pk=former.row_id).first() if former else None


def lead_on(find: Finding) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Hands the view the row at the address, of those that `find` lets readers see at this moment.

    Answers 301 where it has moved, the query string kept, and 404 where there is none. A miss costs one query more.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def lead(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
            rows = find(timezone.now())
            if row := rows.filter(slug=slug).first():
                return view(request, row, **others)
            if moved := find_moved(rows, slug):
                query = request.META.get("QUERY_STRING", "")
                address = _follow(request, moved.slug) + (f"?{query}" if query else "")
                return HttpResponsePermanentRedirect(address, headers=ASK_AGAIN)
            raise Http404(f"There is nothing at “{slug}”.")

        return lead

    return decorate


def _follow(request: HttpRequest, slug: str) -> str:
    """The page that was asked for, of what is at `slug` now."""
    asked: Any = request.resolver_match
    return reverse(asked.view_name, kwargs=asked.captured_kwargs | {"slug": slug})


class Moving(Collection):
    """Rows with a slug: at an address that they have left, programs are led on as readers are."""

    key = "slug"

    def miss(self, key: Any, ask: Ask) -> HttpResponse:
        if moved := find_moved(self.find(ask), key):
            return HttpResponsePermanentRedirect(ask.lead_to(self.place, moved.slug), headers=ASK_AGAIN)
        return super().miss(key, ask)
