"""What leaves for Sentry: the error, and nothing of who asked. In a process of its own, for it takes hold of Django."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings as site

pytestmark = pytest.mark.one_database

PRIVATE = ("BAIT", "203.0.113.9", "198.51.100.7", "rosa@", "Mozilla/")
# Lines of code are told, so the bait is not in them.
SITE = """
import sys, logging, django
django.setup()
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from django.urls import path
import aisrace.urls

bait = "".join(["BA", "IT"])

def fail(*_, **__):
    address = f"{bait} in a local variable"
    raise ValueError(f"{name}@example.org at /preview/{bait}-token/ with password={bait}")

name = "".join(["ro", "sa"])
fail.csrf_exempt = True
aisrace.urls.urlpatterns.insert(0, path("preview/<str:token>/", fail))
settings.ALLOWED_HOSTS.append("testserver")
logging.getLogger("x").info(f"{bait} in a breadcrumb")
headers = {"user-agent": "/".join(["Mozilla", "5"]), "x-forwarded-for": "203.0.113.9", "cookie": f"sessionid={bait}",
           "authorization": f"Bearer {bait}", "referer": f"https://{bait}.example/"}
asking = RequestFactory(REMOTE_ADDR="198.51.100.7")
request = asking.post(f"/preview/{bait}-token/?q={bait}", {"text": f"{bait} in a body"}, headers=headers)
told = []
b"".join(get_wsgi_application()(request.environ, lambda *said: told.extend(said)))
print(told[0].split()[0], dict(told[1])["X-Request-Id"], "sentry_sdk" in sys.modules)
import sentry_sdk
sentry_sdk.flush(20)
"""


@pytest.fixture
def envelopes() -> Iterator[tuple[str, list[bytes]]]:
    """An address to tell errors at, and what was told."""
    told: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
            told.append(unpack.get(self.headers["Content-Encoding"], bytes)(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://key@127.0.0.1:{server.server_address[1]}/1", told
        server.shutdown()


def run(folder: Path, dsn: str, code: str = SITE) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()} | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "AISRACE_TEST_DATA": str(folder),
        "PYTHONPATH": str(site.BASE_DIR),
        "REPORT_TO": dsn,
    }
    # tests/settings.py takes a person's own SENTRY_DSN away.
    start = "import os, aisrace.settings, tests.settings\ntests.settings.SENTRY_DSN = os.environ['REPORT_TO']\n"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", start + code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_error_is_told_and_nobody_is(envelopes: tuple[str, list[bytes]], tmp_path: Path) -> None:
    dsn, told = envelopes
    status, name, _ = run(tmp_path, dsn)
    assert status == "500"
    (envelope,) = told
    *_, body = envelope.strip().split(b"\n")
    event = json.loads(body)
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["value"] == "*** at /preview/*** with password=***"
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["request"] == {"method": "POST", "url": "http://testserver/preview/***"}
    assert event["tags"]["request_id"] == name
    assert not [word for word in PRIVATE if word in envelope.decode()]


def test_without_an_address_nothing_is_loaded(tmp_path: Path) -> None:
    code = "import sys, django; django.setup(); print('sentry_sdk' in sys.modules)"
    assert run(tmp_path, "", code) == ["False"]


def test_one_that_does_not_answer_holds_nothing_up(tmp_path: Path) -> None:
    status, _, is_loaded = run(tmp_path, "http://key@127.0.0.1:1/1", SITE.replace("sentry_sdk.flush(20)", ""))
    assert (status, is_loaded) == ("500", "True")
