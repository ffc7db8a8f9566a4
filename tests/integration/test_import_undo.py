"""A whole import is taken back: all that is as it left it, and nothing that anybody has touched or used since."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aisrace.keeping.models import Deed
from articles.publishing import publish
from experts.importing import ImportStopped, Listener, Options
from experts.importing.runs import import_by_command
from experts.importing.undoing import CHANGED, GONE, NotUndoable, Undoing, try_undoing, undo
from experts.models import Affiliation, Expert, ImportChange, ImportRun, Position, Question, Quote, Scale, Source, Topic
from tests import make
from tests.make import NOW
from tests.tables import MODELS, PANEL, count_rows, write

pytestmark = pytest.mark.django_db


def bring_in(path: Path, **options: Any) -> ImportRun:
    report = import_by_command(path, Options(**options), NOW, Listener())
    return ImportRun.objects.get(pk=report.run)


def take_back(run: ImportRun) -> Undoing:
    done = undo(run, by=None, now=NOW)
    assert done is not None
    return done


def read_record() -> list[dict[str, Any]]:
    """Everything on record but versions, which go on counting."""
    rows = [row for model in [*MODELS, Question.topics.through] for row in model._default_manager.order_by("pk")]
    return [
        {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "version"}
        for row in rows
    ]


def test_into_an_empty_record_and_out_again() -> None:
    run = bring_in(PANEL)
    assert count_rows()[0] == 6
    tried = try_undoing(run)
    assert count_rows()[0] == 6
    done = take_back(run)
    assert done.as_data() == tried.as_data()
    assert done.as_data() == {
        "removed": {"position": 42, "question": 7, "source": 4, "expert": 6, "topic": 4, "scale": 1},
        "restored": {},
        "left": 0,
    }
    assert set(count_rows()) == {0}
    run.refresh_from_db()
    assert (run.state, run.undone_at, run.undoing["left"]) == ("undone", NOW, 0)
    assert set(Deed.objects.about(run).values_list("verb", flat=True)) == {"imported", "undid import"}


def test_undoing_twice_is_once() -> None:
    run = bring_in(PANEL)
    take_back(run)
    assert undo(run, by=None, now=NOW) is None
    assert Deed.objects.filter(verb="undid import").count() == 1


def test_after_undoing_the_table_comes_in_again() -> None:
    take_back(bring_in(PANEL))
    run = bring_in(PANEL)
    assert run.report["positions"]["created"] == 42


def test_what_was_updated_is_as_before(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo", "comment": ""}), source="P")
    before = read_record()
    version = Position.objects.order_by("id")[0].version
    corrected = write(
        tmp_path,
        {"vote": "Disagree", "comment": "They will not.", "topic": "Rails", "uni": "Saltmarsh"},
        {"panelist": "Quillane, Bo", "comment": "New words.", "confidence": "9", "topic": "Rails"},
        {"panelist": "Third, Ina", "topic": "Rails"},
    )
    run = bring_in(corrected, source="P", language="en")
    assert run.report["positions"] == {"created": 1, "updated": 2, "unchanged": 0, "refused": 0}
    assert read_record() != before
    assert Position.objects.order_by("id")[0].version == version + 1
    done = take_back(run)
    assert done.left == []
    assert done.restored == {"position": 2, "question": 1, "expert": 1}
    assert read_record() == before
    assert Position.objects.order_by("id")[0].version == version + 2


def test_a_quote_that_was_taken_out_comes_back_as_it_was(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}), source="P")
    before = read_record()
    run = bring_in(write(tmp_path, {"comment": ""}), source="P")
    assert not Quote.objects.exists()
    take_back(run)
    assert read_record() == before


def test_imports_are_undone_one_after_the_other(tmp_path: Path) -> None:
    first = bring_in(write(tmp_path, {}), source="P")
    second = bring_in(write(tmp_path, {"vote": "Disagree"}), source="P")
    assert [change.left for change in try_undoing(first).left if change.kind == "position"] == [CHANGED]
    take_back(second)
    take_back(first)
    assert set(count_rows()) == {0}


def change_answer(position: Position) -> None:
    Position.objects.filter(pk=position.pk).update(confidence=1)


def change_summary(position: Position) -> None:
    Position.objects.filter(pk=position.pk).update(summary="In short.")


def add_quote(position: Position) -> None:
    make.quote(position, "More words.", source=position.source)


def change_quote(position: Position) -> None:
    position.quotes.update(locator="p. 3")


def make_public(position: Position) -> None:
    Position.objects.filter(pk=position.pk).update(public_at=NOW)


def delete_it(position: Position) -> None:
    position.delete()


@pytest.mark.parametrize(
    ("touch", "reason"),
    [
        (change_answer, CHANGED),
        (change_summary, CHANGED),
        (add_quote, CHANGED),
        (change_quote, CHANGED),
        (make_public, CHANGED),
        (delete_it, GONE),
    ],
)
def test_a_position_that_was_touched_stays_with_all_it_needs(tmp_path: Path, touch: Any, reason: str) -> None:
    run = bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo"}), private=True)
    touch(Position.objects.get(expert__name="Ada Fernwick"))
    done = take_back(run)
    (left,) = [change for change in done.left if change.kind == "position"]
    assert left.left == reason
    assert not Position.objects.filter(expert__name="Bo Quillane").exists()
    if reason == CHANGED:
        assert Position.objects.get().question.topics.get().name == "Trains"
        reasons = {(change.kind, change.left) for change in done.left}
        assert reasons >= {("expert", "Used by positions."), ("question", "Used by positions.")}
        assert not Expert.objects.filter(name="Bo Quillane").exists()
    else:
        assert not Expert.objects.exists()


def test_who_was_changed_by_hand_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}))
    Affiliation.objects.update(role="Director")
    done = take_back(run)
    assert [(change.kind, change.left) for change in done.left] == [("expert", CHANGED)]
    assert Expert.objects.get().affiliations.get().role == "Director"


def test_what_readers_have_seen_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo"}))
    shown = Position.objects.get(expert__name="Ada Fernwick")
    other = make.position(make.expert("Cato Mirrenby"), shown.question, answer="Agree")
    article = make.article(experts=[shown.expert, other.expert], questions=[shown.question])
    publish(article, by=make.user("somebody"), now=NOW)
    article.articlequestion_set.all().delete()
    done = take_back(run)
    reasons = {change.kind: change.left for change in done.left}
    assert reasons["position"] == "A published edition compares this expert on this question."
    assert set(Position.objects.all()) == {shown, other}


def test_what_a_draft_compares_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo"}))
    used = Position.objects.get(expert__name="Ada Fernwick")
    make.article(experts=[used.expert], questions=[used.question])
    done = take_back(run)
    reasons = {change.kind: change.left for change in done.left}
    assert reasons["position"] == "An article compares this expert on this question."
    assert Position.objects.get() == used


def test_a_topic_somebody_else_took_up_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}))
    make.question().topics.add(Topic.objects.get())
    done = take_back(run)
    assert [(change.kind, change.left) for change in done.left] == [("topic", "Used by questions.")]


def test_a_scale_with_other_questions_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}))
    make.question(scale=Scale.objects.get())
    assert [(c.kind, c.left) for c in take_back(run).left] == [("scale", "Used by questions.")]


def test_a_source_others_cite_stays(tmp_path: Path) -> None:
    run = bring_in(write(tmp_path, {}))
    make.position(make.expert(), make.question(), source=Source.objects.get())
    assert [(c.kind, c.left) for c in take_back(run).left] == [("source", "Used by positions.")]


def test_only_what_was_carried_out_can_be_undone() -> None:
    run = ImportRun.objects.create(file_name="t.csv", created_at=NOW)
    with pytest.raises(NotUndoable):
        undo(run, by=None, now=NOW)


# --- The command ------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("import_positions", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_undoes_by_number() -> None:
    number = json.loads(command(str(PANEL), "--json"))["run"]
    assert json.loads(command("--undo", str(number), "--json"))["removed"]["position"] == 42
    assert set(count_rows()) == {0}
    with pytest.raises(CommandError, match="undone before"):
        command("--undo", str(number))
    with pytest.raises(CommandError, match="no import 999"):
        command("--undo", "999")
    with pytest.raises(CommandError, match="Which file"):
        command()


def test_nothing_is_kept_of_a_dry_run_or_of_one_that_failed(tmp_path: Path) -> None:
    assert json.loads(command(str(PANEL), "--json", "--dry-run"))["run"] is None
    with pytest.raises(ImportStopped):
        bring_in(write(tmp_path, {"date": "soon"}))
    assert not ImportRun.objects.exists()
    assert not ImportChange.objects.exists()
