"""The search: the same answers on either database, nothing that is not public, in step with every write."""

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aisrace.lib.watching import together
from aisrace.search.asking import read_question
from aisrace.search.drifting import find_drift
from aisrace.search.finding import Wish, find
from aisrace.search.models import Document, Shelf
from aisrace.search.rebuilding import fill_where_needed, rebuild
from aisrace.search.results import search
from aisrace.search.suggesting import guess_question, suggest
from articles.models import Edition
from articles.publishing import publish, unschedule, withdraw
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Source, Topic
from tests import make, site
from tests import search as built
from tests.make import NOW
from tests.pages import visit

pytestmark = [pytest.mark.django_db, pytest.mark.searching]

# One file for both databases: what is found, in its order, for each question.
EXPECTED: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "data" / "search.json").read_text())


def name(document: Document) -> str:
    about = json.loads(document.passage.about)
    if document.kind in ("position", "quote"):
        who, on = (unnumbered(about[part]["slug"]) for part in ("expert", "question"))
        return f"{document.kind} {who} on {on}, {about['stated_on']}"
    return f"{document.kind} {unnumbered(about['slug'])}"


def unnumbered(slug: str) -> str:
    """Builders number the slugs that nobody has chosen."""
    return re.sub(r"-\d+$", "", slug)


def names(keys: Iterable[int]) -> list[str]:
    documents = Document.objects.select_related("passage").in_bulk(list(keys))
    return [name(documents[key]) for key in keys]


def look_for(question: str, now: Any = None, **narrowing: Any) -> list[str]:
    return names(find(Wish(read_question(question), **narrowing), now or timezone.now(), 0, 1000).keys)


def drift() -> list[str]:
    return [str(each) for each in find_drift(timezone.now())]


# --- The same answers everywhere -------------------------------------------------------------------------------------


def test_every_question_has_its_answer() -> None:
    built.build()
    assert len(EXPECTED) >= 60
    assert {question: look_for(question)[:12] for question in EXPECTED} == EXPECTED


def test_pages_part_the_results() -> None:
    built.build()
    wish = Wish(read_question("trains"))
    whole = find(wish, timezone.now(), 0, 100)
    parts = [find(wish, timezone.now(), first, 7) for first in range(0, whole.count, 7)]
    assert [key for part in parts for key in part.keys] == list(whole.keys)
    assert {part.count for part in parts} == {whole.count}


def test_facets_count_what_narrowing_finds() -> None:
    made = built.build()
    now = timezone.now()
    ada = made.record.experts["ada"]
    found = search(Wish(read_question("trains")), now)
    facets = {facet.name: facet for facet in found.facets}
    for value in facets["kind"].values:
        assert find(Wish(read_question("trains"), kind=value.value), now).count == value.count
    for value in facets["year"].values:
        assert find(Wish(read_question("trains"), year=int(value.value)), now).count == value.count
    listed = {value.value: value.count for value in facets["expert"].values}
    assert find(Wish(read_question("trains"), expert=ada.pk), now).count == listed["ada"]
    assert sum(value.count for value in facets["kind"].values) == found.count
    assert sum(value.count for value in facets["year"].values) + facets["year"].without == found.count
    assert find(Wish(read_question("trains"), topic=made.topic.pk), now).count == facets["topic"].values[0].count
    narrowed = search(Wish(read_question("trains"), kind="quote", expert=ada.pk), now)
    kinds = {value.value: value.count for value in narrowed.facets[0].values}
    assert narrowed.count == kinds["quote"]
    assert kinds["position"] == find(Wish(read_question("trains"), kind="position", expert=ada.pk), now).count


def test_what_is_not_listed_is_counted() -> None:
    make.filled_record(12)
    found = search(Wish(read_question("person")), timezone.now())
    experts = next(facet for facet in found.facets if facet.name == "expert")
    assert (len(experts.values), experts.more) == (8, 4)


def test_suggestions() -> None:
    built.build()
    now = timezone.now()
    typed = ("zo", "KAI-F", "ærø", "李开", "will night trains ca", "x")
    titles = {beginning: [s.title for s in suggest(beginning, now)] for beginning in typed}
    assert titles["zo"] == titles["ærø"] == ["Zoë Ærø-Łukasik"]
    assert titles["KAI-F"] == titles["李开"] == ["Kai-Fu Lee"]
    assert titles["will night trains ca"] == ["Will night trains carry more people than planes by 2040?"]
    assert titles["x"] == []


def test_what_could_have_been_meant() -> None:
    built.build()
    now = timezone.now()
    assert guess_question("Fernwik trains", now) == "fernwick trains"
    assert guess_question("Fernwick", now) == guess_question("qqqqqq", now) == ""


# --- Time decides ----------------------------------------------------------------------------------------------------


