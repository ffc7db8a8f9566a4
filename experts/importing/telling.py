"""What a change comes to, in words for a page: a name for the row, and each thing it says with the old and the new."""

from datetime import date, datetime
from typing import Any, NamedTuple

from aisrace.lib.figures import month
from experts.importing.pictures import Picture
from experts.models import ImportChange, Position

# What a reader of the preview cares about, in this order; the rest is the import's own bookkeeping.
TOLD: dict[str, dict[str, str]] = {
    "position": {
        "answer": "Answer",
        "blank": "Answer",
        "confidence": "How sure",
        "quotes": "Quote",
        "source": "Source",
        "public_at": "Public from",
    },
    "question": {"wording": "Wording", "label": "Label", "asked_on": "Asked on", "topics": "Topics", "scale": "Scale"},
    "expert": {"name": "Name", "sort_name": "In an index", "affiliations": "Affiliations"},
    "source": {"title": "Title", "publisher": "Publisher", "published_on": "Published on"},
    "topic": {"name": "Name"},
    "scale": {"name": "Name", "answers": "Answers"},
}
NAMED_BY = {"expert": "name", "question": "wording", "source": "title", "topic": "name", "scale": "name"}


class Told(NamedTuple):
    """`old` is empty for what was not there, `new` for what goes."""

    name: str
    old: str
    new: str


def name_change(change: ImportChange) -> str:
    """What the row is called; empty where the import could not tell which one it is."""
    picture = change.after or change.before
    if change.kind != "position":
        return _write(picture.get(NAMED_BY[change.kind], ""))
    if not picture:
        return ""
    return f"{_write(picture.get('expert'))} on “{_write(picture.get('question'))}”, {_write(picture.get('stated_on'))}"


def tell_change(change: ImportChange) -> list[Told]:
    """What is new, or other than before. A refused row: what the table would have said."""
    old, new = _tell(change.kind, change.before), _tell(change.kind, change.after)
    names = dict.fromkeys(TOLD[change.kind].values())
    told = [Told(name, old.get(name, ""), new.get(name, "")) for name in names]
    return [line for line in told if line.old != line.new and (change.before or line.new != name_change(change))]


def _tell(kind: str, picture: Picture) -> dict[str, str]:
    return {name: _write(picture[key], key) for key, name in TOLD[kind].items() if key in picture}


def _write(value: Any, key: str = "") -> str:
    if key == "blank":
        return str(Position.Blank(value).label)
    if key == "public_at":
        return f"{datetime.fromisoformat(value):%-d %B %Y, %H:%M} UTC"
    if isinstance(value, list) and value and isinstance(value[0], int):
        return str(value[1]) or f"number {value[0]}"
    if isinstance(value, list):
        return "; ".join(_write_part(part) for part in value)
    return "" if value is None else str(value)


def _write_part(part: Picture) -> str:
    if "words" in part:
        return f"“{part['words']}”"
    if "organisation" in part:
        return f"{part['organisation']}{_write_span(part)}"
    return _write(part.get("topic") or part.get("label"))


def _write_span(role: Picture) -> str:
    days = [date.fromisoformat(role[key]) for key in ("seen_from", "seen_until") if key in role]
    months = list(dict.fromkeys(map(month, days)))
    return f" (seen {' to '.join(months)})" if months else ""
