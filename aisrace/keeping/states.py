"""A row together with its parts as plain values: as it is now, or as a revision kept it.

Parts are the rows that a revision follows: the sections of an article, the quotes of a position.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db.models import Field, Model, QuerySet
from reversion.models import Version
from reversion.revisions import _get_options

from aisrace.keeping.querysets import kind_of

type Key = tuple[str, str]  # kind, primary key


@dataclass(frozen=True)
class Entry:
    """One row. `name` is what it was called then; `values` are as JSON has them, keys of other rows included."""

    kind: str
    pk: str
    name: str
    values: dict[str, Any]

    @property
    def key(self) -> Key:
        return self.kind, self.pk


@dataclass(frozen=True)
class State:
    root: Entry
    parts: dict[Key, Entry] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.root.values["version"])

    def entries(self) -> list[Entry]:
        return [self.root, *self.parts.values()]


@dataclass(frozen=True)
class PartKind:
    """`accessor` leads from the row to its parts, `owner` is the part's field that leads back."""

    model: type[Model]
    accessor: str
    owner: str


@cache
def part_kinds(model: type[Model]) -> list[PartKind]:
    relations = [(name, getattr(model, name).rel) for name in _get_options(model).follow]
    return [PartKind(rel.related_model, name, rel.field.name) for name, rel in relations]


@cache
def bookkeeping(model: type[Model]) -> frozenset[str]:
    """Fields that a save moves by itself."""
    return frozenset(f.name for f in model._meta.fields if f.name == "version" or getattr(f, "auto_now", False))


# --- Now -------------------------------------------------------------------------------------------------------------


def read_state(row: Model) -> State:
    """As the database has it: a query for the row, one for each kind of part and for each many-to-many."""
    fresh = type(row)._base_manager.get(pk=row.pk)
    parts = [part for kind in part_kinds(type(row)) for part in list_parts(fresh, kind)]
    entries = [make_entry(part) for part in parts]
    return State(make_entry(fresh), {entry.key: entry for entry in entries})


def list_parts(row: Model, kind: PartKind) -> Iterable[Model]:
    """With what their names are made of."""
    near = [f.name for f in kind.model._meta.fields if f.is_relation and f.name != kind.owner]
    parts = getattr(row, kind.accessor).all()
    return parts.select_related(*near) if near else parts


def make_entry(row: Model) -> Entry:
    [data] = json.loads(serializers.serialize("json", [row]))
    return Entry(kind_of(row), str(row.pk), str(row), data["fields"])


# --- Then ------------------------------------------------------------------------------------------------------------


def find_state(row: Model, version: int) -> State | None:
    """The row as it was in that version, where a revision has kept it. Two queries."""
    # A quotation mark inside a text is escaped there, so this finds the field itself.
    wanted = f'"version": {version}'
    kept = Version.objects.get_for_object(row).filter(serialized_data__contains=wanted).order_by("-revision_id")
    for candidate in kept:
        if parse(candidate).values.get("version") == version:
            return read_revisions(row, [candidate.revision_id])[candidate.revision_id]
    return None


def find_newest(row: Model) -> Entry | None:
    newest = Version.objects.get_for_object(row).order_by("-revision_id").first()
    return parse(newest) if newest else None


def read_revisions(row: Model, revisions: Iterable[int]) -> dict[int, State]:
    """The row and its parts as each of these revisions kept them. One query."""
    versions = list(find_versions([type(row)], revisions))
    return {revision: state for (revision, _), state in assemble(versions, type(row), {str(row.pk)}).items()}


def find_versions(models: Iterable[type[Model]], revisions: Iterable[int]) -> QuerySet[Version]:
    """Everything these revisions kept of these models and their parts."""
    kinds = {kind for model in models for kind in (model, *(part.model for part in part_kinds(model)))}
    types = ContentType.objects.get_for_models(*kinds).values()
    return Version.objects.filter(revision_id__in=list(revisions), content_type__in=types).order_by("pk")


def assemble(versions: Iterable[Version], model: type[Model], pks: set[str]) -> dict[tuple[int, str], State]:
    """States by revision and key of the row; parts go where their owner is."""
    owners = {part.model._meta.label_lower: part.owner for part in part_kinds(model)}
    states: dict[tuple[int, str], State] = {}
    loose: list[tuple[int, Entry]] = []
    for version in versions:
        entry = parse(version)
        if entry.kind == model._meta.label_lower and entry.pk in pks:
            states[version.revision_id, entry.pk] = State(entry)
        elif entry.kind in owners:
            loose.append((version.revision_id, entry))
    for revision, entry in loose:
        state = states.get((revision, str(entry.values.get(owners[entry.kind]))))
        if state:
            state.parts[entry.key] = entry
    return states


def parse(version: Version) -> Entry:
    [data] = json.loads(version.serialized_data)
    return Entry(data["model"], str(version.object_id), version.object_repr, data["fields"])


# --- Back to rows ----------------------------------------------------------------------------------------------------


def revive(entry: Entry, model: type[Model]) -> tuple[Any, dict[str, list[Any]]]:
    """An unsaved instance with these values, and its many-to-many keys by field; a field that is gone is left out."""
    data = {"model": entry.kind, "pk": entry.pk, "fields": entry.values}
    [found] = serializers.deserialize("python", [data], ignorenonexistent=True)
    return found.object, {name: [*pks] for name, pks in (found.m2m_data or {}).items()}


def differ(before: State, after: State) -> bool:
    """Whether anything but bookkeeping differs; names are only what rows are called."""
    return before.parts.keys() != after.parts.keys() or any(
        not same_values(entry, other)
        for entry, other in [(before.root, after.root), *((e, after.parts[k]) for k, e in before.parts.items())]
    )


def same_values(one: Entry, other: Entry) -> bool:
    return plain(one) == plain(other)


def plain(entry: Entry) -> dict[str, Any]:
    """Without bookkeeping; the order of a many-to-many means nothing."""
    skipped = bookkeeping(model_of(entry))
    return {k: sorted(v) if isinstance(v, list) else v for k, v in entry.values.items() if k not in skipped}


def model_of(entry: Entry) -> type[Model]:
    return apps.get_model(entry.kind)


def editable_fields(model: type[Model]) -> list[Field]:
    """What people write, in the order of the model; the rest is bookkeeping."""
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    made_by_hand = [f for f in fields if f.editable and not f.primary_key]
    return [f for f in made_by_hand if not f.many_to_many or is_plain(f)]


def is_plain(many: Any) -> bool:
    """Whether the rows between are nothing but keys; others are parts of their own."""
    return bool(many.remote_field.through._meta.auto_created)
