"""Addresses that nobody got from a link: a clear answer on both databases, and nothing is done."""

import pytest
from django.test import Client

from aisrace.keeping.models import Deed
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DIGITS = "9" * 20
NOT_UNDERSTOOD = [
    f"/admin/keeping/deed/?at__year={DIGITS}",
    f"/admin/experts/position/?stated_on__year={DIGITS}",
    "/admin/keeping/deed/export/?at__year=x",
]


@pytest.mark.parametrize("address", NOT_UNDERSTOOD)
def test_what_cannot_be_is_refused_in_words(admin_client: Client, address: str) -> None:
    answer = admin_client.get(address)
    assert answer.status_code == 400
    assert "Nothing was done" in answer.text
    assert "Back to Start" in answer.text


NUL = [
    "/admin/keeping/deed/?verb=%00",
    "/admin/keeping/deed/?kind=%00",
    "/admin/articles/article/?q=%00&state=%00",
    "/admin/articles/article/?slug__exact=%00",
    "/admin/experts/expert/%00/change/",
    "/admin/autocomplete/?app_label=experts&model_name=position&field_name=expert&term=%00",
]


@pytest.mark.parametrize("address", NUL)
def test_nul_breaks_nothing(admin_client: Client, address: str) -> None:
    """SQLite looks for it in vain, PostgreSQL refuses to look."""
    assert admin_client.get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize("number", [DIGITS, "9" * 5000, "x", "-1"])
def test_versions_that_are_none_compare_nothing(admin_client: Client, number: str) -> None:
    article = make.article()
    answer = admin_client.get(f"/admin/articles/article/{article.pk}/history/?from={number}&to={number}")
    assert answer.status_code in (200, 400)


def test_saving_as_new_is_no_way_past_the_version(admin_client: Client) -> None:
    expert = make.expert("Ada Byron")
    form = {"name": "Somebody else", "slug": "somebody-else", "kind": "person", "_saveasnew": "1", "version": "9"}
    answer = admin_client.post(f"/admin/experts/expert/{expert.pk}/change/", form)
    assert answer.status_code == 200
    expert.refresh_from_db()
    assert expert.name == "Ada Byron"
    assert not Deed.objects.about(expert).exists()
