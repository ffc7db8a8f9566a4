"""A form that was overtaken: what was posted, what stands there by now and what both began from, put into one form.

Works on what forms send, so every form of the desk is covered. Nothing is saved from here; the form is shown again.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field, Model
from django.forms import BaseForm, BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from aisrace.keeping.inlines import PostedRows, merge_rows, unbound_formsets
from aisrace.keeping.merging import Post, Value, Verdict, settle_all
from aisrace.keeping.posting import full_name, put, read_posted, read_written, sent_names
from aisrace.keeping.states import Entry, State, revive
from aisrace.keeping.telling import Names, keys_in, label, tell_value
from aisrace.lib.fields import HtmlField
from aisrace.lib.markup import to_plain
from aisrace.lib.wording import Part, compare_words

NOTHING = "(nothing)"


@dataclass(frozen=True)
class Settled:
    """A field that is not the same in both: `name` is how the form sends it, `base` is None where nobody knows."""

    place: str
    name: str
    form_field: Any
    model_field: Field | None
    verdict: Verdict
    base: Value | None
    theirs: Value
    mine: Value


@dataclass(frozen=True)
class Difference:
    """For the panel. `offer` is what “Use theirs” puts into the form: values by the names under which they are sent,
    and what the rows among them are called."""

    place: str
    name: str
    theirs: list[Part]
    mine: list[Part]
    their_words: str
    offer: dict[str, Any]


@dataclass
class Merge:
    """What the form is to show, and what its user is to be told about it."""

    posted: QueryDict
    conflicts: list[Difference] = field(default_factory=list)
    taken: list[Difference] = field(default_factory=list)
    own: list[Difference] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    has_base: bool = True
    notice: str = ""  # why the form is shown again
    is_in_form: bool = True  # not where kept text is only compared

    @property
    def is_empty(self) -> bool:
        return not (self.conflicts or self.taken or self.own or self.sentences)


def merge_posted(admin: Any, request: HttpRequest, row: Model, base: State | None) -> Merge:
    """`row` is what stands there now. The result's `posted` is to take the place of `request.POST`."""
    merger = Merger(request.POST.copy())
    form = admin.make_blank_form(request, row)
    merger.merge_form(
        form,
        model=type(row),
        base=written_then(type(form), base.root, type(row)) if base else None,
        mine=read_posted(form, request.POST),
    )
    for formset, quiet in unbound_formsets(admin, request, row):
        merger.merge_formset(formset, base, quiet)
    if request.FILES:
        merger.sentences.append("Files cannot be kept in a form: choose yours again before you save.")
    return merger.tell(has_base=base is not None)


def written_then(form_class: Any, entry: Entry, model: type[Model]) -> Post:
    """What the form would have sent for the row as it was."""
    instance, many = revive(entry, model)
    return read_written(form_class(instance=instance, initial=many))


class Merger:
    """Gathers what differs, form by form, and writes what is settled into `posted`."""

    def __init__(self, posted: QueryDict) -> None:
        self.posted = posted
        self.settled: list[Settled] = []
        self.sentences: list[str] = []

    def merge_form(
        self,
        form: BaseForm,
        *,
        model: type[Model],
        base: Post | None,
        mine: Post,
        prefix: str = "",
        place: str = "",
        quiet: str = "",
    ) -> None:
        """`form` stands for what is there now. A `quiet` field, the order of rows, is settled without a word."""
        theirs = read_written(form)
        fields = {f.name: f for f in model._meta.get_fields() if isinstance(f, Field)}
        verdicts = settle_all(base, {n: v for n, v in theirs.items() if n in mine}, mine, words_of(model))
        for name, verdict in verdicts.items():
            sent = full_name(prefix, name)
            if verdict == "theirs":
                put(self.posted, form.fields[name], sent, theirs[name])
            if verdict == "same" or name == quiet:
                continue
            told = label(fields[name]) if name in fields else capfirst(str(form[name].label))
            before = None if base is None else base.get(name, ("",))
            found = (form.fields[name], fields.get(name), verdict, before, theirs[name], mine[name])
            self.settled.append(Settled(f"{place}{told}", sent, *found))

    def merge_formset(self, formset: BaseInlineFormSet, base: State | None, quiet: str) -> None:
        rows = PostedRows(formset, base, self.posted)
        if not rows.is_posted:
            return
        self.sentences += merge_rows(rows, self.posted, words_of(rows.model))
        for row in rows.merged:
            self.merge_form(
                row.form,
                model=rows.model,
                base=row.base,
                mine=row.mine,
                prefix=row.prefix,
                place=f"{row.title} · ",
                quiet=quiet,
            )

    def tell(self, has_base: bool) -> Merge:
        names = Names()
        for one in self.settled:
            for value in (one.base or (), one.theirs, one.mine):
                if one.model_field is not None:
                    names.want(one.model_field, value)
        names.look_up()
        merge = Merge(self.posted, sentences=self.sentences, has_base=has_base)
        places = {"conflict": merge.conflicts, "theirs": merge.taken, "mine": merge.own}
        for one in self.settled:
            places[one.verdict].append(tell_difference(one, names))
        return merge


def words_of(model: type[Model]) -> Any:
    """For settling: rich text without its markup, everything else as it is."""
    rich = {f.name for f in model._meta.fields if isinstance(f, HtmlField)}
    return lambda name, value: to_plain(" ".join(value)) if name in rich else "\n".join(value)


def tell_difference(one: Settled, names: Names) -> Difference:
    """Both against the base; where nobody knows it, or only one side moved, the two against each other."""
    base = None if one.base is None else tell_post(one, one.base, names)
    theirs, mine = (tell_post(one, value, names) for value in (one.theirs, one.mine))
    return Difference(
        one.place,
        one.name,
        theirs=compare_words(mine if base is None else base, theirs),
        mine=[] if base is None else compare_words(base, mine),
        their_words=theirs or NOTHING,
        offer=offer_theirs(one, names),
    )


def tell_post(one: Settled, value: Value, names: Names) -> str:
    if one.model_field is None:
        return " ".join(value)
    if one.model_field.is_relation:
        return tell_value(one.model_field, list(value), names)
    if len(value) > 1:
        return " ".join(value)
    return tell_value(one.model_field, value[0] if value else "", names)


def offer_theirs(one: Settled, names: Names) -> dict[str, Any]:
    sent = sent_names(one.form_field, one.name)
    many = {name: [value] for name, value in zip(sent, one.theirs, strict=False)}
    target = one.model_field.related_model if one.model_field is not None and one.model_field.is_relation else None
    labels = {key: names.name(target, key) for key in keys_in(one.theirs)} if target else {}
    return {"values": many if len(sent) > 1 else {one.name: list(one.theirs)}, "labels": labels}
