"""From what was understood of a document to a draft, and the same draft again."""

from datetime import date, timedelta
from functools import cache

import pytest
from django.contrib.auth.models import Permission, User
from reversion.models import Version

from aisrace.keeping.models import Deed
from articles.importing.blocks import Document
from articles.importing.casting import NEW, NOBODY
from articles.importing.documents import read_pasted
from articles.importing.drafting import Choices, draft_article, find_intake
from articles.importing.reading import Part, Quoted, Reading, Span
from articles.importing.storing import dump_reading, load_reading
from articles.importing.understanding import understand
from articles.models import Article, Author, Intake
from articles.publishing import blockers
from experts.models import Expert
from tests import make
from tests.desk import staff
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TEXT = """Will night trains return?

By Nell Upham | 3 March 2024

Four years after the last sleeper left, the question is back. Two people who run
railways see it differently, and neither has numbers to show.

1. Ada Byron

The head of the northern line thinks demand was never the problem. “Every sleeper we ran
was full from May to October,” she says, and points at the price of track access.

2. Karl Babbage

Babbage sees no way for them to pay. He recalls that the last private attempt ended after
a single winter and left its owner with eleven coaches that nobody wanted.

Conclusion

The two agree on one thing only: somebody would have to pay for the track.
"""


@cache
def parse(text: str) -> Document:
    return read_pasted(text)


def read(text: str = TEXT) -> Reading:
    return understand(parse(text))


def bring_in(reading: Reading | None = None, *, by: User | None = None, **choices: object) -> Article:
    wanted = Choices(**choices) if choices else None
    return draft_article(reading or read(), name="trains.txt", by=by, now=NOW, choices=wanted).article


def sections(article: Article) -> list[tuple[str, str]]:
    return [(s.heading, s.expert.name if s.expert else "") for s in article.sections.select_related("expert")]


def test_a_document_becomes_a_draft() -> None:
    karl = make.expert("Carl Babbage", aliases="Charles Babbage\nKarl Babbage")
    editor = staff("editor", "editor")
    outcome = draft_article(read(), name="trains.txt", by=editor, now=NOW)
    article = outcome.article
    assert (article.headline, article.slug, article.entered_by) == (
        "Will night trains return?",
        "will-night-trains-return",
        editor,
    )
    assert sections(article) == [("", "Ada Byron"), ("", "Carl Babbage")]
    assert "never the problem" in article.sections.all()[0].body
    assert "agree on one thing" in article.verdict
    assert [author.name for author in article.authors.all()] == ["Nell Upham"]
    assert [expert.name for expert in outcome.new_experts] == ["Ada Byron"]
    assert Expert.objects.exclude(pk=karl.pk).get().public_at is None
    assert not article.editions.exists()
    assert Deed.objects.about(article).get().verb == "brought in"
    assert Version.objects.get_for_object(article).count() == 1


def test_quoted_words_wait_to_become_evidence() -> None:
    excerpt = bring_in().excerpts.get()
    assert (excerpt.words.rstrip(","), excerpt.is_verbatim) == (
        "Every sleeper we ran was full from May to October",
        True,
    )
    assert excerpt.expert.name == "Ada Byron"


def test_every_character_is_accounted_for() -> None:
    intake = bring_in().intake
    assert "".join(intake.text[span["start"] : span["end"]] for span in intake.spans) == intake.text
    assert intake.proposed["date"] == "2024-03-03"


def test_the_checklist_asks_for_what_no_document_can_give() -> None:
    assert blockers(bring_in(), NOW) == [
        "Write a standfirst: a sentence or two under the headline.",
        "Choose at least one question.",
        "Choose the positions that the verdict rests on.",
    ]


def test_bringing_it_in_again_changes_nothing() -> None:
    first = bring_in()
    again = draft_article(read(), name="trains.txt", by=None, now=NOW)
    assert (again.is_new, again.article.pk, again.kept, again.new_experts) == (False, first.pk, [], [])
    assert Article.objects.count() == Author.objects.count() == Intake.objects.count() == 1
    assert Expert.objects.count() == 2
    assert first.excerpts.count() == 1


def test_a_newer_text_updates_the_draft_and_leaves_what_an_editor_changed() -> None:
    article = bring_in()
    section = article.sections.get(expert__name="Karl Babbage")
    section.body = "<p>Babbage, in the editor's words.</p>"
    section.save()
    Article.objects.filter(pk=article.pk).update(standfirst="Two railway people disagree.")
    newer = read(TEXT.replace("never the problem", "the least of it").replace("eleven coaches", "twelve coaches"))
    outcome = draft_article(newer, name="trains.txt", by=None, now=NOW)
    ada, karl = outcome.article.sections.all()
    assert "the least of it" in ada.body
    assert karl.body == "<p>Babbage, in the editor's words.</p>"
    assert outcome.article.standfirst == "Two railway people disagree."
    assert outcome.kept == ["standfirst", "Karl Babbage: body"]
    assert outcome.article.version == article.version + 1
    again = draft_article(newer, name="trains.txt", by=None, now=NOW)
    assert again.article.sections.all()[1].body == "<p>Babbage, in the editor's words.</p>"


def test_what_an_editor_emptied_stays_empty() -> None:
    article = bring_in()
    Article.objects.filter(pk=article.pk).update(verdict="")
    assert bring_in().verdict == ""


def test_another_document_of_the_same_name_is_another_draft() -> None:
    first = bring_in()
    other = read("Cheese at altitude\n\nBy Hugo Vale\n\n" + "Nothing melts as it should above the tree line. " * 12)
    second = bring_in(other)
    assert second.pk != first.pk
    assert find_intake("trains.txt", read(), None).article == first
    assert find_intake("trains.txt", other, None).article == second


