"""HTML of other systems becomes the small Markdown: it shows the same, and no word is lost."""

import random
import re
import time

import lxml.html
import pytest

from comments.bodies import render
from comments.importing.markup import write_markdown

BASE = "https://sleeping-car.example/blog/night-trains/"


def letters_of(html: str) -> str:
    """What a browser shows, but for spaces, the signs that stand for a table, and the address of an empty link."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return re.sub(r"[\s|…]|https://a.example/d", "", "".join(root.itertext()))


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <b>two </b>and <i>three</i>.</p><p>Four<br>five</p>", "One **two** and *three*.\n\nFour\nfive"),
        ("one<br><br>two<br />\nthree", "one\n\ntwo\nthree"),
        ("<em>a <strong>b</strong></em> <cite>c</cite>", "*a **b*** *c*"),
        ("<b>a</b><b>b</b> <i></i><i> </i>c", "**ab** c"),
        ("a <code>b`c</code> <tt>d</tt><pre>  e\n    f```\n</pre>", "a ``b`c`` `d`\n\n````\n  e\n    f```\n````"),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n+ b"),
        ("<ol start=3><li><p>c</p><p>d</p><li>e</ol>", "3. c\n\n   d\n\n4. e"),
        ('<a href="https://a.example/x_y">here</a>', "[here](https://a.example/x_y)"),
        ('see <a href="https://a.example/x_y">https://a.example/x_y</a>.', "see https://a.example/x_y."),
        ('<a href="https://a.example/x">https://a.example/x</a>y', "[https://a.example/x](https://a.example/x)y"),
        ('<a href="../about (1)">[sic]</a>', "[\\[sic\\]](https://sleeping-car.example/blog/about%20%281%29)"),
        ('<a href="mailto:a@b.example">write</a>', "write (a@b.example)"),
        ('<a href="javascript:alert(1)">press</a> <a href=" JAVA&#x0A;SCRIPT:x">me</a>', "press me"),
        ('<a href="https://a.example/"><img src="/x.png" alt="A cat"></a>', "[A cat](https://a.example/)"),
        ('<img src="x.png" alt="A cat"><img src="https://a.example/y.png">',
         "[A cat](https://sleeping-car.example/blog/night-trains/x.png)https://a.example/y.png"),
        ("<h2>Head</h2><table><tr><td>a<td>b<tr><td>c<td>d</table><hr>e", "**Head**\n\na | b\n\nc | d\n\n—\n\ne"),
        ("<s>gone</s> <q>said</q> H<sub>2</sub>O", "~~gone~~ “said” H2O"),
        ("<script>x()</script><style>p{}</style>seen<!-- not -->", "seen"),
        ("1. one<br>- two<br>&gt; three<br>12) four<br>~~~", "1\\. one\n\\- two\n\\> three\n12\\) four\n\\~~~"),
        ("2 * 3 _x_ a_b `c` [d](e) \\* C:\\dir &lt;b&gt; &lt;https://a.example&gt;",
         "2 \\* 3 \\_x\\_ a_b \\`c\\` \\[d](e) \\\\\\* C:\\dir <b> \\<https://a.example>"),
        ("<b>“quoted”</b>s", "“quoted”s"),
        ("<b><i>no end", "***no end***"),
        ("", ""),
        ("<p> </p><br>", ""),
    ],
)  # fmt: skip
def test_what_html_becomes(html: str, markdown: str) -> None:
    assert write_markdown(html, BASE) == markdown


def test_line_breaks_count_where_they_did() -> None:
    text = "one\ntwo <b>three</b>\r\n\r\n\nfour\n<ul>\n<li>five</li>\n</ul>\n<pre>six\n\nseven</pre>"
    assert (
        write_markdown(text.replace("\r\n", "\n"), keeps_lines=True)
        == "one\ntwo **three**\n\nfour\n\n- five\n\n```\nsix\n\nseven\n```"
    )
    assert write_markdown("one\ntwo") == "one two"


def test_the_detour_over_disqus_is_left_out() -> None:
    href = "https://disq.us/url?url=https%3A%2F%2Fa.example%2Flong%3Fx%3D1%3AAbCdEfGhIjKlMnOpQrStUv&amp;cuid=12"
    assert write_markdown(f'<a href="{href}">https://a.example/lo...</a>') == "https://a.example/long?x=1"


PIECES = [
    *("word", " ", "  ", "\n", "*", "_", "**", "`", "```", "[", "](", ")", "\\", "<b>", "</b>", "<i>", "</i>", "<em>"),
    *("</em>", "<code>", "</code>", "<p>", "</p>", "<br>", "<blockquote>", "</blockquote>", "<ul>", "</ul>", "<li>"),
    *("<ol>", "</ol>", "<pre>", "</pre>", "- ", "1. ", "&gt; ", "~~~", "“x”", "日本", "é", ".", "!", "https://a.example/b_c"),
    *('<a href="https://a.example/d">', "</a>", "<table>", "<td>", "</table>", "<h3>", "&amp;", "&lt;i&gt;", "#", "+"),
]  # fmt: skip


def test_no_word_is_lost_and_reading_it_again_changes_nothing() -> None:
    """Random HTML: what it shows, and what its Markdown shows, are the same words; a second round trip is the first."""
    chance = random.Random(7)
    for _ in range(1500):
        html = "".join(chance.choices(PIECES, k=chance.randint(1, 25)))
        markdown = write_markdown(html)
        shown = render(markdown).html
        assert letters_of(shown) == letters_of(html), html
        assert render(write_markdown(shown)).html == shown, html


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "deep",
        "<blockquote>" * 5000 + "deep" + "</blockquote>" * 5000 + "<p>out</p>",
        "<b><i>x</i></b>y" * 6000,
        "<ul><li>" * 3000 + "x",
        "[" * 20_000,
        "<a href=" * 20_000,
        "<!--" * 20_000,
        "&#" * 40_000,
        "*" * 100_000,
        "a " * 50_000,
        "<a href='https://a.example/'>" * 8000 + "x",
    ],
)
def test_hostile_html_takes_no_time(html: str) -> None:
    begun = time.process_time()
    write_markdown(html, BASE, keeps_lines=True)
    assert time.process_time() - begun < 3


def test_what_is_nested_deeply_loses_its_form_but_no_word() -> None:
    assert write_markdown("<div>" * 400 + "deep &amp; <b>down</b>" + "</div>" * 400) == "deep & down"
    assert write_markdown("<blockquote>" * 9 + "deep").count(">") == 6
