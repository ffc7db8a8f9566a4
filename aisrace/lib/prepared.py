"""Questions to the database that are put into SQL once and asked many times.

For the few pages that everybody opens: to put such a question together with the ORM takes longer than to answer it.
It is still written with the ORM, in one place, with `slot("name")` where a value is told later:

    @prepared
    def on_rails(order: str) -> QuerySet[Any]:
        return Article.objects.filter(topic=slot("topic")).order_by(order).values_list("slug", "live_at")

    on_rails("slug").ask(topic=3)
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, QuerySet

KEPT = 256  # forms of one question: its orders, its pages
type Row = tuple[Any, ...]


def slot(name: str) -> Any:
    """Where a value stands that is told when the question is asked. It is never None: SQL asks that otherwise."""
    return Slot(name)


def slots(name: str, count: int) -> list[Any]:
    """For `__in`, whose values are told by `fill`: of a list of any length there are few forms."""
    return [Slot(f"{name}_{number}") for number in range(count)]


def fill(name: str, count: int, values: Sequence[Any], nothing: Any) -> dict[str, Any]:
    """At most `count` values; the slots that are left over look for `nothing`."""
    return {f"{name}_{n}": values[n] if n < len(values) else nothing for n in range(count)}


def round_up(count: int, step: int) -> int:
    return -(-count // step) * step


class Slot(Expression):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and other.name == self.name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


class Prepared:
    """One form of a question. Its rows come as the database gives them, in the order of `values_list`."""

    def __init__(self, question: QuerySet[Any]) -> None:
        compiler = question.query.get_compiler(connection.alias)
        try:
            self.sql, self.values = compiler.as_sql()
        except EmptyResultSet:  # it is known before it is asked that nothing is found
            self.sql = ""
        self._converters = compiler.get_converters([selected for selected, *_ in compiler.select])

    def ask(self, **values: Any) -> tuple[Row, ...]:
        """One query, none where nothing can be found. Rows can be compared and hashed; `read` reads them."""
        if not self.sql:
            return ()
        told = {name: adapt(value) for name, value in values.items()}
        asked = [told[value.name] if isinstance(value, Slot) else value for value in self.values]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, asked)
            return tuple(cursor.fetchall())

    def read(self, row: Sequence[Any]) -> list[Any]:
        """A row, or its first columns, with moments and documents in place of what the database keeps for them."""
        made = list(row)
        for at, (converters, expression) in self._converters.items():
            for convert in converters if at < len(made) else ():
                made[at] = convert(made[at], expression, connection)
        return made


def adapt(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def prepared[**P](build: Callable[P, QuerySet[Any]]) -> Callable[P, Prepared]:
    """What the decorated function is told decides the form; each is put into SQL the first time it is wanted."""

    @wraps(build)
    @lru_cache(maxsize=KEPT)
    def prepare(*args: Hashable, **kwargs: Hashable) -> Prepared:
        return Prepared(build(*args, **kwargs))  # type: ignore[arg-type]

    return prepare  # type: ignore[return-value]
