"""What waits for moderators, with what they need to decide: what caught it, what it answers, who wrote it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from articles.models import Edition
from comments.addresses import key_of
from comments.lookups import networks_around
from comments.models import Appeal, Ban, Comment, Commenter, Decision, ReaderReport, ReportedError
from comments.moderating import DECIDABLE, name_holder

State = Comment.State
A_PAGE = 20
MOST_COUNTED = 99  # of those that are new; what is more is told as more
EXCERPT = 280  # characters of the comment that is answered


@dataclass(frozen=True)
class Tab:
    key: str
    title: str
    about: str


TABS = (
    Tab("held", "Held", "Nobody sees these until you decide. Longest waiting first."),
    Tab("reported", "Reported", "Readers think that somebody should look at these. First reported first."),
    Tab("appeals", "Appeals", "Authors ask once more about a rejected comment. Longest waiting first."),
    Tab("errors", "Errors", "Readers say that the article is wrong. Longest waiting first."),
    Tab("new", "New", "Visible, and not yet looked at. Newest first."),
    Tab("spam", "Spam", "Marked as spam, in case something was not. Newest first."),
)


@dataclass(frozen=True)
class Record:
    """What is known of an author. The address is for moderators, on these pages alone."""

    address: str = ""
    name: str = ""
    first_seen_at: datetime | None = None
    is_confirmed: bool = False
    visible: int = 0
    rejected: int = 0
    ban: str = ""


@dataclass(frozen=True)
class Waiting:
    """One comment of the queue. `pieces` are its text before, in and after what was caught; all of it is plain text."""

    comment: Comment
    held_by: str
    pieces: tuple[str, str, str]
    answered: str
    record: Record
    reports: tuple[ReaderReport, ...]
    decisions: tuple[Decision, ...]
    networks: tuple[str, ...]
    headline: str
    slug: str

    @property
    def appeal(self) -> Appeal | None:
        return getattr(self.comment, "appeal", None)

    @property
    def error(self) -> ReportedError | None:
        return getattr(self.comment, "reported_error", None)

    @property
    def is_decidable(self) -> bool:
        """An appeal is answered first: that is the decision."""
        awaits_answer = self.appeal is not None and not self.appeal.outcome
        return self.comment.state in DECIDABLE and not awaits_answer


@dataclass(frozen=True)
class Queue:
    tab: Tab
    counts: dict[str, int]
    page: Page[Any]
    waiting: tuple[Waiting, ...]


def read_queue(key: str, number: str, now: datetime) -> Queue:
    """One page of one tab. Eight queries, however much waits: first which ones, then what is known of those alone."""
    tab = next((tab for tab in TABS if tab.key == key), TABS[0])
    counts = count_waiting()
    rows = list_waiting(tab.key).values_list("pk", flat=True)
    page = CountedPaginator(rows, A_PAGE, counts[tab.key]).get_page(number)
    keys = list(page.object_list)
    waiting = open_waiting(Comment.objects.filter(pk__in=keys), now)
    return Queue(tab, counts, page, tuple(sorted(waiting, key=lambda one: keys.index(one.comment.pk))))


class CountedPaginator(Paginator):
    """The number of rows is known already."""

    def __init__(self, rows: QuerySet[Any], size: int, number: int) -> None:
        super().__init__(rows, size)
        self.number = number

    @property
    def count(self) -> int:
        return self.number


# --- Which ones ------------------------------------------------------------------------------------------------------


def narrow(key: str) -> QuerySet[Comment]:
    """The comments of a tab, in no order."""
    rows: QuerySet[Comment] = Comment.objects.order_by()
    if key == "held":
        return rows.filter(state=State.HELD)
    if key == "reported":
        return rows.filter(state__in=DECIDABLE, pk__in=ReaderReport.objects.filter(settled_at=None).values("comment"))
    if key == "appeals":
        return rows.filter(state__in=DECIDABLE, appeal__outcome=Appeal.Outcome.OPEN)
    if key == "errors":
        return rows.filter(state=State.VISIBLE, reported_error__outcome=ReportedError.Outcome.OPEN)
    if key == "new":
        # What was brought in was decided where it came from. Asked by the bare column, SQLite would look up all that
        # have no reference and sort them, instead of reading the newest visible ones in their order.
        here = rows.alias(origin=Coalesce("reference", Value(""))).filter(origin="")
        return here.filter(state=State.VISIBLE, decided_revision__lt=F("revision"))
    return rows.filter(state=State.SPAM)


def list_waiting(key: str) -> QuerySet[Comment]:
    rows = narrow(key)
    if key == "reported":
        first = ReaderReport.objects.filter(comment=OuterRef("pk"), settled_at=None).order_by("at", "pk").values("at")
        return rows.annotate(reported_at=Subquery(first[:1])).order_by("reported_at", "pk")
    orders = {
        "held": ("created_at", "pk"),
        "appeals": ("appeal__at", "pk"),
        "errors": ("reported_error__at", "pk"),
    }
    return rows.order_by(*orders.get(key, ("-created_at", "-pk")))


def count_waiting() -> dict[str, int]:
    """By tab. Two queries: new may be everything there is, and is counted to one more than `MOST_COUNTED` alone."""
    parts = [
        narrow(tab.key).annotate(tab=Value(tab.key)).values("tab").annotate(n=Count("pk")).values_list("tab", "n")
        for tab in TABS
        if tab.key != "new"
    ]
    counted = dict(parts[0].union(*parts[1:], all=True).order_by())
    counted["new"] = list_waiting("new")[: MOST_COUNTED + 1].count()
    return {tab.key: counted.get(tab.key, 0) for tab in TABS}


def tell_count(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def count_held() -> int:
    return narrow("held").count()


# --- What is known of them -------------------------------------------------------------------------------------------


def open_waiting(rows: Any, now: datetime) -> tuple[Waiting, ...]:
    """Of a queryset of comments, in its order. Five queries."""
    live = Edition.objects.live(now).filter(article=OuterRef("article"))
    comments = list(
        rows.annotate(headline=Subquery(live.values("headline")[:1]), live_slug=Subquery(live.values("slug")[:1]))
        .select_related(
            *("commenter", "parent", "question", "answer", "position__expert", "position__question", "quote"),
            *("appeal", "appeal__decision", "reported_error"),
        )
        .prefetch_related("reports", "made_decisions")
    )
    records = read_records([comment.commenter for comment in comments if comment.commenter])
    bans = find_bans(comments, now)
    return tuple(open_one(comment, records, bans) for comment in comments)


def open_one(comment: Comment, records: dict[int, Record], bans: dict[int, str]) -> Waiting:
    record = records.get(comment.commenter_id or 0, Record())
    reports = sorted((report for report in comment.reports.all() if not report.settled_at), key=lambda r: r.at)
    return Waiting(
        comment,
        name_holder(comment.rule) if comment.rule else "",
        cut_pieces(comment),
        tell_answered(comment.parent),
        Record(**vars(record) | {"ban": bans.get(comment.pk, "")}),
        tuple(reports),
        tuple(comment.made_decisions.all()),
        tuple(networks_around(comment.from_ip)) if comment.from_ip else (),
        comment.headline or "An article that is not live",  # type: ignore[attr-defined]
        comment.live_slug or "",  # type: ignore[attr-defined]
    )


def cut_pieces(comment: Comment) -> tuple[str, str, str]:
    """Before, in and after what was caught. A span that does not lie in the text marks nothing."""
    text, length = comment.text, len(comment.text)
    start, end = comment.caught_from, comment.caught_to
    if not comment.rule or start is None or end is None or not 0 <= start < end <= length:
        return (text, "", "")
    return (text[:start], text[start:end], text[end:])


def tell_answered(parent: Comment | None) -> str:
    if parent is None:
        return ""
    if not parent.text:
        return "A comment that is gone."
    text = parent.text if len(parent.text) <= EXCERPT else f"{parent.text[:EXCERPT]}…"
    return f"{parent.name}: {text}"


def read_records(people: Iterable[Commenter]) -> dict[int, Record]:
    """How many of their comments were shown and how many were not, by the person’s key. One query."""
    known = {person.pk: person for person in people}
    counted = (
        Comment.objects.filter(commenter__in=known)
        .order_by()
        .values("commenter")
        .annotate(
            visible=Count("pk", filter=Q(state=State.VISIBLE)),
            rejected=Count("pk", filter=Q(state__in=[State.REJECTED, State.SPAM])),
        )
    )
    numbers = {row["commenter"]: (row["visible"], row["rejected"]) for row in counted}
    return {
        key: Record(
            person.address,
            person.name,
            person.first_seen_at,
            person.confirmed_at is not None,
            *numbers.get(key, (0, 0)),
        )
        for key, person in known.items()
    }


def find_bans(comments: Sequence[Comment], now: datetime) -> dict[int, str]:
    """What the ban is called under which a comment's author or network is, by the comment's key. One query."""
    values = {comment.pk: list_values(comment) for comment in comments}
    asked = {value for found in values.values() for value in found}
    labels = dict(Ban.objects.in_force(now).filter(value__in=asked).values_list("value", "label"))
    return {pk: label for pk, found in values.items() if (label := next((labels[v] for v in found if v in labels), ""))}


def list_values(comment: Comment) -> list[str]:
    address = [key_of(comment.commenter.address, "ban")] if comment.commenter else []
    return address + (networks_around(comment.from_ip) if comment.from_ip else [])
