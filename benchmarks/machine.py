"""What the figures were taken on, in general words: nothing that names a person or a place."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from django.db import connection


def describe_machine() -> dict[str, str]:
    return {
        "processor": f"{_name_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f} when the run began",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": f"Django {version('Django')}, Jinja2 {version('Jinja2')}",
        "database": _name_database(),
    }


def _name_processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _name_database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}, WAL"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    return f"PostgreSQL {row[0].split()[0] if row else '?'} (its own CPU time is not in the figures)"
