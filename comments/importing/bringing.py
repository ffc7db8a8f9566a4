"""Comments of an export come into the conversations here, through the one way in. Repeating it changes nothing.

The file is read and checked as a whole before anything is written. Then rows are brought in portions, each in its own
transaction, so that readers can write in between; what was interrupted is taken up by doing it again. A comment is
known again by its reference. What somebody here has edited or decided about since it came is left as it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from articles.models import Edition
from comments.addresses import BadAddress, clean_address
from comments.drafts import Draft, read_key
from comments.editing import take_back
from comments.exporting import name_comment, name_here
from comments.importing import Export
from comments.importing.matching import Match, match_pages, read_articles
from comments.importing.order import Outline
from comments.importing.rows import DELETED, VISIBLE, ForeignComment, Page
from comments.models import Comment, Decision
from comments.retention import TRACES_KEPT
from comments.submitting import Origin, submit, write
from comments.visitors import Visitor
from experts.importing import lock_on_postgresql

PORTION = 100  # rows; on SQLite nobody else writes while one comes in
GONE = (Comment.State.DELETED, Comment.State.ERASED)

NO_ARTICLE = "its page is no article here"
ELSEWHERE = "here it stands under another article, or answers another comment"
PARENT_MISSING = "the comment that it answers was left out"
TO_COME = "its date has not come yet"
TOUCHED = "somebody here has edited it or decided about it since"


class NothingFits(Exception):
    """No page of the file is an article here. Nothing was written."""

    def __init__(self, report: "Report") -> None:
        self.report = report
        super().__init__("No page in the file is an article here. Say which is which with --page ADDRESS=SLUG.")


class Left(NamedTuple):
    """So many were left out or left alone for one reason; `line` is where the first of them is."""

    rows: int
    line: int


@dataclass
class Report:
    """`left_alone` are in the conversation, `left_out` are not; both by reason.

    `orphans` came as comments of their own; `strangers` without the address that the file has for them, for nothing
    could be mailed there.
    """

    rows: int = 0
    matched: dict[Page, Match] = field(default_factory=dict)
    pages: Counter[Page] = field(default_factory=Counter)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    orphans: int = 0
    strangers: int = 0
    left_alone: dict[str, Left] = field(default_factory=dict)
    left_out: dict[str, Left] = field(default_factory=dict)

    def leave(self, where: dict[str, Left], why: str, line: int) -> None:
        before = where.get(why, Left(0, line))
        where[why] = before._replace(rows=before.rows + 1)


class Listener:
    """Told how it goes on; this one keeps it to itself."""

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """So many rows have been read or brought in."""


def bring(
    export: Export,
    said: Mapping[str, str],
    *,
    now: datetime,
    dry_run: bool = False,
    listener: Listener | None = None,
) -> Report:
    """Everything in the file that stands under an article here; `said` as in `match_pages`.

    Raises `Unreadable`, `NoSuchPage` or `NothingFits`; then nothing was written. One query a portion, and four for each
    new comment. A dry run does all of it in one transaction, and takes it back.
    """
    listener = listener or Listener()
    made = export.check(lambda done: listener.advance("Reading", done, None))
    report = _begin(made, match_pages(made.pages, said, read_articles(now)))
    with transaction.atomic() if dry_run else nullcontext():
        for portion in batched(export.read_in_order(made), PORTION):
            with transaction.atomic():
                lock_on_postgresql()
                bring_portion(portion, report, now)
            report.rows += len(portion)
            listener.advance("Bringing in", report.rows, len(made))
        if dry_run:
            transaction.set_rollback(True)
    return report


def bring_portion(rows: Sequence[ForeignComment], report: Report, now: datetime) -> None:
    known = find_known(rows)
    for row in rows:
        newest = report.matched[row.page].newest
        if newest is None:
            report.leave(report.left_out, NO_ARTICLE, row.line)
        elif comment := known.get(row.reference):
            bring_up_to_date(comment, row, newest, known.get(row.parent_reference or ""), report, now)
        elif created := create(row, newest, known, report, now):
            known[row.reference] = created


def find_known(rows: Iterable[ForeignComment]) -> dict[str, Comment]:
    """The comments here that the rows are or answer, by reference, locked until the transaction ends. One query."""
    references = {row.reference for row in rows} | {row.parent_reference for row in rows if row.parent_reference}
    here = {key: reference for reference in references if (key := read_own_key(reference))}
    found = Comment.objects.select_for_update(of=("self",)).defer("html")
    found = found.filter(Q(reference__in=references) | Q(pk__in=here, reference=None))
    is_decided_here = Exists(Decision.objects.filter(comment=OuterRef("pk")))
    known: dict[str, Comment] = {}
    for comment in found.annotate(is_decided_here=is_decided_here).order_by("pk"):
        name = name_comment(comment.pk, comment.reference, comment.created_at)
        if name in references:
            known[name] = comment
    return known


def read_own_key(reference: str) -> int | None:
    """Of a comment that was written here and exported."""
    own = reference.removeprefix(name_here())
    return read_key(own.partition("-")[0]) if own != reference else None


def bring_up_to_date(
    comment: Comment, row: ForeignComment, newest: Edition, parent: Comment | None, report: Report, now: datetime
) -> None:
    """What was written here is its author's, and stays as it is, too."""
    if not differs(comment, row):
        report.unchanged += 1
    elif comment.reference is None or is_touched(comment):
        report.leave(report.left_alone, TOUCHED, row.line)
    elif comment.article_id != newest.article_id or comment.parent_id != (parent and parent.pk):
        report.leave(report.left_alone, ELSEWHERE, row.line)
    else:
        change(comment, row, now)
        report.updated += 1


