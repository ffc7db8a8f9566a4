"""Bring the comments of another system into the conversations here. docs/moderators.md explains it."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from aisrace.lib.figures import count
from comments.importing import FORMATS, Export, Unreadable, guess_format
from comments.importing.bringing import Left, Listener, NothingFits, Report, bring
from comments.importing.matching import NoSuchPage

SHOWN = 20  # pages of a kind that are listed


class Bar(Listener):
    """On stderr, so that stdout holds nothing but the report."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def advance(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=total)
        self.progress.update(self.tasks[stage], completed=done, total=total)


class Command(BaseCommand):
    help = "Import comments from WordPress (WXR), Disqus (XML) or a table. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("file", type=Path, metavar="FILE")
        add("--format", choices=["auto", *FORMATS], default="auto", help="what the file is, if guessed wrong")
        add(
            "--page",
            action="append",
            default=[],
            metavar="ADDRESS=SLUG",
            help="which article a page of the file is, by its address, slug or title there",
        )
        add("--name", default="", metavar="NAME", help="tells the ids of two tables or sites apart; keep it")
        add("--dry-run", action="store_true", help="do everything, report, and undo it")

    def handle(self, *args: Any, **options: Any) -> None:
        said = dict(read_pair(text) for text in options["page"])
        path = options["file"]
        try:
            kind = guess_format(path) if options["format"] == "auto" else options["format"]
            export = Export(path, kind, options["name"].strip())
            with self._progress() as progress:
                report = bring(export, said, now=timezone.now(), dry_run=options["dry_run"], listener=Bar(progress))
        except Unreadable as error:
            where = f"line {error.line}: " if error.line else ""
            raise CommandError(f"Nothing was imported.\n{where}{error}") from error
        except NothingFits as error:
            raise CommandError(f"Nothing was imported.\n{error}\n\n{describe_pages(error.report)}") from error
        except NoSuchPage as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        self.stdout.write(describe(report, kind))
        if options["dry_run"]:
            self.stdout.write("\nA dry run: nothing was stored.")

    def _progress(self) -> Progress:
        bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*bar, console=Console(stderr=True), transient=True, disable=not self.stderr.isatty())


def read_pair(text: str) -> tuple[str, str]:
    """Addresses may have a “=” of their own, slugs have none."""
    address, equals, slug = text.rpartition("=")
    if not (equals and address and slug):
        raise CommandError(f"--page wants ADDRESS=SLUG, not “{text}”.")
    return address, slug


def describe(report: Report, kind: str) -> str:
    lines = [
        f"{count(report.rows, 'comment')} read ({kind}).",
        f"created {report.created:,}, updated {report.updated:,}, unchanged {report.unchanged:,}, "
        f"left alone {count_rows(report.left_alone.values()):,}, left out {count_rows(report.left_out.values()):,}",
    ]
    for title, reasons in (("Left alone", report.left_alone), ("Left out", report.left_out)):
        if reasons:
            lines += ["", f"{title}:"]
            lines += [f"{left.rows:>7,}  {why} (first in line {left.line})" for why, left in reasons.items()]
    if report.orphans:
        lines += ["", f"{report.orphans:,} answer something that is not in the file; they stand alone."]
    if report.strangers:
        lines += ["", f"{report.strangers:,} came without their address, to which nothing could be mailed."]
    return "\n".join([*lines, "", describe_pages(report)])


def count_rows(reasons: Iterable[Left]) -> int:
    return sum(left.rows for left in reasons)


def describe_pages(report: Report) -> str:
    """Where the comments went, and what is missing here, most comments first."""
    found, missing = [], []
    for page, rows in report.pages.most_common():
        match = report.matched[page]
        if match.newest:
            found.append(f"{rows:>7,}  {page.key} → {match.newest.slug}")
        else:
            missing.append(f"{rows:>7,}  {page.key}: {match.why}")
    told = [("Comments by page", found), ("Pages that are no article here", missing)]
    return "\n\n".join("\n".join([f"{title}:", *shorten(lines)]) for title, lines in told if lines)


def shorten(lines: list[str]) -> list[str]:
    more = [f"         and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more
