"""What the rows of a table say about experts, questions and positions: cleaned, dated and checked. No database."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from aisrace.lib.text import clean_line, clean_text
from experts.importing.columns import Columns
from experts.importing.naming import key_of, key_of_wording, split_name
from experts.tables import Row, Table

MAX_PROBLEMS = 1000
MAX_NAME = 200  # characters, as the models have it; SQLite would not mind more
MAX_POLL = 80
MAX_PART = 20
MAX_ANSWER = 100
PART = "part:"  # begins the second half of a named question's key; the key of a wording has no colon

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CONFIDENCE = re.compile(r"(10|[1-9])(\.0+)?", re.ASCII)
_NOT_GIVEN = {"", "na", "n a", "-"}

type QuestionKey = tuple[str, str]
type PollKey = tuple[str, date]

_tidy = lru_cache(maxsize=10_000)(clean_text)
_tidy_line = lru_cache(maxsize=10_000)(clean_line)


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` is 0 where the file as a whole is meant."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Days:
    """How days are written, besides 2024-01-31, and the day of rows that have none. Later ones than today are wrong."""

    today: date
    written: str = ""
    otherwise: date | None = None

    def read(self, cell: str) -> date | None:
        text = _tidy_line(cell)
        try:
            if _ISO_DAY.fullmatch(text):
                return date.fromisoformat(text)
            if text and self.written:
                return datetime.strptime(text, self.written).replace(tzinfo=UTC).date()
        except ValueError:
            return None
        return None if text else self.otherwise

    def __str__(self) -> str:
        return f"like {self.written} or 2024-01-31" if self.written else "like 2024-01-31 (others need --date-format)"


@dataclass(frozen=True, slots=True)
class Said:
    """One row. `poll` and `part` are what the table calls the question."""

    line: int
    expert: str
    sort_name: str
    organisation: str
    wording: str
    poll: str
    part: str
    topic: str
    day: date
    answer: str
    confidence: int | None
    comment: str


@dataclass(slots=True)
class ExpertEntry:
    """`sightings`: organisations by day and key, where the table has a column for them."""

    line: int
    name: str
    sort_name: str
    sightings: dict[tuple[date, str], str] = field(default_factory=dict)


@dataclass(slots=True)
class QuestionEntry:
    """`asked_on` is the first day; `topics` are names by key, in the table's order."""

    line: int
    wording: str
    poll: str
    part: str
    asked_on: date
    topics: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PositionEntry:
    line: int
    expert: str
    question: QuestionKey
    poll: PollKey
    answer: str
    confidence: int | None
    comment: str
    day: date


@dataclass(slots=True)
class Entries:
    """All that a table says. Keys are what repeated mentions have in common; `polls` has the topic of each."""

    experts: dict[str, ExpertEntry] = field(default_factory=dict)
    questions: dict[QuestionKey, QuestionEntry] = field(default_factory=dict)
    polls: dict[PollKey, str] = field(default_factory=dict)
    positions: list[PositionEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_entries(table: Table, columns: Columns, days: Days) -> Entries:
    """Goes on after a wrong row, so that all problems are told at once; stops at a thousand."""
    entries = Entries()
    lines: dict[tuple[str, QuestionKey, date], int] = {}
    for row in table.rows:
        wrong: list[str] = []
        if len(row.cells) != len(table.headings):
            wrong.append(f"The row has {len(row.cells)} cells, but there are {len(table.headings)} headings.")
        elif said := read_row(row, columns, days, wrong):
            _add(entries, lines, said, "part" in columns.places, wrong)
        entries.problems += [Problem(row.line, message) for message in wrong]
        if len(entries.problems) >= MAX_PROBLEMS:
            break
    if not (entries.positions or entries.problems):
        entries.problems.append(Problem(0, "The table has headings but no rows."))
    return entries


def read_row(row: Row, columns: Columns, days: Days, wrong: list[str]) -> Said | None:
    """None with everything that is wrong about the cells added to `wrong`."""

    def line(name: str, length: int, needed: bool = False) -> str:
        text = _tidy_line(columns.read(row.cells, name))
        if len(text) > length:
            wrong.append(f"The {name} is longer than {length} characters: “{text[:40]}…”.")
        if needed and not text:
            wrong.append(f"The {name} is empty.")
        return text

    written = columns.read(row.cells, "date")
    if (day := days.read(written)) is None:
        wrong.append(f"The date “{_tidy_line(written)[:40]}” is not written {days}.")
    elif day > days.today:
        wrong.append(f"The date {day} has not come yet.")
    confidence = _tidy_line(columns.read(row.cells, "confidence"))
    if key_of(confidence) not in _NOT_GIVEN and not _CONFIDENCE.fullmatch(confidence):
        wrong.append(f"The confidence “{confidence[:40]}” is not a whole number from 1 to 10.")
    if not (wording := _tidy(columns.read(row.cells, "wording"))):
        wrong.append("The wording of the question is empty.")
    name, sort_name = split_name(line("expert", MAX_NAME, needed=True))
    organisation, topic = line("affiliation", MAX_NAME), line("topic", MAX_NAME)
    poll, part, answer = line("poll", MAX_POLL), line("part", MAX_PART), line("answer", MAX_ANSWER)
    if wrong or day is None:
        return None
    certain = int(float(confidence)) if _CONFIDENCE.fullmatch(confidence) else None
    comment = clean_text(columns.read(row.cells, "comment"))
    return Said(row.line, name, sort_name, organisation, wording, poll, part, topic, day, answer, certain, comment)


def _add(
    entries: Entries,
    lines: dict[tuple[str, QuestionKey, date], int],
    said: Said,
    has_parts: bool,
    wrong: list[str],
) -> None:
    """The row among the others, unless it contradicts them; then `wrong` says how."""
    expert = key_of(said.expert)
    question = _key_of_question(said, has_parts)
    poll = (key_of(said.poll), said.day) if said.poll else ("", date.min)
    first = lines.setdefault((expert, question, said.day), said.line)
    if first != said.line:
        wrong.append(f"The same expert, question and date stand in line {first} already.")
        return
    _add_expert(entries, expert, said)
    _add_question(entries, question, said, wrong)
    entries.polls.setdefault(poll, said.topic if said.poll else "")
    entries.positions.append(
        PositionEntry(said.line, expert, question, poll, said.answer, said.confidence, said.comment, said.day)
    )


def _key_of_question(said: Said, has_parts: bool) -> QuestionKey:
    if said.poll and has_parts:
        return key_of(said.poll), PART + key_of(said.part)
    return key_of(said.poll) if said.poll else "", key_of_wording(said.wording)


def _add_expert(entries: Entries, key: str, said: Said) -> None:
    entry = entries.experts.setdefault(key, ExpertEntry(said.line, said.expert, said.sort_name))
    entry.sort_name = entry.sort_name or said.sort_name
    if said.organisation:
        entry.sightings.setdefault((said.day, key_of(said.organisation)), said.organisation)


def _add_question(entries: Entries, key: QuestionKey, said: Said, wrong: list[str]) -> None:
    entry = entries.questions.setdefault(key, QuestionEntry(said.line, said.wording, said.poll, said.part, said.day))
    if key_of_wording(entry.wording) != key_of_wording(said.wording):
        name = f"{said.poll} {said.part}".strip()
        wrong.append(f"The question “{name}” has other words than in line {entry.line}.")
    entry.asked_on = min(entry.asked_on, said.day)
    if said.topic:
        entry.topics.setdefault(key_of(said.topic), said.topic)
