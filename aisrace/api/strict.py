"""Serializers for what programs send: nothing is guessed, turned into something else, or ignored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aisrace.lib.text import clean_line

LARGEST = 2**53 - 1  # what every program reads as a whole number
MOST_TOLD = 20  # unknown names in one answer


class Strict(serializers.Serializer):
    """An unknown name is an error, also inside; what is not sent stays unsaid."""

    default_error_messages = {"invalid": "This must be an object."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(["This must be an object."])
        known = ", ".join(self.fields)
        unknown = {
            point(name): [f"There is no such field here. There are: {known}."]
            for name in [name for name in data if name not in self.fields][:MOST_TOLD]
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(unknown | error.detail) from error  # type: ignore[operator]
        if unknown:
            raise serializers.ValidationError(unknown)
        return value


def point(name: str) -> str:
    """As a JSON pointer writes it."""
    return clean_line(name)[:60].replace("~", "~0").replace("/", "~1") or "?"


class Text(serializers.CharField):
    """Words as they are; the models clean and measure what they keep."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False} | kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a text.")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST} | kwargs)

    def to_internal_value(self, data: Any) -> int:
        if (number := as_whole(data)) is None:
            raise serializers.ValidationError("This must be a whole number.")
        return number


def as_whole(data: Any) -> int | None:
    """In JSON 7.0 is a whole number too. None for what is none."""
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return data if type(data) is int else None


def as_key(data: Any) -> int | None:
    """None for what no row can have."""
    number = as_whole(data)
    return number if number is not None and 0 < number <= LARGEST else None


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            raise serializers.ValidationError("This must be true or false.")
        return data


class Slug(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": False, "max_length": 100} | kwargs)
        self.validators.append(RegexValidator(r"^[-a-zA-Z0-9_]+$", "This is no slug."))


@extend_schema_field({"type": "string", "minLength": 1, "pattern": r"\S"})
class Words(Text):
    """Not empty, which whoever keeps them says together with all else that is wrong."""


class Moment(serializers.DateTimeField):
    """With its zone: nobody is to guess which one was meant."""

    def to_internal_value(self, value: Any) -> Any:
        wrong = "This must be a moment with its time zone, written like 2025-01-31T12:00:00Z."
        try:
            read = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        except ValueError as error:
            raise serializers.ValidationError(wrong) from error
        if read is None or read.tzinfo is None or not 1900 < read.year < 3000:
            raise serializers.ValidationError(wrong)
        return read


A_KEY = {"type": "integer", "minimum": 1, "maximum": LARGEST}


@extend_schema_field({"oneOf": [A_KEY, {"type": "string", "minLength": 1}], "nullable": True})
class KeyOrName(serializers.Field):
    """A row by its key, or by what it is called."""

    def to_internal_value(self, data: Any) -> int | str:
        if (key := as_key(data)) is not None:
            return key
        if isinstance(data, str) and data:
            return data
        raise serializers.ValidationError("This must be a key (a whole number) or a name.")

    def to_representation(self, value: Any) -> Any:
        return value
