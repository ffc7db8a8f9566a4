"""Bringing a backup back: all of it or nothing, into either database, whatever release had made it before this one.

Everything is in one transaction: the tables are brought to where the backup's were, emptied and filled; what was
written is read again and summed; then this release's migrations run, and what is derived is made anew. New files are
put beside the old ones first, for nothing names them yet. What they replace goes last, when all else is sure.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from aisrace.journal.settling import renew
from aisrace.operating.backups.archive import Archive, Manifest
from aisrace.operating.backups.checking import check_archive
from aisrace.operating.backups.files import find_storage, hash_file, list_files
from aisrace.operating.backups.rows import list_columns, sum_rows, write_rows
from aisrace.operating.backups.tables import (
    UnknownTables,
    empty,
    find_contents,
    find_models,
    is_kept,
    write_numbers,
)
from aisrace.operating.schema import Step, find_applied, read_release

type Progress = Callable[[str, int, int], None]


class NotRestored(Exception):
    """Why not, in plain words. Nothing has changed."""


@dataclass
class Files:
    """Those of the archive as the storages have them."""

    new: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    superfluous: list[str] = field(default_factory=list)


def restore_backup(archive: Archive, now: datetime, advance: Progress, *, replace: bool) -> None:
    check_archive(archive, advance)
    steps = read_steps(archive.manifest)
    files = compare_files(archive.manifest)
    put: list[str] = []
    try:
        with without_constraints(), transaction.atomic():
            make_room(replace)
            write_files(archive, files.new, put)
            migrate_to(steps)
            load(archive, find_models(steps), advance)
            advance("tables of this release", 0, 1)
            call_command("migrate", interactive=False, verbosity=0)  # and with it the index of the search
            renew(now)
            advance("tables of this release", 1, 1)
    except BaseException:
        remove_files(put)
        raise
    write_files(archive, files.different, [])
    if replace:
        remove_files(files.superfluous)


def read_steps(manifest: Manifest) -> set[Step]:
    """Raises `NotRestored` where this release does not know what the backup has been through."""
    steps = {(app, name) for app, name in manifest.migrations}
    release = read_release()
    ours = {app for app, _ in release.disk_migrations or {}}
    if unknown := sorted(step for step in steps - set(release.disk_migrations or {}) if step[0] in ours):
        raise NotRestored(f"It was made by a newer release: {', '.join(' '.join(step) for step in unknown)} not known.")
    return {step for step in steps if step[0] in ours}


def make_room(replace: bool) -> None:
    try:
        models = find_models()
    except UnknownTables as error:
        told = f"This database is that of a newer release ({error}). Restore into an empty one."
        raise NotRestored(told) from error
    if (found := find_contents(models)) and not replace:
        raise NotRestored(f"The database is not empty: {', '.join(found[:5])}. To replace all of it, add --replace.")
    empty(models)


@contextmanager
def without_constraints() -> Iterator[None]:
    """SQLite alters tables only so, and only from before the transaction. The rows are checked at the end of `load`."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def migrate_to(steps: set[Step]) -> None:
    """Back first, then forward: Django does one at a time."""
    gone = {app for app, _ in find_applied(connection)} - {app for app, _ in steps}
    targets = [*find_ends(steps), *((app, None) for app in sorted(gone))]
    for backwards in (True, False):
        executor = MigrationExecutor(connection)
        plan = [step for step in executor.migration_plan(targets) if step[1] is backwards]
        try:
            executor.migrate(targets, plan=plan)
        except IrreversibleError as error:
            told = f"The tables cannot be taken back to that release ({error}). Restore into an empty database."
            raise NotRestored(told) from error
    connection.check_constraints()  # PostgreSQL empties no table of which something is still to be checked
    if find_applied(connection) != steps:
        raise NotRestored("The tables cannot be brought to where those of the backup were.")


def find_ends(steps: set[Step]) -> list[Step]:
    """The newest of each app."""
    nodes = read_release().graph.node_map
    followed = {parent.key for step in steps for parent in nodes[step].parents if parent.key[0] == step[0]}
    return sorted(steps - followed)


def load(archive: Archive, models: list[type[Model]], advance: Progress) -> None:
    """Into emptied tables: migrations have rows of their own to begin with."""
    empty(models)
    kept = {model._meta.db_table: model for model in models if is_kept(model)}
    if set(kept) != set(archive.manifest.tables):
        raise NotRestored("It does not have the tables that its release had.")
    for done, (name, model) in enumerate(kept.items(), 1):
        lines = archive.read_table(name)
        if json.loads(next(lines)) != list_columns(model):
            raise NotRestored(f"{name} does not have the columns that its release had.")
        write_rows(model, lines)
        found = sum_rows(model)
        if (found.rows, found.hash) != (archive.manifest.tables[name].size, archive.manifest.tables[name].hash):
            raise NotRestored(f"{name} did not come out as it was: the database keeps something differently.")
        advance("rows", done, len(kept))
    write_numbers(kept.values(), archive.manifest.numbers)
    connection.check_constraints()
    ContentType.objects.clear_cache()


def compare_files(manifest: Manifest) -> Files:
    here = set(list_files())
    files = Files(new=sorted(set(manifest.files) - here), superfluous=sorted(here - set(manifest.files)))
    for name in sorted(set(manifest.files) & here):
        storage, inner = find_storage(name)
        with storage.open(inner) as file:
            if hash_file(file) != manifest.files[name]:
                files.different.append(name)
    return files


def write_files(archive: Archive, names: Iterable[str], put: list[str]) -> None:
    """Notes in `put` what is there."""
    for name in names:
        storage, inner = find_storage(name)
        if storage.exists(inner):
            storage.delete(inner)
        with archive.open_file(name) as file:
            if storage.save(inner, File(file)) != inner:
                raise NotRestored(f"{name} could not be put in its place.")
        put.append(name)


def remove_files(names: Iterable[str]) -> None:
    for name in names:
        storage, inner = find_storage(name)
        storage.delete(inner)
