"""Taking a backup: rows as of one moment while others write, then the files, then a look at what was written."""

import os
import platform
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import django
import orjson
from django.core.files.storage import storages
from django.db import connection
from django.db.models import FileField, Model
from django.utils.crypto import salted_hmac

from aisrace.operating.backups.archive import (
    MANIFEST,
    PACKED,
    Archive,
    Kept,
    Manifest,
    file_member,
    open_member,
    table_member,
)
from aisrace.operating.backups.checking import check_archive
from aisrace.operating.backups.files import find_storage, hash_file, list_files
from aisrace.operating.backups.rows import Sum, list_columns, list_fields, read_lines
from aisrace.operating.backups.tables import find_models, is_kept, read_numbers, snapshot
from aisrace.operating.schema import find_applied

NAME = "aisrace-{:%Y%m%dT%H%M%SZ}.zip"
NAMES = "aisrace-????????T??????Z.zip"

type Progress = Callable[[str, int, int], None]


def take_backup(folder: Path, now: datetime, advance: Progress) -> tuple[Path, Manifest]:
    """The file and what is in it. It has its name only once it was read again and is whole; nobody else may read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME.format(now)
    descriptor, aside = tempfile.mkstemp(dir=folder, prefix=".aisrace-", suffix=".partial")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with ZipFile(file, "w", compresslevel=PACKED) as archive:
                manifest = write_archive(archive, now, advance)
            file.flush()
            os.fsync(file.fileno())
        with Archive(Path(aside)) as written:
            check_archive(written, advance)
        os.link(aside, path)  # never over another
    finally:
        Path(aside).unlink()
    return path, manifest


def write_archive(archive: ZipFile, now: datetime, advance: Progress) -> Manifest:
    """The files come last: what the rows name was there when they were read."""
    named: set[str] = set()
    with snapshot():
        models = [model for model in find_models() if is_kept(model)]
        manifest = begin_manifest(now)
        for done, model in enumerate(models, 1):
            manifest.tables[model._meta.db_table] = write_table(archive, model, named)
            advance("rows", done, len(models))
        manifest.numbers = read_numbers(models)
    write_files(archive, manifest, advance)
    manifest.missing = sorted(named - set(manifest.files))
    with open_member(archive, MANIFEST, pack=True) as member:
        member.write(manifest.write())
    return manifest


def begin_manifest(now: datetime) -> Manifest:
    version = ".".join(map(str, connection.get_database_version()))
    return Manifest(
        made_at=now.isoformat(),
        software={"python": platform.python_version(), "django": django.get_version(), connection.vendor: version},
        database=connection.vendor,
        migrations=sorted([app, name] for app, name in find_applied(connection)),
        key=name_key(),
    )


def name_key() -> str:
    """Tells two secret keys apart and gives neither away."""
    return salted_hmac("aisrace.operating.backups", "key", algorithm="sha256").hexdigest()[:16]


def write_table(archive: ZipFile, model: type[Model], named: set[str]) -> Kept:
    """Notes in `named` which files its rows name."""
    places = find_file_places(model)
    found = Sum()
    with open_member(archive, table_member(model._meta.db_table), pack=True) as member:
        member.write(orjson.dumps(list_columns(model)) + b"\n")
        for line in read_lines(model):
            found.add(line)
            member.write(line + b"\n")
            if places:
                row = orjson.loads(line)
                named.update(f"{storage}/{row[place]}" for place, storage in places.items() if row[place])
    return Kept(found.rows, found.hash)


def find_file_places(model: type[Model]) -> dict[int, str]:
    """Where in a row the name of a file stands, and in which storage that is."""
    return {
        place: "private" if field.storage is storages["private"] else "media"
        for place, field in enumerate(list_fields(model))
        if isinstance(field, FileField)
    }


def write_files(archive: ZipFile, manifest: Manifest, advance: Progress) -> None:
    names = list(list_files())
    for done, name in enumerate(names, 1):
        storage, inner = find_storage(name)
        try:
            file = storage.open(inner)
        except FileNotFoundError:  # taken away since it was listed
            continue
        with file, open_member(archive, file_member(name), pack=False) as member:
            manifest.files[name] = hash_file(file, member)
        advance("files", done, len(names))


def list_backups(folder: Path) -> list[Path]:
    """Whole ones, the oldest first."""
    return sorted(folder.glob(NAMES))


def remove_old(folder: Path, keep: int) -> list[Path]:
    old = list_backups(folder)[:-keep]
    for path in old:
        path.unlink()
    return old
