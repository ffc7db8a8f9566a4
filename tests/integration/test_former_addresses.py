"""A page that moves is found at its old address too: experts, questions, topics, authors, in both ways of moving."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, Author, Edition
from articles.publishing import publish
from experts.addresses import find_moved, leave
from experts.models import Expert, FormerAddress, Question, Topic
from tests import make
from tests.make import LONG_AGO, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LATER = NOW + timedelta(days=1)


def move(row: Any, slug: str) -> None:
    old, row.slug = row.slug, slug
    row.save()
    leave(row, old, NOW)


def follow(client: Client, address: str) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.get("Location", "")


@pytest.fixture
def world() -> Article:
    """A published article, so that its topic and its author have pages too."""
    article = make.article(
        experts=[make.expert("Ada", slug="ada"), make.expert("Bo", slug="bo")],
        questions=[make.question("Trains?", slug="trains")],
        authors=[make.author("Nell", slug="nell")],
    )
    for section in article.sections.all():
        make.position(section.expert, article.questions.get())
    article.topics.add(make.topic("Rails", slug="rails"))
    publish(article, by=None, now=NOW)
    return article


PAGES: list[tuple[Any, str, str]] = [
    (Expert, "ada", "/experts/"),
    (Question, "trains", "/questions/"),
    (Topic, "rails", "/topics/"),
    (Author, "nell", "/authors/"),
]


@pytest.mark.parametrize(("model", "slug", "folder"), PAGES)
def test_the_old_address_leads_to_the_new_one(
    client: Client, world: Article, model: Any, slug: str, folder: str
) -> None:
    move(model.objects.get(slug=slug), "second")
    move(model.objects.get(slug="second"), "third")
    assert client.get(f"{folder}third/").status_code == 200
    for old in (slug, "second"):
        assert follow(client, f"{folder}{old}/") == (301, f"{folder}third/")
        assert follow(client, f"{folder}{old}/?page=2&q=a%26b") == (301, f"{folder}third/?page=2&q=a%26b")
    assert follow(client, f"{folder}never/") == (404, "")


@pytest.mark.parametrize(("model", "slug", "folder"), PAGES)
def test_the_desk_remembers(admin_client: Client, world: Article, model: Any, slug: str, folder: str) -> None:
    row = model.objects.get(slug=slug)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    form = admin_client.get(address).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    posted = {name: getattr(value, "pk", value) for name, value in values.items() if value not in (None, "", [])}
    for name in ("public_at", "portrait", "topics"):
        posted.pop(name, None)
    if hasattr(row, "public_at"):
        posted |= {"public_at_0": "2020-01-01", "public_at_1": "00:00:00"}
    inline = {"affiliations-TOTAL_FORMS": 0, "affiliations-INITIAL_FORMS": 0}
    response = admin_client.post(address, posted | inline | {"slug": "moved", "version": row.version})
    assert response.status_code == 302, response.context and response.context["errors"]
    assert follow(admin_client, f"{folder}{slug}/") == (301, f"{folder}moved/")


def test_an_address_that_no_reader_has_seen_is_forgotten(client: Client) -> None:
    for n, public_at in enumerate([None, LATER]):
        expert = make.expert("Ada", slug=f"secret-{n}", public_at=public_at)
        expert.slug = f"ada-{n}"
        expert.save()
        assert leave(expert, f"secret-{n}", NOW) is False
        Expert.objects.filter(pk=expert.pk).update(public_at=LONG_AGO)
        assert client.get(f"/experts/secret-{n}/").status_code == 404
    assert not FormerAddress.objects.exists()


def test_nobody_is_led_to_what_is_private_again(client: Client) -> None:
    expert = make.expert("Ada", slug="ada")
    move(expert, "ada-fernwick")
    Expert.objects.update(public_at=None)
    assert follow(client, "/experts/ada/") == (404, "")
    assert find_moved(Expert.objects.all(), "ada") == expert


def test_topics_and_authors_nobody_reads_of_are_not_led_to(client: Client) -> None:
    move(make.topic(slug="hidden"), "still-hidden")
    move(make.author(slug="hidden"), "still-hidden")
    assert client.get("/topics/hidden/").status_code == client.get("/authors/hidden/").status_code == 404


def test_a_row_that_comes_back_is_shown_where_it_is(client: Client) -> None:
    expert = make.expert("Ada", slug="ada")
    move(expert, "ada-fernwick")
    move(expert, "ada")
    assert client.get("/experts/ada/").status_code == 200
    assert follow(client, "/experts/ada-fernwick/") == (301, "/experts/ada/")
    assert client.get("/experts/ada-fernwick/")["Cache-Control"] == "no-cache", (
        "a browser that remembers goes in circles"
    )
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["ada-fernwick"]


def test_who_takes_a_free_address_has_it(client: Client) -> None:
    move(make.expert("Ada Fernwick", slug="ada"), "ada-fernwick")
    other = make.expert("Ada Other", slug="ada", public_at=None)
    assert follow(client, "/experts/ada/") == (301, "/experts/ada-fernwick/")
    Expert.objects.filter(pk=other.pk).update(public_at=LONG_AGO)
    assert "Ada Other" in client.get("/experts/ada/").text
    move(Expert.objects.get(pk=other.pk), "ada-other")
    assert follow(client, "/experts/ada/") == (301, "/experts/ada-other/")


def test_who_is_gone_is_not_led_to(client: Client) -> None:
    expert = make.expert("Ada", slug="ada")
    move(expert, "ada-fernwick")
    expert.delete()
    assert follow(client, "/experts/ada/") == (404, "")


def test_the_addresses_of_one_kind_are_not_those_of_another(client: Client) -> None:
    move(make.expert("Ada", slug="ada"), "ada-fernwick")
    assert follow(client, "/questions/ada/") == (404, "")


def test_saving_without_moving_leaves_nothing() -> None:
    expert = make.expert("Ada", slug="ada")
    assert leave(expert, "ada", NOW) is False
    assert not FormerAddress.objects.exists()


def test_what_an_old_edition_says_still_leads_there(client: Client, world: Article) -> None:
    """Its content is frozen, addresses included."""
    move(Expert.objects.get(slug="ada"), "ada-fernwick")
    kept = Edition.objects.get()
    page = client.get(reverse("edition", args=[kept.slug, kept.number])).text
    assert 'href="/experts/ada/"' in page
    assert follow(client, "/experts/ada/") == (301, "/experts/ada-fernwick/")
