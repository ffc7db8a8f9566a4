"""A data folder and a database of a run's own, away from anyone's data and gone with it."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# Whatever a person has set for the site; LOG_LEVEL stays.
OF_THE_PERSON = (
    "AISRACE_ENV ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS DATABASE_URL DATA_DIR DEBUG HOST HSTS_SECONDS PORT REDIS_URL "
    "PAGE_STORE PAGE_STORE_MB SECRET_KEY SITE_NAME SITE_URL SSL_REDIRECT STATIC_ROOT TIME_ZONE TRUST_PROXY"
)
DATABASE_PREFIX = "aisrace_bench_"


class CannotMeasure(Exception):
    """Says what to do about it."""


@contextmanager
def scratch() -> Iterator[Path]:
    """The environment set for `aisrace.settings`. A server named by DATABASE_URL is used, its databases are not.

    A DATABASE_URL of SQLite names a file, which is somebody's: the run takes its own.
    """
    server = _find_server()
    folder = Path(tempfile.mkdtemp(prefix="aisrace-bench-"))
    for name in OF_THE_PERSON.split():
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "aisrace.settings"
    os.environ["DATA_DIR"] = str(folder)
    try:
        if not server:
            yield folder
            return
        with _own_database(server) as url:
            os.environ["DATABASE_URL"] = url
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_server() -> str:
    if path := os.environ.get("DATABASE_URL_FILE"):
        url = Path(path).read_text(encoding="utf-8").strip()
    else:
        url = os.environ.get("DATABASE_URL", "").strip()
    if not url or url.startswith("sqlite:"):
        return ""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise CannotMeasure("DATABASE_URL must begin with postgres:// or be left out for SQLite.")
    return url


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    name = f"{DATABASE_PREFIX}{secrets.token_hex(4)}"
    own = sql.Identifier(name)
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(own))
            try:
                yield urlsplit(server)._replace(path=f"/{name}").geturl()
            finally:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own))
    except psycopg.OperationalError as error:
        raise CannotMeasure(f"PostgreSQL: {error}") from error
