"""See to the work that waits: once (for cron), or again and again."""

import logging
import os
import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from aisrace.sweeps.models import Runner
from aisrace.sweeps.runners import note_runner
from aisrace.sweeps.running import run_sweeps

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the background sweeps once, or every so many seconds until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS")
        parser.add_argument(
            "--while-parent",
            type=int,
            nargs="?",
            const=os.getppid(),
            metavar="PID",
            help="end when the process that started this ends; PID where it might end before this looks",
        )

    def handle(self, *, every: int | None, while_parent: int | None, **options: Any) -> None:
        if not every:
            if failed := self.sweep(options["verbosity"]):
                raise CommandError(f"Failed: {', '.join(failed)}.")
            return
        # Ctrl-C reaches the server and this alike; neither has anything to say about it.
        try:
            self.sweep_again_and_again(every, lambda: while_parent in (None, os.getppid()), options["verbosity"])
        except KeyboardInterrupt:
            return

    def sweep_again_and_again(self, every: int, is_wanted: Callable[[], bool], verbosity: int) -> None:
        """A database that is away for a while is no reason to stop for good."""
        while is_wanted():
            try:
                self.sweep(verbosity)
            except DatabaseError:
                logger.exception("The sweeps could not be run.")
            close_old_connections()
            for _ in range(every):
                if not is_wanted():
                    return
                time.sleep(1)

    def sweep(self, verbosity: int) -> list[str]:
        """The names of those that failed."""
        note_runner(Runner.Kind.COMMAND, socket.gethostname(), timezone.now())
        sweeps = run_sweeps(timezone.now())
        for sweep in sweeps:
            if sweep.error or verbosity > 1:
                self.stdout.write(f"{sweep}: {sweep.error or sweep.done}")
        return [sweep.name for sweep in sweeps if sweep.error]
