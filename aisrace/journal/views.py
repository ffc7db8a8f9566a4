"""What changed since a program last asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from aisrace.api.answering import answer_json
from aisrace.api.collections import Reading
from aisrace.api.links import Links, find_links
from aisrace.api.parameters import NotUnderstood, Parameter, number, read_parameters
from aisrace.api.problems import Problem
from aisrace.api.recalling import remember
from aisrace.journal.kinds import Object, find_kinds
from aisrace.journal.models import Change, Clock
from aisrace.journal.state import journal_state

LIMIT, MOST = 100, 500


@dataclass(frozen=True)
class Since:
    """Behind which number of which sequence; without either before everything."""

    epoch: str = ""
    seq: int = 0

    def write(self) -> str:
        return f"{self.epoch}.{self.seq}" if self.epoch else "0"


def read_since(value: str) -> Since:
    if value == "0":
        return Since()
    epoch, _, seq = value.partition(".")
    if not (epoch.isalnum() and seq.isascii() and seq.isdigit() and len(seq) < 19 and len(epoch) <= 12):
        raise NotUnderstood("0 or a cursor that an answer has given.")
    return Since(epoch, int(seq))


def read_kinds(value: str) -> list[str]:
    known = [kind.name for kind in find_kinds()]
    if unknown := [name for name in value.split(",") if name not in known]:
        raise NotUnderstood(f"kinds that there are, separated by commas; “{unknown[0][:60]}” is none.", known)
    return value.split(",")


PARAMETERS = (
    Parameter(
        "since",
        "The `cursor` of the last answer; without it, or 0, everything.",
        read_since,
        {"type": "string", "pattern": r"^(0|[0-9a-z]{1,12}\.[0-9]{1,18})$"},
    ),
    number("limit", f"How many entries at most; {LIMIT} where nothing is said.", 1, MOST),
)


def kind_parameter() -> Parameter:
    names = [kind.name for kind in find_kinds()]
    about = "Only these collections, separated by commas."
    return Parameter("kind", about, read_kinds, {"type": "string", "enum": names}, is_list=True)


class ChangeSerializer(serializers.Serializer):
    seq = serializers.IntegerField(help_text="Grows. What changes again moves to the end with a new one.")
    kind = serializers.CharField(help_text="The collection.")
    id = serializers.IntegerField(help_text="Stays the same as long as the object exists.")
    key = serializers.CharField(help_text="What its address ends in.")
    url = serializers.URLField()
    gone = serializers.BooleanField(help_text="Readers see it no more: withdrawn, hidden or deleted.")
    at = serializers.DateTimeField(help_text="When the change was noticed.")
    object = serializers.DictField(allow_null=True, help_text="As it is now; null where it is gone.")


class ChangesSerializer(serializers.Serializer):
    results = ChangeSerializer(many=True, help_text="In the order of `seq`.")
    cursor = serializers.CharField(help_text="What to send as `since` next time.")
    next = serializers.URLField(allow_null=True, help_text="Null where these are all there are by now.")


class Changes(Reading):
    """The public record as a sequence, for mirrors: ask again and again with the cursor of the last answer.

    Every object stands in it once, at its newest change. Keeping the newest entry of each kind and id, and dropping
    what is gone, gives all that is public.
    """

    serializer_class = ChangesSerializer
    parameters = PARAMETERS

    def row_parameters(self) -> list[Parameter]:
        """Fields are not chosen here: an entry is the whole object."""
        return [*self.parameters, kind_parameter()]

    def list(self, request: Request) -> HttpResponse:
        values, now = read_parameters(request._request.GET, self.row_parameters()), timezone.now()
        return remember(request._request, journal_state, now, lambda: self.answer(request, values, now))

    def answer(self, request: Request, values: dict[str, Any], now: datetime) -> HttpResponse:
        links = find_links(request._request)
        since, limit = values.get("since", Since()), values.get("limit", LIMIT)
        clock = Clock.objects.first() or Clock()
        check(since, clock)
        entries, is_last = read_entries(since.seq, clock.seq, values.get("kind"), limit)
        cursor = Since(clock.epoch, clock.seq if is_last else entries[-1].seq).write()
        data = {
            "results": tell_entries(entries, now, links),
            "cursor": cursor,
            "next": None if is_last else lead(request, links, cursor),
        }
        return answer_json(request._request, data)


def check(since: Since, clock: Clock) -> None:
    """Numbers of another sequence, or from a future that has been forgotten, say nothing of what was seen."""
    if since.epoch and (since.epoch != clock.epoch or since.seq > clock.seq):
        raise Problem(409, "This cursor belongs to a sequence that is no more; begin anew with since=0.", "cursor-gone")


def read_entries(after: int, until: int, kinds: Sequence[str] | None, limit: int) -> tuple[list[Change], bool]:
    """Up to `until`, for what is given numbers meanwhile may lie behind what was read; and whether these are all."""
    rows = Change.objects.filter(seq__gt=after, seq__lte=until).order_by("seq")
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    found = list(rows[: limit + 1])
    return found[:limit], len(found) <= limit


def tell_entries(entries: Iterable[Change], now: datetime, links: Links) -> list[Object]:
    """As the objects are now; what is hidden already is gone, whether or not the journal has noticed."""
    keys = defaultdict(list)
    for entry in entries:
        if not entry.gone:
            keys[entry.kind].append(entry.row_id)
    told = {kind.name: kind.read(keys[kind.name], now, links) for kind in find_kinds() if kind.name in keys}
    return [tell_entry(entry, told.get(entry.kind, {}).get(entry.row_id), links) for entry in entries]


def tell_entry(entry: Change, told: Object | None, links: Links) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "id": entry.row_id,
        "key": entry.key,
        "url": links.api(entry.kind, entry.key),
        "gone": told is None,
        "at": entry.at,
        "object": told,
    }


def lead(request: Request, links: Links, cursor: str) -> str:
    query = request._request.GET.copy()
    query["since"] = cursor
    return f"{links.root}{request.path}?{query.urlencode()}"
