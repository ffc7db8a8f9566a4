"""A table comes in through the desk: uploaded, understood, previewed, confirmed once, and exactly as announced."""

import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.models import Deed
from experts.importing import import_positions
from experts.importing.journal import Journal
from experts.importing.runs import Overtaken, RunKeeper, carry_out, confirm, import_due, read_options, retry
from experts.importing.uploads import keep_upload
from experts.models import Expert, ImportChange, ImportRun, Position, Question
from experts.models.imports import PATIENCE
from tests import make
from tests.tables import PANEL, bring_in, count_rows, write
from tests.workbook import Value, write_workbook

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ADD = "/admin/experts/importrun/add/"
CHOSEN = {
    "column_expert": "panelist",
    "column_wording": "statement",
    "column_answer": "vote",
    "column_date": "date",
    "column_confidence": "confidence",
    "column_comment": "comment",
    "column_topic": "topic",
    "column_affiliation": "uni",
    "column_poll": "id",
    "column_part": "question",
    "scale": "agreement",
    "source": "Invented Panel",
    "language": "en",
    "visibility": "private",
}


def upload(client: Client, path: Path, name: str = "") -> Any:
    file = SimpleUploadedFile(name or path.name, path.read_bytes())
    return client.post(ADD, {"file": file})


def page_of(run: ImportRun, page: str = "change") -> str:
    return reverse(f"admin:experts_importrun_{page}", args=[run.pk])


def bring_to_preview(client: Client, path: Path = PANEL, **chosen: str) -> ImportRun:
    assert upload(client, path).status_code == 302
    run = ImportRun.objects.get()
    answer = client.post(page_of(run, "columns"), CHOSEN | {"preview": ""} | chosen)
    assert answer.status_code == 302, re.findall(r'class="imports-error"[^>]*>([^<]+)', answer.text)
    run.refresh_from_db()
    return run


def import_whole(client: Client, path: Path = PANEL, **chosen: str) -> ImportRun:
    run = bring_to_preview(client, path, **chosen)
    client.post(page_of(run, "confirm"))
    client.post(page_of(run, "run"))
    run.refresh_from_db()
    assert run.state == "done"
    return run


def test_from_the_upload_to_the_report(admin_client: Client) -> None:
    assert "up to 500 MB" in admin_client.get(ADD).text
    before = count_rows()
    run = bring_to_preview(admin_client)
    assert (run.state, run.file_name, count_rows()) == ("previewed", "panel.csv", before)
    page = admin_client.get(page_of(run)).text
    assert "Nothing is stored yet." in page
    assert "Ada Fernwick on “" in page
    assert "Import 42 rows" in page

    admin_client.post(page_of(run, "confirm"))
    assert count_rows() == before
    assert "Confirmed; about to begin." in admin_client.get(page_of(run)).text
    admin_client.post(page_of(run, "run"))
    run.refresh_from_db()
    assert (run.state, run.report["differs"], Position.objects.count()) == ("done", [], 42)
    assert {kind: run.report[kind] for kind in ("experts", "positions", "quotes")} == {
        kind: run.preview[kind] for kind in ("experts", "positions", "quotes")
    }
    assert "Undo this import" in admin_client.get(page_of(run)).text
    assert Deed.objects.about(run).values_list("verb", "by_name").get() == ("imported", "admin")
    assert not Position.objects.exclude(entered_by__username="admin", public_at=None).exists()


def test_undoing_is_shown_before_it_is_done(admin_client: Client) -> None:
    run = import_whole(admin_client)
    Position.objects.filter(expert__slug="bo-quillane").update(summary="Touched.")
    page = admin_client.get(page_of(run, "undo")).text
    assert "What would be left" in page
    assert "It was changed since." in page
    assert Position.objects.count() == 42
    admin_client.post(page_of(run, "undo"))
    assert Position.objects.count() == 7
    page = admin_client.get(page_of(run)).text
    assert "This import was undone" in page
    assert "35 positions removed." in page
    left = admin_client.get(page_of(run), {"show": "left"}).text
    assert "Not undone. It was changed since." in left
    assert admin_client.get(page_of(run, "undo")).status_code == 302


