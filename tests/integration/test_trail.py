"""The trail: only ever added to, seen by those who may, taken away as a table that nobody's spreadsheet executes."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisrace.keeping.models import Deed
from aisrace.keeping.trail import record
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

LIST = "admin:keeping_deed_changelist"
EXPORT = "admin:keeping_deed_export"


@pytest.fixture
def ada() -> User:
    return make.user("ada", first_name="Ada", last_name="Fernwick")


def tell(by: User | None = None, verb: str = "published", **values: Any) -> Deed:
    return record(verb, values.pop("row", None) or make.topic(), by=by, now=values.pop("now", NOW), **values)


def sign_in(client: Client, *permissions: str) -> Client:
    user = make.user("reporter", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def export(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(reverse(EXPORT) + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


# --- Only added to ---------------------------------------------------------------------------------------------------


def test_a_deed_is_neither_rewritten_nor_deleted(ada: User) -> None:
    deed = tell(ada)
    with pytest.raises(TypeError):
        Deed.objects.update(verb="BAIT")
    with pytest.raises(TypeError):
        Deed.objects.all().delete()
    with pytest.raises(TypeError):
        deed.delete()
    deed.verb = "BAIT"
    with pytest.raises(DatabaseError), transaction.atomic():
        deed.save()
    assert Deed.objects.get().verb == "published"


@pytest.mark.parametrize(
    "change",
    ["verb = 'BAIT'", "by_name = 'BAIT'", "label = 'BAIT'", "note = 'BAIT'", "row_id = '0'", "at = '2020-01-01 00:00'"],
)
def test_the_database_refuses_to_rewrite_it(ada: User, change: str) -> None:
    tell(ada)
    before = Deed.objects.values().get()
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE keeping_deed SET {change}")
    assert Deed.objects.values().get() == before


def test_the_database_lets_nobody_take_the_place_of_another(ada: User) -> None:
    tell(ada)
    other = make.user("other")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE keeping_deed SET by_id = %s", [other.pk])
    assert Deed.objects.get().by == ada


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite cannot tell it from a flush")
def test_the_database_refuses_to_delete_from_it(ada: User) -> None:
    tell(ada)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM keeping_deed")
    assert Deed.objects.exists()


def test_it_outlives_who_did_it_and_what_it_is_about(ada: User) -> None:
    topic = make.topic("Rails")
    tell(ada, row=topic)
    topic.delete()
    ada.delete()
    deed = Deed.objects.get()
    assert (deed.by, deed.by_name, deed.label) == (None, "Ada Fernwick", "Rails")


@pytest.mark.django_db(transaction=True)
def test_a_whole_database_can_still_be_emptied(ada: User) -> None:
    tell(ada)
    call_command("flush", interactive=False, verbosity=0)
    assert not Deed.objects.exists()


# --- In the desk -----------------------------------------------------------------------------------------------------


def test_the_list_links_every_row_and_hides_nothing_hostile(admin_client: Client, ada: User) -> None:
    topic = make.topic("<b>Rails</b>")
    tell(ada, row=topic, note="<script>alert(1)</script>")
    tell(None, row=ada, verb="invited")
    page = admin_client.get(reverse(LIST)).content.decode()
    assert f'<a href="{reverse("admin:experts_topic_change", args=[topic.pk])}">&lt;b&gt;Rails&lt;/b&gt;</a>' in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("?verb=published", {"published"}),
        ("?kind=experts.source", {"withdrew"}),
        ("?q=Rails", {"published"}),
        ("?q=because", {"withdrew"}),
        ("?by__id__exact={ada}", {"published"}),
        ("?at_from=2025-07-02", {"withdrew"}),
        ("?at_from=2025-07-01&at_to=2025-07-01", {"published"}),
        ("?at_from=2025-99-99&at_to=9999-12-31", {"published", "withdrew"}),
    ],
)
def test_the_list_and_the_export_are_filtered_alike(
    admin_client: Client, ada: User, query: str, verbs: set[str]
) -> None:
    tell(ada, row=make.topic("Rails"))
    tell(None, "withdrew", row=make.source("Notes"), note="because", now=NOW + timedelta(days=3))
    address = query.format(ada=ada.pk)
    listed = admin_client.get(reverse(LIST) + address).context["cl"].result_list
    assert {deed.verb for deed in listed} == verbs
    assert {row["verb"] for row in export(admin_client, address)} == verbs


def test_the_export_holds_every_column(admin_client: Client, ada: User) -> None:
    topic = make.topic("Züge “nachts”, 列車")
    tell(ada, row=topic, note="One\ntwo", edition=3)
    assert export(admin_client) == [
        {
            "id": str(Deed.objects.get().pk),
            "at": "2025-07-01T12:00:00+00:00",
            "by": str(ada.pk),
            "by_name": "Ada Fernwick",
            "verb": "published",
            "kind": "experts.topic",
            "row_id": str(topic.pk),
            "label": "Züge “nachts”, 列車",
            "note": "One\ntwo",
            "detail": '{"edition": 3}',
        }
    ]


def test_a_formula_in_the_export_is_text(admin_client: Client) -> None:
    tell(row=make.topic("=HYPERLINK(1)"), note="@cmd")
    [row] = export(admin_client)
    assert (row["label"], row["note"]) == ("'=HYPERLINK(1)", "'@cmd")


def test_only_those_with_the_permission_see_it(client: Client, ada: User) -> None:
    tell(ada, note="BAIT")
    sign_in(client)
    for name in (LIST, EXPORT):
        assert client.get(reverse(name)).status_code == 403


def test_with_the_permission_it_is_seen_and_not_touched(client: Client, ada: User) -> None:
    deed = tell(ada, note="Seen")
    sign_in(client, "view_deed")
    assert len(export(client)) == 1
    page = client.get(reverse("admin:keeping_deed_change", args=[deed.pk]))
    assert "Seen" in page.content.decode()
    assert client.post(reverse("admin:keeping_deed_change", args=[deed.pk]), {"note": "BAIT"}).status_code == 403
    assert client.get(reverse("admin:keeping_deed_add")).status_code == 403
    assert client.post(reverse("admin:keeping_deed_delete", args=[deed.pk]), {"post": "yes"}).status_code == 403


def test_the_list_costs_the_same_at_any_length(admin_client: Client, ada: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(reverse(LIST)).status_code == 200
        return len(queries)

    topic = make.topic()
    tell(ada, row=topic)
    cost()
    before = cost()
    for _ in range(30):
        tell(ada, row=topic)
    assert cost() == before <= 15
