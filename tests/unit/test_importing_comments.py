"""Exports of WordPress and Disqus and tables become the same rows, and every broken file a single message."""

import csv
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments.importing import Export, ForeignComment, Page, Unreadable, guess_format, xmlfiles

DATA = Path(__file__).parents[1] / "data" / "comments"
WORDPRESS = (DATA / "wordpress.xml").read_text()
DISQUS = (DATA / "disqus.xml").read_text()
TABLE = (DATA / "comments.csv").read_text()


def write(folder: Path, content: str | bytes, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, name: str = "") -> list[ForeignComment]:
    export = Export(path, guess_format(path), name)
    return list(export.read_in_order(export.check()))


def complaint(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path)
    return f"line {caught.value.line}: {caught.value}"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# --- WordPress -------------------------------------------------------------------------------------------------------


def test_a_wordpress_export() -> None:
    rows = read(DATA / "wordpress.xml")
    page = Page(
        "https://sleeping-car.example/blog/2024/03/night-trains/",
        "night-trains",
        "Who believes in night trains – and who doesn’t",
    )
    first = ForeignComment(
        reference="wordpress:sleeping-car.example/blog:12",
        parent_reference=None,
        page=page,
        name="Ottilie Marsh & Sons",
        address="ottilie@marsh.example",
        text="I slept **well**, see [these beds](https://beds.example/a_b?x=1&y=2).\n"
        "Second line <b>, and code: `a[b[0]]>1`\n\n"
        "> They will, and on time.\n>\n> Every night.\n\n"
        "2 \\* 3 \\* 4 is snake_case",
        created_at=at(2024, 3, 1, 11, 30, 5),
        state="visible",
        from_ip="192.0.2.7",
    )
    assert rows[0] == first
    assert [row.reference.rpartition(":")[2] for row in rows] == ["12", "14", "15", "16", "17", "18", "20", "21"]
    assert [(row.parent_reference or "").rpartition(":")[2] for row in rows[:4]] == ["", "12", "14", ""]
    assert [row.state for row in rows] == ["visible"] * 3 + ["held", "spam", "rejected"] + ["visible"] * 2
    assert [row.address for row in rows[1:3]] == ["ada@blume.example", ""]
    assert rows[1].from_ip == "2001:db8::7"
    assert rows[-1].page == Page("https://sleeping-car.example/blog/about/", "about", "About")
    assert rows[-1].text == "夜行列車が好きです。"


def test_what_waits_has_the_date_of_the_site_or_of_its_page() -> None:
    dates = {row.reference.rpartition(":")[2]: row.created_at for row in read(DATA / "wordpress.xml")}
    assert dates["16"] == at(2024, 3, 3, 8)
    assert dates["17"] == at(2024, 3, 1, 8)


def test_pingbacks_are_left_out_and_counted_and_their_replies_stand_alone() -> None:
    export = Export(DATA / "wordpress.xml", "wordpress")
    made = export.check()
    assert [entry.reason for entry in made.left_out] == ["pingbacks"]
    assert made.orphans == {"wordpress:sleeping-car.example/blog:20"}
    reply = next(row for row in export.read_in_order(made) if row.reference.endswith(":20"))
    assert reply.parent_reference is None


@pytest.mark.parametrize("kind", ["trackback", "order_note"])
def test_only_what_somebody_said_is_a_comment(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, WORDPRESS.replace("pingback", kind))
    assert [entry.reason for entry in Export(path, "wordpress").check().left_out] == [f"{kind}s"]


def test_an_empty_comment_in_the_trash_is_deleted_and_keeps_its_place(tmp_path: Path) -> None:
    rows = read(write(tmp_path, WORDPRESS.replace("Something rude.", "")))
    rude = next(row for row in rows if row.reference.endswith(":18"))
    assert (rude.state, rude.name, rude.address, rude.text) == ("deleted", "", "", "")


def test_every_version_and_way_of_writing_is_read_alike(tmp_path: Path) -> None:
    plain = read(DATA / "wordpress.xml")
    older = WORDPRESS.replace("wordpress.org/export/1.2/", "wordpress.org/export/1.0/")
    assert read(write(tmp_path, older)) == plain
    assert read(write(tmp_path, "\ufeff" + WORDPRESS.strip())) == plain
    assert read(write(tmp_path, WORDPRESS.strip().replace('"UTF-8"', '"UTF-16"').encode("utf-16"))) == plain
    latin = WORDPRESS.strip().replace("夜行列車が好きです。", "Müd").replace('"UTF-8"', '"ISO-8859-1"')
    assert read(write(tmp_path, latin.encode("latin-1")))[-1].text == "Müd"
    assert read(write(tmp_path, WORDPRESS.replace("I did not.", "I did\x08 not.")))[2].text == "I did not."


