"""Experts as programs read them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count
from rest_framework import serializers

from aisrace.api.asking import Ask
from aisrace.api.collections import Filter, Rows
from aisrace.api.links import Links
from aisrace.api.paging import Ordering
from aisrace.api.parameters import choice, words
from aisrace.journal.state import Covered
from aisrace.lib.renditions import read_size
from experts.addresses import Moving
from experts.api.finding import AS_OF
from experts.models import Affiliation, Expert, Position
from experts.record import name_role, read_roles


class PortraitSerializer(serializers.Serializer):
    url = serializers.URLField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    alt = serializers.CharField()
    credit = serializers.CharField()
    focus = serializers.ListField(
        child=serializers.IntegerField(), help_text="What to keep in view: x and y, in percent."
    )


class AffiliationSerializer(serializers.Serializer):
    role = serializers.CharField(help_text="May be empty.")
    organisation = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True, help_text="First day in the role, where it is known.")
    ends_on = serializers.DateField(allow_null=True, help_text="First day after it, where it is known.")
    seen_from = serializers.DateField(allow_null=True, help_text="First day on which a source shows the role.")
    seen_until = serializers.DateField(allow_null=True, help_text="Last day on which a source shows the role.")
    interests = serializers.CharField(help_text="Declared interests.")


class ExpertSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see.")
    kind = serializers.ChoiceField(choices=Expert.Kind.choices)
    name = serializers.CharField()
    sort_name = serializers.CharField(help_text="As in an index.")
    role = serializers.CharField(help_text="Held on the day asked for, in words; may be empty.")
    bio = serializers.CharField()
    portrait = PortraitSerializer(allow_null=True)
    website = serializers.CharField(help_text="May be empty.")
    wikidata_id = serializers.CharField(help_text="May be empty.")
    answers = serializers.IntegerField(
        help_text="Positions on record that give an answer, stated by the day asked for."
    )
    positions = serializers.URLField(help_text="Everything on record, as a list.")
    affiliations = AffiliationSerializer(many=True, required=False)


class Experts(Covered, Moving):
    """People and organisations whose positions are on record."""

    place = "experts"
    serializer_class = ExpertSerializer
    include = {"affiliations": "roles held, oldest first"}
    parameters = (AS_OF,)
    filters = (
        Filter(
            choice("kind", "Only people, or only organisations.", Expert.Kind.values),
            lambda rows, kind, ask: rows.filter(kind=kind),
        ),
        Filter(
            words("q", "Only those whose name contains these words."),
            lambda rows, q, ask: rows.filter(name__icontains=q),
        ),
    )
    orderings = (Ordering("name", "sort_name"), Ordering("id", "pk"))

    def find(self, ask: Ask) -> Rows:
        return Expert.objects.public(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Three queries at most: experts, their roles, how much each answered."""
        roles = read_roles(ids) if ask.wants("role", "affiliations") else {}
        answers = count_answers(ids, ask) if ask.wants("answers") else {}
        rows = Expert.objects.filter(pk__in=ids)
        return {
            expert.pk: tell_expert(expert, ask.links)
            | {
                "role": name_role(roles, expert.pk, ask.day),
                "affiliations": [tell_affiliation(role) for role in roles.get(expert.pk, ())],
                "answers": answers.get(expert.pk, 0),
            }
            for expert in rows
        }


def tell_expert(expert: Expert, links: Links) -> dict[str, Any]:
    """What stands in the row itself."""
    return {
        "id": expert.pk,
        "slug": expert.slug,
        "url": links.api("experts", expert.slug),
        "page": links.page("expert", expert.slug),
        "kind": expert.kind,
        "name": expert.name,
        "sort_name": expert.sort_name,
        "bio": expert.bio,
        "portrait": tell_portrait(expert, links),
        "website": expert.website,
        "wikidata_id": expert.wikidata_id,
        "positions": f"{links.list('positions')}?expert={expert.slug}",
    }


def tell_portrait(expert: Expert, links: Links) -> dict[str, Any] | None:
    if not expert.portrait:
        return None
    width, height = read_size(str(expert.portrait)) or (None, None)
    return {
        "url": links.file(expert.portrait.url),
        "width": width,
        "height": height,
        "alt": expert.portrait_alt,
        "credit": expert.portrait_credit,
        "focus": [expert.portrait_focus_x, expert.portrait_focus_y],
    }


def tell_affiliation(role: Affiliation) -> dict[str, Any]:
    days: dict[str, date | None] = {
        name: getattr(role, name) for name in ("starts_on", "ends_on", "seen_from", "seen_until")
    }
    return {"role": role.role, "organisation": role.organisation, **days, "interests": role.interests}


def count_answers(ids: Sequence[int], ask: Ask) -> dict[int, int]:
    """By expert. One query."""
    given = Position.objects.public(ask.now).stated_by(ask.as_of).filter(expert__in=ids, answer__isnull=False)
    return dict(given.order_by().values_list("expert").annotate(Count("pk")))
