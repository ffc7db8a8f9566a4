"""The conversation as files that other systems read, and comments/importing reads back: CSV, WXR and Disqus XML.

What is told is what an import takes over: threads, dates, states, names, addresses and words. The XML formats hold
HTML and whole seconds. A comment keeps its reference wherever it goes, so that it is known again.
"""

import html
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count, groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from aisrace.lib.cells import write_line
from aisrace.lib.text import drop_forbidden
from articles.models import Article
from comments.bodies import render
from comments.importing.rows import DELETED, HELD, REJECTED, SPAM, STATES, VISIBLE, ForeignComment, Page
from comments.importing.tables import COLUMNS
from comments.importing.wordpress import OWN_PARENT, OWN_REFERENCE
from comments.models import Comment

APPROVED = {VISIBLE: "1", HELD: "0", REJECTED: "trash", SPAM: "spam", DELETED: "trash"}

WXR_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
"""
WXR_FOOT = "</channel>\n</rss>\n"
DISQUS_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
"""
DISQUS_FOOT = "</disqus>\n"


def read_pages(article: Article | None = None) -> list[Page]:
    """Those with a conversation, in the order of its comments. One query."""
    articles = Article.objects.filter(pk=article.pk) if article else Article.objects.all()
    spoken = articles.filter(Exists(Comment.objects.filter(article=OuterRef("pk"))))
    return [_page_of(row) for row in spoken.order_by("pk").only("pk", "slug", "headline")]


def read_comments(article: Article | None = None) -> Iterator[ForeignComment]:
    """Page by page, in reading order. One query, read bit by bit.

    What waits for its address to be confirmed is nobody's yet, and left out.
    """
    told = Comment.objects.exclude(state=Comment.State.UNCONFIRMED)
    told = told.filter(article=article) if article else told
    told = told.select_related("article", "commenter").annotate(
        parent_reference=F("parent__reference"), parent_created_at=F("parent__created_at")
    )
    for row in told.order_by("article_id", "path", "pk").iterator(chunk_size=1000):
        yield _tell(row)


def name_comment(pk: int, reference: str | None, created_at: datetime) -> str:
    """As it was called where it comes from; if it was written here, by this site's address, its key and its second.

    A site that is set up anew gives the same keys again.
    """
    return reference or f"{name_here()}{pk}-{int(created_at.timestamp())}"


def name_here() -> str:
    """What the names of comments begin with that were written here."""
    return f"aisrace:{urlsplit(settings.SITE_URL).netloc}:"


def write_csv(pages: Sequence[Page], rows: Iterable[ForeignComment]) -> Iterator[str]:
    """A line at a time. A spreadsheet takes no cell for a formula."""
    yield write_line(COLUMNS)
    for row in rows:
        moment = row.created_at.astimezone(UTC).isoformat(" ")
        page, person = (row.page.link, row.page.title), (row.name, row.address)
        yield write_line(
            [row.reference, row.parent_reference or "", *page, *person, row.text, moment, row.state, row.from_ip or ""]
        )


def write_wxr(pages: Sequence[Page], rows: Iterable[ForeignComment]) -> Iterator[str]:
    """What WordPress and others import; its numbers are for this file alone."""
    numbers = _make_numbers()
    yield WXR_HEAD + _list_elements(
        {"title": settings.SITE_NAME, "link": settings.SITE_URL, "wp:wxr_version": "1.2"}
        | {"wp:base_site_url": settings.SITE_URL, "wp:base_blog_url": settings.SITE_URL}
    )
    for number, (page, told) in enumerate(groupby(rows, key=lambda row: row.page), start=1):
        yield "<item>\n" + _list_elements(
            {"title": html.escape(page.title, quote=False), "link": page.link, "wp:post_id": str(number)}
            | {"wp:post_name": page.slug, "wp:status": "publish", "wp:post_type": "post"}
        )
        for row in told:
            yield _write_wxr_comment(row, numbers)
        yield "</item>\n"
    yield WXR_FOOT