def differs(comment: Comment, row: ForeignComment) -> bool:
    if row.state == DELETED or comment.state in GONE:
        return row.state != DELETED or comment.state not in GONE
    return (comment.text, comment.state) != (row.text, row.state)


def is_touched(comment: Any) -> bool:
    """Since it was brought in, by its author or by a moderator."""
    return comment.revision > 1 or comment.is_decided_here or comment.featured_at is not None or comment.state in GONE


def change(comment: Comment, row: ForeignComment, now: datetime) -> None:
    if row.state == DELETED:
        take_back(comment, DELETED, now=now)
        return
    write(comment, row.text)
    comment.state = row.state
    if row.state == VISIBLE:
        comment.shown_at = comment.shown_at or comment.created_at
    comment.save()


def create(
    row: ForeignComment, newest: Edition, known: Mapping[str, Comment], report: Report, now: datetime
) -> Comment | None:
    """None, and the reason in the report, where it has no place here."""
    parent = known.get(row.parent_reference or "")
    if why := find_obstacle(row, parent, newest, now):
        report.leave(report.left_out, why, row.line)
        return None
    address = read_address(row.address)
    report.strangers += bool(row.address and not address)
    draft = Draft(name=row.name, address=address, text=row.text, parent=str(parent.pk) if parent else "")
    is_recent = row.created_at > now - TRACES_KEPT
    origin = Origin(row.reference, row.created_at, row.state, row.from_ip if is_recent else None)
    report.created += 1
    return submit(newest, draft, Visitor(), now=now, origin=origin).comment


def find_obstacle(row: ForeignComment, parent: Comment | None, newest: Edition, now: datetime) -> str:
    if row.parent_reference and parent is None:
        return PARENT_MISSING
    if parent and parent.article_id != newest.article_id:
        return ELSEWHERE
    return TO_COME if row.created_at > now else ""


def read_address(told: str) -> str:
    """Empty where nothing could be mailed."""
    try:
        return clean_address(told)
    except BadAddress:
        return ""


def _begin(made: Outline, matched: dict[Page, Match]) -> Report:
    report = Report(matched=matched, pages=made.pages, orphans=len(made.orphans))
    for told in made.left_out:
        report.leave(report.left_out, f"{told.reason} are no comments", told.line)
    if made.pages and all(match.newest is None for match in matched.values()):
        raise NothingFits(report)
    return report
