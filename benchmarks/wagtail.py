"""Wagtail beside ours: the same articles in its own way, served by the same web server and asked in the same turns."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.serving import find_port, granian, run, running

VERSION = "8.0.1"
NEEDS = (f"wagtail=={VERSION}", f"granian=={version('granian')}")
# Where a site has one language Wagtail leaves out `locale` itself, unless all fields are asked for: a query for each.
LIST = "/api/v2/pages/?type=wagtail_site.ArticlePage&fields=*,-locale&limit=20"
ROOM = "benchmarks.wagtail_site"
# Not measured, for it needs PHP and MySQL: requests a second that both answered to such lists on one older machine.
RECORDED_WAGTAIL, RECORDED_WORDPRESS = 56, 9.5


@contextmanager
def serve_wagtail(folder: Path, environment: Path, content: dict[str, Any], articles: int) -> Iterator[int]:
    """So many articles of this content of an edition of ours, on SQLite."""
    python, own, port = str(environment / "bin" / "python"), folder / "wagtail", find_port()
    own.mkdir()
    (own / "content.json").write_text(json.dumps(content))
    settings = {"DJANGO_SETTINGS_MODULE": f"{ROOM}.settings", "WAGTAIL_FOLDER": str(own), "PYTHONPATH": str(own)}
    variables = dict(os.environ) | settings
    try:
        run([python, "-m", f"{ROOM}.fill", str(own / "content.json"), str(articles)], variables)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"Wagtail was not filled: {error.stderr[-1000:]}") from error
    with running([python, *granian(port), f"{ROOM}.wsgi:application"], variables, port, folder / "wagtail.log"):
        yield port
