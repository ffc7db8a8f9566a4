"""What a reader writes becomes HTML that can neither act nor break the page around it, quickly, whatever it is."""

import re
import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisrace.lib.text import calm_marks
from comments import bodies
from comments.bodies import RENDERER, Body, count_links, find_links, is_sealed, render, to_plain, trusted_html

ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}
VOID = {"br"}


class Reading(HTMLParser):
    """What a browser would find: which tags with which attributes, and whether all are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.hrefs: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"{tag} is left open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in bodies.TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "href":
                self.hrefs.append(value or "")
            if name == "rel" and value != "nofollow ugc noopener":
                self.wrong.append(f"rel={value}")
        if tag == "a" and {name for name, _ in attrs} != {"href", "rel"}:
            self.wrong.append(f"a link of {attrs}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")


def faults(html: str) -> list[str]:
    reading = Reading(html)
    hosts = [urlsplit(href) for href in reading.hrefs]
    return reading.wrong + [url.geturl() for url in hosts if url.scheme not in ("http", "https") or not url.hostname]


@pytest.mark.parametrize(
    "bait",
    [
        "<script>x</script>",
        "<p onclick=x>y</p>",
        "<p>",
        "</p>",
        "<p><em></p></em>",
        '<a href="javascript:x" rel="nofollow ugc noopener">y</a>',
        '<a href="//x.org" rel="nofollow ugc noopener">y</a>',
        '<a href="https://x.org">y</a>',
        '<a rel="nofollow ugc noopener">y</a>',
        "<!--x-->",
        "<img src=x>",
    ],
)
def test_the_reading_finds_bait(bait: str) -> None:
    assert faults(bait)


def html(text: str) -> str:
    return re.sub(r' rel="nofollow ugc noopener"', "", render(text).html)


# --- What a reader means ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (" \n ", ""),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\ntwo", "<p>One<br>\ntwo</p>"),
        ("One\r\ntwo\u2028three", "<p>One<br>\ntwo<br>\nthree</p>"),
        ("*a* **b** `c` \\*d\\*", "<p><em>a</em> <strong>b</strong> <code>c</code> *d*</p>"),
        ("snake_case_name, 2*3*4", "<p>snake_case_name, 2<em>3</em>4</p>"),
        ("> said\n\nI say", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>I say</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("```js\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("    a < b", "<p>a &lt; b</p>"),
        ("x\n\n    a < b", "<p>x</p>\n<pre><code>a &lt; b\n</code></pre>"),
    ],
)
def test_the_small_markdown(text: str, shown: str) -> None:
    assert html(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Loud", "<p># Loud</p>"),
        ("Loud\n====\n\n---", "<p>Loud<br>\n====</p>\n<p>---</p>"),
        ("|a|\n|-|\n|b|", "<p>|a|<br>\n|-|<br>\n|b|</p>"),
        ("<b>x</b> <!-- y -->", "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>"),
        ("5 < 6 &copy; AT&T", "<p>5 &lt; 6 &amp;copy; AT&amp;T</p>"),
        ("~~x~~", "<p>~~x~~</p>"),
        ("<me@x.org>", "<p>&lt;me@x.org&gt;</p>"),
        ("[a]\n\n[a]: /x", "<p>[a]</p>\n<p>[a]: /x</p>"),
    ],
)
def test_all_else_stays_the_text_it_is(text: str, shown: str) -> None:
    assert html(text) == shown


@pytest.mark.parametrize("marker", ["> ", "- ", "1. "])
def test_what_is_nested_too_deeply_is_not_lost(marker: str) -> None:
    shown = html(f"{marker * 40}the point")
    assert "the point" in shown
    assert shown.count("<blockquote>") + shown.count("<ul>") + shown.count("<ol>") <= bodies.DEPTH


# --- Links -----------------------------------------------------------------------------------------------------------


def a(address: str, words: str = "") -> str:
    return f'<a href="{address}">{words or address}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://x.org/a_b_(c), yes", f"see {a('https://x.org/a_b_(c)')}, yes"),
        ("(https://x.org/a) https://x.org/b.", f"({a('https://x.org/a')}) {a('https://x.org/b')}."),
        ("“https://x.org”…", f"“{a('https://x.org')}”…"),
        ("*https://x.org*", f"<em>{a('https://x.org')}</em>"),
        ("_https://x.org_", f"<em>{a('https://x.org')}</em>"),
        ("<https://x.org/*>", a("https://x.org/*")),
        ("见https://x.org。然后", f"见{a('https://x.org')}。然后"),
        ("[here](https://x.org)", a("https://x.org", "here")),
        ('[*here*](https://x.org "a title")', a("https://x.org", "<em>here</em>")),
        ("![a chart](https://x.org/c.png)", f"!{a('https://x.org/c.png', 'a chart')}"),
        ("https://дом.рф/я", a("https://xn--d1aqf.xn--p1ai/%D1%8F", "https://дом.рф/я")),
        ("HTTPS://X.org", a("HTTPS://X.org")),
        ("`https://x.org`", "<code>https://x.org</code>"),
        ("xhttps://x.org http:// https://", "xhttps://x.org http:// https://"),
        ("https://x.org¹ http://x.org:99999 http://1.2.3.456", "https://x.org¹ http://x.org:99999 http://1.2.3.456"),
    ],
)
def test_links(text: str, shown: str) -> None:
    assert html(text) == f"<p>{shown}</p>"


def test_links_say_that_they_are_a_readers() -> None:
    assert (
        render("https://x.org").html == '<p><a href="https://x.org" rel="nofollow ugc noopener">https://x.org</a></p>'
    )


def test_a_long_address_is_shown_short() -> None:
    address = f"https://x.org/{'a' * 100}"
    assert html(address) == f"<p>{a(address, address[: bodies.SHOWN - 1] + '…')}</p>"


@pytest.mark.parametrize(
    "words", ["", " ", "\u200b", "\u3164", "https://bank.org", "*https://bank.org*/x", "www.bank.org."]
)
def test_words_cannot_hide_where_a_link_leads(words: str) -> None:
    assert html(f"[{words}](https://evil.example/bank.org)") == f"<p>{a('https://evil.example/bank.org')}</p>"


@pytest.mark.parametrize("words", ["https://x.org", "https://www.x.org/b", "www.x.org", "x.org, section 2"])
def test_words_may_name_the_site_they_lead_to(words: str) -> None:
    assert html(f"[{words}](https://x.org/a)") == f"<p>{a('https://x.org/a', words)}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "javascript&#x3A;alert(1)",
        "java&Tab;script:alert(1)",
        "jav&#x0A;ascript:alert(1)",
        "javascript\\:alert(1)",
        "%6Aavascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,AAAA",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://x.org/1",
        "view-source:https://x.org",
        "mailto:me@x.org",
        "ftp://x.org",
        "//x.org",
        "/experts/",
        "#top",
        "https:x.org",
        "https:/x.org",
        "https:///x.org",
        "https://localhost/",
        "https://bank.org@evil.example/",
        "https://bank.org:pw@evil.example/",
        "https://bank.org\\@evil.example/",
        "https:\\\\x.org",
        "http://[::1]/",
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "[x](<{}>)", "![x]({})", "<{}>", "{}", "[x]: {}\n\n[x]"])
def test_only_addresses_that_lead_out_are_links(address: str, form: str) -> None:
    shown = render(form.format(address)).html
    assert faults(shown) == []
    assert not [href for href in Reading(shown).hrefs if urlsplit(href).hostname not in ("x.org", "bank.org")]
    assert "javascript:" not in "".join(Reading(shown).hrefs).lower()


@pytest.mark.parametrize(
    ("text", "n", "found"),
    [
        ("none", 0, []),
        ("https://x.org and [y](https://y.org/(1)).", 2, ["https://x.org", "https://y.org/(1)"]),
        ("<https://x.org> ![y](http://y.org)", 2, ["https://x.org", "http://y.org"]),
        ("`https://x.org` <a href=x>", 0, ["https://x.org"]),
        ("[x](https&#58;//x.org)", 1, []),
        ("https://localhost javascript:https:", 0, []),
    ],
)
def test_links_are_counted_and_found(text: str, n: int, found: list[str]) -> None:
    assert count_links(text) == n
    assert [address for _, _, address in find_links(text)] == found
    assert all(text[start:end] == address for start, end, address in find_links(text))


# --- The seal --------------------------------------------------------------------------------------------------------


def test_what_was_rendered_is_printed_as_it_is() -> None:
    body = render("*Fine.*")
    assert body == Body("<p><em>Fine.</em></p>", RENDERER, body.seal)
    assert re.fullmatch("[0-9a-f]{32}", body.seal)
    assert is_sealed(body.html, body.renderer, body.seal)
    assert trusted_html("another text", body.html, body.renderer, body.seal) == body.html


@pytest.mark.parametrize(
    ("change", "renderer", "seal"),
    [
        ("<script>x</script>", 0, None),
        ("", 1, None),
        ("", 0, ""),
        ("", 0, "0" * 32),
        ("", 0, "é" * 32),
    ],
)
def test_what_was_put_in_by_hand_is_rendered_anew(change: str, renderer: int, seal: str | None) -> None:
    body = render("*Fine.*")
    row = (body.html + change, body.renderer + renderer, body.seal if seal is None else seal)
    assert not is_sealed(*row)
    assert trusted_html("*Fine.*", *row) == body.html


def test_a_seal_outlives_its_key_as_long_as_the_key_is_kept(settings) -> None:
    body, old = render("x"), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert not is_sealed(body.html, body.renderer, body.seal)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert is_sealed(body.html, body.renderer, body.seal)


def test_a_page_of_seals_is_checked_at_once() -> None:
    body = render("Some *words* and https://x.org, twice. " * 50)
    began = time.process_time()
    assert all(is_sealed(body.html, body.renderer, body.seal) for _ in range(50))
    assert time.process_time() - began < 0.5


# --- Hostile text ----------------------------------------------------------------------------------------------------

FLOODS = [
    *("[", "]", "](", "![", "[](", "[a](", "[a](<b", "[[](a)", "[`", "[*", "*[a]*", "(", "<", "<a ", "<http://a.b"),
    *("*", "**", "*_*_", "_a*b ", "a**b", "*a ", "`", "` `` ``` ", "\\", "&#x202e;", "&amp;", "!", ":", "://", "~"),
    *("- ", "> ", ">", "1. ", "1)\n", "- a\n", "> a\n", "\t- ", "* - + ", "```\n", "    a\n", "\n", "  \n", "a  \n"),
    *("https://", "https://x.org ", "https://x.org/(((", "https://x.org)))", "http://a.", "[https://a.b]("),
    *('[x](http://a.b "', "e\u0301", "\u0301", "\u200b", "\u200d", "\u202e", "\ue000", "\x00", "\ud800", "\ufdfa"),
    *("\U000e0041", "👩\u200d", "é", " "),
]
NESTED = {
    "a stair of lists": "\n".join(f"{'  ' * depth}- a" for depth in range(440)),
    "1,500 bullets": "- " * 1500 + "x",
    "1,500 quotes": "> " * 1500 + "x",
    "1,500 numbers": "1. " * 1500 + "x",
    "20,000 brackets": "[" * 20_000,
    "brackets that close": "[" * 5000 + "]" * 5000,
    "links in links": "[" * 2000 + "x" + "](https://x.org)" * 2000,
}


DELUGES = [
    *("[", "[*", "[](", "[[](a)", "[`", "*_*_", "a**b", "` `` ``` ", "<", "- a\n", "> a\n", "- ", "https://x.org "),
    *("https://", "\u0301"),
]


def is_soon_over(text: str, limit: float) -> bool:
    """In seconds of computing; a second try for a machine that was busy."""

    def took() -> float:
        began = time.process_time()
        shown = render(text).html
        ended = time.process_time()
        assert faults(shown) == []
        return ended - began

    return any(took() < limit for _ in range(2))


@pytest.mark.parametrize("flood", FLOODS, ids=ascii)
def test_a_flood_is_soon_over(flood: str) -> None:
    assert is_soon_over(flood * (10_000 // len(flood)), 0.3)


@pytest.mark.parametrize("flood", DELUGES, ids=ascii)
def test_a_deluge_does_not_hang(flood: str) -> None:
    """Ten times what is ever let in; quadratic work would take minutes."""
    assert is_soon_over(flood * (100_000 // len(flood)), 3)


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_nothing_nests_too_deeply(text: str) -> None:
    assert is_soon_over(text, 0.6)


@pytest.mark.parametrize("flood", [":", ".", "https://x.org ", "https://x.org)))", "https://x.org/(((", "http://a."])
def test_links_are_found_soon(flood: str) -> None:
    text = flood * (100_000 // len(flood))
    began = time.process_time()
    find_links(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "bait",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '`<script>`</p></div><script>alert("`")</script>',
        "```\n</code></pre><script>alert(1)</script>\n```",
        '```"><script>alert(1)</script>\nx\n```',
        '[x](https://x.org/"onmouseover="alert(1))',
        "[x](https://x.org/'><script>alert(1)</script>)",
        '[x](https://x.org "\\"><script>alert(1)</script>")',
        "<https://x.org/\"onclick='x'>",
        'https://x.org/"onclick="x"',
        "https://x.org/<script>alert(1)</script>",
        "</textarea></template></main></html><!--",
        "<![CDATA[<script>x</script>]]>",
        "1. <style>*{display:none}</style>",
        "2147483648. x\n\n999999999. y\n\n-1. z",
    ],
)
def test_nothing_acts_and_nothing_breaks_out(bait: str) -> None:
    assert faults(render(f"Before.\n\n{bait}\n\nAfter.").html) == []
    assert faults(render(bait).html) == []


PIECES = [
    *("*", "_", "**", "`", "```\n", "[", "]", "(", ")", "](", "![", "<", ">", "> ", "- ", "1. ", "#", "\\", "\n"),
    *("\n\n", "    ", "\t", " ", "https://x.org", "javascript:", "https:", "//", '"', "'", "&", "&#58;", ";", "@"),
    *("<b onclick=x>", "</p>", "<!--", "\u202e", "\u200d", "\u200b", "\u0301", "e", "é", "\x00", "\ud800", "\ue000"),
    *("\U000e0041", "👩"),
]
MARKDOWN = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


@settings(deadline=None, max_examples=300)
@given(MARKDOWN)
def test_whatever_is_written_the_html_is_whole_and_allowed(text: str) -> None:
    body = render(text)
    assert faults(body.html) == []
    assert bodies._CLEANER.clean(body.html) == body.html
    assert render(text) == body == render(to_plain(text))
    assert count_links(text) == len(Reading(body.html).hrefs)
    assert all(text[start:end] == address for start, end, address in find_links(text))


@settings(deadline=None, max_examples=300)
@given(MARKDOWN)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert to_plain(to_plain(text)) == to_plain(text)
    to_plain(text).encode("utf-8")


@pytest.mark.parametrize(
    "hidden",
    [*"\x00\ud800\u202e\u2066\u200b\u2060\u00ad\u3164\ue000\U000e0041\U0010ffff"],
    ids=ascii,
)
def test_nothing_hides_in_a_text(hidden: str) -> None:
    assert to_plain(f"A{hidden * 50}b") == "Ab"
    assert render(f"A{hidden}b").html == "<p>Ab</p>"
    assert f"A{hidden}b" not in render(f"https://x.org/A&#{ord(hidden)};b").html


@pytest.mark.parametrize(
    "kept",
    ["👩\u200d🚀", "❤\ufe0f", "می\u200cخواهم", "ශ්\u200dරී", "Việt Nam", "שָׁלוֹם", "ก็", "नमस्ते", "— “a” – 'b'", "$x^2$"],
)
def test_what_readers_write_stays(kept: str) -> None:
    assert to_plain(kept) == kept
    assert render(kept).html == f"<p>{kept}</p>"


def test_marks_do_not_climb_over_other_lines() -> None:
    assert calm_marks("H" + "\u030d" * 30 + "e\u0301") == "H" + "\u030d" * 4 + "e\u0301"
    assert render("H" + "\u030d\u20dd" * 30).html == "<p>H" + "\u030d\u20dd" * 2 + "</p>"
    assert to_plain("a" + "\u200d\u200c\ufe0f" * 30 + "b") == "a\u200db"
