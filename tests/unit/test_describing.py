"""The record in the words of schema.org, from plain rows; and that the judge of it finds what is wrong."""

import json
from datetime import date
from typing import Any

import pytest

from aisrace.lib.jinja import environment
from aisrace.lib.linked_data import crumbs, graph, node, once
from articles.describing import describe_site
from experts.comparison import Blank, lay_cell
from experts.describing import (
    MOST_CLAIMS,
    describe_claims,
    describe_expert,
    describe_question,
    describe_source,
)
from experts.models import Affiliation, Expert, Question, Topic
from tests import make
from tests.vocabulary import allowed, find_all, find_faults

TODAY = date(2025, 7, 1)
HERE = "http://127.0.0.1:8000"
BREAKING = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> & ' \" \\ \\u003c/script>",
    "\u2028\u2029 line ends",
    "NUL \x00, a surrogate \ud800, turned \u202e",
]


def cell(**values: Any) -> Any:
    ada, trains = make.expert_row(name="Ada Fernwick", slug="ada"), make.question_row(slug="trains", label="trains")
    return lay_cell(ada, trains, make.position_row(ada, trains, values.pop("answer", "Likely"), **values))


# --- The judge -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"@type": "Artcle"},
        {"headline": "Of no type"},
        {"@type": "Person", "headline": "No property of people"},
        {"@type": "Article", "upvoteCount": 3},
        {"@type": "Article", "author": "A name"},
        {"@type": "Article", "author": {"@type": "Claim"}},
        {"@type": "Article", "datePublished": "yesterday"},
        {"@type": "Article", "datePublished": "2025-07-01T12:00:00"},
        {"@type": "Article", "headline": ""},
        {"@type": "Article", "about": []},
        {"@type": "Article", "timeRequired": "5 minutes"},
        {"@type": "Article", "isAccessibleForFree": "yes"},
        {"@type": "Article", "hasPart": [{"@type": "Claim", "author": {"name": "without an @id"}}]},
        {"@type": "Person", "url": "/experts/ada/"},
        {"@type": "Person", "@id": "ada"},
        {"@type": "SearchAction", "words-input": "required"},
        {"@context": "http://example.org", "@graph": []},
    ],
)
def test_what_is_wrong_is_found(wrong: dict[str, Any]) -> None:
    assert find_faults(wrong)


def test_properties_are_inherited() -> None:
    assert {"headline", "name", "comment"} <= set(allowed("DiscussionForumPosting"))
    assert "upvoteCount" not in allowed("DiscussionForumPosting")


# --- People, questions, claims ---------------------------------------------------------------------------------------


def test_a_person_is_told_with_roles_of_today_and_where_else_they_are() -> None:
    expert = Expert(
        name="Ada Fernwick", slug="ada", bio="Engineer.", aliases="A. Fernwick\n\nАда", wikidata_id="Q42",
        website="https://ada.example/",
    )  # fmt: skip
    roles = [
        Affiliation(organisation="Harbour College", role="Lecturer", ends_on=date(2024, 1, 1)),
        Affiliation(organisation="Signal Works", role="Engineer", starts_on=date(2024, 1, 1)),
        Affiliation(organisation="Old Yard", role="Guard", seen_until=date(2020, 1, 1)),
    ]
    told = describe_expert(expert, make.expert_row(portrait="/media/ada.png"), roles, TODAY)
    assert told == {
        "@type": "Person",
        "@id": f"{HERE}/experts/ada/#expert",
        "name": "Ada Fernwick",
        "alternateName": ["A. Fernwick", "Ада"],
        "url": f"{HERE}/experts/ada/",
        "description": "Engineer.",
        "image": f"{HERE}/media/ada.png",
        "sameAs": ["https://ada.example/", "https://www.wikidata.org/entity/Q42"],
        "jobTitle": ["Engineer"],
        "affiliation": [{"@type": "Organization", "name": "Signal Works"}],
    }
    assert find_faults(told) == []


def test_an_organisation_is_no_person() -> None:
    expert = Expert(name="Elm Street Institute", slug="elm", kind="organisation")
    told = describe_expert(expert, make.expert_row(), [Affiliation(organisation="Union", role="Member")], TODAY)
    assert (told["@type"], told["memberOf"]) == ("Organization", [{"@type": "Organization", "name": "Union"}])
    assert find_faults(told) == []


def test_a_question_is_told_with_its_topics() -> None:
    question = Question(slug="trains", background="Rails.", asked_on=TODAY)
    told = describe_question(question, make.question_row(wording="Will they?"), [Topic(name="Trains", slug="t")], 3)
    assert (told["name"], told["dateCreated"], told["answerCount"]) == ("Will they?", "2025-07-01", 3)
    assert told["about"] == [{"@type": "Thing", "name": "Trains", "url": f"{HERE}/topics/t/"}]
    assert find_faults(told) == []


