"""Nobody is in the desk with a password alone, where that is the rule."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

# Codes on paper get one in when the other factor is lost; they are none to live with.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactorMiddleware:
    """Leads staff who have no second factor to where they set one up; until then nothing under /admin/ answers them.

    One query per page of the desk, and only where `REQUIRE_MFA` is on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (settings.REQUIRE_MFA and is_desk(request) and lacks_second_factor(request.user)):
            return self.get_response(request)
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(reverse("mfa_index"))
        return render(request, "account/second_factor_missing.html", status=403)


def is_desk(request: HttpRequest) -> bool:
    """Everything under /admin/ but the ways in and out."""
    return request.path.startswith(reverse("admin:index")) and request.path not in (
        reverse("admin:login"),
        reverse("admin:logout"),
    )


def lacks_second_factor(person: User | AnonymousUser) -> bool:
    return person.is_authenticated and not has_second_factor(person)


def has_second_factor(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exists()