def test_a_scheduled_article_is_found_from_its_moment_on_and_a_withdrawn_one_no_more() -> None:
    article = make.article("Zeppelins return", slug="zeppelins", body="<p>Hydrogen bait.</p>")
    now = timezone.now()
    at = now + timedelta(days=1)
    publish(article, by=None, now=now, at=at)
    just_before = at - timedelta(seconds=1)
    assert look_for("hydrogen", just_before) == look_for("zeppelins", just_before) == []
    assert look_for("hydrogen", at) == ["article zeppelins"]
    assert look_for("fernwick", just_before) == []
    assert "expert" in look_for("fernwick", at)[0]
    withdraw(article, by=None, now=at + timedelta(days=1), reason="It was a balloon.")
    assert look_for("hydrogen", at + timedelta(hours=1)) == ["article zeppelins"]
    assert look_for("hydrogen", at + timedelta(days=1)) == []


def test_the_newest_edition_alone_is_found() -> None:
    article = make.article("Zeppelins return", slug="zeppelins", body="<p>First words.</p>")
    publish(article, by=None, now=NOW)
    site.rewrite(article, body="<p>Second thoughts.</p>")
    later = NOW + timedelta(days=400 * 365)
    publish(article, by=None, now=NOW, at=later)
    assert look_for("first words", later - timedelta(seconds=1)) == ["article zeppelins"]
    assert look_for("second thoughts", later - timedelta(seconds=1)) == []
    assert look_for("first words", later) == []
    assert look_for("second thoughts", later) == ["article zeppelins"]
    unschedule(article, by=None, now=NOW)
    assert look_for("first words", later) == ["article zeppelins"]
    assert look_for("second thoughts", later) == []
    assert drift() == []


def test_nothing_private_is_found() -> None:
    made = built.build()
    ada, trains = made.record.experts["ada"], made.record.questions["trains"]
    tomorrow = timezone.now() + timedelta(days=1)
    hidden = make.expert("Zorkmid Person", public_at=None, bio="zorkmid")
    asked = make.question("Zorkmid question?", public_at=tomorrow)
    for who, on, moment in [(hidden, trains, make.LONG_AGO), (ada, asked, make.LONG_AGO), (ada, trains, None)]:
        day = make.A_DAY + timedelta(days=900)
        make.quote(make.position(who, on, summary="zorkmid", stated_on=day, public_at=moment), "zorkmid words")
    make.article("Zorkmid draft", body="<p>zorkmid</p>")
    assert look_for("zorkmid") == []
    assert suggest("zork", timezone.now()) == []
    assert sorted(look_for("zorkmid", tomorrow)) == [
        "position ada on zorkmid-question, 2026-06-28",
        "question zorkmid-question",
        "quote ada on zorkmid-question, 2026-06-28",
    ]
    assert drift() == []


# --- In step ---------------------------------------------------------------------------------------------------------


SAID = ("position", "quote")


def test_every_write_is_followed() -> None:
    made = built.build()
    ada, trains = made.record.experts["ada"], made.record.questions["trains"]
    position = made.record.positions[0]
    steps: list[tuple[Any, str, set[str]]] = [
        (lambda: ada.affiliations.create(organisation="Quagga Works"), "quagga", {"expert"}),
        (lambda: Affiliation.objects.filter(organisation="Quagga Works").delete(), "quagga", set()),
        (lambda: Expert.objects.filter(pk=ada.pk).update(name="Ada Numbat"), "numbat", {"expert", *SAID}),
        (lambda: Question.objects.filter(pk=trains.pk).update(label="okapi"), "okapi", {"question", *SAID}),
        (lambda: Answer.objects.filter(label="Very likely").update(label="Dodo sure"), "dodo", {"position"}),
        (lambda: Topic.objects.update(name="Axolotls"), "axolotl", {"question"}),
        (trains.topics.clear, 'axolotl "night trains"', set()),
        (lambda: Position.objects.filter(pk=position.pk).update(summary="Pangolin."), "pangolin", {"position"}),
        (lambda: Source.objects.filter(positions=position.pk).update(title="Wombat survey"), "wombat", {"position"}),
        (lambda: Source.objects.filter(title__contains="platform nine").update(publisher="Lemur"), "lemur", {"quote"}),
        (lambda: make.quote(position, "A tapir speaks."), "tapir", {"quote"}),
        (lambda: Quote.objects.filter(words="A tapir speaks.").update(words="A coati speaks."), "coati", {"quote"}),
        (lambda: Quote.objects.filter(words="A coati speaks.").delete(), "coati", set()),
        (lambda: Position.objects.filter(pk=position.pk).update(public_at=None), "pangolin", set()),
        (lambda: Expert.objects.filter(pk=ada.pk).update(public_at=None), "numbat", set()),
    ]
    for write, word, kinds in steps:
        write()
        assert {found.split()[0] for found in look_for(word)} == kinds, word
    assert drift() == []


