"""What the collections of the record share: filters that name a row of it."""

from collections.abc import Callable

from aisrace.api.asking import Ask
from aisrace.api.collections import Filter, Rows, find_named
from aisrace.api.parameters import day, number, slug
from experts.models import Expert, Question, Source, Topic

AS_OF = day("as_of", "The record as it stood at the end of this day; without it, as it stands now.")


type Naming = Callable[[Rows, int, Ask], Rows]


def by_expert(narrow: Naming, about: str = "Only those of this expert.") -> Filter:
    return Filter(
        slug("expert", about),
        lambda rows, value, ask: narrow(rows, find_named(Expert.objects.public(ask.now), "expert", slug=value), ask),
    )


def by_question(narrow: Naming, about: str = "Only those on this question.") -> Filter:
    return Filter(
        slug("question", about),
        lambda rows, value, ask: narrow(
            rows, find_named(Question.objects.public(ask.now), "question", slug=value), ask
        ),
    )


def by_topic(narrow: Naming, about: str = "Only those on questions of this topic.") -> Filter:
    return Filter(
        slug("topic", about),
        lambda rows, value, ask: narrow(rows, find_named(Topic.objects.asked(ask.now), "topic", slug=value), ask),
    )


def by_source(narrow: Naming, about: str) -> Filter:
    return Filter(
        number("source", about),
        lambda rows, value, ask: narrow(rows, find_named(Source.objects.public(ask.now), "source", pk=value), ask),
    )
