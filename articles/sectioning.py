"""The sections of a working copy as a list that is sent whole: each keeps its row by its expert, or by its heading."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from aisrace.lib.checking import Problems, check, require, tidy
from aisrace.lib.text import fold
from articles.models import Article, Section
from experts.models import Expert

WRITTEN = ("order", "heading", "body", "expert_id")


def write_sections(
    article: Article, said: Sequence[Mapping[str, Any]], by: User, now: datetime, problems: Problems
) -> list[Section]:
    """Not saved yet, in their order. Two queries."""
    there = list(article.sections.select_related("expert")) if article.pk else []
    experts = find_experts(said, [section.expert_id for section in there], by, now)
    rows = {name_section(section): section for section in there}
    sections: list[Section] = []
    for order, one in enumerate(said):
        pointer, slug = f"/sections/{order}", one.get("expert")
        expert = experts.get(slug) if slug else None
        if slug and expert is None:
            problems.add(f"{pointer}/expert", f"There is no expert “{slug}” here.")
            continue
        if expert and any(section.expert_id == expert.pk for section in sections):
            problems.add(f"{pointer}/expert", f"“{slug}” has a section already.")
            continue
        new = Section(expert=expert, heading=one.get("heading", ""))
        tidy(new)
        section = rows.pop(name_section(new), new)
        section.heading, section.body, section.order = new.heading, one.get("body", section.body), order
        if not (section.heading or expert):
            problems.add(f"{pointer}/heading", "A section has a heading, or an expert whose name is one.")
            continue
        tidy(section)
        check(section, problems, pointer, exclude=["article"])
        sections.append(section)
    return sections


def find_experts(
    said: Sequence[Mapping[str, Any]], there: Sequence[int | None], by: User, now: datetime
) -> dict[str, Expert]:
    """By slug: those that somebody may read, and those that stand there already."""
    slugs = [one["expert"] for one in said if one.get("expert")]
    readable = Expert.objects.readable_by(by, now).order_by().values("pk")
    chosen = Expert.objects.filter(Q(pk__in=readable) | Q(pk__in=[pk for pk in there if pk]), slug__in=slugs)
    return {expert.slug: expert for expert in chosen}


def name_section(section: Section) -> tuple[int | None, str]:
    return (section.expert_id, "") if section.expert_id else (None, fold(section.heading))


def save_sections(article: Article, sections: Sequence[Section], by: User) -> None:
    """Those and no others; each deed as far as somebody may do it."""
    there = {section.pk: read_fields(section) for section in article.sections.all()}
    gone = there.keys() - {section.pk for section in sections}
    if gone:
        require(by, "articles.delete_section")
        article.sections.filter(pk__in=gone).delete()
    for section in sections:
        if section.pk and there[section.pk] == read_fields(section):
            continue
        require(by, f"articles.{'change' if section.pk else 'add'}_section")
        section.article = article
        section.save()


def read_fields(section: Section) -> dict[str, Any]:
    return {name: getattr(section, name) for name in WRITTEN}
