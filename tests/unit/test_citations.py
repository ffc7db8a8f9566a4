"""Citations as reference managers read them: whatever is in a title, the same comes out, and nothing else."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.lib.citations import FORMS, Citation, Name, split_name, write_bibtex, write_csl, write_ris, write_sentence
from aisrace.lib.text import clean_line

PLAIN = Citation(
    "night-trains-2",
    "Who believes in night trains",
    (Name("Nell Upham"), Name("Kai-Fu Lee", "Lee", "Kai-Fu")),
    date(2025, 7, 2),
    "aisrace",
    "https://example.org/articles/night-trains/editions/2/",
    date(2026, 11, 26),
    "edition 2",
    date(2025, 7, 1),
    "A note",
)
HOSTILE = [
    r"100 % of $5 & more_ #1 ~ ^ \ {",
    "}} , title = {{Forged",
    "}\n@online{forged, title={x}}",
    "One\r\nER  - \r\nTY  - BOOK",
    "“Quoted” and 'quoted' and \"quoted\"",
    "夜行列車 🚂 Ünïcödé",
    "\u202eevil\0\ud800 and, Bo",
    "x" * 10_000,
]


def read_bibtex(text: str) -> dict[str, str]:
    """The fields of the one entry there may be, by the rule that BibTeX has: braces are counted, backslash or not."""
    assert text.count("@online{") == 1 or text.startswith("@online{")
    key, rest = re.fullmatch(r"@online\{([\w-]+),\n(.*)\}\n", text, re.DOTALL).groups()
    fields, place = {"key": key}, 0
    while place < len(rest):
        found = re.compile(r"  (\w+) = \{").match(rest, place)
        assert found, rest[place : place + 50]
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        fields[found[1]] = rest[found.end() : end - 1]
        assert rest[end : end + 2] == ",\n"
        place = end + 2
    return fields


def from_latex(text: str) -> str:
    names = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}"}
    names |= {"textasciicircum": "^", "textasciitilde": "~"}

    def read(found: re.Match[str]) -> str:
        return names[found[1]] if found[1] else found[2]

    return re.sub(r"\\(text\w+)\{\}|\\([#$%&_])", read, text)


def read_ris(text: str) -> list[tuple[str, str]]:
    lines = text.split("\r\n")
    assert lines.pop() == ""
    found = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in lines]
    assert all(found)
    return [(tag[1], tag[2]) for tag in found if tag]


def test_what_is_written() -> None:
    fields = read_bibtex(write_bibtex(PLAIN))
    assert fields == {
        "key": "night-trains-2",
        "author": "{Nell Upham} and Lee, Kai-Fu",
        "title": "{Who believes in night trains}",
        "date": "2025-07-02",
        "origdate": "2025-07-01",
        "version": "edition 2",
        "organization": "aisrace",
        "url": "https://example.org/articles/night-trains/editions/2/",
        "urldate": "2026-11-26",
        "note": "A note",
    }
    [item] = json.loads(write_csl(PLAIN))
    assert item["author"] == [{"literal": "Nell Upham"}, {"family": "Lee", "given": "Kai-Fu"}]
    assert item["issued"] == {"date-parts": [[2025, 7, 2]]}
    assert (item["type"], item["id"], item["version"]) == ("webpage", "night-trains-2", "edition 2")
    assert read_ris(write_ris(PLAIN)) == [
        ("TY", "ELEC"),
        ("ID", "night-trains-2"),
        ("AU", "Nell Upham"),
        ("AU", "Lee, Kai-Fu"),
        ("TI", "Who believes in night trains"),
        ("T2", "aisrace"),
        ("ET", "edition 2"),
        ("PY", "2025"),
        ("DA", "2025/07/02/"),
        ("UR", "https://example.org/articles/night-trains/editions/2/"),
        ("Y2", "2026/11/26/"),
        ("N1", "A note"),
        ("N1", "First published 1 July 2025"),
        ("ER", ""),
    ]
    assert write_sentence(PLAIN) == (
        "Nell Upham, Kai-Fu Lee: “Who believes in night trains”, edition 2. A note. aisrace, 2 July 2025 "
        "(first published 1 July 2025). https://example.org/articles/night-trains/editions/2/ "
        "(accessed 26 November 2026)."
    )
    assert write_sentence(replace(PLAIN, version="", first_issued=None)) == (
        "Nell Upham, Kai-Fu Lee: “Who believes in night trains”. A note. aisrace, 2 July 2025. "
        "https://example.org/articles/night-trains/editions/2/ (accessed 26 November 2026)."
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_come_out_as_they_went_in(text: str) -> None:
    check_round_trip(text)


@given(st.text(alphabet=st.sampled_from("\\{}%$&#_~^,\n\r@ABab –\0\ud800"), min_size=1, max_size=20))
def test_any_words_come_out_as_they_went_in(text: str) -> None:
    check_round_trip(f"T{text}")


def check_round_trip(text: str) -> None:
    cited = replace(PLAIN, title=text, authors=(Name(text),), note=text)
    meant = clean_line(text)
    fields = read_bibtex(write_bibtex(cited))
    assert from_latex(fields["note"]) == meant
    assert [fields[name][0] + fields[name][-1] for name in ("title", "author")] == ["{}", "{}"]
    assert [from_latex(fields[name][1:-1]) for name in ("title", "author")] == [meant, meant]
    [item] = json.loads(write_csl(cited))
    assert (item["title"], item["author"], item["note"]) == (meant, [{"literal": meant}], meant)
    tags = read_ris(write_ris(cited))
    assert [value for tag, value in tags if tag in ("AU", "TI")] == [meant, meant]
    assert [tag for tag, _ in tags].count("ER") == [tag for tag, _ in tags].count("TY") == 1
    assert "\n" not in write_sentence(cited)
    for _, write in FORMS.values():
        write(cited).encode()


@pytest.mark.parametrize(
    ("full", "sort_name", "parts"),
    [
        ("Kai-Fu Lee", "Lee, Kai-Fu", ("Lee", "Kai-Fu")),
        ("Kai-Fu Lee", "Kai-Fu Lee", ("", "")),
        ("Kai-Fu Lee", "Lee, Kaifu", ("", "")),
        ("Signals, Inc.", "Signals, Inc.", ("", "")),
        ("Vincent van Gogh", "van Gogh, Vincent", ("van Gogh", "Vincent")),
    ],
)
def test_names_are_split_where_the_index_says_how(full: str, sort_name: str, parts: tuple[str, str]) -> None:
    name = split_name(full, sort_name)
    assert (name.full, name.family, name.given) == (full, *parts)


def test_a_name_that_would_be_read_as_two_stays_one() -> None:
    cited = replace(PLAIN, authors=(Name("And Bo", "Bo", "And"),))
    assert read_bibtex(write_bibtex(cited))["author"] == "{And Bo}"
