"""Rich text: what an editor may write, made safe once, on the way in."""

import html
import re

import nh3

TAGS = {
    *("p", "br", "h3", "h4", "ul", "ol", "li", "blockquote", "hr", "pre"),
    *("a", "strong", "em", "b", "i", "code", "sub", "sup", "abbr", "cite", "q"),
    *("table", "thead", "tbody", "tr", "th", "td", "caption"),
}
# “*” is said too: left out, the library lets its own “lang” and “title” through on every tag.
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href", "title"}, "abbr": {"title"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto"}
_INLINE = re.compile(r"</?(?:a|strong|em|b|i|code|sub|sup|abbr|cite|q)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def clean_html(value: str) -> str:
    """Only the tags above; scripts, styles and their contents are dropped, other tags unwrapped."""
    return nh3.clean(value, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener").strip()


def to_plain(value: str) -> str:
    """The words of a piece of *cleaned* HTML, one space between them: for counts, diffs and previews."""
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", value))).split())
