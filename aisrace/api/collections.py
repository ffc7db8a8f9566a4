"""A collection of rows that programs read: its list, paged and narrowed, and each row at its own address.

A room declares what a row holds (a serializer: the list of what is public), by what it is narrowed and ordered, which
rows readers may see, and how rows are read; see `Collection`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from aisrace.api.answering import Retiring, answer_json
from aisrace.api.asking import Ask
from aisrace.api.fields import Tree, declare_tree, fields_parameter, include_parameter, leave_out, make_picker, put_in
from aisrace.api.links import find_links
from aisrace.api.paging import PAGING, Ordering, cut
from aisrace.api.parameters import Parameter, choice, read_parameters
from aisrace.api.problems import Problem, miss
from aisrace.api.recalling import Finding, remember

type Rows = QuerySet[Any]


@dataclass(frozen=True)
class Filter:
    """A parameter that narrows a list; `apply` may refuse a value that it does not find."""

    parameter: Parameter
    apply: Callable[[Rows, Any, Ask], Rows]


def find_named(rows: Rows, name: str, **by: Any) -> int:
    """The id of the public row that a parameter names; 404 where there is none."""
    pk = rows.filter(**by).values_list("pk", flat=True).first()
    if pk is None:
        (value,) = by.values()
        raise miss(name, f"{name} “{value}”")
    return pk


class Reading(ViewSet):
    """A view that reads: parameters from a closed list, an answer with a tag."""

    serializer_class: ClassVar[type[Serializer]]
    include: ClassVar[dict[str, str]] = {}  # paths that are left out unless asked for, each with what it is
    parameters: ClassVar[Sequence[Parameter]] = ()  # those of single rows too, as `as_of`
    retiring: ClassVar[Retiring | None] = None
    usual_in_row: ClassVar[Sequence[str]] = ()  # what a single row includes unless its fields are chosen

    @property
    def tree(self) -> Tree:
        return declare_tree(self.serializer_class)

    def choosing(self) -> list[Parameter]:
        """What chooses fields."""
        including = [include_parameter(self.include)] if self.include else []
        return [fields_parameter(self.tree, self.include), *including]

    def row_parameters(self) -> list[Parameter]:
        return [*self.parameters, *self.choosing()]

    def ask(self, request: Request, known: Sequence[Parameter], including: Sequence[str] = ()) -> Ask:
        values = read_parameters(request._request.GET, known)
        now = timezone.now()
        links, query = find_links(request._request), request.META.get("QUERY_STRING", "")
        return Ask(now, timezone.localdate(now), links, values, self.choose_fields(values, including), query)

    def choose_fields(self, values: dict[str, Any], including: Sequence[str]) -> Tree:
        """Those named, or all that need not be included and those `including`; and those included."""
        chosen: Tree | None = values.get("fields")
        if chosen is None:
            left_out = [path for path in self.include if path not in including]
            chosen = leave_out(self.tree, left_out)
        for path in values.get("include", ()):
            chosen = put_in(chosen, path, self.tree)
        return chosen

    def find_state(self, values: dict[str, Any]) -> Finding | None:
        """How to find what everything in an answer depends on besides its address, where that is cheap; else None.

        It must change with whatever can change an answer, time passing included. Without it answers are always made
        and then compared.
        """
        return None

    def remember(self, request: Request, ask: Ask, answer: Callable[[], HttpResponse]) -> HttpResponse:
        return remember(request._request, self.find_state(ask.values), ask.now, answer)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.retiring:
            for name, value in self.retiring.headers.items():
                response[name] = f"{response[name]}, {value}" if response.has_header(name) else value
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The methods there are stand in `Allow`, as in every answer."""
        return HttpResponse(status=204)


class Collection(Reading):
    """`place` is where it is under /api/v1/. Rows are kept apart by `key`, a slug where they have one."""

    place: ClassVar[str]
    key: ClassVar[str] = "pk"
    filters: ClassVar[Sequence[Filter]] = ()
    orderings: ClassVar[Sequence[Ordering]]  # the first is the usual one

    def find(self, ask: Ask) -> Rows:
        """All that readers may see."""
        raise NotImplementedError

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """The rows by id, with at least the fields that are asked for, in a constant number of queries."""
        raise NotImplementedError

    def miss(self, key: Any, ask: Ask) -> HttpResponse:
        """Where there is no such row: it may have moved or been withdrawn."""
        raise Problem(404, f"There is nothing at “{key}” in {self.place}.")

    @cached_property
    def turns(self) -> dict[str, Ordering]:
        """Every ordering both ways round, as it is spelled."""
        both = [o for given in self.orderings for o in (given, Ordering(given.name, given.by, not given.is_descending))]
        return {ordering.spelled: ordering for ordering in both}

    def list_parameters(self) -> list[Parameter]:
        """Those of the list, as its documentation tells them too."""
        narrowing = [narrowing.parameter for narrowing in self.filters]
        usual = self.orderings[0].spelled
        ordering = choice("ordering", f"By what; a minus turns it round. Usually `{usual}`.", list(self.turns))
        return [*self.parameters, *narrowing, ordering, *PAGING, *self.choosing()]

    def list(self, request: Request) -> HttpResponse:
        ask = self.ask(request, find_parameters(type(self), True))
        return self.remember(request, ask, lambda: self.answer_list(request, ask))

    def answer_list(self, request: Request, ask: Ask) -> HttpResponse:
        rows = self.find(ask)
        for narrowing in self.filters:
            if narrowing.parameter.name in ask.values:
                rows = narrowing.apply(rows, ask.values[narrowing.parameter.name], ask)
        found = cut(rows, self.turns[ask.values.get("ordering", self.orderings[0].spelled)], ask.values)
        told, pick = self.read(found.ids, ask) if found.ids else {}, make_picker(ask.fields)
        data = {
            "count": found.count,
            "next": self.lead(request, ask, found.next),
            "previous": self.lead(request, ask, found.previous),
            "results": [pick(told[pk]) for pk in found.ids if pk in told],
        }
        links = ", ".join(f'<{data[name]}>; rel="{rel}"' for name, rel in RELATIONS.items() if data[name])
        return answer_json(request._request, data, {"Link": links} if links else None)

    def retrieve(self, request: Request, key: Any) -> HttpResponse:
        ask = self.ask(request, find_parameters(type(self), False), self.usual_in_row)
        return self.remember(request, ask, lambda: self.answer_row(request, ask, key))

    def answer_row(self, request: Request, ask: Ask, key: Any) -> HttpResponse:
        pk = self.find(ask).filter(**{self.key: key}).values_list("pk", flat=True).first()
        row = self.read([pk], ask).get(pk) if pk is not None else None
        if row is None:
            return self.miss(key, ask)
        return answer_json(request._request, make_picker(ask.fields)(row))

    def lead(self, request: Request, ask: Ask, changed: dict[str, str] | None) -> str | None:
        """The address of a neighbouring page."""
        if changed is None:
            return None
        query = request._request.GET.copy()
        for name, value in changed.items():
            query[name] = value
        return f"{ask.links.root}{request.path}?{query.urlencode()}"


def find_parameters(view: type[Reading], is_list: bool) -> Sequence[Parameter]:
    """Those of a list, or of a row; made once for each process."""
    if (view, is_list) not in _known:
        made = view()
        listing = made.list_parameters if is_list and isinstance(made, Collection) else made.row_parameters
        _known[view, is_list] = listing()
    return _known[view, is_list]


_known: dict[tuple[type[Reading], bool], Sequence[Parameter]] = {}
RELATIONS = {"next": "next", "previous": "prev"}
