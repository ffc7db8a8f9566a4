"""What has not changed is said before anything is asked, and never of what has."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aisrace.api import recalling
from aisrace.journal.settling import renew, settle
from articles.models import Edition
from articles.publishing import publish
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from tests import cast, make, site

pytestmark = pytest.mark.django_db

TRAINS = "/api/v1/questions/trains/"
RECORD = (
    *(f"/api/v1/{name}/" for name in ("experts", "questions", "scales", "positions", "quotes", "sources", "topics")),
    *("/api/v1/experts/ada/?include=affiliations", "/api/v1/questions/trains/?include=answers"),
    "/api/v1/positions/?expert=ada&current=true&ordering=id",
    "/api/v1/compare/?expert=ada&expert=bo&include=cells.evidence",
    "/api/v1/changes/",
)
PUBLISHED = ("/api/v1/articles/", "/api/v1/articles/night-trains/", "/api/v1/editions/")


def stands_on() -> site.Site:
    built = site.build()
    settle(timezone.now())
    return built


@pytest.fixture(autouse=True)
def built(standing: site.Site, monkeypatch: pytest.MonkeyPatch) -> site.Site:
    monkeypatch.setattr(recalling, "_known", {})
    return standing


def learn(client: Client, addresses: tuple[str, ...]) -> dict[str, str]:
    """The tags, asked with once: from then on this process knows them."""
    tags = {address: client.get(address)["ETag"] for address in addresses}
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304, address
    return tags


def ask(client: Client, address: str, tag: str) -> tuple[int, int]:
    """The status, and how many queries that took."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, headers={"If-None-Match": tag})
    return response.status_code, len(captured)


def changed(client: Client, tags: dict[str, str]) -> set[str]:
    """Of which the answer is another; the rest is known to be the same."""
    found = set()
    for address, tag in tags.items():
        whole = client.get(address)
        status, _ = ask(client, address, tag)
        assert status == (304 if whole["ETag"] == tag else 200), address
        if whole["ETag"] != tag:
            found.add(address)
    return found


@pytest.mark.parametrize("address", [*RECORD, *PUBLISHED])
def test_what_is_known_costs_one_query(client: Client, address: str) -> None:
    assert ask(client, address, learn(client, (address,))[address]) == (304, 1)


def change_role() -> None:
    Affiliation.objects.filter(expert__slug="ada").update(role="Minister")


def change_words() -> None:
    Quote.objects.update(locator="minute 99")


def change_name() -> None:
    Expert.objects.filter(slug="ada").update(sort_name="Zzz")


def change_scale() -> None:
    Answer.objects.filter(label="Very likely").update(description="Nearly certain.")
    Scale.objects.update(description="As asked.")


def change_source() -> None:
    Source.objects.update(checked_on=cast.JUN_25)


def change_topic() -> None:
    Topic.objects.update(name="Sleepers")
    Question.objects.filter(slug="trains").update(background="On rails.")


def hide_position() -> None:
    Position.objects.filter(expert__slug="bo").update(public_at=None)


def add_position() -> None:
    make.position(Expert.objects.get(slug="ada"), Question.objects.get(slug="borders"), stated_on=cast.JUN_25)


def delete_quote() -> None:
    Quote.objects.all()[0].delete()


