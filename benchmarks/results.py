"""What a run found, as tables of text that the terminal, the JSON file and the kept record are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.api import LEAST_SAVED, LEAST_WAGTAIL, LEAST_WORDPRESS, ApiFigure
from benchmarks.articles import MEASURED, ArticleFigure, Score
from benchmarks.exporting import ExportFigure
from benchmarks.intake import ImportFigure
from benchmarks.pages import PageFigure
from benchmarks.posting import LEAST_RATIO, PostingFigure
from benchmarks.search import SearchFigure, middle, nearly_worst
from benchmarks.stored import LEAST_COLD, LEAST_STORED, MOST_GROWTH, StoredFigure, StoredResults
from benchmarks.timing import Subject, Timing
from benchmarks.wagtail import RECORDED_WAGTAIL, RECORDED_WORDPRESS


@dataclass
class Results:
    """`machine` as `describe_machine` says; `notes` are lines that no table holds."""

    machine: dict[str, str]
    imports: list[ImportFigure] = field(default_factory=list)
    articles: list[ArticleFigure] = field(default_factory=list)
    pages: list[PageFigure] = field(default_factory=list)
    computations: list[tuple[Subject, Timing]] = field(default_factory=list)
    exports: list[ExportFigure] = field(default_factory=list)
    search: list[SearchFigure] = field(default_factory=list)
    growth: list[PageFigure] = field(default_factory=list)
    conversation: list[PageFigure] = field(default_factory=list)
    posting: list[PostingFigure] = field(default_factory=list)
    api: list[ApiFigure] = field(default_factory=list)
    stored: StoredResults | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def timings(self) -> list[Timing]:
        pages = [figure.timing for figure in (*self.pages, *self.growth, *self.conversation)]
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
        _export_table(results.exports),
        _search_table(results.search),
        _page_table("Growth", results.growth),
        _page_table("Conversation", results.conversation),
        _posting_table(results.posting),
        _api_table(results.api),
        _stored_table(results.stored),
    ]
    return [table for table in tables if table.rows]


TIMES = ("what", "best ms", "median ms", "spread", "yardsticks")


def _times(title: str, timing: Timing) -> list[str]:
    spread = f"{timing.spread:.0%}"
    return [title, f"{timing.best:.1f}", f"{timing.median:.1f}", spread, f"{timing.units:.2f}"]


def _row(figure: ImportFigure) -> list[str]:
    seconds = [f"{figure.rows_per_second:,.0f}", f"{figure.cpu:.1f}", f"{figure.seconds:.1f}"]
    return [figure.title, *seconds, judge(figure.seconds, figure.limit_seconds)]


def _export_table(figures: Sequence[ExportFigure]) -> Table:
    headings = (
        "positions",
        "rows",
        "CPU s",
        "seconds",
        "of limit (s)",
        "MB",
        "MB grown",
        "MB of Python",
        "of limit (MB)",
    )
    rows = [
        [
            f.title,
            f"{f.rows:,}",
            f"{f.cpu:.2f}",
            f"{f.seconds:.2f}",
            judge(f.seconds, f.limit_seconds),
            f"{f.megabytes:.1f}",
            f"{f.grown:.1f}",
            f"{f.traced:.1f}",
            judge(max(f.grown, f.traced), f.limit_mb),
        ]
        for f in figures
    ]
    return Table("Exports", headings, rows)


def _search_table(figures: Sequence[SearchFigure]) -> Table:
    """The limit is of time by the clock; “over” where this process kept within it, and the machine was busy."""
    headings = ("asked for", "questions", "most found", "CPU p50", "CPU p95", "clock p50", "clock p95", "of limit (ms)")
    rows = [
        [
            *(f.title, str(f.questions), f"{f.most:,}"),
            *(f"{of(times):.1f}" for times in (f.cpu, f.wall) for of in (middle, nearly_worst)),
            judge(nearly_worst(f.wall), f.limit_ms, nearly_worst(f.cpu)),
        ]
        for f in figures
    ]
    return Table("Search", headings, rows)


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
            _weigh(figure),
        ]
        for figure in figures
    ]
    return Table(title, headings, rows)


def _weigh(figure: PageFigure) -> str:
    """“44.5”, or “44.5 of 60” where bytes have a limit."""
    size, limit = figure.gzipped / 1000, figure.address.limit_kb
    return f"{size:.1f}" if limit is None else f"{size:.1f} of {limit:g}{' OVER' if size > limit else ''}"


def _posting_table(figures: Sequence[PostingFigure]) -> Table:
    """The first is ours; what it is compared with stands below it. Rates are medians of the turns."""
    headings = ("8 writers", "posts/s", "turns", "times Isso", "accepted", "rows", "refused", "locked")
    rows = [
        [
            figure.title,
            f"{figure.rate:,.0f}",
            " ".join(f"{turn:,.0f}" for turn in figure.turns),
            judge_times(figure.rate / figures[-1].rate, LEAST_RATIO) if figure is not figures[-1] else "",
            *map(str, (figure.accepted, figure.rows, figure.refused, figure.locked)),
        ]
        for figure in figures
    ]
    return Table("Posting", headings, rows)


def _api_table(figures: Sequence[ApiFigure]) -> Table:
    """The first is the list, the last the web server alone."""
    headings = ("API, one worker", "CPU ms", "per CPU s", "per s", "times the server", "beside the list", "KB")
    rows = []
    for figure in figures:
        per_second = 1000 / figure.milliseconds
        ratio = figure.milliseconds / figures[-1].milliseconds
        kept = [f"{figure.milliseconds:.2f}", f"{per_second:,.0f}", f"{figure.rate:,.0f}", f"{ratio:.1f}"]
        rows.append([figure.title, *kept, _compare_api(figure, figures[0]), f"{figure.size / 1000:.1f}"])
    if figures:
        rows[-1:-1] = _tell_others({figure.key: figure for figure in figures})
    return Table("API", headings, rows)


def _compare_api(figure: ApiFigure, full: ApiFigure) -> str:
    """How many times cheaper an answer is than the list, and how many times the list outdoes Wagtail's."""
    match figure.key:
        case "api_known":
            return judge_times(full.milliseconds / figure.milliseconds, LEAST_SAVED)
        case "api_wagtail":
            return judge_times(full.outdoes(figure), LEAST_WAGTAIL)
    return ""


