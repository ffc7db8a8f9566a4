"""Going back: an old version of a row becomes its new one, and a deleted row comes back.

Nothing is reverted or cascaded: the working copy is written as in a form, the versions in between stay in the history,
and what was published is untouched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Field, FileField, Model, ProtectedError, QuerySet
from reversion.models import Version

from aisrace.keeping.models import Kept
from aisrace.keeping.saving import keeping, write_revision
from aisrace.keeping.states import (
    Entry,
    PartKind,
    State,
    assemble,
    editable_fields,
    find_versions,
    list_parts,
    model_of,
    part_kinds,
    read_revisions,
    revive,
)
from aisrace.keeping.telling import keys_in, label, sound, title
from aisrace.keeping.trail import Person, record

UNTOUCHED = {"public_at"}  # from when readers see a row is a decision of its own


class NotRestorable(Exception):
    """Why the old version cannot stand there again, in a sentence."""


@dataclass
class Plan:
    """What is to be written, worked out before anything is; `warnings` are what cannot be as it was."""

    state: State
    values: dict[str, Any] = field(default_factory=dict)
    many: dict[str, list[Any]] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def restore(row: Kept, revision: int, *, by: Person, now: datetime, expected: int, fields: Iterable[str]) -> Plan:
    """Write the version that `revision` kept as the newest. Raises `Overtaken` and `NotRestorable`.

    Returns what was planned; its warnings say what could not be as it was.
    """
    state = read_revisions(row, [revision]).get(revision)
    if state is None:
        raise NotRestorable("There is no such version.")
    note = f"As it was in version {state.version}."
    with keeping(row, by=by, now=now, verb="restored", expected=expected, note=note) as current:
        plan = plan_restoration(current, state, fields)
        write(current, plan)
    return plan


def plan_restoration(row: Kept, state: State, fields: Iterable[str]) -> Plan:
    """`fields` are those that the person may write; others stay as they are."""
    plan = Plan(state)
    allowed = set(fields) - UNTOUCHED
    wanted = [f for f in editable_fields(type(row)) if f.name in allowed and f.name in state.root.values]
    known = Targets(state)
    old, many = revive(state.root, type(row))
    for model_field in wanted:
        if model_field.many_to_many:
            plan.many[model_field.name] = known.keep_known(model_field, many.get(model_field.name, []), plan)
        elif known.is_there(model_field, state.root.values[model_field.name]):
            plan.values[model_field.attname] = getattr(old, model_field.attname)
        else:
            plan.warnings.append(f"{label(model_field)}: what was chosen is no longer there; it stays as it is.")
    leave_what_is_refused(row, wanted, plan)
    plan_parts(row, known, plan)
    return plan


def leave_what_is_refused(row: Kept, wanted: list[Field], plan: Plan) -> None:
    """An address that another has by now, for one."""
    trial = type(row)._base_manager.get(pk=row.pk)
    for name, value in plan.values.items():
        setattr(trial, name, value)
    try:
        trial.full_clean(exclude={f.name for f in type(row)._meta.fields} - {f.name for f in wanted})
    except ValidationError as refused:
        for name, errors in refused.message_dict.items():
            model_field = next((f for f in wanted if f.name == name), None)
            if model_field is None or model_field.attname not in plan.values:
                raise NotRestorable(" ".join(errors)) from refused
            del plan.values[model_field.attname]
            plan.warnings.append(f"{label(model_field)} stays as it is: {' '.join(errors)}")


def plan_parts(row: Kept, known: "Targets", plan: Plan) -> None:
    for kind in part_kinds(type(row)):
        for entry in plan.state.parts.values():
            if entry.kind == kind.model._meta.label_lower and (part := revive_part(entry, kind, known, plan)):
                setattr(part, kind.owner, row)
                plan.parts.append(part)


def revive_part(entry: Entry, kind: PartKind, known: "Targets", plan: Plan) -> Any:
    """None where it cannot be without something that is gone."""
    part, _ = revive(entry, kind.model)
    for model_field in relations(kind.model):
        if model_field.name == kind.owner or known.is_there(model_field, entry.values.get(model_field.name)):
            continue
        what = model_field.verbose_name
        if not model_field.null:
            plan.warnings.append(f"{title(entry)} cannot come back: its {what} is gone.")
            return None
        setattr(part, model_field.attname, None)
        plan.warnings.append(f"{title(entry)} comes back without its {what}, which is gone.")
    return part


class Targets:
    """Which of the rows and files that old values name are still there. A query for each kind of row."""

    def __init__(self, state: State) -> None:
        wanted: dict[type[Model], set[str]] = {}
        for entry in state.entries():
            for model_field in relations(model_of(entry)):
                wanted.setdefault(target(model_field), set()).update(keys_in(entry.values.get(model_field.name)))
        self.there = {model: find_keys(model, keys) for model, keys in wanted.items()}

    def is_there(self, model_field: Field, value: Any) -> bool:
        if value in (None, "", []):
            return True
        if isinstance(model_field, FileField):
            return default_storage.exists(str(value))
        return not model_field.is_relation or str(value) in self.there[target(model_field)]

    def keep_known(self, model_field: Field, keys: list[Any], plan: Plan) -> list[Any]:
        found = [key for key in keys if self.is_there(model_field, key)]
        if len(found) < len(keys):
            gone = len(keys) - len(found)
            plan.warnings.append(f"{label(model_field)}: {gone} of {len(keys)} are no longer there.")
        return found


def relations(model: type[Model]) -> list[Field]:
    return [f for f in [*model._meta.concrete_fields, *model._meta.local_many_to_many] if f.is_relation]


def target(model_field: Field) -> type[Model]:
    return model_field.related_model  # type: ignore[return-value]


def find_keys(model: type[Model], keys: set[str]) -> set[str]:
    return {str(pk) for pk in model._base_manager.filter(pk__in=sound(model, keys)).values_list("pk", flat=True)}


# --- Writing ---------------------------------------------------------------------------------------------------------


def write(row: Kept, plan: Plan) -> None:
    for name, value in plan.values.items():
        setattr(row, name, value)
    row.save()
    for name, keys in plan.many.items():
        getattr(row, name).set(keys)
    remove_newer(row, plan)
    try:
        with transaction.atomic():
            write_parts(row, plan)
    except IntegrityError:
        write_parts_anew(row, plan)


def remove_newer(row: Kept, plan: Plan) -> None:
    """What came after the old version; that others rest on it keeps it."""
    wanted = {(type(part), part.pk) for part in plan.parts}
    for kind in part_kinds(type(row)):
        for part in list_parts(row, kind):
            if (kind.model, part.pk) in wanted:
                continue
            try:
                with transaction.atomic():
                    part.delete()
            except ProtectedError:
                plan.warnings.append(f"{part} stays: other rows rest on it.")


def write_parts(row: Kept, plan: Plan) -> None:
    """Under the keys they had, where those are not somebody else's by now."""
    for part in plan.parts:
        owner = next(kind.owner for kind in part_kinds(type(row)) if isinstance(part, kind.model))
        elsewhere = type(part)._base_manager.filter(pk=part.pk).exclude(**{owner: row})
        if elsewhere.exists():
            part.pk = None
        part.save()


