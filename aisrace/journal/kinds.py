"""Kinds of public objects, as the rooms declare them: what the API reads of a row, and which rows that depends on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from hashlib import blake2b
from itertools import batched
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from aisrace.api.asking import Ask
from aisrace.api.collections import Collection
from aisrace.api.fields import Tree, make_picker
from aisrace.api.links import Links
from aisrace.journal.models import Change

BATCH = 5000  # keys in one statement
NOWHERE = Links("")

type Object = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """`model` is what the collection's ids are of. `follows`: other models of which something stands in an object,
    with the ways from a row to them. `apart`: fields that other rows or the day decide and that no entry tells of.
    `identity` is what an object is kept apart by where not by the row itself: an article by its own key, in whichever
    edition. `begins` is the field with the moment from which a row is public, where that is in the row. `announce` is
    told, in the transaction that makes the entries, which rows readers see now and did not before.
    """

    collection: type[Collection]
    model: type[Model]
    follows: Mapping[type[Model], Sequence[str]] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    identity: str = "pk"
    begins: str = ""
    announce: Callable[[Sequence[int], datetime], object] | None = None
    take_back: Callable[[Some[int]], object] | None = None  # what has been announced of rows that are gone

    @property
    def name(self) -> str:
        return self.collection.place

    @cached_property
    def tree(self) -> Tree:
        return {name: inner for name, inner in self.collection().tree.items() if name not in self.apart}

    def ask(self, now: datetime, links: Links = NOWHERE) -> Ask:
        return Ask(now, timezone.localdate(now), links, {}, self.tree)

    def find(self, now: datetime) -> QuerySet[Any]:
        """All that readers may see."""
        return self.collection().find(self.ask(now)).order_by()

    def find_keys(self, now: datetime) -> QuerySet[Any]:
        return self.find(now).values_list(self.identity, flat=True)

    def read(self, keys: Sequence[int], now: datetime, links: Links = NOWHERE) -> dict[int, Object]:
        """Those that readers may see, by what they are kept apart by; one query more than the collection's own."""
        ask, collection = self.ask(now, links), self.collection()
        rows = self.find(now).filter(**{f"{self.identity}__in": keys}).values_list(self.identity, "pk")
        public = dict(rows) if keys else {}
        told, pick = collection.read(list(public.values()), ask) if public else {}, make_picker(ask.fields)
        return {key: pick(told[pk]) for key, pk in public.items() if pk in told}

    def find_known(self) -> QuerySet[Any]:
        return Change.objects.filter(kind=self.name, gone=False).order_by()

    def find_new(self, now: datetime) -> QuerySet[Any]:
        """Public, and the journal does not know: written, or their time has come. One query, as the next."""
        known = self.find_known().filter(row_id=OuterRef(self.identity))
        return self.find(now).filter(~Exists(known)).values_list(self.identity, flat=True)

    def find_lost(self, now: datetime) -> QuerySet[Any]:
        """What the journal holds for public and is not any more, for whatever reason."""
        public = self.find(now).filter(**{self.identity: OuterRef("row_id")})
        return self.find_known().filter(~Exists(public)).values_list("row_id", flat=True)

    def find_touched(self, touched: Mapping[str, Some[int]]) -> set[int]:
        """Of which something may be different. One query for each way to what was written to."""
        ways = {self.model: ["pk"], **self.follows}
        ways[self.model] = ["pk", *self.follows.get(self.model, ())]
        found: set[int] = set()
        for model, paths in ways.items():
            for keys in batched(touched.get(model._meta.label_lower, ()), BATCH):
                for path in paths:
                    rows = self.model._default_manager.filter(**{f"{path}__in": keys}).order_by()
                    found |= set(rows.values_list(self.identity, flat=True))
        return found


@cache
def find_kinds() -> tuple[Kind, ...]:
    """In an order in which what is referred to comes first."""
    return tuple(kind for path in settings.JOURNAL_KINDS for kind in import_string(path))


@cache
def find_models() -> frozenset[type[Model]]:
    """Those whose writes matter here."""
    return frozenset(model for kind in find_kinds() for model in (kind.model, *kind.follows))


def digest(told: Object) -> str:
    return blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def find_next(kinds: Iterable[Kind], now: datetime) -> datetime | None:
    """When something becomes public next, as things stand. One query for each kind that begins at some time."""
    coming = []
    for kind in kinds:
        if kind.begins:
            later = kind.model._default_manager.filter(**{f"{kind.begins}__gt": now}).order_by(kind.begins)
            coming += list(later.values_list(kind.begins, flat=True)[:1])
    return min(coming, default=None)
