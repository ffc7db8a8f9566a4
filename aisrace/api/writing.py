"""What every request that changes something goes through: a key, a strict body, a version to begin from, one answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from aisrace.api.answering import write_json
from aisrace.api.gate import CHALLENGE
from aisrace.api.models import ApiKey
from aisrace.api.parameters import read_parameters
from aisrace.api.problems import Problem, Reason, list_reasons
from aisrace.api.reading import NotJson, read_json
from aisrace.api.repeating import Different, Forgotten, Given, UnderWay, answer_once
from aisrace.keeping.saving import Overtaken
from aisrace.lib.checking import Unsound

MOST_BYTES = 1_000_000
MOST_ANONYMOUS = 250_000  # bytes: 20,000 characters, each written as a pair of escapes
UNKEPT = {"Cache-Control": "private, no-store"}
A_TAG = re.compile(r'(?:W/)?"([^"]+)"')
A_NAME = re.compile(r'"?([A-Za-z0-9_.:/+=~-]{1,255})"?')  # an Idempotency-Key


@dataclass(frozen=True)
class Written:
    """What is answered to a request that changed something; `version` becomes the tag to begin from next time.

    `subject` names what it tells of, where that may be erased before an answer that is kept.
    """

    data: Any
    status: int = 200
    version: int | None = None
    location: str = ""
    subject: str = ""


# --- Before ----------------------------------------------------------------------------------------------------------


def permit(request: Request, scope: str) -> ApiKey:
    """The key, where there is one and it has the scope; what its person may do is for the deed itself to ask."""
    key: ApiKey | None = getattr(request._request, "api_key", None)
    if key is None:
        told = "This takes a key: send “Authorization: Bearer …”. Keys are made in the desk."
        raise Problem(401, told, "no-key", headers={"WWW-Authenticate": CHALLENGE})
    if not key.allows(scope):
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        told = f"This takes a key with the scope “{scope}”; yours has {', '.join(key.scopes) or 'none'}."
        raise Problem(403, told, "scope-missing", headers={"WWW-Authenticate": challenge}, scope=scope)
    return key


def take(
    request: Request, scope: str, serializer: type[serializers.Serializer], *, partial: bool = False
) -> tuple[ApiKey, dict[str, Any]]:
    """Whose key it is, and what was sent. A request that writes has no parameters."""
    key = permit(request, scope)
    read_parameters(request._request.GET, ())
    return key, read_body(request, serializer, partial)


def read_body(request: Request, serializer: type[serializers.Serializer], partial: bool = False) -> dict[str, Any]:
    """What was sent, of the types that the serializer declares. Refuses with everything that is wrong."""
    asked = request._request
    if asked.content_type != "application/json":
        raise Problem(415, "The body must be JSON, and say so: “Content-Type: application/json”.")
    most = MOST_BYTES if getattr(asked, "api_key", None) else MOST_ANONYMOUS
    length = asked.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in asked.META:
        raise Problem(411, "The length of the body must be told: send “Content-Length”.")
    if not (length.isascii() and length.isdigit()) or len(length) > 12 or int(length) > most:
        raise Problem(413, f"The body may have {most:,} bytes at most.", "too-large")
    try:
        data = read_json(asked.body)
        return dict(serializer(partial=partial).run_validation(data))
    except NotJson as error:
        raise Problem(400, str(error), "invalid-body") from error
    except serializers.ValidationError as error:
        raise refuse_body(list_reasons(error.detail)) from error


def read_versions(request: Request) -> list[str]:
    """The tags in `If-Match`, bare. A tag that became a weak one on its way stands for the same version.

    None of them is empty, and what is no tag is no version.
    """
    sent = request.META.get("HTTP_IF_MATCH", "").strip()
    if sent in ("", "*"):
        told = "Say which version you began from: send its ETag as “If-Match”."
        raise Problem(428, told, "no-version")
    return A_TAG.findall(sent)


def bare(tag: str) -> str:
    """Empty for what is no tag."""
    found = A_TAG.fullmatch(tag)
    return found[1] if found else ""


# --- The deed --------------------------------------------------------------------------------------------------------


def write(
    request: Request, key: ApiKey | None, said: Mapping[str, Any], deed: Callable[[datetime], Written]
) -> HttpResponse:
    """Do it, once where a request with a key carries an `Idempotency-Key`, and answer."""
    now, name = timezone.now(), read_name(request)
    if key is None or not name:
        return answer(translate(deed, now))
    asked = hash_request(request._request, said)
    try:
        return answer(answer_once(key, name, asked, lambda: translate(deed, now), now=now))
    except UnderWay as error:
        told = "The same request is under way. Ask again in a moment."
        raise Problem(409, told, "under-way", headers={"Retry-After": "1"}) from error
    except Forgotten as error:
        raise Problem(410, "This was done, and what it made was erased since. It is not done again.") from error
    except Different as error:
        told = "Something else was asked under this Idempotency-Key. Take another key for another request."
        raise Problem(422, told, "other-request") from error


def read_name(request: Request) -> str:
    """Empty where none is sent. The draft wants it in quotation marks; most leave them out."""
    sent = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if sent is None:
        return ""
    if not (name := A_NAME.fullmatch(sent)):
        told = "An Idempotency-Key has 1 to 255 letters, digits and signs of “_.:/+=~-”."
        raise Problem(400, told, "bad-parameter")
    return name[1]


def hash_request(request: HttpRequest, said: Mapping[str, Any]) -> str:
    """The same for the same request, however its JSON is written down."""
    asked = [request.method, request.get_full_path(), request.META.get("HTTP_IF_MATCH", ""), dict(said)]
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def translate(deed: Callable[[datetime], Written], now: datetime) -> Given:
    """What the deed says, or why it was not done, as programs are told it."""
    try:
        written = deed(now)
    except Unsound as error:
        reasons = [Reason(place, words, where="pointer") for place, told in error.problems.items() for words in told]
        raise refuse_body(reasons) from error
    except Overtaken as error:
        version = error.row.version
        raise Problem(412, str(error), "overtaken", headers={"ETag": f'"{version}"'}, version=version) from error
    except ObjectDoesNotExist as error:
        raise Problem(404, "It is not there any more.") from error
    headers = {"ETag": f'"{written.version}"'} if written.version is not None else {}
    headers |= {"Location": written.location} if written.location else {}
    return Given(written.status, write_json(written.data).decode(), headers, subject=written.subject)


def refuse_body(reasons: list[Reason]) -> Problem:
    return Problem(400, "The body cannot be taken as it is.", "invalid-body", reasons)


def answer(given: Given) -> HttpResponse:
    headers = UNKEPT | given.headers | ({"Idempotent-Replayed": "true"} if given.is_repeated else {})
    return HttpResponse(given.body, status=given.status, content_type="application/json", headers=headers)
