"""What `make run` starts: database, demo content, static files, sweeps and server. For looking and developing.

In production the steps are separate (docs/operations.md); here they share one process to be back in a moment.
"""

import errno
import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections

BLOCKING_THREADS = 4
SWEEP_EVERY = 10  # seconds; whoever comments waits for a letter


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisrace.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(f"aisrace: {error}")
    if settings.PRODUCTION:
        sys.exit("aisrace: make run is for trying out and developing; docs/operations.md has the production start.")
    claim_port(settings.HOST, settings.PORT)
    say("Preparing the database ...")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", "--if-empty")
    call_command("demo_conversation")
    collect_static()
    connections.close_all()
    announce(settings.HOST, settings.PORT)
    start_sweeping()
    serve(settings.HOST, settings.PORT)


def say(text: str) -> None:
    print(text, flush=True)


def claim_port(host: str, port: int) -> None:
    """Fails before any work when nothing could be served there. The server would share a port that it finds taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OverflowError:
        sys.exit(f"aisrace: PORT must be between 1 and 65535, not {port}.")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"aisrace: port {port} is taken; stop what runs there or choose another: make run PORT={port + 1}")
        sys.exit(f"aisrace: cannot listen on {host}:{port} ({error.strerror or error}).")


def collect_static() -> None:
    """Only when a file has changed: hashing and compressing all of them takes longer than the rest of the start."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    state = fingerprint_static()
    if stamp.exists() and stamp.read_text() == state:
        return
    say("Preparing styles and scripts ...")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def fingerprint_static() -> str:
    digest = hashlib.sha256(f"{django.VERSION} {settings.STORAGES['staticfiles']} {settings.STATIC_ROOT}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def announce(host: str, port: int) -> None:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    line = f"{settings.SITE_NAME} is at http://{shown}:{port}/   (Ctrl-C ends it)"
    rule = "─" * (len(line) + 4)
    say(f"\n┌{rule}┐\n│  {line}  │\n└{rule}┘\n")


def start_sweeping() -> None:
    """The background work as a child of the server that this process becomes: it ends when that does, however."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "sweep", "--every", str(SWEEP_EVERY)]
    subprocess.Popen([*command, "--while-parent", str(os.getpid())])  # noqa: S603


def serve(host: str, port: int) -> None:
    """Becomes the server, so that Ctrl-C and SIGTERM reach it, and the sweeps see it end."""
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", str(BLOCKING_THREADS)]
    options += ["--host", host, "--port", str(port), "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *options, "aisrace.wsgi:application"])  # noqa: S606


if __name__ == "__main__":
    main()
