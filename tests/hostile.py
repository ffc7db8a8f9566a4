"""What nobody means well with, and how to see that it has done nothing to a page."""

import re
from collections import Counter

from comments.bodies import TAGS
from tests.pages import Element, Page

TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}"
TEXTS = {
    "a script": "<script>alert(1)</script>",
    "a script that is not closed": "</p></div></article><script>alert(1)",
    "an event": '<img src=x onerror=alert(1)><svg/onload=alert(1)><b onmouseover="alert(1)">x</b>',
    "out of an attribute": "\"' autofocus onfocus=alert(1) x=\"'",
    "out of a field": "</textarea></select></title><script>alert(1)</script>",
    "a frame": '<iframe srcdoc="<script>alert(1)</script>"></iframe><object data=x></object><form action=//evil>',
    "a comment": "<!-- --!><script>alert(1)</script><!--",
    "a link": "[x](javascript:alert(1)) <javascript:alert(1)> [x]( JaVaScRiPt:alert(1))",
    "a link in pieces": "[x](java\tscript:alert(1)) [x](java\nscript:alert(1)) [x](\x01javascript:alert(1))",
    "a link in entities": "[x](javascript&colon;alert(1)) [x](&#106;avascript:alert(1)) [x](j&#x61;vascript&#58;x)",
    "other links": "[x](data:text/html,<script>alert(1)</script>) [x](vbscript:x) [x](//evil.example) [x](file:///etc)",
    "a link that reaches out": '[x](https://a.example/"onmouseover="x) [x](https://a.example/"><script>alert(1)</script>)',
    "HTML in Markdown": '<a href="javascript:x">x</a>\n\n<style>p{display:none}</style>\n\n    <script>x</script>',
    "text turned round": f"{TURNED}gnihton\u2066\u2067\u202a\u200f\u061c",
    "marks piled up": "Z" + "\u0303\u0489\u0317" * 300,
    "NUL": "a\x00b\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "controls": "\x1b]0;x\x07\x08\x7f\x85\ufeff\ufffe",
    "half a pair": "\ud800\udfff\udc00",
    "line breaks": "Rosa\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u2028\u2029\x0b\x0c",
    "brackets": "[" * 20_000,
    "brackets and more": "[](" * 1_600 + "*_`<![" * 100,
    "list markers": "- " * 1_500,
    "list markers below each other": "\n".join(" " * n + "- x" for n in range(90)),
    "quotes in quotes": ">" * 4_900,
    "100 KB": "x" * 100_000,
    "a template": "{{ 7*7 }}{% include 'x' %}{{ settings.SECRET_KEY }}${7*7}<%= 7*7 %>",
    "a format": "%s%n%(x)s{0.__class__}",
    "SQL": "'; DROP TABLE comments_comment; --",
    "nothing to see": "\u200b\u3164\u2800\u00ad",
    "a look-alike": "Аdа Fеrnwісk",
    "a long word": "Ж" * 4_900,
}
# As bytes of a form that no text makes.
ENCODED = {
    "NUL": "%00",
    "half a pair": "%ED%A0%80",
    "half a letter": "%C3",
    "no letter": "%FF%FE",
    "a long way to a slash": "%C0%AF",
    "broken encoding": "%zz%",
    "a plus": "+++",
}

CLOSED = (
    "main",
    "article",
    "section",
    "div",
    "p",
    "ul",
    "ol",
    "table",
    "blockquote",
    "form",
    "details",
    "header",
    "pre",
)


def outline(page: Element) -> Counter[tuple[str, ...]]:
    """Every element with the names of its attributes; what stands inside of a comment's text is left out."""
    inside = {id(e) for body in page.find("div", "comment-body") for e in body.elements}
    return Counter((e.tag, *sorted(e.attributes)) for e in page.elements if id(e) not in inside)


def assert_harmless(page: Page) -> None:
    """Nothing runs, nothing leads elsewhere than to a site, nothing invisible is left, and the page is whole."""
    for body in page.find("div", "comment-body"):
        assert {e.tag for e in body.elements} <= TAGS
        assert {name for e in body.elements for name in e.attributes} <= {"href", "rel", "start"}
        assert all(e["href"].startswith(("https://", "http://")) for e in body.find("a"))
        assert all({"nofollow", "ugc", "noopener"} == set(e["rel"].split()) for e in body.find("a"))
    assert not [name for e in page.elements for name in e.attributes if name.startswith("on") or name == "style"]
    scripts = [e for e in page.find("script") if e["type"] != "application/ld+json"]  # that is data; nothing runs it
    assert [e for e in scripts if not e["src"].startswith("/static/")] == []
    assert not [e for e in page.elements if e.tag in ("iframe", "object", "embed", "style", "base", "frame", "applet")]
    assert all(e["action"].startswith("/") or not e["action"] for e in page.find("form"))
    assert page.find("footer", "colophon")
    assert {
        tag for tag in CLOSED if len(re.findall(f"<{tag}\\b", page.source)) != page.source.count(f"</{tag}>")
    } == set()
    assert page.source.rstrip().endswith("</html>")
    assert not [character for character in page.source if character in f"\x00\x0b\x1b\x7f{TURNED}"]
