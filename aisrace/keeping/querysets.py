"""Adjectives for the trail; a bulk write is refused as a single one is."""

from typing import Any, Never, Self

from django.db.models import Model, QuerySet


def kind_of(row: Model | type[Model]) -> str:
    return row._meta.label_lower


class DeedQuerySet(QuerySet[Any]):
    def about(self, row: Model) -> Self:
        return self.filter(kind=kind_of(row), row_id=str(row.pk))

    def update(self, **values: Any) -> Never:
        raise TypeError("The trail is only ever added to.")

    def delete(self) -> Never:
        raise TypeError("The trail is only ever added to.")
