"""⌘K: everything in the desk by a few letters of its name. One query, whatever there is to find.

Each kind is found among the rows that its own admin shows the person. Words are looked for anywhere in a name; a slug
is a name without its accents, so “zoe” also finds “Zoë” and the other way round.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, F, IntegerField, Model, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import slugify

from aisrace.desk.navigation import DEEDS, GROUPS, Place, open_places
from aisrace.lib.text import clean_line, fold
from articles.models import Article, Author, Edition
from experts.models import Expert, Position, Question, Source, Topic

LONGEST = 100  # characters that are looked at
WORDS = 6
EACH = 6  # of every kind


@dataclass(frozen=True)
class Found:
    title: str
    url: str
    icon: str
    about: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Kind:
    """How rows of one model are found: by which fields, in which order, and what is told of them."""

    title: str
    icon: str
    model: type[Model]
    fields: tuple[str, ...]
    name: Any
    about: Any
    order: tuple[Any, ...]
    slug: str = ""


def told(*fields: str, else_: str = "") -> Any:
    """The first of the fields that is not empty, as text of one type for all kinds."""
    return Coalesce(*(NullIf(Cast(field, CharField()), Value("")) for field in fields), Value(else_))


def joined(*parts: Any) -> Any:
    return Concat(*parts, output_field=CharField())


QUESTION = told("question__label", "question__wording")
KINDS = (
    Kind(
        "Articles",
        "article",
        Article,
        ("headline", "slug"),
        told("headline", "slug"),
        told("standfirst"),
        ("-changed_at",),
        "slug",
    ),
    Kind(
        "Experts",
        "groups",
        Expert,
        ("name", "aliases", "slug"),
        told("name"),
        told("kind"),
        ("sort_name",),
        "slug",
    ),
    Kind(
        "Questions",
        "help",
        Question,
        ("label", "wording", "slug"),
        told("label", "wording"),
        told("wording"),
        ("-pk",),
        "slug",
    ),
    Kind(
        "Positions",
        "balance",
        Position,
        (),
        joined(told("expert__name"), Value(" on “"), QUESTION, Value("”")),
        joined(told("answer__label", else_="no answer"), Value(", "), Cast("stated_on", CharField())),
        ("-stated_on", "-pk"),
    ),
    Kind(
        "Sources",
        "menu_book",
        Source,
        ("title", "author", "publisher", "url"),
        told("title"),
        told("author", "publisher"),
        (F("published_on").desc(nulls_last=True),),
    ),
    Kind("Authors", "signature", Author, ("name", "slug"), told("name"), Value(""), ("name",), "slug"),
    Kind("Topics", "label", Topic, ("name", "slug"), told("name"), Value(""), ("name",), "slug"),
    Kind(
        "Editions",
        "newspaper",
        Edition,
        ("headline", "slug"),
        told("headline"),
        joined(Value("edition "), Cast("number", CharField())),
        ("-live_at",),
        "slug",
    ),
)


def search_desk(request: HttpRequest, asked: str) -> list[Group]:
    """Without words: what can be done. With words: that, where one can go, and every kind of row."""
    words = clean_line(asked[:LONGEST]).split()[:WORDS]
    groups = [Group("Do", find_places(DEEDS, request, words))]
    if words:
        places = [place for group in GROUPS.values() for place in group if place.page == "changelist"]
        groups += [Group("Go to", find_places(places, request, words)), *find_rows(request, words)]
    return [group for group in groups if group.found]


def find_places(places: Iterable[Place], request: HttpRequest, words: list[str]) -> tuple[Found, ...]:
    sought = [fold(word) for word in words]
    wanted = [place for place in places if all(word in fold(place.title) for word in sought)]
    return tuple(Found(place.title, url, place.icon) for place, url in open_places(wanted, request))


def find_rows(request: HttpRequest, words: list[str]) -> list[Group]:
    """At most six of every kind that the person may see. One query."""
    kinds = [kind for kind in KINDS if may_see(request, kind.model)]
    parts = [pick(request, number, kind, words) for number, kind in enumerate(kinds)]
    if not parts:
        return []
    rows = list(parts[0].union(*parts[1:], all=True).order_by() if parts[1:] else parts[0])
    rows.sort(key=lambda row: row[3])
    return [
        Group(
            kind.title,
            tuple(
                Found(title, reverse(changing(kind.model), args=[pk]), kind.icon, about)
                for number_of_kind, pk, title, _, about in rows
                if number_of_kind == number
            ),
        )
        for number, kind in enumerate(kinds)
    ]


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_or_change_permission(request)


def changing(model: type[Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_change"


def pick(request: HttpRequest, number: int, kind: Kind, words: list[str]) -> QuerySet[Any]:
    """The first rows of a kind as (kind, key, title, rank, about), to be read together with those of the others.

    Only in an inner query do they keep their order and their limit; the outer one has neither.
    """
    theirs = admin.site.get_model_admin(kind.model).get_queryset(request).select_related(None)
    begins = rank_beginnings(kind, words)
    best = theirs.filter(matching(kind, words)).order_by(begins, *kind.order).values("pk")[:EACH]
    return (
        kind.model._default_manager.filter(pk__in=best)
        .order_by()
        .values_list(Value(number), Cast("pk", CharField()), kind.name, begins, kind.about)
    )


def rank_beginnings(kind: Kind, words: list[str]) -> Any:
    """0 for names that begin with what was typed, 1 for the others."""
    begins = Q(**{f"{kind.slug}__startswith": slug}) if kind.slug and (slug := slugify(" ".join(words))) else None
    whens = [When(begins, then=Value(0))] if begins else []
    return Case(*whens, default=Value(1), output_field=IntegerField())


def matching(kind: Kind, words: list[str]) -> Q:
    """Every word in some field. A position is found by its expert, its question, or a word of each."""
    if kind.model is Position:
        return reduce(
            and_, (Q(expert__in=named(Expert, word)) | Q(question__in=named(Question, word)) for word in words)
        )
    return reduce(and_, (contains(kind.fields, word) for word in words))


def named(model: type[Model], word: str) -> QuerySet[Any]:
    fields = next(kind.fields for kind in KINDS if kind.model is model)
    return model._default_manager.filter(contains(fields, word)).order_by().values("pk")


def contains(fields: tuple[str, ...], word: str) -> Q:
    bare = slugify(word)
    found = Q(pk__in=[])
    for field in fields:
        sought = bare if field == "slug" else word
        if sought:
            found |= Q(**{f"{field}__icontains": sought})
    return found
