"""Names that begin with what is being typed, and what could have been meant where nothing is found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from django.db import connection

from aisrace.lib.text import clean_line
from aisrace.search.asking import LONGEST
from aisrace.search.finding import VISIBLE
from aisrace.search.querysets import SHOWN
from aisrace.search.vendors import our_vendor
from aisrace.search.words import plain, spell, stem

MOST = 8
WORDS = 8
ALIKE = 0.75  # of 1; below that two words have little to do with each other
LOOKED_AT = 200  # names


@dataclass(frozen=True)
class Suggestion:
    title: str
    url: str
    kind: str


def suggest(typed: str, now: datetime) -> list[Suggestion]:
    """Experts, questions and articles with all the words in their names, the last as far as it is typed. One query.

    One letter is enough; of what is longer than a question may be, the beginning counts.
    """
    words = spell(clean_line(typed[:LONGEST]))[:WORDS]
    if not words:
        return []
    vendor = our_vendor()
    *whole, last = words
    parts = [vendor.any_of([vendor.phrase((f"w_{word}",)), vendor.phrase((f"n_{stem(word)}",))]) for word in whole]
    parts.append(vendor.any_of([vendor.beginning(f"w_{last}"), vendor.phrase((f"n_{stem(last)}",))]))
    return [Suggestion(*row) for row in _read_names(vendor.all_of(parts), now, MOST)]


def guess_question(text: str, now: datetime) -> str:
    """The same question with words that stand in no name put as the one in a name that is most like them; or empty.

    One query for each word of four letters or more.
    """
    known = {word: _guess(word, now) for word in dict.fromkeys(spell(text[:LONGEST])[:WORDS])}
    changed = {word: other for word, other in known.items() if other}
    if not changed:
        return ""
    return re.sub(r"\w+", lambda found: changed.get(plain(found[0]), found[0]), text)


def _guess(word: str, now: datetime) -> str:
    """Empty where the word is known, or nothing is like it."""
    if len(word) < 4:
        return ""
    names = _read_names(our_vendor().beginning(f"w_{word[:2]}"), now, LOOKED_AT)
    known = {other for title, _, _ in names for other in spell(title) if other[:2] == word[:2]}
    close = [] if word in known else get_close_matches(word, sorted(known), 1, ALIKE)
    return close[0] if close else ""


def _read_names(wanted: str, now: datetime, most: int) -> Iterable[tuple[str, str, str]]:
    vendor = our_vendor()
    moment = connection.ops.adapt_datetimefield_value(now)
    where = f"{vendor.matches} AND doc.generation = ({SHOWN}) AND {VISIBLE}"
    tables = f"{vendor.source} JOIN search_passage AS passage ON passage.document_id = doc.id"
    order = "doc.standing, doc.day DESC NULLS LAST, doc.row_id DESC"
    sql = f"SELECT passage.title, passage.url, doc.kind FROM {tables} WHERE {where} ORDER BY {order} LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, moment, moment, most])
        return cursor.fetchall()
