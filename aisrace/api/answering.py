"""Answers as bytes: JSON by orjson, an entity tag, and 304 where the asker has it already."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from rest_framework.renderers import BaseRenderer

KEPT = "public, max-age=0, must-revalidate"  # time decides what is shown: whoever keeps an answer asks again


@dataclass(frozen=True)
class Retiring:
    """What is going away: told `since`, gone after `until`, a year later at least; what to use `instead`, a path."""

    since: date
    until: date
    instead: str

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9745 and RFC 8594."""
        since, until = (int(datetime.combine(on, time(), UTC).timestamp()) for on in (self.since, self.until))
        link = f'<{self.instead}>; rel="successor-version"'
        return {"Deprecation": f"@{since}", "Sunset": http_date(until), "Link": link}


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b"" if data is None else write_json(data)


def write_json(data: Any) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)


def tag_body(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether `If-None-Match` names the tag; on its way through a proxy it may have become a weak one."""
    given = request.META.get("HTTP_IF_NONE_MATCH", "")
    return tag in {one.strip().removeprefix("W/") for one in given.split(",")}


def is_any_known(request: HttpRequest) -> bool:
    """Whether the asker wants nothing that there is already; to be asked once it is found."""
    return request.META.get("HTTP_IF_NONE_MATCH", "").strip() == "*"


def answer_unchanged(tag: str) -> HttpResponse:
    return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": KEPT})


def answer_json(request: HttpRequest, data: Any, headers: dict[str, str] | None = None) -> HttpResponse:
    body = write_json(data)
    tag = tag_body(body)
    if is_known(request, tag) or is_any_known(request):
        return answer_unchanged(tag)
    told = {"ETag": tag, "Cache-Control": KEPT} | (headers or {})
    return HttpResponse(body, content_type="application/json", headers=told)
