"""Bring a backup back. docs/operations.md says when and how."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from aisrace.operating.backups.archive import Archive, BadBackup
from aisrace.operating.backups.restoring import NotRestored, restore_backup
from aisrace.operating.backups.taking import name_key
from aisrace.operating.progress import showing


class Command(BaseCommand):
    help = "Bring back what “backup” has written: all of it or, if anything is wrong, nothing. Stop the site first."
    requires_system_checks: list[str] = []  # the database may be empty
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="throw away what is in the database now")

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        try:
            with Archive(file) as archive:
                with showing(self.stderr) as advance:
                    restore_backup(archive, timezone.now(), advance, replace=replace)
                rows = sum(kept.size for kept in archive.manifest.tables.values())
                files, made_at, key = len(archive.manifest.files), archive.manifest.made_at, archive.manifest.key
        except BadBackup as error:
            raise CommandError(f"{file} is not whole, and nothing was changed:\n{error}") from error
        except (NotRestored, DatabaseError) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"{rows:,} rows and {files:,} files are as they were at {made_at}; every one was compared.")
        self.stdout.write("Start the site again: its processes must not go on with what they remember.")
        if key != name_key():
            self.stdout.write(
                "The SECRET_KEY here is another than there: whoever was signed in signs in again, and links in letters "
                "that were sent before no longer open. Take the old one over to avoid that."
            )