def _tell_others(figures: Mapping[str, ApiFigure]) -> list[list[str]]:
    """What was not measured: Wagtail where there is none, and WordPress, reckoned from Wagtail."""
    if "api_wagtail" not in figures:
        return [["Wagtail", "", "", "", "", "not installed", ""]]
    wagtail, share = figures["api_wagtail"], RECORDED_WORDPRESS / RECORDED_WAGTAIL
    told = judge_times(figures["api_list"].outdoes(wagtail) / share, LEAST_WORDPRESS)
    title = f"WordPress, if {RECORDED_WORDPRESS:g} to Wagtail’s {RECORDED_WAGTAIL:g}, as recorded"
    return [[title, "", "", f"{wagtail.rate * share:,.0f}", "", told, ""]]


def _stored_table(results: StoredResults | None) -> Table:
    """Shares are of the rate of the server alone, turn by turn."""
    headings = ("Pages, one worker", "per s", "p50 ms", "p99 ms", "CPU µs", "of the server alone", "MB", "KB")
    rows = []
    figures = results.figures if results else {}
    for key, figure in figures.items():
        waits = [f"{median(getattr(turn, name) for turn in figure.turns):.2f}" for name in ("p50", "p99")]
        told = [f"{figure.rate:,.0f}", *waits, f"{figure.microseconds:,.0f}", _judge_stored(key, figures)]
        rows.append([figure.title, *told, f"{figure.memory:.0f}", f"{figure.size / 1000:.1f}"])
    if results:
        rows.append([f"new process, kept after {results.warm_up:.2f} s", *[""] * 7])
        rows.append([f"driven by {results.driver}", *[""] * 7])
    return Table("Stored", headings, rows)


def _judge_stored(key: str, figures: Mapping[str, StoredFigure]) -> str:
    match key:
        case "stored" | "cold":
            least = LEAST_STORED if key == "stored" else LEAST_COLD
            return judge_times(figures[key].share_of(figures["raw"]), round(least, 4))
        case "stored_gzip":
            return judge_times(figures[key].share_of(figures["raw_gzip"]), LEAST_STORED)
        case "stored_known":
            return f"{judge_times(figures[key].share_of(figures['stored_gzip']), 1)} (of the page)"
        case "cold_many":
            return f"{judge(figures[key].microseconds / figures['cold'].microseconds, MOST_GROWTH)} (growth)"
    return ""


def judge_times(ratio: float, least: float) -> str:
    """“2.41 of at least 2”, with SHORT below it."""
    return f"{ratio:.{2 if ratio >= 0.1 else 4}f} of at least {least:g}{'' if ratio >= least else ' SHORT'}"


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
        "exports": {f.key: vars(f) for f in results.exports},
        "search": {f.key: vars(f) for f in results.search},
        "growth": _page_data(results.growth),
        "conversation": _page_data(results.conversation),
        "posting": {f.key: vars(f) | {"posts_per_second": f.rate} for f in results.posting},
        "api": {f.key: vars(f) | {"rate": f.rate, "milliseconds": f.milliseconds} for f in results.api},
        "stored": {
            f.key: {"requests_per_second": f.rate, "microseconds": f.microseconds, "turns": [vars(t) for t in f.turns]}
            for f in (results.stored.figures.values() if results.stored else ())
        },
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
            "limit_kb": figure.address.limit_kb,
        }
        for figure in figures
    }
