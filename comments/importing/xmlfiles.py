"""An XML export, read element by element. Memory does not grow with the file, and nothing in it is fetched or expanded.

Only what is asked for is kept. A document type is refused before anything that it declares is looked at: exports have
none, and what attacks a parser is declared there.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from comments.importing.rows import Unreadable
from experts.tables import TableUnreadable, check_file

MAX_DEPTH = 100
MAX_TEXT = 1_000_000  # characters of one element that is asked for
MAX_TOKEN = 10_000_000  # bytes of a tag that does not end
CHUNK = 1 << 16

DOCTYPE = "The file has a document type (<!DOCTYPE …>), which exports never have and attacks do. It is not read."
TRUNCATED = "The file ends in the middle: it is not complete. Export it again, or copy it once more."
TOO_DEEP = f"Elements stand more than {MAX_DEPTH} deep in each other, as in no export."
TOO_LONG = f"One element is longer than {MAX_TEXT:,} characters."
NAMESPACES = (  # every version of WordPress has its own
    (re.compile(r"http://wordpress\.org/export/[\d.]+/"), "wp:"),
    (re.compile(r"http://disqus\.com/disqus-internals/?"), "dsq:"),
    (re.compile(r"http://disqus\.com/?"), ""),
)
KNOWN_BY = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION_LATE = re.compile(r"\A(\s+)(<\?xml\b[^>]*\?>)")  # behind empty lines, as some plug-ins leave it
_CONTROLS = dict.fromkeys(
    (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)
)  # no parser takes them, some exports have them

type Wanted = Mapping[str, AbstractSet[str]]


@dataclass(slots=True)
class Element:
    """`fields` are the texts of elements inside by their path from here, and attributes as “path@name”."""

    path: str
    line: int
    outer: Any = None  # the element around it that is asked for, too
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()


class _Gathering:
    """What the parser calls; elements that are asked for are added to `done` when they end."""

    def __init__(self, wanted: Wanted, root: str, refusal: str) -> None:
        self.wanted, self.root, self.refusal = wanted, root, refusal
        self.found = ""  # the outermost element
        self.paths: list[str] = []  # of the elements that are open
        self.open: list[Element] = []  # those of them that are asked for
        self.done: list[Element] = []
        self.text: list[str] | None = None
        self.length = 0
        self.fed = 0  # bytes
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.buffer_text = True

    def feed(self, text: str, file: str) -> None:
        """An empty text ends it."""
        try:
            self.parser.Parse(text if self.fed else _DECLARATION_LATE.sub(r"\2\1", text), not text)
        except expat.ExpatError as error:
            if not self.found:
                raise Unreadable(f"{file} is not an XML file.", error.lineno) from error
            told = f"The XML is broken here: {expat.ErrorString(error.code)}." if text else TRUNCATED
            raise Unreadable(told, error.lineno) from error
        self.fed += len(text.encode())
        if self.fed - self.parser.CurrentByteIndex > MAX_TOKEN:
            raise Unreadable(TOO_LONG, self.line)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        path = f"{self.paths[-1]}/{_name(tag)}" if self.paths else _name(tag)
        self.found = self.found or path
        if self.found != self.root:
            raise Unreadable(self.refusal, self.line)
        if len(self.paths) >= MAX_DEPTH:
            raise Unreadable(TOO_DEEP, self.line)
        self.paths.append(path)
        if path in self.wanted:
            self.open.append(Element(path, self.line, self.open[-1] if self.open else None))
        for name, value in attributes.items():
            self.keep(f"{path}@{_name(name)}", value)
        if self.is_wanted(path):
            self.text, self.length = [], 0

    def add(self, text: str) -> None:
        if self.text is None:
            return
        self.length += len(text)
        if self.length > MAX_TEXT:
            raise Unreadable(TOO_LONG, self.line)
        self.text.append(text)

    def end(self, tag: str) -> None:
        path = self.paths.pop()
        if self.text is not None and self.is_wanted(path):
            self.keep(path, "".join(self.text))
            self.text = None
        if self.open and self.open[-1].path == path:
            self.done.append(self.open.pop())

    def keep(self, path: str, value: str) -> None:
        """The first of several counts."""
        if self.is_wanted(path):
            self.open[-1].fields.setdefault(self.within(path), value)

    def is_wanted(self, path: str) -> bool:
        return bool(self.open) and self.within(path) in self.wanted[self.open[-1].path]

    def within(self, path: str) -> str:
        return path[len(self.open[-1].path) :].removeprefix("/")

    def refuse_doctype(self, *_: object) -> None:
        raise Unreadable(DOCTYPE, self.line)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber


def read_elements(path: Path, wanted: Wanted, root: str, refusal: str) -> Iterator[Element]:
    """Those at the paths asked for, each when it ends, with the fields asked for. `refusal` is said of another root."""
    gathering = _Gathering(wanted, root, refusal)
    for text in decode(path):
        gathering.feed(text, path.name)
        yield from gathering.done
        gathering.done.clear()
    gathering.feed("", path.name)


def peek_root(path: Path) -> str:
    """The name of the outermost element; empty where the file is no XML at all."""
    gathering = _Gathering({}, "", "")
    for text in decode(path):
        if not (gathering.fed or text.lstrip().startswith("<")):
            break
        try:
            gathering.feed(text, path.name)
        except Unreadable:
            if not gathering.found:
                raise
            break
    return gathering.found


def decode(path: Path) -> Iterator[str]:
    """The text of the file, by its mark, by what it says of itself, or else as UTF-8."""
    try:
        check_file(path)
    except TableUnreadable as error:
        raise Unreadable(str(error)) from error
    line = 1
    with path.open("rb") as file:
        decoder = _choose_decoder(file.read(1024), path.name)
        file.seek(0)
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _blame(error, line) from error
            if "\0" in text:
                raise Unreadable("There is a NUL byte: this is no text.", line + text[: text.index("\0")].count("\n"))
            line += text.count("\n")
            yield text.translate(_CONTROLS)


def _choose_decoder(start: bytes, name: str) -> codecs.IncrementalDecoder:
    for mark, description in KNOWN_BY:
        if start.startswith(mark):
            raise Unreadable(f"{name} is not an XML file: it is {description}.")
    encoding = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
    if not encoding:
        found = _DECLARED.match(start)
        encoding = found[1].decode() if found else "utf-8"
    try:
        "".encode(encoding)  # refuses what is no encoding of text, such as “hex”
        return codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise Unreadable(f"The file says that it is in “{encoding}”, an encoding that is not known.", 1) from error


def _blame(error: UnicodeDecodeError, line: int) -> Unreadable:
    line += error.object[: error.start].count(b"\n")
    byte = f"byte 0x{error.object[error.start]:02x}"
    return Unreadable(
        f"This is not {error.encoding.upper()} ({byte}), as the file says or should be. Save it as UTF-8.", line
    )


def _name(tag: str) -> str:
    """A name in a foreign namespace keeps it, so that it is nothing that is asked for."""
    namespace, _, local = tag.rpartition(" ")
    if not namespace:
        return local
    prefix = next((prefix for pattern, prefix in NAMESPACES if pattern.fullmatch(namespace)), f"{{{namespace}}}")
    return prefix + local
