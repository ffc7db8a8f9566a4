"""Who else has an article open, and two who save it in the same instant."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisrace.keeping.saving import keeping
from articles.admin.presence import presence_view
from articles.models import Article, Presence
from articles.models.drafting import LEFT
from articles.presence import note_presence
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def ada() -> User:
    return make.user("ada", first_name="Ada", last_name="Fernwick", is_superuser=True)


@pytest.fixture
def grace() -> User:
    return make.user("grace", first_name="Grace", last_name="Hollis", is_superuser=True)


def ask(user: User, article: Article, version: str = "1", method: str = "post") -> Any:
    request = getattr(RequestFactory(), method)("/", {"version": version})
    request.user = user
    return presence_view(admin.site.get_model_admin(Article), request, article.pk)


def test_two_see_each_other_until_one_leaves(ada: User, grace: User) -> None:
    article, other = make.article(), make.article("Other")
    assert note_presence(article, ada, version=1, now=NOW).others == []
    assert [one.user for one in note_presence(article, grace, version=1, now=NOW).others] == [ada]
    assert note_presence(other, grace, version=1, now=NOW).others == []
    assert [one.user for one in note_presence(article, ada, version=1, now=NOW + LEFT / 2).others] == [grace]
    later = NOW + LEFT + timedelta(seconds=1)
    assert note_presence(article, ada, version=1, now=later).others == []
    assert Presence.objects.filter(article=article).count() == 1, "who left is swept away"


def test_saying_so_again_is_one_presence(ada: User) -> None:
    article = make.article()
    for seconds in range(3):
        note_presence(article, ada, version=1, now=NOW + timedelta(seconds=seconds))
    assert Presence.objects.get().seen_at == NOW + timedelta(seconds=2)


def test_a_newer_version_is_told_with_who_saved_it(ada: User, grace: User) -> None:
    article = make.article()
    assert json.loads(ask(grace, article).content) == {"others": [], "newer": None}
    with keeping(article, by=ada, now=NOW) as row:
        row.headline = "Newer"
        row.save()
    told = json.loads(ask(grace, article).content)
    assert told["newer"] == {"by": "Ada Fernwick", "at": "2025-07-01T12:00:00+00:00"}
    assert json.loads(ask(grace, article, "2").content)["newer"] is None
    assert json.loads(ask(grace, article, "x").content)["newer"]
    Presence.objects.all().delete()
    ask(ada, article)
    assert [one["name"] for one in json.loads(ask(grace, article).content)["others"]] == ["Ada Fernwick"]


def test_it_costs_little(ada: User, grace: User) -> None:
    article = make.article()
    for n in range(5):
        note_presence(article, make.user(f"editor-{n}"), version=1, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        note_presence(article, ada, version=2, now=NOW)
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 5


def test_to_others_the_article_does_not_exist(ada: User) -> None:
    article = make.article()
    note_presence(article, ada, version=1, now=NOW)
    outsider = make.user("outsider", is_staff=True)
    outsider.user_permissions.set(Permission.objects.filter(codename__in=["view_article", "change_article"]))
    with pytest.raises(Http404):
        ask(outsider, article)
    assert ask(ada, article, method="get").status_code == 405
    assert Presence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_still_there_after_a_deletion_is_told_that_it_is_gone(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted between the request's look at it and the writing."""
    article = make.article("Gone", experts=[], questions=[])
    desk = admin.site.get_model_admin(Article)
    found = Article.objects.get(pk=article.pk)
    article.delete()
    monkeypatch.setattr(desk, "get_object", lambda request, pk: found)
    monkeypatch.setattr(desk, "has_change_permission", lambda request, row=None: True)
    with pytest.raises(Article.DoesNotExist):
        note_presence(found, ada, version=1, now=NOW)
    with pytest.raises(Http404):
        ask(ada, found)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_in_one_instant_one_is_shown_both_texts() -> None:
    article = make.article()
    where = reverse("admin:articles_article_change", args=[article.pk])

    def open_form(name: str) -> tuple[Client, dict[str, Any]]:
        client = Client()
        client.force_login(make.user(name, is_staff=True, is_superuser=True))
        page = lxml.html.fromstring(client.get(where).content)
        [form] = page.xpath("//form[.//input[@name='version']]")
        return client, dict(form.form_values()) | {"headline": name}

    def save(opened: tuple[Client, dict[str, Any]]) -> int:
        try:
            client, form = opened
            return client.post(where, form).status_code
        finally:
            connection.close()

    opened = [open_form(f"editor-{n}") for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(save, opened)) == [200, 200, 302]
    article.refresh_from_db()
    assert article.version == 2
