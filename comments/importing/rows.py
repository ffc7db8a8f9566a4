"""A comment as another system tells it, and the one error for files that cannot be read."""

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from aisrace.lib.text import clean_line
from comments.bodies import to_plain
from comments.lookalikes import clean_name

VISIBLE, HELD, REJECTED, SPAM, DELETED = STATES = ("visible", "held", "rejected", "spam", "deleted")
MAX_REFERENCE = 200

_REFERENCE = re.compile(r"(?:aisrace|wordpress|disqus|csv):[^\s:].*:\S+")


class Unreadable(Exception):
    """`line` is 0 where the file as a whole is meant; the message does not repeat it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Page:
    """What the comment stood under, as far as the export tells."""

    link: str = ""
    slug: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        """Tells one page of a file from another, and is what people are told of it."""
        return self.link or self.slug or self.title


@dataclass(frozen=True, slots=True)
class ForeignComment:
    """`reference` is its name for good, and the same whenever the file is read. `text` is in the small Markdown.

    Where the state is deleted, nothing is brought along of the person and their words: the row keeps a place.
    """

    reference: str
    parent_reference: str | None
    page: Page
    name: str
    address: str
    text: str
    created_at: datetime
    state: str
    from_ip: str | None = None
    line: int = field(default=0, compare=False)


class LeftOut(NamedTuple):
    """Something in the file that is not a comment, or not one for here."""

    reason: str
    line: int


def compose(
    reference: str,
    parent_reference: str | None,
    page: Page,
    *,
    name: str,
    address: str,
    text: str,
    created_at: datetime,
    state: str,
    from_ip: str,
    line: int,
) -> ForeignComment:
    """Cleaned. What says nothing counts as deleted, so that replies to it keep their place."""
    if len(reference) > MAX_REFERENCE:
        raise Unreadable(f"The name of the comment, “{reference[:60]}…”, is longer than {MAX_REFERENCE}.", line)
    text = to_plain(text)
    if state == DELETED or not text:
        return ForeignComment(reference, parent_reference, page, "", "", "", created_at, DELETED, None, line)
    return ForeignComment(
        reference=reference,
        parent_reference=parent_reference,
        page=page,
        name=clean_name(name),
        address=clean_line(address).lower(),
        text=text,
        created_at=created_at,
        state=state,
        from_ip=_read_ip(from_ip),
        line=line,
    )


def is_reference(text: str) -> bool:
    """Whether it is the name of a comment for good, as an export of this system writes it."""
    return bool(_REFERENCE.fullmatch(text))


def last_part(link: str) -> str:
    """Of the path: https://example.org/2024/01/night-trains/?x=1 → night-trains. Empty where there is none."""
    try:
        path = urlsplit(link.strip()).path
    except ValueError:
        return ""
    return unquote(path).rstrip("/").rpartition("/")[2].removesuffix(".html")


def read_moment(text: str, line: int) -> datetime:
    """2024-01-31 14:05:00, also with T, Z or an offset. Without one it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"“{text[:40]}” is not a date like 2024-01-31 14:05.", line) from error


def _read_ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None
