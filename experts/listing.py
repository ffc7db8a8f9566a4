"""Lists of the record: which experts, questions and statements a reader asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from aisrace.lib.text import fold
from experts.comparison import Blank, Cell, ExpertRow, QuestionRow, replaces
from experts.measures import Distribution, Given, tally
from experts.models import Expert, Position, Question, Topic
from experts.reading import Statement
from experts.record import expert_row, read_questions, read_roles


def list_experts(now: datetime, words: str | None) -> QuerySet[Any]:
    """Public experts by sort name, each with the number of public `answers` they gave."""
    given = Q(positions__answer__isnull=False, positions__public_at__lte=now, positions__question__public_at__lte=now)
    experts = Expert.objects.public(now).annotate(answers=Count("positions", filter=given)).order_by("sort_name", "id")
    return experts.filter(name__icontains=words) if words else experts


@dataclass(frozen=True)
class ListedExpert:
    """An expert with the role held today and the number of answers on record."""

    row: ExpertRow
    answers: int


def add_roles(experts: Iterable[Any], today: date) -> list[ListedExpert]:
    """The experts of `list_experts` as they are listed. One query."""
    found = list(experts)
    roles = read_roles(found)
    return [ListedExpert(expert_row(expert, roles, today), expert.answers) for expert in found]


def list_questions(now: datetime, words: str | None, topic: Topic | None) -> QuerySet[Question]:
    """Public questions, those outside polls first, then by the day asked, newest first."""
    questions = Question.objects.public(now).prefetch_related("topics")
    if words:
        questions = questions.filter(Q(wording__icontains=words) | Q(label__icontains=words))
    return questions.filter(topics=topic) if topic else questions


@dataclass(frozen=True)
class CountedQuestion:
    question: Question
    distribution: Distribution


def count_answers(questions: Iterable[Question], now: datetime, as_of: date | None) -> list[CountedQuestion]:
    """Each question with the distribution of its current answers. Two queries."""
    listed = list(questions)
    rows = read_questions(listed)
    given = read_given(rows, now, as_of)
    return [
        CountedQuestion(question, tally(row, given[row.id].values()))
        for question, row in zip(listed, rows, strict=True)
    ]


def read_given(questions: Iterable[QuestionRow], now: datetime, as_of: date | None) -> dict[int, dict[int, Given]]:
    """What each expert's current position gives, by question id and expert id. One query."""
    given: dict[int, dict[int, Given]] = {question.id: {} for question in questions}
    rows = Position.objects.public(now).stated_by(as_of).filter(question__in=given).order_by("stated_on", "id")
    for question_id, expert_id, answer_id, blank, confidence in rows.values_list(
        "question_id", "expert_id", "answer_id", "blank", "confidence"
    ):
        # The order is the history.
        if expert_id not in given[question_id] or replaces(blank):
            given[question_id][expert_id] = (answer_id, Blank(blank) if blank else None, confidence)
    return given


def narrow_statements(statements: Sequence[Statement], show: str | None, words: str | None) -> list[Statement]:
    """Those shown by the choices of `StatementForm`; words are sought in wording and label, case and accents apart."""
    key = fold(words) if words else ""
    return [
        statement
        for statement in statements
        if _is_shown(statement.cell, statement.has_words, show)
        and (not key or key in fold(f"{statement.cell.question.label} {statement.cell.question.wording}"))
    ]


def narrow_cells(cells: Sequence[Cell], show: str | None) -> list[Cell]:
    """Those shown by the choices of `AnswersForm`: by answer from the high end of the axis, blanks last.

    Within an answer the surest come first. Experts with nothing on record by that day are left out.
    """
    kept = [cell for cell in cells if cell.position and _is_shown(cell, cell.position.is_verbatim, show)]
    return sorted(kept, key=_by_answer)


def _is_shown(cell: Cell, has_words: bool, show: str | None) -> bool:
    match show:
        case "answered":
            return cell.answer is not None
        case "quoted":
            return has_words
        case "blank":
            return cell.answer is None
    return True


def _by_answer(cell: Cell) -> tuple[bool, bool, int, int]:
    confidence = cell.position.confidence if cell.position else None
    return (cell.answer is None, cell.step is None, -(cell.step or 0), -(confidence or 0))


@dataclass(frozen=True)
class AnswerGroup:
    """Neighbouring cells of a page that share an answer, or share the reason for none."""

    heading: str
    tone: int | None
    cells: list[Cell]

    @property
    def spoken(self) -> list[Cell]:
        """Those with words to read: a summary or a quote."""
        return [cell for cell in self.cells if cell.position and (cell.position.summary or cell.position.quotes)]

    @property
    def bare(self) -> list[Cell]:
        """Those with the answer alone."""
        return [cell for cell in self.cells if cell.position and not (cell.position.summary or cell.position.quotes)]


def group_cells(cells: Sequence[Cell]) -> list[AnswerGroup]:
    """The cells in their order, under headings."""
    groups: dict[str, AnswerGroup] = {}
    for cell in cells:
        heading = cell.answer.label if cell.answer else (cell.blank or Blank.NOTHING).label
        tone = cell.answer.tone if cell.answer else None
        groups.setdefault(heading, AnswerGroup(heading, tone, [])).cells.append(cell)
    return list(groups.values())
