"""Who asks and how often: keys and limits, before anything else is done.

For everything under /api/, and where else asking costs much; places.py lists it. No cookie counts here, so that nothing
can be done in anybody's name by a page that they look at.
"""

from collections.abc import Callable
from time import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from aisrace.api.keys import find_key, is_familiar, note_use
from aisrace.api.limits import Allowance, count
from aisrace.api.models import ApiKey
from aisrace.api.places import PAGES, Place, find_place, weigh
from aisrace.api.problems import Problem, answer_problem
from aisrace.lib.visitors import client_ip, network_of

CHALLENGE = 'Bearer realm="api"'

type Responding = Callable[[HttpRequest], HttpResponseBase]


class GateMiddleware:
    """Leaves the key at `request.api_key`, None for whoever has none.

    A key costs one query, a limit one call to the cache; requests elsewhere a look at their address.
    """

    def __init__(self, get_response: Responding) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = find_place(request.path_info)
        if place is None:
            return self.get_response(request)
        token = read_token(request) if place.takes_keys else None
        response, allowance = self.let_in(request, place) if token is None else self.check(request, place, token)
        if allowance and (place.takes_keys or allowance.is_spent):
            for name, value in allowance.headers.items():
                response.headers[name] = value
        return response

    def check(self, request: HttpRequest, place: Place, token: str) -> tuple[HttpResponseBase, Allowance | None]:
        """A key that is not known to be good is counted as a guess of its network before it is looked up."""
        was_familiar = is_familiar(token)
        guesses = None if was_familiar else count_guess(request)
        if guesses and guesses.is_spent:
            return refuse(request, guesses), guesses
        if key := find_key(token, timezone.now()):
            return self.let_in(request, place, key)
        guesses = count_guess(request) if was_familiar else guesses
        return answer_problem(no_such_key()), guesses

    def let_in(
        self, request: HttpRequest, place: Place, key: ApiKey | None = None
    ) -> tuple[HttpResponseBase, Allowance | None]:
        allowance = count_request(request, place, key)
        if allowance and allowance.is_spent:
            return refuse(request, allowance), allowance
        request.api_key = key  # type: ignore[attr-defined]
        if key:
            note_use(key, timezone.now())
        return self.get_response(request), allowance


def read_token(request: HttpRequest) -> str | None:
    """None where no key is sent, which the password of a site that is not open yet is not either."""
    kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() in ("", "basic"):
        return None
    return token.strip() if kind.lower() == "bearer" else ""


def no_such_key() -> Problem:
    """One answer, whatever is wrong with it: nobody learns that there was such a key."""
    challenge = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
    return Problem(401, "This key opens nothing: it is mistyped, revoked, or has ended.", "bad-key", headers=challenge)


def refuse(request: HttpRequest, allowance: Allowance) -> HttpResponse:
    """In the form in which this address answers; pages of other sites may read why."""
    if request.path_info in PAGES:
        response = render(request, "asked_too_much.html", {"seconds": allowance.reset}, status=429)
        response["Cache-Control"] = "no-store"
        return response
    counts_as = f"; this one counts as {allowance.weight}" if allowance.weight > 1 else ""
    told = f"More than {allowance.most:,} requests in a minute{counts_as}. Go on in {allowance.reset} seconds."
    return answer_problem(Problem(429, told, headers={"Access-Control-Allow-Origin": "*"}))


def count_request(request: HttpRequest, place: Place, key: ApiKey | None) -> Allowance | None:
    """None where limits are off."""
    if key:
        return tally(f"key {key.pk}", key.per_minute or settings.API_KEY_LIMIT, weigh(request))
    return tally(f"{place.counted_as} {find_network(request)}", settings.API_ANONYMOUS_LIMIT, weigh(request))


def count_guess(request: HttpRequest) -> Allowance | None:
    """By network: whoever is counted by what they claim to be evades the count by claiming something new each time."""
    return tally(f"guesses {find_network(request)}", settings.API_ANONYMOUS_LIMIT, 1)


def tally(whose: str, most: int, weight: int) -> Allowance | None:
    return count(whose, most, time(), weight) if settings.API_LIMITS else None


def find_network(request: HttpRequest) -> str:
    return network_of(client_ip(request))
