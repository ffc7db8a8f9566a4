"""Several workers at once: everything that is due is sent, and nothing twice."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from aisrace.hooks.models import Delivery, Endpoint
from aisrace.hooks.sending import send_due
from aisrace.hooks.telling import tell
from articles import announcing
from articles.announcing import announce_due
from articles.publishing import publish, withdraw
from tests import make
from tests.make import NOW
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS, ENDPOINTS, MESSAGES = 3, 3, 8


@pytest.fixture
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving(settings, monkeypatch) as found:
        yield found


def test_each_is_sent_once(receiver: Receiver) -> None:
    for number in range(ENDPOINTS):
        Endpoint.objects.create(name=f"{number}", url=receiver.address(path=f"/{number}"), events=["article.published"])
    for _ in range(MESSAGES):
        tell("article.published", {}, NOW)

    def work(_: int) -> int:
        try:
            return send_due(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        sent = sum(pool.map(work, range(WORKERS)))
    sent += send_due(NOW)  # what somebody had claimed when the others looked
    assert sent == ENDPOINTS * MESSAGES
    assert not Delivery.objects.waiting().exists()
    assert set(Counter(message.headers["webhook-id"] for message in receiver.got).values()) == {1}


def test_what_is_withdrawn_while_it_is_announced_is_not_news(monkeypatch: pytest.MonkeyPatch) -> None:
    Endpoint.objects.create(name="Mirror", url="https://mirror.example/", events=["article.published"])
    article = make.article()
    publish(article, by=None, now=NOW)
    is_telling, is_withdrawn = threading.Event(), threading.Event()
    describe = announcing.describe

    def describe_slowly(edition: Any) -> Any:
        if not edition.is_withdrawal:
            is_telling.set()
            is_withdrawn.wait(1)
        return describe(edition)

    def take_back() -> None:
        try:
            is_telling.wait(10)
            withdraw(article, by=None, now=NOW + timedelta(minutes=1), reason="Wrong.")
            is_withdrawn.set()
        finally:
            connection.close()

    monkeypatch.setattr(announcing, "describe", describe_slowly)
    with ThreadPoolExecutor(1) as pool:
        withdrawing = pool.submit(take_back)
        assert announce_due(NOW) == 1
        withdrawing.result()
    assert Delivery.objects.filter(event="article.published").count() == 1
    assert not Delivery.objects.waiting().exists()
