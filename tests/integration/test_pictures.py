"""Pictures in the models, in editions and on the pages: whichever way they came in."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.forms import modelform_factory
from django.test import Client
from PIL import Image

from aisrace.lib.pictures import CleanPicture, PictureRefused
from articles.freezing import freeze
from articles.models import Article, Edition
from articles.publishing import publish
from experts.models import Expert
from tests import make
from tests.make import NOW
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2025, 7, 1)
PLACE = b"48.12.30 north"


def photo(width: int = 800, height: int = 600) -> ContentFile:
    """With the place it was taken at."""
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    data = BytesIO()
    Image.new("RGB", (width, height), "teal").save(data, "JPEG", exif=exif)
    assert PLACE in data.getvalue()
    return ContentFile(data.getvalue(), "My Holiday.JPG")


def stored() -> set[str]:
    folders = [folder for folder in ("pictures", "portraits") if default_storage.exists(folder)]
    return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]}


def beside(name: str) -> set[str]:
    stem = name.rpartition(".")[0]
    return {other for other in stored() if other.startswith(stem) and other != name}


def test_a_picture_saved_by_hand_is_drawn_anew_and_has_its_renditions() -> None:
    article = make.article()
    article.picture.save("holiday.jpg", photo())
    name = article.picture.name
    assert name.startswith("pictures/")
    assert name.endswith(".800x600.jpg")
    assert "holiday" not in name.lower()
    with default_storage.open(name) as file:
        assert PLACE not in file.read()
    assert {other.removeprefix(name.removesuffix("jpg")) for other in beside(name)} == {
        *("w320.avif", "w320.webp", "w640.avif", "w640.webp", "w800.avif", "w800.webp")
    }
    article.refresh_from_db()
    assert article.picture.name == name


def test_created_rows_and_many_at_once_are_no_way_around() -> None:
    one = make.expert("One", portrait=photo())
    (two,) = Expert.objects.bulk_create([Expert(name="Two", sort_name="Two", slug="two", portrait=photo(400, 700))])
    for expert, size in ((one, "800x600"), (two, "400x700")):
        with default_storage.open(expert.portrait.name) as file:
            assert PLACE not in file.read()
        assert f".{size}.jpg" in str(expert.portrait.name)
        assert len(beside(expert.portrait.name)) == 6


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b""])
def test_what_is_no_picture_is_stored_by_nobody(data: bytes) -> None:
    article, before = make.article(), stored()
    with pytest.raises(PictureRefused):
        article.picture.save("a.jpg", ContentFile(data))
    with pytest.raises(PictureRefused), transaction.atomic():
        Expert.objects.create(name="Mallory", slug="mallory", portrait=SimpleUploadedFile("a.jpg", data))
    assert not Expert.objects.filter(slug="mallory").exists()
    assert stored() == before


def test_a_form_refuses_with_a_sentence_and_hands_on_the_picture_drawn_anew() -> None:
    article = make.article()
    form_class = modelform_factory(Article, fields=["picture"])
    bad = form_class({}, {"picture": SimpleUploadedFile("a.jpg", b"<svg/>")}, instance=article)
    assert "not a JPEG, PNG, WebP, AVIF or GIF picture" in bad.errors["picture"][0]
    good = form_class({}, {"picture": SimpleUploadedFile("a.jpg", photo().read())}, instance=article)
    assert good.is_valid(), good.errors
    assert isinstance(good.cleaned_data["picture"], CleanPicture)
    good.save()
    article.refresh_from_db()
    assert article.picture.name.endswith(".800x600.jpg")
    assert len(beside(article.picture.name)) == 6


def test_saving_again_stores_nothing_again() -> None:
    article = make.article(picture=photo())
    before, name = stored(), article.picture.name
    article.save()
    Article.objects.get(pk=article.pk).save()
    assert (stored(), Article.objects.get(pk=article.pk).picture.name) == (before, name)


def test_a_replaced_picture_stays_for_the_editions_that_show_it() -> None:
    article = make.article(picture=photo())
    first, kept = article.picture.name, beside(article.picture.name)
    article.picture = photo(500, 500)
    article.save()
    assert article.picture.name != first
    assert default_storage.exists(first)
    assert beside(first) == kept != set()


# --- In editions and on pages ----------------------------------------------------------------------------------------


def published(**values: object) -> tuple[Article, Edition]:
    portrait = {"portrait": photo(300, 400), "portrait_alt": "Ada, laughing", "portrait_credit": "Zoe Fox"}
    experts = [make.expert("Ada Fernwick", portrait_focus_y=20, **portrait), make.expert("Bo Lindqvist")]
    asked = make.question()
    for expert in experts:
        make.position(expert, asked)
    article = make.article(
        experts=experts, questions=[asked], picture=photo(), picture_alt="Rails", picture_credit="Nell", **values
    )
    return article, publish(article, by=None, now=NOW)


def test_an_edition_keeps_all_that_is_needed_to_show_the_picture() -> None:
    article, _ = published(picture_focus_x=30, picture_focus_y=70)
    content = freeze(article, TODAY)
    url = article.picture.url
    stem = url.removesuffix(".jpg")
    assert content["picture"] == {
        "url": url,
        "width": 800,
        "height": 600,
        "alt": "Rails",
        "credit": "Nell",
        "focus": [30, 70],
        "renditions": {
            form: [{"width": width, "url": f"{stem}.w{width}.{form}"} for width in (320, 640, 800)]
            for form in ("avif", "webp")
        },
    }
    ada, bo = content["comparison"]["experts"]
    assert ada["portrait"].endswith(".300x400.jpg")
    assert (ada["portrait_alt"], ada["portrait_credit"], ada["portrait_focus_y"]) == ("Ada, laughing", "Zoe Fox", 20)
    assert (bo["portrait"], bo["portrait_credit"]) == ("", "")


def test_the_page_offers_the_renditions_by_width_and_none_by_style(client: Client) -> None:
    article, _ = published(picture_focus_x=34, picture_focus_y=100)
    page = client.get(article.get_absolute_url()).content.decode()
    stem = article.picture.url.removesuffix(".jpg")
    for form in ("avif", "webp"):
        srcset = ", ".join(f"{stem}.w{width}.{form} {width}w" for width in (320, 640, 800))
        assert f'<source type="image/{form}" sizes="(min-width: 74rem) 69rem, 100vw" srcset="{srcset}">' in page
    assert f'<img class="focus-x-30 focus-y-100" src="{stem}.jpg" alt="Rails" width="800" height="600"' in page
    face = Expert.objects.get(name="Ada Fernwick").portrait.url.removesuffix(".jpg")
    assert f'srcset="{face}.w96.avif 1x, {face}.w192.avif 2x"' in page
    assert 'class="focus-x-50 focus-y-0"' in page
    assert "<bdi>Ada Fernwick</bdi> by Zoe Fox" in page
    assert not [element for element in Page(page).elements if "style" in element.attributes]
    assert page.index("image/avif") < page.index("image/webp")


def test_every_file_the_page_names_is_there(client: Client) -> None:
    article, _ = published()
    page = client.get(article.get_absolute_url()).content.decode()
    named = {part for part in page.replace('"', " ").replace(",", " ").split() if part.startswith("/media/")}
    assert len(named) == 12
    assert [address for address in named if not default_storage.exists(address.removeprefix("/media/"))] == []


def test_the_experts_own_page_describes_the_portrait(client: Client) -> None:
    expert = make.expert(portrait=photo(400, 400), portrait_alt="Ada, laughing", portrait_credit="Zoe Fox")
    page = client.get(expert.get_absolute_url()).content.decode()
    assert 'alt="Ada, laughing"' in page
    assert "Portrait: Zoe Fox" in page


def test_editions_from_before_renditions_are_still_shown(client: Client) -> None:
    """As they were frozen then: without focus and renditions, and experts with nothing but an address."""
    article, edition = published()
    content = edition.content
    for key in ("focus", "renditions"):
        del content["picture"][key]
    content["picture"]["url"] = "/media/pictures/old.jpg"
    for expert in content["comparison"]["experts"]:
        for key in [key for key in expert if key.startswith("portrait_")]:
            del expert[key]
        expert["portrait"] = "/media/portraits/old.jpg"
    QuerySet(Edition).filter(pk=edition.pk).update(content=content)
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<img class="focus-x-50 focus-y-50" src="/media/pictures/old.jpg" alt="Rails"' in page
    assert 'src="/media/portraits/old.jpg"' in page
    assert "<source" not in page
