"""Reading documents: what each format gives, and ten hostile ones that end soon, small and with one sentence."""

import base64
import io
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

import pytest

from articles.importing import documents, reader
from articles.importing.blocks import Block, Document, DocumentUnreadable
from articles.importing.documents import (
    MAX_BYTES,
    OUT_OF_TIME,
    read_pasted,
    read_path,
    read_upload,
    understand_pasted,
    understand_path,
    understand_upload,
)
from articles.importing.understanding import MAX_SECTIONS, understand

ROOT = Path(__file__).resolve().parents[2]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def word_file(body: str, prolog: str = "", **parts: bytes | str) -> bytes:
    """A small .docx; `parts` by path, slashes written as two underscores."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("Title", "Title"), ("Heading1", "heading 1"), ("Quote", "Quote"), ("Subtitle", "Subtitle"))
    )
    content: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": f'{prolog}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/_rels/document.xml.rels": RELATIONS.replace("word/document.xml", "styles.xml").replace(
            'officeDocument"', 'styles"'
        ),
    }
    content.update({name.replace("__", "/"): data for name, data in parts.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return out.getvalue()


def read(name: str, data: bytes | str) -> Document:
    return read_upload(name, io.BytesIO(data.encode() if isinstance(data, str) else data))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def refusal(name: str, data: bytes | str) -> str:
    with pytest.raises(DocumentUnreadable) as caught:
        read(name, data)
    return str(caught.value)


# --- Formats ---------------------------------------------------------------------------------------------------------


def test_a_word_file_keeps_its_headings_quotations_and_margins() -> None:
    body = paragraph("Who pays?", "Title") + paragraph("1. Ada Lind", "Heading1") + paragraph("Nobody does.", "Quote")
    header = f'<w:hdr xmlns:w="{WORD}">{paragraph("Draft of May")}</w:hdr>'
    document = read("a.docx", word_file(body, word__header1_xml="", **{"word__header1.xml": header}))
    kinds = [(block.kind, block.level, block.text, block.where) for block in document.blocks]
    assert kinds[:2] == [("heading", 1, "Who pays?", ""), ("heading", 1, "1. Ada Lind", "")]
    assert kinds[2][:1] + kinds[2][2:] == ("quote", "Nobody does.", "")
    assert kinds[3] == ("paragraph", 0, "Draft of May", "page header")


def test_a_page_is_read_with_its_furniture_named() -> None:
    page = """<html><body><nav><a href="/">Home</a></nav><article><h1>Who pays?</h1><p>Ada <b>Lind</b> pays,
    says <a href="https://example.org/x">a letter</a>.</p><ul><li>One<li>Two</ul><table><tr><th>A<th>B</tr></table>
    <blockquote>Never.</blockquote></article><div class="cookie-notice">We use cookies</div></body></html>"""
    document = read("a.html", page)
    assert [(b.kind, b.text, b.where) for b in document.blocks] == [
        ("paragraph", "Home", "navigation"),
        ("heading", "Who pays?", ""),
        ("paragraph", "Ada Lind pays, says a letter.", ""),
        ("item", "One", ""),
        ("item", "Two", ""),
        ("row", "A\tB", ""),
        ("quote", "Never.", ""),
        ("paragraph", "We use cookies", "cookie notice"),
    ]
    [link] = document.blocks[2].links
    assert document.blocks[2].text[link.start : link.end] == "a letter"
    assert link.url == "https://example.org/x"


def test_html_inside_markdown_stays_text() -> None:
    document = read(
        "a.md", "---\ntitle: Pay\nauthor: Ada Lind\n---\n# Who pays?\n\n<b onclick=x>Ada</b> pays\n\n> Never.\n"
    )
    assert document.meta == {"title": "Pay", "author": "Ada Lind"}
    assert texts(document) == ["title: Pay", "author: Ada Lind", "Who pays?", "<b onclick=x>Ada</b> pays", "Never."]
    assert {block.where for block in document.blocks[:2]} == {"front matter"}


def test_lines_broken_at_a_width_are_joined_and_others_are_not() -> None:
    line = "The councils along the coast have counted the waiting hours of last year"
    wrapped = "\n".join([line, line, line, "and found none."]) + "\n\n" + "\n".join([line, line, "Short."])
    assert texts(read("a.txt", wrapped)) == [f"{line} {line} {line} and found none.", f"{line} {line} Short."]
    assert texts(read_pasted("Ada Lind\n3 May 2024\n\nShort lines\nstand alone")) == [
        *("Ada Lind", "3 May 2024", "Short lines", "stand alone"),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "Süß, “naïve” – 北京".encode()),
        ("a.txt", b"\xef\xbb\xbf" + "Süß, “naïve” – 北京".encode()),
        ("a.txt", "Süß, “naïve” – 北京".encode("utf-16")),
        ("a.txt", "\ufeffSüß, “naïve” – 北京".encode("utf-16-be")),
        ("a.html", '<meta charset="gb18030"><p>Süß, “naïve” – 北京</p>'.encode("gb18030")),
    ],
)
def test_encodings(name: str, data: bytes) -> None:
    assert texts(read(name, data)) == ["Süß, “naïve” – 北京"]


def test_western_bytes_without_a_mark_are_understood() -> None:
    assert texts(read("a.txt", "Süß, “naïve” – 5 €".encode("cp1252"))) == ["Süß, “naïve” – 5 €"]
    page = '<meta charset="hex"><p>Süß</p>'.encode("cp1252")
    assert texts(read("a.html", page)) == ["Süß"]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", b"%PDF-1.7", "PDF files cannot be read"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "Old Word documents"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 99, "with a password"),
        ("a.docx", b"no zip at all", "not a Word document"),
        ("a.txt", b"PK\x03\x04" + b"\x00" * 99, "not plain text"),
        ("a.txt", bytes(range(32)) * 99, "not text"),
        ("a", b"words", "“without an ending”"),
        ("a.odt", b"PK", "“.odt” cannot be read"),
        ("a.txt", b"  \n ", "no text"),
        ("a.html", b"", "no text"),
        ("a.html", b"<html><body><script>1</script></body></html>", "no text"),
        ("a.txt", b"word " * 120_000, "longer than an article"),
    ],
)
def test_what_cannot_be_read_says_so(name: str, data: bytes, expected: str) -> None:
    assert expected in refusal(name, data)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match=r"There is no file none\.txt"):
        read_path(tmp_path / "none.txt")


@pytest.mark.parametrize(
    "page",
    [
        '<body><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript></body>',
        f"<html><body><div id=app>Loading …</div><script>{'x=1;' * 500}</script></body></html>",
        "<html><head><title>News</title></head><body><nav>Home News Sport</nav><div></div><script "
        "src=a.js></script></body></html>",
    ],
)
def test_a_page_drawn_by_script_is_an_error(page: str) -> None:
    assert "drawn by a script" in refusal("a.html", page) or "holds no text" in refusal("a.html", page)


def test_a_short_page_with_scripts_is_read() -> None:
    words = "Ada Lind pays for the ferry, and has done so for ten years. " * 4
    assert texts(read("a.html", f"<p>{words}</p><script>{'x=1;' * 900}</script>")) == [words.strip()]


# --- Hostile ones ----------------------------------------------------------------------------------------------------


def zip_bomb() -> bytes:
    return word_file(paragraph("Who pays?"), **{"word__media.xml": b"<a>" + b" " * 300_000_000 + b"</a>"})


def many_small_bombs() -> bytes:
    return word_file(paragraph("Who pays?"), **{f"word__media__{n}.png": b"\0" * 9_000_000 for n in range(8)})


def entity_bomb() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return word_file(paragraph("&l9;"), prolog=f'<!DOCTYPE d [<!ENTITY l0 "lol">{lines}]>')


def external_entity() -> bytes:
    return word_file(paragraph("&x;"), prolog='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>')


def entities_in_another_part() -> bytes:
    """What is the document says a list in the file, which may name a part that is not called XML."""
    bomb = '<!DOCTYPE d [<!ENTITY x "lol">]><a>&x;</a>'
    return word_file(paragraph("Who pays?"), **{"word__text.bin": bomb.encode("utf-16")})


def deep_word() -> bytes:
    return word_file("<w:tbl><w:tr><w:tc>" * 110 + paragraph("Who pays?") + "</w:tc></w:tr></w:tbl>" * 110)


def path_traversal() -> bytes:
    return word_file(paragraph("Who pays?"), **{"..__..__etc__cron.xml": "<a/>"})


def lying_sizes() -> bytes:
    """The list of parts says 10 bytes where there are 50 million."""
    data = bytearray(word_file(paragraph("Who pays?"), **{"word__big.xml": b"<a>" + b" " * 50_000_000 + b"</a>"}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            if data[place + offset : place + offset + 4] == struct.pack("<I", 50_000_007):
                data[place + offset : place + offset + 4] = struct.pack("<I", 10)
    return bytes(data)


def macros() -> bytes:
    return word_file(paragraph("Who pays?"), **{"word__vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def picture_of_30_mb() -> bytes:
    return b'<p>Who pays?</p><img src="data:image/png;base64,' + base64.b64encode(b"\1" * 23_000_000) + b'">'


def html_entities() -> bytes:
    return b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>Who pays? &x;</p>'


def html_entity_bomb() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE html [<!ENTITY l0 "lol">{lines}]><p>Who pays? &l9;</p>'.encode()


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("bomb.docx", zip_bomb, "would unpack to far more"),
    ("bombs.docx", many_small_bombs, "would unpack to far more"),
    ("entities.docx", entity_bomb, "declares entities"),
    ("entities_elsewhere.docx", entities_in_another_part, "declares entities"),
    ("entities.html", html_entity_bomb, "declares entities"),
    ("external.docx", external_entity, "declares entities"),
    ("external.html", html_entities, "declares entities"),
    ("deep.docx", deep_word, "nested more than"),
    ("deep.html", lambda: b"<div>" * 300 + b"Who pays?" + b"</div>" * 300, "nested more than"),
    ("deeper.html", lambda: b"<b>" * 200_000 + b"Who pays?", "nested more than"),
    ("deep.md", lambda: b"> " * 300 + b"Who pays?", "nested more than"),
    ("paths.docx", path_traversal, "lead out of it"),
    ("lies.docx", lying_sizes, "not what its list of parts says"),
    ("macros.docx", macros, "holds macros"),
    ("macros.docm", macros, "may hold macros"),
    ("base64.html", picture_of_30_mb, "larger than 20 MB"),
]


@pytest.mark.parametrize(("name", "make", "expected"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_a_hostile_document_is_refused_soon_and_small(
    tmp_path: Path, name: str, make: Callable[[], bytes], expected: str
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(DocumentUnreadable) as caught:
        read_path(path)
    assert expected in str(caught.value)
    assert str(caught.value).endswith(".")
    assert time.monotonic() - started < 20
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 30_000  # KB on this side; the other is held below 256 MB by the kernel
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_too_large_is_refused_while_it_is_sent() -> None:
    assert "larger than 20 MB" in refusal("a.txt", b"x" * (MAX_BYTES + 1))


def test_script_links_and_remote_pictures_are_dropped_and_named() -> None:
    page = """<h1>Who pays?</h1><p onclick="x()">Ada Lind pays, <a href="javascript:steal()">press here</a>,
    <a href=" java&#10;script:x">or here</a>. <img src="https://spy.example/p.png" alt="A ferry"></p>
    <script>steal()</script>
    <iframe src="https://spy.example/f"></iframe>"""
    document = read("a.html", page)
    assert [b.text for b in document.blocks if b.kind != "figure"] == [
        "Who pays?",
        "Ada Lind pays, press here, or here.",
    ]
    assert not any(block.links for block in document.blocks)
    assert dict(document.dropped)["press here"].startswith("a link that would run a script")
    assert dict(document.dropped)["A ferry"] == "a picture on another site; it was not fetched"
    assert dict(document.dropped)["spy.example"].startswith("a frame")
    assert "steal" not in str(document)


def test_script_links_in_markdown_are_dropped_too() -> None:
    document = read("a.md", "# Who pays?\n\n[Ada](javascript:steal()) and ![x](data:text/html;base64,AAAA)\n")
    assert not any(block.links for block in document.blocks)
    assert "steal" not in str(document)


def test_a_picture_written_into_a_page_is_dropped() -> None:
    picture = base64.b64encode(bytes(12_000_000))
    data = b'<p>Who pays?</p><img alt="Ferry" src="data:image/png;base64,' + picture + b'">'
    document = read("a.html", data)
    assert document.blocks[0].text == "Who pays?"
    assert ("Ferry", "a picture inside the document; bring it in by itself") in document.dropped


def test_endless_work_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.importing.documents.WALL_SECONDS", 0.01)
    assert "takes too long" in refusal("a.txt", "Who pays?")


def test_the_reader_is_held_below_256_mb() -> None:
    """A page that a parser needs many times its size for. The system's own count begins anew with each program."""
    code = """import pathlib, sys; from articles.importing import reader
reader.limit_itself(); print(reader.answer(".html", sys.stdin.buffer.read())["refused"])
print(next(line.split()[1] for line in pathlib.Path("/proc/self/status").open() if line.startswith("VmHWM")))"""
    page = b"<b>x</b>" * 2_400_000
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=page, capture_output=True, check=True)
    said, peak = done.stdout.decode().strip().split("\n")
    assert "more memory" in said
    assert 100 * 1024 < int(peak) < 256 * 1024  # KB; it did try


