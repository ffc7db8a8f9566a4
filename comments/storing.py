"""Writing a new comment down in a statement that is made once; comments/lookups.py says why.

Django would make it anew for every row, which takes several times as long as running it.
"""

from django.db import DEFAULT_DB_ALIAS, connections

from comments.models import Comment

FIELDS = {field.column: field for field in Comment._meta.concrete_fields if field.column and not field.primary_key}
INSERT = (
    f"INSERT INTO {Comment._meta.db_table} ({', '.join(FIELDS)}) "  # noqa: S608 (names of ours)
    f"VALUES ({', '.join(['%s'] * len(FIELDS))}) RETURNING id"
)


def store(comment: Comment) -> None:
    """What `comment.save(force_insert=True)` does: every field cleans what it stores, and then the row has its key."""
    connection = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(getattr(comment, field.attname), connection) for field in FIELDS.values()]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        (comment.pk,) = cursor.fetchone()
    comment._state.adding, comment._state.db = False, DEFAULT_DB_ALIAS
