"""Word files (.docx): the package is judged before anything in it is read, and its pictures stay inside."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

import mammoth

from articles.importing.blocks import MAX_DEPTH, Block, DocumentUnreadable
from articles.importing.webpages import DEEP, ENTITIES, Read, read_fragment

MAX_ENTRIES = 2000
MAX_UNPACKED = 60_000_000  # of all parts together
MAX_PART = 8_000_000  # of one XML part; the text of an article is a few hundred thousand
CHUNK = 1 << 16

STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Titel'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Subtitle'] => p.standfirst:fresh
p[style-name='Untertitel'] => p.standfirst:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Caption'] => figcaption:fresh
r[style-name='Strong'] => strong
"""
BOMB = "The Word file would unpack to far more than an article; it is damaged or made to do harm."
PATHS = "The Word file holds parts with names that lead out of it; it is made to do harm."
LIES = "The Word file is not what its list of parts says; it is damaged or made to do harm."
MACROS = "The Word file holds macros; save it as .docx without them and try again."
LOCKED = "This is an old Word document (.doc) or one with a password; save it as .docx without one and try again."
NO_WORD = "The file is not a Word document (.docx), whatever its name says."


def read_word(data: bytes) -> Read:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise DocumentUnreadable(LOCKED)
    judge(data)

    def drop(image: mammoth.documents.Image) -> dict[str, str]:
        """Names the picture without opening it."""
        return {"src": "inside", "alt": image.alt_text or ""}

    converter = mammoth.images.img_element(drop)
    html = mammoth.convert_to_html(
        io.BytesIO(data), style_map=STYLES, convert_image=converter, external_file_access=False
    )
    blocks, dropped = read_fragment(html.value)
    return [*blocks, *_read_margins(data)], _read_properties(data), dropped


def judge(data: bytes) -> None:
    """Refuses what is no Word file, or one that would do harm; unpacks every part to see that none lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _judge_list(entries)
            total = 0
            for entry in entries:
                total += _judge_part(package, entry, MAX_UNPACKED - total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DocumentUnreadable(LIES if data[:2] == b"PK" else NO_WORD) from error


def _judge_list(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if any(_leads_out(name) for name in names):
        raise DocumentUnreadable(PATHS)
    if any("vbaproject" in name.lower() or name.lower().endswith((".bas", ".exe")) for name in names):
        raise DocumentUnreadable(MACROS)
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise DocumentUnreadable(BOMB)
    if len(set(names)) < len(names):
        raise DocumentUnreadable(LIES)
    if "word/document.xml" not in names and not any(name.endswith("document.xml") for name in names):
        raise DocumentUnreadable(NO_WORD)
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentUnreadable(LOCKED)


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or bool(re.match(r"[A-Za-z]:", name)) or "\x00" in name


def _judge_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """The true size. `ZipFile` stops at the size that the list declares, so a lie shows as a checksum that is wrong."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    check = _XmlCheck() if is_xml else _DoctypeCheck()
    size = 0
    for chunk in _unpack(package, entry):
        size += len(chunk)
        if size > min(left, MAX_PART if is_xml else left):
            raise DocumentUnreadable(BOMB)
        check.feed(chunk)
    if size != entry.file_size:
        raise DocumentUnreadable(LIES)
    if entry.filename == "[Content_Types].xml" and b"macroenabled" in package.read(entry).lower():
        raise DocumentUnreadable(MACROS)
    return size


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(entry) as part:
        while chunk := part.read(CHUNK):
            yield chunk


class _XmlCheck:
    """Goes through a part without keeping it: no DOCTYPE, no deep nesting."""

    def __init__(self) -> None:
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close

    def feed(self, chunk: bytes) -> None:
        try:
            self.parser.Parse(chunk)
        except expat.ExpatError as error:
            raise DocumentUnreadable(LIES) from error

    def _refuse(self, *_: object) -> None:
        raise DocumentUnreadable(ENTITIES)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise DocumentUnreadable(DEEP)

    def _close(self, name: str) -> None:
        self.depth -= 1


class _DoctypeCheck:
    """For parts that are not called XML: the package may name any of them as its document."""

    def __init__(self) -> None:
        self.before = b""

    def feed(self, chunk: bytes) -> None:
        seen = self.before + chunk.replace(b"\0", b"")  # so that UTF-16 hides nothing
        if b"<!DOCTYPE" in seen:
            raise DocumentUnreadable(ENTITIES)
        self.before = seen[-8:]


def _read_margins(data: bytes) -> list[Block]:
    """What stands at the head and foot of each sheet, which is no part of the article but is in the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if re.fullmatch(r"word/(header|footer)\d*\.xml", name)]
        texts = [(name, _words(package.read(name))) for name in sorted(names)]
    return [
        Block("paragraph", text, where="page header" if "header" in name else "page footer")
        for name, text in texts
        if text
    ]


def _words(xml: bytes) -> str:
    """Text of the runs; paragraphs become one line."""
    pieces: list[str] = []
    inside: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])

    def closed(name: str) -> None:
        if inside.pop() == "p":
            pieces.append(" ")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = lambda text: pieces.append(text) if inside and inside[-1] == "t" else None
    parser.Parse(xml, True)
    return " ".join("".join(pieces).split())


def _read_properties(data: bytes) -> dict[str, str]:
    """Only the title: the author is often whoever owned the computer, the date when the file was made."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if "docProps/core.xml" not in package.namelist():
            return {}
        found = re.search(
            r"<dc:title>([^<&]{1,300})</dc:title>", package.read("docProps/core.xml").decode("utf-8", "replace")
        )
    return {"title": found[1].strip()} if found and found[1].strip() else {}
