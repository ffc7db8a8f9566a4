"""Of its address a page reads what the store keeps it by, and nothing besides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from aisrace.pagestore.addresses import FEEDS, PARAMETERS
from articles.models import Edition
from experts.models import Position
from tests import site

pytestmark = pytest.mark.django_db

# Besides those in tests/site.py, so that each kind of page that is kept is here, with all that it may be asked.
OTHERS = (
    "/search/?q=train&kind=quote&topic=night-trains&expert=ada&year=2024&page=2",
    "/compare/?expert=ada&question=ferries&as_of=2024-05-01&page=1",
    "/embed/articles/night-trains/?theme=dark",
    "/embed/articles/night-trains/editions/1/?theme=dark",
    "/embed/questions/ferries/?theme=dark&as_of=2024-05-01",
    *("/robots.txt", "/llms.txt", "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-news.xml", "/sitemap-experts-1.xml"),
    *("/share.png", "/articles/night-trains/editions/2/share.png", "/questions/ferries/share.png"),
    *("/experts/ada/share.png",),
    *(f"/{of}feed.{form}" for of in ("", "topics/night-trains/", "authors/nell-upham/") for form in ("atom", "json")),
    *(f"/{of}feed.{form}" for of in ("experts/ada/", "questions/ferries/") for form in ("atom", "json")),
    *(f"/articles/night-trains/comments/feed.{form}" for form in ("atom", "json")),
)


@contextmanager
def overhear(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Which parameters are asked for meanwhile. Who takes all at once takes what the store has let through."""
    heard: set[str] = set()

    def spy(name: str) -> None:
        original = getattr(QueryDict, name)

        def asked(self: QueryDict, key: str, *args: Any) -> Any:
            heard.add(key)
            return original(self, key, *args)

        monkeypatch.setattr(QueryDict, name, asked)

    for name in ("__getitem__", "__contains__", "get", "getlist"):
        spy(name)
    yield heard
    monkeypatch.undo()


def list_addresses() -> list[str]:
    made = site.build()
    position = Position.objects.public(timezone.now()).latest("pk").pk
    edition = Edition.objects.get(article=made.article, number=2)
    said = edition.content["comparison"]["positions"][0]["id"]
    share = f"/articles/night-trains/editions/2/share/{said}.png"
    return [*site.PAGES.values(), *OTHERS, f"/positions/{position}/", f"/embed/positions/{position}/", share]


def test_what_a_page_reads_of_its_address_it_is_kept_by(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {}
    for address in list_addresses():
        name = resolve(address.partition("?")[0]).view_name
        with overhear(monkeypatch) as heard:
            response = client.get(address)
        assert response.status_code == 200, address
        assert "public" in response["Cache-Control"], address
        read.setdefault(name, set()).update(heard)
    assert set(read) == set(PARAMETERS)
    assert read == {name: set(parameters) for name, parameters in PARAMETERS.items()}
    assert FEEDS
