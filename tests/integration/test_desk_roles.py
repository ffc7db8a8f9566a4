"""Every address of the desk, as every role, with keys of what belongs to others; what lists and choices tell."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from aisrace.keeping.admin import DeskAdmin
from articles.models import Article, Byline, Edition, Section
from experts.models import Affiliation, Expert, Position, Question, Quote, Source
from tests import make
from tests.desk import (
    BAIT,
    SEEN_BY_ALL_STAFF,
    World,
    address,
    client_of,
    desk_addresses,
    foreign_keys,
    make_world,
    refuses,
    shows_bait,
    staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MODERATED = ("/edition/", "admin/comments/")


stands_on = make_world


@pytest.fixture(autouse=True)
def world(standing: World) -> World:
    return standing


@pytest.fixture
def contributor() -> User:
    return staff("contributor", "contributor")


@pytest.fixture
def desk(contributor: User) -> Client:
    return client_of(contributor)


# --- All addresses ---------------------------------------------------------------------------------------------------


def test_the_walk_goes_everywhere(world: World) -> None:
    routes = [route for route, _ in desk_addresses(foreign_keys(world))]
    assert len(routes) > 60
    assert any("articles/article/<path:object_id>/history/" in route for route in routes)
    assert all("<" not in place for _, place in desk_addresses(foreign_keys(world)) if "(?P" not in place)


def test_no_kind_of_row_is_forgotten(world: World) -> None:
    """A model that comes to the desk needs a row here that is somebody else's."""
    known = {*foreign_keys(world), "experts.topic", "experts.scale", "sweeps.sweep"}
    assert {model._meta.label_lower for model in admin.site._registry} <= known


def test_nobody_who_has_not_signed_in_gets_anywhere(world: World) -> None:
    client = client_of(None)
    for _, place in desk_addresses(foreign_keys(world)):
        for answer in (client.get(place), client.post(place, {"post": "yes"})):
            assert answer.status_code in (302, 404, 405), place
            assert not shows_bait(answer), place
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/admin/login/", "/accounts/")), place


def test_nobody_who_is_not_staff_gets_anywhere(world: World) -> None:
    client = client_of(make.user("reader"))
    for _, place in desk_addresses(foreign_keys(world)):
        for answer in (client.get(place), client.post(place, {"post": "yes"})):
            assert not shows_bait(answer), place
            assert refuses(answer) or place == "/admin/logout/" or answer["Location"].startswith("/accounts/"), place
            client.force_login(User.objects.get(username="reader"))  # the walk signs out on its way


@pytest.mark.parametrize("groups", [["contributor"], ["moderator"], []])
def test_the_walk_of_those_with_few_rights(world: World, groups: list[str]) -> None:
    user = staff("limited", *groups)
    client = client_of(user)
    before = snapshot(world)
    for route, place in desk_addresses(foreign_keys(world)):
        for method in (client.get, client.post):
            answer = method(place, {"post": "yes"} if method == client.post else {})
            # A moderator looks at editions, those that wait for their time included, and at what readers say.
            is_theirs = groups == ["moderator"] and any(part in route for part in MODERATED)
            if not (is_theirs or (groups == ["moderator"] and route == "admin/")):
                assert not shows_bait(answer), (method.__name__, place)
            if "object_id" in route and not (is_theirs or any(f"/{name}/" in route for name in SEEN_BY_ALL_STAFF)):
                assert refuses(answer), (method.__name__, place, answer.status_code)
            client.force_login(user)
    assert snapshot(world) == before


def snapshot(world: World) -> list[Any]:
    models = [Article, Section, Byline, Expert, Affiliation, Question, Position, Quote, Source, Edition, User, Group]
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    for row in rows[-2]:
        row.pop("last_login")
    return rows


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_the_bait_is_there_for_those_who_may_see_it(world: World, role: str) -> None:
    """Without this the walks could pass because nothing was hung."""
    client = client_of(staff("somebody", role))
    for row in world.foreign:
        assert shows_bait(client.get(address(row, "change", row.pk))), row
        assert shows_bait(client.get(address(row, "changelist"))), row


