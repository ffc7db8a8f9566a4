"""Three texts into one: what it was (base), what another made of it (theirs), what I made of it (mine). Pure.

A `Post` is what a form sends for one row: texts by the name of the field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

type Value = tuple[str, ...]
type Post = Mapping[str, Value]
type Verdict = Literal["same", "mine", "theirs", "conflict"]
type Words = Callable[[str, Value], str]  # of a field's value, without markup


def as_it_is(name: str, value: Value) -> str:
    return " ".join(" ".join(value).split())


def settle(name: str, base: Value | None, theirs: Value, mine: Value, words: Words = as_it_is) -> Verdict:
    """Whose value is to stand in the form. Without a base whatever differs is a conflict.

    Exactly equal values decide first. Where only markup differs the words do, for an editor rewrites markup by itself.
    """
    if mine == theirs:
        return "same"
    if base is not None and base in (mine, theirs):
        return "theirs" if mine == base else "mine"
    my_words, their_words = words(name, mine), words(name, theirs)
    if my_words == their_words:
        return "mine"
    if base is not None and (base_words := words(name, base)) in (my_words, their_words):
        return "theirs" if my_words == base_words else "mine"
    return "conflict"


def settle_all(base: Post | None, theirs: Post, mine: Post, words: Words = as_it_is) -> dict[str, Verdict]:
    """For every field of the form; one that a base does not know is compared as if it had been empty there."""
    return {
        name: settle(name, None if base is None else base.get(name, ("",)), theirs[name], mine[name], words)
        for name in theirs
        if name in mine
    }


@dataclass(frozen=True)
class MyRow:
    """A row of an inline as posted: `pk` is empty for a new one, `place` its number in what was posted."""

    place: int
    post: Post
    pk: str = ""
    is_removed: bool = False


@dataclass(frozen=True)
class Remaining:
    """A row that is there: `mine` is None where they added it."""

    pk: str
    mine: MyRow | None = None
    base: Post | None = None
    is_removed: bool = False
    is_saved_from_removal: bool = False


@dataclass
class Rows:
    """How the rows of an inline go on. `revived` were removed by them and changed by me, and become new rows."""

    kept: list[Remaining] = field(default_factory=list)
    new: list[MyRow] = field(default_factory=list)
    revived: list[MyRow] = field(default_factory=list)
    added_by_them: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def align(base: Mapping[str, Post] | None, theirs: Mapping[str, Post], mine: list[MyRow], words: Words) -> Rows:
    """Rows are known by their key, never by their number. Without a base nobody can tell who removed or added what:
    everything that is there stays."""
    rows = Rows(new=[row for row in mine if not row.pk])
    my_rows = {row.pk: row for row in mine if row.pk}
    for pk, post in theirs.items():
        before, own = (base or {}).get(pk), my_rows.get(pk)
        if own is None and before is None and base is not None:
            rows.added_by_them.append(pk)
        is_touched = before is not None and changes_words(before, post, words)
        wants_removal = own is not None and own.is_removed
        rows.kept.append(Remaining(pk, own, before, wants_removal and not is_touched, wants_removal and is_touched))
    for pk, row in my_rows.items():
        if pk in theirs or row.is_removed:
            continue
        before = (base or {}).get(pk)
        if before is None or changes_words(before, row.post, words):
            rows.revived.append(row)
        else:
            rows.gone.append(pk)
    return rows


def changes_words(before: Post, after: Post, words: Words) -> bool:
    return any(words(name, value) != words(name, before.get(name, ("",))) for name, value in after.items())
