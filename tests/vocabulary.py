"""What schema.org allows: every type is there, every property belongs to it or an ancestor, every value fits."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.pages import Page

FILE = Path(__file__).parent / "data" / "schema_org.json"
DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


@cache
def types() -> dict[str, dict[str, Any]]:
    return json.loads(FILE.read_text())["types"]


def ancestors(kind: str) -> set[str]:
    return {kind}.union(*(ancestors(each) for each in types()[kind]["extends"]))


def allowed(kind: str) -> dict[str, list[str]]:
    """What each property of the type may hold, inherited ones included."""
    return {name: kinds for each in ancestors(kind) for name, kinds in types()[each]["properties"].items()}


def find_faults(value: Any, where: str = "") -> list[str]:
    """All that is wrong with a node and what it holds."""
    if "@graph" in value:
        faults = [] if value["@context"] == "https://schema.org" and set(value) == {"@context", "@graph"} else [where]
        return faults + [fault for each in value["@graph"] for fault in find_faults(each)]
    kind = value.get("@type", "Thing" if "@id" in value else "nothing")
    if kind not in types():
        return [f"{where}: there is no {kind}"]
    known, faults = allowed(kind), []
    for name, held in value.items():
        place = f"{where}/{kind}.{name}"
        if name in ("@type", "@id"):
            faults += [] if name == "@type" or is_address(held) else [f"{place}: {held}"]
        elif name.endswith("-input"):
            faults += [] if name.removesuffix("-input") in known else [f"{place} is no input of it"]
        elif name not in known:
            faults.append(f"{place} is no property of it")
        else:
            faults += [f for each in as_list(held) for f in judge(each, known[name], place)]
    return faults


def as_list(held: Any) -> list[Any]:
    """An empty list says nothing and should not be there."""
    return (held or [None]) if isinstance(held, list) else [held]


def judge(held: Any, kinds: list[str], place: str) -> list[str]:
    if isinstance(held, dict):
        is_reference = "@type" not in held and "@id" in held
        if is_reference or (held.get("@type") in types() and ancestors(held["@type"]) & set(kinds)):
            return find_faults(held, place)
        return [f"{place} holds a {held.get('@type')}, not {kinds}"]
    return [] if any(fits(held, kind) for kind in kinds) else [f"{place}: {held!r} is none of {kinds}"]


def fits(held: Any, kind: str) -> bool:
    judges: dict[str, Callable[[Any], bool]] = {
        "Text": lambda held: isinstance(held, str) and bool(held),
        "URL": is_address,
        "Boolean": lambda held: isinstance(held, bool),
        "Integer": lambda held: type(held) is int,
        "Number": lambda held: type(held) in (int, float),
        "Date": lambda held: is_written_by(held, date),
        "DateTime": lambda held: is_written_by(held, datetime) and bool(datetime.fromisoformat(held).tzinfo),
        "Duration": lambda held: isinstance(held, str) and bool(DURATION.fullmatch(held)),
    }
    return kind in judges and judges[kind](held)


def is_address(held: Any) -> bool:
    return isinstance(held, str) and bool(re.fullmatch(r"https?://[^\s<>\"]+", held))


def is_written_by(held: Any, kind: type[date]) -> bool:
    try:
        return isinstance(held, str) and bool(kind.fromisoformat(held))
    except ValueError:
        return False


# --- On pages --------------------------------------------------------------------------------------------------------


def read_data(page: Page) -> list[dict[str, Any]]:
    """What a page holds as JSON-LD, one graph after the other."""
    return [json.loads(e.data) for e in page.find("script") if e["type"] == "application/ld+json"]


def nodes(page: Page) -> list[dict[str, Any]]:
    return [each for told in read_data(page) for each in told["@graph"]]


def find_all(value: Any, kind: str) -> list[dict[str, Any]]:
    """Every node of the type, however deep."""
    if isinstance(value, list):
        return [found for each in value for found in find_all(each, kind)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("@type") == kind else []
    return own + [found for each in value.values() for found in find_all(each, kind)]
