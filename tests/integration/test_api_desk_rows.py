"""What programs of the desk read and change: their person's rows, and nobody else's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from aisrace.api.views import build_schema
from aisrace.journal.settling import settle
from aisrace.keeping.models import Deed
from articles.models import Article, Edition
from experts.models import Expert, Position, Question
from experts.recent import MOST
from tests import make, talk
from tests.desk import World, make_world, shows_bait
from tests.programs import Program, pointers, program

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SAID = {"expert": "ada", "question": "trains", "answer": "Likely", "stated_on": "2025-01-31"}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def _record() -> None:
    make.expert("Ada Fernwick", slug="ada")
    make.question("Will night trains outrun planes?", slug="trains")


# --- Nobody else's ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["contributor", "moderator"])
def test_what_somebody_else_keeps_private_is_not_there(world: World, role: str) -> None:
    tool = program(role)
    answers = [
        tool.get(f"/drafts/{world.article.pk}/"),
        tool.patch(f"/drafts/{world.article.pk}/", {"headline": "Mine"}, If_Match='"1"'),
        tool.get(f"/positions/{world.position.pk}/record/"),
        tool.patch(f"/positions/{world.position.pk}/record/", {"summary": "Mine"}, If_Match='"1"'),
        tool.patch(f"/positions/{world.position.pk}/", {"summary": "Mine"}, If_Match='"1"'),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert not any(shows_bait(answer) for answer in answers)
    said = {"expert": world.expert.slug, "question": world.question.slug, "stated_on": "2025-01-31"}
    for body in (
        said | {"source": world.source.pk, "answer": 1},
        said | {"blank": "silent", "source": {"title": world.source.title, "url": world.source.url}},
    ):
        assert not shows_bait(tool.post("/positions/", body)) or world.expert.slug in str(body)
    draft = {"sections": [{"expert": "x"}], "questions": ["y"], "verdict_positions": [world.position.pk]}
    assert not shows_bait(tool.post("/articles/", draft))


def test_what_is_public_is_read_but_not_changed(world: World) -> None:
    tool = program("contributor")
    place = f"/positions/{world.public.pk}/record/"
    assert tool.get(place).status_code == 200
    assert tool.patch(place, {"summary": "Mine"}, If_Match='"1"').status_code == 403
    world.public.refresh_from_db()
    assert world.public.summary == "In public."


def test_an_editor_reads_and_changes_all(world: World) -> None:
    tool = program("editor")
    assert shows_bait(tool.get(f"/drafts/{world.article.pk}/"))
    assert shows_bait(tool.get(f"/positions/{world.position.pk}/record/"))
    assert tool.patch(f"/drafts/{world.article.pk}/", {"headline": "Mine"}, If_Match='"1"').status_code == 200


@pytest.mark.parametrize("scopes", [["read"], ["read", "write:comments"]])
def test_a_key_that_may_only_read_sees_what_everybody_sees(world: World, scopes: list[str]) -> None:
    tool = program("editor", *scopes)
    assert tool.get(f"/drafts/{world.article.pk}/").status_code == 403
    assert tool.get(f"/positions/{world.position.pk}/record/").status_code == 403
    assert tool.get(f"/positions/{world.position.pk}/").status_code == 404
    assert tool.get("/positions/").content == Program(None).get("/positions/").content


def test_without_a_key_they_are_not_there_to_be_asked_about(world: World) -> None:
    nobody = Program(None)
    for place in (f"/drafts/{world.article.pk}/", "/drafts/999/", f"/positions/{world.position.pk}/record/"):
        assert nobody.get(place).status_code == 401
        assert nobody.patch(place, {}).status_code == 401


# --- Positions -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_record")
def test_a_position_is_recorded_read_and_changed() -> None:
    tool = program("contributor")
    quotes = [{"words": "They will, and on time.", "locator": "p. 3"}]
    body = SAID | {"source": {"title": "Notes", "url": "https://example.org/notes"}, "quotes": quotes}
    made = tool.post("/positions/", body)
    told = made.json()
    row = Position.objects.get()
    assert (made.status_code, made["ETag"], told["version"], told["id"]) == (201, '"1"', 1, row.pk)
    assert (told["expert"], told["question"], told["answer"]) == ("ada", "trains", row.answer_id)
    assert told["quotes"][0] | {"id": 0} == {
        "id": 0,
        "kind": "verbatim",
        "words": "They will, and on time.",
        "language": "",
        "original": "",
        "locator": "p. 3",
        "source": row.source_id,
    }
    assert made["Location"] == told["record"]
    assert tool.client.get(told["record"], headers=tool.headers).json() == told
    place = f"/positions/{row.pk}/"
    assert Program(None).get(place).status_code == 404
    changed = tool.patch(
        place, {"answer": "Even", "quotes": [told["quotes"][0] | {"words": "Perhaps."}]}, If_Match='"1"'
    )
    assert (changed.status_code, changed.json()["quotes"][0]["words"]) == (200, "Perhaps.")
    assert [deed.detail["api_key"] for deed in Deed.objects.about(row)] == [tool.key.pk] * 2
    assert {deed.by for deed in Deed.objects.about(row)} == {tool.key.person}


@pytest.mark.usefixtures("_record")
def test_a_change_may_begin_from_what_readers_see() -> None:
    tool = program("editor")
    row = make.position(Expert.objects.get(), Question.objects.get())
    place = f"/positions/{row.pk}/"
    seen = Program(None).get(place)["ETag"]
    assert tool.patch(place, {"summary": "New."}, If_Match=seen).status_code == 200
    late = tool.patch(place, {"summary": "Newer."}, If_Match=seen)
    assert (late.status_code, late.json()["version"]) == (412, 2)
    now = Program(None).get(place)
    assert now["ETag"] != seen
    assert tool.patch(place, {"summary": "Newer."}, If_Match=f"W/{now['ETag']}").status_code == 200


@pytest.mark.usefixtures("_record")
def test_only_editors_make_it_public() -> None:
    contributor, editor = program("contributor"), program("editor")
    body = SAID | {"public_at": "2020-01-01T00:00:00Z"}
    assert contributor.post("/positions/", body).status_code == 403
    began = timezone.now()
    made = editor.post("/positions/", body)
    assert Program(None).client.get(made.json()["url"]).status_code == 200
    told = datetime.fromisoformat(made.json()["public_at"])
    assert began <= told == Position.objects.get().public_at


@pytest.mark.usefixtures("_record")
def test_whoever_follows_hears_of_what_is_dated_back(client: Client) -> None:
    """With more before it than a feed holds: by its date it would never have stood there."""
    ada, now = Expert.objects.get(), timezone.now()
    for number in range(MOST):
        make.position(ada, make.question(f"Question {number}?"), public_at=now - timedelta(days=1))
    settle(now)
    cursor = client.get("/api/v1/changes/?since=0&limit=500").json()["cursor"]
    known = {item["id"] for item in client.get(f"/experts/{ada.slug}/feed.json").json()["items"]}
    made = program("editor").post("/positions/", SAID | {"public_at": "2020-01-01T00:00:00Z"}).json()
    settle(timezone.now())
    (entry,) = client.get(f"/api/v1/changes/?since={cursor}&kind=positions").json()["results"]
    assert (entry["id"], entry["at"] >= now.isoformat()) == (made["id"], True)
    (item,) = [item for item in client.get(f"/experts/{ada.slug}/feed.json").json()["items"] if item["id"] not in known]
    assert item["url"].endswith(f"/positions/{made['id']}/")
    assert datetime.fromisoformat(item["date_published"]) >= now.replace(microsecond=0)


@pytest.mark.usefixtures("_record")
def test_errors_stand_where_they_are() -> None:
    tool = program("editor")
    quotes = [{"words": "x", "kind": "sung"}, {"words": 1}, "x", {"text": "x"}]
    wrong = {"stated_on": 20250131, "confidence": 11, "quotes": quotes, "source": {"title": "x", "page": 3}}
    assert pointers(tool.post("/positions/", SAID | wrong)) == {
        *("/stated_on", "/confidence", "/source/page"),
        *("/quotes/0/kind", "/quotes/1/words", "/quotes/2", "/quotes/3/text"),
    }
    for name, value in {"answer": "Perhaps", "confidence": 11, "stated_on": "2999-01-01", "expert": "nobody"}.items():
        assert pointers(tool.post("/positions/", SAID | {name: value})) == {f"/{name}"}
    assert pointers(tool.post("/positions/", SAID | {"blank": "silent"})) == {""}
    assert pointers(tool.post("/positions/", [])) == {""}
    assert pointers(tool.post("/positions/", {})) == {"/expert", "/question", "/stated_on"}
    wrong = {"stated_on": "2999-01-01", "quotes": [{"words": ""}], "source": {"title": "x", "url": "javascript:x"}}
    assert pointers(tool.post("/positions/", SAID | wrong)) == {"/stated_on", "/source/url", "/quotes/0/words"}


# --- Drafts ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_record")
def test_an_article_is_drafted_read_and_changed() -> None:
    tool = program("contributor")
    make.author(slug="nell-upham")
    body = {
        "headline": "Who believes in night trains",
        "standfirst": "Two who know the tracks.",
        "questions": ["trains"],
        "authors": ["nell-upham"],
        "sections": [{"expert": "ada", "body": "<p>Ada <script>x</script>holds.</p>"}, {"heading": "Between"}],
    }
    made = tool.post("/articles/", body)
    told, row = made.json(), Article.objects.get()
    assert (made.status_code, made["ETag"], made["Location"]) == (201, '"1"', told["url"])
    assert {name: told[name] for name in ("headline", "standfirst", "questions", "authors")} == {
        name: body[name] for name in ("headline", "standfirst", "questions", "authors")
    }
    assert told["sections"] == [
        {"expert": "ada", "heading": "", "body": "<p>Ada holds.</p>"},
        {"expert": None, "heading": "Between", "body": ""},
    ]
    again = tool.client.get(told["url"], headers=tool.headers)
    assert (again.json(), again["ETag"], again["Cache-Control"]) == (told, '"1"', "private, no-store")
    same = {name: told[name] for name in body}
    assert tool.patch(f"/drafts/{row.pk}/", same, If_Match='"1"').json()["version"] == 1
    changed = tool.patch(f"/drafts/{row.pk}/", {"sections": told["sections"][1:]}, If_Match='"1"')
    assert (changed.json()["version"], len(changed.json()["sections"])) == (2, 1)
    assert not Edition.objects.exists()
    assert Program(None).get(f"/articles/{row.slug}/").status_code == 404


def test_somebody_in_the_byline_works_on_it(world: World) -> None:
    tool = program("contributor")
    world.article.authors.update(user=tool.key.person)
    assert tool.patch(f"/drafts/{world.article.pk}/", {"headline": "Ours"}, If_Match='"1"').status_code == 200


def test_a_closed_account_reads_nothing_more(world: World) -> None:
    tool = program("editor")
    place = f"/drafts/{world.article.pk}/"
    assert tool.get(place).status_code == 200
    User.objects.filter(pk=tool.key.person_id).update(is_active=False)
    assert tool.get(place).status_code == 401


@pytest.mark.usefixtures("_record")
def test_reading_a_draft_costs_the_same_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    tool = program("editor")
    short = tool.post("/articles/", {"headline": "Short"}).json()["url"]
    sections = [{"heading": f"Part {n}"} for n in range(60)]
    long = tool.post("/articles/", {"headline": "Long", "sections": sections, "questions": ["trains"]}).json()["url"]
    for url in (short, long):
        with django_assert_max_num_queries(9):
            assert tool.client.get(url, headers=tool.headers).status_code == 200


# --- What the contract shows ------------------------------------------------------------------------------------------


def test_what_the_contract_shows_is_taken(settings: Any) -> None:
    settings.COMMENTS_CONFIRM, settings.COMMENTS_MODE, settings.COMMENTS_LIMITS = False, "open", False
    talk.live(slug="night-trains", authors=[make.author(slug="nell-upham")])
    Expert.objects.filter(name="Ada Fernwick").update(slug="ada-fernwick")
    Question.objects.update(slug="night-trains")
    tool = program("editor")
    for path, methods in build_schema()["paths"].items():
        body = methods.get("post", {}).get("requestBody")
        if body:
            (example,) = body["content"]["application/json"]["examples"].values()
            answer = tool.client.post(path, example["value"], content_type="application/json", headers=tool.headers)
            assert answer.status_code == 201, (path, answer.content)


def test_where_something_is_wrong_is_a_pointer() -> None:
    assert pointers(program("editor").post("/articles/", {"a/b~c": 1, "": 2})) == {"/a~1b~0c", "/?"}