def test_characters_that_the_site_stores_nowhere_are_dropped_with_their_links_in_place() -> None:
    [block] = read("a.html", "<p>A\u202eda <a href='https://example.org/'>Li\u200fnd</a></p>").blocks
    assert block.text == "Ada Lind"
    assert block == Block("paragraph", "Ada Lind", links=block.links)
    assert block.text[block.links[0].start : block.links[0].end] == "Lind"


# --- Understanding, in the same process ------------------------------------------------------------------------------

SPOKEN = "# Who pays?\n\n## 1. Ada Lind\n\nShe says: “Nobody does, and nobody ever did.”\n"


def test_what_is_understood_over_there_is_what_would_be_here(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(SPOKEN)
    here = understand(read_path(path))
    assert [part.expert for part in here.sections] == ["Ada Lind"]
    assert understand_path(path) == here
    assert understand_upload("a.md", io.BytesIO(SPOKEN.encode())) == here
    pasted = understand_pasted(SPOKEN)
    assert pasted == understand(read_pasted(SPOKEN))
    assert [quoted.text for part in pasted.sections for quoted in part.quotes] == ["Nobody does, and nobody ever did."]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_what_cannot_be_read_is_not_understood(name: str) -> None:
    with pytest.raises(DocumentUnreadable, match=r"PDF files|not a Word document"):
        understand_upload(name, io.BytesIO(b"words"))


@pytest.mark.parametrize("text", ['"a ' * 20_000, "A.-B." * 20_000, "“a " * 20_000, "Ann Bell said. " * 10_000])
def test_text_made_to_be_looked_at_for_ever_ends(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the seconds of work, which do not depend on what else the machine does."""
    monkeypatch.setattr("articles.importing.documents.WALL_SECONDS", 100)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert understand_pasted(text).text
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


def test_what_takes_too_long_to_understand_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.importing.documents.WALL_SECONDS", 0.01)
    with pytest.raises(DocumentUnreadable, match="too long to understand; paste a part of it"):
        understand_pasted(SPOKEN)


def run_child(code: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, input=SPOKEN.encode(), capture_output=True, check=False)


def test_work_without_end_is_ended_by_the_limit_of_time_and_not_of_memory() -> None:
    code = """from articles.importing import reader
reader.CPU_SECONDS = 1; reader.limit_itself()
while True: pass"""
    assert run_child(code).returncode == OUT_OF_TIME


def test_the_other_process_knows_no_django() -> None:
    code = """import runpy, sys
sys.argv = ["reader", "understand", ".md"]
runpy.run_module("articles.importing", run_name="__main__")
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)"""
    loaded = run_child(code).stderr.decode().split()
    assert "articles" in loaded
    assert not {"django", "celery", "experts", "reversion"} & {*loaded}


def test_what_fails_in_understanding_is_one_sentence_and_a_place_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Document) -> None:
        raise KeyError(document.blocks[0].text)

    monkeypatch.setattr("articles.importing.reader.understand", fail)
    said = reader.answer_understood(".txt", b"Ada Lind pays")
    assert said["refused"].startswith("The document could not be understood")
    assert said["failed"].startswith("KeyError\n")
    assert "in fail" in said["failed"]
    assert "Ada" not in str(said)


def test_a_failure_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def run(command: list[str], *, stdout: IO[bytes], **_: object) -> subprocess.CompletedProcess[bytes]:
        stdout.write(b'{"refused": "It could not be understood.", "failed": "KeyError in a.py"}')
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("articles.importing.documents.subprocess.run", run)
    with pytest.raises(DocumentUnreadable, match="could not be understood"):
        understand_pasted(SPOKEN)
    assert "KeyError in a.py" in caplog.text


@pytest.mark.parametrize(("count", "is_refused"), [(MAX_SECTIONS, False), (MAX_SECTIONS + 1, True)])
def test_more_sections_than_an_article_can_have_are_refused(count: int, is_refused: bool) -> None:
    text = "# Who pays?\n\n" + "\n\n".join(f"## Part {n}\n\nNobody pays for the ferry." for n in range(1, count + 1))
    if is_refused:
        with pytest.raises(DocumentUnreadable, match="seems to have 201 sections; an article can have 200"):
            understand_pasted(text)
    else:
        assert len(understand_pasted(text).sections) == count


def test_where_all_readers_are_busy_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SEATS", BoundedSemaphore(1))
    monkeypatch.setattr(documents, "WALL_SECONDS", 0.01)
    with documents.take_a_seat(), pytest.raises(DocumentUnreadable, match="try again in a minute"):
        documents.understand_pasted("Nobody waits for ever.")
    with documents.take_a_seat():
        pass
