"""Putting documents where they are found, and taking them away: in the transaction of whoever writes the rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import batched
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from aisrace.lib.keys import among
from aisrace.search.entries import Entry, Source, lay_out
from aisrace.search.models import Document, Passage, Shelf
from aisrace.search.vendors import Row, our_vendor

BATCH = 1000  # rows that documents belong to, or documents
TURN = 0x5EA2C4  # a number that nobody else locks


def take_turn() -> None:
    """Until the transaction ends nobody else stores documents, on PostgreSQL; on SQLite nobody else writes anyway.

    What is read after this is therefore what was committed last: of two who rename an expert and add a position to
    them, the second reads what the first has written.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def open_generations() -> list[int]:
    """Those that what is written now belongs into. One query."""
    shelf = Shelf.objects.values_list("shown", "building").first() or (1, None)
    return [generation for generation in shelf if generation is not None]


def replace(source: Source, owners: Collection[int], generations: Collection[int]) -> int:
    """Bring the documents of `source` that belong to `owners` up to date; how many were written or taken away.

    What is as it was is left alone. Per 1,000: what reading takes, one query, and seven where there is something to do.
    """
    changed = 0
    for some in batched(owners, BATCH):
        entries = list(source.read(some))
        for generation in generations:
            changed += _replace(source, some, entries, generation)
    return changed


def _replace(source: Source, owners: Sequence[int], entries: Sequence[Entry], generation: int) -> int:
    there = Document.objects.filter(generation=generation, kind__in=source.kinds, **among("belongs_to", owners))
    known = {
        (kind, row_id): (pk, digest) for pk, kind, row_id, digest in there.values_list("pk", "kind", "row_id", "digest")
    }
    new, kept = [], set()
    for entry in entries:
        digest = entry.digest
        pk, before = known.get((entry.kind, entry.row_id), (0, ""))
        if digest == before:
            kept.add(pk)
        else:
            new.append((entry, digest))
    gone = [pk for pk, _ in known.values() if pk not in kept]
    with transaction.atomic(savepoint=False):
        remove(gone)
        _add(new, generation)
    return max(len(new), len(gone))


def remove(documents: Collection[int]) -> None:
    for some in batched(documents, BATCH):
        Passage.objects.filter(pk__in=some).delete()
        Document.objects.filter(pk__in=some).delete()
        with connection.cursor() as cursor:
            our_vendor().forget(cursor, some)


def forget_lost() -> None:
    """Words whose document was deleted past us."""
    with connection.cursor() as cursor:
        for some in batched(our_vendor().find_lost(cursor), BATCH):
            our_vendor().forget(cursor, some)


def remove_all(documents: QuerySet[Document]) -> None:
    """In small transactions, for nobody reads them any more."""
    while some := list(documents.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            remove(some)


def _add(entries: Sequence[tuple[Entry, str]], generation: int) -> None:
    """Past the models, which would make an import half as slow again; every value is a parameter all the same."""
    if not entries:
        return
    vendor = our_vendor()
    # Nobody else stores any at the same time: see take_turn.
    newest = Document.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = [
        _row(newest + n, generation, entry, digest, vendor.spell(lay_out(entry)))
        for n, (entry, digest) in enumerate(entries, 1)
    ]
    with connection.cursor() as cursor:
        vendor.forget_behind(cursor, newest)  # left where tables were emptied around us
        vendor.store(cursor, rows)


def _row(pk: int, generation: int, entry: Entry, digest: str, words: str) -> Row:
    return Row(
        id=pk,
        generation=generation,
        kind=entry.kind,
        row_id=entry.row_id,
        belongs_to=entry.belongs_to,
        from_at=_adapt(entry.from_at),
        until_at=_adapt(entry.until_at),
        standing=entry.standing,
        day=entry.day.isoformat() if entry.day else None,
        year=entry.day.year if entry.day else None,
        topics=join_keys(entry.topics),
        experts=join_keys(entry.experts),
        digest=digest,
        title=entry.title,
        url=entry.url,
        about=orjson.dumps(entry.about).decode(),
        text=entry.text,
        parts=orjson.dumps(entry.parts).decode(),
        words=words,
    )


@lru_cache(maxsize=1024)
def _adapt(moment: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


@lru_cache(maxsize=1024)
def join_keys(keys: tuple[int, ...]) -> str:
    return f",{','.join(map(str, sorted(keys)))}," if keys else ""
