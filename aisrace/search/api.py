"""The search as programs ask it."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from aisrace.api.answering import answer_json
from aisrace.api.asking import Ask
from aisrace.api.collections import Reading
from aisrace.api.fields import make_picker
from aisrace.api.links import Links
from aisrace.api.paging import LARGEST_PAGE, PAGE_SIZE
from aisrace.api.parameters import NotUnderstood, Parameter, choice, number, slug
from aisrace.api.problems import Problem, Reason
from aisrace.search.asking import LONGEST, MOST, Unclear, read_question
from aisrace.search.finding import FACETS, Wish
from aisrace.search.marking import as_html, as_text
from aisrace.search.results import KINDS, Counted, Found, Result, find_key, search

PLACES = {kind: f"{kind}s" for kind in KINDS}
FURTHEST = 10_000  # results that are paged through
NOTHING = Found(0, (), tuple(Counted(name, (), 0, 0) for name in FACETS))


def read_text(value: str) -> str:
    if len(value) > LONGEST:
        raise NotUnderstood(f"at most {LONGEST} characters long.")
    return value


PARAMETERS = (
    Parameter(
        "q",
        'What to look for: words that are all to be there, in any form; `"a phrase"`, `-without`, `this OR that`. '
        f"At most {MOST} words. Where nothing can be looked for, `hint` tells why.",
        read_text,
        {"type": "string", "maxLength": LONGEST},
        is_free=True,
    ),
    choice("kind", "Only results of this kind.", list(KINDS)),
    slug("topic", "Only results on this topic."),
    slug("expert", "Only what this expert said, and where they are compared."),
    number("year", "Only what was stated, asked or updated in this year.", 1, 9999),
    number("page", "Which page, from 1.", 1, 10**9),
    number("page_size", f"How many results on a page; {PAGE_SIZE} where nothing is said.", 1, LARGEST_PAGE),
)


class FoundInSerializer(serializers.Serializer):
    what = serializers.CharField(help_text="In what it stands: the question, the source, another name …")
    text = serializers.CharField()
    html = serializers.CharField(help_text="The same, escaped, with the words in `<mark>`.")


class ResultSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    id = serializers.IntegerField(help_text="Of the row; for articles that of the edition.")
    url = serializers.URLField(help_text="Of the row in this API.")
    page = serializers.URLField(help_text="What readers see.")
    title = serializers.CharField()
    snippet = serializers.CharField(help_text="The passage with most of what was asked, as plain text.")
    snippet_html = serializers.CharField(help_text="The same, escaped, with the words in `<mark>`.")
    reasons = FoundInSerializer(
        many=True, help_text="Where else something stands that was asked for, and neither title nor snippet has."
    )
    date = serializers.DateField(allow_null=True, help_text="Stated, asked or updated on.")
    about = serializers.DictField(help_text="What else is known of it, by kind.")


class ValueSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="For the parameter of the same name as the facet.")
    title = serializers.CharField()
    count = serializers.IntegerField(help_text="Results that have it, whatever the facet itself is narrowed to.")


class FacetSerializer(serializers.Serializer):
    values = ValueSerializer(many=True)
    more = serializers.IntegerField(help_text="Values that are not listed.")
    without = serializers.IntegerField(help_text="Results that have none.")


class FacetsSerializer(serializers.Serializer):
    kind = FacetSerializer()
    topic = FacetSerializer()
    expert = FacetSerializer()
    year = FacetSerializer()


class SearchSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    hint = serializers.CharField(help_text="Why nothing can be looked for; empty where something was.")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Words too common to be looked for.")
    facets = FacetsSerializer()
    results = ResultSerializer(many=True)


class Search(Reading):
    """Articles, experts, questions, positions and quotes by their words, best first."""

    serializer_class = SearchSerializer
    parameters = PARAMETERS

    def retrieve(self, request: Request) -> HttpResponse:
        """Four queries, and one for each topic or expert that is named."""
        ask = self.ask(request, self.row_parameters())
        wish, hint = read_wish(ask)
        number, size = ask.values.get("page", 1), ask.values.get("page_size", PAGE_SIZE)
        if (number - 1) * size >= FURTHEST:
            raise Problem(404, f"Only the first {FURTHEST} results can be paged through; narrow them.")
        found = search(wish, ask.now, (number - 1) * size, size) if wish else NOTHING
        pages = max(1, -(-found.count // size))
        if number > pages:
            raise Problem(404, f"There is no page {number}; the last is {pages}.")
        data = {
            "count": found.count,
            "next": lead(request, ask, number + 1) if number < pages else None,
            "previous": lead(request, ask, number - 1) if number > 1 else None,
            "hint": hint,
            "left_out": wish.asked.left_out if wish else [],
            "facets": {facet.name: tell_facet(facet) for facet in found.facets},
            "results": [tell_result(result, ask.links) for result in found.results],
        }
        return answer_json(request._request, make_picker(ask.fields)(data))


def read_wish(ask: Ask) -> tuple[Wish | None, str]:
    """Or why there is nothing to look for."""
    values = ask.values
    keys = {name: find_named(name, values[name], ask) for name in ("topic", "expert") if name in values}
    try:
        asked = read_question(values.get("q", ""))
    except Unclear as no:
        return None, str(no)
    return Wish(asked, kind=values.get("kind"), year=values.get("year"), **keys), ""


def find_named(name: str, slug: str, ask: Ask) -> int:
    key = find_key(name, slug, ask.now)
    if key is None:
        detail = f"There is no {name} “{slug}”."
        raise Problem(404, detail, "not-found", [Reason(name, detail)])
    return key


def lead(request: Request, ask: Ask, number: int) -> str:
    query = request._request.GET.copy()
    query["page"] = str(number)
    return f"{ask.links.root}{request.path}?{query.urlencode()}"


def tell_result(result: Result, links: Links) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "id": result.row_id,
        "url": links.api(PLACES[result.kind], result.about.get("slug", result.row_id)),
        "page": links.root + result.url,
        "title": as_text(result.title),
        "snippet": as_text(result.snippet),
        "snippet_html": as_html(result.snippet),
        "reasons": [
            {"what": why.what, "text": as_text(why.words), "html": as_html(why.words)} for why in result.reasons
        ],
        "date": result.day,
        "about": result.about,
    }


def tell_facet(facet: Counted) -> dict[str, Any]:
    values = [{"value": value.value, "title": value.title, "count": value.count} for value in facet.values]
    return {"values": values, "more": facet.more, "without": facet.without}