def test_the_name_of_the_site_can_be_given() -> None:
    assert read(DATA / "wordpress.xml", "old")[1].reference == "wordpress:old:14"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<wp:wxr_version>1.2</wp:wxr_version>", "", "line 14: This is a feed, not a WordPress export"),
        ("<![CDATA[trash]]>", "binned", "line 103: “binned” is no state of a comment"),
        ("2024-03-04 07:00:00", "yesterday", "line 103: “yesterday” is not a date"),
        ("<wp:comment_id>16</wp:comment_id>", "", "line 81: A comment has no wp:comment_id"),
        ("<wp:comment_id>16<", "<wp:comment_id>14<", "14” is in the file twice, first in line 69."),
        (
            "<wp:comment_parent>14<",
            "<wp:comment_parent>21<",
            "which stands under “https://sleeping-car.example/blog/about",
        ),
        ("<wp:base_blog_url>https://sleeping-car.example/Blog/<", "<wp:base_blog_url>/<", "does not say of which site"),
    ],
)
def test_what_is_wrong_with_a_wordpress_export(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in WORDPRESS
    assert expected in complaint(write(tmp_path, WORDPRESS.replace(old, new, 1)))


def test_comments_that_answer_each_other_in_a_circle(tmp_path: Path) -> None:
    circle = WORDPRESS.replace("<wp:comment_parent>0<", "<wp:comment_parent>15<", 1)
    assert "It answers itself, by way of its own replies." in complaint(write(tmp_path, circle))


# --- Disqus ----------------------------------------------------------------------------------------------------------


def test_a_disqus_export() -> None:
    rows = read(DATA / "disqus.xml")
    page = Page(
        "https://sleeping-car.example/2024/03/night-trains.html",
        "41 https://sleeping-car.example/?p=41",
        "Who doesn’t believe in night trains",
    )
    first = ForeignComment(
        reference="disqus:sleepingcar:900001",
        parent_reference=None,
        page=page,
        name="Ottilie Marsh & Sons",
        address="ottilie@marsh.example",
        text="I slept **well**.\nSee http://beds.example/long-address and `x]]>y`\n\n> They will.",
        created_at=at(2024, 3, 1, 11, 30, 5),
        state="visible",
        from_ip="192.0.2.7",
    )
    assert rows[0] == first
    assert [row.state for row in rows] == ["visible", "visible", "deleted", "spam", "held"]
    assert [row.parent_reference for row in rows[1:3]] == ["disqus:sleepingcar:900001", "disqus:sleepingcar:900002"]
    assert (rows[1].name, rows[1].address, rows[1].text) == ("ada_blume", "", "Did *you*? —")
    assert rows[4].page == Page("", "about", "About")


def test_what_was_taken_back_brings_nothing_of_the_person() -> None:
    gone = read(DATA / "disqus.xml")[2]
    assert (gone.name, gone.address, gone.text, gone.from_ip) == ("", "", "", None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('<thread dsq:id="5002" />', '<thread dsq:id="5003" />', "line 96: The comment belongs to the thread “5003”"),
        ("<isSpam>true</isSpam>", "<isSpam>maybe</isSpam>", "line 83: isSpam is “maybe”, not true or false."),
        ("2024-03-01T12:50:00Z", "", "line 96: “” is not a date"),
        ('<post dsq:id="900002">', "<post>", "line 54: A <post> has no dsq:id."),
        ('<post dsq:id="900002">', '<post dsq:id="900001">', "line 54: The comment “disqus:sleepingcar:900001” is in"),
    ],
)
def test_what_is_wrong_with_a_disqus_export(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in DISQUS
    assert expected in complaint(write(tmp_path, DISQUS.replace(old, new)))


# --- XML that is none, or not only that ------------------------------------------------------------------------------

BOMB = '<!DOCTYPE rss [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "is empty"),
        ("Just words.\n", "no column “id”, “page”, “text”, “date”"),
        ("<html><body>Sign in</body></html>", "neither a WordPress nor a Disqus export: it begins with <html>"),
        ("< rss>", "is not an XML file"),
        (b"PK\x03\x04....", "a zip archive; unpack it first"),
        (b"\x1f\x8b\x08...", "a compressed file; unpack it first"),
        (b"%PDF-1.7", "a PDF document"),
        (WORDPRESS[:3000], "The file ends in the middle"),
        (DISQUS[:-10], "The file ends in the middle"),
        (WORDPRESS.replace("</item>", "</itme>", 1), "line 132: The XML is broken here: mismatched tag."),
        (WORDPRESS.replace("夜", "&nbsp;").replace("<![CDATA[&nbsp;", "&nbsp;"), "broken here: undefined entity"),
        (WORDPRESS.replace("I did not.", "I did \0 not."), "line 64: There is a NUL byte"),
        (
            WORDPRESS.replace("I did not.", "Café").encode("latin-1", "ignore"),
            "line 64: This is not UTF-8 (byte 0xe9",
        ),
        ('<?xml version="1.0" encoding="hex"?><rss/>', "“hex”, an encoding that is not known"),
        ('<?xml version="1.0"?>' + BOMB + "]><rss>&j;</rss>", "line 1: The file has a document type"),
        ('<!DOCTYPE disqus SYSTEM "http://127.0.0.1:9/x.dtd"><disqus/>', "The file has a document type"),
        ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss>&x;</rss>', "The file has a document type"),
        ("<rss>" + "<channel>" * 200, "more than 100 deep"),
        ("<rss>" + "</rss>" * 2, "broken here"),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert expected in complaint(write(tmp_path, content))


def test_entities_of_a_document_type_are_not_even_read(tmp_path: Path) -> None:
    path = write(tmp_path, WORDPRESS.strip().replace("<rss", BOMB + "]><rss", 1).replace("Did you?", "&j;"))
    tracemalloc.start()
    assert "document type" in complaint(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_one_format_is_not_taken_for_another() -> None:
    with pytest.raises(Unreadable, match="not a Disqus export"):
        Export(DATA / "wordpress.xml", "disqus").check()
    with pytest.raises(Unreadable, match="not a WordPress export"):
        Export(DATA / "disqus.xml", "wordpress").check()
    with pytest.raises(Unreadable, match="not an XML file"):
        Export(DATA / "comments.csv", "disqus").check()


def test_what_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlfiles, "MAX_TEXT", 1000)
    long = write(tmp_path, DISQUS.replace("Buy beds", "b" * 1001))
    assert "line 85: One element is longer than" in complaint(long)
    monkeypatch.setattr(xmlfiles, "MAX_TOKEN", 100_000)
    endless = write(tmp_path, f"<disqus a='{'x' * 300_000}")
    assert "One element is longer than" in complaint(endless)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    head, _, rest = DISQUS.partition('<post dsq:id="900004">')
    post = '<post dsq:id="900004">' + rest.partition("</post>")[0] + "</post>"

    def most(posts: int) -> int:
        path = write(tmp_path, head + "".join(post.replace("900004", str(n)) for n in range(posts)) + "</disqus>")
        tracemalloc.start()
        for _row in Export(path, "disqus").read():
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert most(3000) < 1.5 * most(300)


# --- Tables ----------------------------------------------------------------------------------------------------------


def test_a_table() -> None:
    rows = read(DATA / "comments.csv")
    page = Page("https://sleeping-car.example/night-trains", "night-trains", "Night trains")
    text = "I slept **well**.\n\n- two\n- beds"
    at_noon = at(2024, 3, 1, 11, 30, 5)
    first = ForeignComment(
        "csv:comments:1", None, page, "Ottilie Marsh", "ottilie@marsh.example", text, at_noon, "visible", "192.0.2.7"
    )
    assert rows[0] == first
    assert [row.reference for row in rows] == [f"csv:comments:{n}" for n in range(1, 8)]
    assert [row.line for row in rows] == [2, 7, 6, 8, 9, 10, 11]
    assert [row.state for row in rows] == ["visible"] * 3 + ["held", "spam", "deleted", "rejected"]
    assert (rows[1].text, rows[1].from_ip, rows[2].created_at) == ("=1+1?", None, at(2024, 3, 2, 9))
    assert rows[3].page == Page("", "about", "About")
    assert read(DATA / "comments.csv", "blog")[0].reference == "csv:blog:1"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id,parent", "number,parent", "line 1: The table has no column “id”."),
        ("comment,date", "words,when", "no column “text”, “date”"),
        ("pending", "perhaps", "line 8: “perhaps” is no state; there are visible, held, rejected, spam, deleted."),
        ("2024-03-04,", "4.3.2024,", "line 11: “4.3.2024” is not a date like 2024-01-31 14:05."),
        ("7,,about", "1,,about", "line 11: The comment “csv:comments:1” is in the file twice, first in line 2."),
        ("7,,about", ",,about", "line 11: The row has no id."),
        ("7,,about", "7,,", "line 11: The row names no page."),
        ("7,,about", "7,99,about", "line 11: It answers the comment “csv:comments:99”, which is not in the file."),
        ("7,,about", "7,1,about", "line 11: It stands under “about”, but answers the comment in line 2"),
        ("7,,about", "7,7,about", "line 11: It answers itself"),
        ("7,,about", "7,,about,more,and,more,and,more", "line 11: The row has 15 cells, the heading line 10."),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in TABLE
    assert expected in complaint(write(tmp_path, TABLE.replace(old, new, 1), "comments.csv"))


def test_a_deep_thread_in_reverse_comes_out_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "parent", "page", "text", "date"])
        writer.writerows([n, n - 1 or "", "deep", f"Level {n}", "2024-01-01"] for n in range(3000, 0, -1))
    assert [row.text for row in read(path)] == [f"Level {n}" for n in range(1, 3001)]
