"""The database itself refuses to rewrite the trail: only `by` may be emptied, when an account is deleted.

Deleting is refused where the database can tell it from emptying a whole table, which is PostgreSQL: SQLite knows no
TRUNCATE, and `flush` deletes row by row there.
"""

from django.db import migrations

COLUMNS = ["id", "at", "by_name", "verb", "kind", "row_id", "label", "note", "detail"]
REFUSAL = "The trail is only ever added to."

SQLITE = f"""
CREATE TRIGGER keeping_deed_is_not_rewritten BEFORE UPDATE ON keeping_deed
WHEN NEW.by_id IS NOT NULL OR {" OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in COLUMNS)}
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
"""

POSTGRESQL = f"""
CREATE FUNCTION keeping_deed_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keeping_deed_is_not_rewritten BEFORE UPDATE OR DELETE ON keeping_deed
FOR EACH ROW EXECUTE FUNCTION keeping_deed_refuse();
"""

UNDO = {
    "sqlite": "DROP TRIGGER keeping_deed_is_not_rewritten",
    "postgresql": "DROP TRIGGER keeping_deed_is_not_rewritten ON keeping_deed; DROP FUNCTION keeping_deed_refuse()",
}


def refuse(apps, schema_editor):
    schema_editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor])


def allow(apps, schema_editor):
    schema_editor.execute(UNDO[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("keeping", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
