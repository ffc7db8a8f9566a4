from django.db import migrations

FORWARDS = [
    "ALTER TABLE search_document ADD COLUMN words tsvector",
    "UPDATE search_document SET words = search_index.words FROM search_index WHERE search_index.id = search_document.id",
    "DROP TABLE search_index",
    "CREATE INDEX search_document_words ON search_document USING gin (words) WITH (fastupdate = off)",
]
BACKWARDS = [
    "CREATE TABLE search_index (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "INSERT INTO search_index SELECT id, words FROM search_document WHERE words IS NOT NULL",
    "CREATE INDEX search_index_words ON search_index USING gin (words) WITH (fastupdate = off)",
    "ALTER TABLE search_document DROP COLUMN words",
]


def run_on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    """On PostgreSQL the words of a document stand in its own row: what is common is found without a second table."""

    dependencies = [("search", "0002_alter_document_id")]

    operations = [migrations.RunPython(run_on_postgresql(FORWARDS), run_on_postgresql(BACKWARDS))]
