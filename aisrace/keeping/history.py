"""The history of a row: every version that was kept and every deed told, newest first, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.http import QueryDict
from reversion.models import Version

from aisrace.keeping.models import Deed, Kept
from aisrace.keeping.saving import FOUND
from aisrace.keeping.states import State, assemble, find_versions, read_revisions
from aisrace.keeping.telling import Changed, Names, PlaceChange, find_changes, tell_changes, want_names
from aisrace.keeping.trail import name_of
from aisrace.lib.figures import minute
from aisrace.lib.paging import cut_page

PAGE = 20
LINK_VERBS = {"shared": "made a preview link", "revoked": "revoked the preview link"}
MOST_RELATED = 30  # changes of other rows told in one entry; an import may hold thousands

type RowKey = tuple[type[Model], str]


@dataclass
class Step:
    """A revision in which the row or one near it was kept, each with the revision that held it before."""

    revision: int
    at: datetime
    comment: str
    rows: list[tuple[RowKey, int | None]] = field(default_factory=list)


@dataclass
class Entry:
    """What the page shows for one step or deed. `revision` is set where the row itself can be gone back to.

    `what` is what the verb was done to, where that is not the row itself as a whole.
    """

    at: datetime
    who: str
    verb: str
    what: str = ""
    note: str = ""
    changes: list[PlaceChange] = field(default_factory=list)
    left_out: int = 0
    revision: int | None = None
    version: int | None = None
    is_current: bool = False

    @property
    def sentence(self) -> str:
        if self.verb == FOUND:
            return "Kept as it was found before the next change" + (f": {self.what}" if self.what else "")
        return f"{self.who or 'The system'} {self.verb} {self.what}".rstrip()


@dataclass(frozen=True)
class Comparison:
    """Of two kept versions, by their numbers."""

    before: int
    after: int
    changes: list[PlaceChange]


def read_history(row: Kept, related: Iterable[QuerySet[Any]], query: QueryDict) -> Page[Any]:
    """One page of entries. The number of queries does not grow with the page."""
    steps = list_steps(row, related)
    deeds = list(Deed.objects.about(row))
    told = {deed.detail["saved_version"]: deed for deed in deeds if "saved_version" in deed.detail}
    # A deed that made a version is told with it.
    alone = [deed for deed in deeds if "saved_version" not in deed.detail]
    marks: list[Step | Deed] = sorted([*steps, *alone], key=place_in_time, reverse=True)
    page = cut_page(marks, query, PAGE)
    page.object_list = tell_marks(row, [*page.object_list], told)
    return page


def place_in_time(mark: Step | Deed) -> tuple[datetime, int, int]:
    return (mark.at, 0, mark.revision) if isinstance(mark, Step) else (mark.at, 1, mark.pk)


# --- Which revisions -------------------------------------------------------------------------------------------------


def list_steps(row: Kept, related: Iterable[QuerySet[Any]]) -> list[Step]:
    """The row's own and, from its first on, those of related rows. A query for the row and two for each kind."""
    own: RowKey = (type(row), str(row.pk))
    steps: dict[int, Step] = {}
    add_steps(steps, {own: list_versions(type(row), [row.pk])})
    began = min((step.at for step in steps.values()), default=None)
    for rows in related:
        keys = [(rows.model, str(pk)) for pk in rows.order_by().values_list("pk", flat=True)]
        by_row: dict[RowKey, list[tuple[Any, ...]]] = {key: [] for key in keys}
        for version in list_versions(rows.model, [pk for _, pk in keys]):
            by_row[rows.model, version[0]].append(version)
        add_steps(steps, by_row, began)
    return list(steps.values())


