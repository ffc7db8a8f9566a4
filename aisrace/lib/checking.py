"""What a form checks, for what comes by no form: everything that is wrong at once, each with where it is."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model, QuerySet

from aisrace.lib.fields import CleanedMixin


class Unsound(Exception):
    """`problems` are sentences by where they belong, as JSON pointers: “/quotes/0/words”. Nothing was written."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        self.problems = problems
        super().__init__(" ".join(words for several in problems.values() for words in several))


class Problems(dict[str, list[str]]):
    def add(self, pointer: str, words: str) -> None:
        self.setdefault(pointer, []).append(words)

    def as_error(self) -> Unsound:
        return Unsound(dict(self))

    def raise_any(self) -> None:
        if self:
            raise self.as_error()


def require(user: User, permission: str, theirs: QuerySet[Any] | None = None) -> None:
    """Raises `PermissionDenied` without the permission, or where there is nothing in `theirs`."""
    if not user.has_perm(permission) or (theirs is not None and not theirs.exists()):
        raise PermissionDenied


def tidy(row: Model) -> None:
    """Texts as they would be stored, so that what is checked is what is kept."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, CleanedMixin) and isinstance(value, str):
            setattr(row, field.attname, field.clean_stored(value))


def check(row: Model, problems: Problems, at: str = "", exclude: Iterable[str] = ()) -> None:
    """The model's own rules, for all fields of which nothing was said yet; then, if they hold, the database's.

    What is wrong with the row as a whole is told where each of its fields is right: else it may follow from them.
    """
    fields = {field.name for field in row._meta.fields}
    left_out = {*exclude, *(name for name in fields if f"{at}/{name}" in problems)}
    try:
        row.full_clean(exclude=left_out, validate_constraints=False)
    except ValidationError as error:
        told = error.message_dict
        of_row = told.pop(NON_FIELD_ERRORS, [])
        for name, several in told.items():
            for words in several:
                problems.add(f"{at}/{name}", words)
        if not told and left_out == {*exclude}:
            for words in of_row:
                problems.add(at, words)
    else:
        check_constraints(row, problems, at, left_out)


def check_constraints(row: Model, problems: Problems, at: str, left_out: set[str]) -> None:
    """One that is about a single field is told as that field's."""
    for model, constraints in row.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, row, exclude=left_out)
            except ValidationError as error:
                condition = getattr(constraint, "condition", None)
                about = {*getattr(condition, "referenced_base_fields", ())}
                problems.add(f"{at}/{about.pop()}" if len(about) == 1 else at, " ".join(error.messages))
