"""Ten thousand comments under one article cost a page what sixty do: the same queries; and bytes have a limit."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.crowd import fill
from comments.discussion import Order, read_page, read_thread
from comments.models import Comment
from tests import databases
from tests.make import NOW
from tests.talk import live

pytestmark = pytest.mark.django_db

MOST_QUERIES = 8
MOST_BYTES = 60_000  # compressed
SHAPES = {
    "some": (300, 20),
    "many threads, one of them 1,000 deep": (10_000, 1_000),
    "one thread, 10,000 deep": (10_000, 10_000),
}


@pytest.fixture
def client(client: Client) -> Client:
    """The first request of a process does more than others, such as reading templates."""
    client.get("/")
    return client


def measure(client: Client, address: str, status: int = 200) -> int:
    """How many queries the page took."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == status, address
    assert len(gzip.compress(response.content, compresslevel=6)) <= MOST_BYTES, address
    assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked.captured_queries]
    return len(asked)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_page_costs_the_same(client: Client, shape: str) -> None:
    """Literal numbers, the same for every shape; picks and readers' answers, of which there are enough, stand on the
    first pages."""
    edition = live()
    fill(edition, NOW - timedelta(days=1), *SHAPES[shape])
    databases.count_rows()
    article, conversation = (reverse(name, args=[edition.slug]) for name in ("article", "conversation"))
    assert measure(client, article) == 8
    for order in Order:
        assert measure(client, f"{conversation}?order={order}") == 7
    pages = read_page(edition.article_id, NOW).pages
    for number in {2, pages // 2, pages} & set(range(2, pages + 1)):
        assert measure(client, f"{conversation}?page={number}") == 6
    deepest = Comment.objects.visible().order_by("-depth")[0]
    first = Comment.objects.threads().get(thread=deepest.thread)
    thread = reverse("comment", args=[edition.slug, first.pk])
    pages = read_thread(edition.article_id, deepest.thread, NOW, 1).pages
    for number in {1, max(1, pages // 2), pages}:
        assert measure(client, f"{thread}?page={number}") == 7
    permalink = reverse("comment", args=[edition.slug, deepest.pk])
    assert measure(client, permalink, 302) == 4
    assert f'id="c{deepest.pk}"' in client.get(permalink, follow=True).content.decode()

    said = edition.content["comparison"]["positions"][0]["id"]
    Comment.objects.filter(pk=first.pk).update(position=said, state="visible")
    assert measure(client, f"{conversation}?position={said}") == 6
