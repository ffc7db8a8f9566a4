"""Pages of a list: by number, or by a cursor that stays where it is while rows are added before it."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.expressions import Combinable

from aisrace.api.parameters import LARGEST, LONGEST, NotUnderstood, Parameter, number
from aisrace.api.problems import Problem, Reason, miss, refuse
from aisrace.lib.text import drop_forbidden

PAGE_SIZE = 20
LARGEST_PAGE = 100


@dataclass(frozen=True)
class Ordering:
    """By `by`, a field or an expression that is never null, then by id the same way round."""

    name: str
    by: str | Combinable
    is_descending: bool = False

    @property
    def sign(self) -> str:
        return "-" if self.is_descending else ""

    @property
    def spelled(self) -> str:
        return self.sign + self.name

    def annotate(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.annotate(order_key=F(self.by) if isinstance(self.by, str) else self.by)

    def order(self, rows: QuerySet[Any], is_backward: bool = False) -> QuerySet[Any]:
        sign = "-" if self.is_descending != is_backward else ""
        return rows.order_by(f"{sign}order_key", f"{sign}pk")


@dataclass(frozen=True)
class Cursor:
    """Just behind the row with this key and id in an order, or before it; without an order the very start."""

    order: str = ""
    key: Any = None
    row: int = 0
    is_backward: bool = False

    def write(self) -> str:
        data = orjson.dumps([self.order, self.key, self.row, self.is_backward])
        return base64.urlsafe_b64encode(data).decode().rstrip("=")


START = Cursor()


A_CURSOR = re.compile(r"[-A-Za-z0-9_]*")


def read_cursor(value: str) -> Cursor:
    if not A_CURSOR.fullmatch(value):
        raise NotUnderstood("empty or one that an answer has given.")
    try:
        cursor = Cursor(*orjson.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))))
    except (binascii.Error, ValueError, TypeError) as error:
        raise lost() from error
    types = (isinstance(cursor.order, str), isinstance(cursor.key, str | int | float), type(cursor.row) is int)
    if not all(types) or type(cursor.is_backward) is not bool or not 0 < cursor.row <= LARGEST:
        raise lost()
    return cursor


def lost() -> Problem:
    return miss("cursor", "such place; begin again with an empty one")


PAGING = (
    number("page", "Which page, from 1. Says nothing beside `cursor`.", 1, 10**9),
    number("page_size", f"How many rows on a page; {PAGE_SIZE} where nothing is said.", 1, LARGEST_PAGE),
    Parameter(
        "cursor",
        "Empty for the first page, then what `next` leads to: rows that are added meanwhile move nothing.",
        lambda value: read_cursor(value) if value else START,
        {"type": "string", "maxLength": LONGEST, "pattern": "^[-A-Za-z0-9_]*$"},
    ),
)


@dataclass(frozen=True)
class Cut:
    """The ids on one page, of `count` in all, and the parameters that lead to its neighbours."""

    ids: list[int]
    count: int
    next: dict[str, str] | None
    previous: dict[str, str] | None


def cut(rows: QuerySet[Any], ordering: Ordering, values: dict[str, Any]) -> Cut:
    """By number one query, by cursor two."""
    size = values.get("page_size", PAGE_SIZE)
    if "cursor" in values:
        return cut_at(rows, ordering, values["cursor"], size)
    return cut_page(rows, ordering, values.get("page", 1), size)


def cut_page(rows: QuerySet[Any], ordering: Ordering, page: int, size: int) -> Cut:
    """The ids together with how many rows there are in all."""
    first = (page - 1) * size
    keyed = ordering.order(ordering.annotate(rows)).annotate(of=Window(Count("pk")))
    found = list(keyed.values_list("pk", "of")[first : first + size])
    count = found[0][1] if found else 0
    if not found and page > 1:
        last = max(1, -(-rows.count() // size))
        raise Problem(404, f"There is no page {page}; the last is {last}.")
    following, before = {"page": str(page + 1)}, {"page": str(page - 1)}
    is_more = first + len(found) < count
    return Cut([pk for pk, _ in found], count, following if is_more else None, before if page > 1 else None)


def cut_at(rows: QuerySet[Any], ordering: Ordering, cursor: Cursor, size: int) -> Cut:
    keyed = ordering.annotate(rows)
    beyond = ordering.order(narrow(keyed, ordering, cursor), cursor.is_backward)
    found = list(beyond.values_list("pk", "order_key")[: size + 1])
    is_more = len(found) > size
    shown = found[:size][::-1] if cursor.is_backward else found[:size]

    def at(row: tuple[int, Any], is_backward: bool) -> dict[str, str]:
        return {"cursor": Cursor(ordering.spelled, plain(row[1]), row[0], is_backward).write()}

    is_next = bool(shown) and (is_more or cursor.is_backward)
    is_previous = bool(shown) and (is_more if cursor.is_backward else cursor != START)
    return Cut(
        [pk for pk, _ in shown],
        rows.count(),
        at(shown[-1], False) if is_next else None,
        at(shown[0], True) if is_previous else None,
    )


def plain(key: Any) -> Any:
    return key if isinstance(key, str | int | float) else key.isoformat()


def narrow(rows: QuerySet[Any], ordering: Ordering, cursor: Cursor) -> QuerySet[Any]:
    if cursor == START:
        return rows
    if cursor.order != ordering.spelled:
        raise refuse(Reason("cursor", "“cursor” belongs to another order; begin again with an empty one."))
    key = understand_key(rows, cursor)
    way = "lt" if ordering.is_descending != cursor.is_backward else "gt"
    return rows.filter(Q(**{f"order_key__{way}": key}) | Q(order_key=key, **{f"pk__{way}": cursor.row}))


def understand_key(rows: QuerySet[Any], cursor: Cursor) -> Any:
    """The key as the database holds it; a forged one leads nowhere, and is not handed on."""
    if isinstance(cursor.key, str) and cursor.key != drop_forbidden(cursor.key):
        raise lost()
    if not isinstance(cursor.key, str) and abs(cursor.key) > LARGEST:
        raise lost()
    try:
        return rows.query.annotations["order_key"].output_field.to_python(cursor.key)
    except (ValidationError, TypeError, ValueError) as error:
        raise lost() from error
