"""The demo: one published comparison to look at, and an editor to sign in as. Never in production.

What it says is in `demo_content/`. Rows are known by their slugs, the source by its reference and a position by its
expert and question. A row that is there is left as it is; what hangs on it (answers, roles, quotes) comes only with it.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.db import models, transaction

from articles.models import Article, ArticleQuestion, Author, Byline, Edition, Section
from articles.publishing import publish
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic

CONTENT = Path(__file__).parent / "demo_content"
USERNAME = PASSWORD = "editor"  # noqa: S105 (meant to be known)


class DemoRefused(Exception):
    """The demo has no business here."""


@dataclass
class Report:
    """Rows by model. `left_out` are positions whose answer an editor has taken off the scale."""

    created: Counter[type[models.Model]] = field(default_factory=Counter)
    kept: Counter[type[models.Model]] = field(default_factory=Counter)
    left_out: int = 0
    is_skipped: bool = False

    def note(self, row: models.Model, is_new: bool) -> None:
        counts = self.created if is_new else self.kept
        counts[type(row)] += 1


@transaction.atomic
def install_demo(now: datetime, *, if_empty: bool = False) -> Report:
    """Create what is missing of the demo and publish its article, if that is not there yet, in two editions.

    Repeating changes nothing, nor does `if_empty` where any article or expert exists. A position made anew after its
    article was published stays private until the next edition. Raises `DemoRefused` in production.
    """
    if settings.PRODUCTION:
        raise DemoRefused("The demo brings an editor with a known password and is not for production.")
    report = Report()
    if if_empty and (Article.objects.exists() or Expert.objects.exists()):
        report.is_skipped = True
        return report
    editor = _add_editor(report)
    _add_record(_read("record.toml"), report)
    _add_article(_read("article.toml"), editor, now, report)
    return report


def can_sign_in() -> bool:
    """Whether the demo editor exists and still has the password that is printed for it. Writes nothing."""
    user = get_user_model().objects.filter(username=USERNAME, is_active=True, is_staff=True).first()
    return bool(user and check_password(PASSWORD, user.password))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def _add_editor(report: Report) -> User:
    users = get_user_model().objects
    editor = users.filter(username=USERNAME).first()
    is_new = editor is None
    editor = editor or users.create_superuser(USERNAME, password=PASSWORD)
    report.note(editor, is_new)
    return editor


def _add_record(content: dict[str, Any], report: Report) -> None:
    common: dict[str, Any] = {"stated_on": content["source"]["published_on"], "dating": Position.Dating.REPORTED}
    common["source"] = _add_source(content["source"], report)
    for topic in content["topics"]:
        report.note(*Topic.objects.get_or_create(slug=topic.pop("slug"), defaults=topic))
    for scale in content["scales"]:
        _add_scale(scale, report)
    for expert in content["experts"]:
        _add_expert(expert, report)
    for question in content["questions"]:
        positions = question.pop("positions")
        added = _add_question(question, report)
        for slug, position in positions.items():
            _add_position(Expert.objects.get(slug=slug), added, common | position, report)


def _add_source(content: dict[str, Any], report: Report) -> Source:
    source, is_new = Source.objects.get_or_create(reference=content.pop("reference"), defaults=content)
    report.note(source, is_new)
    return source


def _add_scale(content: dict[str, Any], report: Report) -> None:
    answers = content.pop("answers")
    scale, is_new = Scale.objects.get_or_create(slug=content.pop("slug"), defaults=content)
    report.note(scale, is_new)
    if is_new:
        Answer.objects.bulk_create(Answer(scale=scale, order=n, **answer) for n, answer in enumerate(answers, 1))


def _add_expert(content: dict[str, Any], report: Report) -> None:
    affiliations = content.pop("affiliations")
    expert, is_new = Expert.objects.get_or_create(slug=content.pop("slug"), defaults=content)
    report.note(expert, is_new)
    if is_new:
        Affiliation.objects.bulk_create(Affiliation(expert=expert, **affiliation) for affiliation in affiliations)


def _add_question(content: dict[str, Any], report: Report) -> Question:
    topics = Topic.objects.filter(slug__in=content.pop("topics"))
    content["scale"] = Scale.objects.get(slug=content["scale"])
    question, is_new = Question.objects.get_or_create(slug=content.pop("slug"), defaults=content)
    report.note(question, is_new)
    if is_new:
        question.topics.set(topics)
    return question


def _add_position(expert: Expert, question: Question, content: dict[str, Any], report: Report) -> None:
    """Only where the expert has none on the question, so that one an editor has re-dated is not made twice."""
    if known := Position.objects.filter(expert=expert, question=question).first():
        report.note(known, is_new=False)
        return
    quotes = content.pop("quotes", [])
    if label := content.pop("answer", None):
        content["answer"] = question.scale.answers.filter(label=label).first()
        if content["answer"] is None:
            report.left_out += 1
            return
    position = Position.objects.create(expert=expert, question=question, **content)
    report.note(position, is_new=True)
    for quote in quotes:
        report.note(Quote.objects.create(position=position, source=content["source"], **quote), is_new=True)


def _add_article(content: dict[str, Any], editor: User, now: datetime, report: Report) -> None:
    if known := Article.objects.filter(slug=content["slug"]).first():
        report.note(known, is_new=False)
        return
    article = Article.objects.create(
        **{name: content[name] for name in ("slug", "headline", "standfirst", "as_of", "body", "verdict", "method")}
    )
    report.note(article, is_new=True)
    _fill_article(article, content, report)
    publish(article, by=editor, now=now)
    article.method += content["method_clarified"]
    article.save()
    publish(article, by=editor, now=now, kind=Edition.Kind.CLARIFICATION, note=content["clarification"])


def _fill_article(article: Article, content: dict[str, Any], report: Report) -> None:
    author, is_new = Author.objects.get_or_create(slug=content["author"].pop("slug"), defaults=content["author"])
    report.note(author, is_new)
    Byline.objects.create(article=article, author=author)
    for order, slug in enumerate(content["questions"], 1):
        ArticleQuestion.objects.create(article=article, question=Question.objects.get(slug=slug), order=order)
    for order, section in enumerate(content["sections"], 1):
        expert = Expert.objects.get(slug=section["expert"])
        Section.objects.create(article=article, expert=expert, body=section["body"], order=order)
    article.topics.set(Topic.objects.filter(slug__in=content["topics"]))
    for ground in content["verdict_positions"]:
        article.verdict_positions.add(
            *Position.objects.filter(expert__slug=ground["expert"], question__slug=ground["question"])
        )
