"""`python -m benchmarks.wagtail_site.fill CONTENT NUMBER`: a database with so many articles of this content of ours."""

import json
import sys
from pathlib import Path
from typing import Any

import django


def fill(content: dict[str, Any], number: int) -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from wagtail.models import Site  # noqa: PLC0415

    from benchmarks.wagtail_site.models import ArticlePage  # noqa: PLC0415

    package = settings.FOLDER / "wagtail_migrations"
    package.mkdir()
    (package / "__init__.py").touch()
    call_command("makemigrations", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)
    home = Site.objects.get().root_page
    for n in range(number):
        home.add_child(instance=ArticlePage(title=content["headline"], slug=f"copy-{n}", **as_fields(content)))


def as_fields(content: dict[str, Any]) -> dict[str, Any]:
    names = {expert["id"]: expert["name"] for expert in content["comparison"]["experts"]}
    sections = [section | {"expert": names.get(section["expert"], "")} for section in content["sections"]]
    kept = ("standfirst", "body", "verdict", "method", "counts", "verdict_positions", "minutes")
    return {name: content[name] for name in kept} | {
        "sections": [("section", section) for section in sections],
        "byline": [("author", author) for author in content["byline"]],
        "topics": [("topic", topic) for topic in content["topics"]],
    }


if __name__ == "__main__":
    django.setup()
    fill(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]))
