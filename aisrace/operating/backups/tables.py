"""Which tables are backed up, as the database has them, and one moment in which all of them are read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.models import AutoField, Model

from aisrace.operating.schema import Step, find_applied, find_unknown, read_release

# What is made anew from the rest, by the same code that keeps it in step.
DERIVED = {"search"}
# Where a site begins to exist before anybody has done anything in it.
MADE_BY_THEMSELVES = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_session",
    "journal_clock",
    "sweeps_runner",
    "sweeps_sweep",
}


class UnknownTables(Exception):
    """The database is that of a newer release."""


def find_models(steps: Iterable[Step] | None = None) -> list[type[Model]]:
    """As the migrations `steps` have made them; without any, those that the database has been through.

    So what is read fits the tables, whether or not this release's own migrations have run.
    """
    if steps is None:
        if unknown := find_unknown(connection):
            raise UnknownTables(", ".join(f"{app} {name}" for app, name in unknown))
        steps = find_applied(connection)
    try:
        known = sorted(step for step in steps if step[0] in {app for app, _ in read_release().disk_migrations or {}})
        models = read_release().project_state(known).apps.get_models(include_auto_created=True)
    except (KeyError, NodeNotFoundError) as error:
        raise UnknownTables(str(error)) from error
    return sorted((m for m in models if m._meta.managed and not m._meta.proxy), key=lambda m: m._meta.db_table)


def is_kept(model: type[Model]) -> bool:
    return model._meta.app_label not in DERIVED


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything inside is read as of one moment. Nobody waits for it, and it waits for nobody."""
    if connection.vendor == "sqlite":
        # The usual IMMEDIATE would keep all others from writing.
        here: Any = connections[DEFAULT_DB_ALIAS]
        mode, here.transaction_mode = here.transaction_mode, None
        try:
            with transaction.atomic():
                yield
        finally:
            here.transaction_mode = mode
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def empty(models: Iterable[type[Model]]) -> None:
    names = [model._meta.db_table for model in models]
    if names:
        statements = connection.ops.sql_flush(no_style(), names, reset_sequences=True, allow_cascade=True)
        connection.ops.execute_sql_flush(statements)


def find_contents(models: Iterable[type[Model]]) -> list[str]:
    """The tables in which somebody has put something."""
    kept = [model for model in models if is_kept(model) and model._meta.db_table not in MADE_BY_THEMSELVES]
    return [model._meta.db_table for model in kept if model._base_manager.exists()]


# --- Numbers that were given ---------------------------------------------------------------------------------------


def read_numbers(models: Iterable[type[Model]]) -> dict[str, int]:
    """The last key that each table has given, which may be gone: it is never to be given again."""
    counting = [model for model in models if isinstance(model._meta.pk, AutoField)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            given = dict(cursor.fetchall())
            return {name: given[name] for model in counting if given.get(name := model._meta.db_table)}
        found = {}
        for model in counting:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted(model), model._meta.pk.column])
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value END FROM {cursor.fetchone()[0]}")  # noqa: S608
            if number := cursor.fetchone()[0]:
                found[model._meta.db_table] = number
        return found


def write_numbers(models: Iterable[type[Model]], numbers: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for model in models:
            if not (number := numbers.get(model._meta.db_table)):
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [model._meta.db_table, number]
                )
            else:
                named = [quoted(model), model._meta.pk.column, number]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", named)


def quoted(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
