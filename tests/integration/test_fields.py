"""Whatever the way in, what is stored is clean."""

from collections.abc import Callable

import pytest

from articles.models import Article
from experts.models import Expert, Topic
from tests import make

pytestmark = pytest.mark.django_db

DIRTY, LINE, PROSE = " A\x00da \r\n\u202eFernwick ", "Ada Fernwick", "Ada \nFernwick"
DIRTY_HTML, HTML = ' <p onclick="x()">A\x00da</p><script>x()</script> ', "<p>Ada</p>"


def by_create() -> None:
    Expert.objects.create(name=DIRTY, bio=DIRTY, slug="ada")


def by_save() -> None:
    expert = Expert(slug="ada")
    expert.name = expert.bio = DIRTY
    expert.save()


def by_bulk_create() -> None:
    Expert.objects.bulk_create([Expert(name=DIRTY, sort_name=DIRTY, bio=DIRTY, slug="ada")])


def by_update() -> None:
    make.expert("Somebody", slug="ada", sort_name="")
    Expert.objects.update(name=DIRTY, sort_name=DIRTY, bio=DIRTY)


def by_bulk_update() -> None:
    expert = make.expert("Somebody", slug="ada")
    expert.name = expert.sort_name = expert.bio = DIRTY
    Expert.objects.bulk_update([expert], ["name", "sort_name", "bio"])


def by_get_or_create() -> None:
    Expert.objects.get_or_create(slug="ada", defaults={"name": DIRTY, "bio": DIRTY})


def by_update_or_create() -> None:
    make.expert("Somebody", slug="ada", sort_name=DIRTY)
    Expert.objects.update_or_create(slug="ada", defaults={"name": DIRTY, "bio": DIRTY})


@pytest.mark.parametrize(
    "write",
    [by_create, by_save, by_bulk_create, by_update, by_bulk_update, by_get_or_create, by_update_or_create],
)
def test_text_is_stored_clean(write: Callable[[], None]) -> None:
    write()
    expert = Expert.objects.get(slug="ada")
    assert (expert.name, expert.sort_name, expert.bio) == (LINE, LINE, PROSE)


def test_html_is_stored_clean() -> None:
    article = Article.objects.create(slug="a", body=DIRTY_HTML)
    Article.objects.bulk_create([Article(slug="b", body=DIRTY_HTML)])
    Article.objects.update(verdict=DIRTY_HTML)
    article.method = DIRTY_HTML
    article.save(update_fields=["method"])
    assert list(Article.objects.order_by("slug").values_list("body", "verdict", "method")) == [
        (HTML, HTML, HTML),
        (HTML, HTML, ""),
    ]


def test_the_instance_that_was_saved_shows_what_was_stored() -> None:
    expert = Expert.objects.create(name=DIRTY, bio=DIRTY, slug="ada")
    article = Article.objects.create(slug="a", body=DIRTY_HTML, headline=DIRTY)
    assert (expert.name, expert.sort_name, expert.bio) == (LINE, LINE, PROSE)
    assert (article.headline, article.body) == (LINE, HTML)


def test_a_dirty_name_is_found_by_its_clean_one_and_the_other_way_round() -> None:
    make.expert(DIRTY)
    assert Expert.objects.filter(name=LINE).count() == Expert.objects.filter(name=DIRTY).count() == 1


def test_a_missing_reference_stays_missing() -> None:
    make.expert("One")
    make.expert("Two")
    assert Expert.objects.filter(reference=None).count() == 2


def test_lengths_are_counted_in_characters() -> None:
    assert Topic.objects.create(name="火" * 200, slug="a").name == "火" * 200
