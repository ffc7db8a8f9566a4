"""What others may frame: who may, what it says, what it asks, what is said of what is not there."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from aisrace.lib.embeds import POLICY
from articles.models import Edition
from articles.publishing import publish
from experts.addresses import leave
from experts.models import Position, Question
from tests import cast, make, site
from tests.hostile import TEXTS
from tests.make import NOW
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ARTICLE, EDITION = "/embed/articles/night-trains/", "/embed/articles/night-trains/editions/1/"
QUESTION, WITHDRAWN = "/embed/questions/ferries/", "/embed/articles/forged/"


@pytest.fixture
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def position_frame(built: site.Site) -> str:
    return f"/embed/positions/{built.record.find('ada', 'trains', cast.JAN_24).pk}/"


def every_frame(built: site.Site) -> list[str]:
    return [ARTICLE, EDITION, QUESTION, f"{QUESTION}?as_of=2024-12-31&theme=dark", position_frame(built)]


# --- Who may frame it ------------------------------------------------------------------------------------------------


def test_everybody_may_and_nothing_else_is_looser(client: Client, built: site.Site) -> None:
    for address in (*every_frame(built), WITHDRAWN, "/embed/questions/nothing/", f"{QUESTION}?as_of=x"):
        response = client.get(address)
        policy = {part.split(" ")[0]: part.split(" ")[1:] for part in response["Content-Security-Policy"].split("; ")}
        assert policy.pop("frame-ancestors") == ["*"]
        assert "X-Frame-Options" not in response
        assert not any("unsafe" in word for words in policy.values() for word in words)
        for name, words in policy.items():
            assert set(words) <= {str(word) for word in settings.SECURE_CSP[name]} | {"'none'"}
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert set(settings.SECURE_CSP) - set(POLICY) <= {"connect-src", "manifest-src"}  # those fall back to nothing
    assert "frame-ancestors 'none'" in client.get("/questions/ferries/")["Content-Security-Policy"]


def test_caches_may_keep_it_and_ask_again(client: Client, built: site.Site) -> None:
    for address in every_frame(built):
        first = client.get(address)
        assert first["Cache-Control"].startswith("public, max-age=300")
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        # What a browser learns from a 304 takes the place of what it knew.
        assert "frame-ancestors *" in again["Content-Security-Policy"]
        assert client.head(address)["ETag"] == first["ETag"]
    tag = client.get(QUESTION)["ETag"]
    Position.objects.filter(question__slug="ferries", expert__slug="bo").update(public_at=None)
    assert client.get(QUESTION, headers={"If-None-Match": tag}).status_code == 200
    assert client.post(QUESTION).status_code == 405


def test_it_loads_nothing_from_elsewhere_and_holds_no_code(client: Client, built: site.Site) -> None:
    for address in every_frame(built):
        page = visit(client, address)
        assert page.loads
        assert all(path.startswith("/static/") for path in page.loads)
        assert [script["src"].split("/")[-1] for script in page.find("script")] == ["embedded.js"]
        assert not [
            e for e in page.elements if "style" in e.attributes or any(n.startswith("on") for n in e.attributes)
        ]
        assert not page.find("form")


# --- What it says ----------------------------------------------------------------------------------------------------


def leads_back(page: Page) -> list[str]:
    """Every link leaves the frame; those that name the site in full say so themselves."""
    assert [base["target"] for base in page.find("base")] == ["_blank"]
    own = [link for link in page.find("a") if link["href"].startswith(settings.SITE_URL)]
    assert {(link["target"], link["rel"]) for link in own} == {("_blank", "noopener")}
    assert not [link for link in page.links if link.startswith("#")]
    return [link["href"].removeprefix(settings.SITE_URL) for link in own]


def test_a_comparison(client: Client, built: site.Site) -> None:
    page = visit(client, ARTICLE)
    assert "5 experts · 9 answers to 2 questions · 1 without an answer · as of 1 July 2025" in page.words
    links = leads_back(page)
    assert set(links) == {"/articles/night-trains/editions/2/", "/"}
    assert "Edition 2, 1 July 2025" in page.words
    cells = [link["href"] for link in page.find("a", "cell")]
    shown = visit(client, "/articles/night-trains/editions/2/")
    assert {cell.split("#")[1] for cell in cells} == {part["id"] for part in shown.find("section", "evidence")}
    assert {cell.split("#")[0] for cell in cells} == {"/articles/night-trains/editions/2/"}
    assert page.find("ul", "legend")[0].texts("li") == ["Very unlikely to Very likely"]


def test_the_legend_tells_every_scale_from_end_to_end(client: Client, built: site.Site) -> None:
    experts, questions = built.record.experts.values(), built.record.questions.values()
    article = make.article("All six", slug="all-six", experts=experts, questions=questions)
    publish(article, by=None, now=NOW)
    told = ["trains, tickets, ferries Very unlikely to Very likely", "sleepers, borders No to Yes"]
    told.append("gap Under a year to More than five")
    for address in ("/embed/articles/all-six/", "/articles/all-six/"):
        legend = visit(client, address).find("ul", "legend")[0]
        assert legend.texts("li") == told
        assert [len(scale.find("span", "swatch")) for scale in legend.find("li")] == [5, 2, 3]


def test_an_edition_stays_what_it_is(client: Client, built: site.Site) -> None:
    page = visit(client, EDITION)
    assert "/articles/night-trains/editions/1/" in leads_back(page)
    assert "There is a newer edition" in page.words
    assert "There is a newer edition" not in visit(client, "/embed/articles/night-trains/editions/2/").words


def test_a_spectrum(client: Client, built: site.Site) -> None:
    page = visit(client, QUESTION)
    today = timezone.localdate()
    scale = "on the scale from “Very unlikely” to “Very likely”"
    assert f"2 experts {scale} · 2 off it · 1 without an answer" in page.words
    assert [time["datetime"] for time in page.find("time")] == [today.isoformat()]
    assert "/questions/ferries/" in leads_back(page)
    assert "/questions/ferries/#expert-ada" in page.links
    then = visit(client, f"{QUESTION}?as_of=2024-12-31")
    assert f"3 experts {scale} · 1 off it · 1 without an answer · as of 31 December 2024" in then.words
    assert "/questions/ferries/?as_of=2024-12-31" in leads_back(then)
    assert "/questions/ferries/?as_of=2024-12-31#expert-ada" in then.links
    assert visit(client, "/questions/ferries/?as_of=2024-12-31").find("div", "statement")


def test_one_position(client: Client, built: site.Site) -> None:
    page = visit(client, position_frame(built))
    assert "“They will, and on time.”" in page.words
    assert "A speech on platform nine" in page.words
    assert "10 January 2024" in page.words
    assert "Lecturer, Harbour College" in page.words
    assert "one of 1 position of Ada Fernwick on this question" in page.words
    assert position_frame(built).removeprefix("/embed") in leads_back(page)
    before = built.record.find("ada", "ferries", cast.JAN_24)
    assert "Since then, 15 January 2025: Likely." in visit(client, f"/embed/positions/{before.pk}/").words


@pytest.mark.parametrize(("asked", "told"), [("light", "light"), ("dark", "dark"), ("", ""), ('"><script>', "")])
def test_colours_can_be_chosen(client: Client, built: site.Site, asked: str, told: str) -> None:
    for address in (ARTICLE, QUESTION, position_frame(built), WITHDRAWN):
        page = Page(client.get(address, {"theme": asked}).content.decode())
        assert page.find("html")[0]["data-theme"] == told


# --- What is not there -----------------------------------------------------------------------------------------------


def test_what_was_withdrawn_says_so(client: Client, built: site.Site) -> None:
    for address in (WITHDRAWN, f"{WITHDRAWN}editions/1/"):
        page = visit(client, address, 410)
        assert "Withdrawn: A forged timetable" in page.words
        assert site.REASON in page.words
        assert "platform nine and a half" not in page.source


def test_what_readers_do_not_see_is_not_there(client: Client, built: site.Site) -> None:
    draft = make.article("A canary", slug="draft", questions=[make.question("Canary?", slug="canary", public_at=None)])
    make.article("Another canary", slug="scheduled")
    later = make.article("A canary to come", slug="later")
    publish(later, by=None, now=NOW, at=timezone.now() + timedelta(days=9))
    hidden = make.position(built.record.experts["ada"], draft.questions.get(), public_at=None)
    addresses = [f"/embed/articles/{slug}/" for slug in ("draft", "scheduled", "later", "nothing")]
    addresses += ["/embed/questions/canary/", f"/embed/positions/{hidden.pk}/", "/embed/positions/0/"]
    addresses += [f"{ARTICLE}editions/3/", f"{ARTICLE}editions/0/", f"/embed/positions/{10**30}/"]
    for address in addresses:
        page = visit(client, address, 404)
        assert "Nothing here" in page.words
        assert "anary" not in page.source
        assert visit(client, address.removeprefix("/embed"), 404)


def test_a_day_that_is_none_is_said_in_the_frame(client: Client, built: site.Site) -> None:
    for value in (*TEXTS.values(), "2025-02-30", "tomorrow"):
        page = Page(client.get(QUESTION, {"as_of": value.encode("utf-8", "surrogatepass")}).content.decode())
        assert "Not understood" in page.words or value.strip() == ""
    assert client.get(f"{QUESTION}?as_of=2025-02-30").status_code == 400


def test_an_address_that_was_left_leads_on(client: Client, built: site.Site) -> None:
    question = Question.objects.get(slug="ferries")
    question.slug = "boats"
    question.save()
    assert leave(question, "ferries", NOW)
    moved = client.get(f"{QUESTION}?as_of=2024-12-31")
    assert (moved.status_code, moved["Location"]) == (301, "/embed/questions/boats/?as_of=2024-12-31")
    article = built.article
    article.slug = "sleepers"
    article.save()
    publish(article, by=None, now=NOW + timedelta(hours=2), kind=Edition.Kind.UPDATE)
    for address in (ARTICLE, EDITION):
        moved = client.get(f"{address}?theme=dark")
        assert moved["Location"] == f"{address.replace('night-trains', 'sleepers')}?theme=dark"
        assert client.get(moved["Location"]).status_code == 200


# --- What it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 100])
def test_it_asks_the_same_whatever_is_in_it(client: Client, django_assert_num_queries: Any, size: int) -> None:
    people, questions = make.filled_record(size, 2)
    publish(make.article("One", slug="one", experts=people, questions=questions), by=None, now=NOW)
    position = Position.objects.first()
    assert position
    visit(client, "/")
    for address, most in (
        ("/embed/articles/one/", 1),
        ("/embed/articles/one/editions/1/", 2),
        (f"/embed/questions/{questions[0].slug}/", 5),
        (f"/embed/positions/{position.pk}/", 5),
        (f"/positions/{position.pk}/", 5),
        (f"/positions/{position.pk}/cite.ris", 5),
        ("/articles/one/editions/1/cite.bib", 2),
    ):
        with django_assert_num_queries(most):
            visit(client, address)


# --- The code to paste -----------------------------------------------------------------------------------------------


def test_pages_offer_the_code_that_frames_them(client: Client, built: site.Site) -> None:
    position = position_frame(built).removeprefix("/embed")
    pages = {
        "/articles/night-trains/": ARTICLE,
        "/articles/night-trains/editions/1/": EDITION,
        "/questions/ferries/": QUESTION,
        "/questions/ferries/?as_of=2024-12-31": f"{QUESTION}?as_of=2024-12-31",
        position: position_frame(built),
    }
    for address, frame in pages.items():
        page = visit(client, address)
        (field,) = page.find("textarea")
        assert "readonly" in field.attributes
        (button,) = [button for button in page.find("button") if button["data-copy"]]
        assert ("hidden" in button.attributes, button["data-copy"]) == (True, field["id"])
        code = Page(field.data)
        (iframe,) = code.find("iframe")
        assert iframe["src"] == f"{settings.SITE_URL}{frame}"
        assert (iframe["width"], iframe["loading"], bool(iframe["title"])) == ("100%", "lazy", True)
        assert [script["src"] for script in code.find("script")] == [f"{settings.SITE_URL}/static/js/embed.js"]
        assert client.get(frame).status_code == 200


def test_hostile_titles_stay_in_the_code(client: Client) -> None:
    make.question('“"><script>alert(1)</script>', slug="hostile", label='"><script>alert(1)</script>')
    page = visit(client, "/questions/hostile/")
    (iframe,) = Page(page.find("textarea")[0].data).find("iframe")
    assert iframe["title"] == '"><script>alert(1)</script>'
    assert "<script>alert" not in visit(client, "/embed/questions/hostile/").source
