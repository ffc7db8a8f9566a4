"""Moving in and out: what comes, what is known again, what is left alone, and what people are told."""

import csv
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from articles.models import Edition
from articles.publishing import withdraw
from comments.exporting import read_comments, write_csv
from comments.importing import Export, ForeignComment, bringing
from comments.importing.bringing import Listener, bring
from comments.models import Comment, Commenter, Letter, Revision
from comments.moderating import approve, reject
from comments.rights import erase_person
from experts.addresses import leave
from tests import make, talk
from tests.make import LONG_AGO, NOW

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "comments"
HEADINGS = ["id", "parent", "page", "name", "email", "text", "date", "state", "ip"]


def trains(**values: Any) -> Edition:
    return talk.live(**{"slug": "night-trains"} | values)


def run(*arguments: Any) -> str:
    told = StringIO()
    call_command("import_comments", *map(str, arguments), stdout=told)
    return told.getvalue()


def refused(*arguments: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def export(*arguments: Any) -> str:
    told = StringIO()
    call_command("export_comments", *map(str, arguments), stdout=told)
    return told.getvalue()


def table(folder: Path, *rows: list[Any], name: str = "comments.csv") -> Path:
    path = folder / name
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def row(number: int, parent: Any = "", text: str = "", **values: str) -> list[Any]:
    told = {
        "page": "night-trains",
        "name": "Ada Blume",
        "email": "ada@blume.example",
        "date": "2024-03-01",
        "state": "",
    }
    told |= values
    words = text or f"Comment {number}."
    return [
        number,
        parent,
        told["page"],
        told["name"],
        told["email"],
        words,
        told["date"],
        told["state"],
        told.get("ip", ""),
    ]


def by_number() -> dict[str, Comment]:
    return {str(one.reference).rpartition(":")[2]: one for one in Comment.objects.select_related("commenter", "parent")}


def everything() -> list[tuple[Any, ...]]:
    fields = ("pk", "reference", "text", "html", "state", "path", "name", "commenter", "created_at", "revision")
    return list(Comment.objects.order_by("pk").values_list(*fields))


# --- What comes ------------------------------------------------------------------------------------------------------


def test_comments_of_wordpress_keep_threads_dates_and_states() -> None:
    edition = trains()
    said = run(DATA / "wordpress.xml")
    assert "created 7, updated 0, unchanged 0, left alone 0, left out 2" in said
    assert "1  pingbacks are no comments (first in line 114)" in said
    assert "1  https://sleeping-car.example/blog/about/: no article here has its address or title" in said
    assert "7  https://sleeping-car.example/blog/2024/03/night-trains/ → night-trains" in said
    assert "1 answer something that is not in the file; they stand alone." in said
    rows = by_number()
    first, reply, below = rows["12"], rows["14"], rows["15"]
    assert (reply.parent, below.parent, below.depth) == (first, reply, 2)
    assert first.path < reply.path < below.path
    assert {number: one.state for number, one in rows.items()} == {
        "12": "visible",
        "14": "visible",
        "15": "visible",
        "16": "held",
        "17": "spam",
        "18": "rejected",
        "20": "visible",
    }
    assert first.created_at == first.shown_at == datetime(2024, 3, 1, 11, 30, 5, tzinfo=UTC)
    assert rows["16"].shown_at is None
    assert (first.article_id, first.name) == (edition.article_id, "Ottilie Marsh & Sons")
    assert "<strong>well</strong>" in first.html
    assert first.commenter
    assert first.commenter.address == "ottilie@marsh.example"
    assert first.commenter.confirmed_at is None
    assert (below.commenter, rows["20"].parent) == (None, None)


def test_comments_of_disqus_find_their_article_by_the_end_of_its_address() -> None:
    trains()
    assert "created 4, updated 0" in run(DATA / "disqus.xml")
    rows = by_number()
    gone = rows["900003"]
    assert (gone.state, gone.text, gone.html, gone.name, gone.commenter, gone.from_ip) == (
        "deleted",
        "",
        "",
        "",
        None,
        None,
    )
    assert gone.parent == rows["900002"]
    assert not Commenter.objects.filter(address="back@blume.example").exists()


def test_a_table_comes_in_and_nobody_is_written_to(settings: Any) -> None:
    settings.COMMENTS_MODE, settings.COMMENTS_LIMITS = "closed", True
    trains()
    assert "created 3" in run(DATA / "comments.csv")
    assert run(DATA / "comments.csv", "--name", "blog").count("created 3") == 1
    assert not Letter.objects.exists()


def test_addresses_of_the_network_are_only_kept_as_long_as_those_of_readers(tmp_path: Path) -> None:
    trains()
    lately = (timezone.now() - timedelta(days=2)).isoformat()
    run(table(tmp_path, row(1, ip="192.0.2.7"), row(2, date=lately, ip="192.0.2.7")))
    rows = by_number()
    assert (rows["1"].from_ip, rows["2"].from_ip) == (None, "192.0.2.7")


def test_an_address_that_is_none_is_left_off(tmp_path: Path) -> None:
    trains()
    assert "1 came without their address" in run(table(tmp_path, row(1, email="nobody at all"), row(2, email="")))
    assert Commenter.objects.count() == 0


def test_a_date_to_come_is_left_out_with_all_that_answers_it(tmp_path: Path) -> None:
    trains()
    said = run(table(tmp_path, row(1, date="2999-01-01"), row(2, 1), row(3)))
    assert "created 1" in said
    assert "1  its date has not come yet (first in line 2)" in said
    assert "1  the comment that it answers was left out (first in line 3)" in said


# --- Which article ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("night-trains", ""),
        ("NIGHT-TRAINS", ""),
        ("https://old.example/2024/03/night-trains/?utm=1#c2", ""),
        ("/blog/night-trains.html", ""),
        ("https://old.example/?p=12", "who  BELIEVES in night trains"),
        ("former-trains", ""),
    ],
)
def test_a_page_is_known_by_its_address_or_title(tmp_path: Path, page: str, title: str) -> None:
    edition = trains()
    leave(edition.article, "former-trains", NOW)
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "page", "title", "text", "date"], [1, page, title, "Words", "2024-03-01"]])
    assert "created 1" in run(path)
    assert Comment.objects.get().article_id == edition.article_id


