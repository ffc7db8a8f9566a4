"""Write the conversation to a file for other systems and for `import_comments`. docs/moderators.md explains it."""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from comments.exporting import WRITERS, read_comments, read_pages


class Command(BaseCommand):
    help = "Export comments as CSV, WordPress WXR or Disqus XML, with names and e-mail addresses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="without it, standard output")
        parser.add_argument("--format", choices=list(WRITERS), default="csv")
        parser.add_argument("--article", default="", metavar="SLUG", help="of one article only")

    def handle(self, *args: Any, **options: Any) -> None:
        article = find_article(options["article"]) if options["article"] else None
        pieces = WRITERS[options["format"]](read_pages(article), read_comments(article))
        if options["file"]:
            try:
                write_private(options["file"], pieces)
            except OSError as error:
                raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        else:
            for piece in pieces:
                self.stdout.write(piece, ending="")


def find_article(slug: str) -> Article:
    article = Article.objects.filter(slug=slug).first()
    if article is None:
        raise CommandError(f"There is no article “{slug}”.")
    return article


def write_private(path: Path, pieces: Iterable[str]) -> None:
    """All of it or nothing; nobody else on the machine may read it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", newline="", delete=False) as file:
        try:
            file.writelines(pieces)
            file.close()
            os.replace(file.name, path)  # noqa: PTH105  # a name, not a path
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
