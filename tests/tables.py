"""Small tables of positions, and importing them with the record watched."""

import csv
from pathlib import Path
from typing import Any

import pytest

from experts.importing import ImportStopped, Options, Report, import_positions
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from tests.make import NOW

PANEL = Path(__file__).parent / "data" / "panel.csv"
ROW = {
    "id": "trains",
    "date": "2021-03-02",
    "topic": "Trains",
    "panelist": "Fernwick, Ada",
    "uni": "Northmoor",
    "vote": "Agree",
    "confidence": "5",
    "comment": "They will.",
    "question": "A",
    "statement": "Trains will win.",
}
MODELS = [Expert, Affiliation, Topic, Scale, Answer, Question, Position, Quote, Source]

type Rows = list[dict[str, str]]


def write(folder: Path, *rows: dict[str, str], without: tuple[str, ...] = (), name: str = "table.csv") -> Path:
    """Each row is `ROW` with changes; `without` leaves columns out."""
    headings = [heading for heading in {**ROW, **(rows[0] if rows else {})} if heading not in without]
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headings, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return folder / name


def bring_in(path: Path, **options: Any) -> Report:
    return import_positions(path, Options(**options), NOW)


def stopped(path: Path, **options: Any) -> list[tuple[int, str]]:
    """The errors of an import that left the record as it was."""
    before = count_rows()
    with pytest.raises(ImportStopped) as caught:
        bring_in(path, **options)
    assert count_rows() == before
    report = caught.value.report.as_data()
    assert all(not any(report[kind].values()) for kind in ("experts", "questions", "positions", "quotes"))
    return [(error["line"], error["message"]) for error in report["errors"]]


def count_rows() -> list[int]:
    return [model.objects.count() for model in MODELS]


def counts(report: Report, outcome: str) -> tuple[int, ...]:
    """Experts, questions, positions, quotes."""
    return tuple(report.counts[kind][outcome] for kind in ("experts", "questions", "positions", "quotes"))


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
