"""Requests that the documentation shows, made for the site on which it stands, which answers each of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

type Samples = Mapping[str, str]  # names that are on the site; what there is none of is left out


@dataclass(frozen=True)
class Example:
    """`part` is the collection under which it stands, `path` what follows /api/v1/, with names of samples in braces."""

    part: str
    about: str
    path: str

    def address(self, samples: Samples) -> str | None:
        """None where the site has nothing to show it with."""
        names = {name for _, name, _, _ in Formatter().parse(self.path) if name}
        return f"/api/v1/{self.path.format_map(samples)}" if names <= samples.keys() else None


EXAMPLES = [
    Example(
        "articles",
        "The newest articles, headlines and dates only.",
        "articles/?fields=headline,updated_at,page&page_size=5",
    ),
    Example(
        "articles",
        "One article with its numbers, as they stand on its page.",
        "articles/{article}/?fields=headline,tallies.question.label,tallies.n,tallies.off_axis_n,tallies.blank_n",
    ),
    Example(
        "editions",
        "Every version of an article, what changed and why.",
        "editions/?article={article}&ordering=number&fields=number,kind,note,state",
    ),
    Example(
        "experts",
        "One expert with every role held.",
        "experts/{expert}/?fields=name,role&include=affiliations",
    ),
    Example(
        "questions",
        "How everybody answered a question by a day.",
        "questions/{question}/?as_of={day}&fields=label,tally",
    ),
    Example(
        "search",
        "Questions in which both words stand, in any form.",
        "search/?q={words}&kind=question&fields=count,results.title",
    ),
    Example(
        "positions",
        "What one expert thinks now, with the words that show it.",
        "positions/?expert={expert}&current=true&include=quotes&fields=question.label,answer.label,quotes.words",
    ),
    Example(
        "compare",
        "Two experts side by side: on how many questions do they agree?",
        "compare/?expert={expert}&expert={other}&fields=agreements",
    ),
    Example(
        "quotes",
        "Verbatim words only, newest first.",
        "quotes/?kind=verbatim&fields=words,source.title",
    ),
    Example(
        "comments",
        "The conversation under an article in reading order, by cursor.",
        "comments/?article={article}&ordering=reading&cursor=&fields=id,parent,depth,name,html",
    ),
]


def show_body(samples: Samples) -> str:
    """A position to be recorded, as a program sends it and a shell takes it; empty where there is nobody to say it."""
    if not {"expert", "question", "answer"} <= samples.keys():
        return ""
    position: dict[str, Any] = {
        **{name: samples[name] for name in ("expert", "question", "answer")},
        "stated_on": samples["today"],
        "source": {"title": "Notes from the sleeping car", "url": "https://example.org/notes"},
        "quotes": [{"words": "They will, and on time.", "locator": "p. 3"}],
    }
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in position.items())
    return "{{\n  {}\n}}".format(",\n  ".join(lines)).replace("'", "\\u0027")
