"""The content of editions as programs read it, without decoding the comparisons that nobody asked for."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db.models import F, Func, TextField

from aisrace.api.asking import Ask
from aisrace.api.links import Links
from articles.models import Edition
from experts.frozen import load
from experts.measures import distribute
from experts.telling import name_expert, name_question, tell_comparison, tell_tally

WORDS = ("standfirst", "body", "verdict", "method", "counts", "minutes")
TOLD = (*WORDS, "sections", "byline", "topics", "picture", "verdict_positions")
COUNTED = ("tallies", "comparison")
EXPERTS = "comparison.experts"


class Parts(Func):
    """What stands at some paths of a JSON field, as the text of one list: parsed once, and only that is handed over."""

    output_field = TextField()

    def __init__(self, field: str, paths: Sequence[str]) -> None:
        super().__init__(F(field))
        self.paths = paths

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        field, values = compiler.compile(self.source_expressions[0])
        paths = ", ".join(f"'$.{path}'" for path in self.paths)
        return f"JSON_EXTRACT({field}, {paths})", values

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        field, values = compiler.compile(self.source_expressions[0])
        paths = ", ".join(f"{field} #> '{{{path.replace('.', ',')}}}'" for path in self.paths)
        return f"jsonb_build_array({paths})::text", values * len(self.paths)


class WholeContent(Func):
    """As text, for a faster decoder than the field's own."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **extra)


ROW = ("id", "article_id", "slug", "number", "kind", "note", "live_at", "first_live_at", "updated_at", "headline")


def read_editions(ids: Sequence[int], ask: Ask) -> list[dict[str, Any]]:
    """The rows, each with its `content` as far as that is asked for, {} where there is none. One query."""
    paths = choose_paths(ask)
    is_whole = ask.wants(*COUNTED)
    parts = {"told": WholeContent(F("content")) if is_whole else Parts("content", paths)} if paths else {}
    rows = Edition.objects.filter(pk__in=ids).values(*ROW, **parts)
    return [row | {"content": decode(row.pop("told", None), None if is_whole else paths)} for row in rows]


def choose_paths(ask: Ask) -> list[str]:
    """Empty where nothing of the content is asked for; else begins with what every content has."""
    wanted = [name for name in TOLD if ask.wants(name)]
    if not wanted and not ask.wants(*COUNTED):
        return []
    return ["headline", *wanted, *([EXPERTS] if ask.wants("sections.expert") else [])]


def decode(text: str | None, paths: Sequence[str] | None) -> dict[str, Any]:
    if text is None:
        return {}
    found = orjson.loads(text)
    if paths is None:
        return found | {EXPERTS: found["comparison"]["experts"]} if found else {}
    return dict(zip(paths, found, strict=True)) if found[0] is not None else {}


def blank_content() -> dict[str, Any]:
    """What there is of what was withdrawn."""
    return dict.fromkeys((*TOLD, *COUNTED, "share_image"))


def tell_content(row: dict[str, Any], ask: Ask) -> dict[str, Any]:
    content, links = row["content"], ask.links
    told = blank_content()
    told["share_image"] = links.page("article_image", row["slug"], row["number"])
    experts = {expert["id"]: expert for expert in content.get(EXPERTS, ())}
    for name in TOLD:
        if name in content:
            told[name] = tell_part(name, content[name], experts, links)
    return told | (tell_counted(content, ask) if ask.wants(*COUNTED) else {})


def tell_part(name: str, value: Any, experts: dict[int, Any], links: Links) -> Any:
    match name:
        case "sections":
            return [tell_section(section, experts, links) for section in value]
        case "byline":
            return [{**author, "page": links.page("author", author["slug"])} for author in value]
        case "topics":
            return [tell_topic(topic, links) for topic in value]
        case "picture":
            return tell_picture(value, links)
        case "verdict_positions":
            return [{"id": pk, "url": links.api("positions", pk)} for pk in value]
    return value


def tell_counted(content: dict[str, Any], ask: Ask) -> dict[str, Any]:
    comparison, links = load(content["comparison"]), ask.links
    told: dict[str, Any] = {}
    if ask.wants("tallies"):
        told["tallies"] = [
            tell_tally(distribute(question, cells))
            | {"question": name_question(question.id, question.slug, question.label, question.wording, links)}
            for question, cells in comparison.columns
        ]
    if ask.wants("comparison"):
        told["comparison"] = tell_comparison(comparison, links)
    return told


def tell_section(section: dict[str, Any], experts: dict[int, Any], links: Links) -> dict[str, Any]:
    expert = experts.get(section["expert"])
    named = expert and name_expert(expert["id"], expert["slug"], expert["name"], links)
    return {"heading": section["heading"], "expert": named, "body": section["body"]}


def tell_topic(topic: dict[str, Any], links: Links) -> dict[str, Any]:
    url, page = links.api("topics", topic["slug"]), links.page("topic", topic["slug"])
    return {"slug": topic["slug"], "name": topic["name"], "url": url, "page": page}


def tell_picture(picture: dict[str, Any] | None, links: Links) -> dict[str, Any] | None:
    if picture is None:
        return None
    renditions = [
        {"format": form, "width": one["width"], "url": links.file(one["url"])}
        for form, made in picture.get("renditions", {}).items()
        for one in made
    ]
    told = picture | {"url": links.file(picture["url"]), "renditions": renditions}
    return told if "focus" in told else told | {"focus": [50, 50]}
