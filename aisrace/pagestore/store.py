"""The store around Django: what it has is answered before Django is asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aisrace.pagestore.addresses import Place, find_place
from aisrace.pagestore.flights import PATIENCE, Flights
from aisrace.pagestore.hearing import Hearing
from aisrace.pagestore.pages import Answer, Headers, Key, Page
from aisrace.pagestore.shelf import Shelf

GRACE = 0.3  # seconds for which a page that is over is still sent while somebody makes the next one
LONGEST = 60.0  # seconds for which any page is kept: some say what hour it is in their own way
KNOWN = 10_000  # ways to ask for a page
# Depends on who asks, or is not asked by a reader.
APART = ("HTTP_AUTHORIZATION", "HTTP_RANGE")
# What a page is rendered without: it would be in the page, or keep it from being whole.
LEFT_OUT = (
    *("HTTP_COOKIE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_REFERER"),
    *("HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT", "HTTP_ORIGIN", "HTTP_X_REQUEST_ID"),
    "wsgi.file_wrapper",
)

type Environ = dict[str, Any]
type Starting = Callable[..., Any]
type Application = Callable[[Environ, Starting], Iterable[bytes]]


@dataclass(slots=True)
class Counts:
    """Since the process began. `rendered` counts what went through Django in order to be kept."""

    hits: int = 0
    unchanged: int = 0
    stale: int = 0
    rendered: int = 0
    refused: int = 0
    passed: int = 0


@dataclass(slots=True)
class Rendered:
    status: str
    headers: Headers
    body: bytes


class PageStore:
    """`cookies` are names: whoever has one of them may see more than others, or something of their own."""

    def __init__(self, application: Application, hearing: Hearing, limit: int, cookies: Iterable[str]) -> None:
        self.application = application
        self.hearing = hearing
        self.shelf = Shelf(limit)
        self.counts = Counts()
        self._cookies = tuple(f"{name}=" for name in cookies)
        self._flights = Flights()
        # By what stands in the request: where the page is on the shelf, and how it is to be packed.
        self._known: dict[Key, tuple[Key, str]] = {}

    def __call__(self, environ: Environ, start_response: Starting) -> Iterable[bytes]:
        """Nothing is thought about twice for who asks as others have asked."""
        if not self._is_for_all(environ):
            self.counts.passed += 1
            return self.application(environ, start_response)
        get = environ.get
        asked = (
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
            get("HTTP_ACCEPT_ENCODING"),
            get("HTTP_HOST"),
            get("HTTP_X_FORWARDED_PROTO"),
        )
        found = self._known.get(asked)
        if found is not None:
            page = self.shelf.pages.get(found[0])
            if page is not None and page.generation == self.hearing.listen() and (now := monotonic()) < page.ends:
                page.used = now
                self.counts.hits += 1
                return self._send(page.answers.get(found[1]) or page.answer(found[1]), environ, start_response)
        return self._look_for(asked, environ, start_response)

    def _look_for(self, asked: Key, environ: Environ, start_response: Starting) -> Iterable[bytes]:
        path, query, accepted, host, proto = asked
        place = find_place(path, query)
        if place is None:
            self.counts.passed += 1
            return self.application(environ, start_response)
        page, other = self._find((*place, host, proto), place, environ)
        if page is None:
            # A page that has moved leads on with all that was asked, whatever we had left out.
            if other is None or (other.status[0] == "3" and place.query != query):
                return self.application(environ, start_response)
            start_response(other.status, other.headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [other.body]
        page.used = monotonic()
        coding = page.choose_coding(accepted or "")
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[asked] = ((*place, host, proto), coding)
        return self._send(page.answer(coding), environ, start_response)

    def _is_for_all(self, environ: Environ) -> bool:
        """Asked as anybody asks; what is answered then is the same for all."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return False
        cookies = environ.get("HTTP_COOKIE")
        if cookies is not None and any(name in cookies for name in self._cookies):
            return False
        return not any(name in environ for name in APART)

    def _send(self, answer: Answer, environ: Environ, start_response: Starting) -> Iterable[bytes]:
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (answer.tag in known or known == "*"):
            self.counts.unchanged += 1
            start_response("304 Not Modified", answer.unchanged)
            return []
        start_response("200 OK", answer.headers)
        return answer.body if environ["REQUEST_METHOD"] == "GET" else []

    def _find(self, key: Key, place: Place, environ: Environ) -> tuple[Page | None, Rendered | None]:
        """The page; or what there is instead of one; or neither, where that is for Django to say once more."""
        generation = self.hearing.listen()
        page = self.shelf.pages.get(key)
        if page is not None and self._is_good(page, generation):
            self.counts.hits += 1
            return page, None
        flight, is_own = self._flights.board(key, generation)
        if is_own:
            try:
                rendered = self._render(place, environ)
                flight.page = self._keep(key, rendered, generation)
            finally:
                self._flights.land(key, flight)
            if page is not None and rendered.status[0] == "5" and self.hearing.is_deaf:
                self.counts.stale += 1
                return page, None
            return flight.page, rendered
        if page is not None and self.hearing.stale_for(page.generation) < GRACE:
            self.counts.stale += 1
            return page, None
        if not flight.landed.wait(PATIENCE):
            self._flights.give_up(key, flight)
        return flight.page, None

    def _is_good(self, page: Page, generation: int) -> bool:
        return page.generation == generation and monotonic() < page.ends

    def _render(self, place: Place, environ: Environ) -> Rendered:
        """As somebody sees it of whom nothing is known."""
        self.counts.rendered += 1
        plain = {name: value for name, value in environ.items() if name not in LEFT_OUT}
        plain |= {"QUERY_STRING": place.query, "REQUEST_METHOD": "GET"}
        told: list[Any] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> None:
            told[:] = [status, headers]

        parts = self.application(plain, start)
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        return Rendered(told[0], told[1], body)

    def _keep(self, key: Key, rendered: Rendered, generation: int) -> Page | None:
        if not may_be_kept(rendered):
            self.counts.refused += 1
            return None
        now = monotonic()
        page = Page(rendered.headers, rendered.body, generation, ends=now + LONGEST, used=now)
        self.shelf.put(key, page)
        return page


def may_be_kept(rendered: Rendered) -> bool:
    """A whole page that says of itself that it is for all."""
    headers = {name.lower(): value for name, value in rendered.headers}
    rules = {rule.strip().lower() for rule in headers.get("cache-control", "").split(",")}
    return (
        rendered.status.startswith("200 ")
        and "set-cookie" not in headers
        and "content-encoding" not in headers
        and "public" in rules
        and not rules & {"private", "no-store"}
        and not {"cookie", "*"} & {part.strip().lower() for part in headers.get("vary", "").split(",")}
    )
