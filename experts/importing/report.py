"""What an import did, or why it did nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from experts.importing.entries import MAX_PROBLEMS, Problem
from experts.importing.journal import Journal

KINDS = ("experts", "questions", "positions", "quotes")
OUTCOMES = ("created", "updated", "unchanged", "refused")


@dataclass(slots=True)
class Report:
    """Counts by kind and outcome.

    *Refused* rows are well-formed; the import left the record as it is because an editor had changed it since, or made
    it by hand. `refusals` says where. *Errors* stop the run: then nothing is imported and every count is 0.
    The `journal` is told of each row; `run` is the number by which the import can be undone, where it is kept.
    """

    file: str
    sheet: str = ""
    scale: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    dry_run: bool = False
    run: int | None = None
    blanks: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    errors: list[Problem] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    def forget(self) -> None:
        """Nothing of what was counted has come to stay."""
        self.counts = {kind: Counter() for kind in KINDS}
        self.refusals = []
        self.run = None

    def refuse(self, kind: str, line: int, message: str, row: Model | None = None) -> None:
        """`row`: as the table wants it, where that much is clear."""
        self.counts[kind]["refused"] += 1
        self.journal.note_refused(kind.removesuffix("s"), line, message, row)
        if len(self.refusals) < MAX_PROBLEMS:
            self.refusals.append(Problem(line, message))

    def as_data(self) -> dict[str, Any]:
        """For programs; at most a thousand errors and refusals each."""
        return {
            **{kind: {outcome: self.counts[kind][outcome] for outcome in OUTCOMES} for kind in KINDS},
            "errors": [_as_data(problem) for problem in self.errors[:MAX_PROBLEMS]],
            "refusals": [_as_data(problem) for problem in self.refusals],
            "blanks": dict(self.blanks),
            "rows": self.rows,
            "dry_run": self.dry_run,
            "run": self.run,
            "file": self.file,
            "sheet": self.sheet,
            "scale": self.scale,
            "columns": dict(self.columns),
        }


def _as_data(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "message": problem.message}


class ImportStopped(Exception):
    """Nothing was imported; `report.errors` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(summarise(report.errors))
        self.report = report


def summarise(problems: list[Problem], shown: int = 20) -> str:
    """One message of all: a line each where there are several, the first twenty."""
    if len(problems) == 1 and not problems[0].line:
        return problems[0].message
    lines = [f"line {problem.line}: {problem.message}" if problem.line else problem.message for problem in problems]
    more = [f"and {len(lines) - shown:,} more"] if len(lines) > shown else []
    return "\n".join(lines[:shown] + more)
