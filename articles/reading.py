"""What readers read, opened from an edition: one row holds the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

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


@dataclass(frozen=True)
class OpenEdition:
    """An edition's content ready to print. `rests_on` are the cells that the verdict rests on."""

    edition: Edition
    comparison: Comparison
    sections: list[OpenSection]
    rests_on: list[Cell]
    spectra: list[Spectrum]
    distributions: list[Distribution]

    @property
    def content(self) -> dict[str, Any]:
        return self.edition.content


def open_edition(edition: Edition) -> OpenEdition:
    """Pure: no query."""
    comparison = load(edition.content["comparison"])
    experts = {expert.id: expert for expert in comparison.experts}
    positions = {cell.position.id: cell for cell in comparison.cells.values() if cell.position}
    sections = [open_section(section, experts, comparison) for section in edition.content["sections"]]
    return OpenEdition(
        edition,
        comparison,
        sections,
        [positions[pk] for pk in edition.content["verdict_positions"] if pk in positions],
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


def find_newest(slug: str, now: datetime) -> Edition | None:
    """As `newest_at`, without what only the article's own page needs; that is fetched when it is asked for. One query.

    In SQL, for whoever comes often: building the question with the ORM takes longer than answering it.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(FIND_NEWEST, [slug, moment, moment, moment])
        row = cursor.fetchone()
    return Edition.from_db(connection.alias, FOUND, list(map(with_zone, row))) if row else None


def with_zone(value: Any) -> Any:
    """What a database without a type for moments keeps in UTC says so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


UNASKED = ("note", "card", "content", "schema")
FOUND = [field.attname for field in Edition._meta.concrete_fields if field.name not in UNASKED]
FIND_NEWEST = f"""
SELECT {", ".join(FOUND)}
FROM articles_edition AS edition
WHERE article_id IN (SELECT article_id FROM articles_edition WHERE slug = %s AND live_at <= %s) AND live_at <= %s
  AND NOT EXISTS (SELECT 1 FROM articles_edition AS newer
                  WHERE newer.article_id = edition.article_id AND newer.number > edition.number AND newer.live_at <= %s)
ORDER BY article_id
"""  # noqa: S608 (the names stand above)


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
