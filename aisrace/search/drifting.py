"""Finding what is not found as it should be: of rows written past the ORM, or after a restore."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from aisrace.search.entries import Source
from aisrace.search.models import Document, Shelf
from aisrace.search.rebuilding import Progress, batch_owners, silent
from aisrace.search.sources import sources
from aisrace.search.vendors import our_vendor


@dataclass(frozen=True)
class Drift:
    """`what` is missing, outdated, superfluous, or without words to be found by."""

    what: str
    kind: str
    row_id: int

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} is {self.what}"


def find_drift(now: datetime, advance: Progress = silent) -> Iterator[Drift]:
    """All that differs between the rows and what is found of them, both ways. Reads everything, writes nothing.

    Batches are read one after another, each in a transaction; what an editor writes in that moment can be told of.
    """
    shown = Shelf.objects.values_list("shown", flat=True).first() or 1
    for source in sources:
        owners: set[int] = set()
        for batch, done, total in batch_owners(source):
            owners.update(batch)
            with transaction.atomic():
                yield from _compare(source, batch, known(source, shown, now))
            advance(source.name, done, total)
        rows = known(source, shown, now).values_list("kind", "row_id", "belongs_to")
        yield from (Drift("superfluous", kind, row) for kind, row, owner in rows.iterator() if owner not in owners)
    yield from _find_wordless(shown)


def known(source: Source, shown: int, now: datetime) -> QuerySet[Document]:
    """What is over is no drift: nobody finds it, and it goes with the next change of its row."""
    return Document.objects.filter(generation=shown, kind__in=source.kinds).exclude(until_at__lte=now)


def _compare(source: Source, owners: Sequence[int], documents: QuerySet[Document]) -> Iterator[Drift]:
    rows = documents.filter(belongs_to__in=owners).values_list("kind", "row_id", "digest")
    rest = {(kind, row_id): digest for kind, row_id, digest in rows}
    for entry in source.read(owners):
        before = rest.pop((entry.kind, entry.row_id), None)
        if before != entry.digest:
            yield Drift("outdated" if before else "missing", entry.kind, entry.row_id)
    yield from (Drift("superfluous", kind, row_id) for kind, row_id in rest)


def _find_wordless(shown: int) -> Iterator[Drift]:
    """Documents without words, and words without a document."""
    vendor = our_vendor()
    bare = f"SELECT kind, row_id FROM search_document AS doc WHERE generation = %s AND {vendor.wordless} ORDER BY id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(bare, [shown])
        yield from [Drift("without words", kind, row_id) for kind, row_id in cursor.fetchall()]
        yield from [Drift("without a document", "row of words", key) for key in vendor.find_lost(cursor)]
