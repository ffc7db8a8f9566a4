"""Which column holds what: guessed from the headings, and from the cells where two compete, or said outright."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aisrace.lib.text import clean_line, fold

# What a table can say, with the headings that mean it, the likeliest first. The first word is the name used in
# `--column name=heading`; any of the others is understood there too. Order counts: an earlier field takes its heading.
FIELDS: dict[str, tuple[str, ...]] = {
    "confidence": ("confidence", "certainty", "conviction", "sureness", "how sure"),
    "wording": (
        "wording",
        "statement",
        "proposition",
        "question wording",
        "question text",
        "claim",
        "question",
        "item",
    ),
    "part": ("part", "letter", "question letter", "question part", "sub question", "subquestion", "question"),
    "poll": ("poll", "poll id", "question id", "survey id", "survey", "id", "reference"),
    "expert": (
        "expert",
        "panelist",
        "panellist",
        "respondent",
        "expert name",
        "full name",
        "name",
        "participant",
        "author",
    ),
    "answer": ("answer", "vote", "response", "position", "stance", "opinion", "verdict", "rating"),
    "date": ("date", "asked on", "stated on", "poll date", "survey date", "day", "published", "published on"),
    "comment": ("comment", "comments", "quote", "quotation", "remark", "remarks", "explanation", "statement"),
    "topic": ("topic", "subject", "theme", "title", "poll title", "category"),
    "affiliation": ("affiliation", "uni", "university", "institution", "organisation", "organization", "employer"),
}
# Those whose own word in a longer heading (“Date of the poll”) tells enough.
TELLING = ("confidence", "comment", "date", "topic", "affiliation", "expert", "answer")
NECESSARY = ("expert", "wording", "answer", "date")
SHORT = 8  # characters; what a poll calls its parts (“A”, “Q2 (b)”) is no longer


class ColumnsUnclear(Exception):
    """Names the headings found and how to say what is meant."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Fields that the table has, by name, each with its heading and its place in a row."""

    headings: Mapping[str, str]
    places: Mapping[str, int]

    def read(self, cells: Sequence[str], field: str) -> str:
        """The raw cell; empty where the table has no such column."""
        place = self.places.get(field)
        return "" if place is None else cells[place]


def choose_columns(
    headings: Sequence[str], sample: Iterable[Sequence[str]], said: Mapping[str, str], has_date: bool = False
) -> Columns:
    """What was said (field → heading, an empty one for “none”) and a guess at the rest.

    `sample` is some rows; `has_date` tells that a date was given for the whole table.
    """
    chosen = {name_field(field): _find_heading(headings, heading) for field, heading in said.items()}
    chosen = guess_columns(headings, list(sample), chosen)
    places = {field: place for field, place in chosen.items() if place is not None}
    places = dict(sorted(places.items(), key=lambda item: item[1]))
    missing = [field for field in NECESSARY if field not in places and not (field == "date" and has_date)]
    if missing:
        raise ColumnsUnclear(_ask_for(missing, headings))
    if len(set(places.values())) < len(places):
        raise ColumnsUnclear("Two --column settings name the same heading.")
    return Columns({field: headings[place] for field, place in places.items()}, places)


def name_field(said: str) -> str:
    """The field that a word for it means."""
    word = fold(said)
    if word in ("question", "statement"):
        return "wording"
    for field, synonyms in FIELDS.items():
        if word in synonyms:
            return field
    raise ColumnsUnclear(f"There is no column “{said}”; there can be: {', '.join(FIELDS)}.")


def guess_columns(
    headings: Sequence[str], sample: Sequence[Sequence[str]], chosen: Mapping[str, int | None]
) -> dict[str, int | None]:
    """Places by field. First by the whole heading, then by a word of it that no second heading has."""
    folded = [fold(heading) for heading in headings]
    found = dict(chosen)
    for by_word in (False, True):
        for field, synonyms in FIELDS.items():
            if field in found or (by_word and field not in TELLING):
                continue
            taken = {place for place in found.values() if place is not None}
            free = {place: text for place, text in enumerate(folded) if text and place not in taken}
            place = _match_word(free, field) if by_word else _match_whole(free, field, synonyms, sample)
            if place is not None:
                found[field] = place
    if _is_row_number(found, chosen, sample):
        found["poll"] = None
    return found


def _match_whole(
    free: Mapping[int, str], field: str, synonyms: Sequence[str], sample: Sequence[Sequence[str]]
) -> int | None:
    """In the order of the synonyms. A “question” of short cells is a part of a poll, a longer one the wording."""
    places = {text: place for place, text in free.items()}
    if field == "part":
        synonyms = [word for word in synonyms if word in places and _is_short(places[word], sample)]
    elif field == "wording" and "question" in places and not _is_short(places["question"], sample):
        synonyms = ["wording", "question wording", "question text", "question"]
    return next((places[word] for word in synonyms if word in places), None)


def _match_word(free: Mapping[int, str], field: str) -> int | None:
    """“Date of the poll” for date; nothing where two headings would do."""
    matching = [place for place, text in free.items() if field in text.split()]
    return matching[0] if len(matching) == 1 else None


def _is_short(place: int, sample: Sequence[Sequence[str]]) -> bool:
    return all(len(clean_line(cells[place])) <= SHORT for cells in sample if place < len(cells))


def _is_row_number(
    found: Mapping[str, int | None], chosen: Mapping[str, int | None], sample: Sequence[Sequence[str]]
) -> bool:
    """An “id” that is another in every row although questions come again says nothing about polls."""
    poll, wording = found.get("poll"), found.get("wording")
    if "poll" in chosen or poll is None or wording is None:
        return False
    rows = [(cells[poll], cells[wording]) for cells in sample if max(poll, wording) < len(cells)]
    return len({row[1] for row in rows}) < len(rows) == len({row[0] for row in rows})


def _find_heading(headings: Sequence[str], said: str) -> int | None:
    if not (wanted := clean_line(said)):
        return None
    exact = [place for place, heading in enumerate(headings) if heading == wanted]
    near = [place for place, heading in enumerate(headings) if fold(heading) == fold(wanted)]
    if not (exact or near):
        raise ColumnsUnclear(f"There is no heading “{wanted[:80]}”. {_list_headings(headings)}")
    return (exact or near)[0]


def _ask_for(missing: Sequence[str], headings: Sequence[str]) -> str:
    how = " ".join(f"--column {field}=HEADING" for field in missing)
    or_date = " (or --date 2024-01-31 for the whole table)" if "date" in missing else ""
    return f"No column was recognised for: {', '.join(missing)}. {_list_headings(headings)} Say which: {how}{or_date}."


def _list_headings(headings: Sequence[str]) -> str:
    named = [heading for heading in headings if heading]
    shown = ", ".join(f"“{heading[:40]}”" for heading in named[:20])
    more = f" and {len(named) - 20} more" if len(named) > 20 else ""
    return f"The headings are: {shown or 'all empty'}{more}."
