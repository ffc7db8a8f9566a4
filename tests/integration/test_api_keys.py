"""Keys: made once, found by their token, dead when their person is, and told nowhere."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction

from aisrace.api.keys import LENGTH, find_key, make_key, note_use, revoke_keys
from aisrace.api.models import ApiKey
from aisrace.keeping.models import Deed
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def nell() -> User:
    person: User = make.user("nell", is_staff=True)
    return person


def make_one(person: User, **values: Any) -> tuple[ApiKey, str]:
    key = ApiKey(**{"name": "The importer", "person": person, "scopes": ["read"]} | values)
    return key, make_key(key, by=person, now=NOW)


def test_a_key_is_found_by_its_token_alone(nell: User) -> None:
    key, token = make_one(nell)
    other, another = make_one(nell)
    assert len(token) == LENGTH
    assert find_key(token, NOW) == key
    assert find_key(another, NOW) == other
    swapped = token[: len(key.prefix)] + another[len(key.prefix) :]
    for wrong in ("", token[:-1], token + "a", token.upper(), swapped, another[:16] + token[16:], token[:-1] + "é"):
        assert find_key(wrong, NOW) is None


def test_only_a_hash_is_kept(nell: User) -> None:
    key, token = make_one(nell)
    secret = token.rpartition("_")[2]
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(row)
    assert secret not in str(list(Deed.objects.values()))
    assert str(key) == "The importer"


def test_finding_costs_one_query_and_nothing_for_what_is_no_token(nell: User, django_assert_num_queries: Any) -> None:
    _, token = make_one(nell)
    with django_assert_num_queries(1):
        found = find_key(token, NOW)
        assert found is not None
        assert found.person.is_active
    with django_assert_num_queries(0):
        find_key("aisrace_nonsense", NOW)


@pytest.mark.parametrize(
    ("values", "is_usable"),
    [
        ({}, True),
        ({"expires_at": NOW + A_DAY}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW - A_DAY}, False),
        ({"revoked_at": NOW - A_DAY}, False),
    ],
)
def test_the_adjective_and_its_twin_agree(nell: User, values: Any, is_usable: bool) -> None:
    key, token = make_one(nell, **values)
    assert key.is_usable(NOW) is is_usable
    assert ApiKey.objects.usable(NOW).contains(key) is is_usable
    assert bool(find_key(token, NOW)) is is_usable


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_key_ends_with_its_persons_account(nell: User, change: Any) -> None:
    key, token = make_one(nell)
    User.objects.filter(pk=nell.pk).update(**change)
    key.refresh_from_db()
    assert find_key(token, NOW) is None
    assert not ApiKey.objects.get(pk=key.pk).is_usable(NOW)


def test_revoking_is_for_good_and_told_once(nell: User) -> None:
    key, token = make_one(nell)
    assert revoke_keys([key], by=nell, now=NOW) == [key]
    assert revoke_keys([key], by=nell, now=NOW + A_DAY) == []
    key.refresh_from_db()
    assert key.revoked_at == NOW
    assert find_key(token, NOW) is None
    assert [(deed.verb, deed.label, deed.by_name) for deed in Deed.objects.about(key).order_by("id")] == [
        ("added", "The importer", "nell"),
        ("revoked", "The importer", "nell"),
    ]


def test_its_use_is_noted_once_a_minute(nell: User, django_assert_num_queries: Any) -> None:
    key, _ = make_one(nell)
    note_use(key, NOW)
    key.refresh_from_db()
    assert key.last_used_at == NOW
    with django_assert_num_queries(0):
        note_use(key, NOW + timedelta(seconds=59))
    note_use(key, NOW + timedelta(seconds=61))
    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(seconds=61)


@pytest.mark.django_db(transaction=True)
def test_noting_it_waits_for_nobody(nell: User) -> None:
    """Somebody else holds the row, or on SQLite the database, as a long import does."""
    key, _ = make_one(nell)
    outcome: list[float] = []

    def use() -> None:
        try:
            began = NOW
            note_use(key, began)
            outcome.append(1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")  # the connection is as good as before
        finally:
            connections.close_all()

    with transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(name="Held")
        user = Thread(target=use)
        user.start()
        user.join(5)
        assert not user.is_alive()
    assert outcome == [1]
    key.refresh_from_db()
    assert (key.name, key.last_used_at) == ("Held", None)
