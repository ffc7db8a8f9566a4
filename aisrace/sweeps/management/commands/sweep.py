"""See to the work that waits: once (for cron), or again and again."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from aisrace.sweeps.running import run_sweeps


class Command(BaseCommand):
    help = "Run the background sweeps once, or every so many seconds until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS")
        parser.add_argument("--while-parent", action="store_true", help="end when the process that started this ends")

    def handle(self, *, every: int | None, while_parent: bool, **options: Any) -> None:
        parent = os.getppid()
        while True:
            for sweep in run_sweeps(timezone.now()):
                if sweep.error or options["verbosity"] > 1:
                    self.stdout.write(f"{sweep}: {sweep.error or sweep.done}")
            if not every:
                return
            close_old_connections()
            for _ in range(every):
                if while_parent and os.getppid() != parent:
                    return
                time.sleep(1)
