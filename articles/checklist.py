"""What stands between a working copy and its readers, each point with the place where it is mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from aisrace.lib.markup import to_plain
from articles.freezing import read_working_comparison
from articles.models import Article, Edition
from experts.comparison import Cell
from experts.models import Expert, Position
from experts.querysets import PositionQuerySet


@dataclass(frozen=True)
class Blocker:
    """`field` names a field or a list of the article's form; `row` another row, by model and key.

    A row that is yet to be made has the key None and `given`, what is known of it.
    """

    reason: str
    field: str = ""
    row: tuple[str, int | None] | None = None
    given: tuple[tuple[str, Any], ...] = ()


def list_blockers(article: Article, now: datetime, positions: PositionQuerySet | None = None) -> list[Blocker]:
    """In the order of the form; the record last.

    All positions count where it guards publishing; told to somebody, only the `positions` they may read.
    """
    positions = Position.objects.all() if positions is None else positions
    return [*_missing_writing(article), *_taken_address(article), *_missing_record(article, now, positions)]


def _missing_writing(article: Article) -> Iterable[Blocker]:
    if not article.headline:
        yield Blocker("Give it a headline.", "headline")
    if not article.standfirst:
        yield Blocker("Write a standfirst: a sentence or two under the headline.", "standfirst")
    if not article.authors.exists():
        yield Blocker("Name at least one author.", "byline_set")
    yield from _missing_picture(article)
    for section in article.sections.select_related("expert"):
        if not to_plain(section.body):
            yield Blocker(f"The section “{section}” is empty.", "sections")
        if section.expert and section.expert.portrait:
            yield from _missing_portrait(section.expert)


def _missing_picture(article: Article) -> Iterable[Blocker]:
    if not article.picture:
        return
    if not article.picture.storage.exists(str(article.picture)):
        yield Blocker("The file of the picture is missing: upload it again.", "picture")
    if not article.picture_alt:
        yield Blocker("Describe the picture for those who cannot see it.", "picture_alt")
    if not article.picture_credit:
        yield Blocker("Say whose picture it is.", "picture_credit")


def _missing_portrait(expert: Expert) -> Iterable[Blocker]:
    row = ("experts.expert", expert.pk)
    if not expert.portrait.storage.exists(str(expert.portrait)):
        yield Blocker(f"The file of the portrait of {expert.name} is missing: upload it again.", row=row)
    if not expert.portrait_alt:
        yield Blocker(f"Describe the portrait of {expert.name} for those who cannot see it.", row=row)
    if not expert.portrait_credit:
        yield Blocker(f"Say whose picture the portrait of {expert.name} is.", row=row)


def _taken_address(article: Article) -> Iterable[Blocker]:
    """Whatever another article has had live or scheduled stays its own: links to it must never open this one."""
    if Edition.objects.filter(slug=article.slug).exclude(article=article).exists():
        reason = f"Choose another address: a different article was published at “{article.slug}”."
        yield Blocker(reason, "slug")


def _missing_record(article: Article, now: datetime, positions: PositionQuerySet) -> Iterable[Blocker]:
    comparison = read_working_comparison(article, timezone.localdate(now), positions)
    if len(comparison.experts) < 2:
        yield Blocker("Compare at least two experts: give each a section.", "sections")
    if not comparison.questions:
        yield Blocker("Choose at least one question.", "articlequestion_set")
    for expert in comparison.experts:
        if comparison.questions and not any(cell.position for cell in comparison.row(expert)):
            reason = f"{expert.name} has no position on any of the questions, not even a recorded silence."
            given = (("expert", expert.id), ("question", comparison.questions[0].id))
            yield Blocker(reason, row=("experts.position", None), given=given)
    for cell in comparison.cells.values():
        yield from _missing_evidence(cell)
    yield from _missing_verdict(article, {c.position.id for c in comparison.cells.values() if c.position}, positions)


def _missing_evidence(cell: Cell) -> Iterable[Blocker]:
    if cell.position is None:
        return
    row = ("experts.position", cell.position.id)
    if not cell.position.source:
        yield Blocker(f"{cell.expert.name} on “{cell.question.label}” has no source.", row=row)
    if cell.position.answer_id and not cell.answer:
        yield Blocker(f"{cell.expert.name}'s answer is not on the scale of “{cell.question.label}”.", row=row)


def _missing_verdict(article: Article, shown: set[int], positions: PositionQuerySet) -> Iterable[Blocker]:
    rests_on = set(article.verdict_positions.order_by().values_list("pk", flat=True))
    if article.verdict and not rests_on:
        yield Blocker("Choose the positions that the verdict rests on.", "verdict_positions")
    if positions.filter(pk__in=rests_on - shown).exists():
        yield Blocker("The verdict rests on a position that the comparison does not show.", "verdict_positions")
