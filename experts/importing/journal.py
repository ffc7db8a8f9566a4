"""Taking down what an import does to each row, in the transaction that does it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Model

from experts.importing.pictures import Names, Picture, draw, draw_stored, strip_names
from experts.models import ImportChange

CREATED, UPDATED, REFUSED = (str(outcome) for outcome in ImportChange.Outcome)


class Change(NamedTuple):
    """As the fields of `ImportChange`. Thousands of them are written: model instances would take most of the time."""

    kind: str
    row_id: int | None
    outcome: str
    line: int
    before: Picture
    after: Picture
    note: str = ""


@dataclass(slots=True)
class Journal:
    """`keep` is given the changes, some thousand at once at most; without it nothing is taken down.

    `by_id` is who imports: what is created is theirs.
    """

    keep: Callable[[Sequence[Change]], object] | None = None
    by_id: int | None = None
    names: Names = field(default_factory=Names)
    refused: list[tuple[str, int, str, Model | None]] = field(default_factory=list)

    def note_created(
        self, rows: Sequence[Model], lines: Sequence[int], parts: Mapping[int, Sequence[Model]] | None = None
    ) -> None:
        """Call it when they are stored; `parts` is what belongs to each, by its id."""
        if self.keep and rows:
            parts = parts or {}
            self.names.learn([*rows, *(part for own in parts.values() for part in own)])
            kind = name_kind(rows[0])
            self.keep(
                [
                    Change(kind, row.pk, CREATED, line, {}, draw(row, self.names, parts.get(row.pk, ())))
                    for row, line in zip(rows, lines, strict=True)
                ]
            )

    @contextmanager
    def noting_updates(self, model: type[Model], lines: Mapping[int, int]) -> Iterator[None]:
        """Around the writing; `lines` by id. Four queries, none where nothing is taken down."""
        if not (self.keep and lines):
            yield
            return
        before = draw_stored(model, lines, self.names)
        yield
        after = draw_stored(model, lines, self.names)
        self.keep(
            [
                Change(name_kind(model), pk, UPDATED, line, before[pk], after[pk])
                for pk, line in lines.items()
                if strip_names(before[pk]) != strip_names(after[pk])
            ]
        )

    def note_refused(self, kind: str, line: int, why: str, row: Model | None = None) -> None:
        """`row`: as the table wants it, where it is known whose it would be. Kept with others at `settle`."""
        if self.keep:
            self.refused.append((kind, line, why, row))

    def settle(self) -> None:
        if self.keep and self.refused:
            self.names.learn(row for *_, row in self.refused if row)
            self.keep(
                [
                    Change(kind, None, REFUSED, line, {}, draw(row, self.names) if row else {}, why)
                    for kind, line, why, row in self.refused
                ]
            )
            self.refused = []


def name_kind(model: Model | type[Model]) -> str:
    return model._meta.model_name or ""
