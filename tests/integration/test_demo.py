"""The demo content: what it installs, that it leaves editors' work alone, and that it keeps its word on quoting."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from aisrace.keeping.models import Deed
from aisrace.lib.markup import to_plain
from articles.demo import DemoRefused, can_sign_in, install_demo
from articles.models import Article, Author, Edition
from articles.publishing import blockers
from experts.models import Expert, Position, Question, Quote, Scale, Source

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
QUOTATION_MARKS = re.compile(r'["“”„«»‘]|(?<!\w)\'|\'(?!\w)')

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def dump_rows() -> dict[str, list[Any]]:
    """Every row of every table that the demo could touch, many-to-many tables included."""
    names = ("articles", "experts", "auth")
    tables = [m for name in names for m in apps.get_app_config(name).get_models(include_auto_created=True)]
    return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in tables}


def run(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("demo", *options)
    return capsys.readouterr().out


def answer_of(expert: str, question: str) -> Position:
    return Position.objects.get(expert__slug=expert, question__slug=question)


@pytest.fixture
def article() -> Article:
    install_demo(NOW)
    return Article.objects.get(slug="china-usa-ai-race")


def test_it_installs_a_published_comparison_of_five_experts(article: Article) -> None:
    assert blockers(article, NOW) == []
    assert [s.expert.name for s in article.sections.all() if s.expert] == [
        "Andrew Ng",
        "Yann LeCun",
        "Alexandr Wang",
        "David Sacks",
        "Kai-Fu Lee",
    ]
    edition = Edition.objects.live(NOW).get(article=article)
    assert edition.content["counts"] == {"experts": 5, "questions": 6, "positions": 20, "quotes": 2, "silences": 10}
    assert "ten of its thirty cells are silent" in to_plain(article.verdict)


def test_its_history_has_a_clarification_that_does_not_move_the_updated_date(article: Article) -> None:
    first, second = article.editions.order_by("number")
    assert (first.kind, second.kind) == (Edition.Kind.FIRST, Edition.Kind.CLARIFICATION)
    assert second.note
    assert second.content["method"].startswith(first.content["method"])
    assert len(second.content["method"]) > len(first.content["method"])
    assert {first.live_at, second.live_at, second.updated_at} == {NOW}
    assert [entry.by.username for entry in Deed.objects.about(article) if entry.by] == ["editor", "editor"]


def test_every_position_is_public_and_cites_the_one_secondary_source(article: Article) -> None:
    source = Source.objects.get()
    assert (source.kind, source.author, source.url) == (Source.Kind.SECONDARY, "Nitika Sharma", "")
    assert source.published_on == date(2025, 1, 31)
    positions = Position.objects.all()
    assert set(positions.public(NOW)) == set(positions)
    for position in positions:
        position.full_clean()
        assert position.source == source
        assert (position.stated_on, position.dating) == (date(2025, 1, 31), Position.Dating.REPORTED)
        assert position.summary


def test_each_expert_answers_somewhere_and_where_not_the_cell_says_why(article: Article) -> None:
    for expert in Expert.objects.all():
        assert expert.positions.filter(answer__isnull=False).exists(), expert
        assert expert.positions.count() == Question.objects.count(), expert
    blanks = Position.objects.filter(answer=None).values_list("blank", flat=True)
    assert list(blanks) == [Position.Blank.SILENT] * 10


def test_every_question_separates_the_experts(article: Article) -> None:
    for question in Question.objects.all():
        assert len(set(question.positions.exclude(answer=None).values_list("answer", flat=True))) > 1, question


def test_who_rejects_the_question_is_not_bent_onto_the_axis(article: Article) -> None:
    for question in ("who-leads-in-ai", "how-wide-is-the-gap"):
        answer = answer_of("yann-lecun", question).answer
        assert answer is not None
        assert (answer.label, answer.value) == ("Rejects the question", None)


def test_the_figures_of_the_report_are_there(article: Article) -> None:
    assert "three to six months" in answer_of("david-sacks", "who-leads-in-ai").summary
    assert "four times" in answer_of("kai-fu-lee", "how-wide-is-the-gap").summary
    assert {"90%", "60%", "30%", "10%"} <= set(
        re.findall(r"\d+%", answer_of("alexandr-wang", "compute-or-efficiency").summary)
    )


def test_quotation_marks_stand_only_around_words_quoted_in_the_source(article: Article) -> None:
    verbatim = set(Quote.objects.filter(kind=Quote.Kind.VERBATIM).values_list("words", flat=True))
    assert verbatim == {"front-row players", "twice the computing power"}
    ours = list(Position.objects.values_list("summary", flat=True))
    ours += Quote.objects.filter(kind=Quote.Kind.PARAPHRASE).values_list("words", flat=True)
    assert not [words for words in ours if QUOTATION_MARKS.search(words)]
    written = [article.headline, article.standfirst, article.body, article.verdict, article.method]
    written += article.sections.values_list("body", flat=True)
    text = to_plain(" ".join(written))
    assert set(re.findall("“(.*?)”", text)) == verbatim
    assert not QUOTATION_MARKS.search(re.sub("“.*?”", "", text))


def test_labels_fit_their_cells(article: Article) -> None:
    assert not [
        label
        for scale in Scale.objects.all()
        for label in scale.answers.values_list("label", flat=True)
        if len(label) > 28
    ]
    assert not [label for label in Question.objects.values_list("label", flat=True) if not 0 < len(label) <= 35]


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert "30 positions" in run(capsys)
    before = dump_rows()
    assert len(before["experts.Position"]) == 30
    assert "nothing was changed" in run(capsys)
    assert dump_rows() == before
    assert not install_demo(LATER).created


def test_what_an_editor_has_changed_survives(article: Article) -> None:
    Expert.objects.filter(slug="andrew-ng").update(bio="Rewritten.", public_at=None)
    Source.objects.update(title="Another title", published_on=None)
    Scale.objects.get(slug="china-or-us-ahead").answers.filter(value=2).update(label="Far ahead")
    Position.objects.filter(pk=answer_of("david-sacks", "who-leads-in-ai").pk).update(
        stated_on=date(2025, 1, 28), summary="Said otherwise."
    )
    Author.objects.update(bio="Someone else.")
    Article.objects.update(headline="Another headline")
    get_user_model().objects.filter(username="editor").update(first_name="Edith", is_superuser=False)
    before = dump_rows()
    install_demo(LATER)
    assert dump_rows() == before


def test_what_is_missing_comes_back_without_touching_the_article(article: Article) -> None:
    article.verdict_positions.clear()
    answer_of("kai-fu-lee", "compute-or-efficiency").delete()
    before = dump_rows()
    report = install_demo(LATER)
    assert report.created == {Position: 1, Quote: 1}
    assert answer_of("kai-fu-lee", "compute-or-efficiency").public_at is None
    after = dump_rows()
    assert [name for name in before if before[name] != after[name]] == ["experts.Position", "experts.Quote"]


def test_a_position_whose_answer_an_editor_took_away_is_left_out(
    article: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    article.verdict_positions.clear()
    position = answer_of("kai-fu-lee", "effect-of-export-controls")
    answer = position.answer
    position.delete()
    assert answer is not None
    answer.delete()
    before = dump_rows()
    assert "Left out: 1 position," in run(capsys)
    assert dump_rows() == before


def test_if_empty_installs_once_and_then_only_names_the_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Demo content installed" in run(capsys, "--if-empty")
    before = dump_rows()
    again = run(capsys, "--if-empty").splitlines()
    assert len(again) == 1
    assert "as editor, password editor" in again[0]
    assert dump_rows() == before


@pytest.mark.parametrize("there", [Article(slug="mine"), Expert(name="Ada", slug="ada")], ids=["article", "expert"])
def test_if_empty_leaves_a_site_with_content_alone(there: Any, capsys: pytest.CaptureFixture[str]) -> None:
    type(there).objects.create(**{f: getattr(there, f) for f in ("slug", "name") if hasattr(there, f)})
    before = dump_rows()
    assert run(capsys, "--if-empty") == ""
    assert dump_rows() == before


def test_it_joins_content_that_is_already_there(capsys: pytest.CaptureFixture[str]) -> None:
    ng = Expert.objects.create(name="Andrew Y. Ng", slug="andrew-ng")
    assert "4 experts" in run(capsys)
    ng.refresh_from_db()
    assert ng.name == "Andrew Y. Ng"
    assert ng.positions.count() == 6
    assert ng.is_public(datetime.now(UTC))


def test_it_is_refused_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    for options in ([], ["--if-empty"]):
        with pytest.raises(CommandError, match="not for production"):
            call_command("demo", *options)
    with pytest.raises(DemoRefused):
        install_demo(NOW)
    assert not get_user_model().objects.exists()
    assert not Article.objects.exists()


def test_the_sign_in_is_named_only_while_it_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert "password editor" in run(capsys)
    editor = get_user_model().objects.get(username="editor")
    assert editor.is_staff
    editor.set_password("something of my own")
    editor.save()
    assert not can_sign_in()
    assert "password" not in run(capsys)
    editor.refresh_from_db()
    assert editor.check_password("something of my own")


def test_a_user_of_that_name_is_left_as_he_is(capsys: pytest.CaptureFixture[str]) -> None:
    get_user_model().objects.create_user("editor", password="editor")
    assert "password" not in run(capsys)
    assert not get_user_model().objects.get().is_staff
