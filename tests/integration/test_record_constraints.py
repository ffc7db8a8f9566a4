"""What the database itself refuses, whoever writes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from articles.models import Article, ArticleQuestion, Author, Byline, Edition, Excerpt, Intake, Presence, Section
from experts.models import (
    Affiliation,
    Answer,
    Expert,
    FormerAddress,
    ImportChange,
    ImportRun,
    Position,
    Question,
    Quote,
    Source,
)
from tests import cast, make

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 10)
THEN = datetime(2024, 1, 10, tzinfo=UTC)


def change(model: type[models.Model], **values: Any) -> Callable[[], Any]:
    """Changes the only row there is; past save() and clean()."""
    return lambda: models.QuerySet(model).update(**values)


def again(model: type[models.Model], **values: Any) -> Callable[[], Any]:
    """Writes the only row there is a second time."""

    def write() -> None:
        row = model._default_manager.get()
        row.pk = None
        for name, value in values.items():
            setattr(row, name, value)
        model._default_manager.bulk_create([row])

    return write


def answer_again(**values: Any) -> Callable[[], Any]:
    return lambda: Answer.objects.create(scale=Question.objects.get().scale, **values)


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("expert_has_a_name", change(Expert, name="")),
    ("expert_has_a_name", change(Expert, name=" \u202e ")),
    ("expert_kind_known", change(Expert, kind="robot")),
    ("expert_website_on_the_web", change(Expert, website="javascript:alert(1)")),
    ("affiliation_ends_after_it_starts", change(Affiliation, starts_on=date(2024, 1, 2), ends_on=date(2024, 1, 1))),
    (
        "affiliation_seen_until_after_seen_from",
        change(Affiliation, seen_from=date(2024, 1, 2), seen_until=date(2024, 1, 1)),
    ),
    ("affiliation_has_an_organisation", change(Affiliation, organisation="")),
    ("answer_label_once_per_scale", answer_again(label="Even")),
    ("answer_value_once_per_scale", answer_again(label="Even so", value=0)),
    ("answer_has_a_label", answer_again(label="")),
    ("question_has_a_wording", change(Question, wording="")),
    ("source_has_a_title", change(Source, title="")),
    ("source_url_on_the_web", change(Source, url="ftp://example.org/")),
    ("source_kind_known", change(Source, kind="rumour")),
    ("position_once_a_day", again(Position)),
    ("position_answers_or_says_why_not", change(Position, answer=None)),
    ("position_answers_or_says_why_not", change(Position, blank="silent")),
    ("position_answers_or_says_why_not", change(Position, answer=None, blank="later")),
    ("position_confidence_1_to_10", change(Position, confidence=0)),
    ("position_confidence_1_to_10", change(Position, confidence=11)),
    ("position_dating_known", change(Position, dating="guessed")),
    ("quote_has_words", change(Quote, words="")),
    ("quote_kind_known", change(Quote, kind="invented")),
    ("quote_translation_names_its_language", change(Quote, kind="translated", language="")),
    ("section_once_per_expert", again(Section)),
    ("section_has_a_heading_or_an_expert", change(Section, expert=None)),
    ("question_once_per_article", again(ArticleQuestion)),
    ("author_website_on_the_web", change(Author, website="data:text/html,x")),
    ("author_once_per_article", again(Byline)),
    ("presence_once_per_person", again(Presence)),
    ("excerpt_has_words", change(Excerpt, words="")),
    ("intake_key_once", again(Intake, article=None)),
    ("intake_with_an_article_has_a_key", change(Intake, key="")),
    ("import_state_known", change(ImportRun, state="lost")),
    ("import_undone_at_some_time", change(ImportRun, state="undone")),
    ("import_change_outcome_known", change(ImportChange, outcome="lost")),
    ("former_address_once_per_kind", again(FormerAddress)),
    ("edition_number_once_per_article", again(Edition)),
    ("edition_numbers_start_at_1", change(Edition, number=0)),
    ("edition_kind_known", change(Edition, kind="rumour", number=2)),
    ("edition_begins_with_first", change(Edition, kind="update")),
    ("edition_says_what_it_corrects", change(Edition, kind="correction", number=2, note="")),
    ("edition_says_what_it_corrects", change(Edition, kind="clarification", number=2, note=" ")),
    ("edition_says_what_it_corrects", change(Edition, kind="withdrawal", number=2, note="")),
]


DECLARED = {
    constraint.name: (model, constraint)
    for app in ("experts", "articles")
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
}


def as_named(name: str) -> str:
    """What the database calls the constraint: SQLite names the columns of a unique one."""
    model, constraint = DECLARED[name]
    if connection.vendor != "sqlite" or not isinstance(constraint, models.UniqueConstraint):
        return name
    fields = [model._meta.get_field(part.name) for part in constraint.expressions if isinstance(part, models.F)]
    return ", ".join(f"{model._meta.db_table}.{field.column}" for field in fields if isinstance(field, models.Field))


@pytest.fixture
def one_of_each() -> None:
    expert, question = make.expert(), make.question()
    make.affiliation(expert)
    source = make.source()
    make.quote(make.position(expert, question, source=source), source=source)
    article = make.article(experts=[expert], questions=[question])
    make.edition(article)
    Presence.objects.create(article=article, user=make.user(), seen_at=THEN)
    Excerpt.objects.create(article=article, words="So they said.")
    Intake.objects.create(article=article, key="text 1", name="text.txt", text="", brought_at=THEN)
    run = ImportRun.objects.create(file_name="table.csv", created_at=THEN)
    ImportChange.objects.create(run=run, kind="experts", row_id=expert.pk, outcome="created")
    FormerAddress.objects.create(kind="experts.expert", slug="ada", row_id=expert.pk, left_at=THEN)


@pytest.mark.parametrize(("name", "write"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_the_database_refuses(one_of_each: None, name: str, write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=as_named(name)), transaction.atomic():
        write()


def test_every_constraint_is_tried() -> None:
    assert set(DECLARED) == {name for name, _ in REFUSED}


@pytest.mark.parametrize(
    "write",
    [
        change(Affiliation, starts_on=DAY, ends_on=DAY),
        change(Affiliation, starts_on=None, ends_on=DAY),
        change(Affiliation, seen_from=DAY, seen_until=DAY),
        change(Affiliation, seen_from=DAY, seen_until=None),
        change(Affiliation, starts_on=DAY, seen_until=date(2024, 1, 9)),
        change(Expert, website="http://example.org/"),
        change(Source, url=""),
        change(Position, answer=None, blank="silent"),
        change(Position, confidence=1),
        change(Position, confidence=10),
        change(Quote, kind="translated", language="zh-Hans"),
        change(Section, expert=None, heading="Before we begin"),
        change(Edition, number=2, kind="typo"),
        again(Position, stated_on=date(2024, 1, 11)),
        again(Edition, number=2, kind="correction", note="The gap was wrong."),
        answer_again(label="No opinion"),
    ],
)
def test_the_database_allows(one_of_each: None, write: Callable[[], Any]) -> None:
    write()


def test_several_answers_may_stand_off_one_axis() -> None:
    scale = make.scale(answers=[("It depends", None), ("No opinion", None)])
    assert scale.answers.filter(value=None).count() == 2


def test_what_is_on_record_cannot_be_deleted_from_under_it() -> None:
    record = cast.record()
    report = record.positions[0].source
    assert report
    for row in (record.experts["ada"], record.questions["gap"], record.questions["gap"].scale, report):
        with pytest.raises(ProtectedError):
            row.delete()


def test_what_is_in_an_article_cannot_be_deleted_from_under_it() -> None:
    article = make.article(experts=[make.expert()], questions=[make.question()])
    make.edition(article)
    for row in (Expert.objects.get(), Question.objects.get(), article.authors.get(), article):
        with pytest.raises(ProtectedError):
            row.delete()
    assert Article.objects.count() == 1


def test_an_answer_must_be_on_the_questions_scale() -> None:
    """The database cannot say so; every form does."""
    question, other = make.question(), make.scale("Another", [("Yes", 1)])
    position = Position(
        expert=make.expert(), question=question, answer=other.answers.get(), stated_on=DAY, source=make.source()
    )
    with pytest.raises(ValidationError, match="is not an answer of the scale"):
        position.full_clean()


@pytest.mark.parametrize("values", [{"blank": ""}, {"blank": "silent", "answer": True}])
def test_a_form_hears_the_reason_before_the_database_does(values: dict[str, Any]) -> None:
    question = make.question()
    if values.get("answer"):
        values = values | {"answer": question.scale.answers.all()[0]}
    position = Position(expert=make.expert(), question=question, stated_on=DAY, **values)
    with pytest.raises(ValidationError, match="one of the two"):
        position.clean()


@pytest.mark.parametrize("missing", ["expert", "question", "answer", "stated_on"])
def test_a_form_without_a_choice_is_an_error_and_no_crash(missing: str) -> None:
    question = make.question()
    values = {
        "expert": make.expert(),
        "question": question,
        "answer": question.scale.answers.all()[0],
        "stated_on": DAY,
    }
    values.pop(missing)
    with pytest.raises(ValidationError):
        Position(**values).full_clean()
