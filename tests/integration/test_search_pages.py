"""The page of the search, what it suggests and what programs are answered, whatever is asked."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests import search as built
from tests.hostile import TEXTS
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.searching]

HOSTILE = TEXTS | {
    "only exclusions": '-x -"y z" -w',
    "500 words": "night " * 500,
    "operators": 'a AND (b OR NOT c) NEAR/3 "d" ^e *f {words} : g -- ; h* "" - OR OR',
    "of FTS5": 'words : "x" + y* ^z NOT w AND',
    "of PostgreSQL": "'a' & !'b' | (c <-> d) :* :ABCD \\' \\",
    "our own marks": "n_ada c_ada w_ada _ __",
    "quotes": '"' * 200,
    "10 KB": "trains " * 1_500,
    "a long word": "x" * 300,
    "wild cards": "%_\\%",
    "surrogates": "\ud83d",
}
PLACES = ("/search/", "/search/suggest/", "/api/v1/search/")


stands_on = built.build


@pytest.fixture(autouse=True)
def site(standing: Any) -> Any:
    return standing


def test_whatever_is_asked_is_answered(client: Client, site: Any) -> None:
    for name, hostile in HOSTILE.items():
        text = hostile.encode(errors="surrogatepass").decode(errors="replace")
        for place in PLACES:
            response = client.get(place, {"q": text})
            assert response.status_code in (200, 400), (name, place)
            if place == "/search/":
                page = Page(response.content.decode())
                assert page.find("h1"), name
                assert "<script>alert" not in page.source, name


REFUSED = ("kind=x", "kind=article%00x", "year=x", "year=99999", "year=0", "topic=nothing", "expert=nobody")


@pytest.mark.parametrize("query", [*REFUSED, f"topic={'x' * 10_000}"])
def test_what_cannot_be_narrowed_to_is_told(client: Client, site: Any, query: str) -> None:
    page = Page(client.get("/search/", QUERY_STRING=f"q=trains&{query}").content.decode())
    assert [element["role"] for element in page.elements if element["id"] == "q_errors"] == ["alert"]
    assert client.get("/api/v1/search/", QUERY_STRING=f"q=trains&{query}").status_code in (400, 404)


def test_the_page_marks_what_was_asked_and_leads_to_it(client: Client, site: Any) -> None:
    page = visit(client, "/search/?q=night+trains")
    assert {mark.text.lower() for mark in page.find("mark")} >= {"night", "trains"}
    assert 'value="night trains"' in page.source
    links = [link for result in page.find("li", "result") for link in result.links]
    assert len(links) == 20
    for link in links[:8]:
        assert client.get(link).status_code == 200, link


def search_for(client: Client, asked: str) -> Page:
    return visit(client, f"/search/?{urlencode({'q': asked})}")


def reasons(page: Page, title: str) -> list[str]:
    """Why the first result of that title is shown, beside what stands in its title, answer and snippet."""
    return next(each.texts("p", "reason") for each in page.find("li", "result") if each.texts("h2") == [title])


@pytest.mark.parametrize(
    ("asked", "title", "told"),
    [
        (
            "elm weight",
            "Elm Street Railway Institute on “sleepers”",
            ["Question: Are sleeping cars worth their weight?"],
        ),
        ("platform", "Ada Fernwick on “trains”", ["Source: Ada Fernwick, A speech on platform nine, The Timetable"]),
        ("lee 李开复 trains", "Kai-Fu Lee on “trains”", ["Also known as: 李开复"]),
        ("昨日", "Kai-Fu Lee on “trains”", ["In the original: 夜行列车是昨日的梦。"]),
        ("dream yesterday", "Kai-Fu Lee on “trains”", []),
        ("otto tunnel", "Ferries against tunnels", ["By: Otto Grün"]),
    ],
)
def test_every_word_that_was_found_is_shown(client: Client, site: Any, asked: str, title: str, told: list[str]) -> None:
    page = search_for(client, asked)
    assert reasons(page, title) == told
    answer = client.get("/api/v1/search/", {"q": asked}).json()
    found = next(result for result in answer["results"] if result["title"] == title)
    assert [f"{why['what']}: {why['text']}" for why in found["reasons"]] == told
    assert all("<mark>" in why["html"] for why in found["reasons"])


def test_nothing_that_was_found_lacks_a_mark(client: Client, site: Any) -> None:
    for asked in ("trains", "timetable", "fernwick", "likely", "2040", "harbour", "no answer"):
        for number, result in enumerate(search_for(client, asked).find("li", "result")):
            assert result.find("mark"), (asked, number, result.text)


def test_silences_are_told_from_answers_and_come_after_them(client: Client, site: Any) -> None:
    results = visit(client, "/search/?q=ferries&kind=position").find("li", "result")
    silent = ["is-silent" in result["class"] for result in results]
    assert any(silent)
    assert silent == sorted(silent)
    assert results[-1].texts("span", "stance") == ["No answer: Declined to answer"]


def test_facets_lead_on_and_back(client: Client, site: Any) -> None:
    page = visit(client, "/search/?q=trains&kind=position&page=2")
    everything, *kinds = page.find("ul", "kinds")[0].find("a")
    (chosen,) = [a for a in kinds if a["aria-current"]]
    assert chosen.text.startswith("Positions")
    assert (chosen["href"], everything["href"], everything["aria-current"]) == ("?q=trains", "?q=trains", "")
    assert everything.text == f"All {sum(int(a.text.split()[-1]) for a in kinds)}"
    narrowed = visit(client, "/search/?q=trains&expert=ada&year=2024")
    counts = {a.text for a in narrowed.find("ul", "kinds")[0].find("a")}
    assert counts == {"All 7", "Positions 6", "Quotes 1"}, counts


def test_nothing_found_leads_on(client: Client, site: Any) -> None:
    page = visit(client, "/search/?q=fernwik+trains")
    assert "?q=fernwick%20trains" in page.links
    assert "?q=trains" in page.links
    assert not page.find("li", "result")


def test_without_words_the_page_says_how_to_ask(client: Client, site: Any) -> None:
    page = visit(client, "/search/")
    assert "side by side, in this order" in page.words
    assert any(li.text == "Experts 9" for li in page.find("li")), page.words


def test_common_words_that_are_left_out_are_told(client: Client, site: Any) -> None:
    assert "without the common words “what”, “of”" in visit(client, "/search/?q=what+of+trains").words


def test_programs_are_told_the_same(client: Client, site: Any) -> None:
    found = client.get("/api/v1/search/?q=night trains&page_size=5").json()
    assert found["count"] == int(visit(client, "/search/?q=night+trains").find("p", "search-count")[0].text.split()[0])
    assert (len(found["results"]), found["previous"]) == (5, None)
    following = client.get(found["next"]).json()
    assert following["previous"].endswith("page=1")
    first = found["results"][0]
    assert first["kind"] == "question"
    assert "<mark>night</mark> <mark>trains</mark>" in first["snippet_html"] or first["snippet"] == ""
    assert client.get(first["url"]).json()["slug"] == first["about"]["slug"]
    assert sum(value["count"] for value in found["facets"]["kind"]["values"]) == found["count"]
    for result in found["results"]:
        assert client.get(result["url"]).status_code == 200, result
        assert client.get(result["page"].removeprefix("http://testserver")).status_code == 200, result


def test_programs_are_told_what_is_wrong(client: Client, site: Any) -> None:
    assert client.get("/api/v1/search/?q=-x").json()["hint"].startswith("Say also what to look for")
    assert client.get("/api/v1/search/").json()["count"] == 0
    assert client.get(f"/api/v1/search/?q={'x' * 301}").status_code == 400
    assert client.get("/api/v1/search/?q=trains&page=999").status_code == 404
    assert client.get("/api/v1/search/?q=trains&kind=x").json()["errors"][0]["allowed"]
    assert client.get("/api/v1/search/?q=trains&fields=nothing").status_code == 400


SAYS_NOTHING = {
    "-ferry": "Say also what to look for",
    '""': "There is no word in it.",
    "%ff": "There is no word in it.",
    "+".join("abcdefghijklmnopqrstuvwxyz"): "Ask for at most 20 words; these are 26.",
}


@pytest.mark.parametrize("asked", [*SAYS_NOTHING, "", "%00", "%E2%80%8E", "train%00s", "%E2%80%8Etrains", "x" * 301])
def test_readers_and_programs_are_answered_alike(client: Client, site: Any, asked: str) -> None:
    """What nobody sees in it, as is copied with names, is left out for both."""
    page, told = (client.get(place, QUERY_STRING=f"q={asked}") for place in PLACES[::2])
    assert page.status_code == told.status_code == (400 if len(asked) > 300 else 200)
    if told.status_code == 200:
        hint = SAYS_NOTHING.get(asked, "There is no word in it." if "train" not in asked else "")
        assert told.json()["hint"].startswith(hint)
        assert (hint in page.text) is (asked in SAYS_NOTHING or not hint)
        assert (told.json()["count"] > 0) is ("train" in asked)


def test_suggestions_are_names_and_where_they_lead(client: Client, site: Any) -> None:
    found = json.loads(client.get("/search/suggest/?q=zo").content)
    assert found == {"suggestions": [{"title": "Zoë Ærø-Łukasik", "url": "/experts/zoe/", "kind": "expert"}]}


def test_neither_cookie_nor_name(client: Client, site: Any) -> None:
    for place in PLACES:
        response = client.get(place, {"q": "trains"})
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
