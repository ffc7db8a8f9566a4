"""What is not public is in no answer of the API, under whatever address and parameter it is asked for.

Every route under /api/ has a row in `ROUTES`: which addresses of it are asked. A route without one fails.
"""

import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from aisrace.journal.kinds import find_kinds
from aisrace.journal.models import Change
from aisrace.journal.settling import settle
from aisrace.routes import COLLECTIONS
from articles.models import Article, Edition
from articles.publishing import withdraw
from comments.models import Comment
from experts.models import Expert, Position, Question, Quote, Scale, Source, Topic
from tests import make, site, talk
from tests.integration import test_conversation_private as conversation
from tests.integration import test_pages_private as pages
from tests.integration.test_conversation_private import secrets, told
from tests.integration.test_pages_private import BAIT, CONTROLS, bait
from tests.programs import program
from tests.talk import OPEN

pytestmark = [pytest.mark.django_db, pytest.mark.searching, pytest.mark.usefixtures("open_conversation")]

HERE = "http://testserver"
EVERYBODY = "&".join(f"expert={slug}" for slug in ("ada", "bo", "cato", "dara", "elm"))


@dataclass(frozen=True)
class Route:
    """`asked` are addresses that anybody may try; `hidden`, those of what is not public, which answer 404 or 410."""

    asked: tuple[str, ...] = ()
    hidden: Callable[[], Iterator[str]] = field(default=lambda: iter(()))


def rows(place: str, model: Any, by: str, **hidden: Any) -> Route:
    """By key, those of a table that are hidden. That there are some is a test of its own."""

    def find() -> Iterator[str]:
        for key in model._base_manager.filter(**hidden).values_list(by, flat=True):
            yield f"/api/v1/{place}/{key}/"

    return Route(hidden=find)


def hidden_positions() -> Iterator[str]:
    public = Position.objects.public(timezone.now()).values("pk")
    for pk in Position.objects.exclude(pk__in=public).values_list("pk", flat=True):
        yield f"/api/v1/positions/{pk}/"


def hidden_quotes() -> Iterator[str]:
    for pk in Quote.objects.filter(words__contains=BAIT).values_list("pk", flat=True):
        yield f"/api/v1/quotes/{pk}/"


def hidden_comments() -> Iterator[str]:
    gone = Comment.objects.exclude(state="visible") | Comment.objects.filter(article__slug="under-nothing")
    for pk in gone.values_list("pk", flat=True):
        yield f"/api/v1/comments/{pk}/"


# A new route under /api/ needs a row: what of it can be asked, and what of it is hidden. Lists are asked with every
# parameter by themselves.
ROUTES = {
    "api": Route(("/api/v1/",)),
    "api_schema": Route(("/api/v1/schema/", "/api/v1/schema/?format=json")),
    "api_docs": Route(("/api/v1/docs/",)),
    "api_changes": Route(("/api/v1/changes/", "/api/v1/changes/?since=0&limit=500")),
    "api_search": Route(
        (
            f"/api/v1/search/?q={BAIT}",
            "/api/v1/search/?q=night OR they OR engine OR cato OR a OR the&page_size=100",
        )
    ),
    "api_compare": Route(
        (
            "/api/v1/compare/",
            f"/api/v1/compare/?{EVERYBODY}&include=cells.evidence",
            f"/api/v1/compare/?{EVERYBODY}&include=cells.evidence&as_of=9999-12-31",
        )
    ),
    **{f"export_{form}": Route((f"/api/v1/export/positions.{form}",)) for form in ("csv", "jsonl", "zip")},
    "api_challenge": Route(("/api/v1/comments/challenge/",)),
    "api_draft": rows("drafts", Article, "pk"),
    "api_record": Route(hidden=lambda: (f"{address}record/" for address in hidden_positions())),
    "api_articles": Route(),
    "api_articles_row": rows("articles", Article, "slug", editions=None),
    "api_editions": Route(),
    "api_editions_row": rows("editions", Edition, "pk", live_at__gt=timezone.now() + timedelta(hours=1)),
    "api_experts": Route(),
    "api_experts_row": rows("experts", Expert, "slug", name__contains=BAIT),
    "api_questions": Route(),
    "api_questions_row": rows("questions", Question, "slug", wording__contains=BAIT),
    "api_scales": Route(),
    "api_scales_row": rows("scales", Scale, "slug", name__contains=BAIT),
    "api_positions": Route(),
    "api_positions_row": Route(hidden=hidden_positions),
    "api_quotes": Route(),
    "api_quotes_row": Route(hidden=hidden_quotes),
    "api_sources": Route(),
    "api_sources_row": rows("sources", Source, "pk", title__contains=BAIT),
    "api_topics": Route(),
    "api_topics_row": rows("topics", Topic, "slug", name__contains=BAIT),
    "api_comments": Route(),
    "api_comments_row": Route(hidden=hidden_comments),
}


