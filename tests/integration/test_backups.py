"""Backups: one moment of a site in use, whole and unchanged on whatever machine they are brought back to."""

import json
import stat
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from aisrace.api.models import ApiKey, GivenAnswer
from aisrace.hooks.models import Delivery, Endpoint
from aisrace.journal.models import Clock
from aisrace.journal.settling import settle_all
from aisrace.operating.backups import restoring, taking
from aisrace.operating.backups.archive import Archive, BadBackup, Kept, Manifest
from aisrace.operating.backups.rows import sum_rows, write_line
from aisrace.operating.backups.tables import find_models, is_kept
from aisrace.operating.backups.taking import NAMES, list_backups, take_backup
from aisrace.search.drifting import find_drift
from aisrace.sweeps.models import Sweep
from articles.models import Author
from experts.models import Expert, ImportRun
from tests import cast, make, talk
from tests.machines import machine
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds
APART = "journal_clock"  # gets another name for its numbers


def quietly(stage: str, done: int, total: int) -> None:
    """Nothing."""


@pytest.fixture
def media(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Both storages in folders of this test: `media/` and `private/`."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("base_location", "location"):
        monkeypatch.setattr(storages["private"], name, str(tmp_path / "private"))
    return tmp_path


@pytest.fixture
def world(media: Path) -> User:
    """Rows with everything that a column can hold, and files of both kinds."""
    cast.record()
    edition = talk.live()
    first = talk.comment(edition, "Not *so*.", from_ip="2001:db8::7", user_agent="A browser")
    talk.comment(edition, "But it is.", parent=first, from_ip="192.0.2.7")
    person = make.user("editor", is_staff=True)
    key = ApiKey(name="Mirror", person=person, prefix="air_1", digest="0", scopes=["read"], made_at=NOW)
    key.save()
    GivenAnswer.objects.create(
        api_key=key,
        name="once",
        asked="0",
        claim=UUID(int=7),
        claimed_at=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        headers={"b": [1, None, 1.5, True], "a": {"ß": "“x”\n"}, "big": 10**25, "none": None},
    )
    endpoint = Endpoint.objects.create(name="There", url="https://mirror.example/", events=["article.published"])
    Delivery.objects.create(
        endpoint=endpoint, key="k", event="test", body="\x7f", made_at=NOW, due_at=NOW, seconds=0.1 + 0.2, status=200
    )
    expert = Expert.objects.order_by("pk").first()
    expert.portrait.save("face.png", make.picture())
    ImportRun.objects.create(file=ContentFile(b"secret,table\n", "table.csv"), created_at=NOW)
    # Past the cleaner, as rows of an older release may be.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE experts_expert SET bio = %s WHERE id = %s", ["<script>\u202e</script>\t", expert.pk])
    return person


def sums() -> dict[str, Kept]:
    """Of every table that is kept, as it is now."""
    found = {}
    for model in find_models():
        if is_kept(model) and model._meta.db_table != APART:
            told = sum_rows(model)
            found[model._meta.db_table] = Kept(told.rows, told.hash)
    return found


def take(folder: Path) -> Path:
    return take_backup(folder / "backups", timezone.now(), quietly)[0]


def manifest_of(path: Path) -> Manifest:
    with Archive(path) as archive:
        return archive.manifest


def without_clock(manifest: Manifest) -> dict[str, Kept]:
    return {name: kept for name, kept in manifest.tables.items() if name != APART}


# --- While the site is in use ----------------------------------------------------------------------------------------


class Writers:
    """Write without a pause, each transaction one row into the first table that is read and one into the last."""

    def __init__(self, count: int) -> None:
        self.written, self.failures = 0, list[BaseException]()
        self.is_over, self.condition = False, threading.Condition()
        self.threads = [threading.Thread(target=self.write, args=[number]) for number in range(count)]

    def write(self, number: int) -> None:
        try:
            while not self.is_over:
                with transaction.atomic():
                    Author.objects.create(name=f"Writer {number} {self.written}", slug=f"w{number}-{self.written}")
                    Sweep.objects.create(name=f"writer {number} {self.written} {timezone.now().timestamp()}")
                with self.condition:
                    self.written += 1
                    self.condition.notify_all()
        except BaseException as error:
            self.failures.append(error)
        finally:
            connection.close()

    def wait_for_more(self) -> None:
        """Whoever holds them up waits here for ever."""
        with self.condition:
            before = self.written
            assert self.condition.wait_for(lambda: self.written > before or self.failures, PATIENCE)

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join(PATIENCE)


def test_taken_under_writes_and_brought_back_to_an_empty_machine(world: User, tmp_path: Path) -> None:
    settle_all(timezone.now())
    authors = Author.objects.count()
    with Writers(2) as writers:
        writers.wait_for_more()

        def advance(stage: str, done: int, total: int) -> None:
            if stage == "rows":
                writers.wait_for_more()

        path, manifest = take_backup(tmp_path / "backups", timezone.now(), advance)
        writers.wait_for_more()
    assert writers.failures == []
    pairs = manifest.tables["articles_author"].size - authors
    assert pairs == manifest.tables["sweeps_sweep"].size > 0
    assert writers.written > pairs, "they went on meanwhile"

    with machine(tmp_path / "new") as new:
        told = new.run("restore", str(path))
        assert "every one was compared" in told
        new.run("backup")
        (again,) = (new.data / "backups").iterdir()
        assert without_clock(manifest_of(again)) == without_clock(manifest)
        assert manifest_of(again).files == manifest.files != {}
        assert manifest_of(again).numbers == manifest.numbers
        new.run("migrate", "--check")
        new.run("settle", "--check")
        new.run("rebuild_search", "--check")
        assert "not empty" in new.run("restore", str(path), fails=True)


def test_from_one_database_to_the_other_and_back(world: User, tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests on PostgreSQL have both")
    path = take(tmp_path)
    with machine(tmp_path / "small", "sqlite") as small, machine(tmp_path / "large", "postgresql") as large:
        small.run("migrate", "--verbosity", "0")
        small.run("sweep")  # a site begins so, and is empty all the same
        small.run("restore", str(path))
        small.run("backup")
        (there,) = (small.data / "backups").iterdir()
        large.run("restore", str(there))
        large.run("backup")
        (back,) = (large.data / "backups").iterdir()
        told = [manifest_of(each) for each in (path, there, back)]
    assert [each.database for each in told] == ["postgresql", "sqlite", "postgresql"]
    assert without_clock(told[0]) == without_clock(told[1]) == without_clock(told[2])
    assert told[0].files == told[1].files == told[2].files


# --- Bringing back ---------------------------------------------------------------------------------------------------


def restore(path: Path, *, replace: bool = True) -> None:
    with Archive(path) as archive:
        restoring.restore_backup(archive, timezone.now(), quietly, replace=replace)


@pytest.mark.searching
def test_what_was_done_since_is_gone(world: User, media: Path) -> None:
    settle_all(timezone.now())
    path, before = take(media), sums()
    epoch = Clock.objects.get().epoch
    files = {each.relative_to(media): each.read_bytes() for each in find_files(media)}
    Endpoint.objects.all().delete()
    make.expert("Somebody else")
    for each in find_files(media):
        each.write_bytes(b"other")
    storages["default"].save("since.png", ContentFile(b"since"))

    restore(path)
    assert sums() == before
    assert {each.relative_to(media): each.read_bytes() for each in find_files(media)} == files
    assert {stat.S_IMODE(each.stat().st_mode) for each in (media / "private").rglob("*.csv")} == {0o600}
    assert Clock.objects.get().epoch != epoch, "whoever follows begins anew"
    assert list(find_drift(timezone.now())) == []


def find_files(media: Path) -> list[Path]:
    return [each for place in ("media", "private") for each in (media / place).rglob("*") if each.is_file()]


def test_a_key_is_never_given_twice(world: User, media: Path) -> None:
    newest = make.expert("Gone")
    pk = newest.pk
    newest.delete()
    path = take(media)
    restore(path)
    assert make.expert("Next").pk == pk + 1


def test_what_is_not_empty_is_not_touched(world: User, media: Path) -> None:
    path = take(media)
    before = sums()
    with pytest.raises(restoring.NotRestored, match=r"not empty: .*--replace"):
        restore(path, replace=False)
    assert sums() == before


def test_all_or_nothing(world: User, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails when every row is written and some files are."""
    path = take(media)
    make.expert("Since")
    for each in (media / "private").rglob("*.csv"):
        each.unlink()
    before, files = sums(), find_files(media)

    def fail(*_: Any) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(restoring, "write_numbers", fail)
    with pytest.raises(RuntimeError):
        restore(path)
    assert sums() == before
    assert find_files(media) == files


def test_of_a_release_before_this_one(world: User, media: Path) -> None:
    """The tables are taken back, filled, and brought forward again."""
    try:
        call_command("migrate", "hooks", "0002", verbosity=0)
        path = take(media)
        assert ["hooks", "0003_called_off"] not in manifest_of(path).migrations
        call_command("migrate", verbosity=0)
        Delivery.objects.update(called_off="since")
        restore(path)
    finally:
        call_command("migrate", verbosity=0)
    assert [delivery.called_off for delivery in Delivery.objects.all()] == [""]
    call_command("migrate", "--check", verbosity=0)


def test_of_a_release_after_this_one(world: User, media: Path) -> None:
    path = take(media)

    def add(manifest: dict[str, Any]) -> None:
        manifest["migrations"].append(["hooks", "0099_tomorrow"])

    with pytest.raises(restoring.NotRestored, match="newer release: hooks 0099_tomorrow"):
        restore(change_manifest(path, add))


def test_rows_that_a_database_keeps_differently_are_told_of(
    world: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = take(media), sums()
    monkeypatch.setattr(restoring, "write_rows", lambda model, lines: None)
    with pytest.raises(restoring.NotRestored, match="did not come out as it was"):
        restore(path)
    assert sums() == before


# --- Damage ----------------------------------------------------------------------------------------------------------


def change_manifest(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    def rewrite(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    return change_members(path, rewrite)


def change_members(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def swap(members: dict[str, bytes]) -> None:
    members["tables/experts_expert.jsonl"] = members["tables/experts_expert.jsonl"].replace(b"Fernwick", b"Fernwich")


def lose_row(members: dict[str, bytes]) -> None:
    first, *rest = members["tables/experts_expert.jsonl"].splitlines(keepends=True)
    members["tables/experts_expert.jsonl"] = b"".join([first, *rest[:-1]])


def lose_table(members: dict[str, bytes]) -> None:
    del members["tables/experts_expert.jsonl"]


def lose_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def slip_in(members: dict[str, bytes]) -> None:
    members["files/media/../../BAIT"] = b"x"


def change_file(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("files/private/"))
    members[name] = b"x"


@pytest.mark.parametrize("change", [swap, lose_row, lose_table, lose_manifest, slip_in, change_file])
def test_what_is_damaged_changes_nothing(world: User, media: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    path, before = change_members(take(media), change), sums()
    with pytest.raises(BadBackup):
        restore(path)
    with pytest.raises(CommandError, match="is not whole"):
        call_command("backup", verify=path)
    assert sums() == before
    assert not list(media.rglob("BAIT"))


def test_a_name_that_leads_elsewhere_goes_nowhere(world: User, media: Path) -> None:
    """The manifest knows of it: whoever made it meant harm."""

    def slip(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["files"]["media/../../BAIT"] = {"size": 1, "hash": sha256(b"x").hexdigest()}
        members["manifest.json"] = json.dumps(manifest).encode()
        members["files/media/../../BAIT"] = b"x"

    before = sums()
    with pytest.raises(SuspiciousFileOperation):
        restore(change_members(take(media), slip))
    assert sums() == before
    assert not list(media.parent.rglob("BAIT"))


@pytest.mark.parametrize("end", [0.0, 0.5, 0.99])
def test_what_was_cut_off(world: User, media: Path, end: float) -> None:
    path = take(media)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * end)])
    with pytest.raises(BadBackup):
        restore(path)


def test_bytes_that_rotted(world: User, media: Path) -> None:
    path = take(media)
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 4, len(data) // 2, 97):
        data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadBackup):
        restore(path)


def test_another_format(world: User, media: Path) -> None:
    with pytest.raises(BadBackup, match="format 2"):
        restore(change_manifest(take(media), lambda manifest: manifest.update(format=2)))


# --- The file --------------------------------------------------------------------------------------------------------


def test_nobody_else_may_read_it(world: User, media: Path) -> None:
    path = take(media)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_it_has_its_name_only_once_it_is_whole(world: User, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise BadBackup("rotten disk")

    monkeypatch.setattr(taking, "check_archive", refuse)
    with pytest.raises(CommandError, match="rotten disk"):
        call_command("backup", to=media / "backups")
    assert list((media / "backups").iterdir()) == []


def test_a_file_that_a_row_names_and_nobody_has(world: User, media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for each in (media / "private").rglob("*.csv"):
        each.unlink()
    call_command("backup", to=media / "backups")
    told = capsys.readouterr()
    assert "private/imports" in told.err
    assert "was not there" in told.err
    call_command("backup", verify=next((media / "backups").glob(NAMES)))


def test_old_ones_go(world: User, media: Path) -> None:
    folder = media / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"aisrace-2026010{day}T000000Z.zip").touch()
    (folder / "mine.zip").touch()
    call_command("backup", to=folder, keep=3)
    assert [each.name for each in list_backups(folder)][:2] == [f"aisrace-2026010{day}T000000Z.zip" for day in (4, 5)]
    assert len(list_backups(folder)) == 3
    assert (folder / "mine.zip").exists()


def test_it_tells_of_another_secret_key(
    world: User, media: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = take(media)
    call_command("restore", str(path), replace=True)
    assert "SECRET_KEY" not in capsys.readouterr().out
    settings.SECRET_KEY = "another" * 10
    call_command("restore", str(path), replace=True)
    assert "SECRET_KEY here is another" in capsys.readouterr().out
    assert settings.SECRET_KEY.encode() not in path.read_bytes()


def test_rows_in_one_spelling() -> None:
    """Whatever a database hands out for it."""
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    row = [moment, date(2026, 1, 2), timedelta(days=1), b"\x00\xff", UUID(int=1), {"b": 1, "a": 2}, None, "é"]
    assert write_line(row).decode() == (
        '["2026-01-02T03:04:05Z","2026-01-02",86400000000,"AP8=","00000000-0000-0000-0000-000000000001",'
        '{"a":2,"b":1},null,"é"]'
    )
    assert json.loads(write_line([moment, {"big": 10**25}])) == ["2026-01-02T03:04:05Z", {"big": 10**25}]
