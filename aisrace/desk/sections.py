"""The parts of the start page: each reads what needs one person, or gives None where nothing does.

A part is a function of the person and the moment, listed in `aisrace.desk.home.PARTS` in the order of the page; its
docstring names its cost in queries.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse

from aisrace.desk.when import ago, until
from aisrace.keeping.models import Deed
from aisrace.keeping.trail import name_of
from articles.models import Article, ArticleQuestion, Byline, Edition, Section
from comments.corrections import list_errors, tell_clock
from comments.models import Comment
from comments.moderating import name_holder
from experts.models import Position, Quote

MANY = 8
FEW = 5
LONGEST = 200  # characters of a reader's words that are looked at


@dataclass(frozen=True)
class Line:
    """`at` is printed with its zone where the exact time matters; `when` says it in words; `mark` stands out."""

    title: str
    url: str
    about: str = ""
    when: str = ""
    at: datetime | None = None
    mark: str = ""


@dataclass(frozen=True)
class Part:
    title: str
    lines: tuple[Line, ...]
    more: str = ""
    more_url: str = ""
    more_too: str = ""
    more_too_url: str = ""


def changing(row_kind: str, key: object) -> str:
    """The address of a row's form in the desk; empty where there is none."""
    try:
        return reverse(f"admin:{row_kind.replace('.', '_')}_change", args=[key])
    except NoReverseMatch:
        return ""


def listing(row_kind: str, **query: object) -> str:
    return reverse(f"admin:{row_kind.replace('.', '_')}_changelist") + (f"?{urlencode(query)}" if query else "")


# --- Writing ---------------------------------------------------------------------------------------------------------


def awaiting_review(person: User, now: datetime) -> Part | None:
    """One query. For contributors: what they have handed in themselves."""
    articles = list(Article.objects.submitted().editable_by(person).select_related("submitted_by")[: MANY + 1])
    lines = tuple(
        Line(
            title=str(article),
            url=changing("articles.article", article.pk),
            about=f"by {name_of(article.submitted_by)}" if article.submitted_by else "",
            when=ago(article.submitted_at or now, now),
        )
        for article in articles[:MANY]
    )
    return as_part("Awaiting review", lines, more=len(articles) > MANY and "All articles", url="articles.article")


def drafts(person: User, now: datetime) -> Part | None:
    """Working copies that readers do not have as they are: never published, or saved since. Two queries."""
    articles = list(find_drafts(person)[: MANY + 1])
    returned = read_returned(articles[:MANY])
    lines = sorted(
        (draft_line(article, returned.get(str(article.pk)), now) for article in articles[:MANY]),
        key=lambda line: not line.mark,
    )
    title = "Drafts" if person.has_perm("articles.edit_any_article") else "Your drafts"
    return as_part(title, tuple(lines), more=len(articles) > MANY and "All articles", url="articles.article")


def find_drafts(person: User) -> QuerySet[Article]:
    parts = {"article": OuterRef("pk")}
    experts = Section.objects.filter(**parts, expert__isnull=False).order_by().values("article")
    newest = Edition.objects.filter(**parts).order_by("-number")
    return (
        Article.objects.editable_by(person)
        .filter(submitted_at=None)
        .annotate(
            edition=Subquery(newest.values("number")[:1]),
            published_at=Subquery(newest.values("created_at")[:1]),
            has_author=Exists(Byline.objects.filter(**parts)),
            has_question=Exists(ArticleQuestion.objects.filter(**parts)),
            expert_count=Subquery(experts.annotate(n=Count("pk")).values("n")),
        )
        .filter(Q(edition=None) | Q(changed_at__gt=F("published_at")))
        .order_by("-changed_at", "-id")
    )


def read_returned(articles: list[Article]) -> dict[str, Deed]:
    """Of those whose newest word in the review was that they come back: that deed, by the article's key."""
    newest: dict[str, Deed] = {}
    verbs = ("submitted", "returned")
    keys = [str(article.pk) for article in articles]
    for deed in Deed.objects.filter(kind="articles.article", row_id__in=keys, verb__in=verbs):
        newest.setdefault(deed.row_id, deed)
    return {key: deed for key, deed in newest.items() if deed.verb == "returned"}


def draft_line(article: Article, returned: Deed | None, now: datetime) -> Line:
    lacking = list_lacking(article)
    about = f"needs {', '.join(lacking)}" if lacking else "the outline is complete"
    if article.edition:  # type: ignore[attr-defined]
        about = f"saved since edition {article.edition}"  # type: ignore[attr-defined]
    if returned and returned.note:
        about = f"“{returned.note}”"
    return Line(
        title=str(article),
        url=changing("articles.article", article.pk),
        about=about,
        when=ago(article.changed_at, now),
        mark=f"Returned by {returned.by_name or 'an editor'}" if returned else "",
    )


def list_lacking(article: Article) -> list[str]:
    """The first things a checklist would ask for, without its price; `blockers` has the last word."""
    needs = {
        "a headline": not article.headline,
        "a standfirst": not article.standfirst,
        "an author": not article.has_author,  # type: ignore[attr-defined]
        "two experts": (article.expert_count or 0) < 2,  # type: ignore[attr-defined]
        "a question": not article.has_question,  # type: ignore[attr-defined]
    }
    return [need for need, is_lacking in needs.items() if is_lacking]