def test_somebody_says_which_article_a_page_is(tmp_path: Path) -> None:
    trains()
    path = table(tmp_path, row(1, page="https://old.example/?p=12"), row(2, page="https://old.example/?p=13"))
    said = run(path, "--page", "http://old.example/?p=12=night-trains")
    assert "created 1, updated 0, unchanged 0, left alone 0, left out 1" in said
    assert "1  https://old.example/?p=13: no article here has its address or title" in said


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("https://old.example/?p=99=night-trains", "Nothing in the file stands under “https://old.example/?p=99”."),
        ("night-trains=day-trains", "There is no article “day-trains” here."),
        ("night-trains", "--page wants ADDRESS=SLUG, not “night-trains”."),
    ],
)
def test_what_is_said_of_a_page_must_fit(tmp_path: Path, pair: str, expected: str) -> None:
    trains()
    assert expected in refused(table(tmp_path, row(1)), "--page", pair)
    assert not Comment.objects.exists()


def test_two_articles_with_one_title_are_not_guessed_at(tmp_path: Path) -> None:
    trains(headline="Same title")
    talk.live(headline="Same title")
    path = table(tmp_path, row(1), row(2, page="Same title"))
    assert "1  Same title: several articles have its title" in run(path)


def test_nothing_comes_to_articles_that_nobody_reads(tmp_path: Path) -> None:
    make.article(slug="draft")
    gone = talk.live(slug="withdrawn")
    withdraw(gone.article, reason="Wrong.", by=None, now=NOW)
    path = table(tmp_path, row(1, page="draft"), row(2, page="withdrawn"))
    said = refused(path)
    assert "No page in the file is an article here. Say which is which with --page ADDRESS=SLUG." in said
    assert said.count("the article is not before readers") == 2
    assert not Comment.objects.exists()


# --- Again -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wordpress.xml", "disqus.xml", "comments.csv"])
def test_repeating_it_changes_nothing(name: str) -> None:
    trains()
    run(DATA / name)
    before = everything()
    said = run(DATA / name)
    assert f"created 0, updated 0, unchanged {len(before)}, left alone 0" in said
    assert everything() == before
    assert not Revision.objects.exists()


def test_what_has_changed_there_changes_here(tmp_path: Path) -> None:
    trains()
    run(table(tmp_path, row(1), row(2, state="held"), row(3, 1), row(4)))
    said = run(table(tmp_path, row(1, text="Mended."), row(2), row(3, 1, state="deleted"), row(4), row(5, 3)))
    assert "created 1, updated 3, unchanged 1, left alone 0, left out 0" in said
    rows = by_number()
    assert (rows["1"].text, rows["1"].html) == ("Mended.", "<p>Mended.</p>")
    assert (rows["2"].state, rows["2"].shown_at) == ("visible", rows["2"].created_at)
    assert (rows["3"].state, rows["3"].text, rows["3"].name) == ("deleted", "", "")
    assert rows["5"].parent == rows["3"]
    assert not Letter.objects.exists()


