"""Telling those who keep something derived from rows which of them were written, in the transaction that wrote them.

`watch(Model)` says whose writes are told, `listen(function)` who is told: `function(told)`, keys by their models, once
for each statement or for all that was written together, when it has been written and before it is committed. What a
listener raises takes the write back.
A row that is gone is told like any other: whoever looks for it finds nothing.

A part is told together with what it belongs to: words taken out of a position tell of the quote and of the position.
Told is what goes through the ORM, whichever way. Raw SQL is not, and `bulk_create` on the table between two models:
whoever does that says `tell` themselves. See docs/decisions/0014-told-by-the-orm.md.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import Any

from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

type Told = Mapping[type[Model], Collection[Any]]
type Listener = Callable[[Told], object]

BATCH = 5000  # keys in one statement; SQLite takes 32,766 values and more

listeners: list[Listener] = []
watched: dict[type[Model], Sequence[models.ForeignKey[Any, Any]]] = {}  # with the ways to what a part belongs to
links: dict[type[Model], Any] = {}  # ManyToManyFields, by the table between
_gathered: ContextVar[dict[type[Model], set[Any]] | None] = ContextVar("gathered", default=None)


def listen(function: Listener) -> None:
    if function not in listeners:
        listeners.append(function)


def watch(model: type["Watched"], *, part_of: Sequence[str] = ()) -> None:
    """Also whenever its links to others change. `part_of` names the ways to rows that this is a part of."""
    if not issubclass(model, Watched) or not isinstance(model._default_manager.all(), WatchedQuerySet):
        raise TypeError(f"{model.__name__} must be a Watched, and its QuerySet a WatchedQuerySet.")
    watched[model] = [model._meta.get_field(name) for name in part_of]  # type: ignore[misc]
    pre_save.connect(_hear_saving, sender=model)
    post_save.connect(_hear_saved, sender=model)
    post_delete.connect(_hear_saved, sender=model)
    for field in model._meta.local_many_to_many:
        through: Any = field.remote_field.through
        links[through] = field
        m2m_changed.connect(_hear_links, sender=through)


def tell(model: type[Model], keys: Iterable[Any]) -> None:
    """At once, or at the end of what is told `together`."""
    if not listeners or not (told := set(keys)):
        return
    gathered = _gathered.get()
    if gathered is not None:
        gathered.setdefault(model, set()).update(told)
        return
    for listener in listeners:
        listener({model: told})


@contextmanager
def together(using: str | None = None, *, savepoint: bool = False) -> Iterator[None]:
    """One transaction, at whose end all that was written in it is told, each row once.

    With a savepoint, what is refused inside leaves the transaction around it as it was.
    """
    if not listeners or _gathered.get() is not None:
        yield
        return
    gathered: dict[type[Model], set[Any]] = {}
    token = _gathered.set(gathered)
    with transaction.atomic(using=using, savepoint=savepoint):
        try:
            yield
        finally:
            _gathered.reset(token)
        for listener in listeners if gathered else ():
            listener(gathered)


def _writes[Method: Callable[..., Any]](method: Method) -> Method:
    """A template that names it does not call it, as with Django's own."""
    method.alters_data = True  # type: ignore[attr-defined]
    return method


