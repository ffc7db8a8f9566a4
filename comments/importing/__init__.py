"""Comments of other systems: read, checked and put in order, without a database. bringing.py goes on from there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from comments.importing.disqus import read_disqus
from comments.importing.order import Outline, in_order, outline
from comments.importing.rows import ForeignComment, LeftOut, Page, Unreadable
from comments.importing.tables import read_table
from comments.importing.wordpress import read_wordpress
from comments.importing.xmlfiles import peek_root

__all__ = ["FORMATS", "Export", "ForeignComment", "LeftOut", "Outline", "Page", "Unreadable", "guess_format"]

FORMATS: dict[str, Callable[[Path, str], Iterator[ForeignComment | LeftOut]]] = {
    "wordpress": read_wordpress,
    "disqus": read_disqus,
    "csv": read_table,
}
ROOTS = {"rss": "wordpress", "disqus": "disqus"}
TABLES = {".csv", ".tsv", ".xlsx", ".xlsm"}


@dataclass(frozen=True, slots=True)
class Export:
    """A file of comments. `name` stands in references for what the file, forum or site is called, where given."""

    path: Path
    format: str
    name: str = ""

    def check(self, advance: Callable[[int], None] = lambda done: None) -> Outline:
        """Reads all of it, and tells how many rows were read so far.

        What a program has exported may answer what it has left out; a table that does is wrong.
        """
        return outline(_count(self.read(), advance), may_lack_parents=self.format != "csv")

    def read(self) -> Iterator[ForeignComment | LeftOut]:
        return FORMATS[self.format](self.path, self.name)

    def read_in_order(self, made: Outline) -> Iterator[ForeignComment]:
        return in_order(self.read(), made)


def guess_format(path: Path) -> str:
    """By the ending of a table, else by the outermost element. Raises `Unreadable`."""
    if path.suffix.lower() in TABLES:
        return "csv"
    root = peek_root(path)
    if root and root not in ROOTS:
        raise Unreadable(
            f"{path.name} is XML, but neither a WordPress nor a Disqus export: it begins with <{root[:40]}>."
        )
    return ROOTS.get(root, "csv")


def _count(
    rows: Iterator[ForeignComment | LeftOut], advance: Callable[[int], None]
) -> Iterator[ForeignComment | LeftOut]:
    for number, row in enumerate(rows, start=1):
        if not number % 500:
            advance(number)
        yield row
