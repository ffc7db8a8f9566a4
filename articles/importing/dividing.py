"""Lines become sections: by headings first, then a conversation or a roll by whoever speaks."""

import re
from collections.abc import Mapping, Sequence

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.front import Front
from articles.importing.headings import Heading
from articles.importing.people import People
from articles.importing.reading import Part
from articles.importing.respondents import Respondent
from articles.importing.rolls import are_a_roll
from articles.importing.sketch import Piece, Sketch
from articles.importing.transcripts import Turn, find_turns, name_answerer


def divide(sketch: Sketch, headings: Sequence[Heading], people: People) -> tuple[list[Piece], list[int]]:
    """Sections in order; the lines of the verdict. Lines before the first heading make a piece without one."""
    pieces = [Piece(Part(""))]
    verdict: list[int] = []
    current: list[int] = pieces[0].lines
    by_place = {heading.place: heading for heading in headings}
    level, kind = 0, ""
    for n in sketch.free():
        heading = by_place.get(n)
        if heading and _is_inside(heading, level, kind):
            sketch.claim([n], "heading")
        elif heading:
            level, kind = heading.level, heading.kind
            current = _open(sketch, heading, people, pieces, verdict)
            continue
        if kind in ("author", "sources"):
            sketch.claim([n], "author_note" if kind == "author" else "source_hint")
        else:
            current.append(n)
    return pieces, verdict


def _is_inside(heading: Heading, level: int, kind: str) -> bool:
    """A smaller heading within an expert's section or the verdict belongs to it."""
    return kind in ("expert", "verdict") and heading.level > level and heading.kind == "theme"


def _open(sketch: Sketch, heading: Heading, people: People, pieces: list[Piece], verdict: list[int]) -> list[int]:
    n, text = heading.place, sketch.lines[heading.place].block.text
    if heading.kind == "verdict":
        sketch.claim([n], "verdict", detail="heading")
        return verdict
    if heading.kind in ("author", "sources"):
        sketch.claim([n], "author_note" if heading.kind == "author" else "source_hint")
        return []
    part = Part(re.sub(r"^#+\s+", "", text))
    if heading.kind == "expert":
        part.expert = people.resolve(heading.titled.name) or heading.titled.name
        part.role, part.organisation = heading.titled.role, heading.titled.organisation
    pieces.append(Piece(part, heading=n))
    return pieces[-1].lines


def turns_of(sketch: Sketch, pieces: list[Piece], people: People, hints: str) -> list[Turn]:
    blocks = [line.block for line in sketch.lines]
    places = [n for piece in pieces if not piece.part.expert for n in piece.lines]
    return find_turns(blocks, places, people, hints)


def gather_hints(sketch: Sketch, pieces: list[Piece], front: Front, title: str) -> str:
    """The head of the document, where it says who is spoken to."""
    places = [n for piece in pieces if not piece.part.expert for n in piece.lines]
    return "\n".join([front.headline, title, front.standfirst, *(sketch.lines[n].block.text for n in places[:3])])


def join_questions(
    sketch: Sketch, pieces: list[Piece], people: People, hints: str
) -> tuple[list[Piece], dict[int, tuple[str, int]]]:
    """An interview whose questions are its headings: one section, and whose words each line holds."""
    asked = [p for p in pieces if p.heading is not None and sketch.lines[p.heading].block.text.rstrip().endswith("?")]
    name = name_answerer(people, hints) if len(asked) >= 3 and len(asked) >= 0.6 * len(pieces) - 1 else ""
    part = _part_of(people, name)
    if part is None or any(piece.part.expert for piece in asked):
        return pieces, {}
    whole = Piece(part)
    spoken: dict[int, tuple[str, int]] = {}
    for piece in asked:
        question = piece.heading if piece.heading is not None else -1
        whole.lines += [question, *piece.lines]
        spoken |= dict.fromkeys(piece.lines, (name, 0)) | {question: ("", 0)}
    return [piece for piece in pieces if piece not in asked] + [whole], spoken