def test_what_was_decided_or_edited_here_stays(tmp_path: Path) -> None:
    trains()
    run(table(tmp_path, row(1), row(2, state="held"), row(3), row(4), row(5, email="per@vintner.example"), row(6)))
    rows = by_number()
    reject(rows["1"].pk, "insult", by=None, now=NOW)
    approve(rows["2"].pk, by=None, now=NOW)
    Comment.objects.filter(pk=rows["3"].pk).update(text="Mended here.", revision=2)
    Comment.objects.filter(pk=rows["4"].pk).update(featured_at=NOW)
    assert rows["5"].commenter
    erase_person(rows["5"].commenter, now=NOW)
    before = everything()
    changed = [row(n, text="From there.", email="per@vintner.example") for n in range(1, 6)]
    said = run(table(tmp_path, *changed, row(6)))
    assert "created 0, updated 0, unchanged 1, left alone 5, left out 0" in said
    assert "5  somebody here has edited it or decided about it since (first in line 2)" in said
    assert everything() == before
    assert not Commenter.objects.filter(address="per@vintner.example").exists()


def test_a_comment_does_not_change_its_place(tmp_path: Path) -> None:
    trains()
    talk.live(slug="day-trains")
    run(table(tmp_path, row(1), row(2, 1), row(3)))
    said = run(
        table(
            tmp_path,
            row(1),
            row(2, text="Other."),
            row(3, page="day-trains", text="Other."),
            row(4, 3, page="day-trains"),
        )
    )
    assert "created 0, updated 0, unchanged 1, left alone 2, left out 1" in said
    assert said.count("here it stands under another article, or answers another comment") == 2


# --- Nothing by halves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (row(1), "line 4: The comment “csv:comments:1” is in the file twice, first in line 2."),
        (row(3, 99), "line 4: It answers the comment “csv:comments:99”, which is not in the file."),
        (row(3, date="soon"), "line 4: “soon” is not a date like 2024-01-31 14:05."),
    ],
)
def test_a_file_that_cannot_be_read_leaves_everything_as_it_is(tmp_path: Path, last: list[Any], expected: str) -> None:
    trains()
    said = refused(table(tmp_path, row(1), row(2), last))
    assert said == f"Nothing was imported.\n{expected}"
    assert not Comment.objects.exists()
    assert not Commenter.objects.exists()


def test_a_missing_file() -> None:
    assert "cannot be read" in refused("/nowhere/export.xml")


def test_a_dry_run_tells_the_same_and_keeps_nothing() -> None:
    trains()
    told = run(DATA / "wordpress.xml", "--dry-run")
    assert "A dry run: nothing was stored." in told
    assert not Comment.objects.exists()
    assert not Commenter.objects.exists()
    assert told == run(DATA / "wordpress.xml") + "\nA dry run: nothing was stored.\n"


class Stops(Listener):
    """Somebody presses Ctrl-C behind the first portion."""

    def advance(self, stage: str, done: int, total: int | None) -> None:
        if stage == "Bringing in":
            raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_what_was_interrupted_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "PORTION", 2)
    trains()
    path = Export(table(tmp_path, *[row(n, n - 1 or "") for n in range(1, 6)]), "csv")
    with pytest.raises(KeyboardInterrupt):
        bring(path, {}, now=timezone.now(), listener=Stops())
    assert Comment.objects.count() == 2
    report = bring(path, {}, now=timezone.now())
    assert (report.created, report.unchanged) == (3, 2)
    assert [by_number()[str(n)].depth for n in range(1, 6)] == [0, 1, 2, 3, 4]


def test_what_it_costs_in_queries(tmp_path: Path) -> None:
    trains()
    counts = []
    for number in (20, 120):
        path = table(tmp_path, *[row(n, n - 1 or "") for n in range(1, number + 1)], name=f"{number}.csv")
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                bring(Export(path, "csv"), {}, now=timezone.now())
            counts.append(len(seen))
    first_20, again_20, first_120, again_120 = counts
    assert again_20 <= 10
    one_portion_more = again_120 - again_20
    assert one_portion_more <= 4
    assert first_120 - first_20 - one_portion_more <= 100 * 6


