import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aisrace.search.drifting import find_drift
from aisrace.search.rebuilding import Overtaken, rebuild

SHOWN = 20  # lines, before the rest is only counted


class Command(BaseCommand):
    help = (
        "Build anew what the search finds, while the site is in use. Readers see the old until all of the new is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; say what differs, and fail if anything"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self.tell_drift()
            return
        try:
            count = rebuild(self.advance)
        except Overtaken:
            raise CommandError("Another rebuild has begun meanwhile; this one has stopped.") from None
        self.stdout.write(f"{count:,} documents can be found.")

    def tell_drift(self) -> None:
        found = list(find_drift(timezone.now(), self.advance))
        for drift in found[:SHOWN]:
            self.stdout.write(str(drift))
        if found:
            raise CommandError(f"{len(found):,} differ. manage.py rebuild_search mends it.")
        self.stdout.write("What can be found is what is there.")

    def advance(self, kind: str, done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            self.stderr.write(f"\r{kind}: {done:,} of {total:,}", ending="\n" if done == total else "")
