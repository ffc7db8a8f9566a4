"""The working copy as data: what an edition keeps of it.

Schema 1 of `Edition.content`:
    headline, standfirst                    plain text
    body, verdict, method                   sanitised HTML
    byline      [{name, slug, bio}]         topics  [{name, slug}]
    picture     {url, width, height, alt, credit, focus: [x, y] in percent,
                renditions: {format: [{width, url}]}} or null; early editions lack the last two
    sections    [{heading, expert: id or null, body}]
    verdict_positions  [position id]        all of them in the comparison
    comparison  see experts/frozen.py
    counts      {experts, questions, positions, quotes, silences}
    minutes     reading time, whole minutes, at least 1
`Edition.card` repeats standfirst, byline, topics, counts and minutes for lists.
"""

import json
from datetime import date
from typing import Any

from aisrace.lib.markup import to_plain
from aisrace.lib.renditions import list_renditions, read_size
from aisrace.lib.text import count_words
from articles.models import Article
from experts.comparison import Comparison
from experts.frozen import dump
from experts.models import Position
from experts.querysets import PositionQuerySet
from experts.record import read_comparison

WORDS_A_MINUTE = 230
CARD = ("standfirst", "byline", "topics", "counts", "minutes")


def freeze(article: Article, day: date, positions: PositionQuerySet | None = None) -> dict[str, Any]:
    """The content of an edition of `article` as it stands, positions as of its own date or `day`. Ten queries.

    An edition keeps all of them, private ones too; what is only shown to somebody takes the `positions` they may read.
    """
    positions = Position.objects.all() if positions is None else positions
    sections = list(article.sections.select_related("expert"))
    authors = article.authors.order_by("byline__order", "byline__id")
    comparison = read_working_comparison(article, day, positions)
    content: dict[str, Any] = {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "body": article.body,
        "verdict": article.verdict,
        "method": article.method,
        "byline": [{"name": a.name, "slug": a.slug, "bio": a.bio} for a in authors],
        "topics": [{"name": topic.name, "slug": topic.slug} for topic in article.topics.all()],
        "picture": freeze_picture(article),
        "sections": [{"heading": str(s), "expert": s.expert_id, "body": s.body} for s in sections],
        "verdict_positions": sorted(article.verdict_positions.order_by().values_list("pk", flat=True)),
        "comparison": dump(comparison),
        "counts": count(comparison),
    }
    content["minutes"] = estimate_minutes(content)
    return json.loads(json.dumps(content))


def make_card(content: dict[str, Any]) -> dict[str, Any]:
    return {key: content[key] for key in CARD}


def read_working_comparison(article: Article, day: date, positions: PositionQuerySet) -> Comparison:
    """The comparison that publishing on `day` would freeze, of all `positions` that may be seen. Six queries.

    A cell whose only position is another's private one is as empty as one that has none.
    """
    as_of = article.as_of or day
    experts = [s.expert for s in article.sections.select_related("expert") if s.expert]
    questions = list(article.questions.order_by("articlequestion__order", "articlequestion__id"))
    # Only what was stated by then: that something private was said later is nobody's business.
    return read_comparison(experts, questions, positions.stated_by(as_of), as_of, as_of)


def freeze_picture(article: Article) -> dict[str, Any] | None:
    picture = article.picture
    if not picture:
        return None
    width, height = read_size(str(picture)) or (picture.width, picture.height)
    return {
        "url": picture.url,
        "width": width,
        "height": height,
        "alt": article.picture_alt,
        "credit": article.picture_credit,
        "focus": [article.picture_focus_x, article.picture_focus_y],
        "renditions": list_renditions(picture.url),
    }


def count(comparison: Comparison) -> dict[str, int]:
    """`positions` are answers given; `silences` cells that record why there is none; `quotes` the verbatim ones."""
    cells = [cell for cell in comparison.cells.values() if cell.position]
    return {
        "experts": len(comparison.experts),
        "questions": len(comparison.questions),
        "positions": sum(cell.answer is not None for cell in cells),
        "silences": sum(cell.answer is None for cell in cells),
        "quotes": sum(quote.kind == "verbatim" for cell in cells if cell.position for quote in cell.position.quotes),
    }


def estimate_minutes(content: dict[str, Any]) -> int:
    """Reading time of the running text and the summaries and quotes in the comparison."""
    written = [content["headline"], content["standfirst"]]
    written += [to_plain(html) for html in (content["body"], content["verdict"], content["method"])]
    written += [to_plain(section["body"]) for section in content["sections"]]
    for position in content["comparison"]["positions"]:
        written += [position["summary"], *(quote["words"] for quote in position["quotes"])]
    return max(1, round(sum(map(count_words, written)) / WORDS_A_MINUTE))
