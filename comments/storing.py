"""Writing a new comment down in a statement that is made once; comments/lookups.py says why.

Django would make it anew for every row, which takes several times as long as running it.
"""

from django.db import DEFAULT_DB_ALIAS, connections, models

from comments.models import Comment

COLUMNS = {field.column: field for field in Comment._meta.concrete_fields if field.column and not field.primary_key}
INSERT = (
    f"INSERT INTO {Comment._meta.db_table} ({', '.join(COLUMNS)}) "  # noqa: S608 (names of ours)
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))}) RETURNING id"
)
# Of these Django hands on what it is given, and so do we.
HANDED_ON: set[type] = {
    *(models.BooleanField, models.CharField, models.ForeignKey, models.TextField),
    *(models.PositiveIntegerField, models.PositiveSmallIntegerField),
}
FIELDS = [(field.attname, None if type(field) in HANDED_ON else field) for field in COLUMNS.values()]


def store(comment: Comment) -> None:
    """What `comment.save(force_insert=True)` does: every field cleans what it stores, and then the row has its key."""
    connection = connections[DEFAULT_DB_ALIAS]
    given = ((getattr(comment, name), field) for name, field in FIELDS)
    values = [field.get_db_prep_save(value, connection) if field else value for value, field in given]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        (comment.pk,) = cursor.fetchone()
    comment._state.adding, comment._state.db = False, DEFAULT_DB_ALIAS