# --- Out -------------------------------------------------------------------------------------------------------------


def conversation() -> Edition:
    """A thread in every state, by somebody with an address and somebody without."""
    edition = trains()
    rosa = talk.person()
    first = talk.comment(edition, "=SUM(A1) and *more*", commenter=rosa, at=LONG_AGO)
    for state in ("visible", "held", "rejected", "spam", "unconfirmed"):
        talk.comment(edition, f"I am {state}.", parent=first, state=state, commenter=rosa)
    gone = talk.comment(edition, "", state="deleted", name="")
    talk.comment(edition, "", state="erased", name="", parent=gone)
    talk.comment(edition, "Below what is gone.", parent=gone)
    return edition


@pytest.mark.parametrize("kind", ["csv", "wordpress", "disqus"])
def test_what_goes_out_comes_in_again_elsewhere(tmp_path: Path, kind: str) -> None:
    conversation()
    before = list(read_comments())
    path = tmp_path / f"all.{'csv' if kind == 'csv' else 'xml'}"
    export(path, "--format", kind)
    for comment in Comment.objects.order_by("-depth"):
        comment.delete()
    Commenter.objects.all().delete()
    assert f"created {len(before)}, updated 0" in run(path)
    after = list(read_comments())
    assert sorted(map(to_the_second, after)) == sorted(map(to_the_second, before))
    again = tmp_path / f"again.{kind}"
    export(again, "--format", kind)
    assert f"unchanged {len(before)}" in run(again, "--format", kind)


def to_the_second(told: ForeignComment) -> tuple[str, ...]:
    page = (told.page.link, told.page.title)
    person = (told.name, told.address, told.text)
    return (told.reference, told.parent_reference or "", *page, *person, str(told.created_at)[:19], told.state)


@pytest.mark.parametrize("kind", ["csv", "wordpress", "disqus"])
def test_what_was_written_here_is_known_again_here(tmp_path: Path, kind: str) -> None:
    conversation()
    path = tmp_path / "all.xml"
    export(path, "--format", kind)
    before = everything()
    assert "created 0, updated 0, unchanged 8, left alone 0" in run(path, "--format", kind)
    Comment.objects.filter(text="I am held.").update(text="Edited here.")
    assert "unchanged 7, left alone 1" in run(path, "--format", kind)
    assert len(everything()) == len(before)


def test_a_key_that_is_taken_by_another_comment_is_no_name(tmp_path: Path) -> None:
    """A site set up anew gives the same keys again."""
    edition = trains()
    old = talk.comment(edition, "The old one.", at=LONG_AGO)
    path = tmp_path / "all.csv"
    export(path)
    old.delete()
    talk.comment(edition, "The new one.", pk=old.pk)
    assert "created 1" in run(path)
    assert sorted(Comment.objects.values_list("text", flat=True)) == ["The new one.", "The old one."]


def test_what_waits_to_be_confirmed_is_not_told() -> None:
    conversation()
    assert "I am unconfirmed." not in export()
    assert "I am held." in export()


def test_one_article_goes_out_alone() -> None:
    conversation()
    talk.comment(talk.live(slug="day-trains"), "By day.")
    for kind in ("csv", "wordpress", "disqus"):
        alone = export("--article", "night-trains", "--format", kind)
        assert "night-trains" in alone
        assert "By day." not in alone
        assert "day-trains" not in alone
    with pytest.raises(CommandError, match="There is no article “nowhere”"):
        export("--article", "nowhere")


def test_an_export_is_for_its_owner_alone_and_whole_or_not_there(tmp_path: Path) -> None:
    conversation()
    path = tmp_path / "all.csv"
    export(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().decode() == export()
    with pytest.raises(CommandError, match="cannot be written"):
        export(tmp_path / "nowhere" / "all.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["all.csv"]


def test_what_goes_out_is_read_bit_by_bit() -> None:
    edition = trains()
    for n in range(3):
        talk.comment(edition, f"Comment {n}.")
    with CaptureQueriesContext(connection) as seen:
        pieces = write_csv([], read_comments())
        assert isinstance(pieces, Iterator)
        assert len(list(pieces)) == 4
    assert len(seen) == 1


@override_settings(SITE_URL="https://somewhere.example")
def test_pages_have_the_address_of_the_site() -> None:
    conversation()
    assert "https://somewhere.example/articles/night-trains/" in export()
