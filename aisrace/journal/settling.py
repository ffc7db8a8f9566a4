"""From touches to a sequence: every public object that is new, different or gone gets the next number.

Numbers are given here and not by those who write, for of two writers the one with the lower number may be sure later:
a reader who has seen the higher one would never ask for the lower. Here one at a time gives them, and they become
visible in their order.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction

from aisrace.journal.kinds import Kind, Object, digest, find_kinds, find_next
from aisrace.journal.models import Change, Clock, Touch

BATCH = 200  # objects in one transaction; on SQLite nobody else writes meanwhile
KEYS = 5000  # in one statement
WRITTEN = ["seq", "key", "gone", "digest", "at"]


def settle(now: datetime) -> int:
    """How many entries were made. Two queries where nothing is to do.

    Touches go last: whoever is killed before has done nothing that would not be found again, nor twice.
    """
    clock = Clock.objects.first()
    if clock and not Touch.objects.exists() and (clock.next_at is None or now < clock.next_at):
        return 0
    touches = list(Touch.objects.values_list("pk", "model", "keys"))
    touched: defaultdict[str, set[int]] = defaultdict(set)
    for _, model, keys in touches:
        touched[model].update(keys)
    made = settle_kinds(touched, now)
    finish([pk for pk, _, _ in touches], now)
    return made


def settle_all(now: datetime) -> int:
    """Looks at every object, whether or not anything says that it was written to."""
    made = sum(settle_rows(kind, {*kind.find_keys(now), *kind.find_lost(now)}, now) for kind in find_kinds())
    finish([], now)
    return made


def settle_kinds(touched: defaultdict[str, set[int]], now: datetime) -> int:
    """What came and went counts as written to: an edition that is live now makes the one before it another."""
    moved = {kind.name: {*kind.find_new(now), *kind.find_lost(now)} for kind in find_kinds()}
    for kind in find_kinds():
        if kind.identity == "pk":
            touched[kind.model._meta.label_lower].update(moved[kind.name])
    return sum(settle_rows(kind, moved[kind.name] | kind.find_touched(touched), now) for kind in find_kinds())


def settle_rows(kind: Kind, rows: Iterable[int], now: datetime) -> int:
    return sum(settle_batch(kind, keys, now) for keys in batched(sorted(rows), BATCH))


def settle_batch(kind: Kind, keys: Sequence[int], now: datetime) -> int:
    """With the clock locked; what was found out before may have changed since, so it is read now."""
    with transaction.atomic():
        clock = lock_clock(now)
        told = kind.read(keys, clock.at or now)
        known = {change.row_id: change for change in Change.objects.filter(kind=kind.name, row_id__in=keys)}
        entries = [entry for pk in keys if (entry := compare(kind, pk, told.get(pk), known.get(pk)))]
        for entry in entries:
            clock.seq += 1
            entry.seq, entry.at = clock.seq, clock.at or now
        Change.objects.bulk_create(
            entries, update_conflicts=True, unique_fields=["kind", "row_id"], update_fields=WRITTEN
        )
        clock.save()
        shown = [e.row_id for e in entries if not e.gone and (e.row_id not in known or known[e.row_id].gone)]
        if kind.announce and shown:
            kind.announce(shown, clock.at or now)
        gone = {entry.row_id for entry in entries if entry.gone}
        if kind.take_back and gone:
            kind.take_back(gone)
    return len(entries)


def compare(kind: Kind, pk: int, told: Object | None, known: Change | None) -> Change | None:
    """The entry to be made; none where nothing differs, nor for what readers have never seen."""
    if told is None:
        if known is None or known.gone:
            return None
        return Change(kind=kind.name, row_id=pk, key=known.key, gone=True)
    found = digest(told)
    if known and not known.gone and known.digest == found:
        return None
    key = told["slug"] if kind.collection.key == "slug" else pk
    return Change(kind=kind.name, row_id=pk, key=str(key), digest=found)


def lock_clock(now: datetime) -> Clock:
    """For this transaction alone. A settler that comes late reads by the time of the one before it."""
    clock = Clock.objects.select_for_update().first()
    if clock is None:
        Clock.objects.get_or_create(pk=1, defaults={"epoch": name_epoch()})
        clock = Clock.objects.select_for_update().get(pk=1)
    clock.at = max(clock.at or now, now)
    return clock


def finish(touches: Iterable[int], now: datetime) -> None:
    for keys in batched(touches, KEYS):
        Touch.objects.filter(pk__in=keys).delete()
    with transaction.atomic():
        clock = lock_clock(now)
        clock.next_at = find_next(find_kinds(), clock.at or now)
        clock.save()


def renew(now: datetime) -> None:
    """Another epoch: all who follow begin anew. For when numbers that were given are forgotten, as by a backup."""
    with transaction.atomic():
        clock = lock_clock(now)
        clock.epoch = name_epoch()
        clock.save()


def name_epoch() -> str:
    return secrets.token_hex(4)