class WatchedQuerySet(QuerySet[Any]):
    """Tells of the rows that it writes. Where nobody listens it is Django's own."""

    _tells = True

    def _clone(self) -> Any:
        clone = super()._clone()  # type: ignore[misc]
        clone._tells = self._tells
        return clone

    @_writes
    def update(self, **values: Any) -> int:
        """Finds the rows first, for afterwards they may not be what they were found by; only those are changed."""
        if not self._is_told():
            return super().update(**values)
        with together(self.db):
            rows = list(self.order_by().values_list("pk", *_owner_names(self.model)))
            found = {pk for pk, *_ in rows}
            parts = (self.filter(pk__in=keys) for keys in batched(found, BATCH))
            changed = sum(super(WatchedQuerySet, part).update(**values) for part in parts)
            tell(self.model, found)
            _tell_owners(self.model, rows)
            if {*values} & {name for way in watched[self.model] for name in (way.name, way.attname)}:
                _tell_owners(self.model, _read_owners(self.model, found))
        return changed

    @_writes
    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if not self._is_told():
            return super().bulk_create(objs, *args, **kwargs)
        with together(self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            if any(row.pk is None for row in rows):
                raise TypeError("Rows that the database does not name cannot be told: without ignore_conflicts.")
            _tell_rows(self.model, rows)
        return rows

    @_writes
    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        if not self._is_told():
            return super().bulk_update(objs, *args, **kwargs)
        rows = list(objs)
        keys = {row.pk for row in rows}
        quiet = self._chain()  # type: ignore[attr-defined]
        quiet._tells = False
        with together(self.db):
            _tell_owners(self.model, _read_owners(self.model, keys))
            changed = super(WatchedQuerySet, quiet).bulk_update(rows, *args, **kwargs)
            tell(self.model, keys)
            _tell_owners(self.model, _read_owners(self.model, keys))
        return changed

    @_writes
    def delete(self) -> tuple[int, dict[str, int]]:
        with together(self.db, savepoint=True):
            _tell_linking(self.model, self)
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]

    def _is_told(self) -> bool:
        return self._tells and bool(listeners) and self.model in watched


class Watched(models.Model):
    """Stands first among the bases, so that Django too writes by a WatchedQuerySet."""

    objects = WatchedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @_writes
    def save_base(self, *args: Any, **kwargs: Any) -> None:
        with together(kwargs.get("using")):
            super().save_base(*args, **kwargs)

    @_writes
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with together(kwargs.get("using"), savepoint=True):
            _tell_linking(type(self), [self])
            return super().delete(*args, **kwargs)


# --- Parts and what they belong to -----------------------------------------------------------------------------------


def _owner_names(model: type[Model]) -> list[str]:
    return [way.attname for way in watched[model]]


def _tell_rows(model: type[Model], rows: Sequence[Model]) -> None:
    tell(model, (row.pk for row in rows))
    names = _owner_names(model)
    _tell_owners(model, [(row.pk, *(getattr(row, name) for name in names)) for row in rows])


def _tell_owners(model: type[Model], rows: Sequence[Sequence[Any]]) -> None:
    """`rows` as (key, the keys of what it belongs to)."""
    for place, way in enumerate(watched[model], 1):
        tell(way.related_model, (row[place] for row in rows if row[place] is not None))


def _read_owners(model: type[Model], keys: Collection[Any]) -> Sequence[Sequence[Any]]:
    names = _owner_names(model)
    if not names:
        return ()
    rows = model._base_manager.order_by()
    return [row for some in batched(keys, BATCH) for row in rows.filter(pk__in=some).values_list("pk", *names)]


def _tell_linking(model: type[Model], rows: Iterable[Model]) -> None:
    """Whoever has links to these loses them, of which Django says nothing. One query for each kind of link."""
    for field in links.values() if listeners else ():
        if field.related_model is model:
            there = field.model._base_manager.filter(**{f"{field.name}__in": rows})
            tell(field.model, there.order_by().values_list("pk", flat=True))


# --- What Django says ------------------------------------------------------------------------------------------------


def _hear_saving(sender: type[Model], instance: Any, update_fields: Collection[str] | None, **_: Any) -> None:
    """A part that moves is missed where it was. One query for a part that was there before."""
    ways = [way for way in watched[sender] if update_fields is None or {way.name, way.attname} & {*update_fields}]
    if listeners and ways and instance.pk is not None:
        instance._state.owners_before = _read_owners(sender, [instance.pk])


def _hear_saved(sender: type[Model], instance: Any, **_: Any) -> None:
    if listeners:
        _tell_owners(sender, instance._state.__dict__.pop("owners_before", ()))
        _tell_rows(sender, [instance])


def _hear_links(
    sender: type[Model], instance: Any, action: str, reverse: bool, pk_set: set[Any] | None, **_: Any
) -> None:
    """Tells of the side that has the field, from whichever side the links were changed."""
    if not listeners:
        return
    field = links[sender]
    if action == "pre_clear" and reverse:
        there = field.model._base_manager.filter(**{field.name: instance.pk})
        instance._state.linked_before = set(there.values_list("pk", flat=True))
    if action in ("post_add", "post_remove", "post_clear"):
        found = pk_set or instance._state.__dict__.pop("linked_before", ())
        tell(field.model, found if reverse else {instance.pk})
