"""The start page, the menu and ⌘K: what needs somebody, only what is theirs to see, at the same price at any length."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aisrace.desk.home import Home
from aisrace.desk.sections import Part
from aisrace.desk.when import ago, how_long, until
from aisrace.keeping.trail import record
from aisrace.sweeps.models import Sweep
from articles.models import Article, Edition
from articles.publishing import publish
from experts.models import Position
from tests import cast, make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BUDGET = 15  # queries of one page
TO_START = 19  # of the start page, which reads what waits in every room
TO_SEARCH = 8
MINE, THEIRS = "Owls over Malmö", "Canary: badgers under Kassel"


def sign_in(client: Client, group: str, name: str = "nell") -> User:
    user = make.user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def open_home(client: Client) -> Home:
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    home = page.context["home"]
    assert isinstance(home, Home)
    return home


def find_part(home: Home, title: str) -> Part | None:
    return next((part for part in (*home.to_do, *home.to_know) if part.title == title), None)


def titles(part: Part | None) -> list[str]:
    return [line.title for line in part.lines] if part else []


def hand_in(article: Article, by: User, hours: int) -> None:
    at = timezone.now() - timedelta(hours=hours)
    Article.objects.filter(pk=article.pk).update(submitted_at=at, submitted_by=by)


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# --- What needs somebody ---------------------------------------------------------------------------------------------


def test_an_editor_sees_what_awaits_review_longest_first(client: Client) -> None:
    sign_in(client, "editor")
    other = make.user("other", first_name="Bo", last_name="Ek")
    for hours in (2, 5, 1):
        hand_in(make.article(f"Waits {hours}"), other, hours)
    part = find_part(open_home(client), "Awaiting review")
    assert part
    assert [(line.title, line.about, line.when) for line in part.lines] == [
        ("Waits 5", "by Bo Ek", "5 hours ago"),
        ("Waits 2", "by Bo Ek", "2 hours ago"),
        ("Waits 1", "by Bo Ek", "1 hour ago"),
    ]
    assert "3 to review" in client.get(reverse("admin:index")).text


def test_a_contributor_sees_only_their_own(client: Client) -> None:
    nell = sign_in(client, "contributor")
    other = make.user("other")
    mine = Article.objects.create(headline=MINE, slug="mine", entered_by=nell)
    theirs = Article.objects.create(headline=THEIRS, slug="theirs", entered_by=other)
    hand_in(Article.objects.create(headline=f"{THEIRS}, handed in", slug="handed-in", entered_by=other), other, 1)
    publish(make.article(f"{THEIRS}, scheduled"), by=other, now=timezone.now(), at=timezone.now() + timedelta(days=1))
    make.position(make.expert(f"{THEIRS} too"), make.question(), source=None)
    record("changed", theirs, by=other, now=timezone.now())
    record("changed", mine, by=nell, now=timezone.now())

    page = client.get(reverse("admin:index"))
    assert THEIRS not in page.text
    home = page.context["home"]
    assert titles(find_part(home, "Your drafts")) == [MINE]
    assert [line.about for line in find_part(home, "Done lately").lines] == ["You changed"]
    assert home.scheduler is None
    sign_in(client, "editor", "an-editor")
    assert client.get(reverse("admin:index")).text.count(THEIRS) >= 4


def test_a_draft_says_what_it_needs_and_who_returned_it(client: Client) -> None:
    nell = sign_in(client, "contributor")
    draft = Article.objects.create(headline="Begun", slug="begun", entered_by=nell)
    back = Article.objects.create(headline="Back", slug="back", entered_by=nell, standfirst="So far.")
    Article.objects.create(headline="Newest", slug="newest", entered_by=nell)
    now = timezone.now()
    record("returned", draft, by=None, now=now - timedelta(hours=3))
    record("submitted", draft, by=nell, now=now - timedelta(hours=2))
    record("returned", back, by=make.user("ed", first_name="Ed"), now=now, note="Ask a second expert.")
    part = find_part(open_home(client), "Your drafts")
    assert titles(part) == ["Back", "Newest", "Begun"]
    assert part
    assert (part.lines[0].mark, part.lines[0].about) == ("Returned by Ed", "“Ask a second expert.”")
    assert (part.lines[2].mark, part.lines[2].about) == (
        "",
        "needs a standfirst, an author, two experts, a question",
    )


def test_what_readers_have_as_it_is_is_no_draft(client: Client) -> None:
    sign_in(client, "editor")
    article = make.article("Out")
    publish(article, by=None, now=timezone.now())
    assert find_part(open_home(client), "Drafts") is None
    article.save()
    part = find_part(open_home(client), "Drafts")
    assert part
    assert [(line.title, line.about) for line in part.lines] == [("Out", "saved since edition 1")]


def test_what_is_scheduled_says_when_and_in_which_zone(client: Client) -> None:
    sign_in(client, "editor")
    at = timezone.now() + timedelta(hours=27, minutes=5)
    publish(make.article("Soon"), by=None, now=timezone.now(), at=at)
    part = find_part(open_home(client), "Scheduled")
    assert part
    assert (part.lines[0].title, part.lines[0].when, part.lines[0].at) == ("Soon", "in 1 day", at)
    assert f"{at:%H:%M} UTC" in client.get(reverse("admin:index")).text


def test_positions_that_nobody_could_check(client: Client) -> None:
    sign_in(client, "editor")
    question = make.question()
    bare = make.position(make.expert("Bare"), question, source=None)
    make.quote(bare)
    unquoted = make.position(make.expert("Unquoted"), question)
    make.position(make.expert("Silent"), question, answer=None, blank="silent")
    make.quote(make.position(make.expert("Sound"), question))
    part = find_part(open_home(client), "Positions without evidence")
    assert part
    assert [(line.title.split(" on ")[0], line.when) for line in part.lines] == [
        ("Unquoted", "no quote"),
        ("Bare", "no source"),
    ]
    assert (part.more, part.more_too) == ("1 without a source", "1 without a quote")
    for url, row in [(part.more_url, bare), (part.more_too_url, unquoted)]:
        assert list(client.get(url).context["cl"].queryset) == [row]


def test_corrections_and_the_newest_deeds(client: Client) -> None:
    sign_in(client, "editor")
    article, now = make.article("Mended"), timezone.now()
    publish(article, by=None, now=now)
    Article.objects.filter(pk=article.pk).update(standfirst="Otherwise.")
    ed = make.user("ed")
    publish(article, by=ed, now=timezone.now(), kind=Edition.Kind.CORRECTION, note="It was four.")
    home = open_home(client)
    assert [line.about for line in find_part(home, "Corrections").lines] == ["Corrected: It was four."]
    assert find_part(home, "Done lately").lines[0].about == "ed published edition 2"


# --- The background work ---------------------------------------------------------------------------------------------


def ran(settings: Any, seconds: int, **values: Any) -> None:
    for name in settings.SWEEPS:
        Sweep.objects.create(name=name, ended_at=timezone.now() - timedelta(seconds=seconds), **values)


def test_it_says_when_the_sweeps_last_ran(client: Client, settings: Any) -> None:
    sign_in(client, "editor")
    ran(settings, 20)
    page = client.get(reverse("admin:index")).text
    assert "Ran 20 seconds ago." in page
    assert "desk-warning" not in page


@pytest.mark.parametrize(
    ("seconds", "values", "words"),
    [
        (3600, {}, "The background work has stopped."),
        (20, {"error": "OSError: no route"}, "Failing: announcements"),
        (None, {}, "The background work has never run to its end."),
    ],
)
def test_it_warns_when_they_stopped(
    client: Client, settings: Any, seconds: int | None, values: Any, words: str
) -> None:
    sign_in(client, "administrator")
    if seconds:
        ran(settings, seconds, **values)
    page = client.get(reverse("admin:index")).text
    assert words in page
    assert "Articles still go live on time; announcements and mails wait." in page


def test_who_cannot_mend_it_is_told_what_it_means_alone(client: Client) -> None:
    sign_in(client, "editor")
    page = client.get(reverse("admin:index")).text
    assert "Scheduled articles still go live on time; announcements and mails wait." in page
    assert "Tell an administrator." in page
    assert "docs/operations.md" not in page


# --- An empty house --------------------------------------------------------------------------------------------------


def test_an_empty_desk_says_what_to_do_next(admin_client: Client) -> None:
    steps = open_home(admin_client).first_steps
    assert [step.title for step in steps] == [
        *("Ask a question", "Name the experts", "Record what they said", "Write the comparison")
    ]
    assert all(admin_client.get(step.url).status_code == 200 for step in steps)
    make.expert()
    assert [step.is_done for step in open_home(admin_client).first_steps] == [False, True, False, False]


@pytest.mark.parametrize("group", ["contributor", "editor", "moderator", "administrator"])
def test_nothing_in_the_menu_or_on_the_page_refuses(client: Client, group: str) -> None:
    sign_in(client, group)
    page = client.get(reverse("admin:index"))
    places = [item["link"] for part in page.context["sidebar_navigation"] for item in part["items"]]
    assert len(places) > 5
    for url in [*places, *(url for _, url in page.context["home"].buttons)]:
        assert client.get(url).status_code == 200, url


def test_only_administrators_are_shown_people(client: Client) -> None:
    sign_in(client, "editor")
    assert reverse("admin:auth_user_changelist") not in client.get(reverse("admin:index")).text
    sign_in(client, "administrator", "root")
    assert reverse("admin:auth_user_changelist") in client.get(reverse("admin:index")).text


# --- ⌘K --------------------------------------------------------------------------------------------------------------


def search(client: Client, words: str) -> dict[str, list[str]]:
    page = client.get(reverse("admin:search"), {"s": words})
    assert page.status_code == 200
    return {group.title: [found.title for found in group.found] for group in page.context["groups"]}


def test_search_finds_every_kind(admin_client: Client) -> None:
    world = cast.record()
    article = make.article("Ada on trains", experts=world.experts.values(), questions=world.questions.values())
    publish(article, by=None, now=timezone.now())
    make.author("Ada Writer")
    make.topic("Ada studies")
    make.source("Ada speaks")
    make.question("Is Ada right?")
    found = search(admin_client, "ada")
    assert set(found) == {"Articles", "Experts", "Questions", "Positions", "Sources", "Authors", "Topics", "Editions"}
    assert all(len(titles) <= 6 for titles in found.values())
    page = admin_client.get(reverse("admin:search"), {"s": "ada"})
    for group in page.context["groups"]:
        assert admin_client.get(group.found[0].url).status_code == 200


def test_search_finds_a_position_by_a_word_of_each(admin_client: Client) -> None:
    cast.record()
    expert, question = make.expert("Zoë Quill"), make.question(label="Zebra crossings")
    make.position(expert, question)
    make.position(make.expert("Another"), question)
    assert search(admin_client, "quill zebra")["Positions"] == ["Zoë Quill on “Zebra crossings”"]
    assert search(admin_client, "zoe")["Experts"] == ["Zoë Quill"]
    assert search(admin_client, "Zoë")["Experts"] == ["Zoë Quill"]
    assert "Positions" not in search(admin_client, "quill badger")


def test_names_that_begin_so_come_first(admin_client: Client) -> None:
    for n in range(8):
        make.expert(f"Al {n} Mostafa", sort_name=f"A {n}")
    make.expert("Mo Ek", sort_name="Z")
    assert search(admin_client, "mo")["Experts"][0] == "Mo Ek"


def test_search_knows_what_can_be_done(client: Client, admin_client: Client) -> None:
    assert search(admin_client, "new art") == {"Do": ["New article"]}
    assert search(admin_client, "users") == {"Go to": ["Users"]}
    assert "New article" in search(admin_client, "")["Do"]
    sign_in(client, "moderator")
    assert search(client, "new art") == {}


@pytest.mark.parametrize("words", ["%", "'", "\x00", "\u202e", "a" * 500, "… “ ”", "_", "\\", " "])
def test_search_takes_anything(admin_client: Client, words: str) -> None:
    cast.record()
    search(admin_client, words)


def test_search_shows_nobody_what_is_not_theirs(client: Client) -> None:
    nell, other = sign_in(client, "contributor"), make.user("other")
    Article.objects.create(headline="Owl, mine", slug="owl-mine", entered_by=nell)
    Article.objects.create(headline="Owl, theirs", slug="owl-theirs", entered_by=other)
    make.expert("Owl, private", public_at=None, entered_by=other)
    make.expert("Owl, public")
    found = search(client, "owl")
    assert found == {"Articles": ["Owl, mine"], "Experts": ["Owl, public"]}
    sign_in(client, "editor", "ed")
    assert search(client, "owl")["Articles"] == ["Owl, mine", "Owl, theirs"]


def test_search_is_for_staff(client: Client) -> None:
    make.expert("Owl")
    client.force_login(make.user("visitor"))
    assert client.get(reverse("admin:search"), {"s": "owl"}).status_code == 302


# --- Prices ----------------------------------------------------------------------------------------------------------


def fill(expert_count: int, question_count: int) -> None:
    """Their product in positions, without a quote, and drafts of everything."""
    question = make.question()
    scale = question.scale
    questions = [question, *(make.question(scale=scale) for _ in range(question_count - 1))]
    experts = [make.expert(f"Expert {n}") for n in range(expert_count)]
    Position.objects.bulk_create(
        Position(expert=e, question=q, answer=scale.answers.first(), stated_on=make.A_DAY)
        for e in experts
        for q in questions
    )
    for n in range(12):
        article = make.article(f"Draft {n}")
        record("changed", article, by=None, now=timezone.now())
        publish(make.article(f"Soon {n}"), by=None, now=timezone.now(), at=timezone.now() + timedelta(days=n + 1))


@pytest.mark.parametrize("group", ["contributor", "editor", "moderator", "administrator"])
def test_the_start_page_costs_little(client: Client, group: str) -> None:
    user = sign_in(client, group)
    fill(3, 3)
    for n in range(10):
        hand_in(make.article(f"Waits {n}"), user, n)
    Article.objects.update(entered_by=user)
    count_queries(client, reverse("admin:index"))
    assert count_queries(client, reverse("admin:index")) <= TO_START


@pytest.fixture
def crowd(db: None) -> None:
    fill(200, 50)
    assert Position.objects.count() >= 10_000


def test_ten_thousand_positions(crowd: None, client: Client) -> None:
    """One filling for all that is asked of it."""
    sign_in(client, "administrator")
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if admin.site.get_model_admin(model).has_view_permission(client.get(reverse("admin:index")).wsgi_request)
    ]
    assert reverse("admin:experts_position_changelist") in lists
    assert {url: n for url in lists if (n := count_queries(client, url)) > BUDGET} == {}
    assert count_queries(client, reverse("admin:index")) <= TO_START
    for words in ("expert", "expert 7 question", "nothing at all"):
        assert count_queries(client, reverse("admin:search") + f"?s={words}") <= TO_SEARCH


# --- Words -----------------------------------------------------------------------------------------------------------


def test_how_long() -> None:
    said = {1: "1 second", 59: "59 seconds", 60: "1 minute", 7200: "2 hours", 86_400: "1 day", 0: "0 seconds"}
    assert {seconds: how_long(timedelta(seconds=seconds)) for seconds in said} == said
    now = timezone.now()
    assert ago(now, now) == "just now"
    assert ago(now - timedelta(seconds=20), now) == "20 seconds ago"
    assert until(now + timedelta(minutes=3), now) == "in 3 minutes"
