"""One page of a long list, by `?page=`, forgiving about numbers that are not there."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict


def cut_page(rows: Sequence[Any] | QuerySet[Any], query: QueryDict, size: int) -> Page[Any]:
    """The page asked for; the first where the number makes no sense, the last where it is too high.

    `page.query` holds the other parameters, so that links to its neighbours keep them; it ends in `&` or is empty.
    """
    page = Paginator(rows, size).get_page(query.get("page"))
    others = query.copy()
    others.pop("page", None)
    page.query = f"{others.urlencode()}&" if others else ""  # type: ignore[attr-defined]
    return page
