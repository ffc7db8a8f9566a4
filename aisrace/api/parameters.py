"""What may stand in a query string: closed lists, read strictly. Whatever is not understood is refused, all at once."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from aisrace.api.problems import Problem, Reason, refuse
from aisrace.lib.text import clean_line, drop_forbidden

LONGEST = 4000  # characters of a value
# Controls, what turns text round, what stands for bytes that are no UTF-8. The same words in JSON Schema.
FORBIDDEN = (
    "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ufffd\\ufffe\\uffff"
)
UNFIT = re.compile(f"[{FORBIDDEN}\ud800-\udfff]")
SOME_WORDS = f"^[^{FORBIDDEN}]*[^{FORBIDDEN}\\s][^{FORBIDDEN}]*$"
A_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,100}")
A_NUMBER = re.compile(r"[0-9]{1,18}")
LARGEST = 2**53 - 1  # what every program reads as a whole number


class NotUnderstood(Exception):
    """With what would be right, as the end of “… must be”, and the values that are allowed where these are few."""

    def __init__(self, wanted: str, allowed: Sequence[Any] | None = None) -> None:
        super().__init__(wanted)
        self.wanted, self.allowed = wanted, allowed


@dataclass(frozen=True)
class Parameter:
    """`read` turns a value into what it means or raises `NotUnderstood`; `schema` is the same as JSON Schema.

    May be given `most` times, and is read as a list where that is more than once; `is_list`: one value holds several,
    separated by commas; `is_free`: any text, as people copy it, without what nobody sees.
    """

    name: str
    about: str
    read: Callable[[str], Any]
    schema: dict[str, Any] = field(default_factory=dict)
    most: int = 1
    is_list: bool = False
    is_free: bool = False

    @property
    def many(self) -> bool:
        return self.most > 1


def read_parameters(query: QueryDict, known: Iterable[Parameter]) -> dict[str, Any]:
    """Values by name; absent ones are left out, repeatable ones lists. Refuses with every reason."""
    parameters = {parameter.name: parameter for parameter in known}
    values: dict[str, Any] = {}
    reasons = []
    lost: Problem | None = None
    for name in query:
        parameter = parameters.get(name)
        if parameter is None:
            reasons.append(Reason(show(name), f"There is no parameter “{show(name)}” here.", sorted(parameters)))
            continue
        given = query.getlist(name)
        if len(given) > parameter.most:
            times = f"up to {parameter.most} times" if parameter.many else "once"
            reasons.append(Reason(name, f"“{name}” may be given {times}."))
            continue
        try:
            read = [read_value(parameter, value) for value in given]
        except NotUnderstood as no:
            reasons.append(Reason(name, f"“{name}” must be {no.wanted}", no.allowed))
        except Problem as problem:
            lost = problem
        else:
            values[name] = read if parameter.many else read[0]
    if reasons:
        raise refuse(*reasons)
    if lost:
        raise lost
    return values


def read_value(parameter: Parameter, value: str) -> Any:
    if len(value) > LONGEST:
        raise NotUnderstood(f"at most {LONGEST} characters long.")
    if parameter.is_free:
        value = drop_forbidden(value)
    elif UNFIT.search(value):
        raise NotUnderstood("text without control characters, in UTF-8.")
    return parameter.read(value)


def show(value: str) -> str:
    """What somebody sent, fit to be shown."""
    return clean_line(value)[:60]


# --- Kinds -----------------------------------------------------------------------------------------------------------


def number(name: str, about: str, low: int = 1, high: int = LARGEST) -> Parameter:
    def read(value: str) -> int:
        if A_NUMBER.fullmatch(value) and low <= int(value) <= high:
            return int(value)
        raise NotUnderstood(f"a whole number from {low} to {high}.")

    return Parameter(name, about, read, {"type": "integer", "minimum": low, "maximum": high})


def choice(name: str, about: str, choices: Sequence[str]) -> Parameter:
    def read(value: str) -> str:
        if value in choices:
            return value
        raise NotUnderstood(f"one of {', '.join(choices)}.", choices)

    return Parameter(name, about, read, {"type": "string", "enum": list(choices)})


def flag(name: str, about: str) -> Parameter:
    def read(value: str) -> bool:
        if value in ("true", "false"):
            return value == "true"
        raise NotUnderstood("true or false.", ["true", "false"])

    return Parameter(name, about, read, {"type": "boolean"})


def day(name: str, about: str) -> Parameter:
    def read(value: str) -> date:
        try:
            found = parse_date(value) if len(value) == 10 and value.isascii() else None
        except ValueError:
            found = None
        if found is None:
            raise NotUnderstood("a day written like 2025-01-31.")
        return found

    return Parameter(name, about, read, {"type": "string", "format": "date"})


def moment(name: str, about: str) -> Parameter:
    def read(value: str) -> datetime:
        try:
            # A plus sign that was not escaped arrives as a space.
            found = parse_datetime(value.replace(" ", "+")) if value.isascii() and "T" in value else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise NotUnderstood("a moment with its time zone, written like 2025-01-31T12:00:00Z.")
        # At either end of the calendar another zone may have no such day.
        return found if 1 < found.year < 9999 else found.replace(tzinfo=UTC)

    return Parameter(name, about, read, {"type": "string", "format": "date-time"})


def slug(name: str, about: str, most: int = 1) -> Parameter:
    def read(value: str) -> str:
        if A_SLUG.fullmatch(value):
            return value
        raise NotUnderstood("a slug: letters, digits, hyphens and underscores, at most 100.")

    return Parameter(name, about, read, {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,100}$"}, most)


def words(name: str, about: str, most: int = 200) -> Parameter:
    def read(value: str) -> str:
        if len(value) <= most and (found := clean_line(value)):
            return found
        raise NotUnderstood(f"1 to {most} characters of text.")

    return Parameter(name, about, read, {"type": "string", "minLength": 1, "maxLength": most, "pattern": SOME_WORDS})
