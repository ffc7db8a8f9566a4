"""Whether the journal says what readers see. What is written past the ORM is found only here."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from aisrace.journal.kinds import Kind, digest, find_kinds

BATCH = 500


@dataclass(frozen=True)
class Drift:
    """Ids of one kind: public and not in the journal, in it and not public, and with another content there."""

    kind: str
    missing: list[int]
    left_over: list[int]
    different: list[int]

    def __bool__(self) -> bool:
        return bool(self.missing or self.left_over or self.different)

    def __str__(self) -> str:
        parts = {"missing": self.missing, "left over": self.left_over, "different": self.different}
        told = "; ".join(f"{name}: {tell_ids(ids)}" for name, ids in parts.items() if ids)
        return f"{self.kind}: {told or 'as it should be'}"


def tell_ids(ids: list[int], most: int = 10) -> str:
    return ", ".join(map(str, ids[:most])) + (f" and {len(ids) - most:,} more" if len(ids) > most else "")


def find_drift(now: datetime) -> list[Drift]:
    """Reads everything public once. What was written since the last settling counts as drift."""
    return [
        Drift(kind.name, sorted(kind.find_new(now)), sorted(kind.find_lost(now)), [*find_different(kind, now)])
        for kind in find_kinds()
    ]


def find_different(kind: Kind, now: datetime) -> list[int]:
    known = dict(kind.find_known().values_list("row_id", "digest"))
    found = []
    for keys in batched(sorted(known), BATCH):
        found += [pk for pk, told in kind.read(keys, now).items() if digest(told) != known[pk]]
    return found