def list_versions(model: type[Model], pks: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Key, revision, moment and comment, oldest first."""
    kind = ContentType.objects.get_for_model(model)
    versions = Version.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks]).order_by("revision_id")
    return list(versions.values_list("object_id", "revision_id", "revision__date_created", "revision__comment"))


def add_steps(steps: dict[int, Step], rows: dict[RowKey, list[tuple[Any, ...]]], began: datetime | None = None) -> None:
    for key, versions in rows.items():
        for before, (_, revision, at, comment) in pairwise([(None, None, None, None), *versions]):
            if began is None or at >= began:
                step = steps.setdefault(revision, Step(revision, at, comment))
                step.rows.append((key, before[1]))


# --- In words --------------------------------------------------------------------------------------------------------


def tell_marks(row: Kept, marks: list[Step | Deed], told: dict[int, Deed]) -> list[Entry]:
    """One query for all that the revisions hold, one for each kind of row that a change names."""
    steps = [mark for mark in marks if isinstance(mark, Step)]
    states, users = read_steps(steps)
    changes = {step.revision: list_changes(step, states, (type(row), str(row.pk))) for step in steps}
    names = Names()
    for found in changes.values():
        want_names(found[:MOST_RELATED], names)
    names.look_up()
    entries = []
    for mark in marks:
        if isinstance(mark, Deed):
            entries.append(tell_deed(mark))
            continue
        own = states.get((type(row), mark.revision, str(row.pk)))
        entries.append(tell_step(row, mark, own, told, users[mark.revision]))
        entries[-1].changes = tell_changes(changes[mark.revision][:MOST_RELATED], names)
        entries[-1].left_out = max(0, len(changes[mark.revision]) - MOST_RELATED)
    return entries


def read_steps(steps: list[Step]) -> tuple[dict[tuple[type[Model], int, str], State], dict[int, str]]:
    """States by model, revision and key, and who made each revision."""
    revisions = {step.revision for step in steps}
    pks: dict[type[Model], set[str]] = {}
    for step in steps:
        for (model, pk), before in step.rows:
            pks.setdefault(model, set()).add(pk)
            revisions |= {before} if before else set()
    versions = list(find_versions(pks, revisions).select_related("revision__user"))
    states = {
        (model, *key): state for model, keys in pks.items() for key, state in assemble(versions, model, keys).items()
    }
    users = {version.revision_id: name_of(version.revision.user) for version in versions}
    return states, users


def list_changes(step: Step, states: dict[tuple[type[Model], int, str], State], own: RowKey) -> list[Changed]:
    changes = []
    for (model, pk), before in step.rows:
        state = states.get((model, step.revision, pk))
        earlier = states.get((model, before, pk)) if before else None
        is_own = (model, pk) == own
        if state is None or (is_own and earlier is None):
            continue  # the first version of all is everything: not worth telling as a change
        found = find_changes(earlier, state)
        of = "" if is_own else f"{state.root.name} · "
        changes += [Changed(f"{of}{one.place}", one.field, one.before, one.after) for one in found]
    return changes


def tell_step(row: Kept, step: Step, own: State | None, told: dict[int, Deed], user: str) -> Entry:
    if own is None:
        is_new = all(before is None for _, before in step.rows)
        verb = FOUND if step.comment == FOUND else "added" if is_new else "changed"
        return Entry(step.at, user, verb, tell_rows(step))
    deed = None if step.comment == FOUND else told.get(own.version)
    verb = "found" if step.comment == FOUND else deed.verb if deed else "changed"
    note = deed.note if deed else ""
    is_current = own.version == row.version
    found = Entry(step.at, user, verb, note=note)
    return replace(found, revision=step.revision, version=own.version, is_current=is_current)


def tell_rows(step: Step) -> str:
    """“a position”, “3 positions”: what was kept beside the row; which ones, the changes name."""
    kinds = Counter(model for (model, _), _ in step.rows)
    return ", ".join(f"a {kind._meta.verbose_name}" if n == 1 else tell_many(kind, n) for kind, n in kinds.items())


def tell_many(kind: type[Model], n: int) -> str:
    return f"{n} {kind._meta.verbose_name_plural}"


def tell_deed(deed: Deed) -> Entry:
    """With what its detail names: the edition, the moment it is for, the person that a link was made for."""
    edition = f"edition {number}" if (number := deed.detail.get("edition")) else ""
    verb, what, note = deed.verb, edition, deed.note
    if verb == "scheduled" and (live_at := deed.detail.get("live_at")):
        what = f"{edition} for {minute(datetime.fromisoformat(live_at))}"
    elif verb == "withdrew":
        what = f"the article with {edition}" if edition else ""
    elif verb == "went live":
        verb, what = "put", f"{edition or 'it'} before readers"
    elif verb in LINK_VERBS:
        verb, what, note = LINK_VERBS[verb], f"for {note}" if note else "", ""
    return Entry(deed.at, deed.by_name, verb, what, note)


def compare_revisions(row: Kept, before: int, after: int) -> Comparison | None:
    """What differs between two kept versions of the row; None where one of them is not of this row."""
    states = read_revisions(row, [before, after])
    if before not in states or after not in states:
        return None
    first, second = states[before], states[after]
    return Comparison(first.version, second.version, tell_between(first, second))


def tell_between(before: State, after: State) -> list[PlaceChange]:
    changes = find_changes(before, after)
    names = Names()
    want_names(changes, names)
    names.look_up()
    return tell_changes(changes, names)