def test_what_is_refused_is_refused_on_a_page_of_the_desk(desk: Client, world: World) -> None:
    for place, status in (
        (address(world.article, "change", world.article.pk), 404),
        ("/admin/no/such/page/", 404),
        (address(User, "changelist"), 403),
        (address(User, "change", world.other.pk), 403),
    ):
        answer = desk.get(place, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert answer.status_code == status, place
        assert "Back to Start" in answer.text, place
        assert 'id="nav-sidebar"' in answer.text, place


def test_what_is_refused_to_a_script_is_short(desk: Client, world: World) -> None:
    """Bait: a browser's own reading of the same address is a page."""
    place = address(world.article, "history", world.article.pk)
    assert "Back to Start" in desk.get(place).text
    for headers in ({"Accept": "application/json, */*; q=0.01"}, {"Accept": "*/*", "Sec-Fetch-Dest": "empty"}):
        answer = desk.get(place, headers=headers)
        assert answer.status_code == 404
        assert "Back to Start" not in answer.text


def test_rows_that_are_not_there_are_refused_to_everybody(world: World) -> None:
    """Nobody is led to the start page; neither are those who may see every row."""
    client = client_of(make.user("chief", is_staff=True, is_superuser=True))
    for model, keeper in admin.site._registry.items():
        if isinstance(keeper, DeskAdmin):
            for page in ("change", "history"):
                assert client.get(address(model, page, 987654)).status_code == 404, model
            assert client.get(f"{address(model, 'changelist')}987654/").status_code == 404, model


# --- A contributor looks for what is not theirs ----------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", f"?q={BAIT}", "?all=", "?o=1", "?e=1"])
def test_lists_do_not_tell(desk: Client, world: World, query: str) -> None:
    for row in [*world.foreign, world.document]:
        answer = desk.get(address(row, "changelist") + query)
        found = (
            answer.content.decode()
            .lower()
            .replace(f'value="{BAIT}"', "")
            .replace(f"q={BAIT}", "")
            .replace(f"q%3d{BAIT}", "")
        )
        assert BAIT not in found, row


@pytest.mark.parametrize(
    "query",
    [
        ("articles.article", "entered_by__password__startswith=md5"),
        ("articles.article", "sections__heading__startswith=z"),
        ("articles.article", "headline__startswith=z"),
        ("experts.position", "expert__name__startswith=z"),
        ("experts.position", "source__url__startswith=h"),
        ("experts.expert", "positions__summary__startswith=z"),
        ("experts.source", "positions__summary__startswith=z"),
        ("experts.topic", "articles__headline__startswith=z"),
        ("experts.topic", "questions__wording__startswith=z"),
        ("articles.author", "user__password__startswith=md5"),
        ("articles.author", "articles__headline__startswith=z"),
    ],
    ids=lambda query: f"{query[0]}?{query[1]}",
)
def test_filters_are_no_oracle(desk: Client, world: World, query: tuple[str, str]) -> None:
    """Either refused (to the list, or 400), or the answer is the same whether the guess is right or wrong."""
    app, model = query[0].split(".")
    place = reverse(f"admin:{app}_{model}_changelist")
    name = query[1].split("=")[0]
    answers = [desk.get(place, {name: guess}, follow=True) for guess in (query[1].split("=")[1], "qqq")]
    assert len({answer.status_code for answer in answers}) == 1
    assert len({count_results(answer) for answer in answers}) == 1
    assert not any(shows_bait(answer) for answer in answers)


def count_results(answer: Any) -> int:
    return answer.context["cl"].result_count if answer.context and "cl" in answer.context else -1


CHOOSING = [
    ("experts", "position", "expert"),
    ("experts", "position", "question"),
    ("experts", "position", "source"),
    ("experts", "quote", "source"),
    ("articles", "section", "expert"),
    ("articles", "articlequestion", "question"),
    ("articles", "article", "verdict_positions"),
]


@pytest.mark.parametrize("field", CHOOSING, ids=".".join)
@pytest.mark.parametrize("term", ["", BAIT])
def test_choosing_offers_only_what_one_may_see(
    desk: Client, world: World, field: tuple[str, str, str], term: str
) -> None:
    names = dict(zip(("app_label", "model_name", "field_name"), field, strict=True))
    answer = desk.get("/admin/autocomplete/", {**names, "term": term})
    assert answer.status_code == 200
    assert not shows_bait(answer)
    editor = client_of(world.other).get("/admin/autocomplete/", {**names, "term": term})
    assert shows_bait(editor)


def test_people_are_not_to_be_looked_up(desk: Client, world: World) -> None:
    names = {"app_label": "articles", "model_name": "author", "field_name": "user", "term": ""}
    assert desk.get("/admin/autocomplete/", names).status_code == 403


def test_the_address_of_a_row_is_not_told(desk: Client, world: World) -> None:
    """“View on site” leads to the address of any row there is, unless somebody asks who is asking."""
    for row in world.foreign:
        kind = ContentType.objects.get_for_model(row).pk
        answer = desk.get(f"/admin/r/{kind}/{row.pk}/")
        assert answer.status_code == 404
    kind = ContentType.objects.get_for_model(Expert).pk
    assert desk.get(f"/admin/r/{kind}/{world.public.expert_id}/")["Location"].startswith("/experts/ada-fernwick")
    assert client_of(world.other).get(f"/admin/r/{kind}/{world.expert.pk}/").status_code == 302
    assert client_of(None).get(f"/admin/r/{kind}/{world.expert.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["expert", "question", "source"])
def test_an_empty_form_tells_nothing_of_the_row_it_is_given(desk: Client, world: World, name: str) -> None:
    row = getattr(world, name)
    for query in ({name: row.pk}, {name: row.pk, "_popup": 1}, {name: row.pk, "_to_field": "id", "_popup": 1}):
        assert not shows_bait(desk.get(address(Position, "add"), query))
    assert desk.get(address(Expert, "changelist"), {"_to_field": "name", "_popup": 1}).status_code in (200, 400)