CHANGES: list[tuple[Callable[[], None], set[str]]] = [
    (change_role, {"/api/v1/experts/", RECORD[7], RECORD[10], "/api/v1/changes/"}),
    (change_words, {"/api/v1/quotes/", "/api/v1/changes/"}),
    (change_name, {"/api/v1/experts/", RECORD[7], "/api/v1/changes/"}),
    (change_scale, {"/api/v1/scales/", RECORD[8], "/api/v1/changes/"}),
    (change_source, {"/api/v1/sources/", "/api/v1/positions/", "/api/v1/quotes/", "/api/v1/changes/"}),
    (change_topic, {"/api/v1/topics/", "/api/v1/questions/", RECORD[8], "/api/v1/changes/"}),
    (hide_position, {"/api/v1/positions/", "/api/v1/questions/", "/api/v1/experts/", RECORD[10]}),
    (add_position, {"/api/v1/positions/", "/api/v1/questions/", "/api/v1/experts/", RECORD[9]}),
    (delete_quote, {"/api/v1/quotes/", "/api/v1/changes/"}),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
@pytest.mark.parametrize("is_settled", [False, True])
def test_every_change_is_told_at_once_and_after_it_is_settled(
    client: Client, change: Callable[[], None], expected: set[str], is_settled: bool
) -> None:
    """Each answer is held against the one that is made anew: none is said to be the same that is not."""
    tags = learn(client, RECORD)
    change()
    if is_settled:
        settle(timezone.now())
    assert changed(client, tags) >= expected - (set() if is_settled else {"/api/v1/changes/"})


def test_what_only_time_makes_public_is_told_though_nobody_settles(client: Client) -> None:
    """Written but not settled when its moment comes: nothing else tells of it."""
    soon = timezone.now() + timedelta(minutes=1)
    ada, borders = Expert.objects.get(slug="ada"), Question.objects.get(slug="borders")
    make.position(ada, borders, stated_on=cast.JUN_25, public_at=soon)
    tags = learn(client, RECORD)
    with time_machine.travel(soon - timedelta(seconds=1), tick=False):
        assert not changed(client, tags)
    with time_machine.travel(soon, tick=False):
        assert changed(client, tags) >= {"/api/v1/positions/", "/api/v1/questions/", "/api/v1/experts/"}


def test_what_only_the_day_changes_is_told(client: Client) -> None:
    ada, tomorrow = Expert.objects.get(slug="ada"), timezone.localdate() + timedelta(days=1)
    Affiliation.objects.create(expert=ada, role="Chair", organisation="The Railway", starts_on=tomorrow)
    settle(timezone.now())
    tags = learn(client, ("/api/v1/experts/", "/api/v1/experts/ada/"))
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert changed(client, tags) == {*tags}


def test_before_the_journal_has_begun_answers_are_compared(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_clock")
    tags = learn(client, ("/api/v1/experts/",))
    assert ask(client, "/api/v1/experts/", tags["/api/v1/experts/"])[1] > 1
    change_name()
    assert changed(client, tags) == {*tags}


# --- Articles --------------------------------------------------------------------------------------------------------


def take_away(edition: Edition) -> None:
    """As if it had never been."""
    QuerySet(Edition).filter(pk=edition.pk).delete()


def test_another_edition_in_the_place_of_one_that_is_gone_is_told(client: Client, built: site.Site) -> None:
    """A backup that came back and was worked on: as many editions as before, and other ones."""
    now = timezone.now()
    site.rewrite(built.article, body="<p>The engine is silent.</p>")
    lost = publish(built.article, by=None, now=now, kind=Edition.Kind.TYPO)
    tags = learn(client, PUBLISHED)
    take_away(lost)
    site.rewrite(built.article, body="<p>The engine is loud.</p>")
    publish(built.article, by=None, now=now + timedelta(seconds=1), kind=Edition.Kind.TYPO)
    with time_machine.travel(now + timedelta(seconds=2), tick=False):
        assert changed(client, tags) == {*PUBLISHED}


def test_a_tag_of_before_a_restart_is_still_good(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = learn(client, PUBLISHED)
    monkeypatch.setattr(recalling, "_known", {})
    renew(timezone.now())
    assert not changed(client, tags)


def test_no_address_is_known_for_the_tag_of_another(client: Client) -> None:
    tags = learn(client, ("/api/v1/experts/", "/api/v1/scales/"))
    assert ask(client, "/api/v1/experts/", tags["/api/v1/scales/"])[0] == 200


# --- Headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*RECORD[:1], PUBLISHED[0], "/api/v1/", "/api/v1/schema/"])
def test_an_empty_answer_says_what_the_whole_one_would(client: Client, address: str) -> None:
    whole = client.get(address, headers={"Accept-Encoding": "gzip"})
    for _ in range(3):
        same = client.get(address, headers={"If-None-Match": whole["ETag"], "Accept-Encoding": "gzip"})
        assert (same.status_code, same["Vary"], same["Cache-Control"]) == (304, whole["Vary"], whole["Cache-Control"])
        assert same["ETag"].removeprefix("W/") == whole["ETag"].removeprefix("W/")
        assert not {"Content-Type", "Content-Length", "Content-Encoding"} & {*same.headers}


def test_what_has_no_content_has_no_type(client: Client) -> None:
    asking = {"Access-Control-Request-Method": "GET", "Origin": "https://elsewhere.example"}
    for response in (client.options("/api/v1/experts/"), client.options("/api/v1/experts/", headers=asking)):
        assert response.status_code == 204
        assert not {"Content-Type", "Content-Length"} & {*response.headers}
