"""What a run found, as tables of text that the terminal, the JSON file and the kept record are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.articles import MEASURED, ArticleFigure, Score
from benchmarks.intake import ImportFigure
from benchmarks.pages import PageFigure
from benchmarks.timing import Subject, Timing


@dataclass
class Results:
    """`machine` as `describe_machine` says; `notes` are lines that no table holds."""

    machine: dict[str, str]
    imports: list[ImportFigure] = field(default_factory=list)
    articles: list[ArticleFigure] = field(default_factory=list)
    pages: list[PageFigure] = field(default_factory=list)
    computations: list[tuple[Subject, Timing]] = field(default_factory=list)
    growth: list[PageFigure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def timings(self) -> list[Timing]:
        pages = [figure.timing for figure in (*self.pages, *self.growth)]
        return pages + [timing for _, timing in self.computations]


@dataclass(frozen=True)
class Table:
    title: str
    headings: Sequence[str]
    rows: list[list[str]]


def judge(value: float, limit: float | None, best: float | None = None) -> str:
    """“0.45 of 25”; with OVER past the limit, or “over” where the best of all calls kept within it."""
    if limit is None:
        return ""
    mark = "" if value <= limit else " OVER" if best is None or best > limit else " over"
    return f"{value / limit:.2f} of {limit:g}{mark}"


def tabulate(results: Results) -> list[Table]:
    """Only tables that have rows."""
    tables = [
        Table("Import", ("table", "rows/s", "CPU s", "seconds", "of limit (s)"), list(map(_row, results.imports))),
        _article_table(results.articles),
        _page_table("Pages", results.pages),
        Table(
            "Computations",
            (*TIMES, "of limit (ms)"),
            [[*_times(s.title, t), judge(t.median, s.limit_ms, t.best)] for s, t in results.computations],
        ),
        _page_table("Growth", results.growth),
    ]
    return [table for table in tables if table.rows]


TIMES = ("what", "best ms", "median ms", "spread", "yardsticks")


def _times(title: str, timing: Timing) -> list[str]:
    spread = f"{timing.spread:.0%}"
    return [title, f"{timing.best:.1f}", f"{timing.median:.1f}", spread, f"{timing.units:.2f}"]


def _row(figure: ImportFigure) -> list[str]:
    seconds = [f"{figure.rows_per_second:,.0f}", f"{figure.cpu:.1f}", f"{figure.seconds:.1f}"]
    return [figure.title, *seconds, judge(figure.seconds, figure.limit_seconds)]


def _article_table(figures: Sequence[ArticleFigure]) -> Table:
    """Precision / recall of each kind, with how many there should be."""
    rows = [
        [
            f"{f.kind}: {f.shape}",
            *(_judge_score(f.scores[what]) for what in MEASURED),
        ]
        for f in figures
    ]
    return Table("Articles read (precision / recall of so many)", ("shape", *MEASURED), rows)


def _judge_score(score: Score) -> str:
    return f"{score.precision:.2f} / {score.recall:.2f} of {score.wanted}"


def _page_table(title: str, figures: Sequence[PageFigure]) -> Table:
    headings = (*TIMES, "of limit (ms)", "queries", "of limit", "KB", "KB gzip")
    rows = [
        [
            *_times(figure.address.title, figure.timing),
            judge(figure.timing.median, figure.address.limit_ms, figure.timing.best),
            str(figure.queries),
            judge(figure.queries, figure.address.limit_queries),
            f"{figure.plain / 1000:.1f}",
            f"{figure.gzipped / 1000:.1f}",
        ]
        for figure in figures
    ]
    return Table(title, headings, rows)


def as_data(results: Results) -> dict[str, Any]:
    """For programs; milliseconds unless named otherwise."""
    return {
        "machine": results.machine,
        "imports": {f.key: vars(f) | {"rows_per_second": f.rows_per_second} for f in results.imports},
        "articles": {
            f"{f.kind}/{f.shape}": {
                what: vars(s) | {"precision": s.precision, "recall": s.recall} for what, s in f.scores.items()
            }
            for f in results.articles
        },
        "pages": _page_data(results.pages),
        "computations": {s.key: vars(t) | {"title": s.title, "limit_ms": s.limit_ms} for s, t in results.computations},
        "growth": _page_data(results.growth),
        "notes": results.notes,
    }


def _page_data(figures: Sequence[PageFigure]) -> dict[str, Any]:
    return {
        figure.address.key: vars(figure.timing)
        | {
            "title": figure.address.title,
            "limit_ms": figure.address.limit_ms,
            "queries": figure.queries,
            "limit_queries": figure.address.limit_queries,
            "bytes": figure.plain,
            "bytes_gzip": figure.gzipped,
        }
        for figure in figures
    }
