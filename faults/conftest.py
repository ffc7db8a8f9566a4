"""Where the tests find what they break."""

import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from faults.house import LONG, name_database, tell_server

POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long run takes as long as the promises say: five minutes for a test, as elsewhere, would end it."""
    for item in items if LONG else ():
        item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of a database to be made; empty for a file. The server is POSTGRES_URL, else what is on the usual port."""
    if request.param == "sqlite":
        yield ""
        return
    url = f"{POSTGRES.rpartition('/')[0]}/aisrace-faults-{uuid4().hex[:8]}"
    try:
        tell_server(url, "SELECT 1")
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers; POSTGRES_URL names one")
    try:
        yield url
    finally:
        tell_server(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name_database(url))
