"""Every page of the desk opens with hostile text in every column."""

import pytest
from django.contrib import admin
from django.db.models import CharField, JSONField, Model, QuerySet, TextField
from django.test import Client

from aisrace.keeping.models import Deed
from tests.desk import World, address, make_world

pytestmark = pytest.mark.django_db


stands_on = make_world


@pytest.fixture(autouse=True)
def world(standing: World) -> World:
    return standing


HOSTILE = '"><img src=x onerror=alert(1)>{{ 7*7 }}</script><script>alert(2)</script>\u202e%s'


def poison(row: Model) -> None:
    """Past every cleaning, straight into the columns."""
    values = {
        field.name: HOSTILE[: field.max_length or None]
        for field in row._meta.concrete_fields
        if isinstance(field, CharField | TextField) and not isinstance(field, JSONField)
        if not (field.choices or field.unique or field.primary_key or field.name in LEFT_ALONE)
    }
    if isinstance(row, Deed):  # nobody rewrites the trail; a new deed can say anything
        Deed.objects.create(at=row.at, kind=row.kind, row_id=row.row_id, **values)
    elif values:
        QuerySet(type(row)).filter(pk=row.pk).update(**values)


# Keys, hashes and words whose values a constraint lists; the rest takes anything.
LEFT_ALONE = {"password", "kind", "row_id", "codename", "slug", "url", "website", "picture", "portrait", "wikidata_id"}


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_every_page_of_the_desk_opens_with_hostile_text(admin_client: Client, world: World, model: type[Model]) -> None:
    for row in [row for kind in admin.site._registry for row in kind._base_manager.all()]:
        poison(row)
    rows = list(model._base_manager.all()[:3])
    pages = [address(model, "changelist"), address(model, "changelist") + "?q=alert"]
    pages += [address(model, page, row.pk) for row in rows for page in ("change", "history", "delete")]
    for place in [*pages, "/admin/"]:
        answer = admin_client.get(place)
        assert answer.status_code in (200, 403), place
        assert "<img src=x" not in answer.text, place
        assert "<script>alert" not in answer.text, place
