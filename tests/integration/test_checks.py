"""`check --deploy`: nothing to say of production as the docs describe it, and something of whatever was forgotten."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site

pytestmark = pytest.mark.one_database

STRONG = "q7Zk0-Vt3xR_m9sWd5yLb1nCf8gHj2pKeT4uAzXoQiEr6vBhMw"
PRODUCTION = {
    "AISRACE_ENV": "production",
    "SECRET_KEY": STRONG,
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
    "TRUST_PROXY": "1",
    "EMAIL_HOST": "mail.example.org",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "METRICS_TOKEN": "token",
}


def check(folder: Path, **changes: str) -> tuple[int, str]:
    """How it ended and what it said, in an environment that has nothing else."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **PRODUCTION, **changes}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(
        command, cwd=site.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_production_as_the_docs_describe_it(tmp_path: Path) -> None:
    assert check(tmp_path) == (0, "System check identified no issues (2 silenced).\n")


def test_everything_forgotten_is_told_at_once(tmp_path: Path) -> None:
    forgotten = {
        "ALLOWED_HOSTS": "www.example.org",
        "TRUST_PROXY": "",
        "DATA_DIR": str(Path(site.BASE_DIR) / "data"),
        "EMAIL_HOST": "",
        "REQUIRE_MFA": "0",
        "API_LIMITS": "off",
        "METRICS_ALLOWED": "10.0.0.0/8",
        "PAGE_STORE": "off",
        "REDIS_URL": "",
        "HSTS_SECONDS": "0",
        # So that nothing is made in the checkout.
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    code, told = check(tmp_path, **forgotten)
    assert code == 1
    for name in ("E001", "W001", "W002", "W003", "W004", "W005", "W006", "W007", "I001"):
        assert f"aisrace.{name}" in told
    assert "security.W004" in told, "Django's own are not left out"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SECRET_KEY": "short"}, "shorter than 50"),
        ({"ALLOWED_HOSTS": "*"}, "accepts forged hosts"),
        ({"SITE_URL": "http://example.org"}, "must be the public address"),
        ({"DEBUG": "1"}, "DEBUG is on"),
    ],
)
def test_what_is_refused_outright(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    code, told = check(tmp_path, **changes)
    assert code == 1
    assert says in told