def split(
    sketch: Sketch, pieces: list[Piece], theirs: Mapping[int, Respondent], turns: Sequence[Turn], people: People
) -> list[Piece]:
    """Conversations and rolls become a section for each who speaks."""
    blocks = [line.block for line in sketch.lines]
    themes = [piece for piece in pieces if not piece.part.expert]
    if turns:
        return [
            part for piece in pieces for part in ([piece] if piece.part.expert else _split_turns(piece, turns, people))
        ]
    found = {id(piece): list(dict.fromkeys(theirs[n] for n in piece.lines if n in theirs)) for piece in themes}
    rolls = [piece for piece in themes if are_a_roll(blocks, piece.lines, found[id(piece)])]
    known = {fold(piece.part.expert) for piece in pieces if piece.part.expert}
    if len([piece for piece in rolls if piece.heading is not None]) > 1:
        return pieces
    split: list[Piece] = []
    for piece in pieces:
        is_roll = piece in rolls and not all(fold(r.name) in known for r in found[id(piece)])
        split += _split_roll(blocks, piece, found[id(piece)], people) if is_roll else [piece]
    return split


def _split_turns(piece: Piece, turns: Sequence[Turn], people: People) -> list[Piece]:
    """What is asked goes with the answer; each speaker has one section in each part of the text."""
    by_place = {turn.place: turn for turn in turns}
    speakers = {turn.speaker for turn in turns if turn.speaker}
    before = Piece(piece.part, heading=piece.heading)
    by_speaker: dict[str, Piece] = {}
    waiting: list[int] = []
    current: Piece | None = None
    for n in piece.lines:
        turn = by_place.get(n)
        if turn and not turn.speaker:
            current = None
        if turn and (part := _part_of(people, turn.speaker)):
            current = by_speaker.setdefault(turn.speaker, Piece(part))
            current.lines += waiting
            waiting = []
        if current:
            current.lines.append(n)
        elif turn or waiting:
            waiting.append(n)
        else:
            before.lines.append(n)
    pieces = list(by_speaker.values())
    (pieces[-1] if pieces else before).lines.extend(waiting)
    if len(speakers) == 1 and pieces and not before.lines and piece.heading is not None:
        pieces[0].part.heading, pieces[0].heading = piece.part.heading, piece.heading
        return pieces
    return [before, *pieces] if before.lines or before.heading is not None else pieces


def _part_of(people: People, name: str, role: str = "", organisation: str = "") -> Part | None:
    """None for what is no name, such as a title by itself."""
    kept = people.add(name, role, organisation)
    known = people.named.get(fold(kept))
    return Part(kept, kept, known.role, known.organisation) if known else None


def _split_roll(
    blocks: Sequence[Block], piece: Piece, respondents: Sequence[Respondent], people: People
) -> list[Piece]:
    """Lines between two respondents go with the one before, unless they name the one who follows."""
    before = Piece(piece.part, heading=piece.heading)
    pieces: dict[str, Piece] = {}
    starts = {respondent.first: respondent for respondent in respondents}
    current = before
    for n in piece.lines:
        who = starts.get(n) or (_row_below(blocks, n, starts) if blocks[n].kind == "row" else None)
        if who and (part := _part_of(people, who.name, who.role, who.organisation)):
            current = pieces.setdefault(part.expert or "", Piece(part))
        current.lines.append(n)
    has_own = before.lines or before.heading is not None
    return [before, *pieces.values()] if has_own else list(pieces.values())


def _row_below(blocks: Sequence[Block], n: int, starts: Mapping[int, Respondent]) -> Respondent | None:
    """Whom the first row under the head of a table is about."""
    below = starts.get(n + 1)
    return below if below and below.kind == "row" and blocks[n].group == blocks[n + 1].group else None
