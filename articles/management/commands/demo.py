"""manage.py demo: an article and its record to look at, and an editor to sign in as."""

from argparse import ArgumentParser
from itertools import starmap
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from articles.demo import PASSWORD, USERNAME, DemoRefused, Report, can_sign_in, install_demo
from articles.publishing import NotReady
from experts.models import Position


class Command(BaseCommand):
    help = "Installs the demo content and its editor. Safe to repeat: what is there stays as it is. Not for production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="only where there is no article and no expert yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = install_demo(timezone.now(), if_empty=options["if_empty"])
        except (DemoRefused, NotReady) as error:
            raise CommandError(str(error)) from error
        for line in describe(report):
            self.stdout.write(line)
        if can_sign_in():
            address = f"{settings.SITE_URL}{reverse('admin:index')}"
            self.stdout.write(f"Editors sign in at {address} as {USERNAME}, password {PASSWORD} (demo only).")


def describe(report: Report) -> list[str]:
    """What was done, a line each; nothing where the demo was skipped."""
    if report.is_skipped:
        return []
    lines = []
    if report.created:
        lines.append(f"Demo content installed: {', '.join(starmap(name_count, report.created.items()))}.")
    else:
        lines.append("The demo content is there already; nothing was changed.")
    if report.left_out:
        lines.append(f"Left out: {name_count(Position, report.left_out)}, the answer being no longer on its scale.")
    return lines


def name_count(model: type[Model], count: int) -> str:
    names = model._meta
    return f"{count} {names.verbose_name if count == 1 else names.verbose_name_plural}"
