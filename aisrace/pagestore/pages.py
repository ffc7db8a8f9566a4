"""A page as it is kept, and the answers that are made of it: plain and compressed, whole and “not changed”."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

SMALL = 512  # bytes; compressing less saves no packet
LEVEL = 6
COMPRESSIBLE = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml")
# Of the answer as a whole or of this one request; made anew for whatever is sent.
NOT_KEPT = ("content-length", "etag", "vary", "x-request-id", "ratelimit", "retry-after")

type Key = tuple[str | None, ...]  # path, query, host, scheme
type Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Ready to be handed to the server. `tag` is strong: of this body, compressed as it is."""

    tag: str
    headers: Headers
    body: list[bytes]
    unchanged: Headers


@dataclass(slots=True, eq=False)
class Page:
    """What was rendered when `generation` rang, good until then or until `ends` (monotonic seconds).

    `used` is when somebody had it last.
    """

    headers: Headers
    body: bytes
    generation: int
    ends: float
    used: float = 0.0
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(part) for answer in self.answers.values() for part in answer.body)

    @property
    def is_compressible(self) -> bool:
        kind = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return len(self.body) > SMALL and kind.startswith(COMPRESSIBLE)

    def choose_coding(self, accepted: str) -> str:
        """For who accepts these (as in Accept-Encoding); empty for the body as it is."""
        return "gzip" if takes_gzip(accepted) and self.is_compressible else ""

    def answer(self, coding: str) -> Answer:
        """What two make at once is the same twice."""
        if coding not in self.answers:
            self.answers[coding] = self._make(coding)
        return self.answers[coding]

    def _make(self, coding: str) -> Answer:
        body = gzip.compress(self.body, LEVEL, mtime=0) if coding else self.body
        own = next((value for name, value in self.headers if name.lower() == "etag"), "")
        tag = own if own.startswith('"') else f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'
        if coding:
            tag = f'{tag[:-1]}-{coding}"'
        kept = [(name, value) for name, value in self.headers if not name.lower().startswith(NOT_KEPT)]
        told = [("ETag", tag), ("Vary", _vary(self.headers))]
        coded = [("Content-Encoding", coding)] if coding else []
        of_the_body = ("content-type", "content-language", "content-disposition")
        unchanged = [(name, value) for name, value in kept if name.lower() not in of_the_body] + told
        return Answer(tag, [*kept, *told, *coded, ("Content-Length", str(len(body)))], [body], unchanged)


def _vary(headers: Headers) -> str:
    named = [part.strip() for name, value in headers if name.lower() == "vary" for part in value.split(",")]
    return ", ".join(dict.fromkeys([*named, "Accept-Encoding"]))


@lru_cache(maxsize=512)
def takes_gzip(accepted: str) -> bool:
    """RFC 9110: the coding named, or any, unless its weight is nought."""
    weights = dict(_read_codings(accepted))
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _read_codings(accepted: str) -> Iterable[tuple[str, float]]:
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        _, _, weight = parameter.partition("=")
        try:
            yield name.strip(), float(weight or 1)
        except ValueError:
            yield name.strip(), 0.0
