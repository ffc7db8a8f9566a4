"""Positions as programs of the desk record and change them, by the desk's rules."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from aisrace.api.contract import reads_by_key, writes
from aisrace.api.links import find_links
from aisrace.api.models import ApiKey
from aisrace.api.parameters import read_parameters
from aisrace.api.problems import Problem
from aisrace.api.writing import Written, answer, bare, permit, read_versions, take, translate, write
from experts.api.entries import EXAMPLE, PositionEntrySerializer, RecordedSerializer, tell_recorded
from experts.api.said import Positions
from experts.models import Position
from experts.recording import change_position, record_position

SCOPE = ApiKey.Scope.RECORD


def changes(name: str) -> Callable[..., Any]:
    """One contract at both addresses of a position: what readers see, and what its editors have."""
    return writes(
        name,
        "Change what is sent of a position; the rest stays. Quotes are a whole list: those with an `id` are kept.",
        PositionEntrySerializer,
        {200: (RecordedSerializer, "It is changed, or was so already.")},
        example={"answer": "Even", "summary": "She has come to doubt it."},
        scope=SCOPE,
        begins_from_version=True,
    )


class WrittenPositions(Positions):
    """What readers see of positions, and the way to record another or change one."""

    @writes(
        "positions_record",
        "Record a position with its quotes and its source, all or nothing. It stays private until it is made public.",
        PositionEntrySerializer,
        {201: (RecordedSerializer, "It is recorded.")},
        example=EXAMPLE,
        scope=SCOPE,
    )
    def create(self, request: Request) -> HttpResponse:
        key, said = take(request, SCOPE, PositionEntrySerializer)

        def deed(now: datetime) -> Written:
            made = record_position(said, by=key.person, now=now, api_key=key.pk)
            return tell(request, made, 201)

        return write(request, key, said, deed)

    @changes("positions_change")
    def partial_update(self, request: Request, key: int) -> HttpResponse:
        return change(request, key, lambda: self.read_public_tag(request, key))

    def read_public_tag(self, request: Request, key: int) -> str:
        """That of the row as readers see it now; empty where they see none."""
        try:
            return bare(super().retrieve(request, key)["ETag"])
        except Problem:
            return ""


class RecordedPosition(ViewSet):
    """A position as its editors have it, public or not."""

    serializer_class = RecordedSerializer

    @reads_by_key(
        "positions_record_read",
        "A position as its editors have it, public or not.",
        RecordedSerializer,
        SCOPE,
    )
    def retrieve(self, request: Request, key: int) -> HttpResponse:
        who = permit(request, SCOPE)
        read_parameters(request._request.GET, ())
        row = find_row(who, key, timezone.now())
        return answer(translate(lambda now: tell(request, row), timezone.now()))

    @changes("positions_record_change")
    def partial_update(self, request: Request, key: int) -> HttpResponse:
        return change(request, key, lambda: "")

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)


def find_row(key: ApiKey, pk: int, now: datetime) -> Any:
    rows = Position.objects.readable_by(key.person, now).select_related("expert", "question")
    if (row := rows.filter(pk=pk).first()) is None:
        raise Problem(404, f"There is no position {pk} that you may read.")
    return row


def change(request: Request, pk: int, find_public_tag: Callable[[], str]) -> HttpResponse:
    """Begins from the version that `If-Match` names: by its number, or by the tag of what readers see of it."""
    key, said = take(request, SCOPE, PositionEntrySerializer, partial=True)
    tags = read_versions(request)
    row = find_row(key, pk, timezone.now())
    # Read after the row: had it changed in between, this would be the tag of another version, and nobody's to name.
    is_current = str(row.version) in tags or find_public_tag() in tags
    expected = row.version if is_current else 0

    def deed(now: datetime) -> Written:
        change_position(row, said, by=key.person, now=now, expected=expected, api_key=key.pk)
        return tell(request, find_row(key, pk, now))

    return write(request, key, said, deed)


def tell(request: Request, row: Position, status: int = 200) -> Written:
    data = tell_recorded(row, find_links(request._request))
    return Written(data, status, row.version, data["record"] if status == 201 else "")
