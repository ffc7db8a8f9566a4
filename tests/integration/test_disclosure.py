"""/.well-known/security.txt: to whom one tells what is wrong with the site's security (RFC 9116)."""

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from tests.make import NOW

pytestmark = pytest.mark.one_database

ADDRESS = "/.well-known/security.txt"


def read(text: str) -> list[tuple[str, str]]:
    """The fields in their order, by the grammar of the standard: one a line, each line ended."""
    assert text.endswith("\n")
    lines = [line for line in re.split(r"\r?\n", text)[:-1] if line and not line.startswith("#")]
    found = [re.fullmatch(r"([A-Za-z-]+): (\S.*)", line) for line in lines]
    assert all(found)
    return [(line[1], line[2]) for line in found if line]


def test_who_finds_a_hole_is_told_whom_to_tell(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report"]
    settings.SECURITY_POLICY = "https://example.org/security"
    with time_machine.travel(NOW, tick=False):
        response = client.get(ADDRESS)
        assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
        fields = read(response.text)
        expires = datetime.fromisoformat(dict(fields)["Expires"])
        assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)
    assert [name for name, _ in fields].count("Expires") == 1
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACT
    assert dict(fields)["Canonical"] == f"{site.SITE_URL}{ADDRESS}"
    assert dict(fields)["Policy"] == "https://example.org/security"
    assert dict(fields)["Preferred-Languages"] == "en"
    assert not response.cookies


def test_it_never_runs_out_and_is_the_same_all_day(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@example.org"]
    told = []
    for hours in (0, 5, 24 * 700):
        with time_machine.travel(NOW.replace(hour=6) + timedelta(hours=hours), tick=False):
            told.append(client.get(ADDRESS).text)
            assert datetime.fromisoformat(dict(read(told[-1]))["Expires"]) > timezone.now()
    assert told[0] == told[1] != told[2]
    assert "Policy" not in told[0]


@pytest.mark.django_db
def test_nothing_is_there_without_a_contact(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize(
    ("contact", "read_as"),
    [
        ("security@example.org", ["mailto:security@example.org"]),
        ("mailto:a@example.org, https://example.org/report", ["mailto:a@example.org", "https://example.org/report"]),
        ("tel:+1-201-555-0123", ["tel:+1-201-555-0123"]),
        ("http://example.org/report", None),
        ("ask at the door", None),
        ("a@example.org\nPolicy: https://evil.example", None),
    ],
)
def test_what_is_no_contact_is_refused(contact: str, read_as: list[str] | None, tmp_path: Any) -> None:
    code = "import aisrace.settings as s; print(s.SECURITY_CONTACT)"
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SECURITY_CONTACT": contact}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=site.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    if read_as is None:
        assert "SECURITY_CONTACT" in done.stderr
    else:
        assert done.stdout.strip() == str(read_as)
