from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from aisrace.search.finding import count_alone
from aisrace.search.results import Counted, Found, count_kinds, search
from aisrace.search.suggesting import guess_question, suggest
from aisrace.search.wishes import read_page

SIZE = 20
FURTHEST = 10_000  # results that are paged through


@dataclass(frozen=True)
class Way:
    """One value to narrow by: where it leads, or leads back to where it is chosen."""

    title: str
    count: int
    query: str
    is_chosen: bool


def search_page(request: HttpRequest) -> HttpResponse:
    """Five queries, and one for each topic or expert that is named; a sixth beyond the last page."""
    now = timezone.now()
    reading = read_page(request.GET, now)
    status = 400 if reading.errors else 200
    told = [*reading.errors, *filter(None, [reading.hint])]
    context: dict[str, Any] = {"text": reading.text, "errors": told, "found": None, "kinds": []}
    if reading.wish is None:
        context["kinds"] = count_kinds(now)
        return render(request, "search/search.html", context, status=status)
    number = _read_number(request.GET.get("page", ""))
    found = search(reading.wish, now, (number - 1) * SIZE, SIZE)
    page = cut(found, number, request.GET)
    if page.number != number:
        found = search(reading.wish, now, (page.number - 1) * SIZE, SIZE)
    context |= {
        "found": found,
        "page": page,
        "asked": reading.wish.asked,
        "facets": {facet.name: lead(facet, request.GET) for facet in found.facets},
        "all_kinds": lead_to_all(found.facets[0], request.GET),
        "facet_rests": {facet.name: facet for facet in found.facets},
        "is_narrowed": any(request.GET.get(facet.name) for facet in found.facets),
    }
    if not found.count:
        context |= {"guess": guess_question(reading.text, now), "fewer": count_alone(reading.wish.asked, now)}
    return render(request, "search/search.html", context, status=status)


def suggestions(request: HttpRequest) -> JsonResponse:
    """What begins as it is being typed. One query."""
    typed = request.GET.get("q", "")
    found = [vars(each) for each in suggest(typed, timezone.now())]
    return JsonResponse({"suggestions": found}, headers={"Cache-Control": "public, max-age=60"})


def _read_number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return min(max(int(text), 1), FURTHEST // SIZE) if is_number else 1


def cut(found: Found, number: int, query: QueryDict) -> Page[Any]:
    """As aisrace.lib.paging cuts one, for the pager."""
    page = Paginator(range(min(found.count, FURTHEST)), SIZE).get_page(number)
    others = query.copy()
    others.pop("page", None)
    page.query = f"{others.urlencode()}&"  # type: ignore[attr-defined]
    return page


def lead(facet: Counted, query: QueryDict) -> list[Way]:
    chosen = query.get(facet.name, "")
    return [_way(facet.name, value.value, value.title, value.count, chosen, query) for value in facet.values]


def lead_to_all(facet: Counted, query: QueryDict) -> Way:
    others = query.copy()
    for name in ("page", facet.name):
        others.pop(name, None)
    return Way("All", sum(value.count for value in facet.values), others.urlencode(), facet.name not in query)


def _way(name: str, value: str, title: str, count: int, chosen: str, query: QueryDict) -> Way:
    changed = query.copy()
    changed.pop("page", None)
    if value == chosen:
        changed.pop(name)
    else:
        changed[name] = value
    return Way(title, count, changed.urlencode(), value == chosen)
