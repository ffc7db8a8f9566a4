"""What the machine holds: room, folders, static files, backups."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages

from aisrace.operating.backups.taking import list_backups
from aisrace.operating.doctor.findings import Finding, broken, warning, well

LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000  # bytes
OLD = timedelta(hours=36)


def list_folders() -> list[Path]:
    """Where the site writes on this machine."""
    stored = [getattr(storages[alias], "location", None) for alias in ("default", "private")]
    return [settings.DATA_DIR, *(Path(folder) for folder in stored if folder)]


def examine_folders(now: datetime) -> Iterator[Finding]:
    """Those that are not there yet are made when they are needed."""
    wrong = [f"{path}: {why}" for path in list_folders() if (why := try_writing(find_existing(path)))]
    if wrong:
        yield broken("Folders", f"Nothing can be written in {'; '.join(wrong)}.", "Give them to the site's user.")
    else:
        yield well("Folders", f"{settings.DATA_DIR} can be written.")


def find_existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def try_writing(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def examine_space(now: datetime) -> Iterator[Finding]:
    """Of each disk once."""
    folders = [find_existing(path) for path in (*list_folders(), settings.BACKUP_DIR)]
    disks = {folder.stat().st_dev: folder for folder in reversed(folders)}
    for folder in disks.values():
        free = shutil.disk_usage(folder).free
        told = f"{free / 1_000_000_000:,.1f} GB are free at {folder}."
        if free < TOO_LITTLE:
            yield broken("Disk", told, "Make room at once: the database stops writing when it is full.")
        elif free < LITTLE:
            yield warning("Disk", told, "Make room, or move media and backups to another disk.")
        else:
            yield well("Disk", told)


def examine_static(now: datetime) -> Iterator[Finding]:
    """Without them every page fails, or is bare."""
    read_manifest = getattr(staticfiles_storage, "read_manifest", None)
    if read_manifest is None:
        yield well("Static files", "They are served as they are.")
    elif read_manifest() is None:
        yield broken("Static files", f"{settings.STATIC_ROOT} has none.", "Run: manage.py collectstatic --no-input")
    else:
        yield well("Static files", f"{settings.STATIC_ROOT} has them.")


def examine_backups(now: datetime) -> Iterator[Finding]:
    every_night = "Run manage.py backup every night; docs/operations.md has the line for cron."
    if not (found := list_backups(settings.BACKUP_DIR)):
        yield warning("Backups", f"There are none in {settings.BACKUP_DIR}.", every_night)
        return
    newest = found[-1]
    age = now - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    told = f"{newest.name} is {age / timedelta(hours=1):,.0f} hours old, {newest.stat().st_size / 1_000_000:,.1f} MB."
    if age > OLD:
        yield warning("Backups", told, every_night)
    elif any(path.stat().st_mode & 0o077 for path in found):
        yield warning("Backups", "Others on this machine may read them.", f"chmod 600 {settings.BACKUP_DIR}/*.zip")
    else:
        yield well("Backups", told)
