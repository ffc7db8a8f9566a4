"""What every page may ask the database: the same literal number for one row and for hundreds."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from articles.models import Article, Edition
from articles.publishing import publish
from comments.models import Comment
from comments.moderating import approve
from experts.models import Answer, Expert, Question, Topic
from tests import make, talk
from tests.make import NOW
from tests.pages import visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def client(client: Client) -> Client:
    """The first request of a process does more, such as reading templates: it is not the one that is counted."""
    visit(client, "/")
    return client


def ask(experts: int, questions: int = 1) -> tuple[list[Expert], list[Question]]:
    """A full record under one topic."""
    people, asked = make.filled_record(experts, questions)
    topic = Topic.objects.filter(slug="asked").first() or make.topic(slug="asked")
    through = Question.topics.through
    through.objects.bulk_create(through(question=question, topic=topic) for question in asked)
    return people, asked


def publish_one(experts: int = 2, questions: int = 1) -> Edition:
    people, asked = ask(experts, questions)
    article = make.article("One", slug="one", experts=people, questions=asked, authors=[make.author(slug="writer")])
    article.topics.set(Topic.objects.all())
    return publish(article, by=None, now=NOW)


def repeat(edition: Edition, times: int) -> None:
    """So many other live articles with the same content, experts, questions, topics and authors."""
    articles = Article.objects.bulk_create(Article(headline=f"N {n}", slug=f"n-{n}") for n in range(times))
    copies = Edition.objects.bulk_create(_copy(edition, article=article, slug=article.slug) for article in articles)
    for name in ("topics", "authors", "experts", "questions"):
        relation = getattr(Edition, name)
        own, other = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
        through = relation.through
        ids = list(getattr(edition, name).values_list("pk", flat=True))
        through.objects.bulk_create(through(**{f"{own}_id": c.pk, f"{other}_id": pk}) for c in copies for pk in ids)


def publish_again(edition: Edition, times: int) -> None:
    """So many more editions of the same article, each with another text."""
    Edition.objects.bulk_create(
        _copy(
            edition,
            number=n,
            kind=Edition.Kind.UPDATE,
            content=edition.content | {"body": f"<p>Text {n}.</p>"},
        )
        for n in range(2, times + 2)
    )


def _copy(edition: Edition, **values: Any) -> Edition:
    fields = {field.attname: getattr(edition, field.attname) for field in Edition._meta.concrete_fields}
    del fields["id"]
    article = values.pop("article", None)
    return Edition(**fields | values | ({"article_id": article.pk} if article else {}))


# --- The record ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experts", [1, 51, 300])
def test_question(client: Client, django_assert_num_queries: Any, experts: int) -> None:
    _, (question,) = ask(experts)
    with django_assert_num_queries(8):
        visit(client, question.get_absolute_url())


@pytest.mark.parametrize("positions", [1, 235, 300])
def test_expert(client: Client, django_assert_num_queries: Any, positions: int) -> None:
    (expert, _), _ = ask(2, positions)
    with django_assert_num_queries(8):
        visit(client, expert.get_absolute_url())


def test_expert_among_fifty(client: Client, django_assert_num_queries: Any) -> None:
    (expert, *_), _ = ask(51, 20)
    with django_assert_num_queries(8):
        visit(client, expert.get_absolute_url())


@pytest.mark.parametrize(("experts", "questions"), [(2, 1), (6, 235), (6, 300)])
def test_comparison(client: Client, django_assert_num_queries: Any, experts: int, questions: int) -> None:
    people, _ = ask(experts, questions)
    with django_assert_num_queries(7):
        visit(client, "/compare/?" + "&".join(f"expert={person.slug}" for person in people))


@pytest.mark.parametrize("experts", [1, 300])
def test_choosing_experts(client: Client, django_assert_num_queries: Any, experts: int) -> None:
    ask(experts)
    with django_assert_num_queries(1):
        visit(client, "/compare/")


@pytest.mark.parametrize("experts", [1, 300])
def test_list_of_experts(client: Client, django_assert_num_queries: Any, experts: int) -> None:
    ask(experts)
    with django_assert_num_queries(3):
        visit(client, "/experts/")


@pytest.mark.parametrize("questions", [1, 300])
def test_list_of_questions(client: Client, django_assert_num_queries: Any, questions: int) -> None:
    ask(3, questions)
    with django_assert_num_queries(6):
        visit(client, "/questions/")


# --- The publication -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("experts", "questions"), [(2, 1), (30, 10)])
def test_article(client: Client, django_assert_num_queries: Any, experts: int, questions: int) -> None:
    publish_one(experts, questions)
    with django_assert_num_queries(4):  # the fourth finds related articles
        visit(client, "/articles/one/")


@pytest.mark.parametrize("others", [1, 300])
def test_article_with_related_ones(client: Client, django_assert_num_queries: Any, others: int) -> None:
    repeat(publish_one(), others)
    with django_assert_num_queries(4):
        visit(client, "/articles/one/")


# --- The conversation ------------------------------------------------------------------------------------------------


def converse(edition: Edition, threads: int, replies: int) -> Comment:
    """So many threads with so many replies each, half of them below each other, with picks, and an answer in each."""
    question = edition.questions.get()
    own = {"question": question, "answer": question.scale.answers.first(), "featured_at": NOW}
    about = question.positions.first()
    for _ in range(threads):
        first = above = talk.comment(edition, commenter=talk.person(), position=about, **own)
        for n in range(replies):
            above = talk.comment(edition, parent=above if n % 2 else first)
    return first


@pytest.mark.parametrize(("threads", "replies"), [(12, 0), (25, 0), (12, 14)])
def test_conversation(client: Client, django_assert_num_queries: Any, threads: int, replies: int) -> None:
    first = converse(publish_one(), threads, replies)
    with django_assert_num_queries(8):
        visit(client, "/articles/one/")
    with django_assert_num_queries(7):
        visit(client, "/articles/one/comments/")
    with django_assert_num_queries(6):
        visit(client, f"/articles/one/comments/?position={first.position_id}")
    with django_assert_num_queries(7):
        visit(client, f"/articles/one/comments/{first.pk}/")
    reply = Comment.objects.exclude(parent=None).last()
    if reply:
        with django_assert_num_queries(4):  # the way to its place
            client.get(f"/articles/one/comments/{reply.pk}/")


@pytest.mark.parametrize("address", ["", "9999999/"])
def test_a_conversation_without_comments(client: Client, django_assert_num_queries: Any, address: str) -> None:
    publish_one()
    with django_assert_num_queries(3):
        client.get(f"/articles/one/comments/{address}")


@pytest.mark.parametrize("place", ["comments/new/", "comments/", "corrections/"])
def test_a_conversation_that_is_not_there(client: Client, django_assert_num_queries: Any, place: str) -> None:
    with django_assert_num_queries(1):
        client.get(f"/articles/nothing/{place}")


def test_the_form(client: Client, django_assert_num_queries: Any) -> None:
    first = converse(publish_one(), 2, 1)
    for query, number in (("", 3), (f"?position={first.position_id}", 3), (f"?parent={first.pk}", 3)):
        with django_assert_num_queries(number):
            visit(client, f"/articles/one/comments/new/{query}")


@pytest.mark.parametrize("rows", [1, 60])
def test_lists_of_what_was_decided(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    edition = publish_one()
    for _ in range(rows):
        decide(talk.held(edition, purpose="error"))
    with django_assert_num_queries(4):
        visit(client, "/moderation/")
    with django_assert_num_queries(2):
        visit(client, "/corrections/")
    with django_assert_num_queries(3):
        visit(client, "/articles/one/corrections/")
    with django_assert_num_queries(0):
        visit(client, "/comments/sent/")


def decide(comment: Comment) -> None:
    approve(comment.pk, by=None, now=NOW)


# --- More of the publication -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("editions", [1, 300])
def test_edition(client: Client, django_assert_num_queries: Any, editions: int) -> None:
    publish_again(publish_one(), editions - 1)
    with django_assert_num_queries(2):
        visit(client, "/articles/one/editions/1/")


@pytest.mark.parametrize("editions", [1, 300])
def test_history(client: Client, django_assert_num_queries: Any, editions: int) -> None:
    publish_again(publish_one(), editions - 1)
    with django_assert_num_queries(4):
        visit(client, "/articles/one/editions/")


@pytest.mark.parametrize("articles", [1, 300])
def test_home(client: Client, django_assert_num_queries: Any, articles: int) -> None:
    ask(6, articles)
    repeat(publish_one(), articles - 1)
    with django_assert_num_queries(7):  # the seventh finds changes of mind; they are read with the newest positions
        visit(client, "/")


@pytest.mark.parametrize("articles", [1, 300])
def test_list_of_articles(client: Client, django_assert_num_queries: Any, articles: int) -> None:
    repeat(publish_one(), articles - 1)
    with django_assert_num_queries(2):
        visit(client, "/articles/")


@pytest.mark.parametrize("rows", [1, 300])
def test_topic(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    ask(2, rows)
    repeat(publish_one(), rows - 1)
    with django_assert_num_queries(7):
        visit(client, "/topics/asked/")


@pytest.mark.parametrize("articles", [1, 300])
def test_author(client: Client, django_assert_num_queries: Any, articles: int) -> None:
    repeat(publish_one(), articles - 1)
    with django_assert_num_queries(3):
        visit(client, "/authors/writer/")


@pytest.mark.parametrize("articles", [1, 300])
def test_question_and_expert_in_many_articles(client: Client, django_assert_num_queries: Any, articles: int) -> None:
    edition = publish_one()
    repeat(edition, articles - 1)
    question, expert = edition.questions.get(), edition.experts.first()
    with django_assert_num_queries(8):
        visit(client, question.get_absolute_url())
    with django_assert_num_queries(8):
        visit(client, expert.get_absolute_url())


@pytest.mark.parametrize("address", ["/about/", "/privacy/", "/cookies/", "/nothing/"])
def test_what_is_always_the_same_asks_nothing(client: Client, django_assert_num_queries: Any, address: str) -> None:
    with django_assert_num_queries(0):
        client.get(address)


@pytest.mark.parametrize("answers", [1, 300])
def test_withdrawn(client: Client, django_assert_num_queries: Any, answers: int) -> None:
    edition = publish_one()
    publish_again(edition, answers)
    QuerySet(Edition).filter(number=answers + 1).update(kind=Edition.Kind.WITHDRAWAL, note="Wrong.", content={})
    with django_assert_num_queries(1):
        visit(client, "/articles/one/", 410)


def test_scales_are_read_with_their_answers_at_once(client: Client, django_assert_num_queries: Any) -> None:
    """Many scales, as after several imports, cost what one does."""
    _, (question,) = ask(1)
    Answer.objects.bulk_create(
        Answer(scale=make.scale(f"Scale {n}"), label="Further", value=9, order=9) for n in range(20)
    )
    with django_assert_num_queries(8):
        visit(client, question.get_absolute_url())
