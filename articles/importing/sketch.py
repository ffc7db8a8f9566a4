"""The work on one document while it is being understood: what each line is, and stretches of lines that are more."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from articles.importing.blocks import Block
from articles.importing.reading import Part, Span


@dataclass(slots=True)
class Line:
    """`inner` are stretches that are something else than the line, in order: start, end, part, detail."""

    block: Block
    start: int
    part: str = ""
    section: int | None = None
    detail: str = ""
    inner: list[tuple[int, int, str, str]] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return not self.part

    def mark(self, start: int, end: int, part: str, detail: str = "") -> None:
        """What was marked before stays."""
        start, end = max(0, start), min(end, len(self.block.text))
        n = bisect(self.inner, start, key=itemgetter(0))
        # They are in order and none overlaps another, so that only the neighbours can be in the way.
        is_free = (n == 0 or self.inner[n - 1][1] <= start) and (n == len(self.inner) or end <= self.inner[n][0])
        if start < end and is_free:
            self.inner.insert(n, (start, end, part, detail))

    def words(self) -> list[tuple[int, int]]:
        """The stretches that are not left over."""
        kept, place = [], 0
        for start, end, part, _ in self.inner:
            if part == "leftover":
                kept.append((place, start))
                place = end
        return [(a, b) for a, b in [*kept, (place, len(self.block.text))] if a < b]


@dataclass(slots=True)
class Piece:
    """A section to be: its lines, and the respondents or turns among them that say whose words are whose."""

    part: Part
    lines: list[int] = field(default_factory=list)
    heading: int | None = None


@dataclass(slots=True)
class Sketch:
    lines: list[Line]
    text: str

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "Sketch":
        lines, start = [], 0
        for block in blocks:
            lines.append(Line(block, start))
            start += len(block.text) + 1
        return cls(lines, "\n".join(block.text for block in blocks))

    def free(self) -> list[int]:
        return [n for n, line in enumerate(self.lines) if line.is_free]

    def claim(self, places: Iterable[int], part: str, section: int | None = None, detail: str = "") -> None:
        for n in places:
            self.lines[n].part, self.lines[n].section, self.lines[n].detail = part, section, detail

    def spans(self) -> list[Span]:
        """An exact partition of the text; the line feed behind a line belongs to it."""
        spans: list[Span] = []
        for line in self.lines:
            end = min(line.start + len(line.block.text) + 1, len(self.text))
            place = line.start
            for start, stop, part, detail in line.inner:
                if place < line.start + start:
                    spans.append(Span(place, line.start + start, line.part, line.section, line.detail))
                spans.append(Span(line.start + start, line.start + stop, part, line.section, detail))
                place = line.start + stop
            if place < end:
                spans.append(Span(place, end, line.part, line.section, line.detail))
        return _joined(spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """A line feed left alone behind a stretch goes with it."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        is_same = before and (before.part, before.section, before.detail) == (span.part, span.section, span.detail)
        if before and is_same and span.part in ("leftover", "author_note") and before.end == span.start:
            joined[-1] = Span(before.start, span.end, span.part, span.section, span.detail)
        else:
            joined.append(span)
    return joined


def check_partition(text: str, spans: Sequence[Span]) -> None:
    """Every character is in exactly one span."""
    place = 0
    for span in spans:
        if span.start != place or span.end <= span.start or not span.part:
            raise AssertionError(f"Spans leave a gap or overlap at {place}: {span}")
        place = span.end
    if place != len(text):
        raise AssertionError(f"Spans end at {place} of {len(text)}")
