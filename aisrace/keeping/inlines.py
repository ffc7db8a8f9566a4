"""The rows of an inline in a form that was overtaken: brought together by their keys, and numbered anew."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.forms import BaseForm, BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from aisrace.keeping.merging import MyRow, Post, Remaining, Words, align
from aisrace.keeping.posting import put, read_posted, read_written
from aisrace.keeping.states import State, revive

MOST_ROWS = 1000  # as many as Django takes from one inline
MOST_DIGITS = 6  # of what a form says its number of rows is

type RawRows = dict[int, dict[str, list[str]]]  # what was sent, by the number of the row and the name in it


@dataclass(frozen=True)
class MergedRow:
    """A row that both have: `form` stands for what is there now, `prefix` is what its fields are called anew."""

    form: BaseForm
    title: str
    prefix: str
    base: Post | None
    mine: Post


def unbound_formsets(admin: Any, request: HttpRequest, row: Model) -> Iterator[tuple[BaseInlineFormSet, str]]:
    """The inlines as the database has them, under the names they have in the form, and which field orders them."""
    prefixes: Counter[str] = Counter()
    for formset_class, inline in admin.get_formsets_with_inlines(request, row):
        prefix = formset_class.get_default_prefix()
        prefixes[prefix] += 1
        if prefixes[prefix] != 1 or not prefix:
            prefix = f"{prefix}-{prefixes[prefix]}"
        kwargs = admin.get_formset_kwargs(request, row, inline, prefix)
        kept = {key: value for key, value in kwargs.items() if key not in ("data", "files", "save_as_new")}
        yield formset_class(**kept), inline.ordering_field or ""


class PostedRows:
    """The rows of one inline: then, now and as posted."""

    def __init__(self, formset: BaseInlineFormSet, base: State | None, posted: QueryDict) -> None:
        self.formset: Any = formset
        self.prefix = str(formset.prefix)
        self.model: Any = self.formset.model
        self.forms = {str(form.instance.pk): form for form in formset.initial_forms}
        self.was = {entry.pk: entry for entry in base.parts.values() if entry.kind == self.kind} if base else {}
        self.base = {pk: self.read_then(pk) for pk in self.was} if base else None
        self.theirs = {pk: self.only_own(read_written(form)) for pk, form in self.forms.items()}
        total = posted.get(f"{self.prefix}-TOTAL_FORMS", "")
        self.is_posted = total.isdecimal() and len(total) <= MOST_DIGITS
        self.mine = [self.read_mine(n, posted) for n in range(min(int(total), MOST_ROWS))] if self.is_posted else []
        self.merged: list[MergedRow] = []

    @property
    def kind(self) -> str:
        return self.model._meta.label_lower

    @property
    def key_name(self) -> str:
        return str(self.model._meta.pk.name)

    def only_own(self, post: Post) -> Post:
        """Without the fields that a formset adds for itself."""
        own = self.formset.form.base_fields.keys() - {self.formset.fk.name}
        return {name: value for name, value in post.items() if name in own}

    def read_then(self, pk: str) -> Post:
        instance, many = revive(self.was[pk], self.model)
        return self.only_own(read_written(self.formset.form(instance=instance, initial=many)))

    def read_mine(self, place: int, posted: QueryDict) -> MyRow:
        prefix = f"{self.prefix}-{place}"
        post = self.only_own(read_posted(self.formset.form(), posted, prefix))
        is_removed = posted.get(f"{prefix}-DELETE", "") not in ("", "false", "False")
        return MyRow(place, post, posted.get(f"{prefix}-{self.key_name}", ""), is_removed)

    def title(self, pk: str) -> str:
        name = str(self.forms[pk].instance) if pk in self.forms else self.was[pk].name if pk in self.was else ""
        what = capfirst(str(self.model._meta.verbose_name))
        return f"{what} “{name}”" if name else what


def merge_rows(rows: PostedRows, posted: QueryDict, words: Words) -> list[str]:
    """Numbers the rows anew in `posted`: those that are there first, as a formset wants them. Says what happened."""
    aligned = align(rows.base, rows.theirs, rows.mine, words)
    raw = take_out(rows.prefix, posted)
    for number, kept in enumerate(aligned.kept):
        put_kept(rows, kept, number, raw, posted)
    for number, new in enumerate([*aligned.new, *aligned.revived], len(aligned.kept)):
        for name, values in raw.get(new.place, {}).items():
            posted.setlist(f"{rows.prefix}-{number}-{name}", values)
        posted[f"{rows.prefix}-{number}-{rows.key_name}"] = ""
    total = len(aligned.kept) + len(aligned.new) + len(aligned.revived)
    posted[f"{rows.prefix}-TOTAL_FORMS"] = str(total)
    posted[f"{rows.prefix}-INITIAL_FORMS"] = str(len(aligned.kept))
    saved = [kept.pk for kept in aligned.kept if kept.is_saved_from_removal]
    return [
        *(f"They added: {rows.title(pk)}." for pk in aligned.added_by_them),
        *(f"They removed: {rows.title(pk)}. You had not changed it." for pk in aligned.gone),
        *(
            f"They removed: {rows.title(row.pk)}. You had changed it, so your text is kept as a new one, the last."
            for row in aligned.revived
        ),
        *(f"You removed: {rows.title(pk)}. They changed it, so it is still here." for pk in saved),
    ]


def take_out(prefix: str, posted: QueryDict) -> RawRows:
    """Removes the numbered rows from what was posted and gives them back by number and name."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    raw: RawRows = {}
    for key in list(posted):
        if found := pattern.fullmatch(key):
            raw.setdefault(int(found[1]), {})[found[2]] = posted.getlist(key)
            del posted[key]
    return raw


def put_kept(
    rows: PostedRows, kept: Remaining, number: int, raw: dict[int, dict[str, list[str]]], posted: QueryDict
) -> None:
    prefix = f"{rows.prefix}-{number}"
    form = rows.forms[kept.pk]
    for name, value in rows.theirs[kept.pk].items():
        put(posted, form.fields[name], f"{prefix}-{name}", value)
    if kept.mine:
        for name, values in raw.get(kept.mine.place, {}).items():
            posted.setlist(f"{prefix}-{name}", values)
        for name in rows.theirs[kept.pk].keys() - raw.get(kept.mine.place, {}).keys():
            if not kept.mine.post.get(name):
                posted.pop(f"{prefix}-{name}", None)  # an empty checkbox is not sent
        rows.merged.append(MergedRow(form, rows.title(kept.pk), prefix, kept.base, kept.mine.post))
    posted[f"{prefix}-{rows.key_name}"] = kept.pk
    posted.pop(f"{prefix}-DELETE", None)
    if kept.is_removed:
        posted[f"{prefix}-DELETE"] = "on"
