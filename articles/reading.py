"""What readers read, opened from an edition: one row holds the page."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from aisrace.lib.prepared import prepared, slot
from articles.models import Author, Edition
from articles.querysets import EditionQuerySet
from experts.comparison import Cell, Comparison, ExpertRow
from experts.frozen import load
from experts.measures import Distribution, distribute, spread
from experts.models import Expert, Question, Topic
from experts.spectrum import Spectrum, place_experts


@dataclass(frozen=True)
class OpenSection:
    """A section of an edition; `row` are its expert's cells, empty without an expert."""

    heading: str
    body: str
    expert: ExpertRow | None
    row: tuple[Cell, ...]


@dataclass(frozen=True, eq=False)
class OpenEdition:
    """An edition's content ready to print. `rests_on` are the cells that the verdict rests on.

    `printed_of` is equal where all is equal that a page prints of the edition; None where nobody has looked.
    """

    edition: Edition
    comparison: Comparison
    sections: list[OpenSection]
    rests_on: list[Cell]
    spectra: list[Spectrum]
    distributions: list[Distribution]
    printed_of: Hashable = None

    @property
    def content(self) -> dict[str, Any]:
        return self.edition.content


def open_edition(edition: Edition) -> OpenEdition:
    """Pure: no query. What `find_whole` found is open already."""
    return edition.opened or replace(open_content(edition.content), edition=edition)


def open_content(content: dict[str, Any]) -> OpenEdition:
    """Of which edition is not told yet."""
    comparison = load(content["comparison"])
    experts = {expert.id: expert for expert in comparison.experts}
    positions = {cell.position.id: cell for cell in comparison.cells.values() if cell.position}
    return OpenEdition(
        Edition(content=content),
        comparison,
        [open_section(section, experts, comparison) for section in content["sections"]],
        [positions[pk] for pk in content["verdict_positions"] if pk in positions],
        [place_experts(question, comparison.column(question)) for question in comparison.questions],
        [distribute(question, comparison.column(question)) for question in comparison.questions],
    )


def open_section(section: dict[str, Any], experts: dict[int, ExpertRow], comparison: Comparison) -> OpenSection:
    expert = experts.get(section["expert"])
    return OpenSection(section["heading"], section["body"], expert, comparison.row(expert) if expert else ())


def choose_spectrum(spectra: Sequence[Spectrum]) -> Spectrum | None:
    """The one on which most experts stand and differ most: an article's picture."""

    def weight(spectrum: Spectrum) -> tuple[int, float]:
        cells = [cell for place in (*spectrum.places, *spectrum.tray) for cell in place.cells]
        return (len(cells), spread(cells))

    return max(spectra, key=weight, default=None)


# --- What many ask for -----------------------------------------------------------------------------------------------

# In the order in which `from_db` takes them.
FIELDS = [field.attname for field in Edition._meta.concrete_fields]
FOUND = [name for name in FIELDS if name not in ("note", "card", "content", "schema")]
WHOLE = [name for name in FIELDS if name not in ("card", "content", "schema")]


def find_newest(slug: str, now: datetime) -> Edition | None:
    """As `newest_at`, without what only the article's own page needs; that is fetched when it is asked for. One query.

    Prepared, for whoever comes often.
    """
    question = ask_newest()
    rows = question.ask(slug=slug, now=now)
    return Edition.from_db(connection.alias, FOUND, question.read(rows[0])) if rows else None


def find_whole(slug: str, now: datetime) -> Edition | None:
    """As `find_newest`, with its note and its content; what this process has opened before it does not open again."""
    question = ask_whole()
    rows = question.ask(slug=slug, now=now)
    if not rows:
        return None
    (*row, text), *_ = rows
    edition = Edition.from_db(connection.alias, WHOLE, question.read(row))
    opened = open_text(text) if not edition.is_withdrawal else None
    edition.content = opened.content if opened else {}
    edition.opened = opened and replace(opened, edition=edition, printed_of=(opened, *row))
    return edition


@prepared
def ask_newest() -> QuerySet[Any]:
    return newest_at(slot("slug"), slot("now")).values_list(*FOUND)


@prepared
def ask_whole() -> QuerySet[Any]:
    return newest_at(slot("slug"), slot("now")).values_list(*WHOLE, "content")


@lru_cache(maxsize=64)
def open_text(text: str) -> OpenEdition:
    """What is in it belongs to everybody who reads it: nobody changes it."""
    return open_content(json.loads(text))


def newest_at(slug: str, now: datetime) -> EditionQuerySet:
    """The one edition, or none, that counts now of the article that is or was at this address.

    It may be a withdrawal, and it may be at another address by now.
    """
    known = Edition.objects.published(now).filter(slug=slug)
    return Edition.objects.newest(now).filter(article__in=known.values("article"))


def find_comparison(slug: str, now: datetime) -> Comparison | None:
    """What the live edition of an article shows; None where there is none or it was withdrawn. One query."""
    newest = newest_at(slug, now).first()
    return None if newest is None or newest.is_withdrawal else load(newest.content["comparison"])


def articles_with_expert(expert: Expert, now: datetime) -> EditionQuerySet:
    """Live editions that compare the expert, newest first. One query."""
    return Edition.objects.live(now).filter(experts=expert).recent()


def articles_with_question(question: Question, now: datetime) -> EditionQuerySet:
    """Live editions that ask the question, newest first. One query."""
    return Edition.objects.live(now).filter(questions=question).recent()


def articles_on_topic(topic: Topic, now: datetime) -> EditionQuerySet:
    return Edition.objects.live(now).filter(topics=topic).recent()


def topics_in_use(now: datetime) -> QuerySet[Topic]:
    """Topics with a public question or a live article: those that have a page."""
    asked = Question.objects.public(now).filter(topics=OuterRef("pk"))
    live = Edition.objects.live(now).filter(topics=OuterRef("pk"))
    return Topic.objects.filter(Exists(asked) | Exists(live))


def authors_in_print(now: datetime) -> QuerySet[Author]:
    """Authors of a live article: those who have a page."""
    return Author.objects.filter(Exists(Edition.objects.live(now).filter(authors=OuterRef("pk"))))


def articles_by(author: Author, now: datetime) -> EditionQuerySet:
    return Edition.objects.live(now).filter(authors=author).recent()
