"""Back the site up into one file, or see whether such a file is whole. docs/operations.md explains it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aisrace.operating.backups.archive import Archive, BadBackup, Manifest
from aisrace.operating.backups.checking import check_archive
from aisrace.operating.backups.tables import UnknownTables
from aisrace.operating.backups.taking import remove_old, take_backup
from aisrace.operating.progress import showing


class Command(BaseCommand):
    help = "Back up the database and all uploaded files into one file, while the site is in use, and check that file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, metavar="FOLDER")
        parser.add_argument("--keep", type=int, metavar="N", help="then delete all but the newest N in that folder")
        parser.add_argument("--verify", type=Path, metavar="FILE", help="make none; see whether this one is whole")

    def handle(self, *, to: Path, keep: int | None, verify: Path | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be at least 1.")
        try:
            if verify:
                self.tell(verify, self.verify(verify))
                return
            with showing(self.stderr) as advance:
                path, manifest = take_backup(to, timezone.now(), advance)
        except BadBackup as error:
            raise CommandError(f"{verify or 'What was written'} is not whole:\n{error}") from error
        except UnknownTables as error:
            raise CommandError(f"The database is that of a newer release ({error}); use that release.") from error
        except OSError as error:
            raise CommandError(f"The backup cannot be written: {error}") from error
        self.tell(path, manifest)
        for name in manifest.missing:
            self.stderr.write(f"{name} is named by a row and was not there.")
        for old in remove_old(to, keep) if keep else ():
            self.stdout.write(f"{old.name} deleted.")

    def verify(self, path: Path) -> Manifest:
        with showing(self.stderr) as advance, Archive(path) as archive:
            check_archive(archive, advance)
            return archive.manifest

    def tell(self, path: Path, manifest: Manifest) -> None:
        rows = sum(kept.size for kept in manifest.tables.values())
        size = path.stat().st_size / 1_000_000
        self.stdout.write(
            f"{path}: {rows:,} rows of {len(manifest.tables)} tables and {len(manifest.files):,} files "
            f"as of {manifest.made_at}, {size:,.1f} MB. Every row and every file was read again and is whole."
        )
