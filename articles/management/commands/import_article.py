"""Bring an article written elsewhere in as a draft, or only show what would become of it."""

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from articles.importing.blocks import DocumentUnreadable
from articles.importing.documents import understand_path
from articles.importing.drafting import draft_article
from articles.importing.reading import PARTS, Part, Reading

SHOWN = 90  # characters of a line


class Command(BaseCommand):
    help = "Make a draft of an article (.docx, .html, .md, .txt), or bring the draft made of it before up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made of it")
        parser.add_argument("--json", action="store_true", help="the proposal as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reading = understand_path(options["file"])
        except DocumentUnreadable as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["dry_run"]:
            said = json.dumps(reading.as_data(), ensure_ascii=False) if options["json"] else describe(reading)
            self.stdout.write(said)
        else:
            self.draft(reading, options["file"].name, options["json"])

    def draft(self, reading: Reading, name: str, as_json: bool) -> None:
        outcome = draft_article(reading, name=name, by=None, now=timezone.now())
        address = reverse("admin:articles_article_change", args=[outcome.article.pk])
        told = [*outcome.tell(), f"{settings.SITE_URL}{address}"]
        data = reading.as_data() | {"article": outcome.article.pk, "kept": outcome.kept}
        self.stdout.write(json.dumps(data, ensure_ascii=False) if as_json else "\n".join(told))


def describe(reading: Reading) -> str:
    """For people: what was found, how much of the text became what, and what was left over."""
    lines = [
        f"Headline    {_cut(reading.headline) or '(none)'}",
        f"Standfirst  {_cut(reading.standfirst) or '(none)'}",
        f"Authors     {', '.join(reading.authors) or '(none)'}",
        f"Date        {reading.date or '(none)'}",
        "",
        *(_describe_section(number, section) for number, section in enumerate(reading.sections, start=1)),
        "",
        f"Verdict     {_cut(reading.verdict) or '(none)'}",
        "",
        "Characters  " + ", ".join(f"{part.replace('_', ' ')} {count:,}" for part, count in _count(reading)),
    ]
    if reading.leftovers:
        lines += ["", "Left over:", *(f"  {why}: {_cut(text)}" for text, why in reading.leftovers)]
    return "\n".join(lines)


def _describe_section(number: int, section: Part) -> str:
    who = section.expert or "no expert"
    role = ", ".join(filter(None, (section.role, section.organisation)))
    counts = f"{len(section.quotes)} quotes, {len(section.links)} links"
    return f"{number:>3}. {_cut(section.heading) or '(no heading)'}: {who}{f' ({role})' if role else ''}; {counts}"


def _count(reading: Reading) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for span in reading.spans:
        counts[span.part] += span.end - span.start
    return [(part, counts[part]) for part in PARTS if counts[part]]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
