"""Whether the replies of a file hang together, and its rows with parents before children, whatever its own order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from comments.importing.rows import ForeignComment, LeftOut, Page, Unreadable


class _Place(NamedTuple):
    parent: str | None
    page: str
    line: int


@dataclass
class Outline:
    """Which comment answers which, without their words, and how many stand under which page.

    `orphans` answer something that is not in the file.
    """

    pages: Counter[Page] = field(default_factory=Counter)
    places: dict[str, _Place] = field(default_factory=dict)
    orphans: set[str] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, row: ForeignComment | LeftOut) -> None:
        if isinstance(row, LeftOut):
            self.left_out.append(row)
            return
        if before := self.places.get(row.reference):
            raise Unreadable(
                f"The comment “{row.reference}” is in the file twice, first in line {before.line}.", row.line
            )
        self.pages[row.page] += 1
        self.places[row.reference] = _Place(row.parent_reference, row.page.key, row.line)

    def __len__(self) -> int:
        return len(self.places)


def outline(rows: Iterable[ForeignComment | LeftOut], *, may_lack_parents: bool) -> Outline:
    """Goes through all rows. Raises `Unreadable` for ids that come twice and for threads that cannot be."""
    made = Outline()
    for row in rows:
        made.add(row)
    for reference, place in made.places.items():
        if place.parent is not None:
            _check_parent(made, reference, place, may_lack_parents)
    _refuse_circles(made)
    return made


def in_order(rows: Iterable[ForeignComment | LeftOut], made: Outline) -> Iterator[ForeignComment]:
    """Parents first; orphans as comments of their own. Holds the words of those whose parent is still to come."""
    seen: set[str] = set()
    waiting: defaultdict[str, list[ForeignComment]] = defaultdict(list)
    for told in rows:
        if isinstance(told, LeftOut):
            continue
        row = replace(told, parent_reference=None) if told.reference in made.orphans else told
        if row.parent_reference is not None and row.parent_reference not in seen:
            waiting[row.parent_reference].append(row)
            continue
        ready = [row]
        while ready:
            row = ready.pop()
            seen.add(row.reference)
            yield row
            ready += reversed(waiting.pop(row.reference, []))


def _check_parent(made: Outline, reference: str, place: _Place, may_lack_parents: bool) -> None:
    parent = made.places.get(place.parent or "")
    if parent is None:
        if not may_lack_parents:
            raise Unreadable(f"It answers the comment “{place.parent}”, which is not in the file.", place.line)
        made.orphans.add(reference)
    elif parent.page != place.page:
        raise Unreadable(
            f"It stands under “{place.page}”, but answers the comment in line {parent.line}, "
            f"which stands under “{parent.page}”.",
            place.line,
        )


def _refuse_circles(made: Outline) -> None:
    """Each chain of parents is followed once, up to what is known to end."""
    ends: set[str] = set()
    for reference in made.places:
        chain: dict[str, None] = {}
        above: str | None = reference
        while above is not None and above not in ends and above in made.places:
            if above in chain:
                raise Unreadable("It answers itself, by way of its own replies.", made.places[above].line)
            chain[above] = None
            above = made.places[above].parent
        ends.update(chain)
