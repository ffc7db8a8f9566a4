"""From blocks to a proposed article: a pure function, in steps that each claim lines which none before has claimed."""

import re
from collections.abc import Sequence

from aisrace.lib.text import fold
from articles.importing.blocks import Document, DocumentUnreadable
from articles.importing.composing import list_leftovers, write
from articles.importing.dividing import divide, gather_hints, join_questions, split, turns_of
from articles.importing.front import Front, read_front
from articles.importing.furniture import name_all
from articles.importing.headings import Heading, find_headings
from articles.importing.names import looks_like_name, spread_capitals
from articles.importing.people import People, find_people
from articles.importing.quotations import find_quotations
from articles.importing.quoting import quote_lines
from articles.importing.reading import Reading
from articles.importing.respondents import Respondent, find_respondents, signs
from articles.importing.rolls import complete_roll
from articles.importing.sketch import Piece, Sketch, check_partition
from articles.importing.transcripts import spread

MAX_SECTIONS = 200

_AUTHOR_NOTE = re.compile(
    r"(?:hello|hi|hallo|bonjour|hey)\b[,!.]?\s+(?:there[,!.]?\s+)?(?:I\s?(?:am|[’']m)|my name is|ich bin|je suis)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?|images?|pictures?|foto|bild|illustration|credit|crédits?|video)(?: credit| by| source|"
    r"graphie)?s?\s*[:/©].{1,160}",
    re.I,
)


def understand(document: Document) -> Reading:
    """Deterministic. Fails rather than lose a character (`check_partition`)."""
    sketch = Sketch.of(document.blocks)
    named = name_all(document.blocks)
    for n, why in enumerate(named):
        if why:
            sketch.claim([n], "leftover", detail=why)
    front = read_front(document.blocks, named, document.meta)
    _claim_front(sketch, front)
    _claim_asides(sketch, front)
    headings = find_headings(document.blocks, [not line.is_free for line in sketch.lines])
    people = _meet(sketch, headings, front)
    pieces, verdict = divide(sketch, headings, people)
    theirs = _find_statements(document, pieces, people)
    hints = gather_hints(sketch, pieces, front, document.meta.get("title", ""))
    turns = turns_of(sketch, pieces, people, hints)
    spoken = spread(turns, [piece.lines for piece in pieces])
    if not turns:
        pieces, spoken = join_questions(sketch, pieces, people, hints)
    pieces = split(sketch, pieces, theirs, turns, people)
    reading = Reading(sketch.text, [], front.headline, front.standfirst, front.authors, front.date)
    quote_lines(sketch, pieces, theirs, spoken, people)
    write(sketch, pieces, verdict, reading)
    reading.spans = sketch.spans()
    check_partition(sketch.text, reading.spans)
    list_leftovers(sketch, document, reading)
    reading.people = list(people.named.values())
    return reading


def check_sections(reading: Reading) -> Reading:
    if len(reading.sections) > MAX_SECTIONS:
        raise DocumentUnreadable(
            f"The document seems to have {len(reading.sections):,} sections; an article can have {MAX_SECTIONS}. "
            "Bring in a part of it."
        )
    return reading


def _find_statements(document: Document, pieces: Sequence[Piece], people: People) -> dict[int, Respondent]:
    theirs: dict[int, Respondent] = {}
    for piece in pieces:
        respondents = find_respondents(document.blocks, piece.lines)
        if not piece.part.expert:
            respondents = complete_roll(document.blocks, piece.lines, respondents, people)
        theirs.update({n: r for r in respondents for n in range(r.first, r.last + 1)})
    return theirs


def _claim_front(sketch: Sketch, front: Front) -> None:
    for n, (part, detail) in front.parts.items():
        sketch.claim([n], part, detail=detail)
        for start, end, inner, why in front.inner.get(n, []):
            sketch.lines[n].mark(start, end, inner, why)


def _claim_asides(sketch: Sketch, front: Front) -> None:
    """Pictures and their captions, notes on the author."""
    lines = sketch.lines
    total = len(lines)
    for n in sketch.free():
        block = lines[n].block
        if block.kind == "caption" and n and lines[n - 1].block.kind == "quote" and signs(block.text):
            continue
        if block.kind in ("figure", "caption") or (block.kind == "paragraph" and _CREDIT.fullmatch(block.text)):
            sketch.claim([n], "figure", detail=block.address)
        elif (
            block.where == "about the author"
            or (_AUTHOR_NOTE.match(block.text) and n > total / 2)
            or (n > total / 2 and block.kind == "paragraph" and _is_biography(block.text, front.authors))
        ):
            sketch.claim([n], "author_note")


def _is_biography(text: str, authors: Sequence[str]) -> bool:
    """“Ada Lind is a reporter …” of one who wrote the article."""
    return any(
        re.match(rf"{re.escape(name)}\s+(?:is|was|has been|writes|covers|works|reports|ist|schreibt|est)\b", text)
        for name in authors
    )


def _meet(sketch: Sketch, headings: Sequence[Heading], front: Front) -> People:
    """Everybody the text will speak of by surname. Experts' headings come last, so that their surnames are theirs."""
    people = People()
    places = {heading.place for heading in headings}
    texts = [_without_quotes(sketch.lines[n].block.text) for n in sketch.free() if n not in places]
    experts = [heading for heading in headings if heading.kind == "expert"]
    for heading in experts:
        name = _spell(heading.titled.name, texts)
        people.add(name, heading.titled.role, heading.titled.organisation)
    find_people(people, [front.headline, front.standfirst, *texts])
    for heading in experts:
        people.add(heading.titled.name)
    return people


def _without_quotes(text: str) -> str:
    for quotation in reversed(find_quotations(text)):
        text = f"{text[: quotation.start]}“”{text[quotation.end :]}"
    return text


def _spell(name: str, texts: Sequence[str]) -> str:
    """As the running text spells it, where it does: “Kai-Fu Lee” for the heading “Kai Fu Lee”."""
    pattern = re.compile(
        r"(?<!\w)" + r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name))) + r"(?!\w)", re.IGNORECASE
    )
    for text in texts:
        for found in pattern.finditer(text):
            if (
                found[0] != name
                and fold(found[0]) == fold(name)
                and looks_like_name(found[0], least=1)
                and not found[0].isupper()
            ):
                return found[0]
            if found[0] == name and not name.isupper():
                return name
    return spread_capitals(name) if name.isupper() and len(name) > 6 else name
