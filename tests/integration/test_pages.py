"""Every public path answers, and says so clearly where there is nothing or where it was asked nonsense."""

from http import HTTPStatus

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from tests import make, site
from tests.pages import visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HEADINGS = {
    "home": "Who believes in night trains",
    "articles": "Articles",
    "article": "Who believes in night trains",
    "editions": "Every edition, and what changed",
    "edition": "Who believes in night trains",
    "experts": "Experts",
    "expert": "Ada Fernwick",
    "questions": "Questions",
    "question": "Will ferries take trains again?",
    "changes of mind": "Changes of mind",
    "compare": "Compare experts",
    "comparison": "Ada Fernwick, Bo Quillane and Cato Mirrenby",
    "search": "Search",
    "topic": "Night trains",
    "stand on an article": "Where do you stand?",
    "stand on a topic": "Where do you stand?",
    "author": "Nell Upham",
    "conversation": "The conversation: 26 comments",
    "conversation, page 2": "The conversation: 26 comments",
    "thread": "One thread",
    "corrections": "Errors that readers have reported",
    "all corrections": "Errors that readers have reported",
    "moderation log": "What was moderated",
    "about": "How this is made",
    "privacy": "Privacy",
    "cookies": "Cookies",
}
ONE_OF_A_KIND = ["articles", "experts", "questions", "topics", "authors"]
NOWHERE = [
    "/nothing/",
    "/articles/night-trains/editions/0/",
    "/articles/night-trains/editions/3/",
    "/articles/night-trains/editions/-1/",
    "/articles/night-trains/editions/first/",
    f"/articles/night-trains/editions/{'9' * 40}/",
    "/articles/nobody-knows/editions/",
    "/articles/nobody-knows/editions/1/",
    "/experts/Ada Fernwick/",
    "/experts/ada/extra/",
    "/media/",
    "/media/nothing.png",
    "/articles/nobody-knows/comments/",
    "/articles/nobody-knows/comments/new/",
    "/articles/nobody-knows/comments/9001/",
    "/articles/nobody-knows/corrections/",
    *(
        f"/articles/night-trains/comments/{key}/{place}"
        for key in ("0", "1", "-1", "first", 2**63 - 1, 2**63, "9" * 40, "9" * 5_000)
        for place in ("", "yours/", "edit/", "delete/", "vote/", "report/")
    ),
]
DATED = [site.PAGES[name] for name in ("expert", "questions", "question", "compare", "comparison")]
NO_DAYS = ["yesterday", "2025-02-30", "31.01.2025", "2025-01-31T10:00", "0000-01-01", "12025-01-01"]
AS_OF = "“As of” must be a day written like 2025-01-31."


@pytest.fixture
def built() -> site.Site:
    return site.build()


def test_every_page_opens_under_its_own_heading(built: site.Site, client: Client) -> None:
    found = {name: visit(client, address).texts("h1") for name, address in site.PAGES.items()}
    assert found == {name: [heading] for name, heading in HEADINGS.items()}
    assert all(len(visit(client, address).texts("h1")) == 1 for address in site.FORMS.values())


def test_every_page_has_one_canonical_address_and_the_frame_of_the_site(built: site.Site, client: Client) -> None:
    for address in site.PAGES.values():
        page = visit(client, address)
        canonical = [e["href"] for e in page.find("link") if e["rel"] == "canonical"]
        assert len(canonical) == 1, address
        assert canonical[0].startswith("http://127.0.0.1:8000/"), address
        assert len(page.find("main")) == len(page.find("footer", "colophon")) == 1, address
        assert page.find("html")[0]["lang"] == "en", address


def test_what_is_for_one_reader_alone_is_listed_nowhere(built: site.Site, client: Client) -> None:
    for address in site.FORMS.values():
        page = visit(client, address)
        assert [e["rel"] for e in page.find("link") if e["rel"] == "canonical"] == [], address
        assert [e["content"] for e in page.find("meta") if e["name"] == "robots"] == ["noindex"], address
        assert len(page.find("main")) == len(page.find("footer", "colophon")) == 1, address
        assert client.get(address)["X-Robots-Tag"] == "noindex, nofollow", address
        assert client.get(address)["Cache-Control"] == "no-store, private", address


def test_pages_have_titles_of_their_own(built: site.Site, client: Client) -> None:
    titles = [visit(client, address).find("title")[0].text for name, address in site.PAGES.items() if name != "edition"]
    assert len(set(titles)) == len(titles)
    assert all(titles)


def test_head_answers_like_get_without_a_body(built: site.Site, client: Client) -> None:
    for address in (*site.PAGES.values(), *site.FORMS.values()):
        head, got = client.head(address), client.get(address)
        assert head.status_code == got.status_code == 200
        assert head.content == b""
        assert head["Content-Type"] == got["Content-Type"]
        assert head["Content-Length"] == got["Content-Length"]


