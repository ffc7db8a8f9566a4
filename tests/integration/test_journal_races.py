"""Many write, two settle, one follows: whoever goes on from where they were has missed nothing."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from aisrace.journal.drift import find_drift
from aisrace.journal.settling import settle
from experts.models import Expert
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, ROUNDS = 4, 12


def closing(run: Callable[..., None]) -> Callable[..., None]:
    """A thread has a connection of its own."""

    def go(*values: Any) -> None:
        try:
            run(*values)
        finally:
            connection.close()

    return go


def write(people: list[Expert], worker: int, wait: Callable[[float], Any]) -> None:
    """Two rows in each transaction, hidden or shown; some are taken back."""
    dice = random.Random(worker)
    for number in range(ROUNDS):
        with transaction.atomic():
            public_at = None if dice.random() < 0.3 else make.LONG_AGO
            for pk in sorted(person.pk for person in dice.sample(people, 2)):
                Expert.objects.filter(pk=pk).update(bio=f"{worker} {number}", public_at=public_at)
            wait(dice.random() / 100)
            transaction.set_rollback(dice.random() < 0.2)


class Follower:
    def __init__(self) -> None:
        self.client, self.cursor, self.mirror, self.highest = Client(), "0", dict[int, str](), 0

    def read(self) -> bool:
        """Two entries more; whether there are others."""
        found = self.client.get(f"/api/v1/changes/?since={self.cursor}&limit=2").json()
        for entry in found["results"]:
            assert entry["seq"] > self.highest
            self.highest = entry["seq"]
            self.mirror.pop(entry["id"], None)
            if not entry["gone"]:
                self.mirror[entry["id"]] = entry["object"]["bio"]
        self.cursor = found["cursor"]
        return found["next"] is not None


def test_nothing_is_missed() -> None:
    people = [make.expert(f"Person {n}", slug=f"person-{n}") for n in range(6)]
    over, follower = threading.Event(), Follower()
    settle(timezone.now())

    def settle_on() -> None:
        while not over.is_set():
            settle(timezone.now())

    def follow() -> None:
        while not over.is_set():
            follower.read()

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        others = [pool.submit(closing(run)) for run in (settle_on, settle_on, follow)]
        try:
            list(pool.map(closing(lambda worker: write(people, worker, over.wait)), range(WRITERS)))
        finally:
            over.set()
        for other in others:
            other.result()
    settle(timezone.now())
    while follower.read():
        pass
    assert follower.highest > len(people)
    assert follower.mirror == dict(Expert.objects.public(timezone.now()).values_list("pk", "bio"))
    assert not any(find_drift(timezone.now()))
