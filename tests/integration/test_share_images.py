"""The pictures that other sites show of an edition and of the positions in it."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image, ImageChops
from pytest_django import DjangoAssertNumQueries

from articles import sharing
from articles.models import Edition
from articles.publishing import publish, withdraw
from experts.models import Position
from tests import cast, make, site
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

FIRST = "/articles/night-trains/editions/1/share.png"
SECOND = "/articles/night-trains/editions/2/share.png"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Other tests of this process may have drawn the same pictures."""
    settings.DATA_DIR = tmp_path


def look(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return image.convert("RGB")


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels in the box differ from the paper."""
    part = image.crop(box)
    bare = ImageChops.difference(part, Image.new("RGB", part.size, "#fbf9f5")).convert("L")
    return sum(bare.histogram()[40:])


def kept() -> dict[str, float]:
    folder = Path(settings.DATA_DIR) / "share"
    return {file.name: file.stat().st_mtime for file in folder.iterdir()} if folder.exists() else {}


def shown(edition: Edition) -> list[int]:
    return [position["id"] for position in edition.content["comparison"]["positions"]]


def test_an_edition_has_its_picture_for_good(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build()
    before = set(kept())
    response = client.get(SECOND)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"].startswith("public, max-age=31536000, immutable")
    assert "Set-Cookie" not in response
    assert len(set(kept()) - before) == 1
    drawn = kept()
    monkeypatch.setattr(sharing, "draw", None)  # would fail if anything were drawn again
    with django_assert_num_queries(2):
        assert client.get(SECOND).content == response.content
    assert kept() == drawn
    assert not [name for name in kept() if name.endswith(".part")]


def test_replaced_editions_keep_theirs_and_every_edition_has_its_own(client: Client) -> None:
    site.build()
    first, second = client.get(FIRST), client.get(SECOND)
    assert first.status_code == second.status_code == 200
    assert first.content != second.content


def test_every_position_of_an_edition_has_one(client: Client) -> None:
    article = site.build().article
    edition = Edition.objects.get(article=article, number=2)
    assert len(shown(edition)) > 3
    pictures = {client.get(f"/articles/night-trains/editions/2/share/{pk}.png").content for pk in shown(edition)}
    assert len(pictures) == len(shown(edition))
    for data in pictures:
        look(data)


def test_what_an_edition_does_not_show_has_none(client: Client) -> None:
    article = site.build().article
    edition = Edition.objects.get(article=article, number=2)
    elsewhere = Position.objects.exclude(pk__in=shown(edition))
    private = make.position(make.expert("Hidden", public_at=None), make.question(), public_at=None)
    assert elsewhere.exists()
    for pk in (elsewhere[0].pk, private.pk, 0, 999_999, 10**30):
        response = client.get(f"/articles/night-trains/editions/2/share/{pk}.png")
        assert response.status_code == 404
        assert "immutable" not in response.get("Cache-Control", "")
    for address in ("/articles/night-trains/editions/3/share.png", "/articles/nothing/editions/1/share.png"):
        assert client.get(address).status_code == 404


def test_what_is_not_live_yet_has_none_and_what_was_withdrawn_is_gone(client: Client) -> None:
    article = site.build().article
    (pk, *_) = shown(Edition.objects.get(article=article, number=2))
    site.rewrite(article, headline="Not before tomorrow")
    later = publish(article, by=None, now=NOW + timedelta(hours=2), at=NOW + timedelta(days=36_500))
    assert client.get(f"/articles/night-trains/editions/{later.number}/share.png").status_code == 404
    assert client.get("/articles/forged/editions/1/share.png").status_code == 410
    withdraw(article, by=None, now=NOW + timedelta(hours=3), reason="All wrong.")
    assert client.get(SECOND).status_code == 410
    assert client.get(f"/articles/night-trains/editions/2/share/{pk}.png").status_code == 410


def test_an_old_address_leads_to_the_new_one(client: Client) -> None:
    article = site.build().article
    (pk, *_) = shown(Edition.objects.get(article=article, number=2))
    site.rewrite(article, slug="sleepers")
    publish(article, by=None, now=NOW + timedelta(hours=2))
    for path in ("share.png", f"share/{pk}.png"):
        response = client.get(f"/articles/night-trains/editions/2/{path}")
        assert (response.status_code, response["Location"]) == (301, f"/articles/sleepers/editions/2/{path}")


def test_only_what_is_frozen_is_drawn(client: Client) -> None:
    record = site.build().record
    edition = Edition.objects.get(slug="night-trains", number=2)
    addresses = [SECOND, *(f"/articles/night-trains/editions/2/share/{pk}.png" for pk in shown(edition)[:2])]
    before = [client.get(address).content for address in addresses]
    for expert in record.experts.values():
        type(expert).objects.filter(pk=expert.pk).update(name="Somebody Else")
    Position.objects.update(summary="Something else.")
    assert [client.get(address).content for address in addresses] == before


def test_there_is_ink_where_words_stand_in_each_of_the_fonts(client: Client) -> None:
    """A font that the drawing does not find draws nothing, without a word."""
    record = site.build().record
    article = look(client.get(SECOND).content)
    boxes = {
        "wordmark": (60, 20, 300, 80),
        "counts": (800, 20, 1140, 80),
        "headline": (60, 110, 1140, 190),
        "wording": (60, 200, 700, 240),
        "axis and labels": (60, 440, 1140, 510),
        "byline": (60, 570, 500, 620),
        "permalink": (640, 570, 1140, 620),
    }
    assert {name for name, box in boxes.items() if ink(article, box) < 200} == set()
    assert ink(article, (0, 95, 55, 555)) == ink(article, (1145, 95, 1200, 555)) == 0
    position = record.find("ada", "trains", cast.JAN_24)
    card = look(client.get(f"/articles/night-trains/editions/2/share/{position.pk}.png").content)
    boxes = {
        "proposition": (60, 105, 1140, 160),
        "stance": (60, 180, 400, 240),
        "whose words": (700, 180, 1140, 250),
        "words": (60, 260, 1140, 450),
        "name": (146, 470, 600, 545),
        "source": (640, 470, 1140, 545),
    }
    assert {name for name, box in boxes.items() if ink(card, box) < 200} == set()


HOSTILE = (
    "</text><script>alert(1)</script>&amp;{{ 7 * 7 }}<image href='file:///etc/passwd'/>",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "李开复谈人工智能竞赛与未来十年" * 10,
    "هل ستكون القطارات الليلية أسرع من الطائرات؟ " * 4,
    "🚂🚃👩🏽‍🚀 e\u0301\u0302\u0303" * 10,
    "\u00a0\u200b\u2028-—/",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_break_it(client: Client, words: str) -> None:
    record = cast.record()
    type(record.experts["ada"]).objects.filter(pk=record.experts["ada"].pk).update(name=words[:200])
    type(record.questions["trains"]).objects.filter(pk=record.questions["trains"].pk).update(wording=words)
    Position.objects.update(summary=words * 5)
    record.experts["ada"].refresh_from_db()
    record.questions["trains"].refresh_from_db()
    article = make.article(
        words[:200], slug="hostile", experts=record.experts.values(), questions=[record.questions["trains"]]
    )
    edition = publish(article, by=None, now=NOW)
    for path in ("share.png", *(f"share/{pk}.png" for pk in shown(edition))):
        image = look(client.get(f"{edition.get_absolute_url()}{path}").content)
        assert ink(image, (0, 95, 55, 555)) == ink(image, (1150, 95, 1200, 555)) == 0
        assert ink(image, (600, 570, 1140, 620)) > 200


# --- What pages say of it --------------------------------------------------------------------------------------------


def read_tags(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="((?:og|twitter|article):[^"]+)" content="([^"]*)">', page))


def test_pages_name_their_picture_with_size_and_words(client: Client) -> None:
    site.build()
    for address, image in (("/articles/night-trains/", SECOND), ("/articles/night-trains/editions/1/", FIRST)):
        tags = read_tags(client.get(address).content.decode())
        assert tags["og:image"] == f"{settings.SITE_URL}{image}"
        assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
        assert tags["og:image:alt"] == "Who believes in night trains: where 5 experts stand, as a drawing."
        assert (tags["og:title"], tags["og:url"]) == ("Who believes in night trains", f"{settings.SITE_URL}{address}")
        assert tags["og:description"]
        assert tags["twitter:card"] == "summary_large_image"
        look(client.get(tags["og:image"].removeprefix(settings.SITE_URL)).content)


def test_the_evidence_of_an_edition_leads_to_the_picture_of_each_position(client: Client) -> None:
    site.build()
    edition = Edition.objects.get(slug="night-trains", number=2)
    page = client.get("/articles/night-trains/").content.decode()
    linked = re.findall(r'href="(/articles/night-trains/editions/2/share/(\d+)\.png)"', page)
    assert {int(pk) for _, pk in linked} == set(shown(edition))
    assert client.get(linked[0][0]).status_code == 200
    assert "share/" not in client.get("/compare/?expert=ada&expert=bo").content.decode()
