"""The stock admin: every page opens, lists cost the same at any length, and nobody does there what they may not."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Edition, Intake
from articles.publishing import publish
from experts.models import Answer, Expert, ImportRun, Position, Question
from tests import cast, make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

READ_ONLY = [Edition]
# Documents and tables come in by pages of their own, which have tests of their own.
BROUGHT_IN = [ImportRun, Intake]
REGISTERED = [
    model
    for app in ("experts", "articles")
    for model in apps.get_app_config(app).get_models()
    if admin.site.is_registered(model)
]
EDITABLE = [model for model in REGISTERED if model not in [*READ_ONLY, *BROUGHT_IN]]


def name(model: type[models.Model]) -> str:
    return model._meta.model_name or ""


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def count_rows(model: type[models.Model]) -> int:
    return model._default_manager.count()


@pytest.fixture
def world() -> Article:
    """The cast, an article about all of it, published."""
    record = cast.record()
    article = make.article(experts=record.experts.values(), questions=record.questions.values())
    article.topics.add(make.topic("Rails"))
    article.verdict_positions.set(record.positions[:3])
    publish(article, by=make.user("somebody"), now=NOW)
    return article


def sign_in(client: Client, *permissions: str) -> Client:
    user = make.user("reporter", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


# --- Every page ------------------------------------------------------------------------------------------------------


def test_what_can_be_entered() -> None:
    assert {name(model) for model in EDITABLE} == {
        *("expert", "topic", "scale", "question", "source", "position"),
        *("author", "article"),
    }


@pytest.mark.parametrize("model", REGISTERED, ids=name)
@pytest.mark.parametrize("query", ["", "?q=train", "?q=%00\u202e"])
def test_lists_open(admin_client: Client, world: Article, model: type[models.Model], query: str) -> None:
    assert admin_client.get(address(model, "changelist") + query).status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=name)
def test_rows_open(admin_client: Client, world: Article, model: type[models.Model]) -> None:
    for row in model._default_manager.all()[:3]:
        page = admin_client.get(address(model, "change", row.pk))
        assert page.status_code == 200
        assert page.context["original"] == row


@pytest.mark.parametrize("model", EDITABLE, ids=name)
def test_empty_forms_open(admin_client: Client, model: type[models.Model]) -> None:
    assert admin_client.get(address(model, "add")).status_code == 200


@pytest.mark.parametrize("model", EDITABLE, ids=name)
def test_rows_can_be_chosen_by_searching(admin_client: Client, world: Article, model: type[models.Model]) -> None:
    chosen_in: dict[str, tuple[str, str, str]] = {
        "expert": ("experts", "position", "expert"),
        "question": ("experts", "position", "question"),
        "source": ("experts", "position", "source"),
        "scale": ("experts", "question", "scale"),
        "topic": ("articles", "article", "topics"),
        "position": ("articles", "article", "verdict_positions"),
        "author": ("articles", "byline", "author"),
    }
    if name(model) not in chosen_in:
        return
    app, of, field = chosen_in[name(model)]
    query = {"app_label": app, "model_name": of, "field_name": field, "term": ""}
    with CaptureQueriesContext(connection) as queries:
        found = admin_client.get(reverse("admin:autocomplete"), query)
    assert found.status_code == 200
    assert len(found.json()["results"]) == min(count_rows(model), 20)
    assert len(queries) <= 5


@pytest.mark.parametrize("model", READ_ONLY, ids=name)
def test_what_was_published_cannot_be_touched(admin_client: Client, world: Article, model: type[models.Model]) -> None:
    row = model._default_manager.get()
    before = model._default_manager.values().get()
    assert admin_client.get(address(model, "add")).status_code == 403
    assert admin_client.post(address(model, "change", row.pk), {"note": "BAIT"}).status_code == 403
    assert admin_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin_client.post(address(model, "changelist"), bulk)
    assert model._default_manager.values().get() == before


# --- Prices ----------------------------------------------------------------------------------------------------------


def grow(n: int) -> None:
    """One more article with everything about it, all of it new."""
    expert, question = make.expert(f"Expert {n}"), make.question(f"Question {n}?")
    other = make.expert(f"Other {n}")
    for who in (expert, other):
        make.quote(make.position(who, question))
    author = make.author(f"Author {n}", user=make.user(f"author-{n}"))
    article = make.article(f"Article {n}", experts=[expert, other], questions=[question], authors=[author])
    article.topics.add(make.topic(f"Topic {n}"))
    publish(article, by=make.user(f"editor-{n}"), now=NOW)
    ImportRun.objects.create(file_name=f"table-{n}.csv", created_at=NOW)
    Intake.objects.create(article=article, key=f"text {n}", name=f"text-{n}.txt", text="", brought_at=NOW)


@pytest.mark.parametrize("model", REGISTERED, ids=name)
def test_lists_cost_the_same_at_any_length(admin_client: Client, model: type[models.Model]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address(model, "changelist")).status_code == 200
        return len(queries)

    grow(0)
    cost()  # what is read once per process
    before, rows = cost(), count_rows(model)
    for n in range(1, 8):
        grow(n)
    assert count_rows(model) >= rows + 7
    assert cost() == before


# --- Entering the record ---------------------------------------------------------------------------------------------


def position_form(question: Question, said: Answer, **values: Any) -> dict[str, Any]:
    inline = {"quotes-TOTAL_FORMS": 0, "quotes-INITIAL_FORMS": 0}
    form = {"expert": make.expert().pk, "question": question.pk, "answer": said.pk, "stated_on": "2025-01-31"}
    return form | {"dating": "stated", "source": make.source().pk} | inline | values


def test_a_position_can_be_entered(admin_client: Client) -> None:
    question = make.question()
    form = position_form(question, question.scale.answers.all()[2], confidence=7, summary=" In\u202e short. ")
    assert admin_client.post(address(Position, "add"), form).status_code == 302
    position = Position.objects.get()
    assert (str(position.answer), position.confidence, position.summary) == ("Even", 7, "In short.")


def test_a_date_for_readers_that_has_passed_means_at_once(admin_client: Client) -> None:
    question, began = make.question(), timezone.now()
    form = position_form(question, question.scale.answers.all()[2], public_at_0="2020-01-01", public_at_1="00:00:00")
    assert admin_client.post(address(Position, "add"), form).status_code == 302
    position = Position.objects.get()
    assert position.public_at
    assert began <= position.public_at <= timezone.now()
    for changed in ({"summary": "In short."}, {"summary": "Shorter.", "public_at_0": "2021-05-01"}):
        since, place = position.public_at, address(Position, "change", position.pk)
        shown = {"public_at_0": f"{since:%Y-%m-%d}", "public_at_1": f"{since:%H:%M:%S}", "version": position.version}
        assert admin_client.post(place, form | shown | changed).status_code == 302
        position.refresh_from_db()
        assert (position.summary, position.public_at) == (changed["summary"], since)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, "is not an answer of the scale"),
        ({"answer": ""}, "Give an answer or say why there is none"),
        ({"blank": "silent"}, "one of the two"),
    ],
)
def test_a_position_that_makes_no_sense_is_explained(admin_client: Client, values: dict[str, Any], error: str) -> None:
    question = make.question()
    wrong = make.scale("Another", [("Yes", 1)]).answers.get() if not values else question.scale.answers.all()[0]
    page = admin_client.post(address(Position, "add"), position_form(question, wrong, **values))
    assert page.status_code == 200
    assert error in str(page.context["errors"])
    assert not Position.objects.exists()


def test_a_second_position_on_one_day_is_explained(admin_client: Client) -> None:
    question = make.question()
    form = position_form(question, question.scale.answers.all()[0])
    admin_client.post(address(Position, "add"), form)
    page = admin_client.post(address(Position, "add"), form)
    assert page.status_code == 200
    assert page.context["errors"]
    assert Position.objects.count() == 1


def test_answers_say_which_scale_is_theirs(admin_client: Client) -> None:
    make.scale("Likelihood", [("Even", 0)])
    make.scale("Odds", [("Even", 0)])
    choices = admin_client.get(address(Position, "add")).context["adminform"].form.fields["answer"].choices
    assert [label for _, label in choices][1:] == ["Likelihood: Even", "Odds: Even"]


def test_the_scale_of_an_answered_question_stays(admin_client: Client) -> None:
    question, other = make.question(label="Trains"), make.scale("Another")
    make.position(make.expert(), question)
    form = {"wording": "New words", "slug": question.slug, "scale": other.pk, "version": 1}
    assert admin_client.post(address(Question, "change", question.pk), form).status_code == 302
    question.refresh_from_db()
    assert (question.wording, question.scale == other) == ("New words", False)
    Position.objects.update(answer=None, blank="silent")
    admin_client.post(address(Question, "change", question.pk), form | {"version": 2})
    question.refresh_from_db()
    assert question.scale == other


def test_the_checklist_stands_beside_the_article(admin_client: Client) -> None:
    article = Article.objects.create(headline="Empty", slug="empty")
    page = admin_client.get(address(Article, "change", article.pk)).text
    assert ">Choose at least one question.</a>" in page
    assert "Ready to be published" in admin_client.get(address(Article, "change", make.article().pk)).text
    assert "A new draft" in admin_client.get(address(Article, "add")).text


def test_those_without_permission_see_nothing(client: Client) -> None:
    sign_in(client)
    assert Expert in REGISTERED
    for model in REGISTERED:
        assert client.get(address(model, "changelist")).status_code == 403
