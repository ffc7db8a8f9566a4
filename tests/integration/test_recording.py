"""Recording positions without the desk's form: what it checks, what it keeps, and who may."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from reversion.models import Version

from aisrace.keeping.models import Deed
from aisrace.keeping.saving import Overtaken
from aisrace.lib.checking import Unsound
from experts.models import Expert, Position, Question, Quote, Source
from experts.recording import change_position, record_position
from tests import make
from tests.desk import staff
from tests.make import NOW

pytestmark = pytest.mark.django_db

SOURCE = {"title": "Notes from the sleeping car", "publisher": "The Timetable", "url": "https://example.org/notes"}


@pytest.fixture
def editor() -> User:
    return staff("nell", "editor")


@pytest.fixture
def contributor() -> User:
    return staff("bo", "contributor")


@pytest.fixture
def ada() -> Expert:
    return make.expert("Ada Fernwick", slug="ada")


@pytest.fixture
def trains() -> Question:
    return make.question("Will night trains outrun planes?", slug="trains")


@pytest.fixture
def said(ada: Expert, trains: Question) -> dict[str, Any]:
    return {"expert": "ada", "question": "trains", "answer": "Likely", "stated_on": date(2025, 1, 31)}


def problems_of(said: Any, by: User) -> dict[str, list[str]]:
    with pytest.raises(Unsound) as refused:
        record_position(said, by=by, now=NOW)
    assert not Position.objects.exists()
    assert not Source.objects.exists()
    return refused.value.problems


# --- Recording -------------------------------------------------------------------------------------------------------


def test_a_position_with_its_evidence_is_one_deed(said: Any, editor: User) -> None:
    quotes = [
        {"words": "They will, and on time."},
        {"words": "Ils iront.", "kind": "translated", "language": "fr", "source": {"title": "Le Train"}},
    ]
    made = record_position(
        said | {"source": SOURCE, "quotes": quotes, "confidence": 7, "summary": "In\r\nshort. "},
        by=editor,
        now=NOW,
        api_key=3,
    )
    row = Position.objects.get()
    assert (row, row.answer.label, row.summary, row.confidence) == (made, "Likely", "In\nshort.", 7)
    assert (row.entered_by, row.public_at, row.version) == (editor, None, 1)
    first, second = row.quotes.all()
    assert (row.source.title, first.source, second.source.title) == (SOURCE["title"], row.source, "Le Train")
    assert [source.entered_by for source in Source.objects.all()] == [editor, editor]
    deed = Deed.objects.about(row).get()
    assert (deed.verb, deed.by, deed.at, deed.detail) == ("added", editor, NOW, {"saved_version": 1, "api_key": 3})
    assert Version.objects.get_for_object(row).count() == 1
    assert Version.objects.get_for_object(first).count() == 1


def test_what_is_no_answer_says_why(said: Any, editor: User) -> None:
    row = record_position(said | {"answer": None, "blank": "declined"}, by=editor, now=NOW)
    assert (row.answer, row.blank) == (None, "declined")
    row.delete()
    assert problems_of(said | {"answer": None}, editor) == {
        "": ["Give an answer or say why there is none; one of the two."]
    }


def test_an_answer_is_chosen_by_its_key_or_its_label_and_of_the_questions_scale(said: Any, editor: User) -> None:
    row = record_position(
        said | {"answer": Question.objects.get().scale.answers.get(label="Even").pk}, by=editor, now=NOW
    )
    assert row.answer.label == "Even"
    row.delete()
    other = make.scale("Colours", [("Red", None)])
    for answer in ("Red", other.answers.get().pk, "", 0, 2**60):
        assert "is not an answer of the scale" in problems_of(said | {"answer": answer}, editor)["/answer"][0]


def test_all_that_is_wrong_is_told_at_once(editor: User, trains: Question) -> None:
    problems = problems_of(
        {
            "expert": "nobody",
            "question": "trains",
            "answer": "Perhaps",
            "stated_on": timezone.localdate() + timedelta(days=1),
            "dating": "rumoured",
            "confidence": 11,
            "source": {"title": "\u200e"},
            "quotes": [
                {"words": ""},
                {"words": "x", "kind": "translated"},
                {"words": "x", "id": 5},
                {"words": "x", "source": 77},
                {"words": "x", "source": {"title": "x", "url": "ftp://example.org"}},
                {"words": "x", "locator": "y" * 201},
            ],
        },
        editor,
    )
    assert set(problems) == {
        *("/expert", "/answer", "/stated_on", "/dating", "/source/title", "/quotes/0/words", "/quotes/1/language"),
        *("/quotes/2/id", "/quotes/3/source", "/quotes/4/source/url", "/quotes/5/locator"),
    }


def test_words_need_a_source(said: Any, editor: User) -> None:
    assert set(problems_of(said | {"quotes": [{"words": "Yes."}]}, editor)) == {"/quotes/0/source"}


def test_there_is_one_position_a_day(said: Any, editor: User) -> None:
    record_position(said, by=editor, now=NOW)
    with pytest.raises(Unsound) as refused:
        record_position(said, by=editor, now=NOW)
    assert set(refused.value.problems) == {"/stated_on"}
    assert Position.objects.count() == 1


# --- Sources ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        SOURCE,
        SOURCE | {"title": "Another title"},
        {"title": "x", "url": "http://example.org/notes/"},
        {"title": "x", "url": "https://example.org/notes?utm_source=letter"},
        {"title": "NOTES from the sleeping car", "publisher": "the timetable"},
    ],
)
def test_a_source_on_record_is_used_again(said: Any, editor: User, same: Any) -> None:
    there = make.source(**SOURCE)
    row = record_position(said | {"source": same, "quotes": [{"words": "x", "source": same}]}, by=editor, now=NOW)
    assert (row.source, row.quotes.get().source) == (there, there)
    assert Source.objects.count() == 1


def test_a_source_that_one_request_brings_twice_is_one(said: Any, editor: User) -> None:
    quotes = [{"words": "x", "source": SOURCE}, {"words": "y", "source": {"title": "Z", "url": SOURCE["url"] + "/"}}]
    record_position(said | {"source": SOURCE, "quotes": quotes}, by=editor, now=NOW)
    assert Source.objects.count() == 1


def test_nobody_finds_or_takes_a_source_that_they_may_not_read(said: Any, editor: User, contributor: User) -> None:
    hidden = make.source(**SOURCE, entered_by=editor)
    row = record_position(said | {"source": SOURCE}, by=contributor, now=NOW)
    assert row.source != hidden
    row.delete()
    with pytest.raises(Unsound) as refused:
        record_position(said | {"source": hidden.pk}, by=contributor, now=NOW)
    assert refused.value.problems == {"/source": [f"There is no source {hidden.pk} here."]}


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_contributors_record_what_stays_private(said: Any, contributor: User) -> None:
    assert record_position(said, by=contributor, now=NOW).public_at is None
    with pytest.raises(PermissionDenied):
        record_position(said | {"stated_on": date(2025, 1, 1), "public_at": NOW}, by=contributor, now=NOW)
    assert Position.objects.count() == 1


def test_editors_may_make_it_public(said: Any, editor: User) -> None:
    assert record_position(said | {"public_at": NOW}, by=editor, now=NOW).public_at == NOW


def test_a_moment_that_has_passed_means_at_once(said: Any, editor: User) -> None:
    """Whoever follows the record looks at what came since they last looked."""
    row = record_position(said | {"public_at": NOW - timedelta(days=700)}, by=editor, now=NOW)
    assert row.public_at == NOW
    later = NOW + timedelta(days=2)
    change_position(row, {"public_at": NOW - timedelta(days=9)}, by=editor, now=later, expected=1)
    row.refresh_from_db()
    assert (row.public_at, row.version) == (NOW, 1), "readers have seen it since then"
    change_position(row, {"public_at": None}, by=editor, now=later, expected=1)
    change_position(row, {"public_at": NOW}, by=editor, now=later, expected=2)
    row.refresh_from_db()
    assert row.public_at == later


@pytest.mark.parametrize("groups", [[], ["moderator"]])
def test_others_record_nothing(said: Any, groups: list[str]) -> None:
    with pytest.raises(PermissionDenied):
        record_position(said, by=staff("cy", *groups), now=NOW)
    assert not Position.objects.exists()


def test_nobody_records_about_whom_they_may_not_read(said: Any, contributor: User, ada: Expert) -> None:
    Expert.objects.update(public_at=None)
    Question.objects.update(public_at=None)
    assert set(problems_of(said, contributor)) >= {"/expert", "/question"}


def test_a_source_is_only_made_by_who_may(said: Any, contributor: User) -> None:
    contributor.groups.get().permissions.remove(*contributor.groups.get().permissions.filter(codename="add_source"))
    contributor = User.objects.get(pk=contributor.pk)
    with pytest.raises(PermissionDenied):
        record_position(said | {"source": SOURCE}, by=contributor, now=NOW)
    assert not Source.objects.exists()


# --- Changing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def row(said: Any, contributor: User) -> Position:
    quotes = [{"words": "First."}, {"words": "Second."}]
    return record_position(said | {"source": SOURCE, "quotes": quotes}, by=contributor, now=NOW)


def test_what_is_sent_is_changed_and_the_rest_stays(row: Position, contributor: User) -> None:
    change_position(row, {"answer": "Even"}, by=contributor, now=NOW, expected=1)
    row.refresh_from_db()
    assert (row.answer.label, row.version, row.source.title, row.quotes.count()) == ("Even", 2, SOURCE["title"], 2)
    assert Deed.objects.about(row).first().verb == "changed"
    assert Version.objects.get_for_object(row).count() == 2


def test_quotes_keep_their_keys(row: Position, contributor: User) -> None:
    first, second = row.quotes.all()
    quotes = [{"id": second.pk, "words": "Second, mended."}, {"words": "Third."}]
    change_position(row, {"quotes": quotes}, by=contributor, now=NOW, expected=1)
    kept, new = row.quotes.all()
    assert (kept.pk, kept.words, kept.source, new.words) == (second.pk, "Second, mended.", second.source, "Third.")
    assert not Quote.objects.filter(pk=first.pk).exists()
    twice = [{"id": kept.pk}, {"id": kept.pk}]
    with pytest.raises(Unsound):
        change_position(row, {"quotes": twice}, by=contributor, now=NOW, expected=2)


def test_what_changes_nothing_leaves_no_trace(row: Position, contributor: User) -> None:
    same = {"answer": "Likely", "quotes": [{"id": quote.pk} for quote in row.quotes.all()], "source": row.source_id}
    change_position(row, same, by=contributor, now=NOW, expected=1)
    row.refresh_from_db()
    assert (row.version, Deed.objects.about(row).count()) == (1, 1)


def test_what_began_from_an_older_version_is_refused(row: Position, contributor: User) -> None:
    change_position(row, {"answer": "Even"}, by=contributor, now=NOW, expected=1)
    with pytest.raises(Overtaken):
        change_position(row, {"answer": "Unlikely"}, by=contributor, now=NOW, expected=1)
    row.refresh_from_db()
    assert row.answer.label == "Even"


def test_once_it_is_public_it_is_for_editors_to_change(row: Position, contributor: User, editor: User) -> None:
    change_position(row, {"public_at": NOW}, by=editor, now=NOW, expected=1)
    with pytest.raises(PermissionDenied):
        change_position(row, {"answer": "Even"}, by=contributor, now=NOW, expected=2)
    with pytest.raises(PermissionDenied):
        change_position(row, {}, by=contributor, now=NOW, expected=2)


def test_a_source_that_an_editor_has_put_in_stays_choosable(row: Position, contributor: User, editor: User) -> None:
    theirs = make.source("The editor's own", entered_by=editor)
    change_position(row, {"source": theirs.pk}, by=editor, now=NOW, expected=1)
    change_position(row, {"source": theirs.pk, "summary": "New."}, by=contributor, now=NOW, expected=2)
    row.refresh_from_db()
    assert (row.source, row.summary) == (theirs, "New.")


def test_a_deed_with_quotes_takes_the_rights_to_them(row: Position, contributor: User) -> None:
    group = contributor.groups.get()
    for verb, quotes in {
        "delete": [],
        "add": [*({"id": quote.pk} for quote in row.quotes.all()), {"words": "New."}],
        "change": [{"id": row.quotes.all()[0].pk, "words": "Changed."}, {"id": row.quotes.all()[1].pk}],
    }.items():
        right = group.permissions.get(codename=f"{verb}_quote")
        group.permissions.remove(right)
        who = User.objects.get(pk=contributor.pk)
        with pytest.raises(PermissionDenied):
            change_position(row, {"quotes": quotes}, by=who, now=NOW, expected=1)
        group.permissions.add(right)
    assert [quote.words for quote in row.quotes.all()] == ["First.", "Second."]


def test_a_day_taken_in_the_same_moment_is_told_as_one(said: Any, editor: User, monkeypatch: Any) -> None:
    """The check finds nothing, and the database does."""
    record_position(said, by=editor, now=NOW)
    monkeypatch.setattr("experts.recording.check_position", lambda *args: None)
    with pytest.raises(Unsound) as refused:
        record_position(said, by=editor, now=NOW)
    assert set(refused.value.problems) == {"/stated_on"}


def test_a_moment_is_kept_as_it_was_said(said: Any, editor: User) -> None:
    later = datetime.fromisoformat("2030-01-01T00:00:00+02:00")
    assert record_position(said | {"public_at": later}, by=editor, now=NOW).public_at == later
