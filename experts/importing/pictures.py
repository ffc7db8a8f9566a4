"""A row with all that belongs to it, as plain data: what a preview shows, and what undoing compares and puts back.

A picture has the fields that are not empty, by name. Another row is [id, name], so that it can be shown when it is
gone; what belongs to the row (an expert's affiliations, a position's quotes) is a list of pictures that have their id.
Version and author are left out: they are not what a row says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db.models import Field, ForeignKey, Model

from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic

type Picture = dict[str, Any]

MODELS: dict[str, type[Model]] = {
    model._meta.model_name or "": model for model in (Position, Question, Source, Expert, Topic, Scale)
}
# What belongs to a row: under which name, the model, and its field that says to whom.
PARTS: dict[type[Model], tuple[str, type[Model], str]] = {
    Expert: ("affiliations", Affiliation, "expert_id"),
    Question: ("topics", Question.topics.through, "question_id"),
    Position: ("quotes", Quote, "position_id"),
    Scale: ("answers", Answer, "scale_id"),
}
NAMES: dict[type[Model], tuple[str, ...]] = {
    Expert: ("name",),
    Question: ("label", "wording"),
    Answer: ("label",),
    Source: ("title",),
    Scale: ("name",),
    Topic: ("name",),
}
LEFT_OUT = {"version", "entered_by"}


@dataclass(slots=True)
class Names:
    """What other rows are called, each asked once."""

    known: dict[type[Model], dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def learn(self, rows: Iterable[Model]) -> None:
        """One query for each model that something unknown is pointed to in."""
        rows = list(rows)
        for model in {type(row) for row in rows}:
            for _, attname, other in list_fields(model):
                if other in NAMES:
                    wanted = {row.__dict__.get(attname) for row in rows if type(row) is model} - {None}
                    self._ask(other, wanted - self.known[other].keys())

    def _ask(self, model: type[Model], wanted: Iterable[Any]) -> None:
        if wanted := list(wanted):
            found = model._default_manager.filter(pk__in=wanted).values_list("pk", *NAMES[model])
            self.known[model] |= {pk: next((n[:200] for n in names if n), "") for pk, *names in found.order_by()}


@cache
def list_fields(model: type[Model]) -> list[tuple[str, str, type[Model] | None]]:
    """Name, attribute and, where it points to another row, that one's model. A part does not say whose it is."""
    owners = {owner for part, owner in ((part, owner) for _, part, owner in PARTS.values()) if part is model}
    return [
        (f.name, f.attname, f.related_model if isinstance(f, ForeignKey) else None)
        for f in model._meta.concrete_fields
        if f.name not in LEFT_OUT and not f.primary_key and f.attname not in owners
    ]


def draw(row: Model, names: Names, parts: Sequence[Model] = ()) -> Picture:
    """`names` have been learned from `row` and `parts`."""
    picture = _draw_one(row, names)
    if parts:
        picture[PARTS[type(row)][0]] = [{"id": part.pk} | _draw_one(part, names) for part in parts]
    return picture


def _draw_one(row: Model, names: Names) -> Picture:
    values = row.__dict__
    picture: Picture = {}
    for name, attname, other in list_fields(type(row)):
        value = values.get(attname)
        if value is None or value == "":
            continue
        if other is not None:
            value = [value, names.known[other].get(value, "")]
        elif not isinstance(value, str | int):
            value = _write(value)
        picture[name] = value
    return picture


def _write(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def draw_stored(model: type[Model], ids: Iterable[int], names: Names) -> dict[int, Picture]:
    """As they are on record now; two queries, and those for names."""
    rows = model._default_manager.in_bulk(list(ids))
    parts = read_parts(model, rows)
    names.learn([*rows.values(), *(part for own in parts.values() for part in own)])
    return {pk: draw(row, names, parts.get(pk, ())) for pk, row in rows.items()}


def read_parts(model: type[Model], ids: Iterable[int]) -> Mapping[int, list[Model]]:
    """By whose they are, oldest first."""
    parts: dict[int, list[Model]] = defaultdict(list)
    if model in PARTS:
        _, part, owner = PARTS[model]
        for row in part._default_manager.filter(**{f"{owner}__in": list(ids)}).order_by("pk"):
            parts[getattr(row, owner)].append(row)
    return parts


def strip_names(picture: Any) -> Any:
    """For comparing: what another row is called may change without a word about this one."""
    if isinstance(picture, list):
        is_reference = len(picture) == 2 and isinstance(picture[0], int)
        return picture[0] if is_reference else [strip_names(part) for part in picture]
    return {name: strip_names(v) for name, v in picture.items()} if isinstance(picture, dict) else picture


def read_values(model: type[Model], picture: Picture) -> dict[str, Any]:
    """The values of all fields by attribute, the empty ones too: the way back from a picture."""
    return {
        attname: _read(model._meta.get_field(name), picture.get(name))  # type: ignore[arg-type]
        for name, attname, _ in list_fields(model)
    }


def _read(described: "Field[Any, Any]", value: Any) -> Any:
    if value is None:
        return None if described.null else ""
    return value[0] if isinstance(value, list) else described.to_python(value)