@override_settings(**OPEN)
def stands_on() -> site.Site:
    made = site.build()
    settle(timezone.now())  # so that the journal has known what is hidden below
    edition = Edition.objects.newest(timezone.now()).get(article=made.article)
    conversation.hide_people(edition)
    conversation.hide_texts(edition)
    conversation.hide_what_moderators_write(edition)
    pages.hide_in_drafts(made)
    pages.hide_in_editions(made)
    pages.hide_in_the_record(made)
    hide_what_only_the_private_uses(made)
    hide_a_conversation()
    settle(timezone.now())
    return made


@pytest.fixture(autouse=True)
def built(standing: site.Site, settings: Any) -> site.Site:
    settings.API_LIMITS = False
    return standing


def hide_what_only_the_private_uses(made: site.Site) -> None:
    """A scale, a topic and a source of what nobody may know of yet, and an affiliation of a public expert's draft."""
    scale = make.scale(bait("scale"), [(bait("answer"), 1), (bait("other answer"), 2)])
    question = make.question(bait("question on a scale"), scale=scale, public_at=None)
    question.topics.add(make.topic(bait("topic"), description=bait("description")))
    make.position(made.record.experts["ada"], question, source=make.source(bait("lonely source")), public_at=None)


def hide_a_conversation() -> None:
    """Visible once, under what was taken back."""
    gone = talk.live(slug="under-nothing")
    conversation.say(gone, bait("text under what is gone"), name=bait("name"))
    withdraw(gone.article, by=None, now=timezone.now(), reason="It was wrong.")


def find_routes() -> set[str]:
    """The name of everything that is answered under /api/; the pattern, where it has none."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
            elif path.startswith("api/"):
                yield pattern.name or path

    return set(walk(get_resolver().url_patterns, ""))


def list_addresses() -> Iterator[str]:
    """Every list, with everything included, in every order, narrowed by everything that bait could be found by."""
    for collection in COLLECTIONS:
        view, start = collection(), f"/api/v1/{collection.place}/"
        everything = f"page_size=100&include={','.join(view.include)}" if view.include else "page_size=100"
        yield f"{start}?{everything}"
        yield f"{start}?{everything}&cursor="
        for parameter in view.list_parameters():
            if parameter.name == "ordering":
                yield from (f"{start}?{everything}&ordering={order}" for order in parameter.schema["enum"])
            elif parameter.schema.get("enum") and not parameter.is_list:
                yield from (f"{start}?{everything}&{parameter.name}={value}" for value in parameter.schema["enum"])
            elif parameter.schema.get("type") == "boolean":
                yield from (f"{start}?{everything}&{parameter.name}={value}" for value in ("true", "false"))
            elif parameter.schema.get("format") == "date":
                yield from (f"{start}?{everything}&{parameter.name}={day}" for day in ("9999-12-31", "2024-06-30"))
            elif parameter.name == "q":
                yield f"{start}?{everything}&q={BAIT}"


def crawl(client: Client) -> dict[str, str]:
    """Everything that can be read, by address: what `ROUTES` asks, every list, and all that answers link to."""
    found: dict[str, str] = {}
    waiting = deque([*(address for route in ROUTES.values() for address in route.asked), *list_addresses()])
    while waiting:
        address = waiting.popleft()
        if address in found:
            continue
        response = client.get(address)
        assert response.status_code < 500, address
        found[address] = told_wholly(response)
        if response["Content-Type"] == "application/json":
            waiting.extend(link for link in find_links(response.json()) if link.startswith("/api/"))
    return found


def told_wholly(response: Any) -> str:
    """Also what is streamed, and what stands in an archive."""
    if not response.streaming:
        return told(response)
    body = b"".join(response.streaming_content)
    if zipfile.is_zipfile(BytesIO(body)):
        archive = zipfile.ZipFile(BytesIO(body))
        body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{response.headers}\n{body.decode()}".lower()


def find_links(data: Any) -> Iterator[str]:
    if isinstance(data, str) and data.startswith(HERE):
        yield data.removeprefix(HERE)
    elif isinstance(data, dict):
        for value in data.values():
            yield from find_links(value)
    elif isinstance(data, list):
        for value in data:
            yield from find_links(value)


def test_every_route_has_a_row() -> None:
    assert find_routes() == set(ROUTES)


def test_the_bait_is_out() -> None:
    """Without this the other tests could pass because nothing was hidden."""
    for name, route in ROUTES.items():
        if name.endswith("_row"):
            assert list(route.hidden()), name
    assert set(Comment.objects.values_list("state", flat=True)) == conversation.STATES
    assert {edition.kind for edition in Edition.objects.scheduled(timezone.now())} == {"first", "clarification"}
    assert {"quagga", BAIT} <= secrets()
    assert Change.objects.filter(gone=False).values("kind").distinct().count() == len(find_kinds())


def test_signing_in_shows_no_more(client: Client) -> None:
    desk = Client()
    desk.force_login(make.user("looking", is_staff=True, is_superuser=True))
    for collection in COLLECTIONS:
        address = f"/api/v1/{collection.place}/?page_size=100"
        assert desk.get(address).content == client.get(address).content, address
    for route in ROUTES.values():
        for address in route.hidden():
            assert desk.get(address).status_code in (401, 404, 410), address


def test_a_key_shows_no_more_than_its_person_may_see_and_its_scopes_say(client: Client) -> None:
    """Of whoever sees others' rows in the desk only with the scope, and in rows of their own alone."""
    tools = [program("contributor"), program("moderator"), program("editor", "read", "write:comments")]
    for tool in tools:
        for collection in COLLECTIONS:
            address = f"/{collection.place}/?page_size=100"
            assert tool.get(address).content == client.get(f"/api/v1{address}").content, address
        for route in ROUTES.values():
            for address in route.hidden():
                for answer in (tool.get(address[7:]), tool.patch(address[7:], {}, If_Match='"1"')):
                    assert answer.status_code in (401, 403, 404, 405, 410), address
                    assert BAIT not in told(answer).replace(address.lower(), "").replace(address.split("/")[4], "")
    boss = program("administrator")
    assert {boss.get(address[7:]).status_code for address in ROUTES["api_draft"].hidden()} == {200}


