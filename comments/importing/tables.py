"""Comments in a table: a CSV file or an XLSX workbook with a heading line, as this system exports one."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aisrace.lib.cells import take_off_guard
from aisrace.lib.text import fold
from comments.importing.rows import (
    DELETED,
    HELD,
    REJECTED,
    SPAM,
    VISIBLE,
    ForeignComment,
    Page,
    Unreadable,
    compose,
    is_reference,
    last_part,
    read_moment,
)
from experts.tables import Row, TableUnreadable, open_table

COLUMNS = ("id", "parent", "page", "title", "name", "email", "text", "date", "state", "ip")
NECESSARY = ("id", "page", "text", "date")
KNOWN_AS = {  # folded headings
    "id": ("id", "comment id", "reference"),
    "parent": ("parent", "parent id", "reply to", "in reply to"),
    "page": ("page", "url", "address", "link", "slug", "article"),
    "title": ("title", "headline", "page title"),
    "name": ("name", "author", "author name"),
    "email": ("email", "e mail", "mail", "author email"),
    "text": ("text", "comment", "body", "content", "message"),
    "date": ("date", "created at", "created", "time"),
    "state": ("state", "status"),
    "ip": ("ip", "ip address", "author ip"),
}
STATES = {
    "": VISIBLE,
    "visible": VISIBLE,
    "approved": VISIBLE,
    "published": VISIBLE,
    "held": HELD,
    "pending": HELD,
    "rejected": REJECTED,
    "spam": SPAM,
    "deleted": DELETED,
}


def read_table(path: Path, name: str = "") -> Iterator[ForeignComment]:
    """In the order of the file. `name` keeps its ids apart from those of other tables; else the file's name does."""
    name = name or path.stem
    try:
        with open_table(path) as table:
            places = _find_columns(table.headings)
            for row in table.rows:
                yield _read_row(row, places, len(table.headings), name)
    except TableUnreadable as error:
        raise Unreadable(str(error), error.line) from error


def _find_columns(headings: Sequence[str]) -> dict[str, int]:
    folded = [fold(heading) for heading in headings]
    places = {
        column: next((folded.index(known) for known in KNOWN_AS[column] if known in folded), -1) for column in COLUMNS
    }
    if missing := [column for column in NECESSARY if places[column] < 0]:
        raise Unreadable(
            f"The table has no column “{'”, “'.join(missing)}”. Its first line names the columns: "
            f"{', '.join(NECESSARY)} must be there, {', '.join(c for c in COLUMNS if c not in NECESSARY)} may.",
            1,
        )
    return places


def _read_row(row: Row, places: Mapping[str, int], width: int, name: str) -> ForeignComment:
    if len(row.cells) > width:
        raise Unreadable(f"The row has {len(row.cells)} cells, the heading line {width}.", row.line)
    cells = {
        column: take_off_guard(row.cells[place]) if 0 <= place < len(row.cells) else ""
        for column, place in places.items()
    }
    return compose(
        _name(cells["id"].strip(), name) or _refuse("The row has no id.", row.line),
        _name(cells["parent"].strip(), name) or None,
        _read_page(cells["page"].strip() or _refuse("The row names no page.", row.line), cells["title"].strip()),
        name=cells["name"],
        address=cells["email"],
        text=cells["text"],
        created_at=read_moment(cells["date"], row.line),
        state=_read_state(cells["state"], row.line),
        from_ip=cells["ip"],
        line=row.line,
    )


def _name(cell: str, name: str) -> str:
    return cell if not cell or is_reference(cell) else f"csv:{name}:{cell}"


def _refuse(message: str, line: int) -> str:
    raise Unreadable(message, line)


def _read_page(cell: str, title: str) -> Page:
    return Page(cell, last_part(cell), title) if "/" in cell else Page("", cell, title)


def _read_state(cell: str, line: int) -> str:
    state = STATES.get(cell.strip().lower())
    return state or _refuse(f"“{cell[:40]}” is no state; there are {', '.join(dict.fromkeys(STATES.values()))}.", line)
