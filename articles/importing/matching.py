"""Who of the record a document speaks of: by name and alias, never by likeness alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from aisrace.lib.text import clean_line, fold
from articles.models import Author
from experts.models import Expert


@dataclass(frozen=True)
class Match:
    """`known` is empty for somebody new, has one row where the name is clear and several where it is not."""

    name: str
    role: str
    organisation: str
    known: tuple[Expert, ...]

    @property
    def expert(self) -> Expert | None:
        return self.known[0] if len(self.known) == 1 else None


def match_expert(name: str, role: str, organisation: str, index: dict[str, list[Expert]]) -> Match:
    return Match(name, role, organisation, tuple(index.get(fold(name), ())))


def index_experts(experts: QuerySet[Expert]) -> dict[str, list[Expert]]:
    """Experts by every folded spelling of their names. One query."""
    index: dict[str, list[Expert]] = defaultdict(list)
    for expert in experts.order_by("id"):
        for key in dict.fromkeys(map(fold, _spellings(expert))):
            if key:
                index[key].append(expert)
    return index


def _spellings(expert: Expert) -> Iterable[str]:
    yield expert.name
    yield from expert.aliases.splitlines()
    last, comma, first = expert.sort_name.partition(",")
    if comma:
        yield f"{first} {last}"


def find_authors(names: Iterable[str]) -> dict[str, Author | None]:
    """One query."""
    index = {fold(author.name): author for author in Author.objects.order_by("-id")}
    return {clean_line(name): index.get(fold(name)) for name in names if clean_line(name)}