def test_no_answer_holds_anything_hidden_and_together_they_hold_all_that_is_public(client: Client) -> None:
    found = crawl(client)
    assert len(found) > 200
    # What was asked for stands in the links to other pages.
    everything = "\n".join(text.replace(f"q={BAIT}", "") for text in found.values())
    hidden = {value.lower() for value in secrets()}
    assert {value for value in hidden if value in everything} == set(), [a for a, t in found.items() if BAIT in t]
    missing = [control for control in [*CONTROLS, *conversation.PUBLIC] if in_json(control) not in everything]
    assert missing == []


def in_json(words: str) -> str:
    """As pages print it, without the quotation marks that they set."""
    return words.strip("“”").lower()


def test_nothing_is_found_by_what_is_hidden(client: Client) -> None:
    for collection in COLLECTIONS:
        if any(narrowing.parameter.name == "q" for narrowing in collection.filters):
            assert client.get(f"/api/v1/{collection.place}/?q={BAIT}").json()["count"] == 0, collection


def test_guessing_an_address_finds_nothing(client: Client) -> None:
    for route in ROUTES.values():
        for address in route.hidden():
            for query in ("", "?as_of=9999-12-31", "?fields=id"):
                response = client.get(f"{address}{query}")
                assert response.status_code in (400, 401, 404, 410), address
                assert BAIT not in told(response).replace(address.lower(), "").replace(address.split("/")[4], "")


def test_a_hidden_row_is_refused_as_one_that_is_not_there(client: Client) -> None:
    """Also as a parameter: what is said of it is what is said of anything else."""
    hidden = {
        "expert": Expert.objects.filter(name__contains=BAIT)[0].slug,
        "question": Question.objects.filter(wording__contains=BAIT)[0].slug,
        "topic": Topic.objects.get(name__contains=BAIT).slug,
        "scale": Scale.objects.get(name__contains=BAIT).slug,
        "source": Source.objects.filter(title__contains=BAIT)[0].pk,
        "position": Position.objects.filter(public_at=None)[0].pk,
        "author": f"{BAIT}-author",
        "article": f"{BAIT}-draft",
        "parent": Comment.objects.filter(state="held")[0].pk,
    }
    asked = 0
    for collection in COLLECTIONS:
        for narrowing in collection.filters:
            name = narrowing.parameter.name
            if name not in hidden:
                continue
            there, nowhere = hidden[name], 99999999 if isinstance(hidden[name], int) else "nothing-at-all"
            answers = [client.get(f"/api/v1/{collection.place}/?{name}={quote(str(v))}") for v in (there, nowhere)]
            texts = [a.content.decode().replace(f"“{v}”", "") for a, v in zip(answers, (there, nowhere), strict=True)]
            assert [answer.status_code for answer in answers] == [404, 404], (collection, name)
            assert texts[0] == texts[1]
            asked += 1
    assert asked > 15


def test_private_answers_are_in_no_number(client: Client) -> None:
    # As in tests/cast.py: five on the axis of trains, none of them off it; seven answers of Ada's.
    trains = client.get("/api/v1/questions/trains/").json()["tally"]
    assert (trains["n"], trains["off_axis_n"], trains["blank_n"]) == (5, 0, 0)
    assert client.get("/api/v1/experts/ada/").json()["answers"] == 7
    assert client.get("/api/v1/positions/?expert=ada&question=gap").json()["count"] == 1


def test_what_was_replaced_is_in_no_article(client: Client) -> None:
    articles = client.get("/api/v1/articles/?include=comparison,tallies").content.decode()
    assert "loudly" in articles
    assert "slowly" not in articles
    assert "slowly" in client.get("/api/v1/editions/").content.decode()
