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
from django.utils import timezone

from aisrace.search.asking import read_question
from aisrace.search.drifting import find_drift
from aisrace.search.finding import Wish, find
from aisrace.search.models import Document, Shelf
from aisrace.search.rebuilding import fill_where_needed, rebuild
from aisrace.search.results import search
from aisrace.search.suggesting import guess_question, suggest
from articles.models import Edition
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Source, Topic
from tests import make, site
from tests import search as built

pytestmark = [pytest.mark.django_db, pytest.mark.searching]
stands_on = built.build

# One file for both databases: what is found, in its order, for each question.
EXPECTED: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "data" / "search.json").read_text())


@pytest.fixture(autouse=True)
def made(standing_site: site.Site) -> site.Site:
    return standing_site


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
    assert len(EXPECTED) >= 60
    assert {question: look_for(question)[:12] for question in EXPECTED} == EXPECTED


def test_pages_part_the_results() -> None:
    wish = Wish(read_question("trains"))
    whole = find(wish, timezone.now(), 0, 100)
    parts = [find(wish, timezone.now(), first, 7) for first in range(0, whole.count, 7)]
    assert [key for part in parts for key in part.keys] == list(whole.keys)
    assert {part.count for part in parts} == {whole.count}


def test_facets_count_what_narrowing_finds(made: site.Site) -> None:
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


def test_suggestions() -> None:
    now = timezone.now()
    typed = ("zo", "KAI-F", "ærø", "李开", "will night trains ca", "x")
    titles = {beginning: [s.title for s in suggest(beginning, now)] for beginning in typed}
    assert titles["zo"] == titles["ærø"] == ["Zoë Ærø-Łukasik"]
    assert titles["KAI-F"] == titles["李开"] == ["Kai-Fu Lee"]
    assert titles["will night trains ca"] == ["Will night trains carry more people than planes by 2040?"]
    assert titles["x"] == []


def test_what_could_have_been_meant() -> None:
    now = timezone.now()
    assert guess_question("Fernwik trains", now) == "fernwick trains"
    assert guess_question("Fernwick", now) == guess_question("qqqqqq", now) == ""


def test_nothing_private_is_found(made: site.Site) -> None:
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


def test_every_write_is_followed(made: site.Site) -> None:
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
    with transaction.atomic():
        make.expert("Quokka Person")
        assert look_for("quokka") != []
        transaction.set_rollback(True)
    assert look_for("quokka") == []
    assert drift() == []


def test_a_rebuild_changes_nothing_that_is_right_and_mends_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
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
    assert not fill_where_needed()
    Shelf.objects.update(analysis=0)
    assert fill_where_needed()
    assert drift() == []


def test_editions_that_are_over_are_no_drift(made: site.Site) -> None:
    assert Edition.objects.filter(article=made.article).count() == 2
    assert drift() == []
