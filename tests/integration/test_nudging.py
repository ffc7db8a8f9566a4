"""Asking for the sweeps at once: where there is a broker, after the transaction, and never in a request's way."""

import time
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

from aisrace.lib import nudging
from aisrace.lib.nudging import ask_for_sweeps, nudge
from aisrace.tasks import sweep
from comments.letters import ask_to_remember
from tests.make import NOW


@pytest.fixture
def asked(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of tasks that were sent."""
    cache.clear()
    settings.REDIS_URL = "redis://127.0.0.1:1"
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **values: names.append(name))
    monkeypatch.setattr(nudging, "start_asking", ask_for_sweeps)
    return names


@pytest.mark.django_db
def test_a_letter_asks_once_it_is_sure(asked: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_remember("rosa@example.org", NOW)
        assert asked == []
    assert asked == [sweep.name]


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_taken_back_does_not(asked: list[str]) -> None:
    with transaction.atomic():
        ask_to_remember("rosa@example.org", NOW)
        transaction.set_rollback(True)
    assert asked == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_ask_once(asked: list[str]) -> None:
    for _ in range(20):
        nudge()
    assert asked == [sweep.name]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nothing_is_asked(asked: list[str], settings: Any) -> None:
    settings.REDIS_URL = ""
    nudge()
    assert asked == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError()])
def test_a_broker_that_is_gone_fails_nothing(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(name: str, **values: Any) -> None:
        raise error

    monkeypatch.setattr(current_app, "send_task", fail)
    nudge()
    assert ask_for_sweeps() is False


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_broker_that_hangs(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    settings.REDIS_URL = "redis://127.0.0.1:1"
    begun: list[float] = []

    def hang(name: str, **values: Any) -> None:
        begun.append(time.monotonic())
        time.sleep(1)

    monkeypatch.setattr(current_app, "send_task", hang)
    before = time.monotonic()
    nudge()
    assert time.monotonic() - before < 0.5
    while not begun:
        assert time.monotonic() - before < 10
        time.sleep(0.01)
