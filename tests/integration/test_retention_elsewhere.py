"""What would grow without end besides the conversation: each kind goes at its time, and nothing else with it."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from aisrace.api.models import ApiKey, GivenAnswer
from aisrace.api.repeating import forget_answers
from aisrace.hooks.models import Delivery, Endpoint
from aisrace.hooks.sending import send_due
from aisrace.lib import portions
from aisrace.operating.retention import forget_what_is_over
from aisrace.sweeps.sessions import clear_expired_sessions
from articles.models import PreviewLink
from articles.previewing import make_link, revoke_link
from experts.importing.forgetting import forget_import
from experts.models import ImportChange, ImportRun
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

MOMENT = timedelta(seconds=1)
State = ImportRun.State


def goes_at(moment: timedelta, is_there: Callable[[], bool]) -> bool:
    """There until a moment after `NOW`, gone from then on, and nothing more to do afterwards."""
    forget_what_is_over(NOW + moment - MOMENT)
    before = is_there()
    done = forget_what_is_over(NOW + moment)
    return before and done == 1 and not is_there() and forget_what_is_over(NOW + moment) == 0


@pytest.mark.parametrize("state", [State.UPLOADED, State.PREVIEWED, State.FAILED])
def test_tables_that_nobody_imported(state: State, django_capture_on_commit_callbacks: Any) -> None:
    run = ImportRun.objects.create(created_at=NOW, state=state, file=ContentFile(b"a,b\n", "table.csv"))
    ImportChange.objects.create(run=run, kind="expert", row_id=1, outcome="created")
    name = run.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert goes_at(timedelta(days=30), ImportRun.objects.filter(pk=run.pk).exists)
    assert not storages["private"].exists(name)
    assert not ImportChange.objects.exists()


@pytest.mark.parametrize("state", [State.IMPORTING, State.DONE, State.UNDONE])
def test_tables_that_somebody_did(state: State, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # where no images are, of other tests
    run = ImportRun(created_at=NOW, state=state, undone_at=NOW, file=ContentFile(b"a,b\n", "table.csv"))
    run.save()
    assert forget_what_is_over(NOW + timedelta(days=3650)) == 0
    assert storages["private"].exists(run.file.name)


def test_a_table_that_is_taken_up_just_then() -> None:
    run = ImportRun.objects.create(created_at=NOW, state=State.PREVIEWED)
    ImportRun.objects.update(state=State.IMPORTING)
    assert forget_import(run) is False
    assert ImportRun.objects.exists()


def test_links_to_previews() -> None:
    article, open_still = make.article(), {"by": None, "now": NOW}
    lasting = make_link(article, lasts=timedelta(days=1), **open_still)
    revoked = make_link(article, lasts=timedelta(days=30), **open_still)
    revoke_link(revoked, by=None, now=NOW)
    assert goes_at(timedelta(days=90), PreviewLink.objects.filter(pk=revoked.pk).exists)
    assert goes_at(timedelta(days=91), PreviewLink.objects.filter(pk=lasting.pk).exists)


def test_images_to_share(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    folder = tmp_path / "share"
    folder.mkdir()
    for name, age in (("old.png", 91), ("new.png", 89), ("old.txt", 91)):
        (folder / name).touch()
        moment = (NOW - timedelta(days=age)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert forget_what_is_over(NOW) == 1
    assert sorted(file.name for file in folder.iterdir()) == ["new.png", "old.txt"]


@pytest.mark.parametrize(
    ("values", "is_active", "is_kept"),
    [({"done_at": NOW}, True, False), ({}, False, False), ({"due_at": NOW + timedelta(days=99)}, True, True)],
)
def test_messages_to_machines(values: dict[str, Any], is_active: bool, is_kept: bool) -> None:
    endpoint = Endpoint.objects.create(name="There", url="https://mirror.example/", is_active=is_active)
    own: dict[str, Any] = {"endpoint": endpoint, "key": "k", "event": "test", "made_at": NOW, "due_at": NOW}
    Delivery.objects.create(**own | values)
    send_due(NOW + timedelta(days=30))
    assert Delivery.objects.exists()
    send_due(NOW + timedelta(days=30) + MOMENT)
    assert Delivery.objects.exists() is is_kept


def test_much_goes_in_portions(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    """Nobody waits for long, and the rest goes the next time."""
    monkeypatch.setattr(portions, "PORTION", 3)
    monkeypatch.setattr(portions, "PORTIONS", 2)
    for number in range(8):
        Session.objects.create(session_key=f"{number}", session_data="", expire_date=NOW)
    key = ApiKey.objects.create(name="k", person=make.user(), prefix="p", digest="d", made_at=NOW)
    for number in range(8):
        GivenAnswer.objects.create(api_key=key, name=f"{number}", asked="", claim=uuid4(), claimed_at=NOW)
    later = NOW + timedelta(days=2)
    for forget in (clear_expired_sessions, forget_answers):
        assert [forget(later), forget(later), forget(later)] == [6, 2, 0]
    with django_assert_num_queries(1):
        clear_expired_sessions(later)