def test_a_claim_says_who_what_when_and_where_it_appeared() -> None:
    source = make.source_row(2, "A speech", author="Ada", publisher="The Timetable", url="https://example.org/s")
    (told,) = describe_claims([cell(pk=7, source=source, summary="In short.")])
    assert told == {
        "@type": "Claim",
        "@id": f"{HERE}/positions/7/#claim",
        "url": f"{HERE}/positions/7/",
        "name": "Ada Fernwick on “trains”: Likely",
        "abstract": "In short.",
        "author": {"@id": f"{HERE}/experts/ada/#expert", "name": "Ada Fernwick", "url": f"{HERE}/experts/ada/"},
        "about": {"@type": "Question", "@id": f"{HERE}/questions/trains/#question", "name": "Will they?"},
        "dateCreated": "2024-01-10",
        "appearance": {
            "@type": "CreativeWork",
            "name": "A speech",
            "creditText": "Ada",
            "publisher": {"@type": "Organization", "name": "The Timetable"},
            "url": "https://example.org/s",
        },
    }
    assert find_faults(told) == []


def test_only_what_may_stand_in_quotation_marks_is_a_quotation() -> None:
    quotes = (
        make.quote_row(1, "They will.", language="en"),
        make.quote_row(2, "One ticket.", kind="translated", language="de", original="Ein Schein."),
        make.quote_row(3, "She holds that.", kind="paraphrase"),
    )
    (told,) = describe_claims([cell(quotes=quotes)])
    verbatim, translated = told["citation"]
    assert (verbatim["text"], verbatim["inLanguage"]) == ("They will.", "en")
    assert verbatim["spokenByCharacter"] == {"@id": f"{HERE}/experts/ada/#expert"}
    assert verbatim["isBasedOn"] == describe_source(make.source_row())
    assert "translationOfWork" not in verbatim
    original = {"@type": "Quotation", "text": "Ein Schein.", "inLanguage": "de"}
    assert (translated["inLanguage"], translated["translationOfWork"]) == ("en", original)
    assert find_faults(told) == []


def test_who_says_nothing_claims_nothing() -> None:
    ada, trains = make.expert_row(), make.question_row()
    silent = lay_cell(ada, trains, make.position_row(ada, trains, None, blank=Blank.DECLINED))
    assert describe_claims([silent]) == []


def test_a_page_of_many_answers_describes_some() -> None:
    assert len(describe_claims([cell()] * 300)) == MOST_CLAIMS


def test_the_site_can_be_searched_and_its_record_taken_away() -> None:
    told = describe_site()
    assert find_faults(told) == []
    (search,) = find_all(told["@graph"], "SearchAction")
    assert search["target"]["urlTemplate"] == f"{HERE}/search/?q={{words}}"
    assert search["query-input"] == "required name=words"
    (data,) = find_all(told["@graph"], "Dataset")
    assert data["distribution"][0]["contentUrl"] == f"{HERE}/api/v1/export/positions.csv"


def test_the_way_to_a_page_begins_at_the_front() -> None:
    told = crumbs(("Experts", "/experts/"), ("Ada", "/experts/ada/"))
    assert [(e["position"], e["name"], e["item"]["@id"]) for e in told["itemListElement"]] == [
        (1, "aisrace", f"{HERE}/"),
        (2, "Experts", f"{HERE}/experts/"),
        (3, "Ada", f"{HERE}/experts/ada/"),
    ]
    assert find_faults(told) == []


def test_what_has_no_value_is_left_out() -> None:
    assert node("Thing", name="", url=None, about=[], version=0) == {"@type": "Thing", "version": 0}
    assert once(iter([{"a": 1}, {"a": 1}, {"a": 2}, {"a": 3}]), 2) == [{"a": 1}, {"a": 2}]


# --- Written into a page ---------------------------------------------------------------------------------------------


def write(value: Any) -> str:
    return environment().from_string("{{ told|tojson }}").render(told=value)


@pytest.mark.parametrize("text", BREAKING)
def test_nothing_breaks_out_of_the_script_element(text: str) -> None:
    written = write(graph(node("Thing", name=text)))
    assert not set("<>&'\u2028\u2029\x00\ud800\u202e") & set(written)
    assert json.loads(written)["@graph"][0]["name"] == text
    written.encode("utf-8")


def test_letters_are_written_as_they_are() -> None:
    assert write(["Ада", "日本"]) == '["Ада","日本"]'
