"""The results on the terminal, and as the Markdown that is kept in the repository."""

from collections.abc import Iterable, Sequence
from datetime import date

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.results import Results, Table, tabulate

HOW_TO_READ = (
    "Milliseconds are CPU time of one process per call, uncached: best and median of {calls} calls. Spread is how far "
    "the medians of the rounds lie apart. A limit is compared with the median; “over” means that the best call kept "
    "within it, OVER that none did. A yardstick is a fixed piece of pure Python, run around each round: that column "
    "compares machines. It took {least:.0f} to {most:.0f} ms during this run; other work on the machine does that."
)


def explain(results: Results) -> str:
    if not (timings := results.timings):
        return "Seconds are by the clock; CPU s is this process's own time."
    units = [timing.yardstick for timing in timings]
    return HOW_TO_READ.format(calls=timings[0].calls, least=min(units), most=max(units))


def print_results(results: Results) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    for name, value in results.machine.items():
        console.print(f"{name:>10}  {value}", highlight=False)
    for table in tabulate(results):
        console.print(_enrich(table))
    for note in results.notes:
        console.print(note, style="bold red")
    console.print(explain(results), style="dim", highlight=False)


def _enrich(table: Table) -> RichTable:
    rich = RichTable(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for number, heading in enumerate(table.headings):
        rich.add_column(heading, justify="left" if not number else "right", no_wrap=True)
    for row in table.rows:
        rich.add_row(*row, style="bold red" if _is_over(row) else None)
    return rich


def _is_over(row: Iterable[str]) -> bool:
    return any(cell.endswith((" OVER", " SHORT")) for cell in row)


def write_markdown(results: Results, day: date) -> str:
    """The record that is committed by hand: benchmarks/RESULTS.md."""
    machine = [f"- {name}: {value}" for name, value in results.machine.items()]
    tables = [line for table in tabulate(results) for line in _mark_down(table)]
    lines = ["# Measured", "", f"`make bench` on {day:%-d %B %Y}.", "", *machine, "", explain(results), *tables]
    return "\n".join([*lines, *(f"\n{note}" for note in results.notes)]) + "\n"


def _mark_down(table: Table) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    rule = line(["---", *["---:"] * (len(table.headings) - 1)])
    return ["", f"## {table.title}", "", line(table.headings), rule, *map(line, table.rows)]
