"""The conversation in the words of schema.org. Pure. Of many comments some are described: a page must stay light."""

from collections.abc import Iterable, Sequence
from itertools import islice

from aisrace.lib.figures import iso
from aisrace.lib.jinja import url
from aisrace.lib.linked_data import Node, crumbs, graph, node, whole
from aisrace.lib.markup import to_plain
from articles.describing import article_id
from articles.models import Edition
from comments.discussion import Thread
from comments.lines import Line
from comments.tallies import Tally

MOST_BESIDE = 10  # under an article, which has enough to say itself
MOST = 30
LONGEST = 500  # characters of each


def describe_beside(newest: Edition, counted: Tally, threads: Iterable[Thread]) -> Node:
    """What the article's own page says of its conversation: how long it is, how it begins, where it is."""
    lines = [line for thread in threads for line in thread.lines]
    return graph(
        node(
            "Article",
            id=article_id(newest.slug),
            discussionUrl=whole(url("conversation", newest.slug)),
            commentCount=counted.total,
            comment=describe_lines(lines, newest.slug, MOST_BESIDE),
        )
    )


def describe_conversation(newest: Edition, threads: Iterable[Thread]) -> Node:
    """Each thread as on its own page, while there is room."""
    room, told = MOST, []
    for thread in threads:
        told += describe_lines_of(thread.lines, newest, room)
        room -= len([line for line in thread.lines if line.is_visible])
    return graph(*told, crumbs(*lead_to(newest)))


def describe_thread(newest: Edition, lines: Iterable[Line]) -> Node:
    return graph(*describe_lines_of(tuple(lines), newest, MOST), crumbs(*lead_to(newest)))


def describe_lines_of(lines: Sequence[Line], newest: Edition, most: int) -> list[Node]:
    """A posting with what was said to it; the comments alone where what they answer is gone or on another page."""
    first, *others = lines
    if most > 0 and first.row.parent_id is None and first.is_visible:
        return [describe_posting(first, newest, describe_lines(others, newest.slug, most - 1))]
    return describe_lines(lines, newest.slug, most)


def lead_to(newest: Edition) -> list[tuple[str, str]]:
    article = (newest.headline, url("article", newest.slug))
    return [("Articles", url("articles")), article, ("Conversation", url("conversation", newest.slug))]


def describe_posting(line: Line, newest: Edition, replies: list[Node]) -> Node:
    comment = describe_comment(line, newest.slug)
    told = {"headline": f"On “{newest.headline}”", "isPartOf": {"@id": article_id(newest.slug)}}
    dates = {"datePublished": comment["dateCreated"]}
    posting = comment | told | dates | {"@type": "DiscussionForumPosting"}
    posting.pop("upvoteCount", None)  # said of comments only
    return posting | ({"comment": replies} if replies else {})


def describe_lines(lines: Iterable[Line], slug: str, most: int) -> list[Node]:
    visible = (line for line in lines if line.is_visible)
    return [describe_comment(line, slug) for line in islice(visible, max(most, 0))]


def describe_comment(line: Line, slug: str) -> Node:
    row = line.row
    place = whole(url("comment", slug, row.id))
    return node(
        "Comment",
        id=f"{place}#c{row.id}",
        url=f"{place}#c{row.id}",
        text=cut(to_plain(line.html)),
        author=node("Person", name=row.name) if row.name else None,
        dateCreated=iso(row.created_at),
        dateModified=iso(row.edited_at) if row.edited_at else "",
        upvoteCount=row.votes,
        parentItem={"@id": f"{whole(url('comment', slug, row.parent_id))}#c{row.parent_id}"} if row.parent_id else None,
    )


def cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
