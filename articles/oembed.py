"""oEmbed 1.0 (oembed.com): which of our addresses can be shown in a frame elsewhere, and what that frame is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as ET  # nothing is parsed

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from aisrace.lib.embeds import FRESH, POSITION_HEIGHT, QUESTION_HEIGHT, comparison_height, embed_code
from articles.models import Edition
from articles.reading import newest_at
from experts.addresses import find_moved
from experts.models import Question
from experts.standing import read_position_page

WIDTH = 720


@dataclass(frozen=True)
class Shown:
    """`path` is that of the frame, `height` what it takes at `WIDTH` pixels or more."""

    path: str
    title: str
    height: int
    author: str = ""
    author_path: str = ""
    picture: str = ""


def find_shown(url: str, host: str, now: datetime) -> Shown | None:
    """What the page at `url` shows at `now`; None for other sites, other pages and what readers do not see.

    Ours is what the public address names, and `host`, by which we have just been asked.
    """
    try:
        parts = urlsplit(url)
        match: Any = find_page(parts.path)
    except (ValueError, Resolver404):
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in (urlsplit(settings.SITE_URL).netloc, host):
        return None
    find = FINDERS.get(match.view_name)
    return find(match.captured_kwargs, parts.query, now) if find else None


def find_page(path: str) -> ResolverMatch:
    """Also without the slash at its end, which readers are led to."""
    try:
        return resolve(path)
    except Resolver404:
        return resolve(f"{path}/")


def find_article(named: dict[str, Any], query: str, now: datetime) -> Shown | None:
    newest = newest_at(named["slug"], now).first()
    if newest is None or newest.is_withdrawal:
        return None
    return show_edition(newest, reverse("article_embed", args=[newest.slug]))


def find_edition(named: dict[str, Any], query: str, now: datetime) -> Shown | None:
    newest = newest_at(named["slug"], now).first()
    if newest is None or newest.is_withdrawal:
        return None
    published = Edition.objects.published(now).filter(article=newest.article_id).exclude(content={})
    kept = published.filter(number=named["number"]).first()
    return show_edition(kept, reverse("edition_embed", args=[newest.slug, kept.number])) if kept else None


def show_edition(edition: Edition, path: str) -> Shown:
    byline = edition.content["byline"]
    return Shown(
        path,
        edition.headline,
        comparison_height(edition.content["counts"]["experts"]),
        ", ".join(author["name"] for author in byline),
        reverse("author", args=[byline[0]["slug"]]) if byline else "",
        reverse("article_image", args=[edition.slug, edition.number]),
    )


def find_question(named: dict[str, Any], query: str, now: datetime) -> Shown | None:
    """With the day that the page was asked for."""
    questions = Question.objects.public(now)
    question = questions.filter(slug=named["slug"]).first() or find_moved(questions, named["slug"])
    if question is None:
        return None
    path, day = reverse("question_embed", args=[question.slug]), _keep_day(query)
    picture = "" if day else reverse("question_image", args=[question.slug])  # which shows today
    return Shown(f"{path}{day}", question.wording, QUESTION_HEIGHT, picture=picture)


def find_position(named: dict[str, Any], query: str, now: datetime) -> Shown | None:
    page = read_position_page(named["key"], now)
    if page is None:
        return None
    expert = page.cell.expert
    title = f"{expert.name}: {page.cell.label}. {page.cell.question.wording}"
    path = reverse("position_embed", args=[named["key"]])
    return Shown(path, title, POSITION_HEIGHT, expert.name, reverse("expert", args=[expert.slug]))


FINDERS: dict[str, Callable[[dict[str, Any], str, datetime], Shown | None]] = {
    "article": find_article,
    "edition": find_edition,
    "question": find_question,
    "position": find_position,
}


def _keep_day(query: str) -> str:
    day = parse_qs(query).get("as_of", [""])[-1]
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        return ""
    try:
        date.fromisoformat(day)
    except ValueError:
        return ""
    return f"?{urlencode({'as_of': day})}"


def describe(shown: Shown, max_width: int | None, max_height: int | None) -> dict[str, str | int]:
    """The answer of a rich type, no larger than asked for; the picture only where it is not either."""
    width, height = min(WIDTH, max_width or WIDTH), min(shown.height, max_height or shown.height)
    told: dict[str, str | int] = {
        "type": "rich",
        "version": "1.0",
        "title": shown.title,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": FRESH,
        "html": embed_code(shown.path, shown.title, height, str(width)),
        "width": width,
        "height": height,
    }
    if shown.author:
        told |= {"author_name": shown.author, "author_url": f"{settings.SITE_URL}{shown.author_path}"}
    if shown.picture and (max_width or 1200) >= 1200 and (max_height or 630) >= 630:
        picture = {"thumbnail_url": f"{settings.SITE_URL}{shown.picture}"}
        told |= picture | {"thumbnail_width": 1200, "thumbnail_height": 630}
    return told


def write_xml(told: dict[str, str | int]) -> bytes:
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = str(value)
    return b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + ET.tostring(root, "utf-8")
