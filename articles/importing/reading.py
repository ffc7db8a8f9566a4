"""What was understood of a document: the proposal, and a partition that says what became of each character."""

import datetime
from dataclasses import dataclass, field
from typing import Any

PARTS = (
    *("headline", "byline", "date", "standfirst", "introduction", "heading", "body", "quote", "attribution", "link"),
    *("source_hint", "figure", "table", "verdict", "author_note", "leftover"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """`section` counts from 0, None outside; `detail` is the speaker, the address, or why it is left over."""

    start: int
    end: int
    part: str
    section: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """`text` has no outer quotation marks; `start` is its place in the document's text; `speaker` as we call them."""

    text: str
    speaker: str
    verbatim: bool
    sentence: str
    start: int


@dataclass(slots=True)
class Part:
    """A section: about one expert, or with `expert` None about a theme."""

    heading: str
    expert: str | None = None
    role: str = ""
    organisation: str = ""
    text: str = ""
    body_html: str = ""
    quotes: list[Quoted] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    source_hints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody the document speaks of as a source."""

    name: str
    role: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    alt: str
    caption: str
    address: str


@dataclass(slots=True)
class Reading:
    """`text` is the document's; `spans` part it exactly. `introduction` and `verdict` are plain, `*_html` not."""

    text: str
    spans: list[Span]
    headline: str = ""
    standfirst: str = ""
    authors: list[str] = field(default_factory=list)
    date: datetime.date | None = None
    introduction: str = ""
    introduction_html: str = ""
    sections: list[Part] = field(default_factory=list)
    verdict: str = ""
    verdict_html: str = ""
    author_note: str = ""
    people: list[Named] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    leftovers: list[tuple[str, str]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """What `import_article --json` prints."""
        return {
            "headline": self.headline,
            "standfirst": self.standfirst,
            "authors": self.authors,
            "date": self.date.isoformat() if self.date else None,
            "introduction": self.introduction,
            "sections": [_section_data(section) for section in self.sections],
            "verdict": self.verdict,
            "author_note": self.author_note,
            "people": [{"name": p.name, "role": p.role, "organisation": p.organisation} for p in self.people],
            "figures": [{"alt": f.alt, "caption": f.caption, "address": f.address} for f in self.figures],
            "leftovers": [{"text": text, "why": why} for text, why in self.leftovers],
        }


def _section_data(section: Part) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "expert": section.expert,
        "role": section.role,
        "organisation": section.organisation,
        "text": section.text,
        "quotes": [
            {"text": q.text, "speaker": q.speaker, "verbatim": q.verbatim, "sentence": q.sentence}
            for q in section.quotes
        ],
        "links": [{"text": text, "url": url} for text, url in section.links],
        "source_hints": section.source_hints,
    }