def test_a_page_is_the_same_twice(built: site.Site, client: Client) -> None:
    for address in site.PAGES.values():
        assert client.get(address).content == client.get(address).content


@pytest.mark.parametrize("kind", ONE_OF_A_KIND)
def test_an_unknown_name_is_not_found_on_a_page_of_ours(client: Client, kind: str) -> None:
    page = visit(client, f"/{kind}/nobody-knows/", 404)
    assert page.texts("h1") == ["There is nothing at this address"]
    assert "/experts/" in page.links


def test_what_is_not_there_is_not_found_on_a_page_of_ours(built: site.Site, client: Client) -> None:
    for address in NOWHERE:
        assert visit(client, address, 404).texts("h1") == ["There is nothing at this address"]


def test_a_missing_slash_is_added(built: site.Site, client: Client) -> None:
    response = client.get("/experts/ada")
    assert (response.status_code, response["Location"]) == (301, "/experts/ada/")


def test_a_day_that_cannot_be_understood_is_named_beside_the_form(built: site.Site, client: Client) -> None:
    for address in DATED:
        for day in NO_DAYS:
            page = visit(client, f"{address}{'&' if '?' in address else '?'}as_of={day}", 400)
            assert page.texts("ul", "error-list") == [AS_OF]
            assert [e["value"] for e in page.find("input") if e["name"] == "as_of"] == [day]
            assert page.texts("h1")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/questions/?topic=nobody-knows", "There is no such topic."),
        ("/experts/ada/?show=nonsense", "“Show” must be one of the choices."),
        ("/questions/ferries/?show=nonsense", "“Show” must be one of the choices."),
        (f"/experts/?q={'x' * 201}", "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_a_choice_that_does_not_exist_is_explained(built: site.Site, client: Client, address: str, reason: str) -> None:
    assert visit(client, address, 400).texts("ul", "error-list") == [reason]


def test_unknown_parameters_change_nothing(built: site.Site, client: Client) -> None:
    for address in site.PAGES.values():
        join = "&" if "?" in address else "?"
        assert visit(client, f"{address}{join}utm_source=x&fbclid=y").words == visit(client, address).words


def test_posting_to_a_page_changes_nothing(built: site.Site, client: Client) -> None:
    def dump_rows() -> dict[str, list[object]]:
        tables = [
            m
            for app in ("articles", "comments", "experts", "auth", "sessions")
            for m in apps.get_app_config(app).get_models()
        ]
        return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in tables}

    before = dump_rows()
    for address in site.PAGES.values():
        response = Client(enforce_csrf_checks=True).post(address, {"expert": "ada", "headline": "Changed"})
        # Where readers stand is told to whoever sends answers, and kept nowhere.
        assert response.status_code in ([200] if address.endswith("/where-do-you-stand/") else [403, 405])
        assert not response.cookies
    assert dump_rows() == before


def test_a_site_without_content_says_what_to_do(client: Client) -> None:
    home = visit(client, "/")
    assert "Nothing has been published here yet." in home.words
    assert "/admin/" in home.links
    assert "Nothing has been published yet." in visit(client, "/articles/").words
    assert "No experts yet." in visit(client, "/experts/").words
    assert "No questions yet." in visit(client, "/questions/").words
    assert visit(client, "/compare/").texts("h1") == ["Compare experts"]


def test_a_topic_without_public_content_is_not_there(client: Client) -> None:
    topic = make.topic(slug="empty")
    assert client.get(topic.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND
    assert [option for option in visit(client, "/questions/").find("option") if option["value"] == "empty"] == []


def test_an_expert_and_a_question_without_positions_say_so(client: Client) -> None:
    expert, question = make.expert(), make.question()
    assert "Nothing on record yet." in visit(client, expert.get_absolute_url()).words
    assert "Nobody is on record." in visit(client, question.get_absolute_url()).words


def test_pages_need_no_cache(built: site.Site, client: Client) -> None:
    for address in site.PAGES.values():
        before = client.get(address).content
        cache.clear()
        assert client.get(address).content == before


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["Likely"], "1 answer"),
        (["Likely", "Unlikely", "It depends"], "3 answers, 1 off the scale"),
        (["Likely", "It depends", ""], "2 answers, 1 off the scale · 1 without an answer"),
    ],
)
def test_a_list_of_questions_counts_every_answer(client: Client, labels: list[str], told: str) -> None:
    asked = make.question()
    for number, label in enumerate(labels):
        person = make.expert(f"Person {number}", public_at=make.LONG_AGO)
        make.position(person, asked, label or None, **({} if label else {"blank": "no_answer"}))
    assert told in [words.strip() for words in visit(client, "/questions/").texts("p", "meta")]
