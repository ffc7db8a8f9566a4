"""Parts of the article's page are printed once. Whatever changes, by whatever way: the page is as if printed anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone

from aisrace.lib.fragments import Fragments
from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from articles.reading import open_text
from articles.related import open_rows
from comments.discussion import lay_page
from comments.lines import print_line
from comments.models import Comment, Conversation
from comments.tallies import add_up
from experts.models import Answer, Expert, Question, Quote
from tests import make, site, talk

pytestmark = pytest.mark.django_db

PATHS = [site.PAGES["article"], site.PAGES["conversation"]]
REMEMBERED = (open_text, open_rows, lay_page, print_line, add_up)


@pytest.fixture
def anew(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bytes]:
    """The page, printed by a process that has printed nothing before."""

    def look(path: str) -> bytes:
        with monkeypatch.context() as context:
            context.setattr(Fragments, "print", lambda fragments, place, key, caller: caller())
            for function in REMEMBERED:
                function.cache_clear()
            return client.get(path).content

    return look


def rewrite(table: str, column: str, old: str, new: str) -> None:
    """As somebody does it who knows nothing of the application."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = replace(CAST({column} AS text), %s, %s)"
            + ("::jsonb" if column == "content" and connection.vendor == "postgresql" else ""),
            [old, new],
        )


def republish(kind: str) -> None:
    article = Article.objects.get(slug="night-trains")
    Article.objects.filter(pk=article.pk).update(standfirst=f"A {kind} of the standfirst.")
    publish(Article.objects.get(pk=article.pk), by=None, now=timezone.now(), kind=kind, note="Why.")


def newest() -> Comment:
    return Comment.objects.visible().filter(depth=0).order_by("-path")[0]


def others() -> None:
    """A third article that shares experts and a question with this one."""
    experts = list(Expert.objects.filter(slug__in=["ada", "bo"]))
    publish(
        make.article("Ferries again", experts=experts, questions=[Question.objects.get(slug="ferries")]),
        by=None,
        now=timezone.now(),
    )


CHANGES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a comment": lambda: talk.comment(Edition.objects.filter(slug="night-trains")[0], "Fresh.", at=timezone.now()),
    "a reply": lambda: talk.comment(
        Edition.objects.filter(slug="night-trains")[0], "Indeed.", parent=newest(), at=timezone.now()
    ),
    "a vote": lambda: Comment.objects.filter(pk=newest().pk).update(votes=F("votes") + 1),
    "a pick": lambda: Comment.objects.filter(pk=newest().pk).update(featured_at=timezone.now()),
    "a badge": lambda: Comment.objects.filter(pk=newest().pk).update(badge="author"),
    "a name": lambda: Comment.objects.filter(pk=newest().pk).update(name="Somebody Else"),
    "an edit": lambda: Comment.objects.filter(pk=newest().pk).update(text="Rewritten.", edited_at=timezone.now()),
    "gone": lambda: Comment.objects.filter(pk=newest().pk).update(state="rejected"),
    "hung on nothing": lambda: Comment.objects.filter(pk=newest().pk).update(position=None, quote=None, purpose=""),
    "another purpose": lambda: Comment.objects.filter(pk=newest().pk).update(purpose="agrees"),
    "no answer": lambda: Comment.objects.filter(pk=newest().pk).update(answer=None, question=None),
    "an expert's name": lambda: Expert.objects.update(name=Concat("name", Value("!"))),
    "a question": lambda: Question.objects.update(label=Concat("label", Value("!"))),
    "a quote": lambda: Quote.objects.update(words=Concat("words", Value("!"))),
    "a label": lambda: Answer.objects.update(label=Concat("label", Value("!"))),
    "the site closes": lambda: Conversation.objects.create(mode="closed", note="Enough."),
    "an article that shares something": others,
    "a typo": lambda: republish("typo"),
    "an update": lambda: republish("update"),
    "content by SQL": lambda: rewrite("articles_edition", "content", "the", "THE"),
    "a headline by SQL": lambda: rewrite("articles_edition", "headline", "rain", "RAIN"),
    "an article that shares nothing": lambda: talk.live(slug="alone"),
}
UNSEEN = ("nothing", "an article that shares nothing")


@pytest.fixture
def _built(standing_site: site.Site) -> None:
    """With a comment that hangs on all that one can hang on."""
    quote = Quote.objects.filter(position__expert__slug="ada")[0]
    question = Question.objects.get(slug="ferries")
    talk.comment(
        Edition.objects.filter(slug="night-trains")[0],
        "It hangs.",
        at=timezone.now(),
        purpose="challenges",
        position=quote.position,
        quote=quote,
        question=question,
        answer=question.scale.answers.all()[0],
    )


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("_built")
def test_the_page_is_as_if_printed_anew(client: Client, anew: Callable[[str], bytes], change: str) -> None:
    before = {path: client.get(path).content for path in PATHS}
    CHANGES[change]()
    after = {path: client.get(path).content for path in PATHS}
    assert after == {path: client.get(path).content for path in PATHS}
    assert after == {path: anew(path) for path in PATHS}
    assert (after[PATHS[0]] != before[PATHS[0]]) == (change not in UNSEEN)


@pytest.mark.usefixtures("_built")
def test_a_withdrawn_article_is_gone(client: Client) -> None:
    assert client.get(PATHS[0]).status_code == 200
    withdraw(Article.objects.get(slug="night-trains"), by=None, now=timezone.now(), reason="Wrong.")
    assert client.get(PATHS[0]).status_code == 410


@pytest.mark.usefixtures("_built")
def test_the_day_on_which_it_was_read_is_todays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now, today = timezone.now(), client.get(PATHS[0]).content
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    assert client.get(PATHS[0]).content != today
