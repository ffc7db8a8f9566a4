"""Keeping what is found in step with the rows, inside the transaction that writes them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from aisrace.lib.watching import Told
from aisrace.search.entries import Source
from aisrace.search.models import Document
from aisrace.search.shelves import open_generations, replace, take_turn
from aisrace.search.sources import touches


def hear(told: Told) -> None:
    """Called by aisrace.lib.watching for whatever was written; the documents that tell of it are brought up to date.

    Each is read once, however many rows that it tells of were written together.
    """
    concerned = [(touch, keys) for model, keys in told.items() for touch in touches.get(model, ())]
    if not concerned:
        return
    with transaction.atomic(savepoint=False):
        take_turn()
        generations = open_generations()
        owners: dict[Source, set[int]] = defaultdict(set)
        for touch, keys in concerned:
            owners[touch.source].update(touch.owners(keys))
            if touch.tells_of_itself:
                owners[touch.source].update(find_left(touch.source, keys, generations))
        for source, keys in owners.items():
            replace(source, sorted(keys), generations)


def find_left(source: Source, keys: Collection[Any], generations: Collection[int]) -> Iterable[int]:
    left = Document.objects.filter(generation__in=generations, kind__in=source.kinds, row_id__in=list(keys))
    return left.values_list("belongs_to", flat=True)
