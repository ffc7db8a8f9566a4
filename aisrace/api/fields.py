"""Which fields of a row are wanted: `fields=slug,portrait.url` against what a serializer declares.

A tree is a dict from the names of fields to the tree inside each, None where nothing can be named inside. What has to
be included to be there is named by its path, as `cells.evidence`.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from aisrace.api.parameters import NotUnderstood, Parameter, show

type Tree = dict[str, Tree | None]
type Picker = Callable[[Any], Any]


@cache
def declare_tree(serializer: type[Serializer]) -> Tree:
    """Remembered, for a serializer copies all its fields each time it is made."""
    return grow(serializer())


def grow(serializer: Serializer) -> Tree:
    found: Tree = {}
    for name, field in serializer.fields.items():
        inner: BaseSerializer | Any = field.child if isinstance(field, ListSerializer) else field
        found[name] = grow(inner) if isinstance(inner, Serializer) else None
    return found


def leave_out(tree: Tree, paths: Iterable[str]) -> Tree:
    """The tree without what stands at the paths."""
    kept = dict(tree)
    for path in paths:
        name, _, rest = path.partition(".")
        inner = kept.get(name)
        if not rest:
            kept.pop(name, None)
        elif inner is not None:
            kept[name] = leave_out(inner, [rest])
    return kept


def put_in(tree: Tree, path: str, known: Tree) -> Tree:
    """The tree with all of what is known at the path, or what was chosen of it already."""
    name, _, rest = path.partition(".")
    inner = known[name]
    if rest and inner is not None:
        return tree | {name: put_in(tree.get(name) or {}, rest, inner)}
    return tree if name in tree else tree | {name: inner}


def fields_parameter(known: Tree, included: Iterable[str] = ()) -> Parameter:
    about = "Only these fields, separated by commas; those inside another with a dot, like `portrait.url`."
    schema = {"type": "string", "enum": list_paths(known)}
    return Parameter("fields", about, lambda value: read_fields(value, known, included), schema, is_list=True)


def list_paths(tree: Tree) -> list[str]:
    paths = []
    for name, inner in tree.items():
        paths += [name, *(f"{name}.{path}" for path in list_paths(inner or {}))]
    return paths


def read_fields(value: str, known: Tree, included: Iterable[str] = ()) -> Tree:
    """A field that is named as a whole comes without what would have to be included in it."""
    wanted: Tree = {}
    for path in value.split(","):
        name, _, rest = path.partition(".")
        if name not in known:
            raise NotUnderstood(f"fields that there are; “{show(name)}” is not one.", sorted(known))
        inner = known[name]
        inside = [other.removeprefix(f"{name}.") for other in included if other.startswith(f"{name}.")]
        if rest and inner is None:
            raise NotUnderstood(f"fields that there are; nothing can be named inside “{show(name)}”.")
        if rest and inner is not None:
            chosen = read_fields(rest, inner, inside)
            wanted[name] = merge(wanted.get(name) or {}, chosen)
        else:
            wanted[name] = inner if inner is None else leave_out(inner, inside)
    return wanted


def merge(one: Tree, other: Tree) -> Tree:
    both = one | other
    for name in one.keys() & other.keys():
        mine, theirs = one[name], other[name]
        both[name] = None if mine is None or theirs is None else merge(mine, theirs)
    return both


def include_parameter(choices: dict[str, str]) -> Parameter:
    """`choices` are what may be included, each with what it is."""

    def read(value: str) -> list[str]:
        names = value.split(",")
        for name in names:
            if name not in choices:
                raise NotUnderstood(f"what can be included; “{show(name)}” cannot.", sorted(choices))
        return list(dict.fromkeys(names))

    listed = "; ".join(f"`{name}`: {about}" for name, about in choices.items())
    about = f"What else each row holds, separated by commas. {listed}"
    return Parameter("include", about, read, {"type": "string", "enum": list(choices)}, is_list=True)


def make_picker(tree: Tree | None) -> Picker:
    """Takes from rows, or lists of rows, what the tree names and nothing else: the list of what is public."""
    if tree is None:
        return lambda row: row
    inside = [(name, make_picker(inner) if inner is not None else None) for name, inner in tree.items()]

    def pick(row: Any) -> Any:
        if row is None:
            return None
        if isinstance(row, list):
            return [pick(one) for one in row]
        return {name: inner(row[name]) if inner else row[name] for name, inner in inside}

    return pick
