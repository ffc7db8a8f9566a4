"""A table of one moment, portion by portion: what is deleted or changed while it is read breaks no row of it."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from experts.exporting import reading
from experts.models import Expert, Position, Question, Quote, Source
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
EXPORT = "/api/v1/export/positions.csv"


def delete_expert() -> None:
    Position.objects.filter(expert__slug="bo").delete()
    Expert.objects.filter(slug="bo").delete()


def delete_question() -> None:
    Position.objects.filter(question__slug="trains").delete()
    Question.objects.filter(slug="trains").delete()


def delete_source() -> None:
    other = Source.objects.get(title="Kept")
    Quote.objects.update(source=other)
    Position.objects.update(source=other)
    Source.objects.exclude(pk=other.pk).delete()


def change_everything() -> None:
    with transaction.atomic():
        Expert.objects.update(name="Somebody")
        Question.objects.update(wording="Something?")
        Quote.objects.update(words="Others.")


@pytest.mark.parametrize("change", [delete_expert, delete_question, delete_source, change_everything])
@pytest.mark.parametrize("between", ["read_questions", "read_sources", "read_roles"])
def test_what_happens_while_it_is_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None], between: str
) -> None:
    make.source("Kept")
    source = make.source("Notes")
    asked = make.question("Will night trains outrun planes?", slug="trains")
    for slug in ("ada", "bo"):
        said = make.position(make.expert(slug.title(), slug=slug), asked, source=source)
        make.quote(said, f"Words of {slug}.", source=source)
    before = download(client)
    read = getattr(reading, between)

    def work() -> None:
        try:
            change()
        finally:
            connection.close()

    def read_late(*asked: Any) -> Any:
        monkeypatch.setattr(reading, between, read)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work).result()
        return read(*asked)

    monkeypatch.setattr(reading, between, read_late)
    assert download(client) == before
    assert download(client) != before


def download(client: Client) -> list[dict[str, str]]:
    response: Any = client.get(EXPORT)
    body = b"".join(response).decode()
    return list(csv.DictReader(io.StringIO(body, newline=""), strict=True))
