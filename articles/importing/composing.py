"""Sections, introduction and verdict written out as text and HTML, with links, source hints and pictures gathered."""

import re
from collections.abc import Sequence

from articles.importing.blocks import Document
from articles.importing.bodies import cut, strip_marker, write_html
from articles.importing.furniture import find_invitation
from articles.importing.reading import Figure, Part, Reading
from articles.importing.sketch import Piece, Sketch

_HINT = re.compile(
    r"(?:(?:you can )?(?:find|read|see|learn|know|watch|listen|click|check|hear|get|view)\b.*\b(?:here|full "
    r"(?:story|article|interview|post|"
    r"report|text|thread|speech|paper|essay|talk)|more|original|source)\b.*|to (?:know|read|learn|find out|see|"
    r"watch|hear) more\b.*|for more\b.*|"
    r"(?:the )?(?:full|original|complete) (?:story|article|interview|post|report|thread|speech|video|text|talk)\b.*|"
    r"(?:sources?|via|quellen?|source originale|original|link|read more|watch|listen|fuente)\s*:.*|(?:source|via|"
    r"from) [A-Z].{0,80}|"
    r"(?:mehr (?:dazu|lesen|erfahren)|weiterlesen|hier (?:geht|lesen|nachlesen)|zum (?:vollständigen|ganzen)).*|"
    r"(?:lire|voir|écouter|en savoir plus|pour en savoir plus).*\b(?:ici|plus|article|entretien|suite)\b.*)",
    re.IGNORECASE,
)
LONGEST_HINT = 200


def write(sketch: Sketch, pieces: list[Piece], verdict: list[int], reading: Reading) -> None:
    """Claims what is still free."""
    first = pieces[0]
    is_introduction = first.heading is None and not first.part.expert and len(pieces) > 1
    if is_introduction and not first.part.quotes:
        sketch.claim([n for n in first.lines if sketch.lines[n].is_free], "introduction")
        reading.introduction, reading.introduction_html = _compose(sketch, first.lines, first.part)
        pieces = pieces[1:]
    pieces = [piece for piece in pieces if piece.lines or piece.heading is not None]
    for number, piece in enumerate(pieces):
        _claim_piece(sketch, piece, number)
        piece.part.text, piece.part.body_html = _compose(sketch, piece.lines, piece.part)
        reading.sections.append(piece.part)
    for n in verdict:
        if sketch.lines[n].is_free:
            sketch.claim([n], "verdict")
    own = Part("")
    reading.verdict, reading.verdict_html = _compose(sketch, verdict, own)
    notes = [line.block.text for line in sketch.lines if line.part == "author_note"]
    reading.author_note = "\n\n".join(notes)
    reading.figures = _list_figures(sketch)


def _claim_piece(sketch: Sketch, piece: Piece, number: int) -> None:
    if piece.heading is not None:
        sketch.claim([piece.heading], "heading", number)
    for n in piece.lines:
        line = sketch.lines[n]
        if line.is_free:
            line.part = "table" if line.block.kind == "row" else "body"
        line.section = number


def _compose(sketch: Sketch, places: Sequence[int], part: Part) -> tuple[str, str]:
    """Text and HTML of the lines; source hints and links are gathered on the way, invitations left out."""
    kept = []
    for n in places:
        line = sketch.lines[n]
        if invitation := find_invitation(line.block.text):
            line.mark(*invitation, "leftover", "invitation to comment")
        part.links += [(line.block.text[a.start : a.end], a.url) for a in line.block.links]
        if _is_hint(line.block.text, line.block.kind):
            sketch.claim([n], "source_hint", line.section)
            part.source_hints.append(line.block.text)
            continue
        for link in line.block.links:
            line.mark(link.start, link.end, "link", link.url)
        kept += [cut(line.block, start, end) for start, end in line.words()]
    kept = [block for block in kept if block.text.strip()]
    text = "\n\n".join(strip_marker(b.text).strip() if b.kind == "item" else b.text.strip() for b in kept)
    return text, write_html(kept)


def _is_hint(text: str, kind: str) -> bool:
    return (
        kind in ("paragraph", "item")
        and len(text) <= LONGEST_HINT
        and bool(_HINT.fullmatch(text.strip("()[]→»> ")))
        and "“" not in text
    )


def _list_figures(sketch: Sketch) -> list[Figure]:
    """A caption belongs to the picture just before it."""
    figures: list[Figure] = []
    for line in sketch.lines:
        if line.part != "figure":
            continue
        if line.block.kind == "figure":
            figures.append(Figure(line.block.text, "", line.block.address))
        elif figures and not figures[-1].caption:
            figures[-1] = Figure(figures[-1].alt, line.block.text, figures[-1].address)
        else:
            figures.append(Figure("", line.block.text, ""))
    return figures


def list_leftovers(sketch: Sketch, document: Document, reading: Reading) -> None:
    for span in reading.spans:
        words = sketch.text[span.start : span.end].strip()
        if span.part == "leftover" and words:
            reading.leftovers.append((words, span.detail))
    reading.leftovers += document.dropped
