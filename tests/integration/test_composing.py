"""Beginning and changing working copies without the desk's form."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from reversion.models import Version

from aisrace.keeping.models import Deed
from aisrace.keeping.saving import Overtaken
from aisrace.lib.checking import Unsound
from articles.composing import begin_article, change_article
from articles.models import Article, Edition, Section
from experts.models import Expert, Question
from tests import make
from tests.desk import staff
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def editor() -> User:
    return staff("nell", "editor")


@pytest.fixture
def contributor() -> User:
    return staff("bo", "contributor")


@pytest.fixture
def said() -> dict[str, Any]:
    ada, bo = make.expert("Ada Fernwick", slug="ada"), make.expert("Bo Quillane", slug="bo")
    trains, ferries = make.question("Trains?", slug="trains"), make.question("Ferries?", slug="ferries")
    make.author(slug="nell-upham")
    make.topic(slug="night-trains")
    rests_on = make.position(ada, trains)
    make.position(bo, ferries)
    return {
        "headline": "Who believes in night trains",
        "body": "<p>It begins.</p><script>alert(1)</script>",
        "as_of": date(2025, 1, 31),
        "questions": ["ferries", "trains"],
        "authors": ["nell-upham"],
        "topics": ["night-trains"],
        "verdict_positions": [rests_on.pk],
        "sections": [
            {"expert": "bo", "body": "<p>What Bo holds.</p>"},
            {"heading": "Between the stations", "body": "<p>Fog.</p>"},
            {"expert": "ada"},
        ],
    }


def order_of(article: Article) -> tuple[list[str], list[str], list[str]]:
    return (
        [str(link.question.slug) for link in article.articlequestion_set.all()],
        [link.author.slug for link in article.byline_set.all()],
        [str(section) for section in article.sections.all()],
    )


def test_an_article_begins_whole_and_as_a_draft(said: Any, contributor: User) -> None:
    made = begin_article(said, by=contributor, now=NOW, api_key=3)
    row = Article.objects.get()
    assert (row.slug, row.entered_by, row.version) == ("who-believes-in-night-trains", contributor, 1)
    assert "script" not in row.body
    assert order_of(row) == (
        ["ferries", "trains"],
        ["nell-upham"],
        ["Bo Quillane", "Between the stations", "Ada Fernwick"],
    )
    assert (row.topics.get().slug, row.verdict_positions.count()) == ("night-trains", 1)
    assert not Edition.objects.exists()
    assert Deed.objects.about(row).get().detail == {"saved_version": 1, "api_key": 3}
    kept = Version.objects.get_for_object(made).get().revision.version_set.values_list("content_type__model", flat=True)
    assert sorted(kept) == ["article", "articlequestion", "articlequestion", "byline", "section", "section", "section"]


def test_nothing_is_required(contributor: User) -> None:
    first, second = (begin_article({}, by=contributor, now=NOW) for _ in range(2))
    assert (first.slug, second.slug) == ("untitled", "untitled-2")


def test_all_that_is_wrong_is_told_at_once(contributor: User, editor: User) -> None:
    make.article("Taken", slug="taken")
    make.expert("Hidden", slug="hidden", public_at=None, entered_by=editor)
    before = Article.objects.count()
    with pytest.raises(Unsound) as refused:
        begin_article(
            {
                "headline": "x" * 201,
                "slug": "taken",
                "questions": ["none"],
                "authors": ["none"],
                "verdict_positions": [2**40],
                "sections": [
                    {"expert": "hidden"},
                    {"body": "<p>Nobody's.</p>"},
                    {"heading": "\u200e"},
                    {"heading": "y" * 201},
                ],
            },
            by=contributor,
            now=NOW,
        )
    assert set(refused.value.problems) == {
        *("/headline", "/slug", "/questions/0", "/authors/0", "/verdict_positions/0", "/sections/0/expert"),
        *("/sections/1/heading", "/sections/2/heading", "/sections/3/heading"),
    }
    assert Article.objects.count() == before


@pytest.mark.parametrize("field", ["questions", "authors", "topics", "verdict_positions"])
def test_nothing_is_listed_twice(said: Any, editor: User, field: str) -> None:
    with pytest.raises(Unsound) as refused:
        begin_article({field: said[field][:1] * 2}, by=editor, now=NOW)
    assert set(refused.value.problems) == {f"/{field}/1"}


def test_an_expert_has_one_section(said: Any, editor: User) -> None:
    with pytest.raises(Unsound) as refused:
        begin_article({"sections": [{"expert": "ada"}, {"expert": "ada"}]}, by=editor, now=NOW)
    assert set(refused.value.problems) == {"/sections/1/expert"}


# --- Changing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def article(said: Any, contributor: User) -> Article:
    return begin_article(said, by=contributor, now=NOW)


def test_what_is_sent_is_changed_and_the_rest_stays(article: Article, contributor: User) -> None:
    before = order_of(article)
    change_article(article, {"standfirst": "Two who know."}, by=contributor, now=NOW, expected=1)
    article.refresh_from_db()
    assert (article.standfirst, article.version, order_of(article)) == ("Two who know.", 2, before)


def test_lists_are_whole_lists_and_rows_are_kept(article: Article, contributor: User) -> None:
    rows = {str(section): section.pk for section in article.sections.all()}
    links = {link.question.slug: link.pk for link in article.articlequestion_set.all()}
    said = {
        "questions": ["trains"],
        "authors": [],
        "sections": [
            {"expert": "ada", "body": "<p>New.</p>"},
            {"heading": "Between  the STATIONS"},
            {"heading": "At last", "body": "<p>Dawn.</p>"},
        ],
    }
    change_article(article, said, by=contributor, now=NOW, expected=1)
    assert order_of(article) == (["trains"], [], ["Ada Fernwick", "Between the STATIONS", "At last"])
    ada, between, _ = article.sections.all()
    assert (ada.pk, ada.body) == (rows["Ada Fernwick"], "<p>New.</p>")
    assert (between.pk, between.body) == (rows["Between the stations"], "<p>Fog.</p>")
    assert article.articlequestion_set.get().pk == links["trains"]
    assert not Section.objects.filter(pk=rows["Bo Quillane"]).exists()


def test_two_sections_change_places_and_experts(article: Article, contributor: User) -> None:
    said = [{"expert": "ada", "body": "<p>A</p>"}, {"expert": "bo", "body": "<p>B</p>"}]
    change_article(article, {"sections": said}, by=contributor, now=NOW, expected=1)
    change_article(article, {"sections": said[::-1]}, by=contributor, now=NOW, expected=2)
    assert [(str(section), section.body) for section in article.sections.all()] == [
        ("Bo Quillane", "<p>B</p>"),
        ("Ada Fernwick", "<p>A</p>"),
    ]


def test_what_changes_nothing_leaves_no_trace(article: Article, said: Any, contributor: User) -> None:
    changed_at = Article.objects.get().changed_at
    change_article(article, said, by=contributor, now=NOW, expected=1)
    row = Article.objects.get()
    assert (row.version, Deed.objects.about(row).count()) == (1, 1)
    assert abs(row.changed_at - changed_at) < timedelta(milliseconds=1)


def test_what_began_from_an_older_version_is_refused(article: Article, contributor: User) -> None:
    change_article(article, {"headline": "One"}, by=contributor, now=NOW, expected=1)
    with pytest.raises(Overtaken):
        change_article(article, {"headline": "Two"}, by=contributor, now=NOW, expected=1)
    assert Article.objects.get().headline == "One"


def test_an_expert_whom_an_editor_has_put_in_stays(article: Article, contributor: User, editor: User) -> None:
    make.expert("Hidden", slug="hidden", public_at=None, entered_by=editor)
    Question.objects.filter(slug="trains").update(public_at=None)
    sections = [{"expert": "hidden"}, {"expert": "ada"}]
    change_article(article, {"sections": sections}, by=editor, now=NOW, expected=1)
    change_article(article, {"sections": sections[::-1], "questions": ["trains"]}, by=contributor, now=NOW, expected=2)
    assert order_of(article)[2] == ["Ada Fernwick", "Hidden"]
    change_article(article, {"sections": sections[1:]}, by=contributor, now=NOW, expected=3)
    with pytest.raises(Unsound):
        change_article(article, {"sections": sections}, by=contributor, now=NOW, expected=4)


@pytest.mark.parametrize("groups", [[], ["moderator"], ["contributor"]])
def test_others_change_nothing_of_it(article: Article, groups: list[str]) -> None:
    other = staff("cy", *groups)
    with pytest.raises(PermissionDenied):
        change_article(article, {"headline": "Mine"}, by=other, now=NOW, expected=1)


def test_others_begin_nothing() -> None:
    with pytest.raises(PermissionDenied):
        begin_article({}, by=staff("cy", "moderator"), now=NOW)
    assert not Article.objects.exists()


def test_an_empty_address_is_made_anew_only_of_what_is_new(article: Article, contributor: User) -> None:
    change_article(article, {"headline": "Another"}, by=contributor, now=NOW, expected=1)
    assert Article.objects.get().slug == "who-believes-in-night-trains"
    change_article(article, {"slug": ""}, by=contributor, now=NOW, expected=2)
    assert Article.objects.get().slug == "another"
    assert Expert.objects.count() == 2
