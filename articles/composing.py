"""Beginning and changing a working copy outside the desk's form, by the form's rules. Nothing here publishes.

`said` holds what somebody sent, by the names of the fields, only those that were sent: experts, questions, authors and
topics by slug, positions by key. Lists are whole lists, in their order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from aisrace.keeping.saving import keep_new, keeping
from aisrace.lib.checking import Problems, check, require, tidy
from articles.drafting import choose_slug, save_at_free_address
from articles.models import Article, ArticleQuestion, Author, Byline
from articles.sectioning import save_sections, write_sections
from experts.models import Position, Question, Topic

PLAIN = ("headline", "standfirst", "body", "verdict", "method", "as_of")
# The rows between, each with the field that says what they lead to.
LISTED: dict[str, tuple[Any, str]] = {"questions": (ArticleQuestion, "question"), "authors": (Byline, "author")}

type Said = Mapping[str, Any]


def begin_article(said: Said, *, by: User, now: datetime, **detail: Any) -> Article:
    """A new working copy. Raises `PermissionDenied`, or `Unsound` with all that is wrong; then nothing is written."""
    require(by, "articles.add_article")
    article = Article(entered_by=by)
    with transaction.atomic():
        save(article, said, by=by, now=now)
        keep_new(article, by=by, now=now, **detail)
    return article


def change_article(article: Article, said: Said, *, by: User, now: datetime, expected: int, **detail: Any) -> None:
    """As `begin_article`, for what is sent. Raises `Overtaken` where `expected` is no longer its version."""
    require(by, "articles.change_article", Article.objects.editable_by(by).filter(pk=article.pk))
    with keeping(article, by=by, now=now, expected=expected, **detail) as current:
        save(current, said, by=by, now=now)


def save(article: Article, said: Said, *, by: User, now: datetime) -> None:
    problems = Problems()
    for name in PLAIN:
        if name in said:
            setattr(article, name, said[name])
    asked = said.get("slug", article.slug)
    article.slug = asked or choose_slug(article.headline)
    many = {name: choose(article, name, said[name], by, now, problems) for name in MANY if name in said}
    sections = write_sections(article, said["sections"], by, now, problems) if "sections" in said else None
    tidy(article)
    check(article, problems, exclude=["entered_by", "submitted_by"])
    problems.raise_any()
    save_at_free_address(article, asked or article.headline)
    for name, rows in many.items():
        if name in LISTED:
            save_list(article, name, rows, by)
        else:
            getattr(article, name).set(rows)
    if sections is not None:
        save_sections(article, sections, by)


# --- What it leads to ------------------------------------------------------------------------------------------------


def find_questions(by: User, now: datetime) -> QuerySet[Any]:
    return Question.objects.readable_by(by, now)


def find_positions(by: User, now: datetime) -> QuerySet[Any]:
    return Position.objects.readable_by(by, now)


MANY = {
    "questions": ("slug", find_questions),
    "authors": ("slug", lambda by, now: Author.objects.all()),
    "topics": ("slug", lambda by, now: Topic.objects.all()),
    "verdict_positions": ("pk", find_positions),
}


def choose(article: Article, name: str, keys: Sequence[Any], by: User, now: datetime, problems: Problems) -> list[Any]:
    """In the order given, among those that somebody may read and those that stand there already."""
    by_what, readable = MANY[name]
    there = list(getattr(article, name).values_list("pk", flat=True)) if article.pk else []
    allowed = readable(by, now).order_by().values("pk")
    model = allowed.model
    rows = model.objects.filter(Q(pk__in=allowed) | Q(pk__in=there)).filter(**{f"{by_what}__in": keys})
    found = {getattr(row, by_what): row for row in rows}
    for number, key in enumerate(keys):
        if key not in found:
            problems.add(f"/{name}/{number}", f"There is no {model._meta.verbose_name} “{key}” here.")
        elif key in keys[:number]:
            problems.add(f"/{name}/{number}", f"“{key}” stands here twice.")
    return [found[key] for key in keys if key in found]


def save_list(article: Article, name: str, rows: Sequence[Any], by: User) -> None:
    """Rows between that lead there already are kept, so that the history tells only what changed."""
    between, field = LISTED[name]
    kind = between._meta.model_name
    there = {getattr(row, f"{field}_id"): row for row in between._default_manager.filter(article=article)}
    for order, row in enumerate(rows):
        link = there.pop(row.pk, None) or between(**{"article": article, field: row, "order": -1})
        if link.pk and link.order == order:
            continue
        require(by, f"articles.{'change' if link.pk else 'add'}_{kind}")
        link.order = order
        link.save()
    if there:
        require(by, f"articles.delete_{kind}")
        between._default_manager.filter(article=article, **{f"{field}__in": list(there)}).delete()
