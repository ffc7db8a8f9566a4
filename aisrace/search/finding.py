"""The search itself: which documents, in which order, and how many of what. The same on either database.

Every word asked for is worth 3 where it stands in a document's own name and 1 where in what it is about; all words
side by side are worth 2 more, what stands in the text alone is worth nothing, and what only the source has takes 1
away. Of equals come experts before questions, articles, what was said, and silences; then the newest. No number depends
on what else there is, so nothing hidden can move what is shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from aisrace.search.asking import Asked, Phrase
from aisrace.search.querysets import SHOWN
from aisrace.search.vendors import our_vendor
from aisrace.search.words import STOP, stem

WEIGHED = 8  # words; what is asked beyond these must be there, but moves nothing
NAMED, ABOUT, ROW, SOURCE = 3, 1, 2, -1  # points
FACETS = ("kind", "topic", "expert", "year")
COMMON = frozenset(map(stem, STOP))
BETWEEN = "|"  # values of a facet
COLUMNS = {"kind": "kind", "topic": "topics", "expert": "experts", "year": "year"}

type Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Wish:
    """What is looked for. Topic and expert are keys; None narrows nothing."""

    asked: Asked
    kind: str | None = None
    topic: int | None = None
    expert: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Matches:
    """`keys` of documents, best first, of `count` in all; how many there are of each value, by facet.

    The counts of a facet hold whatever it is itself narrowed to, so that one can go from one value to another.
    """

    keys: tuple[int, ...]
    count: int
    counts: Mapping[str, Mapping[str, int]]


def find(wish: Wish, now: datetime, first: int = 0, size: int = 20) -> Matches:
    """One query."""
    hits, values = _select_hits(wish.asked, now)
    parts = (_select_page(wish, first, size), _select_counts(wish))
    values += [value for _, more in parts for value in more]
    sql = f"WITH hits AS MATERIALIZED ({hits}) {' UNION ALL '.join(part for part, _ in parts)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return _gather(cursor.fetchall())


def count_alone(asked: Asked, now: datetime) -> list[tuple[str, int]]:
    """How often each part of a question is found by itself, as it was typed. One query; the first eight."""
    vendor = our_vendor()
    moment = connection.ops.adapt_datetimefield_value(now)
    where = f"{vendor.matches} AND doc.generation = ({SHOWN}) AND {VISIBLE}"
    one = f"SELECT %s, COUNT(*) FROM {vendor.source} WHERE {where}"  # noqa: S608 (ours)
    groups = asked.wanted[:WEIGHED]
    values = [v for n, group in enumerate(groups) for v in (str(n), write(Asked((group,))), moment, moment)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(groups)), values)
        counts = {int(place): count for place, count in cursor.fetchall()}
    return [(said, counts[place]) for place, said in enumerate(asked.said[:WEIGHED]) if counts[place]]


def _gather(rows: Iterable[tuple[Any, ...]]) -> Matches:
    """Each row of the page is (None, place, key), that of the counts the number of all and the values of each facet."""
    places: dict[int, int] = {}
    for count, place, key, *values in rows:
        if count is None:
            places[place] = key
        else:
            found, told = count, values
    each = zip(FACETS, told, strict=True)
    counts = {name: Counter(() if text is None else text.split(BETWEEN)) for name, text in each}
    return Matches(tuple(places[place] for place in sorted(places)), found, counts)


def _select_hits(asked: Asked, now: datetime) -> Condition:
    """Everything that fits and may be seen, with its points."""
    vendor = our_vendor()
    moment = connection.ops.adapt_datetimefield_value(now)
    points, values = _weigh(asked)
    where = f"{vendor.matches} AND doc.generation = ({SHOWN}) AND {VISIBLE}"
    sql = f"SELECT {HIT}, {points} AS points FROM {vendor.source} WHERE {where}"  # noqa: S608 (ours)
    return sql, [*values, write(asked), moment, moment]


HIT = "doc.id, doc.kind, doc.year, doc.topics, doc.experts, doc.standing, doc.day, doc.belongs_to, doc.row_id"
VISIBLE = "doc.from_at <= %s AND (doc.until_at IS NULL OR doc.until_at > %s)"


def write(asked: Asked) -> str:
    """The question as the database reads it."""
    vendor = our_vendor()
    wanted = [vendor.any_of([vendor.phrase(phrase) for phrase in group]) for group in asked.wanted]
    return vendor.without(vendor.all_of(wanted), [vendor.phrase(phrase) for phrase in asked.unwanted])


def _weigh(asked: Asked) -> Condition:
    terms: list[tuple[int, str, str]] = []
    vendor = our_vendor()
    for group in filter(_says_something, asked.wanted[:WEIGHED]):
        marks = ((NAMED, "n_"), (ABOUT, "c_"), (SOURCE, "s_"))
        terms += [(points, vendor.marked, _mark(field, group)) for points, field in marks]
    if asked.in_a_row:
        terms.append((ROW, vendor.also, vendor.phrase(asked.in_a_row)))
    sums = [f"CASE WHEN {condition} THEN {points} ELSE 0 END" for points, condition, _ in terms] or ["0"]
    return f"({' + '.join(sums)})", [value for *_, value in terms]


def _says_something(group: Sequence[Phrase]) -> bool:
    """Nobody means a name by the words that are in nearly all of them."""
    return not all(COMMON.issuperset(phrase) for phrase in group)


def _mark(field: str, group: Sequence[Phrase]) -> str:
    vendor = our_vendor()
    return vendor.any_of([vendor.all_of([vendor.phrase((field + word,)) for word in phrase]) for phrase in group])


# --- Page and facets -------------------------------------------------------------------------------------------------


def _narrow(wish: Wish, but: str = "") -> Condition:
    conditions: list[Condition] = [("1 = 1", [])]
    for name in FACETS:
        value = getattr(wish, name)
        if value is None or name == but:
            continue
        if name in ("topic", "expert"):
            conditions.append((f"{COLUMNS[name]} LIKE %s", [f"%,{value},%"]))
        else:
            conditions.append((f"{COLUMNS[name]} = %s", [value]))
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def _select_page(wish: Wish, first: int, size: int) -> Condition:
    where, values = _narrow(wish)
    order = "points DESC, standing, day DESC NULLS LAST, belongs_to DESC, kind, row_id DESC"
    best = f"SELECT * FROM hits WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608 (ours)
    nothing = ", ".join(["NULL"] * len(FACETS))
    placed = f"SELECT NULL, ROW_NUMBER() OVER (ORDER BY {order}), id, {nothing} FROM ({best}) AS best"  # noqa: S608
    return placed, [*values, size, first]


def _select_counts(wish: Wish) -> Condition:
    """All in one reading. The values of a facet come as one text: to count them here is cheaper than to group there."""
    where, values = _narrow(wish)
    columns = [f"COUNT(*) FILTER (WHERE {where})", "0", "0"]
    for name in FACETS:
        narrowed, more = _narrow(wish, but=name)
        each = f"COALESCE(CAST({COLUMNS[name]} AS text), '')"
        columns.append(f"{our_vendor().gather}({each}, '{BETWEEN}') FILTER (WHERE {narrowed})")
        values += more
    return f"SELECT {', '.join(columns)} FROM hits", values  # noqa: S608 (ours)
