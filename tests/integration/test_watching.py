"""Every way through the ORM tells which rows were written, once, in the transaction that wrote them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aisrace.lib import watching
from articles.models import Article, Author, Edition
from articles.publishing import publish, unschedule
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

type Heard = list[tuple[str, set[Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    said: Heard = []

    def hear(told: watching.Told) -> None:
        said.extend((model.__name__, set(keys)) for model, keys in told.items())

    monkeypatch.setattr(watching, "listeners", [hear])
    return said


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "listeners", [])


def listening_to(heard: Heard, deed: Callable[[], Any]) -> Heard:
    heard.clear()
    deed()
    return sorted(heard, key=str)


def test_every_model_that_readers_see_is_watched() -> None:
    readers_see = {Affiliation, Answer, Author, Edition, Expert, Position, Question, Quote, Scale, Source, Topic}
    assert set(watching.watched) == readers_see
    for model in readers_see:
        assert isinstance(model._base_manager.all(), watching.WatchedQuerySet), model
        assert isinstance(model._default_manager.all(), watching.WatchedQuerySet), model


def test_what_cannot_tell_is_not_watched() -> None:
    with pytest.raises(TypeError, match="Article"):
        watching.watch(Article)


def test_saving_and_deleting(heard: Heard) -> None:
    topic = Topic(name="Ferries", slug="ferries")
    assert listening_to(heard, topic.save) == [("Topic", {topic.pk})]
    assert listening_to(heard, topic.save) == [("Topic", {topic.pk})]
    pk = topic.pk
    assert listening_to(heard, topic.delete) == [("Topic", {pk})]


def test_many_at_once_are_told_once(heard: Heard) -> None:
    topics = [Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(3)]
    said = listening_to(heard, lambda: Topic.objects.bulk_create(topics))
    keys = {topic.pk for topic in topics}
    assert said == [("Topic", keys)]
    assert None not in keys
    assert listening_to(heard, lambda: Topic.objects.update(description="On water.")) == [("Topic", keys)]
    assert listening_to(heard, lambda: Topic.objects.bulk_update(topics, ["name"])) == [("Topic", keys)]
    assert listening_to(heard, lambda: Topic.objects.all().delete()) == [("Topic", keys)]
    assert listening_to(heard, lambda: Topic.objects.update(description="Nowhere.")) == []


def test_an_update_is_told_though_the_rows_no_longer_fit_what_found_them(heard: Heard) -> None:
    expert = make.expert(public_at=None)
    rows = Expert.objects.filter(public_at=None)
    assert listening_to(heard, lambda: rows.update(public_at=NOW)) == [("Expert", {expert.pk})]
    assert Expert.objects.get().public_at == NOW


def test_an_update_of_very_many_goes_in_parts(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BATCH", 2)
    topics = Topic.objects.bulk_create(Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(5))
    heard.clear()
    assert Topic.objects.update(description="All.") == 5
    assert heard == [("Topic", {topic.pk for topic in topics})]
    assert Topic.objects.filter(description="All.").count() == 5


def test_a_part_is_told_with_what_it_belongs_to(heard: Heard) -> None:
    expert, other = make.expert(), make.expert()
    role = Affiliation(expert=expert, organisation="Harbour College")
    both = [("Affiliation", lambda: {role.pk}), ("Expert", lambda: {expert.pk})]

    def expected() -> Heard:
        return [(name, keys()) for name, keys in both]

    said = listening_to(heard, role.save)
    assert said == expected()
    assert listening_to(heard, lambda: expert.affiliations.update(role="Lecturer")) == expected()
    assert listening_to(heard, lambda: Affiliation.objects.bulk_update([role], ["role"])) == expected()
    role.expert = other
    moved = [("Affiliation", {role.pk}), ("Expert", {expert.pk, other.pk})]
    assert listening_to(heard, role.save) == moved
    assert listening_to(heard, lambda: Affiliation.objects.update(expert=expert)) == moved
    gone = expected()
    assert listening_to(heard, lambda: Affiliation.objects.all().delete()) == gone


def test_what_goes_with_a_row_is_told_too(heard: Heard) -> None:
    position = make.position(make.expert(), make.question())
    quotes = {make.quote(position).pk for _ in range(2)}
    said = listening_to(heard, lambda: Position.objects.filter(pk=position.pk).delete())
    assert said == [("Position", {position.pk}), ("Quote", quotes)]


def test_links_are_told_of_the_side_that_has_them(heard: Heard) -> None:
    question, topic, other = make.question(), make.topic(), make.topic()
    told = [("Question", {question.pk})]
    assert listening_to(heard, lambda: question.topics.add(topic, other)) == told
    assert listening_to(heard, lambda: question.topics.remove(topic)) == told
    assert listening_to(heard, lambda: question.topics.set([topic])) == told * 2  # takes out, puts in
    assert listening_to(heard, question.topics.clear) == told
    assert listening_to(heard, lambda: topic.questions.add(question)) == told
    assert listening_to(heard, lambda: topic.questions.remove(question)) == told
    topic.questions.add(question)
    assert listening_to(heard, topic.questions.clear) == told
    assert not question.topics.exists()


def test_a_topic_that_goes_changes_its_questions(heard: Heard) -> None:
    topic = make.topic()
    questions = {make.question("One?"), make.question("Two?")}
    topic.questions.add(*questions)
    pk = topic.pk
    assert listening_to(heard, topic.delete) == [("Question", {q.pk for q in questions}), ("Topic", {pk})]


def test_reading_back_what_was_serialised_is_told(heard: Heard) -> None:
    position = make.position(make.expert(), make.question())
    quote = make.quote(position)
    text = serializers.serialize("json", [quote])
    [read] = serializers.deserialize("json", text)
    assert {*map(str, listening_to(heard, read.save))} == {
        str(("Quote", {quote.pk})),
        str(("Position", {position.pk})),
    }


def test_an_edition_is_told_once_and_what_it_makes_public(heard: Heard) -> None:
    article = make.article()
    heard.clear()
    edition = publish(article, by=None, now=NOW)
    assert [said for said in heard if said[0] == "Edition"] == [("Edition", {edition.pk})]
    assert {name for name, _ in heard} == {"Edition", "Expert", "Position", "Question"}
    make.article("Another")
    later = publish(article2 := make.article("Later"), by=None, now=NOW, at=NOW.replace(year=2026))
    heard.clear()
    unschedule(article2, by=None, now=NOW)
    assert ("Edition", {later.pk}) in heard
    assert {"Expert", "Question", "Position"} <= {name for name, _ in heard}


def test_editions_are_still_never_written_again(heard: Heard) -> None:
    edition = make.edition(make.article())
    for manager in (Edition.objects, Edition._base_manager):
        with pytest.raises(TypeError):
            manager.filter(pk=edition.pk).update(headline="Other")
        with pytest.raises(TypeError):
            manager.bulk_update([edition], ["headline"])


def test_what_is_taken_back_was_told_in_what_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener writes with the row, and what it raises takes the row back."""
    monkeypatch.setattr(watching, "listeners", [lambda told: make.topic(slug="derived")])
    with pytest.raises(IntegrityError), transaction.atomic():
        make.topic(slug="derived")
    assert not Topic.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_single_save_is_a_transaction_with_its_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of any other: the row must not be there without what is derived from it."""

    def fail(told: watching.Told) -> None:
        assert connection.in_atomic_block
        raise LookupError

    expert = make.expert()
    again = Expert(pk=expert.pk, bio="Other")
    monkeypatch.setattr(watching, "listeners", [fail])
    for deed in (
        make.topic,
        expert.delete,
        lambda: Expert.objects.update(bio="Other"),
        lambda: Expert.objects.all().delete(),
        lambda: Topic.objects.bulk_create([Topic(name="A", slug="a")]),
        lambda: Expert.objects.bulk_update([again], ["bio"]),
    ):
        with pytest.raises(LookupError):
            deed()
    assert not Topic.objects.exists()
    assert Expert.objects.get().bio == ""


def test_together_is_told_once_at_the_end(heard: Heard) -> None:
    with watching.together():
        topic = make.topic()
        topic.save()
        Topic.objects.update(description="More.")
        assert heard == []
    assert heard == [("Topic", {topic.pk})]


def test_rows_that_the_database_does_not_name_are_refused(heard: Heard) -> None:
    make.topic(slug="there")
    with pytest.raises(TypeError, match="ignore_conflicts"), transaction.atomic():
        Topic.objects.bulk_create([Topic(name="A", slug="there")], ignore_conflicts=True)


def test_without_listeners_nothing_more_is_asked(deaf: None) -> None:
    make.topic()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Topic.objects.update(description="More.")
        Topic.objects.bulk_update(Topic.objects.all(), ["name"])
    assert len(asked) == 3  # two updates and one reading


def test_with_a_listener_an_update_asks_once_more(heard: Heard) -> None:
    make.topic()
    with CaptureQueriesContext(connection) as asked:
        Topic.objects.update(description="More.")
    assert len(asked) == 2
