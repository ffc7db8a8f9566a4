"""Bring a table of positions (CSV or XLSX) into the record. docs/importing.md explains it."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from experts.importing import ImportStopped, Listener, Options, Report
from experts.importing.columns import FIELDS
from experts.importing.entries import Problem
from experts.importing.report import OUTCOMES, summarise
from experts.importing.runs import import_by_command
from experts.importing.undoing import NotUndoable, undo
from experts.models import ImportRun


class Teller(Listener):
    """Speaks on stderr, so that stdout holds nothing but the report; a bar where a person can see it."""

    def __init__(self, stderr: OutputWrapper, progress: Progress) -> None:
        self.stderr = stderr
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def tell(self, message: str) -> None:
        if self.progress.disable:
            self.stderr.write(message, style_func=str)
        else:  # above the bar, which would overwrite it
            self.progress.console.print(message, markup=False, highlight=False)

    def advance(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=total)
        self.progress.update(self.tasks[stage], completed=done, total=total)


class Command(BaseCommand):
    help = "Import a table of expert positions (CSV or XLSX): all of it or, if anything is wrong with it, nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("file", type=Path, metavar="FILE", nargs="?")
        add("--undo", type=int, metavar="RUN", help="undo the import of that number, as far as it can be, and stop")
        add(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help=f"what a column holds, if guessed wrong; an empty HEADING for none; FIELD is {', '.join(FIELDS)}",
        )
        add("--scale", default="", metavar="SLUG", help="the scale of the answers; “agreement” is made if missing")
        add(
            "--answer",
            action="append",
            default=[],
            metavar="CELL=ANSWER",
            help="an answer of the table as the scale words it, or “no answer”, “declined”",
        )
        add("--source", default="", metavar="TITLE", help="the panel or publication; without it the file's name")
        add("--publisher", default="", metavar="NAME")
        add("--language", default="", metavar="TAG", help="of the comments, as in HTML: en, zh-Hans")
        add("--sheet", default="", metavar="NAME", help="of a workbook; without it the first visible one")
        add("--date", dest="day", type=_day, metavar="2024-01-31", help="of rows without one")
        add("--date-format", default="", metavar="FORMAT", help="if not 2024-01-31, e.g. %%d/%%m/%%Y")
        add("--private", action="store_true", help="what is new stays hidden from readers")
        add("--dry-run", action="store_true", help="do everything, report, and undo it")
        add("--json", action="store_true", help="the report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options["undo"], options["json"])
            return
        if options["file"] is None:
            raise CommandError("Which file?")
        columns = _pairs("--column", options["column"])
        answers = _pairs("--answer", options["answer"])
        same = ("scale", "source", "publisher", "language", "sheet", "day", "date_format", "private", "dry_run")
        wanted = Options(columns=columns, answers=answers, **{name: options[name] for name in same})
        try:
            with self._progress() as progress:
                report = import_by_command(options["file"], wanted, timezone.now(), Teller(self.stderr, progress))
        except ImportStopped as stopped:
            if options["json"]:
                self.stdout.write(json.dumps(stopped.report.as_data(), ensure_ascii=False))
            raise CommandError(f"Nothing was imported.\n{stopped}") from stopped
        self.stdout.write(json.dumps(report.as_data(), ensure_ascii=False) if options["json"] else _write(report))

    def _undo(self, pk: int, as_json: bool) -> None:
        try:
            run = ImportRun.objects.get(pk=pk)
            done = undo(run, by=None, now=timezone.now())
        except ImportRun.DoesNotExist as error:
            raise CommandError(f"There is no import {pk}.") from error
        except NotUndoable as error:
            raise CommandError(str(error)) from error
        if done is None:
            raise CommandError("It was undone before.")
        data = done.as_data()
        self.stdout.write(json.dumps(data) if as_json else _write_undoing(data))
        if done.left and not as_json:
            self.stdout.write(
                summarise([Problem(change.line, f"{change.kind}: {change.left}") for change in done.left])
            )

    def _progress(self) -> Progress:
        bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*bar, console=Console(stderr=True), transient=True, disable=not self.stderr.isatty())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a day like 2024-01-31") from error


def _pairs(option: str, said: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in said]
    if wrong := next((left for left, equals, _ in pairs if not equals), None):
        raise CommandError(f"{option} wants two words with “=” between them, not “{wrong}”.")
    return {left: right for left, _, right in pairs}


def _write_undoing(data: dict[str, Any]) -> str:
    said = [f"{verb}: {n:,} {kind}s" for verb in ("removed", "restored") for kind, n in data[verb].items() if n]
    return "\n".join([*said, f"left alone: {data['left']:,}"])


def _write(report: Report) -> str:
    """For people: counts by kind, what is blank, what was left alone."""
    lines = [" " * 10 + "".join(f"{outcome:>12}" for outcome in OUTCOMES)]
    for kind, counts in report.counts.items():
        lines += [f"{kind:<10}" + "".join(f"{counts[outcome]:>12,}" for outcome in OUTCOMES)]
    blanks = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in report.blanks.items())
    lines.append(f"\n{report.rows:,} rows; without an answer: {blanks or 'none'}.")
    if report.refusals:
        lines += ["", "Left alone:", summarise(report.refusals)]
    if report.run:
        lines += ["", f"Import {report.run}; --undo {report.run} takes it back."]
    if report.dry_run:
        lines += ["", "A dry run: nothing was stored."]
    return "\n".join(lines)
