"""Building all documents anew beside those that readers are shown."""

import time
from collections.abc import Callable, Iterator
from itertools import batched

from django.db import transaction
from django.db.models import Max

from aisrace.search.entries import ANALYSIS, Source
from aisrace.search.models import Document, Shelf
from aisrace.search.shelves import BATCH, forget_lost, remove_all, replace, take_turn
from aisrace.search.sources import sources

BREATH = 0.01  # seconds between batches, in which others may write

type Progress = Callable[[str, int, int], None]


class Overtaken(Exception):
    """Somebody else has begun to rebuild; what we have built is theirs to clear away."""


def silent(kind: str, done: int, total: int) -> None:
    pass


def rebuild(advance: Progress = silent) -> int:
    """Every document made anew; how many there are.

    Readers are shown the old ones until all new ones are there, then all the new ones. What editors write meanwhile
    goes to both, and nobody waits longer than a batch takes (1,000 rows, a fraction of a second). `advance` is told the
    kinds, and how many rows of how many are done.
    """
    generation = _begin()
    for source in sources:
        for batch, done, total in batch_owners(source):
            with transaction.atomic():
                take_turn()
                if not Shelf.objects.filter(building=generation).exists():
                    raise Overtaken
                replace(source, batch, [generation])
            advance(source.name, done, total)
            time.sleep(BREATH)
    with transaction.atomic():
        take_turn()
        if not Shelf.objects.filter(building=generation).update(shown=generation, building=None, analysis=ANALYSIS):
            raise Overtaken
    _clear_away()
    return Document.objects.filter(generation=generation).count()


def _begin() -> int:
    with transaction.atomic():
        take_turn()
        shelf, _ = Shelf.objects.get_or_create(pk=1)
        newest = Document.objects.aggregate(newest=Max("generation"))["newest"] or 0
        generation: int = max(newest, shelf.shown, shelf.building or 0) + 1
        Shelf.objects.filter(pk=1).update(building=generation)
    _clear_away()
    return generation


def _clear_away() -> None:
    """What belongs to no generation that is shown or built, and words that have lost their document."""
    shelf = Shelf.objects.get()
    kept = [generation for generation in (shelf.shown, shelf.building) if generation]
    remove_all(Document.objects.exclude(generation__in=kept))
    with transaction.atomic():
        take_turn()
        forget_lost()


def batch_owners(source: Source) -> Iterator[tuple[list[int], int, int]]:
    owners = list(source.owners().order_by("pk").values_list("pk", flat=True))
    done = 0
    for batch in batched(owners, BATCH):
        done += len(batch)
        yield list(batch), done, len(owners)


def fill_where_needed(advance: Progress = silent) -> bool:
    """After migrations: nothing was ever built, or by another analysis than ours. Whether something was done."""
    if Shelf.objects.filter(analysis=ANALYSIS).exists():
        return False
    rebuild(advance)
    return True
