"""Quotations of a whole document, section by section: attributed, and marked in the sketch."""

from collections.abc import Mapping, Sequence

from articles.importing.people import People
from articles.importing.quotations import Quotation, find_quotations
from articles.importing.reading import Quoted
from articles.importing.respondents import Respondent
from articles.importing.sketch import Line, Piece, Sketch
from articles.importing.speakers import Attributed, attribute
from articles.importing.subjects import Place


def quote_lines(
    sketch: Sketch,
    pieces: Sequence[Piece],
    theirs: Mapping[int, Respondent],
    spoken: Mapping[int, tuple[str, int]],
    people: People,
) -> None:
    """`theirs` says of a line whose statement it is, `spoken` whose turn it is and where its words begin."""
    for piece in pieces:
        place = Place(people, piece.part.expert or "")
        for n in piece.lines:
            respondent = theirs.get(n)
            announced, place.announced = place.announced, ""
            if n in spoken:
                _quote_turn(sketch.lines[n], piece, *spoken[n])
            elif respondent:
                _quote_respondent(sketch, n, respondent, piece, place)
            else:
                place.announced = announced
                _quote_paragraph(sketch.lines[n], piece, place)
        piece.part.quotes.sort(key=lambda quote: quote.start)


def _quote_paragraph(line: Line, piece: Piece, place: Place) -> None:
    """A quotation set off without marks is of whoever was announced, or of the one the section is about."""
    speaker = place.announced or place.expert
    if line.block.kind == "quote" and speaker and not find_quotations(line.block.text):
        _add(line, piece, 0, len(line.block.text), speaker, verbatim=True)
        return
    for found in attribute(line.block.text, place):
        _keep(line, piece, found)


def _quote_turn(line: Line, piece: Piece, speaker: str, lead: int) -> None:
    """Without quotation marks a conversation is taken as edited: nobody says that these were the very words."""
    if speaker:
        _add(line, piece, lead, len(line.block.text), speaker, verbatim=False)
        line.mark(0, lead, "attribution", speaker)


def _keep(line: Line, piece: Piece, found: Attributed) -> None:
    quotation = found.quotation
    line.mark(quotation.start, quotation.end, "quote", found.speaker)
    if found.clause:
        line.mark(*found.clause, "attribution", found.speaker)
    start = line.start + quotation.start + 1
    piece.part.quotes.append(Quoted(quotation.text, found.speaker, True, found.sentence, start))


def _quote_respondent(sketch: Sketch, n: int, respondent: Respondent, piece: Piece, place: Place) -> None:
    """Their words are theirs whether or not a verb says so; words without marks are so only where they are set off."""
    line = sketch.lines[n]
    name = place.people.add(respondent.name, respondent.role, respondent.organisation)
    place.last = name
    if respondent.signature and respondent.signature[0] == n:
        line.mark(respondent.signature[1], len(line.block.text), "attribution", name)
    stretches = [(start, end) for m, start, end in respondent.words if m == n]
    for start, end in stretches:
        _add(line, piece, start, end, name, verbatim=respondent.kind != "row")
    if stretches and respondent.kind != "row":
        return
    if respondent.kind in ("signed", "post"):
        return
    text = line.block.text
    own = Place(place.people, place.expert or name, last=name)
    attributed = {found.quotation.start: found for found in attribute(text, own)}
    for quotation in find_quotations(text):
        found = attributed.get(quotation.start)
        if found is None and _is_statement(quotation, respondent):
            found = Attributed(quotation, name, text, None)
        if (found and quotation.start >= respondent.lead - 1) or (found and respondent.kind == "row"):
            _keep(line, piece, found)
    place.last = own.last or name
    if respondent.lead and not any(part == "attribution" for _, _, part, _ in line.inner):
        line.mark(0, respondent.lead, "attribution", name)


def _is_statement(quotation: Quotation, respondent: Respondent) -> bool:
    ends = quotation.text.endswith((".", "!", "?", "…", ","))
    return ends or quotation.words > 3 or quotation.start <= respondent.lead + 1 or respondent.kind == "row"


def _add(line: Line, piece: Piece, start: int, end: int, speaker: str, verbatim: bool) -> None:
    """A whole stretch; marks around it are not kept in the words, and make them verbatim."""
    words = line.block.text[start:end].strip()
    if not words:
        return
    quotations = find_quotations(words)
    is_marked = len(quotations) == 1 and quotations[0].start == 0 and quotations[0].end >= len(words) - 1
    text = quotations[0].text if is_marked else words
    line.mark(start, end, "quote", speaker)
    at = line.start + line.block.text.index(words, start) + is_marked
    piece.part.quotes.append(Quoted(text, speaker, verbatim or is_marked, words, at))
