"""oEmbed, as somebody asks who knows the standard and nothing of us."""

import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles.publishing import publish
from experts.addresses import leave
from experts.models import Question
from tests import cast, make, site
from tests.hostile import TEXTS
from tests.make import NOW
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
REQUIRED = {"type", "version", "html", "width", "height"}


@pytest.fixture
def built(standing_site: site.Site) -> site.Site:
    return standing_site


def every_page(built: site.Site) -> list[str]:
    position = built.record.find("ada", "trains", cast.JAN_24).pk
    return [
        "/articles/night-trains/",
        "/articles/night-trains/editions/1/",
        "/questions/ferries/",
        "/questions/ferries/?as_of=2024-12-31",
        f"/positions/{position}/",
    ]


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def discover(client: Client, address: str) -> dict[str, str]:
    """The addresses that the head of a page names, by their type."""
    head = visit(client, address).find("head")[0]
    links = [link for link in head.find("link") if link["rel"] == "alternate" and link["type"].endswith("+oembed")]
    return {link["type"]: link["href"] for link in links}


def ask(client: Client, status: int = 200, **query: Any) -> Any:
    response = client.get("/oembed", query)
    assert response.status_code == status, response.content
    return response.json() if status == 200 else response.content.decode()


def test_a_client_that_knows_nothing_gets_a_frame_that_answers(client: Client, built: site.Site) -> None:
    for address in every_page(built):
        found = discover(client, address)
        assert set(found) == {"application/json+oembed", "text/xml+oembed"}
        answer = client.get(path_of(found["application/json+oembed"]))
        assert answer["Content-Type"] == "application/json"
        told = json.loads(answer.content)
        assert set(told) >= REQUIRED
        assert (told["type"], told["version"], told["provider_name"]) == ("rich", "1.0", settings.SITE_NAME)
        xml = client.get(path_of(found["text/xml+oembed"]))
        assert xml["Content-Type"] == "text/xml; charset=utf-8"
        root = ET.fromstring(xml.content)
        assert {child.tag: child.text for child in root} == {name: str(value) for name, value in told.items()}
        (iframe,) = Page(told["html"]).find("iframe")
        assert (iframe["width"], iframe["height"]) == (str(told["width"]), str(told["height"]))
        frame = client.get(path_of(iframe["src"]))
        assert frame.status_code == 200
        assert "frame-ancestors *" in frame["Content-Security-Policy"]


def test_addresses_as_people_write_them(client: Client, built: site.Site) -> None:
    for address in every_page(built):
        path, _, query = address.partition("?")
        bare = f"{path.rstrip('/')}{'?' if query else ''}{query}"
        assert ask(client, url=f"{settings.SITE_URL}{bare}") == ask(client, url=f"{settings.SITE_URL}{address}")
    for nowhere in ("/articles", "/questions", "/positions", "/articles/night-trains/editions", "/articles/nothing"):
        ask(client, 404, url=f"{settings.SITE_URL}{nowhere}")


def test_what_it_tells(client: Client, built: site.Site) -> None:
    told = ask(client, url=f"{settings.SITE_URL}/articles/night-trains/")
    assert (told["title"], told["author_name"]) == ("Who believes in night trains", "Nell Upham")
    assert client.get(path_of(told["author_url"])).status_code == 200
    assert client.get(path_of(told["thumbnail_url"]))["Content-Type"] == "image/png"
    asked = ask(client, url=f"{settings.SITE_URL}/questions/ferries/")
    assert asked["title"] == cast.QUESTIONS["ferries"][1]
    assert client.get(path_of(asked["thumbnail_url"]))["Content-Type"] == "image/png"
    assert "thumbnail_url" not in ask(client, url=f"{settings.SITE_URL}/questions/ferries/?as_of=2024-12-31")
    # By the name it is asked by just now, too.
    assert ask(client, url="http://testserver/articles/night-trains/") == told


def test_no_larger_than_asked(client: Client, built: site.Site) -> None:
    url = f"{settings.SITE_URL}/articles/night-trains/"
    told = ask(client, url=url, maxwidth=320, maxheight=200)
    assert (told["width"], told["height"]) == (320, 200)
    assert "thumbnail_url" not in told
    assert ask(client, url=url, maxwidth=5000)["width"] == 720
    for value in ("0", "-1", "x", "1e3", "999999", "٣"):
        ask(client, 400, url=url, maxwidth=value)


def test_what_is_refused(client: Client, built: site.Site) -> None:
    make.question("Hidden?", slug="hidden", public_at=None)
    make.article("Draft", slug="draft")
    url = f"{settings.SITE_URL}/articles/night-trains/"
    ask(client, 501, url=url, format="yaml")
    ask(client, 501, url=url, format="")
    ask(client, 400)
    paths = [
        "/",
        "/about/",
        "/experts/ada/",
        "/articles/draft/",
        "/articles/forged/",
        "/articles/nothing/",
        "/nothing/",
    ]
    paths += ["/articles/forged/editions/1/", "/articles/night-trains/editions/3/", "/questions/hidden/"]
    paths += ["/positions/0/", f"/positions/{10**30}/", "/admin/", "", "/articles/night-trains//"]
    for path in paths:
        ask(client, 404, url=f"{settings.SITE_URL}{path}")
    host = settings.SITE_URL.split("://")[1]
    for address in (
        "https://example.org/articles/night-trains/",
        f"ftp://{host}/questions/ferries/",
        "/questions/ferries/",
    ):
        ask(client, 404, url=address)
    for address in (f"https://{host}@evil.example/questions/ferries/", "http://[::1/questions/ferries/", f"//{host}/"):
        ask(client, 404, url=address)
    assert client.post("/oembed").status_code == 405


def test_hostile_addresses_find_nothing(client: Client, built: site.Site) -> None:
    for value in TEXTS.values():
        sent = quote(value.encode("utf-8", "surrogatepass"))
        for url in (sent, quote(f"{settings.SITE_URL}/questions/") + sent):
            assert client.get(f"/oembed?url={url}").status_code in (400, 404)
        odd = quote(f"{settings.SITE_URL}/questions/ferries/?as_of=") + quote(sent)
        (iframe,) = Page(client.get(f"/oembed?url={odd}").json()["html"]).find("iframe")
        assert iframe["src"] == f"{settings.SITE_URL}/embed/questions/ferries/"
        assert client.get(f"/oembed?url=x&format={sent}").status_code == 501


def test_an_address_that_was_left_is_found(client: Client, built: site.Site) -> None:
    question = Question.objects.get(slug="ferries")
    question.slug = "boats"
    question.save()
    assert leave(question, "ferries", NOW)
    told = ask(client, url=f"{settings.SITE_URL}/questions/ferries/?{urlencode({'as_of': '2024-12-31'})}")
    assert "/embed/questions/boats/?as_of=2024-12-31" in told["html"]


def test_an_article_is_found_at_an_address_that_it_has_left(client: Client, built: site.Site) -> None:
    site.rewrite(built.article, slug="sleepers", body="<p>The engine is silent.</p>")
    publish(built.article, by=None, now=timezone.now())
    for left in ("/articles/night-trains", "/articles/night-trains/editions/1"):
        assert "/embed/articles/sleepers/" in ask(client, url=f"{settings.SITE_URL}{left}")["html"]


def test_pages_that_cannot_be_embedded_name_nothing(client: Client, built: site.Site) -> None:
    for address in ("/", "/about/", "/experts/ada/", "/articles/"):
        assert discover(client, address) == {}