def test_the_same_document_can_be_made_a_new_draft() -> None:
    first = bring_in()
    second = bring_in(apart=True)
    assert second.pk != first.pk
    assert second.slug == "will-night-trains-return-2"


def test_the_editor_decides_who_is_who() -> None:
    known = make.expert("Ada Byron")
    namesake = make.expert("Ada Byron", slug="namesake")
    article = bring_in(experts={"Ada Byron": str(namesake.pk), "Karl Babbage": NOBODY}, headline="Trains, again")
    assert article.headline == "Trains, again"
    assert sections(article) == [("", "Ada Byron"), ("Karl Babbage", "")]
    assert article.sections.all()[0].expert == namesake
    another = bring_in(experts={"Ada Byron": NEW}, apart=True)
    assert another.sections.all()[0].expert not in (known, namesake)


def test_one_expert_with_two_sections_keeps_the_second_heading() -> None:
    parts = [
        Part("Ada Byron", "Ada Byron", body_html="<p>One.</p>"),
        Part("On costs", "Ada Byron", body_html="<p>Two.</p>"),
    ]
    article = bring_in(Reading("x", [Span(0, 1, "body")], headline="Twice", sections=parts))
    assert sections(article) == [("", "Ada Byron"), ("On costs", "")]


def test_a_draft_of_somebody_else_is_not_touched() -> None:
    """Nor is it told that there is one."""
    theirs = bring_in(by=staff("first", "contributor"))
    mine = bring_in(by=(second := staff("second", "contributor")))
    assert mine.pk != theirs.pk
    assert find_intake("trains.txt", read(), second).article == mine
    theirs.refresh_from_db()
    assert theirs.version == 1
    assert bring_in(by=staff("third", "editor")) in (theirs, mine)


def test_an_expert_somebody_else_keeps_private_is_not_chosen() -> None:
    theirs = make.expert("Ada Byron", public_at=None, entered_by=make.user("first"))
    by = staff("second", "contributor")
    article = bring_in(by=by, experts={"Ada Byron": str(theirs.pk)})
    assert sections(article)[0] == ("Ada Byron", "")
    assert article.excerpts.get().expert is None
    assert sections(bring_in(by=by, apart=True))[0] == ("", "Ada Byron")
    assert not theirs.sections.exists()
    assert theirs in {section.expert for section in bring_in(apart=True).sections.all()}


def test_words_of_an_expert_somebody_else_keeps_private_are_nobodys() -> None:
    theirs = make.expert("Ada Byron", public_at=None, entered_by=make.user("first"))
    part = Part("Costs")
    part.quotes.append(Quoted("It is full", "Ada Byron", True, "", 0))
    reading = Reading("x", [Span(0, 1, "body")], headline="Costs", sections=[part])
    assert bring_in(reading, by=staff("second", "contributor")).excerpts.get().expert is None
    assert bring_in(reading, apart=True).excerpts.get().expert == theirs


def test_whom_somebody_may_not_add_is_told_and_not_made() -> None:
    by = make.user("writer")
    by.user_permissions.add(Permission.objects.get(codename="add_article"))
    outcome = draft_article(read(), name="trains.txt", by=by, now=NOW)
    assert sections(outcome.article) == [("Ada Byron", ""), ("Karl Babbage", "")]
    assert not Expert.objects.exists()
    assert not Author.objects.exists()
    assert list(outcome.tell())[1:] == [
        "Only a heading, for you may not add experts: Ada Byron, Karl Babbage.",
        "Missing from the byline, for you may not add authors: Nell Upham.",
    ]


def test_a_contributor_adds_experts_and_no_authors() -> None:
    outcome = draft_article(read(), name="trains.txt", by=staff("writer", "contributor"), now=NOW)
    assert [expert.name for expert in outcome.new_experts] == ["Ada Byron", "Karl Babbage"]
    assert outcome.casting.refused_authors == ["Nell Upham"]
    assert not Author.objects.exists()


def test_who_is_new_has_a_deed_and_a_revision() -> None:
    editor = staff("editor", "editor")
    outcome = draft_article(read(), name="trains.txt", by=editor, now=NOW)
    for row in (*outcome.new_experts, Author.objects.get()):
        deed = Deed.objects.about(row).get()
        assert (deed.verb, deed.by) == ("added", editor)
        assert Version.objects.get_for_object(row).count() == 1
        assert row.entered_by == editor


def test_hostile_text_comes_out_clean() -> None:
    part = Part(
        "<b>Ada</b>\u202e",
        "Ada \x00Byron",
        role="x" * 300,
        organisation="y" * 300,
        body_html="<script>x</script><p>ok</p>",
    )
    part.quotes.append(Quoted("said\x00", "Ada Byron", True, "", 0))
    article = bring_in(Reading("x", [], headline="h" * 400, authors=["n" * 300], sections=[part]))
    assert article.sections.get().body == "<p>ok</p>"
    assert len(article.headline) == 200
    assert article.excerpts.get().words == "said"


def test_a_reading_survives_the_wait_for_the_editor() -> None:
    reading = read()
    assert load_reading(dump_reading(reading)) == reading
    assert reading.date == date(2024, 3, 3)


def test_time_passes_between_two_imports() -> None:
    bring_in()
    draft_article(read(), name="trains.txt", by=None, now=NOW + timedelta(days=1))
    assert Intake.objects.get().brought_at == NOW + timedelta(days=1)