def test_what_is_undone_was_never_found() -> None:
    built.build()
    with transaction.atomic():
        make.expert("Quokka Person")
        assert look_for("quokka") != []
        transaction.set_rollback(True)
    assert look_for("quokka") == []
    assert drift() == []


def test_a_rebuild_changes_nothing_that_is_right_and_mends_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    built.build()
    before = {question: look_for(question) for question in ("trains", "policy", "ada")}
    assert drift() == []
    call_command("rebuild_search", "--check")
    with connection.cursor() as cursor:  # past the ORM, so nobody is told
        cursor.execute("UPDATE experts_expert SET bio = 'Wombat.' WHERE slug = 'ada'")
        cursor.execute("UPDATE experts_expert SET public_at = NULL WHERE slug = 'bo'")
        articles = "SELECT id FROM search_document WHERE kind = 'article'"
        cursor.execute(f"DELETE FROM search_passage WHERE document_id IN ({articles})")
        cursor.execute("DELETE FROM search_document WHERE kind = 'article'")
        one = "SELECT MIN(id) FROM search_document WHERE kind = 'quote'"
        if connection.vendor == "postgresql":
            cursor.execute(f"UPDATE search_document SET words = NULL WHERE id = ({one})")
        else:
            cursor.execute(f"DELETE FROM search_index WHERE rowid = ({one})")
    found = drift()
    assert any(line.endswith("is outdated") for line in found)
    assert any(line.endswith("is superfluous") for line in found)
    assert any(line.endswith("is missing") for line in found)
    assert any(line.endswith("is without words") for line in found)
    # Words have a row of their own in SQLite alone.
    assert any(line.endswith("is without a document") for line in found) == (connection.vendor == "sqlite")
    with pytest.raises(CommandError, match=r"\d+ differ"):
        call_command("rebuild_search", "--check")
    call_command("rebuild_search")
    call_command("rebuild_search", "--check")
    assert look_for("wombat") == ["expert ada"]
    assert "expert bo" not in look_for("quillane")
    assert set(before["policy"]) == set(look_for("policy"))
    assert Shelf.objects.get().building is None
    assert Document.objects.values("generation").distinct().count() == 1


def test_while_it_is_rebuilt_readers_see_the_old_and_writes_go_to_both() -> None:
    built.build()
    whole = look_for("trains")
    seen = []

    def advance(kinds: str, done: int, total: int) -> None:
        seen.append(look_for("trains") == whole)
        if "quote" in kinds:
            make.expert("Quokka Person", slug=f"quokka-{len(seen)}")

    rebuild(advance)
    assert seen
    assert all(seen)
    assert look_for("quokka") != []
    assert drift() == []


def test_only_what_another_analysis_has_built_is_built_again() -> None:
    built.build()
    assert not fill_where_needed()
    Shelf.objects.update(analysis=0)
    assert fill_where_needed()
    assert drift() == []


def test_editions_that_are_over_are_no_drift() -> None:
    made = built.build()
    assert Edition.objects.filter(article=made.article).count() == 2
    assert drift() == []


# --- Cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experts", [1, 100])
def test_the_page_asks_the_same_for_one_result_and_for_a_hundred(
    client: Client, django_assert_num_queries: Any, experts: int
) -> None:
    visit(client, "/")
    _, (question,) = make.filled_record(experts)
    question.topics.add(make.topic())
    with django_assert_num_queries(4):
        visit(client, "/search/?q=question")
    with django_assert_num_queries(4):
        client.get("/api/v1/search/?q=question&page_size=100")
    with django_assert_num_queries(1):
        client.get("/search/suggest/?q=pers")


@pytest.mark.parametrize("positions", [1, 100])
def test_a_position_and_all_its_expert_s_are_followed_at_the_same_cost(
    django_assert_max_num_queries: Any, positions: int
) -> None:
    (expert,), _ = make.filled_record(1, positions)
    with django_assert_max_num_queries(45):
        expert.name = "Somebody Else"
        expert.save()
    assert len(look_for("somebody")) == 2 * positions + 1


def test_what_is_written_together_is_read_once_for_all_that_tells_of_it() -> None:
    (expert,), (question,) = make.filled_record(1)
    with CaptureQueriesContext(connection) as asked, together():
        said = make.position(expert, question, stated_on=make.A_DAY + timedelta(days=900), summary="Tarsier.")
        make.quote(said, "A tarsier is asked.")
        Source.objects.update(publisher="Tarsier Press")
        expert.save()
    words = [query["sql"] for query in asked if '"experts_quote"."words"' in query["sql"].partition(" FROM ")[0]]
    assert len([sql for sql in words if sql.startswith("SELECT")]) == 1
    assert look_for("tarsier")[0].startswith("position")
    assert drift() == []
