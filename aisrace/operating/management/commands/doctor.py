"""Say what is wrong with this site and what to do about it. docs/operations.md explains it."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from aisrace.operating.doctor.examining import examine
from aisrace.operating.doctor.findings import Finding, State


class Command(BaseCommand):
    help = "Look at everything that the site needs, change nothing, and end with 1 where something is broken."
    requires_system_checks: list[str] = []  # what they say is one of the things that are looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="a list of findings")
        parser.add_argument("--quick", action="store_true", help="leave out what reads everything: search and journal")

    def handle(self, *, as_json: bool, quick: bool, **options: Any) -> None:
        looking = examine(timezone.now(), is_quick=quick)
        if as_json:
            found = list(looking)
            self.stdout.write(json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False))
        else:
            found = list(self.tell(looking))
            counts = [f"{sum(f.state == state for f in found)} {state}" for state in reversed(State)]
            self.stdout.write(f"\n{', '.join(counts)}")
        if any(finding.state == State.BROKEN for finding in found):
            sys.exit(1)

    def tell(self, found: Iterable[Finding]) -> Iterable[Finding]:
        """As soon as it is known."""
        styles = {State.OK: self.style.SUCCESS, State.WARNING: self.style.WARNING, State.BROKEN: self.style.ERROR}
        for finding in found:
            self.stdout.write(f"{styles[finding.state](f'{finding.state:8}')} {finding.name:16} {finding.says}")
            if finding.remedy:
                self.stdout.write(f"{'':26}→ {finding.remedy}")
            yield finding
