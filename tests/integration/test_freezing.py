"""What an edition keeps of the working copy, and what keeping it costs."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from aisrace.lib import watching
from aisrace.lib.renditions import list_renditions
from articles.freezing import CARD, estimate_minutes, freeze, make_card
from articles.models import Article, ArticleQuestion, Byline, Section
from articles.publishing import blockers, publish
from experts.frozen import load
from tests import cast, make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2025, 7, 1)
FREEZING = 10
CHECKING = 10
PUBLISHING = 52


@pytest.mark.parametrize(("experts", "questions"), [(2, 1), (2, 30), (150, 2)])
def test_freezing_and_checking_cost_the_same_at_any_size(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, experts: int, questions: int
) -> None:
    people, asked = make.filled_record(experts, questions)
    topics = [make.topic(f"Topic {n}") for n in range(questions)]
    authors = [make.author(f"Author {n}") for n in range(questions)]
    article = make.article(experts=people, questions=asked, authors=authors)
    article.topics.set(topics)
    article = Article.objects.get(pk=article.pk)
    with django_assert_num_queries(FREEZING):
        content = freeze(article, TODAY)
    assert content["counts"]["positions"] == content["counts"]["quotes"] == experts * questions
    with django_assert_num_queries(CHECKING):
        assert blockers(article, NOW) == []
    monkeypatch.setattr(watching, "listeners", [])  # what they cost is theirs to count
    with django_assert_num_queries(PUBLISHING):
        publish(article, by=None, now=NOW)


def test_everything_of_the_working_copy_is_kept() -> None:
    record = cast.record()
    article = make.article(
        "Who believes in night trains",
        slug="night-trains",
        experts=[record.experts["cato"], record.experts["ada"]],
        questions=[record.questions["gap"], record.questions["trains"]],
        authors=[make.author("Nell Upham", slug="nell")],
        standfirst="Two who know.",
        body="<p>One.</p>",
        verdict="<p>Two.</p>",
        method="<p>Three.</p>",
        picture_alt="Rails",
        picture_credit="Nell",
    )
    article.picture.save("rails.png", make.picture(400, 300))
    article.topics.add(make.topic("Trains", slug="trains"))
    rests_on = record.find("ada", "gap", cast.JAN_24)
    article.verdict_positions.add(rests_on)
    Section.objects.create(article=article, order=9, heading="What follows", body="<p>Four.</p>")

    content = freeze(article, TODAY)
    comparison = load(content.pop("comparison"))
    assert content == {
        "headline": "Who believes in night trains",
        "standfirst": "Two who know.",
        "body": "<p>One.</p>",
        "verdict": "<p>Two.</p>",
        "method": "<p>Three.</p>",
        "byline": [{"name": "Nell Upham", "slug": "nell", "bio": "Writes about trains."}],
        "topics": [{"name": "Trains", "slug": "trains"}],
        "picture": {
            "url": article.picture.url,
            "width": 400,
            "height": 300,
            "alt": "Rails",
            "credit": "Nell",
            "focus": [50, 50],
            "renditions": list_renditions(article.picture.url),
        },
        "sections": [
            {
                "heading": "Cato Mirrenby",
                "expert": record.experts["cato"].pk,
                "body": "<p>What Cato Mirrenby holds.</p>",
            },
            {"heading": "Ada Fernwick", "expert": record.experts["ada"].pk, "body": "<p>What Ada Fernwick holds.</p>"},
            {"heading": "What follows", "expert": None, "body": "<p>Four.</p>"},
        ],
        "verdict_positions": [rests_on.pk],
        "counts": {"experts": 2, "questions": 2, "positions": 4, "quotes": 1, "silences": 0},
        "minutes": 1,
    }
    assert [expert.slug for expert in comparison.experts] == ["cato", "ada"]
    assert [question.slug for question in comparison.questions] == ["gap", "trains"]
    assert comparison.as_of == TODAY
    assert comparison.experts[1].role == "Engineer, Signal Works"
    ada = comparison.cell(comparison.experts[1], comparison.questions[1])
    assert ada.position
    assert (ada.position.role, ada.position.source and ada.position.source.title) == (
        "Lecturer, Harbour College",
        "The night train survey",
    )
    assert [quote.words for quote in ada.position.quotes] == ["They will, and on time."]


def test_the_articles_own_date_of_comparison_comes_first() -> None:
    record = cast.record()
    article = make.article(
        experts=[record.experts["ada"]], questions=[record.questions["ferries"]], as_of=cast.END_OF_24
    )
    comparison = load(freeze(article, TODAY)["comparison"])
    (cell,) = comparison.cells.values()
    assert comparison.as_of == cast.END_OF_24
    assert cell.answer
    assert cell.answer.label == "Unlikely"


def test_order_is_the_articles_own_and_nobody_appears_twice() -> None:
    """Authors and questions that other articles have in another order."""
    authors = [make.author(name) for name in ("Zoe", "Ann", "Max")]
    questions = [make.question(f"{label}?", label=label) for label in ("Z", "A", "M")]
    experts = [make.expert("Only")]
    for _ in range(2):
        make.article("Bait", experts=experts, questions=questions[::-1], authors=authors[::-1])
    article = make.article(experts=experts, questions=questions, authors=authors)
    content = freeze(article, TODAY)
    assert [author["name"] for author in content["byline"]] == ["Zoe", "Ann", "Max"]
    assert [question["label"] for question in content["comparison"]["questions"]] == ["Z", "A", "M"]


def test_without_an_order_the_first_entered_comes_first() -> None:
    authors = [make.author(name) for name in ("Zoe", "Ann", "Max")]
    questions = [make.question(f"{label}?", label=label) for label in ("Z", "A", "M")]
    article = make.article(experts=[make.expert("Zoe"), make.expert("Ann")], questions=questions, authors=authors)
    for model in (Byline, ArticleQuestion, Section):
        model._default_manager.update(order=0)
    content = freeze(article, TODAY)
    assert [author["name"] for author in content["byline"]] == ["Zoe", "Ann", "Max"]
    assert [question["label"] for question in content["comparison"]["questions"]] == ["Z", "A", "M"]
    assert [section["heading"] for section in content["sections"]] == ["Zoe", "Ann"]


def test_a_card_repeats_what_lists_show() -> None:
    content = freeze(make.article(), TODAY)
    assert make_card(content) == {key: content[key] for key in CARD}
    assert "comparison" not in CARD


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (230, 1), (344, 1), (346, 2), (2300, 10)])
def test_minutes(words: int, minutes: int) -> None:
    content = {"headline": "", "standfirst": "", "body": "", "verdict": "", "method": "", "sections": []}
    section = {"body": f"<p>{'word ' * words}</p>"}
    assert estimate_minutes(content | {"sections": [section], "comparison": {"positions": []}}) == minutes
    position = {"summary": "word " * (words // 2), "quotes": [{"words": "word " * (words - words // 2)}]}
    assert estimate_minutes(content | {"comparison": {"positions": [position]}}) == minutes
