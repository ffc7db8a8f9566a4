"""Model fields that clean what they store, so that no way in (form, import, bulk write, shell) can skip it."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models

from aisrace.lib.markup import clean_html
from aisrace.lib.text import clean_line, clean_text, drop_forbidden


class CleanedMixin:
    """Cleans in `get_prep_value` (also reached by `bulk_create` and `update`) and mirrors it on the instance."""

    def clean_stored(self, value: str) -> str:
        raise NotImplementedError

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)  # type: ignore[misc]
        return self.clean_stored(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if isinstance(value, str):
            value = self.clean_stored(value)
            setattr(model_instance, self.attname, value)  # type: ignore[attr-defined]
        return value


class LineField(CleanedMixin, models.CharField):
    """One line of plain text."""

    def clean_stored(self, value: str) -> str:
        return clean_line(value)


class ProseField(CleanedMixin, models.TextField):
    """Plain text of any length, line breaks kept."""

    def clean_stored(self, value: str) -> str:
        return clean_text(value)


class HtmlField(CleanedMixin, models.TextField):
    """Rich text, sanitised: templates may print it as it is."""

    def clean_stored(self, value: str) -> str:
        # Characters written as entities only come to light in the sanitiser. They are dropped, not normalised:
        # a combining mark behind a tag would melt into its “>”.
        return drop_forbidden(clean_html(clean_text(value)))


class PercentField(models.PositiveSmallIntegerField):
    """A place between two edges; the middle where nothing is said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", 50)
        kwargs.setdefault("validators", [MaxValueValidator(100)])
        super().__init__(*args, **kwargs)


def is_web_address(field: str) -> models.Q:
    """For a check constraint: empty or http(s), so that no link can carry a script, however it came in."""
    return (
        models.Q(**{field: ""})
        | models.Q(**{f"{field}__startswith": "https://"})
        | models.Q(**{f"{field}__startswith": "http://"})
    )
