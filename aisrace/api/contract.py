"""What the contract tells of requests that change something, or that take a key: said once for all of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from aisrace.api.describing import JSON, ProblemSerializer
from aisrace.api.problems import MEDIA_TYPE
from aisrace.api.writing import A_NAME

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SCHEME = "key"  # its name in SPECTACULAR_SETTINGS
KEY: Any = {SCHEME: []}
NO_KEY: Any = {}
PROBLEMS = {
    400: "Something in the body cannot be taken; all of it is named, each with a pointer to where it is.",
    401: "It takes a key, or the one that was sent opens nothing.",
    403: "The key lacks the scope, or its person may not do this.",
    404: "There is no such row, or none that the person may work on.",
    406: "Only JSON is spoken here.",
    409: "The same request is under way.",
    412: "Somebody was faster; `version` and `ETag` tell what is there now.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    422: "Something else was asked under this Idempotency-Key.",
    428: "It does not say which version it began from.",
    429: "Too many requests; `Retry-After` tells when to go on.",
}
OF_READING = (400, 401, 403, 404, 406, 429)
OF_WRITING = (*OF_READING, 409, 413, 415, 422)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the version you began from."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": f"^{A_NAME.pattern}$"},
    OpenApiParameter.HEADER,
    description="A name of your own for this request. Sent again within a day, it is answered as the first time and "
    "nothing is done twice. It counts where a key is sent.",
)
ID = OpenApiParameter("key", int, OpenApiParameter.PATH, description="Its id.")
TAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=True, description="The version, to be sent back as `If-Match`."
)

type Answers = Mapping[int, tuple[type[Serializer], str]]
type Decorate = Callable[[Any], Any]


def reads_by_key(operation: str, about: str, answer: type[Serializer], scope: str) -> Decorate:
    """A row that only those see who may work on it."""
    return extend_schema(
        operation_id=operation,
        description=f"{about} Takes a key with the scope `{scope}`.",
        parameters=[ID, TAG],
        responses=tell_answers({200: (answer, "The row.")}, OF_READING),
        auth=[KEY],
    )


def writes(
    operation: str,
    about: str,
    body: type[Serializer],
    answers: Answers,
    *,
    example: Mapping[str, Any],
    scope: str = "",
    begins_from_version: bool = False,
) -> Decorate:
    """Without a scope anybody may do it; a key is welcome."""
    problems = (*OF_WRITING, *((412, 428) if begins_from_version else ()))
    return extend_schema(
        operation_id=operation,
        description=f"{about} Takes a key with the scope `{scope}`." if scope else about,
        parameters=[*([ID, IF_MATCH] if begins_from_version else ()), IDEMPOTENCY_KEY, *([TAG] if scope else ())],
        request={JSON: body},
        examples=[OpenApiExample("Example", dict(example), request_only=True)],
        responses=tell_answers(answers, problems),
        auth=[KEY] if scope else [NO_KEY, KEY],
    )


def tell_answers(answers: Answers, problems: tuple[int, ...]) -> dict[Any, OpenApiResponse]:
    told: dict[Any, OpenApiResponse] = {
        (status, JSON): OpenApiResponse(serializer, about) for status, (serializer, about) in answers.items()
    }
    refusals = {(status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, PROBLEMS[status]) for status in problems}
    return told | refusals | {("default", MEDIA_TYPE): OpenApiResponse(ProblemSerializer, "Any other problem.")}


def order_methods(endpoints: Sequence[tuple[str, str, str, Any]], **others: Any) -> list[tuple[str, str, str, Any]]:
    """Paths as they are declared; the methods of each, which REST framework finds in no order, always in the same."""
    paths = list(dict.fromkeys(path for path, *_ in endpoints))
    return sorted(endpoints, key=lambda found: (paths.index(found[0]), METHODS.index(found[2])))
