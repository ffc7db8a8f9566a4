"""What changed in a row, in words that its editors use: places by their labels, other rows by their names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateField, DateTimeField, Field, FileField, Model
from django.utils.text import capfirst

from aisrace.keeping.states import Entry, State, bookkeeping, editable_fields, model_of, part_kinds
from aisrace.lib.fields import HtmlField
from aisrace.lib.figures import day, minute
from aisrace.lib.markup import to_plain
from aisrace.lib.wording import Part, compare_words

MAX_KEY = 2**63  # what a database can compare a key with


@dataclass(frozen=True)
class PlaceChange:
    place: str
    parts: list[Part]


@dataclass
class Names:
    """What other rows are called, looked up in one query for each kind once all that is wanted is known."""

    wanted: dict[type[Model], set[str]] = field(default_factory=lambda: defaultdict(set))
    known: dict[type[Model], dict[str, str]] = field(default_factory=dict)

    def want(self, model_field: Field, value: Any) -> None:
        if model_field.is_relation:
            self.wanted[model_field.related_model].update(keys_in(value))  # type: ignore[index]

    def look_up(self) -> None:
        for model, keys in self.wanted.items():
            if missing := keys - self.known.get(model, {}).keys():
                self.known.setdefault(model, {}).update(read_names(model, missing))

    def name(self, model: type[Model], key: str) -> str:
        return self.known.get(model, {}).get(key) or f"({model._meta.verbose_name} {key}, deleted)"


def keys_in(value: Any) -> set[str]:
    keys = value if isinstance(value, list | tuple | set) else [value]
    return {str(key) for key in keys if key not in (None, "")}


def read_names(model: type[Model], keys: set[str]) -> dict[str, str]:
    near = [f.name for f in model._meta.fields if f.is_relation and not f.null]
    rows = model._base_manager.filter(pk__in=sound(model, keys))
    return {str(row.pk): str(row) for row in (rows.select_related(*near) if near else rows)}


def sound(model: type[Model], keys: set[str]) -> list[Any]:
    """Without what cannot be a key of this model; a form may hold anything."""
    found = []
    for key in keys:
        try:
            value = model._meta.pk.to_python(key)
        except ValidationError:
            continue
        if not isinstance(value, int) or abs(value) < MAX_KEY:
            found.append(value)
    return found


def tell_value(model_field: Field, value: Any, names: Names) -> str:
    """A stored or posted value as a reader would say it, without markup."""
    if model_field.is_relation:
        told = (names.name(model_field.related_model, key) for key in keys_in(value))  # type: ignore[arg-type]
        return ", ".join(sorted(told) if isinstance(value, list | tuple) else told)
    if value in (None, ""):
        return ""
    if isinstance(model_field, BooleanField):
        return "yes" if value else "no"
    if isinstance(model_field, HtmlField):
        return to_plain(str(value))
    if isinstance(model_field, DateField):
        return tell_moment(model_field, value)
    return str(dict(model_field.flatchoices).get(value, value))


def tell_moment(model_field: Field, value: Any) -> str:
    try:
        moment = model_field.to_python(value)
    except ValidationError:
        return str(value)
    return minute(moment) if isinstance(model_field, DateTimeField) else day(moment)


# --- From one state to another ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A field whose value is not what it was; `before` is empty for a row that came, `after` for one that went."""

    place: str
    field: Field
    before: Any
    after: Any


def find_changes(before: State | None, after: State) -> list[Changed]:
    """The row's own fields first, then its parts: those that are there in their order, and those that went."""
    owners = {kind.model._meta.label_lower: kind.owner for kind in part_kinds(model_of(after.root))}
    parts = before.parts if before else {}
    changes = [*compare_entries(before.root if before else None, after.root)]
    for key, entry in after.parts.items():
        changes += compare_entries(parts.get(key), entry, f"{title(entry)} · ", owners[entry.kind])
    for key, entry in parts.items():
        if key not in after.parts:
            changes += compare_entries(entry, None, f"{title(entry)} (removed) · ", owners[entry.kind])
    return changes


def compare_entries(before: Entry | None, after: Entry | None, place: str = "", owner: str = "") -> Iterable[Changed]:
    """`owner` is the field by which a part knows its row. Of a row that came or went defaults are not worth a word."""
    entry = after or before
    for model_field in told_fields(model_of(entry)) if entry else ():
        old, new = (one.values.get(model_field.name) if one else None for one in (before, after))
        is_default = not (before and after) and (old or new) == model_field.get_default()
        if model_field.name != owner and comparable(old) != comparable(new) and not is_default:
            yield Changed(f"{place}{label(model_field)}", model_field, old, new)


@cache
def told_fields(model: type[Model]) -> list[Field]:
    return [f for f in editable_fields(model) if f.name not in bookkeeping(model)]


def comparable(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else (value if value not in (None, [], ()) else "")


def tell_changes(changes: Iterable[Changed], names: Names) -> list[PlaceChange]:
    """Word by word. Numbers that only order rows, and markup alone, are told in a few words."""
    told = []
    for change in changes:
        before, after = (tell_value(change.field, value, names) for value in (change.before, change.after))
        if before != after:
            told.append(PlaceChange(change.place, compare_words(before, after)))
        elif isinstance(change.field, HtmlField | FileField):
            told.append(PlaceChange(change.place, [Part("skipped", "Only how it is set out changed.")]))
    return told


def want_names(changes: Iterable[Changed], names: Names) -> None:
    for change in changes:
        for value in (change.before, change.after):
            names.want(change.field, value)


def label(model_field: Field) -> str:
    return capfirst(str(model_field.verbose_name))


def title(entry: Entry) -> str:
    return f"{capfirst(str(model_of(entry)._meta.verbose_name))} “{entry.name}”"
