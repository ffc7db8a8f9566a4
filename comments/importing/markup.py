"""HTML of other systems becomes the small Markdown of comments/bodies.py. What that cannot say stays in words.

No word is lost: headings become strong lines, tables lines, pictures and players links to them. Scripts and what no
browser shows are no words.
"""

import html as entities
import re
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import lxml.html
from lxml import etree

from comments.importing.nesting import Nesting
from comments.importing.sentences import Address, Code, Sentence, Verbatim, longest_run, write_link

HIDDEN = {"script", "style", "template", "noscript", "head", "title", "svg", "object", "canvas"}
MARKS = {**dict.fromkeys(("em", "i", "cite", "dfn", "var"), "*"), **dict.fromkeys(("strong", "b"), "**")}
HEADINGS = {f"h{n}" for n in range(1, 7)}
MONOSPACED = {"code", "tt", "kbd", "samp"}
SIGNS = {"q": ("“", "”"), **dict.fromkeys(("del", "s", "strike"), ("~~", "~~"))}
SHOWN = {"img", "iframe", "embed", "video", "audio", "source"}
BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "aside", "main", "center", "address", "figure", "details"),
    *(
        "figcaption",
        "summary",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "caption",
        "fieldset",
        "form",
        "body",
        "html",
        *HEADINGS,
    ),
}
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_PLAIN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE = "/?:@!$&'()*+,;=~#%[]"
REDIRECTS = ("disq.us",)


def write_markdown(html: str, base: str = "", *, keeps_lines: bool = False) -> str:
    """`base` is the address that relative links begin from. `keeps_lines` where line breaks in the source count."""
    writing = _Writing(base, keeps_lines=keeps_lines)
    root = _parse(html)
    if root is None:
        writing.write(entities.unescape(_TAG.sub(" ", html)))
        return writing.finish()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start" and element.tag in HIDDEN:
            walk.skip_subtree()
        elif event == "start":
            writing.enter(element)
        else:
            writing.leave(element)
    return writing.finish()


def _parse(html: str) -> Any:
    """None where it is nested so deeply that the parser gives up."""
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = lxml.html.document_fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), parser=parser)
    return None if any("depth" in error.message.lower() for error in parser.error_log) else root


