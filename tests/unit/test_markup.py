"""Rich text is made safe once, on the way in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisrace.lib.fields import HtmlField, LineField, ProseField
from aisrace.lib.markup import clean_html, to_plain

BAIT = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<p style="position:fixed" onclick="alert(1)" class="admin" id="header">x</p>',
    "<style>body{display:none}</style>",
    "<form action=//evil.example><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
]
NEVER = ["<script", "<img", "<svg", "<iframe", "<style", "<form", "<input", "<meta", "<base", "javascript:", "data:"]


@pytest.mark.parametrize("bait", BAIT)
def test_nothing_that_acts_gets_through(bait: str) -> None:
    cleaned = clean_html(f"<p>Before.</p>{bait}<p>After.</p>").lower()
    assert cleaned.startswith("<p>before.</p>")
    assert not [word for word in NEVER if word in cleaned]
    assert not [
        name for name in (" onerror=", " onload=", " onclick=", " style=", " class=", " id=") if name in cleaned
    ]


@pytest.mark.parametrize("tag", ["script", "style"])
def test_scripts_and_styles_go_with_their_content(tag: str) -> None:
    assert clean_html(f"<{tag}>hidden</{tag}>shown") == "shown"


def test_a_tag_that_is_not_allowed_leaves_its_words() -> None:
    assert clean_html("<section><p>Kept <blink>words</blink>.</p></section>") == "<p>Kept words.</p>"


def test_what_editors_need_stays() -> None:
    written = "<h3>A</h3>\n<p><strong>b</strong> <em>c</em></p>\n<ul><li>d</li></ul>\n<blockquote>e</blockquote>"
    assert clean_html(written) == written


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1#c", "http://example.org", "mailto:a@example.org", "/experts/"]
)
def test_links_stay_and_cannot_reach_back(address: str) -> None:
    assert clean_html(f'<a href="{address}">x</a>') == f'<a href="{address}" rel="noopener">x</a>'


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/&;#=\"' apbscript!-\n3xé"), max_size=80))
def test_cleaning_twice_is_cleaning_once(value: str) -> None:
    assert clean_html(clean_html(value)) == clean_html(value)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("<p>5 &lt; 6 &amp; 7</p>", "5 < 6 & 7"),
        ("one<br>two", "one two"),
        ('<a href="/x" title="a > b">link</a>', "link"),
        ("<p>&nbsp;</p>", ""),
    ],
)
def test_plain_words(html: str, words: str) -> None:
    assert to_plain(clean_html(html)) == words


def test_an_inline_tag_does_not_tear_a_word_apart() -> None:
    assert to_plain("<p><em>Trains</em>, not planes: H<sub>2</sub>O</p>") == "Trains, not planes: H2O"


@pytest.mark.parametrize(
    ("field", "raw", "stored"),
    [
        (LineField(), " A\x00 \n b ", "A b"),
        (ProseField(), " A\x00\r\n\u202eb ", "A\nb"),
        (HtmlField(), "<p onclick=x>A\x00</p><script>b</script> ", "<p>A</p>"),
    ],
)
def test_each_field_cleans_its_kind(field: LineField | ProseField | HtmlField, raw: str, stored: str) -> None:
    assert field.get_prep_value(raw) == stored
    assert field.get_prep_value(None) is None


@pytest.mark.parametrize("entity", ["&#8238;", "&#x202E;", "&#1;", "&#xFEFF;"])
def test_what_cannot_be_seen_does_not_return_as_an_entity(entity: str) -> None:
    assert HtmlField().get_prep_value(f"<p>A{entity}b</p>") == "<p>Ab</p>"


def test_only_named_attributes_of_named_tags_get_through() -> None:
    html = '<p lang="de" title="x">A <a href="https://x.example" title="t" lang="de">b</a> <q lang="fr">c</q></p>'
    assert clean_html(html) == '<p>A <a href="https://x.example" title="t" rel="noopener">b</a> <q>c</q></p>'
