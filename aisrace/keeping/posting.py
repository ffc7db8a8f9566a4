"""What a form sends, and what it would send for a row as it was: texts by field, written one way.

Every value is brought to the way the form itself writes it, so that “1/2/2025” and “2025-02-01” are one.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from aisrace.keeping.merging import Value
from aisrace.lib.fields import CleanedMixin

NO_FILES: MultiValueDict[str, Any] = MultiValueDict()


def compared_fields(form: forms.BaseForm) -> list[str]:
    """Files cannot be put back into a form, and what is disabled is not sent."""
    return [
        name for name, field in form.fields.items() if not isinstance(field, forms.FileField) and not field.disabled
    ]


def read_written(form: forms.BaseForm) -> dict[str, Value]:
    """What an unbound form would send as it stands."""
    return {name: write(form.fields[name], form[name].value()) for name in compared_fields(form)}


def read_posted(form: forms.BaseForm, data: QueryDict, prefix: str = "") -> dict[str, Value]:
    """What was sent for the fields of the form, as the form would write it where it makes sense."""
    model = getattr(getattr(form, "_meta", None), "model", None)
    return {name: read_field(form.fields[name], name, data, prefix, model) for name in compared_fields(form)}


def read_field(field: forms.Field, name: str, data: QueryDict, prefix: str, model: Any) -> Value:
    raw = bare(field).value_from_datadict(data, NO_FILES, full_name(prefix, name))
    if isinstance(field, ModelChoiceField):
        return write(field, raw)
    try:
        return clean_as_stored(model, name, write(field, field.prepare_value(field.clean(raw))))
    except ValidationError:
        texts = raw if isinstance(raw, list) else [raw]
        return clean_as_stored(model, name, tuple("" if text is None else str(text) for text in texts))


def clean_as_stored(model: Any, name: str, value: Value) -> Value:
    """Line ends, markup and white space as they would be in the database."""
    known = {f.name: f for f in model._meta.get_fields()} if model else {}
    model_field = known.get(name)
    if isinstance(model_field, CleanedMixin):
        return tuple(model_field.clean_stored(text) for text in value)
    return tuple(text.replace("\r\n", "\n").strip() for text in value)


def write(field: forms.Field, value: Any) -> Value:
    """The texts that the field's widget sends for this value; none for an empty checkbox."""
    widget = bare(field)
    if isinstance(widget, forms.MultiWidget):
        values = value if isinstance(value, list) else widget.decompress(value) or []
        return tuple(text(part.format_value(one)) for part, one in zip(widget.widgets, values, strict=False))
    if isinstance(widget, forms.CheckboxInput):
        return ("on",) if value else ()
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        return tuple(sorted(str(getattr(one, "pk", one)) for one in value or ()))
    if isinstance(field, ModelChoiceField):
        return (text(field.prepare_value(value)),)
    if isinstance(widget, forms.Select):
        return (text(value),)
    return (text(widget.format_value(value)),)


def text(value: Any) -> str:
    return "" if value is None else str(value)


def bare(field: forms.Field) -> forms.Widget:
    """Without the admin's frame with its buttons."""
    framed: forms.Widget | None = getattr(field.widget, "widget", None)
    return framed or field.widget


def full_name(prefix: str, name: str) -> str:
    return f"{prefix}-{name}" if prefix else name


def sent_names(field: forms.Field, name: str) -> list[str]:
    widget = bare(field)
    return [name + sub for sub in getattr(widget, "widgets_names", [""])]  # those of a MultiWidget


def put(data: QueryDict, field: forms.Field, name: str, value: Value) -> None:
    """Write the value into what is posted, as the form's widget would send it."""
    names = sent_names(field, name)
    if len(names) > 1:
        for sub, one in zip(names, value, strict=False):
            data[sub] = one
    elif value:
        data.setlist(name, list(value))
    else:
        data.pop(name, None)