class _Writing:
    """Holds the paragraph that is being written; a block element ends it."""

    def __init__(self, base: str, *, keeps_lines: bool) -> None:
        self.base, self.keeps_lines = base, keeps_lines
        self.nesting = Nesting()
        self.sentence = Sentence()
        self.outside = self.sentence  # of the link that is open
        self.link: Any = None
        self.verbatim: list[str] | None = None
        self.within = ""  # the element that `verbatim` belongs to

    def finish(self) -> str:
        self.flush()
        return self.nesting.finish()

    def enter(self, element: Any) -> None:
        tag = element.tag
        if self.verbatim is not None:
            self.verbatim.append("\n" if tag == "br" else "")
        elif tag in MONOSPACED or tag == "pre":
            self.begin_verbatim(tag)
        elif tag in MARKS:
            self.sentence.begin(MARKS[tag])
        elif tag == "a":
            self.begin_link(element)
        elif tag in ("br", "hr"):
            self.break_line() if tag == "br" else self.write_rule()
        elif tag in SHOWN:
            self.show(element)
        elif tag in ("blockquote", "ul", "ol", "li"):
            self.flush()
            self.nesting.enter(tag, element.get("start") or "")
        else:
            self.enter_other(element)
        self.write(element.text or "")

    def enter_other(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
        if tag == "p":
            self.nesting.note_paragraph()
        if tag in HEADINGS:
            self.sentence.begin("**")
        if tag in SIGNS:
            self.sentence.pieces.append(Code(SIGNS[tag][0]))
        if tag in ("td", "th") and element.getprevious() is not None:
            self.sentence.write(" | ")

    def leave(self, element: Any) -> None:
        tag = element.tag
        if tag in HIDDEN:
            pass
        elif self.verbatim is not None:
            if tag == self.within:
                self.end_verbatim(tag)
        elif tag in MARKS:
            self.sentence.end(MARKS[tag])
        elif tag == "a":
            if element is self.link:
                self.end_link()
        elif tag in ("blockquote", "ul", "ol", "li"):
            self.flush()
            self.nesting.leave(tag)
        else:
            self.leave_other(tag)
        self.write(element.tail or "")

    def leave_other(self, tag: str) -> None:
        if tag in HEADINGS:
            self.sentence.end("**")
        if tag in BLOCKS:
            self.flush()
        if tag in SIGNS:
            self.sentence.pieces.append(Code(SIGNS[tag][1]))

    def write(self, text: str) -> None:
        if self.verbatim is not None:
            self.verbatim.append(text)
        elif not self.keeps_lines:
            self.sentence.write(text)
        else:
            self.write_lines(text)

    def write_lines(self, text: str) -> None:
        for number, paragraph in enumerate(_PARAGRAPH.split(text)):
            if number:
                self.flush()
            for place, line in enumerate(paragraph.split("\n")):
                if place:
                    self.sentence.break_line()
                self.sentence.write(line)

    def break_line(self) -> None:
        """Two in a row end the paragraph."""
        if self.sentence.has_just_broken and self.link is None:
            self.flush()
        else:
            self.sentence.break_line()

    def write_rule(self) -> None:
        self.flush()
        self.nesting.add("—")

    def flush(self) -> None:
        """Inside a link there are no paragraphs."""
        if self.link is not None:
            self.sentence.write(" ")
        else:
            self.nesting.add(self.sentence.take())

    def begin_verbatim(self, tag: str) -> None:
        if tag == "pre":
            self.flush()
        self.verbatim, self.within = [], tag

    def end_verbatim(self, tag: str) -> None:
        text, self.verbatim = "".join(self.verbatim or []), None
        if tag == "pre" and self.link is None:
            fence = "`" * max(3, longest_run(text, "`") + 1)
            self.nesting.add(f"{fence}\n{text.strip('\n')}\n{fence}" if text.strip() else "")
        elif text.strip():
            self.sentence.pieces.append(Verbatim(text))
        elif text:
            self.sentence.write(" ")

    def begin_link(self, element: Any) -> None:
        """One inside another ends it, as in browsers."""
        if self.link is not None:
            self.end_link()
        self.link, self.outside, self.sentence = element, self.sentence, Sentence(is_label=True)

    def end_link(self) -> None:
        address = resolve(self.link.get("href") or "", self.base)
        label, self.sentence, self.link = self.sentence, self.outside, None
        if is_web(address):
            self.add_link(label, address)
            return
        self.sentence.pieces += label.pieces
        told = address.removeprefix("mailto:")
        if _is_harmless(address) and told not in label.words:
            self.sentence.write(f" ({told})")

    def add_link(self, label: Sentence, address: str) -> None:
        words = label.words
        if is_web(words) and quote(words, safe=_SAFE) == address:
            self.sentence.pieces.append(Address(words))
        elif not words or _is_short_for(words, address):
            self.sentence.pieces.append(Address(address))
        else:
            self.sentence.pieces.append(write_link(" ".join(label.take().split()), address))

    def show(self, element: Any) -> None:
        """A picture or player becomes a link to it, with the words that describe it."""
        address = resolve(element.get("src") or "", self.base)
        words = (element.get("alt") or element.get("title") or "").strip()
        if self.link is None and is_web(address):
            self.add_link(Sentence(is_label=True, pieces=[words] if words else []), address)
        else:
            self.sentence.write(f" {words} ")


def resolve(href: str, base: str) -> str:
    """Absolute, without the detour over Disqus, and in ASCII. Empty where it is none."""
    try:
        address = urljoin(base, href.strip()) if href.strip() else ""
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.hostname in REDIRECTS and (beyond := parse_qs(parts.query).get("url")):
        address = re.sub(r":[\w-]{20,}\Z", "", beyond[0])  # behind it stands a signature
    return quote(address, safe=_SAFE)


def is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _is_short_for(words: str, address: str) -> bool:
    """Disqus cuts the addresses that it shows."""
    start = words.removesuffix("…").removesuffix("...")
    return start != words and is_web(start) and address.startswith(start)


def _is_harmless(address: str) -> bool:
    """An address of another kind is told in words, but nothing that would run."""
    scheme = _PLAIN_URL.match(address)
    return bool(scheme) and scheme[0].lower() not in ("javascript:", "vbscript:", "data:")  # type: ignore[index]
