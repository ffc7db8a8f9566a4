"""The journal of changes: every public object once, at its newest change, in an order by which nothing is missed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from aisrace.journal.drift import find_drift
from aisrace.journal.models import Change, Clock, Touch
from aisrace.journal.settling import settle
from aisrace.journal.state import journal_state
from experts.models import Affiliation, Expert
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes/"

type Mirror = dict[tuple[str, int], dict[str, Any]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def ask(client: Client, query: str = "", status: int = 200) -> Any:
    response = client.get(CHANGES + query)
    assert response.status_code == status, response.content[:500]
    return response.json()


def follow(client: Client, mirror: Mirror, cursor: str = "0", limit: int = 2) -> str:
    """Until there is no more; the cursor to go on with."""
    while True:
        found = ask(client, f"?since={cursor}&limit={limit}")
        for entry in found["results"]:
            mirror.pop((entry["kind"], entry["id"]), None)
            if not entry["gone"]:
                mirror[entry["kind"], entry["id"]] = entry["object"]
        cursor = found["cursor"]
        if found["next"] is None:
            return cursor


def sequence() -> list[tuple[str, str, bool]]:
    return [(change.kind, change.key, change.gone) for change in Change.objects.all()]


def test_what_is_new_different_or_gone_gets_the_next_number() -> None:
    ada, bo = make.expert("Ada", slug="ada"), make.expert("Bo", slug="bo")
    assert settle(NOW) == 2
    assert sequence() == [("experts", "ada", False), ("experts", "bo", False)]
    ada.bio = "Counts trains."
    ada.save()
    assert settle(NOW) == 1
    assert sequence() == [("experts", "bo", False), ("experts", "ada", False)]
    bo.delete()
    assert settle(NOW) == 1
    assert sequence() == [("experts", "ada", False), ("experts", "bo", True)]
    assert list(Change.objects.values_list("seq", flat=True)) == [3, 4]


def test_what_changes_nothing_that_readers_see_makes_no_entry() -> None:
    ada = make.expert()
    settle(NOW)
    ada.save()
    Expert.objects.update(version=7, fingerprint="x")
    assert Touch.objects.exists()
    assert settle(NOW) == 0
    assert not Touch.objects.exists()


def test_parts_count(django_assert_num_queries: Any) -> None:
    ada = make.expert()
    settle(NOW)
    make.affiliation(ada)
    assert settle(NOW) == 1
    Affiliation.objects.all().delete()
    assert settle(NOW) == 1
    with django_assert_num_queries(2):
        assert settle(NOW) == 0


def test_time_alone_makes_entries(clock: Any) -> None:
    later = NOW + timedelta(hours=1)
    make.expert("Ada", slug="ada", public_at=later)
    assert settle(NOW) == 0
    assert Clock.objects.get().next_at == later
    assert settle(later - timedelta(seconds=1)) == 0
    assert settle(later) == 1
    assert Clock.objects.get().next_at is None


def test_hidden_again_is_gone_and_back_again_is_there() -> None:
    make.expert("Ada", slug="ada")
    settle(NOW)
    Expert.objects.update(public_at=None)
    settle(NOW)
    assert sequence() == [("experts", "ada", True)]
    Expert.objects.update(public_at=NOW)
    settle(NOW)
    assert sequence() == [("experts", "ada", False)]


def test_what_was_never_public_leaves_no_trace() -> None:
    make.expert("Secret", public_at=None).delete()
    make.expert("Secret", public_at=None)
    assert settle(NOW) == 0
    assert not Change.objects.exists()


def test_a_settler_that_comes_late_takes_nothing_back() -> None:
    make.expert("Ada", slug="ada", public_at=NOW)
    settle(NOW)
    Expert.objects.update(version=2)
    assert settle(NOW - timedelta(minutes=1)) == 0
    assert sequence() == [("experts", "ada", False)]


def test_a_settler_that_is_killed_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from aisrace.journal import settling

    make.filled_record(5)
    monkeypatch.setattr(settling, "BATCH", 2)
    done = settling.settle_batch
    seen: list[Any] = []

    def die(kind: Any, keys: Any, now: datetime) -> int:
        seen.append(keys)
        if len(seen) == 2:
            raise SystemExit
        return done(kind, keys, now)

    monkeypatch.setattr(settling, "settle_batch", die)
    with pytest.raises(SystemExit):
        settle(NOW)
    monkeypatch.setattr(settling, "settle_batch", done)
    before = list(Change.objects.all())
    settle(NOW)
    assert list(Change.objects.all())[: len(before)] == before
    assert not any(find_drift(NOW))


# --- What programs read ----------------------------------------------------------------------------------------------


def test_an_entry(client: Client) -> None:
    ada = make.expert("Ada", slug="ada")
    settle(NOW)
    found = ask(client)
    (entry,) = found["results"]
    row = client.get("/api/v1/experts/ada/?include=affiliations").json()
    del row["role"], row["answers"]
    assert entry == {
        "seq": 1,
        "kind": "experts",
        "id": ada.pk,
        "key": "ada",
        "url": "http://testserver/api/v1/experts/ada/",
        "gone": False,
        "at": "2025-07-01T12:00:00Z",
        "object": row,
    }
    assert found["next"] is None
    assert ask(client, f"?since={found['cursor']}") == {"results": [], "cursor": found["cursor"], "next": None}


def test_following_goes_on_where_it_was(client: Client) -> None:
    for name in "abcde":
        make.expert(name, slug=name)
    settle(NOW)
    mirror: Mirror = {}
    first = ask(client, "?limit=2")
    assert first["next"] == f"http://testserver{CHANGES}?limit=2&since={first['cursor']}"
    cursor = follow(client, mirror)
    Expert.objects.filter(slug="b").update(bio="Moved to the end.")
    Expert.objects.filter(slug="c").delete()
    settle(NOW)
    entries = ask(client, f"?since={cursor}")["results"]
    assert [(entry["key"], entry["gone"], entry["object"] is None) for entry in entries] == [
        ("b", False, False),
        ("c", True, True),
    ]
    follow(client, mirror, cursor)
    anew: Mirror = {}
    follow(client, anew)
    assert mirror == anew


def test_what_is_hidden_and_not_noticed_yet_is_not_shown(client: Client) -> None:
    make.expert("Ada", slug="ada")
    settle(NOW)
    Expert.objects.update(public_at=None)
    (entry,) = ask(client)["results"]
    assert (entry["gone"], entry["object"]) == (True, None)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("since=x", "since"),
        ("since=-1", "since"),
        ("since=a.b", "since"),
        ("since=.5", "since"),
        ("since=a.%C2%B2", "since"),
        ("since=a.99999999999999999999", "since"),
        ("since=" + "9" * 10_000, "since"),
        ("since=%00", "since"),
        ("since=%ed%a0%80", "since"),
        ("limit=501", "limit"),
        ("limit=0", "limit"),
        ("kind=secrets", "kind"),
        ("kind=", "kind"),
        ('kind=experts,"', "kind"),
        ("page=1", "page"),
    ],
)
def test_what_is_not_understood(client: Client, query: str, name: str) -> None:
    assert ask(client, f"?{query}", 400)["errors"][0]["parameter"] == name


def test_a_cursor_of_another_sequence_is_gone(client: Client) -> None:
    make.expert()
    settle(NOW)
    cursor = ask(client)["cursor"]
    assert ask(client, f"?since={cursor[:-1]}2", 409)["type"].endswith("cursor-gone")
    call_command("settle", "--renew", stdout=StringIO())
    assert ask(client, f"?since={cursor}", 409)["status"] == 409
    assert len(ask(client, "?since=0")["results"]) == 1


def test_kinds_are_narrowed(client: Client) -> None:
    make.expert()
    settle(NOW)
    assert len(ask(client, "?kind=experts")["results"]) == 1


def test_what_has_not_changed_is_not_told_again(client: Client, django_assert_num_queries: Any, clock: Any) -> None:
    ada = make.expert()
    make.expert(public_at=NOW + timedelta(hours=1))
    settle(NOW)
    tag = client.get(CHANGES)["ETag"]
    assert client.get(CHANGES, headers={"If-None-Match": tag}).status_code == 304
    clock.move_to(NOW + timedelta(minutes=59))
    with django_assert_num_queries(1):
        assert client.get(CHANGES, headers={"If-None-Match": tag}).status_code == 304
    clock.move_to(NOW + timedelta(hours=1))
    settle(NOW + timedelta(hours=1))
    assert client.get(CHANGES, headers={"If-None-Match": tag}).status_code == 200
    clock.move_to(NOW)
    ada.bio = "Other words."
    ada.save()
    answer = client.get(CHANGES, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Other words." in answer.text


def test_before_anything_was_settled(client: Client) -> None:
    assert ask(client) == {"results": [], "cursor": "0", "next": None}


# --- Whether it is right ---------------------------------------------------------------------------------------------


def test_drift_is_found_and_mended() -> None:
    ada, bo, cato = make.expert("Ada"), make.expert("Bo"), make.expert("Cato")
    settle(NOW)
    call_command("settle", "--check", stdout=StringIO())
    Change.objects.filter(row_id=ada.pk).delete()
    Change.objects.filter(row_id=bo.pk).update(digest="x")
    Change.objects.create(seq=100, kind="experts", row_id=10**9, key="ghost", at=NOW)
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("settle", "--check", stdout=told)
    assert f"experts: missing: {ada.pk}; left over: {10**9}; different: {bo.pk}" in told.getvalue()
    assert settle(NOW) == 0
    call_command("settle", "--all", stdout=told)
    assert "3 entries made." in told.getvalue()
    assert not any(find_drift(NOW))
    assert cato.name not in told.getvalue()


def test_the_state_moves_with_all_that_it_covers() -> None:
    assert journal_state(NOW) is None
    settle(NOW)
    seen = [journal_state(NOW)]
    ada = make.expert()
    seen.append(journal_state(NOW))
    settle(NOW)
    seen.append(journal_state(NOW))
    assert journal_state(NOW + timedelta(days=1)) == seen[-1]
    Expert.objects.update(bio="More.")
    seen.append(journal_state(NOW))
    settle(NOW)
    seen.append(journal_state(NOW))
    make.expert(public_at=NOW + timedelta(hours=1))
    settle(NOW)
    assert journal_state(NOW) == seen[-1]
    seen.append(journal_state(NOW + timedelta(hours=1)))
    assert journal_state(NOW + timedelta(hours=2)) == seen[-1]
    settle(NOW + timedelta(hours=2))
    seen.append(journal_state(NOW + timedelta(hours=2)))
    ada.delete()
    seen.append(journal_state(NOW + timedelta(hours=2)))
    assert len(set(seen)) == len(seen)
