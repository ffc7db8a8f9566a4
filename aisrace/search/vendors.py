"""Where the two databases differ: how words are kept and how they are asked for. Everything else is the same SQL.

SQLite keeps a document's words as a row of an FTS5 table, PostgreSQL in the document's own row, as a `tsvector` under a
GIN index: thousands of hits of a common word are then read once, not looked up in a second table one by one. Both are
given words that are ready (aisrace/search/entries.py), so neither takes a text apart, and nothing a reader types is
ever read as its syntax: a word has no character but letters, digits and our own underline.
"""

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from django.db import connection

from aisrace.search.asking import Phrase
from aisrace.search.entries import GAP, PLACES, Laid

TABLE = "search_index"
PLACES_TOLD = [str(place) for place in range(1, PLACES + 1)]


class Row(NamedTuple):
    """All that is stored of a document."""

    id: int
    generation: int
    kind: str
    row_id: int
    belongs_to: int
    from_at: Any
    until_at: Any
    standing: int
    day: str | None
    year: int | None
    topics: str
    experts: str
    digest: str
    title: str
    url: str
    about: str
    text: str
    parts: str
    words: str


OF_DOCUMENT, OF_PASSAGE = Row._fields[:13], ("id", *Row._fields[13:18])
INTO_DOCUMENTS = f"search_document ({', '.join(OF_DOCUMENT)})"
INTO_PASSAGES = "search_passage (document_id, title, url, about, text, parts)"


class Vendor(Protocol):
    """`source` are all documents, as `doc`; `matches` a condition with one value, which the methods below have written.

    `also` is another such condition, on a document that is there because it matches; `marked` is the same for
    questions without a phrase. `wordless` takes no value, and no `source` but the documents alone, as `doc`.
    """

    source: str
    matches: str
    also: str
    marked: str
    wordless: str
    gather: str  # the aggregate that makes one text of many

    def spell(self, laid: Laid) -> str:
        """The words of a document as they are stored."""
        ...

    def store(self, cursor: Any, rows: Sequence[Row]) -> None: ...

    def forget(self, cursor: Any, documents: Collection[int]) -> None:
        """The words of documents that were deleted."""
        ...

    def forget_behind(self, cursor: Any, newest: int) -> None:
        """Whatever has a higher key than any document."""
        ...

    def find_lost(self, cursor: Any) -> list[int]:
        """Keys of words that have no document."""
        ...

    def phrase(self, words: Phrase) -> str: ...

    def beginning(self, word: str) -> str:
        """Anything that begins so."""
        ...

    def any_of(self, parts: Sequence[str]) -> str: ...

    def all_of(self, parts: Sequence[str]) -> str: ...

    def without(self, wanted: str, unwanted: Sequence[str]) -> str: ...


class Sqlite:
    source = f"{TABLE} CROSS JOIN search_document AS doc"
    matches = f"{TABLE} MATCH %s AND doc.id = {TABLE}.rowid"
    also = marked = f"doc.id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)"  # noqa: S608 (a name of ours)
    wordless = f"doc.id NOT IN (SELECT rowid FROM {TABLE})"  # noqa: S608
    gather = "group_concat"

    def spell(self, laid: Laid) -> str:
        """As `night train _ ferry n_train`. No phrase has a lone underline; words without a place stand behind one."""
        return " ".join([*laid.places, *laid.marks, *(f"_ {word}" for word in laid.rest)])

    def store(self, cursor: Any, rows: Sequence[Row]) -> None:
        for table, names in (
            (INTO_DOCUMENTS, OF_DOCUMENT),
            (INTO_PASSAGES, OF_PASSAGE),
            (f"{TABLE} (rowid, words)", ("id", "words")),
        ):
            places = ", ".join(["%s"] * len(names))
            insert = f"INSERT INTO {table} VALUES ({places})"  # noqa: S608 (names of ours)
            cursor.executemany(insert, list(map(attrgetter(*names), rows)))

    def forget(self, cursor: Any, documents: Collection[int]) -> None:
        keys = ", ".join(["%s"] * len(documents))
        cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({keys})", list(documents))  # noqa: S608

    def forget_behind(self, cursor: Any, newest: int) -> None:
        cursor.execute(f"DELETE FROM {TABLE} WHERE rowid > %s", [newest])  # noqa: S608

    def find_lost(self, cursor: Any) -> list[int]:
        cursor.execute(f"SELECT rowid FROM {TABLE} WHERE rowid NOT IN (SELECT id FROM search_document) ORDER BY rowid")  # noqa: S608
        return [key for (key,) in cursor.fetchall()]

    def phrase(self, words: Phrase) -> str:
        return f'"{" ".join(words)}"'

    def beginning(self, word: str) -> str:
        return f'"{word}" *'

    def any_of(self, parts: Sequence[str]) -> str:
        return f"({' OR '.join(parts)})"

    def all_of(self, parts: Sequence[str]) -> str:
        return f"({' AND '.join(parts)})"

    def without(self, wanted: str, unwanted: Sequence[str]) -> str:
        return f"({wanted}) NOT {self.any_of(unwanted)}" if unwanted else wanted


class PostgreSQL:
    source = "search_document AS doc"
    # In a query of its own, so that the planner does not see how common the words are: it would read all documents,
    # for it does not count what looking into their words costs. The index alone answers all but phrases.
    matches = "doc.words @@ (SELECT %s::tsquery)"
    also = "doc.words @@ %s::tsquery"
    marked = "doc.id IN (SELECT id FROM search_document WHERE words @@ (SELECT %s::tsquery))"
    wordless = "doc.words IS NULL"
    gather = "string_agg"

    def spell(self, laid: Laid) -> str:
        """As `night:1 train:2,7 n_train`."""
        told: dict[str, str] = {}
        for place, word in zip(PLACES_TOLD, laid.places, strict=False):
            told[word] = f"{told[word]},{place}" if word in told else f"{word}:{place}"
        told.pop(GAP, None)
        return " ".join((*told.values(), *laid.marks, *laid.rest))

    def store(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Copied, which the server takes in faster than any INSERT."""
        documents = f"search_document ({', '.join((*OF_DOCUMENT, 'words'))})"
        for table, names in ((documents, (*OF_DOCUMENT, "words")), (INTO_PASSAGES, OF_PASSAGE)):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in map(attrgetter(*names), rows):
                    copy.write_row(row)

    def forget(self, cursor: Any, documents: Collection[int]) -> None:
        """They went with the row."""

    def forget_behind(self, cursor: Any, newest: int) -> None:
        """There is nothing but documents."""

    def find_lost(self, cursor: Any) -> list[int]:
        return []

    def phrase(self, words: Phrase) -> str:
        return f"({' <-> '.join([f"'{word}'" for word in words])})"

    def beginning(self, word: str) -> str:
        return f"'{word}':*"

    def any_of(self, parts: Sequence[str]) -> str:
        return f"({' | '.join(parts)})"

    def all_of(self, parts: Sequence[str]) -> str:
        return f"({' & '.join(parts)})"

    def without(self, wanted: str, unwanted: Sequence[str]) -> str:
        return f"({wanted}) & !{self.any_of(unwanted)}" if unwanted else wanted


VENDORS: dict[str, Vendor] = {"sqlite": Sqlite(), "postgresql": PostgreSQL()}


def our_vendor() -> Vendor:
    return VENDORS[connection.vendor]
