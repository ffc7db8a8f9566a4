"""How the tables of the database stand to this release."""

from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

type Step = tuple[str, str]  # an app's label and the name of a migration


@cache
def read_release() -> MigrationLoader:
    """What this release has, without a database. Read once: the modules of all migrations take a tenth of a second."""
    return MigrationLoader(None, ignore_no_migrations=True)


def find_applied(connection: BaseDatabaseWrapper) -> set[Step]:
    """Two queries; nothing where there are no tables yet."""
    return set(MigrationRecorder(connection).applied_migrations())


def find_missing(connection: BaseDatabaseWrapper) -> list[Step]:
    """The ends of this release that the database has not reached: empty where `migrate` has nothing to do."""
    return sorted(set(read_release().graph.leaf_nodes()) - find_applied(connection))


def find_unknown(connection: BaseDatabaseWrapper) -> list[Step]:
    """What a newer release has done to the database, and this one does not know."""
    release = read_release()
    ours = {app for app, _ in release.graph.leaf_nodes()}
    return sorted(step for step in find_applied(connection) - set(release.disk_migrations) if step[0] in ours)
