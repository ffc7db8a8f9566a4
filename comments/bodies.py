"""What a reader writes, and the HTML it becomes: rendered once, when it is written, and sealed.

A small Markdown: paragraphs, emphasis, code, quotes, lists and links. Headings, pictures, tables and HTML stay the text
they are. Two walls stand behind each other: the parser writes only what it knows, and nh3 lets through only `TAGS`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import nh3
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from aisrace.lib.text import calm_marks, clean_text, drop_invisible

RENDERER = 1  # goes up with every change to what a text is rendered to
TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}  # without "*" nh3 adds some of its own
RULES = ["blockquote", "code", "fence", "list", "autolink", "backticks", "emphasis", "escape", "link", "newline"]
DEPTH = 6  # of quotes and lists inside each other; what is deeper stays text
SHOWN = 60  # characters of an address

# A site, and what follows it up to white space or what closes a link, a quotation, a sentence in a script without
# spaces. No user:password@, which shows one host and leads to another. Bounded, so that no text makes it slow.
_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])https?://(?![^\s/?#@]{0,255}@)(?:[\w-]{1,63}\.){1,10}[\w-]{1,63}(?::\d{1,5})?"
    r"(?:[/?#][^\s<>\"`{}|\\^\[\]。，、；？！（）「」『』《》【】]{0,2000})?",
    re.IGNORECASE,
)
_LEADS_OUT = re.compile(r"https?://((?:[a-z0-9_-]+\.)+[a-z0-9-]+)\.?(?::\d{1,5})?(?:[/?#]|\Z)", re.IGNORECASE)
# What a reader takes for the name of a site in the words of a link.
_SITE = re.compile(r"(?:://(?:www\.)?|\bwww\.)([^\s/?#:]+)")

type BlockRule = Callable[[StateBlock, int, int, bool], bool]


@dataclass(frozen=True)
class Body:
    html: str
    renderer: int
    seal: str


def render(text: str) -> Body:
    """About a millisecond for an ordinary comment. Never raises, and the HTML is whole whatever the text is."""
    html = render_text(text)
    return Body(html, RENDERER, _seal(html, RENDERER, settings.SECRET_KEY))


@lru_cache(maxsize=64)
def render_text(text: str) -> str:
    """The HTML alone; the rules look at it before it is kept, so the newest are remembered."""
    return _CLEANER.clean(_PARSER.render(to_plain(text))).strip()


def is_sealed(html: str, renderer: int, seal: str) -> bool:
    """Whether this site rendered it. Some microseconds; old keys count as long as settings keep them."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_seal(html, renderer, key), seal) for key in keys)


def trusted_html(text: str, html: str, renderer: int, seal: str) -> str:
    """The stored HTML, or the text rendered anew where the seal does not fit: for what SQL wrote, or a new key."""
    return html if is_sealed(html, renderer, seal) else render_text(text)


def to_plain(text: str) -> str:
    """The source itself, cleaned: what is stored, mailed and rendered. Cleaning it twice changes nothing."""
    return calm_marks(clean_text(drop_invisible(text)))


def count_links(text: str) -> int:
    """Of the rendered text: an address in code is none."""
    return render_text(text).count("<a ")


def find_links(text: str) -> list[tuple[int, int, str]]:
    """Where addresses stand in the source: from, to, and the address as written.

    They need not be as many as `count_links`: an address in code is found, one spelled with entities is not.
    """
    found = [(match.start(), _trim(match[0])) for match in _ADDRESS.finditer(text)]
    return [(start, start + len(address), address) for start, address in found if _normalize(address)]


def _seal(html: str, renderer: int, key: str | bytes) -> str:
    return salted_hmac("comments.bodies", f"{renderer}\n{html}", key, algorithm="sha256").hexdigest()[:32]


def _normalize(address: str) -> str:
    """As a link has it, or "" where it leads nowhere."""
    href = _PARSER.normalizeLink(address)
    return href if _leads_out(href) else ""


def _leads_out(href: str) -> bool:
    """The cleaner has the last word: it refuses hosts and ports that only look like some."""
    return bool(_LEADS_OUT.match(href)) and "href" in _CLEANER.clean(f'<a href="{escape(href)}">')


def _trim(address: str) -> str:
    """Without the punctuation of the sentence around it; a bracket that it opens itself stays closed."""
    end, unopened = len(address), address.count(")") - address.count("(")
    while end and (address[end - 1] in ".,;:!?*_~'’”»…" or (address[end - 1] == ")" and unopened > 0)):
        unopened -= address[end - 1] == ")"
        end -= 1
    return address[:end]


def _shorten(address: str) -> str:
    return address if len(address) <= SHOWN else f"{address[: SHOWN - 1]}…"


def _link_bare_address(state: StateInline, silent: bool) -> bool:
    """The parser stops at every colon; what stands before it is pending by then."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = 5 if state.src[max(0, state.pos - 5) : state.pos].lower() == "https" else 4
    match = _ADDRESS.match(state.src, max(0, state.pos - scheme), state.posMax)
    address = _trim(match[0]) if match else ""
    href = _normalize(address)
    if not href:
        return False
    if not silent:
        state.pending = state.pending[:-scheme]
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.info = {"href": href}, "auto"
        state.push("text", "", 0).content = _shorten(address)
        state.push("link_close", "a", -1)
    state.pos += len(address) - scheme
    return True


def _say_where_links_lead(state: StateCore) -> None:
    for block in state.tokens:
        block.children = list(_relabel(block.children or []))


def _relabel(tokens: list[Token]) -> Iterator[Token]:
    """A link without words, or whose words name another site, shows its own address. No link lies in a link."""
    link: Token | None = None
    label: list[Token] = []
    for token in tokens:
        if token.type == "link_open":
            link, label = token, []
        elif link and token.type != "link_close":
            label.append(token)
            continue
        elif link:
            yield from _label(link, label)
            link = None
        yield token


def _label(link: Token, label: list[Token]) -> list[Token]:
    address = str(link.attrs["href"])
    words = "".join(token.content for token in label).strip()
    if words and (link.info == "auto" or not _names_another(words.lower(), address.lower())):
        return label
    return [Token("text", "", 0, content=_shorten(address))]


def _names_another(words: str, address: str) -> bool:
    host = _LEADS_OUT.match(address)
    return not host or any(site != host[1].removeprefix("www.") for site in _SITE.findall(words))


def _no_deeper(rule: BlockRule) -> BlockRule:
    """The parser itself would drop what is nested too deeply."""

    def rule_down_to_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < DEPTH and rule(state, start, end, silent)

    return rule_down_to_depth


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": DEPTH + 4}).enable(RULES)
    parser.validateLink = _leads_out  # type: ignore[assignment, method-assign]
    # As written: decoding an address for show would bring back what was cleaned away.
    parser.normalizeLinkText = _shorten  # type: ignore[assignment, method-assign]
    for name, rule, interrupts in [
        ("blockquote", blockquote, ["paragraph", "blockquote", "list"]),
        ("list", list_block, ["paragraph", "blockquote"]),
    ]:
        parser.block.ruler.at(name, _no_deeper(rule), {"alt": interrupts})
    parser.inline.ruler.push("bare_address", _link_bare_address)
    parser.core.ruler.push("say_where_links_lead", _say_where_links_lead)
    return parser


_PARSER = _make_parser()
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
