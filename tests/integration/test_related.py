"""Related articles: which, in which order, why, and that nothing unpublished is among them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from articles.related import list_related
from experts.models import Expert, Question
from tests import make
from tests.make import NOW
from tests.pages import visit

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


@pytest.fixture
def people() -> list[Expert]:
    return [make.expert(f"Person {n}") for n in range(4)]


@pytest.fixture
def asked() -> list[Question]:
    return [make.question(f"Question {n}?") for n in range(3)]


def write(headline: str, experts: list[Expert], questions: list[Question]) -> Article:
    for question in questions:
        for expert in experts:
            if not question.positions.filter(expert=expert).exists():
                make.position(expert, question)
    slug = headline.lower().replace(" ", "-")
    return make.article(headline, slug=slug, experts=experts, questions=questions)


def live(article: Article, days: int = 0, **values: Any) -> Edition:
    return publish(article, by=None, now=NOW + timedelta(days=days), **values)


def related_to(edition: Edition) -> list[tuple[str, str]]:
    return [(related.edition.headline, related.reason) for related in list_related(edition, LATER)]


def test_what_shares_most_comes_first_and_says_what(people: list[Expert], asked: list[Question]) -> None:
    read = live(write("Read", people, asked))
    live(write("One of each", people[:2], asked[:1]), 1)
    live(write("Most", people, asked[:2]), 2)
    live(write("An expert", [people[3], make.expert()], [make.question()]), 3)
    strangers = [make.expert(), make.expert()]
    live(write("A question", strangers, asked[2:]), 4)
    live(write("Nothing", [make.expert(), make.expert()], [make.question()]), 5)
    assert related_to(read) == [
        ("Most", "shares 4 experts and 2 questions"),
        ("One of each", "shares 2 experts and 1 question"),
        ("A question", "shares 1 question"),  # of equals the newest, and no more than three
    ]


def test_only_what_is_live_is_related(people: list[Expert], asked: list[Question]) -> None:
    read = live(write("Read", people, asked))
    write("A draft", people, asked)
    live(write("Scheduled", people, asked), at=LATER + timedelta(days=1))
    gone = write("Taken back", people, asked)
    live(gone)
    withdraw(gone, by=None, now=NOW + timedelta(days=1), reason="It was wrong.")
    assert related_to(read) == []


def test_the_newest_edition_counts(people: list[Expert], asked: list[Question]) -> None:
    read = live(write("Read", people[:2], asked))
    other = write("Other", people[:3], asked[:1])
    live(other)
    other.sections.filter(expert=people[0]).delete()
    live(other, 1, kind=Edition.Kind.UPDATE)
    assert related_to(read) == [("Other", "shares 1 expert and 1 question")]


def test_the_page_shows_them_and_shows_nothing_where_there_are_none(
    client: Client, people: list[Expert], asked: list[Question]
) -> None:
    live(write("Read", people, asked))
    assert "Related" not in visit(client, "/articles/read/").words
    live(write("Other", people[:2], asked[:1]))
    (related,) = [part for part in visit(client, "/articles/read/").find("section") if part["id"] == "related"]
    assert related.links == ["/articles/other/"]
    assert "Shares 2 experts and 1 question" in related.text
    assert "Related" not in visit(client, "/articles/read/editions/1/").words
