"""The schema there and back under content, and this code on a schema that is already the next one."""

import json
from pathlib import Path

from faults.house import ARTICLE, Crowd, build, often

# The last migration of each app on which no other app builds, and the one before it.
STEPS = """
import json
from django.db import connection
from django.db.migrations.loader import MigrationLoader
loader = MigrationLoader(connection)
steps = {}
for app in sorted({app for app, _ in loader.graph.nodes}):
    leaves = [name for label, name in loader.graph.leaf_nodes() if label == app]
    chain = [name for label, name in loader.graph.forwards_plan((app, leaves[0])) if label == app] if leaves else []
    module = loader.graph.nodes[app, chain[-1]].__module__ if chain else ""
    is_last = chain and all(label == app for label, _ in loader.graph.backwards_plan((app, chain[-1])))
    if is_last and len(chain) > 1 and not module.startswith(("django.", "allauth.")):
        steps[app] = [chain[-2], chain[-1]]
print(json.dumps(steps))
"""
ROWS = """
import json
from django.apps import apps
told = {}
for model in apps.get_models():
    if not model._meta.managed or model._meta.proxy:
        continue
    told[model._meta.db_table] = model._base_manager.count()
print(json.dumps(told))
"""
# As the next version would have it: more columns, an index and a table that this one does not know.
NEXT = """
from django.apps import apps
from django.db import connection
with connection.cursor() as cursor:
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy and model.__module__.split(".")[0] in (
            "articles", "comments", "experts", "aisrace"
        ):
            table = model._meta.db_table
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN of_the_next text")
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN of_the_next_too integer NOT NULL DEFAULT 0")
    cursor.execute("CREATE INDEX next_one ON comments_comment (of_the_next)")
    cursor.execute("CREATE TABLE the_next (id integer PRIMARY KEY, words text)")
"""


def test_the_last_step_of_each_app_there_and_back(tmp_path: Path, database_url: str) -> None:
    with build(tmp_path / "house", database_url) as house:
        house.manage("demo_conversation")
        before = json.loads(house.run(ROWS))
        steps = json.loads(house.run(STEPS))
        assert "comments" in steps, steps
        for app, (earlier, _) in steps.items():
            house.manage("migrate", app, earlier, "--verbosity", "0")
            house.manage("migrate", "--verbosity", "0")
        house.manage("migrate", "--check")
        after = json.loads(house.run(ROWS))
        kept = ("articles_edition", "articles_article", "comments_comment", "experts_position", "experts_quote")
        assert {table: after[table] for table in kept} == {table: before[table] for table in kept}
        assert all(before[table] for table in kept)
        house.manage("rebuild_search")
        house.manage("rebuild_search", "--check")
        house.serve()
        read_and_write(house.port)


def test_all_the_way_back_and_there_again(tmp_path: Path, database_url: str) -> None:
    with build(tmp_path / "house", database_url) as house:
        house.manage("demo_conversation")
        for app in reversed(("experts", "articles", "comments")):
            house.manage("migrate", app, "zero", "--verbosity", "0")
        house.manage("migrate", "--verbosity", "0")
        house.manage("demo")
        house.serve()
        read_and_write(house.port)


def test_this_version_on_the_schema_of_the_next(tmp_path: Path, database_url: str) -> None:
    """While a new version is rolled out, processes of the old one go on for a while."""
    with build(tmp_path / "house", database_url) as house:
        house.serve()
        crowd = Crowd(house.port)
        crowd.read([ARTICLE, "/", "/experts/", f"{ARTICLE}comments/", "/api/v1/positions/"], people=2, pause=0.02)
        house.run(NEXT)
        read_and_write(house.port)
        crowd.stop()
        assert set(crowd.statuses) == {"GET 200"}, crowd.statuses
        house.manage("sweep")
        house.manage("backup")


def read_and_write(port: int) -> None:
    readers, writers = Crowd(port), Crowd(port)
    readers.read([ARTICLE, "/", "/search/?q=race", f"{ARTICLE}comments/"], people=1)
    writers.write(people=2, comments=often(5, 50))
    writers.join()
    readers.stop()
    assert set(readers.statuses) == {"GET 200"}, readers.statuses
    assert set(writers.statuses) == {"POST 303"}, writers.statuses