def write_disqus(pages: Sequence[Page], rows: Iterable[ForeignComment]) -> Iterator[str]:
    """As Disqus exports itself: all threads first. Beside its numbers stand the references."""
    forum = urlsplit(settings.SITE_URL).netloc
    numbers, threads = _make_numbers(), {page: number for number, page in enumerate(pages, start=1)}
    yield DISQUS_HEAD
    for page, number in threads.items():
        title = html.escape(page.title, quote=False)
        told = {"id": page.slug, "forum": forum, "link": page.link, "title": title}
        yield f'<thread dsq:id="{number}">\n{_list_elements(told)}</thread>\n'
    for row in rows:
        yield _write_post(row, threads[row.page], numbers)
    yield DISQUS_FOOT


WRITERS: dict[str, Callable[[Sequence[Page], Iterable[ForeignComment]], Iterator[str]]] = {
    "csv": write_csv,
    "wordpress": write_wxr,
    "disqus": write_disqus,
}


def _page_of(article: Article) -> Page:
    return Page(f"{settings.SITE_URL}{article.get_absolute_url()}", article.slug, article.headline)


def _tell(row: Any) -> ForeignComment:
    return ForeignComment(
        reference=name_comment(row.pk, row.reference, row.created_at),
        parent_reference=name_comment(row.parent_id, row.parent_reference, row.parent_created_at)
        if row.parent_id
        else None,
        page=_page_of(row.article),
        name=row.name,
        address=row.commenter.address if row.commenter else "",
        text=row.text,
        created_at=row.created_at,
        state=row.state if row.state in STATES else DELETED,
        from_ip=row.from_ip,
    )


def _make_numbers() -> defaultdict[str, int]:
    """A number for each reference, from 1, given when it is first mentioned."""
    numbers = count(1)
    return defaultdict(lambda: next(numbers))


def _write_wxr_comment(row: ForeignComment, numbers: dict[str, int]) -> str:
    moment = _second(row.created_at)
    parent = row.parent_reference
    told = {
        "wp:comment_id": str(numbers[row.reference]),
        "wp:comment_author": html.escape(row.name, quote=False),
        "wp:comment_author_email": row.address,
        "wp:comment_author_IP": row.from_ip or "",
        "wp:comment_date": moment,
        "wp:comment_date_gmt": moment,
        "wp:comment_content": _write_html(row),
        "wp:comment_approved": APPROVED[row.state],
        "wp:comment_type": "comment",
        "wp:comment_parent": str(numbers[parent]) if parent else "0",
    }
    own = {OWN_REFERENCE: row.reference} | ({OWN_PARENT: parent} if parent else {})
    more = (
        _write_element("wp:commentmeta", _list_elements({"wp:meta_key": k, "wp:meta_value": v})) for k, v in own.items()
    )
    return _write_element("wp:comment", _list_elements(told) + "".join(more))


def _write_post(row: ForeignComment, thread: int, numbers: dict[str, int]) -> str:
    told = {
        "id": row.reference,
        "message": _write_html(row),
        "createdAt": f"{row.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "isDeleted": _write_flag(row.state in (DELETED, REJECTED)),
        "isSpam": _write_flag(row.state == SPAM),
        "isApproved": _write_flag(row.state not in (HELD, REJECTED)),
    }
    author = {"email": row.address, "name": row.name, "isAnonymous": _write_flag(not row.address)}
    parts = [_list_elements(told), _write_element("author", _list_elements(author))]
    parts += [_list_elements({"ipAddress": row.from_ip})] if row.from_ip else []
    parts += [f'<thread dsq:id="{thread}" />\n']
    if row.parent_reference:
        parts += [f'<parent dsq:id="{numbers[row.parent_reference]}">{_cdata(row.parent_reference)}</parent>\n']
    return f'<post dsq:id="{numbers[row.reference]}">\n{"".join(parts)}</post>\n'


def _write_html(row: ForeignComment) -> str:
    return render(row.text).html if row.text else ""


def _write_flag(flag: bool) -> str:
    return "true" if flag else "false"


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _list_elements(told: dict[str, str]) -> str:
    return "".join(f"<{name}>{_cdata(text)}</{name}>\n" for name, text in told.items())


def _write_element(name: str, content: str) -> str:
    return f"<{name}>\n{content}</{name}>\n"


def _cdata(text: str) -> str:
    text = drop_forbidden(text)
    if not text or (text.isascii() and text.isalnum()):
        return text
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