def write_parts_anew(row: Kept, plan: Plan) -> None:
    """Two parts that changed places stand in each other's way one by one; all are taken out first."""
    try:
        with transaction.atomic():
            for kind in part_kinds(type(row)):
                for part in list_parts(row, kind):
                    part.delete()
            write_parts(row, plan)
    except (IntegrityError, ProtectedError) as refused:
        raise NotRestorable("Its parts would stand in the way of what is there now.") from refused


# --- What was deleted ------------------------------------------------------------------------------------------------


def list_deleted(model: type[Model]) -> QuerySet[Version]:
    """The last that was kept of every row that is gone, newest first."""
    return Version.objects.get_deleted(model).select_related("revision").order_by("-revision_id")


def bring_back(model: type[Model], version: Version, *, by: Person, now: datetime) -> tuple[Any, list[str]]:
    """The row as it was last kept, and what is not as it was. Not public, under its old key where that is free."""
    [state] = assemble(find_versions([model], [version.revision_id]), model, {version.object_id}).values()
    plan, known = Plan(state), Targets(state)
    row, many = revive(state.root, model)
    if model._base_manager.filter(pk=row.pk).exists():
        raise NotRestorable("It is not deleted.")
    leave_what_is_gone(row, state.root, known, plan)
    fields = {f.name: f for f in relations(model)}
    plan.many = {name: known.keep_known(fields[name], keys, plan) for name, keys in many.items()}
    row.version = state.version + 1
    if hasattr(row, "public_at"):
        row.public_at = None
    try:
        row.full_clean(exclude=[f.name for f in model._meta.fields if f.is_relation])
    except ValidationError as refused:
        raise NotRestorable(" ".join(refused.messages)) from refused
    with transaction.atomic():
        plan_parts(row, known, plan)
        write(row, plan)
        write_revision(row, by=by, at=now)
        record("brought back", row, by=by, now=now, saved_version=row.version)
    return row, plan.warnings


def leave_what_is_gone(row: Any, root: Entry, known: Targets, plan: Plan) -> None:
    for model_field in relations(model_of(root)):
        if model_field.many_to_many or known.is_there(model_field, root.values.get(model_field.name)):
            continue
        what = model_field.verbose_name
        if not model_field.null:
            raise NotRestorable(f"Its {what} is gone.")
        setattr(row, model_field.attname, None)
        plan.warnings.append(f"It comes back without its {what}, which is gone.")
