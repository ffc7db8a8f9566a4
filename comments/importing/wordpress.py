"""Comments in a WordPress export: Tools → Export → All content (WXR, any version)."""

import html
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from comments.importing.markup import write_markdown
from comments.importing.rows import (
    HELD,
    REJECTED,
    SPAM,
    VISIBLE,
    ForeignComment,
    LeftOut,
    Page,
    Unreadable,
    compose,
    read_moment,
)
from comments.importing.xmlfiles import Element, read_elements

CHANNEL = "rss/channel"
ITEM = f"{CHANNEL}/item"
COMMENT = f"{ITEM}/wp:comment"
META = f"{COMMENT}/wp:commentmeta"
OWN_REFERENCE, OWN_PARENT = "aisrace_reference", "aisrace_parent"  # beside comments that this system has exported
WANTED = {
    CHANNEL: {"link", "wp:wxr_version", "wp:base_blog_url"},
    ITEM: {"title", "link", "wp:post_name", "wp:post_date_gmt"},
    COMMENT: {
        *("wp:comment_id", "wp:comment_parent", "wp:comment_type", "wp:comment_approved", "wp:comment_content"),
        *("wp:comment_author", "wp:comment_author_email", "wp:comment_author_IP"),
        *("wp:comment_date", "wp:comment_date_gmt"),
    },
    META: {"wp:meta_key", "wp:meta_value"},
}
# What is in the trash was put there by somebody who runs the site: nobody else can.
STATES = {
    "1": VISIBLE,
    "approve": VISIBLE,
    "approved": VISIBLE,
    "0": HELD,
    "hold": HELD,
    "post-trashed": HELD,
    "spam": SPAM,
    "trash": REJECTED,
}
SPOKEN = ("", "comment", "review")
NEVER = "0000-00-00"
REFUSAL = "This is XML, but not a WordPress export: it does not begin with <rss>."
A_FEED = "This is a feed, not a WordPress export. Make one with Tools → Export → All content."


def read_wordpress(path: Path, name: str = "") -> Iterator[ForeignComment | LeftOut]:
    """In the order of the file. `name` stands for the site's address in references, where given."""
    for element in read_elements(path, WANTED, "rss", REFUSAL):
        if element.path == META:
            element.outer.fields.setdefault(element.get("wp:meta_key"), element.get("wp:meta_value"))
        elif element.path == COMMENT:
            yield _read_comment(element, name)
        elif element.path == CHANNEL:
            _check_channel(element)


def _read_comment(told: Element, name: str) -> ForeignComment | LeftOut:
    kind = told.get("wp:comment_type").lower()
    if kind not in SPOKEN:
        return LeftOut(f"{kind[:40]}s", told.line)
    page = _read_page(told.outer)
    return compose(
        told.get(OWN_REFERENCE) or _name(told, "wp:comment_id", name),
        told.get(OWN_PARENT) or _name(told, "wp:comment_parent", name) or None,
        page,
        name=html.unescape(told.get("wp:comment_author")),
        address=told.get("wp:comment_author_email"),
        text=write_markdown(told.get("wp:comment_content"), page.link, keeps_lines=True),
        created_at=read_moment(_find_date(told), told.line),
        state=_read_state(told),
        from_ip=told.get("wp:comment_author_IP"),
        line=told.line,
    )


def _name(told: Element, field: str, name: str) -> str:
    """Empty for no comment. Two sites have the same numbers, so their address is part of it."""
    number = told.get(field)
    if field == "wp:comment_id" and not number:
        raise Unreadable("A comment has no wp:comment_id.", told.line)
    return f"wordpress:{name or _site_of(told)}:{number}" if number not in ("", "0") else ""


def _site_of(told: Element) -> str:
    channel = told.outer.outer
    _check_channel(channel)
    address = urlsplit(channel.get("wp:base_blog_url") or channel.get("link"))
    if not address.netloc:
        raise Unreadable("The export does not say of which site it is: <wp:base_blog_url> is missing.", channel.line)
    return f"{address.netloc}{address.path}".rstrip("/").lower()


def _check_channel(channel: Element) -> None:
    if not channel.get("wp:wxr_version"):
        raise Unreadable(A_FEED, channel.line)


def _read_page(item: Element) -> Page:
    return Page(item.get("link"), item.get("wp:post_name"), html.unescape(item.get("title")))


def _find_date(told: Element) -> str:
    """What waits may have no date in UTC, and then has none but the site's own, or its page's."""
    dates = (told.get("wp:comment_date_gmt"), told.get("wp:comment_date"), told.outer.get("wp:post_date_gmt"))
    return next((date for date in dates if date and not date.startswith(NEVER)), dates[0])


def _read_state(told: Element) -> str:
    said = told.get("wp:comment_approved").lower()
    if said not in STATES:
        raise Unreadable(f"“{said[:40]}” is no state of a comment; WordPress has 0, 1, spam and trash.", told.line)
    return STATES[said]