def scheduled(person: User, now: datetime) -> Part | None:
    """One query."""
    theirs = Article.objects.editable_by(person)
    editions = Edition.objects.scheduled(now).filter(article__in=theirs.values("pk")).order_by("live_at", "id")
    lines = tuple(
        Line(
            title=edition.headline,
            url=changing("articles.article", edition.article_id),
            about=f"edition {edition.number}",
            when=until(edition.live_at, now),
            at=edition.live_at,
        )
        for edition in editions.only("headline", "number", "live_at", "article")[:MANY]
    )
    return as_part("Scheduled", lines)


def corrections(person: User, now: datetime) -> Part | None:
    """One query."""
    if not person.has_perm("articles.view_edition"):
        return None
    kinds = [Edition.Kind.CORRECTION, Edition.Kind.CLARIFICATION, Edition.Kind.WITHDRAWAL]
    editions = Edition.objects.published(now).filter(kind__in=kinds).order_by("-live_at", "-id")
    lines = tuple(
        Line(
            title=edition.headline,
            url=changing("articles.edition", edition.pk),
            about=f"{edition.get_kind_display()}: {edition.note}",
            when=ago(edition.live_at, now),
        )
        for edition in editions.only("headline", "kind", "note", "live_at")[:FEW]
    )
    return as_part("Corrections", lines, more="All editions", url="articles.edition")


# --- The record ------------------------------------------------------------------------------------------------------


def without_evidence(person: User, now: datetime) -> Part | None:
    """Positions that a reader could not check: no source, or an answer in nobody's words. Two queries."""
    if not person.has_perm("experts.change_position"):
        return None
    positions = Position.objects.editable_by(person).annotate(
        has_quote=Exists(Quote.objects.filter(position=OuterRef("pk")))
    )
    no_source, no_quote = Q(source=None), Q(has_quote=False, answer__isnull=False)
    totals = positions.aggregate(source=Count("pk", filter=no_source), quote=Count("pk", filter=no_quote))
    if not any(totals.values()):
        return None
    newest = positions.filter(no_source | no_quote).select_related("expert", "question").order_by("-pk")[:FEW]
    return Part(
        "Positions without evidence",
        tuple(position_line(position) for position in newest),
        more=f"{totals['source']:,} without a source" if totals["source"] else "",
        more_url=listing("experts.position", source__isnull=True),
        more_too=f"{totals['quote']:,} without a quote" if totals["quote"] else "",
        more_too_url=listing("experts.position", quotes__isnull=True, answer__isnull=False),
    )


def position_line(position: Position) -> Line:
    lacking = ["no source"] if position.source_id is None else []
    if position.answer_id and not position.has_quote:  # type: ignore[attr-defined]
        lacking.append("no quote")
    return Line(
        title=f"{position.expert} on “{position.question}”",
        url=changing("experts.position", position.pk),
        when=", ".join(lacking),
    )


# --- The conversation ------------------------------------------------------------------------------------------------


def held_comments(person: User, now: datetime) -> Part | None:
    """One query."""
    if not person.has_perm("comments.moderate_comment"):
        return None
    comments = list(Comment.objects.held().defer("html")[: MANY + 1])
    lines = tuple(
        Line(
            title=shorten(comment.text),
            url=changing("comments.comment", comment.pk),
            about=f"{comment.name}; {name_holder(comment.rule).lower()}",
            when=ago(comment.created_at, now),
        )
        for comment in comments[:MANY]
    )
    return as_part("Held comments", lines, more="All that waits", url="comments.comment")


def reported_errors(person: User, now: datetime) -> Part | None:
    """One query."""
    if not person.has_perm("comments.change_reportederror"):
        return None
    errors = list(list_errors(now).filter(outcome="")[: MANY + 1])
    lines = tuple(
        Line(
            title=shorten(error.comment.text),
            url=changing("comments.reportederror", error.pk),
            about=f"under {error.headline}",  # type: ignore[attr-defined]
            when=tell_clock(error, now),
        )
        for error in errors[:MANY]
    )
    more = len(errors) > MANY and "All corrections"
    return as_part("Reported errors", lines, more=more, url="comments.reportederror")


def shorten(text: str) -> str:
    return " ".join(text[:LONGEST].split())


# --- The trail -------------------------------------------------------------------------------------------------------


def newest_deeds(person: User, now: datetime) -> Part | None:
    """What was done lately: by everybody for those who may read the trail, else one's own. One query."""
    may_read_all = person.has_perm("keeping.view_deed")
    deeds = (Deed.objects.all() if may_read_all else Deed.objects.filter(by=person.pk)).defer("note")
    lines = tuple(
        Line(
            title=deed.label,
            url="" if deed.verb == "deleted" else changing(deed.kind, deed.row_id),
            about=f"{deed.by_name if may_read_all else 'You'} {tell(deed)}".strip(),
            when=ago(deed.at, now),
        )
        for deed in deeds[:MANY]
    )
    return as_part("Done lately", lines, more=may_read_all and "The whole trail", url="keeping.deed")


def tell(deed: Deed) -> str:
    """“published edition 2”, “changed”."""
    number = deed.detail.get("edition")
    return f"{deed.verb} edition {number}" if isinstance(number, int) and deed.verb != "went live" else deed.verb


def as_part(title: str, lines: tuple[Line, ...], more: str | bool = "", url: str = "") -> Part | None:
    """None without lines: the page has no empty boxes."""
    if not lines:
        return None
    try:
        return Part(title, lines, more=str(more or ""), more_url=listing(url) if more else "")
    except NoReverseMatch:
        return Part(title, lines)
