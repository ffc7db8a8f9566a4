"""Comments in a Disqus export: Admin → Community → Export (XML)."""

import html
from collections.abc import Iterator
from pathlib import Path

from comments.importing.markup import write_markdown
from comments.importing.rows import (
    DELETED,
    HELD,
    REJECTED,
    SPAM,
    VISIBLE,
    ForeignComment,
    Page,
    Unreadable,
    compose,
    is_reference,
    read_moment,
)
from comments.importing.xmlfiles import Element, read_elements

THREAD, POST = "disqus/thread", "disqus/post"
WANTED = {
    THREAD: {"@dsq:id", "id", "forum", "link", "title"},
    POST: {
        *("@dsq:id", "id", "message", "createdAt", "isDeleted", "isSpam", "isApproved", "ipAddress"),
        *("author/name", "author/email", "author/username", "thread@dsq:id", "parent@dsq:id", "parent"),
    },
}
FLAGS = {"": None, "true": True, "1": True, "false": False, "0": False}
REFUSAL = "This is XML, but not a Disqus export: it does not begin with <disqus>."


def read_disqus(path: Path, name: str = "") -> Iterator[ForeignComment]:
    """In the order of the file; `name` stands for the forum's in references, where given."""
    threads: dict[str, tuple[str, Page]] = {}
    for element in read_elements(path, WANTED, "disqus", REFUSAL):
        if element.path == THREAD:
            page = Page(element.get("link"), element.get("id"), html.unescape(element.get("title")))
            threads[element.get("@dsq:id")] = name or element.get("forum"), page
        else:
            yield _read_post(element, threads)


def _read_post(told: Element, threads: dict[str, tuple[str, Page]]) -> ForeignComment:
    thread = told.get("thread@dsq:id")
    if thread not in threads:
        raise Unreadable(
            f"The comment belongs to the thread “{thread[:40]}”, which is not in the file above it.", told.line
        )
    if not told.get("@dsq:id"):
        raise Unreadable("A <post> has no dsq:id.", told.line)
    forum, page = threads[thread]
    return compose(
        _name(forum, told.get("@dsq:id"), told.get("id")),
        _name(forum, told.get("parent@dsq:id"), told.get("parent")) or None,
        page,
        name=told.get("author/name") or told.get("author/username"),
        address=told.get("author/email"),
        text=write_markdown(told.get("message"), page.link),
        created_at=read_moment(told.get("createdAt"), told.line),
        state=_read_state(told),
        from_ip=told.get("ipAddress"),
        line=told.line,
    )


def _name(forum: str, number: str, given: str) -> str:
    """Beside Disqus's own number stands what the comment was called where it came from, and that may be here."""
    if is_reference(given):
        return given
    return f"disqus:{forum}:{number}" if number else ""


def _read_state(told: Element) -> str:
    """Deleted words stay deleted, unless it is said that the site did not approve of them: they were rejected then."""
    is_deleted, is_spam, is_approved = (_read_flag(told, name) for name in ("isDeleted", "isSpam", "isApproved"))
    if is_deleted:
        return REJECTED if is_approved is False else DELETED
    if is_spam:
        return SPAM
    return HELD if is_approved is False else VISIBLE


def _read_flag(told: Element, name: str) -> bool | None:
    said = told.get(name).lower()
    if said not in FLAGS:
        raise Unreadable(f"{name} is “{said[:40]}”, not true or false.", told.line)
    return FLAGS[said]
