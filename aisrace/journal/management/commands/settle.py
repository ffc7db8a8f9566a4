"""The journal of changes: bring it up to date, or see whether it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aisrace.journal.drift import find_drift
from aisrace.journal.settling import renew, settle, settle_all


class Command(BaseCommand):
    help = "Give numbers to what readers see changed since the last time. The sweeps do so every minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--check", action="store_true", help="change nothing; end with 1 where it is not as it should be"
        )
        ways.add_argument("--all", action="store_true", help="look at everything; mends what --check finds")
        ways.add_argument(
            "--renew", action="store_true", help="make all followers begin anew, as after a backup came back"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        now = timezone.now()
        if check:
            return self.check_drift()
        if options["renew"]:
            renew(now)
        made = settle_all(now) if options["all"] or options["renew"] else settle(now)
        self.stdout.write(f"{made:,} {'entry' if made == 1 else 'entries'} made.")
        return None

    def check_drift(self) -> None:
        found = find_drift(timezone.now())
        for drift in found:
            self.stdout.write(str(drift))
        if any(found):
            raise CommandError("The journal does not say what readers see; “settle --all” mends it.")