def test_the_preview_tells_old_and_new(admin_client: Client, tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo"}), source="Invented Panel", language="en")
    touched = Position.objects.get(expert__name="Bo Quillane")
    Position.objects.filter(pk=touched.pk).update(summary="An editor's own.")
    table = write(
        tmp_path,
        {"vote": "Disagree", "comment": "They will not."},
        {"panelist": "Quillane, Bo", "vote": "Uncertain"},
        {"panelist": "Third, Ina", "confidence": ""},
        name="corrected.csv",
    )
    run = bring_to_preview(admin_client, table)
    page = admin_client.get(page_of(run)).text
    assert "<del>Agree</del>" in page
    assert "<ins>Disagree</ins>" in page
    assert "<del>“They will.”</del>" in page
    assert "The position was changed by an editor since the last import; left alone." in page
    assert "Bo Quillane on “" in page
    counts = {outcome: run.preview["positions"][outcome] for outcome in ("created", "updated", "refused")}
    assert counts == {"created": 1, "updated": 1, "refused": 1}
    only = admin_client.get(page_of(run), {"show": "position refused"}).text
    assert "Bo Quillane on" in only
    assert "Ada Fernwick on" not in only
    found = admin_client.get(page_of(run), {"q": "they will not"}).text
    assert "Ada Fernwick on" in found
    assert "Bo Quillane on" not in found


def test_what_changed_between_preview_and_confirming_is_said(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    bring_in(PANEL, source="Invented Panel", language="en")
    admin_client.post(page_of(run, "confirm"))
    admin_client.post(page_of(run, "run"))
    page = admin_client.get(page_of(run)).text
    assert "not everything came as announced" in page
    assert "Positions created: 0, not 42." in page


def test_a_preview_says_every_error_with_its_line(admin_client: Client, tmp_path: Path) -> None:
    run = bring_to_preview(admin_client, write(tmp_path, {}, {"date": "soon"}, {"confidence": "11"}))
    page = admin_client.get(page_of(run)).text
    assert "2 things to mend" in page
    assert "<b>Line 3:</b> The date “soon” is not written like 2024-01-31; choose another way under" in page
    assert (run.state, ImportChange.objects.count()) == ("uploaded", 0)
    assert admin_client.post(page_of(run, "confirm")).status_code == 302
    run.refresh_from_db()
    assert run.state == "uploaded"


def test_columns_and_answers_are_said_on_the_page(admin_client: Client, tmp_path: Path) -> None:
    table = write(tmp_path, {"vote": "Dunno"}, {"panelist": "B", "vote": "Agree"}, {"panelist": "C", "vote": ""})
    upload(admin_client, table)
    run = ImportRun.objects.get()
    assert run.options["columns"]["wording"] == "statement"
    page = admin_client.get(page_of(run)).text
    assert "What “Dunno” means" in page
    assert "Asked, gave no answer" in page

    wrong = admin_client.post(page_of(run, "columns"), CHOSEN | {"preview": "", "column_expert": "vote"})
    assert "“vote” is chosen for “Expert” already." in wrong.text
    assert "Say what “Dunno” means." in wrong.text
    missing = admin_client.post(page_of(run, "columns"), CHOSEN | {"preview": "", "column_date": ""})
    assert "Choose the column that holds it." in missing.text
    admin_client.post(page_of(run, "columns"), CHOSEN | {"look": "", "source": "", "answer_0": "no answer"})
    run.refresh_from_db()
    assert (run.options["source"], run.options["answers"]) == ("", {"Dunno": "no answer"})
    admin_client.post(page_of(run, "columns"), CHOSEN | {"preview": "", "answer_0": "No opinion"})
    run.refresh_from_db()
    assert (run.state, run.preview["blanks"]) == ("previewed", {"no_answer": 1})


def test_the_day_can_stand_for_all_rows(admin_client: Client, tmp_path: Path) -> None:
    table = write(tmp_path, {}, without=("date",))
    run = import_whole(admin_client, table, column_date="", day="2021-03-02")
    assert Position.objects.get().stated_on.isoformat() == "2021-03-02"
    assert run.report["errors"] == []


def test_a_workbook_offers_its_sheets(admin_client: Client, tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        ["expert", "question", "answer", "date"],
        ["Ada Fernwick", "Will trains win?", "Agree", "2021-03-02"],
    ]
    path = write_workbook(tmp_path / "two.xlsx", {"Notes": [["nothing"], ["here"]], "Panel": rows})
    upload(admin_client, path)
    run = ImportRun.objects.get()
    assert '<option value="Panel">' in admin_client.get(page_of(run)).text
    admin_client.post(page_of(run, "columns"), {"look": "", "sheet": "Panel"})
    page = admin_client.get(page_of(run)).text
    assert "Will trains win?" in page
    assert admin_client.post(page_of(run, "columns"), {"look": "", "sheet": "None such"}).status_code == 200


# --- Files that are no tables -----------------------------------------------------------------------------------------


def write_bomb(path: Path) -> Path:
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(60):
            part.write(b"\0" * 10_000_000)
    return path


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nul.csv": (b"panelist,statement,vote,date\nA,B,\0,2020-01-01\n", "NUL byte"),
    "wide.csv": (b",".join(b"c%d" % n for n in range(10_000)) + b"\n1\n", "more than 500 columns"),
    "twice.csv": (b"a,a\n1,2\n", "same heading"),
    "latin.csv": (b"panelist,vote\nJos\xe9,1\n", "not UTF-8"),
    "empty.csv": (b"\n\n", "table is empty"),
    "lying.csv": (b"PK\x03\x04 no", "zip archive or workbook"),
    "broken.xlsx": (b"PK\x03\x04 no", "not an XLSX workbook, or it is damaged"),
    "page.html": (b"<table></table>", "neither a CSV file nor an XLSX workbook"),
    "../../etc/passwd": (b"a,b\n1,2\n", "passwd is neither"),
    "open.csv": (b'a,b\n"1,2\n', "never closed"),
}


def list_kept() -> list[str]:
    storage = storages["private"]
    return storage.listdir("imports")[1] if storage.exists("imports") else []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_table_is_refused_and_not_kept(admin_client: Client, tmp_path: Path, name: str) -> None:
    content, message = HOSTILE[name]
    kept = list_kept()
    (tmp_path / "file").write_bytes(content)
    answer = upload(admin_client, tmp_path / "file", name)
    assert answer.status_code == 200
    (said,) = re.findall(r'id="file-error"[^>]*>([^<]+)', answer.text)
    assert message in said
    assert str(storages["private"].path("")) not in answer.text
    assert not ImportRun.objects.exists()
    assert list_kept() == kept


def test_a_bomb_is_refused(admin_client: Client, tmp_path: Path) -> None:
    answer = upload(admin_client, write_bomb(tmp_path / "bomb.xlsx"))
    assert "bomb.xlsx unpacks to more than 500 MB." in answer.text
    assert not ImportRun.objects.exists()


def test_cells_that_look_like_code_are_text(admin_client: Client, tmp_path: Path) -> None:
    row = {"panelist": '=HYPERLINK("x")', "comment": "<script>alert(1)</script>", "topic": "{{ 7*7 }}"}
    run = import_whole(admin_client, write(tmp_path, row))
    page = admin_client.get(page_of(run)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


def test_the_table_is_kept_but_never_served(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    assert storages["private"].exists(run.file.name)
    assert "panel" not in str(run.file.name)
    assert admin_client.get(f"/media/{run.file.name}").status_code == 404


# --- Once, and by whom it may -----------------------------------------------------------------------------------------


def test_confirming_twice_imports_once(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin = User.objects.get()
    now = timezone.now()
    assert confirm(run, admin, now)
    assert not confirm(run, admin, now)
    assert carry_out(run.pk, now)
    assert not carry_out(run.pk, now)
    assert import_due(now) == 0
    assert Position.objects.count() == 42
    assert Deed.objects.filter(verb="imported").count() == 1


def test_a_sweep_carries_out_what_the_desk_did_not(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin_client.post(page_of(run, "confirm"))
    assert import_due(timezone.now()) == 1
    assert Position.objects.count() == 42


def test_an_import_that_was_killed_can_begin_again(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin_client.post(page_of(run, "confirm"))
    ImportRun.objects.update(taken_at=timezone.now() - PATIENCE / 2)
    assert "Try again" not in admin_client.get(page_of(run)).text
    assert not retry(run, timezone.now())
    ImportRun.objects.update(taken_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    assert "Try again" in admin_client.get(page_of(run)).text
    admin_client.post(page_of(run, "retry"))
    admin_client.post(page_of(run, "run"))
    assert Position.objects.count() == 42


def test_an_import_that_fails_says_why_and_can_be_mended(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin_client.post(page_of(run, "confirm"))
    with run.file.open() as file:
        away = file.read()
    storages["private"].delete(run.file.name)
    admin_client.post(page_of(run, "run"))
    run.refresh_from_db()
    assert (run.state, Position.objects.count()) == ("failed", 0)
    page = admin_client.get(page_of(run)).text
    assert "panel.csv cannot be read: No such file or directory." in page
    storages["private"].save(run.file.name, ContentFile(away))
    assert admin_client.post(page_of(run, "columns"), CHOSEN | {"preview": ""}).status_code == 302
    run.refresh_from_db()
    assert run.state == "previewed"


def test_progress_is_told_as_data(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin_client.post(page_of(run, "confirm"))
    assert admin_client.get(page_of(run, "progress")).json()["state"] == "importing"
    admin_client.post(page_of(run, "run"))
    told = admin_client.get(page_of(run, "progress")).json()
    assert told == {"state": "done", "stage": "Storing", "done": 42, "total": 42}


def test_choosing_other_columns_makes_the_preview_void(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    admin_client.post(page_of(run, "columns"), CHOSEN | {"look": "", "column_topic": ""})
    admin_client.post(page_of(run, "confirm"))
    run.refresh_from_db()
    assert (run.state, run.preview) == ("uploaded", {})
    assert not Expert.objects.exists()


def sign_in(client: Client, group: str, without: str = "") -> User:
    user = make.user(f"a-{group}", is_staff=True)
    permissions = Group.objects.get(name=group).permissions.exclude(codename=without)
    user.user_permissions.set(Permission.objects.filter(pk__in=permissions))
    client.force_login(user)
    return user


def make_run() -> ImportRun:
    upload_file = SimpleUploadedFile("panel.csv", PANEL.read_bytes())
    return keep_upload(upload_file, make.user("editor", is_staff=True), timezone.now())


def test_contributors_neither_import_nor_see(client: Client) -> None:
    run = make_run()
    sign_in(client, "contributor")
    assert client.get(ADD).status_code == 403
    assert upload(client, PANEL).status_code == 403
    assert client.get("/admin/experts/importrun/").status_code == 403
    for page in ("change", "columns", "progress", "undo"):
        assert client.get(page_of(run, page)).status_code == 403
    for page in ("columns", "confirm", "run", "retry", "undo"):
        assert client.post(page_of(run, page), CHOSEN).status_code == 403
    assert client.get(page_of(run, "delete")).status_code == 403
    run.refresh_from_db()
    assert (run.state, ImportRun.objects.count()) == ("uploaded", 1)


def test_editors_do(client: Client) -> None:
    sign_in(client, "editor")
    run = import_whole(client, visibility="public")
    assert not Question.objects.filter(public_at=None).exists()
    assert str(run.started_by) == "a-editor"


def test_who_may_not_publish_imports_in_private(client: Client) -> None:
    sign_in(client, "editor", without="publish_article")
    upload(client, PANEL)
    run = ImportRun.objects.get()
    answer = client.post(page_of(run, "columns"), CHOSEN | {"preview": "", "visibility": "public"})
    assert answer.status_code == 200
    run.refresh_from_db()
    assert run.state == "uploaded"
    client.post(page_of(run, "columns"), CHOSEN | {"preview": ""})
    ImportRun.objects.update(options=run.options | {"columns": run.options["columns"], "private": False})
    assert client.post(page_of(run, "confirm")).status_code == 403


def test_nothing_is_done_by_looking(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    for page in ("confirm", "run", "retry"):
        assert admin_client.get(page_of(run, page)).status_code == 405
    assert not Expert.objects.exists()


def test_foreign_numbers_are_not_found(admin_client: Client) -> None:
    assert admin_client.get("/admin/experts/importrun/999/undo/").status_code == 404
    assert admin_client.get("/admin/experts/importrun/x/progress/").status_code == 404


def test_pages_cost_the_same_at_any_length(
    admin_client: Client, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    table = write(tmp_path, *({"panelist": f"Person {n}"} for n in range(120)))
    run = import_whole(admin_client, table)
    for address in (page_of(run), "/admin/experts/importrun/"):
        with django_assert_max_num_queries(15):
            assert admin_client.get(address).status_code == 200
    assert "page 2 of" in admin_client.get(page_of(run), {"page": "2"}).text


# --- Two at once ------------------------------------------------------------------------------------------------------


def take(run: ImportRun) -> ImportRun:
    """As `carry_out` does, by somebody who is slower than us."""
    confirm(run, User.objects.get(), timezone.now())
    ImportRun.objects.filter(pk=run.pk).update(taken_at=timezone.now())
    run.refresh_from_db()
    return run


class Robbed(RunKeeper):
    """While it works, somebody who takes it for dead claims the import."""

    def begin(self) -> Journal:
        journal = super().begin()
        ImportRun.objects.update(taken_at=timezone.now())
        return journal


@pytest.mark.parametrize("keeper", [RunKeeper, Robbed])
def test_who_was_overtaken_leaves_nothing(admin_client: Client, keeper: type[RunKeeper]) -> None:
    run = take(bring_to_preview(admin_client))
    if keeper is RunKeeper:
        ImportRun.objects.update(taken_at=timezone.now())
    with pytest.raises(Overtaken):
        import_positions(Path(run.file.path), read_options(run), timezone.now(), keeper=keeper(run))
    assert not Position.objects.exists()
    assert ImportRun.objects.get().state == "importing"


@pytest.mark.django_db(transaction=True)
def test_of_two_threads_one_imports(admin_client: Client) -> None:
    run = bring_to_preview(admin_client)
    confirm(run, User.objects.get(), timezone.now())

    def work(_: int) -> bool:
        try:
            return carry_out(run.pk, timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == [False, True]
    assert Position.objects.count() == 42
    assert Deed.objects.filter(verb="imported").count() == 1
