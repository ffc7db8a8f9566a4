"""Replaying the journal from the beginning gives all that is public: whatever happens, in batches, while it happens."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from aisrace.journal.drift import find_drift
from aisrace.journal.kinds import find_kinds
from aisrace.journal.models import Change
from aisrace.journal.settling import settle
from articles.publishing import publish, unschedule, withdraw
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from tests import cast, make
from tests.make import NOW

pytestmark = pytest.mark.django_db

type Mirror = dict[tuple[str, int], dict[str, Any]]

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Follower:
    """Keeps a mirror, as the documentation says."""

    def __init__(self, limit: int) -> None:
        self.client, self.limit, self.cursor = Client(), limit, "0"
        self.mirror: Mirror = {}

    def read(self) -> bool:
        found = self.client.get(f"/api/v1/changes/?since={self.cursor}&limit={self.limit}").json()
        for entry in found["results"]:
            self.mirror.pop((entry["kind"], entry["id"]), None)
            if not entry["gone"]:
                self.mirror[entry["kind"], entry["id"]] = entry["object"]
        self.cursor = found["cursor"]
        return found["next"] is not None

    def read_all(self) -> Mirror:
        while self.read():
            pass
        return self.mirror


def read_collections() -> Mirror:
    """All that is public now, as the collections tell it page by page, without what the journal leaves out."""
    client = Client()
    found: Mirror = {}
    for kind in find_kinds():
        include = ",".join(name for name in kind.collection.include if name not in kind.apart)
        address = f"/api/v1/{kind.name}/?page_size=100" + (f"&include={include}" if include else "")
        while address:
            page = client.get(address).json()
            for row in page["results"]:
                found[kind.name, row["id"]] = {name: value for name, value in row.items() if name not in kind.apart}
            address = page["next"]
    return found


def as_exported(told: dict[str, Any]) -> dict[str, Any]:
    """A position of the journal by the names of the export."""
    answer, source = told["answer"] or {}, told["source"] or {}
    return {
        "position_id": told["id"],
        "expert_id": told["expert"]["id"],
        "expert_slug": told["expert"]["slug"],
        "expert_name": told["expert"]["name"],
        "role_then": told["role"] or None,
        "question_id": told["question"]["id"],
        "question_slug": told["question"]["slug"],
        "question_wording": told["question"]["wording"],
        "answer": answer.get("label"),
        "answer_step": answer.get("step"),
        "stated_on": told["stated_on"],
        "confidence": told["confidence"],
        "summary": told["summary"] or None,
        "source_id": source.get("id"),
        "source_publisher": source.get("publisher") or None,
        "quote_count": len(told["quotes"]),
    }


def happenings(record: cast.Record) -> Iterator[Callable[[], Any]]:
    """One after the other, everything that can happen to what readers see."""
    ada, bo = record.experts["ada"], record.experts["bo"]
    trains, ferries = record.questions["trains"], record.questions["ferries"]
    yield lambda: Expert.objects.filter(pk=ada.pk).update(slug="ada-f", name="Ada F.")
    yield lambda: Affiliation.objects.filter(expert=ada).delete()
    yield lambda: Question.objects.filter(pk=trains.pk).update(slug="night-trains")
    yield lambda: Answer.objects.filter(scale=trains.scale, label="Likely").update(label="Rather likely")
    yield lambda: Scale.objects.filter(pk=trains.scale_id).update(name="How likely")
    yield lambda: trains.topics.add(make.topic("Rails", slug="rails"))
    yield lambda: Topic.objects.filter(slug="rails").update(name="Railways")
    yield lambda: Topic.objects.get(slug="rails").delete()
    yield lambda: Source.objects.update(publisher="Another paper")
    yield lambda: Quote.objects.filter(position__expert=ada).first().delete()
    yield lambda: make.quote(record.positions[3], "Under a year, surely.")
    yield lambda: Position.objects.filter(expert=bo, question=ferries).delete()
    yield lambda: Expert.objects.filter(pk=bo.pk).update(public_at=None)
    yield lambda: Question.objects.filter(pk=ferries.pk).update(public_at=NOW + DAY)
    yield lambda: make.position(make.expert("New", slug="new"), trains, "Even", public_at=NOW + DAY)
    article = make.article("Later", slug="later")
    yield lambda: publish(article, by=None, now=NOW, at=NOW + DAY)
    yield lambda: unschedule(article, by=None, now=NOW)
    yield lambda: publish(article, by=None, now=NOW, at=NOW + DAY)


def test_replaying_gives_what_is_public(clock: Any) -> None:
    record = cast.record()
    article = make.article("Now", slug="now")
    publish(article, by=None, now=NOW)
    early, now_and_then = Follower(7), Follower(3)
    settle(NOW)
    for number, happen in enumerate(happenings(record)):
        happen()
        settle(NOW)
        now_and_then.read()
        if number % 4 == 0:
            assert early.read_all() == read_collections(), number
            assert not any(find_drift(NOW))
    clock.move_to(NOW + DAY)
    settle(NOW + DAY)
    assert ("articles", article.pk) in early.read_all()
    article.headline = "Now and again"
    article.save()
    publish(article, by=None, now=NOW + DAY)
    settle(NOW + DAY)
    early.read_all()
    withdraw(article, by=None, now=NOW + DAY, reason="Wrong.")
    settle(NOW + DAY)
    expected = read_collections()
    late = Follower(500)
    for follower in (early, now_and_then, late):
        assert follower.read_all() == expected
    assert not any(find_drift(NOW + DAY))
    export = b"".join(Client().get("/api/v1/export/positions.jsonl").streaming_content)
    positions = {pk: told for (kind, pk), told in late.mirror.items() if kind == "positions"}
    assert [as_exported(told) for _, told in sorted(positions.items())] == [
        {name: row[name] for name in as_exported(positions[row["position_id"]])}
        for row in map(json.loads, export.splitlines())
    ]
    assert len(positions) > 20
    assert ("articles", article.pk) not in expected
    assert {kind for kind, _ in expected} == {kind.name for kind in find_kinds()}


def test_a_new_edition_is_the_same_article() -> None:
    article = make.article("Now", slug="now")
    publish(article, by=None, now=NOW)
    settle(NOW)
    article.headline = "Now and again"
    article.save()
    publish(article, by=None, now=NOW)
    settle(NOW)
    entries = Change.objects.filter(kind="articles").values_list("row_id", "key", "gone")
    assert list(entries) == [(article.pk, "now", False)]
    states = Client().get("/api/v1/changes/?kind=editions").json()["results"]
    assert [entry["object"]["state"] for entry in states] == ["replaced", "live"]


@pytest.mark.parametrize("rows", [1, 100])
def test_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    make.filled_record(rows)
    settle(NOW)
    with django_assert_num_queries(20):
        client.get("/api/v1/changes/?limit=500")


def test_nothing_hidden_is_in_it(client: Client) -> None:
    """Bait in every private row."""
    bait = "zorkmid"
    hidden = make.expert(bait, public_at=None)
    asked = make.question(f"{bait}?", public_at=None, background=bait)
    position = make.position(hidden, asked, summary=bait, source=make.source(bait))
    make.quote(position, bait, source=make.source(bait))
    make.position(make.expert(), make.question(), summary=bait, public_at=NOW + DAY)
    make.topic(bait)
    publish(make.article(bait), by=None, now=NOW, at=NOW + DAY)
    gone = make.article(bait)
    publish(gone, by=None, now=NOW - DAY)
    settle(NOW - DAY)
    withdraw(gone, by=None, now=NOW, reason="Wrong.")
    settle(NOW)
    answer = client.get("/api/v1/changes/?limit=500")
    told = [entry for entry in answer.json()["results"] if bait in str(entry)]
    # What was withdrawn is told as gone, with the address that it had; and who was compared in it is public since.
    assert {(entry["kind"], entry["gone"]) for entry in told} <= {("articles", True), ("editions", False)}
    assert all(entry["object"] is None or bait not in str(entry["object"]["note"]) for entry in told)
