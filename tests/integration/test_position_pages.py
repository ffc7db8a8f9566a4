"""A position at its own address, and citations of positions and editions."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from experts.models import Question
from tests import cast, make, site
from tests.make import NOW
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def test_a_position_by_itself(client: Client, built: site.Site) -> None:
    position = built.record.find("ada", "trains", cast.JAN_24)
    page = visit(client, f"/positions/{position.pk}/")
    assert page.find("h1")[0].text == cast.QUESTIONS["trains"][1]
    for words in (
        "Ada Fernwick",
        "Lecturer, Harbour College",
        "Very likely",
        "They will, and on time.",
        "Sure9 of 10",
    ):
        assert words in page.words
    assert page.find("link")[0]["href"] == f"{settings.SITE_URL}/positions/{position.pk}/"
    assert {"/experts/ada/", "/questions/trains/", "/compare/?expert=ada"} <= {*page.links}
    assert f"/positions/{position.pk}/" in visit(client, "/experts/ada/").links


def scale(page: Page) -> dict[str, list[str]]:
    """Who or when stands at each answer of the scale, and beside it."""
    on = {place.texts("span", "place-name")[0]: place.texts("span", "mark") for place in page.find("li", "place")}
    return on | {tray.texts("span", "tray-name")[0]: tray.texts("span", "mark") for tray in page.find("div", "tray")}


def test_one_card_tells_who_what_how_sure_when_and_from_where(client: Client, built: site.Site) -> None:
    page = visit(client, f"/positions/{built.record.find('ada', 'trains', cast.JAN_24).pk}/")
    (card,) = page.find("article", "claim")
    parts = ["Ada Fernwick", cast.QUESTIONS["trains"][1], "Very likely", "Sure9 of 10", "“They will", "10 January 2024"]
    places = [card.text.index(part) for part in (*parts, "The night train survey")]
    assert places == sorted(places)
    assert scale(page) == {
        "Very unlikely": [],
        "Unlikely": [],
        "Even": [],
        "Likely": [],
        "Very likely": ["Ada Fernwick"],
    }
    assert "This is all there is on record" in page.words
    gap = visit(client, f"/positions/{built.record.find('ada', 'gap', cast.JAN_24).pk}/")
    assert "How sureNot given" in gap.find("article", "claim")[0].text


def test_a_silence_stands_nowhere_on_the_scale(client: Client, built: site.Site) -> None:
    silent = next(p for p in built.record.positions if p.blank == "declined")
    page = visit(client, f"/positions/{silent.pk}/")
    assert "No answer: Declined to answer" in page.words
    assert not any(scale(page).values())
    assert "How sure" not in page.words


def test_what_was_said_before_and_since(client: Client, built: site.Site) -> None:
    first, second, third = (built.record.find("elm", "ferries", day) for day in (cast.JAN_24, cast.JUN_24, cast.JUN_25))
    middle = visit(client, f"/positions/{second.pk}/")
    assert "since 30 June 2025 it is “Rejects the question”" in middle.words
    assert [link for link in middle.links if link.startswith("/positions/") and "cite" not in link] == [
        f"/positions/{third.pk}/",
        f"/positions/{third.pk}/",
        f"/positions/{first.pk}/",
    ]
    assert {answer: marks for answer, marks in scale(middle).items() if marks} == {
        "Even": ["Elm Street Railway Institute"],
        "It depends:": ["10 Jan 2024"],
        "Rejects the question:": ["30 Jun 2025"],
    }
    (history,) = middle.find("ol", "is-tight")
    assert history.texts("li") == [
        "Rejects the question 30 June 2025 counts today",
        "Even 20 June 2024 this position",
        "It depends 10 January 2024",
    ]
    assert "This is not what" not in visit(client, f"/positions/{third.pk}/").words


def test_what_readers_do_not_see_has_no_address(client: Client, built: site.Site) -> None:
    later = NOW + timedelta(days=100_000)
    ada, ferries = built.record.experts["ada"], built.record.questions["ferries"]
    hidden = [
        make.position(ada, ferries, public_at=None, stated_on=cast.JUN_25),
        make.position(ada, make.question("Canary?", public_at=None)),
        make.position(make.expert("Canary", public_at=later), ferries),
    ]
    for position in hidden:
        for address in (f"/positions/{position.pk}/", f"/positions/{position.pk}/cite.bib"):
            assert "anary" not in visit(client, address, 404).source
    shown = visit(client, f"/positions/{built.record.find('ada', 'ferries', cast.JAN_25).pk}/")
    assert "This is not what" not in shown.words
    assert "30 June 2025" not in shown.words


# --- Citations -------------------------------------------------------------------------------------------------------


def test_an_edition_is_cited(client: Client, built: site.Site) -> None:
    kinds = {"bib": "application/x-bibtex", "json": "application/vnd.citationstyles.csl+json"}
    kinds |= {"ris": "application/x-research-info-systems"}
    permalink = f"{settings.SITE_URL}/articles/night-trains/editions/2/"
    page = visit(client, "/articles/night-trains/")
    assert (
        f"Nell Upham: “Who believes in night trains”, edition 2. aisrace, 1 July 2025. {permalink} (accessed"
        in page.words
    )
    for form, kind in kinds.items():
        address = f"/articles/night-trains/editions/2/cite.{form}"
        assert address in page.links
        response = client.get(address)
        assert response["Content-Type"] == f"{kind}; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="night-trains-2.{form}"'
        assert permalink in response.content.decode()
    [item] = client.get("/articles/night-trains/editions/1/cite.json").json()
    assert (item["version"], item["URL"]) == ("edition 1", permalink.replace("/2/", "/1/"))
    assert "/articles/night-trains/editions/1/cite.bib" in visit(client, "/articles/night-trains/editions/1/").links


def test_a_position_is_cited(client: Client, built: site.Site) -> None:
    """Its page came out when readers could first see it; on which day it was said is told beside that."""
    position = built.record.find("ada", "trains", cast.JAN_24)
    Question.objects.filter(pk=position.question_id).update(public_at=datetime(2025, 3, 4, 12, tzinfo=UTC))
    [item] = json.loads(client.get(f"/positions/{position.pk}/cite.json").content)
    asked = cast.QUESTIONS["trains"][1]
    assert item["title"] == f"{asked} Very likely"
    assert item["author"] == [{"literal": "Ada Fernwick"}]
    assert item["issued"] == {"date-parts": [[2025, 3, 4]]}
    assert item["URL"] == f"{settings.SITE_URL}/positions/{position.pk}/"
    assert item["note"].startswith("Stated on 10 January 2024; source: “The night train survey”")
    assert "date = {2025-03-04}," in client.get(f"/positions/{position.pk}/cite.bib").text
    assert "PY  - 2025\r\nDA  - 2025/03/04/\r\n" in client.get(f"/positions/{position.pk}/cite.ris").content.decode()
    told = f"Ada Fernwick: “{asked} Very likely”. Stated on 10 January 2024; source: “The night train survey”"
    page = visit(client, f"/positions/{position.pk}/")
    assert told in page.words
    assert f"{settings.SITE_NAME}, 4 March 2025. {settings.SITE_URL}/positions/" in page.words


def test_nobody_is_the_author_of_what_they_did_not_say(client: Client) -> None:
    question = make.question("Which line is the finest", public_at=NOW)
    source = make.source("Lines", author="The Timetable", publisher="The Timetable", published_on=cast.JAN_24)
    said = make.position(make.expert("Ada Fernwick"), question, blank="silent", source=source, dating="reported")
    [item] = json.loads(client.get(f"/positions/{said.pk}/cite.json").content)
    assert item["title"] == "Ada Fernwick: Which line is the finest. The source is silent"
    assert "author" not in item
    assert item["note"] == "Reported on 10 January 2024; source: The Timetable, “Lines”, 10 January 2024"


def test_there_are_three_forms_and_only_of_what_is_live(client: Client, built: site.Site) -> None:
    for address in ("/articles/night-trains/editions/2/cite.pdf", "/articles/night-trains/editions/3/cite.bib"):
        assert client.get(address).status_code == 404
    assert client.get("/articles/forged/editions/1/cite.bib").status_code == 410
    assert client.get(f"/positions/{built.record.positions[0].pk}/cite.txt").status_code == 404
