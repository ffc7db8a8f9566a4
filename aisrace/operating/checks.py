"""What `manage.py check --deploy` says besides Django's own: what is easily forgotten and shows only later."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning  # noqa: A004 (Django's name for it)
from django.http.request import validate_host

LIMITS = ("COMMENTS_LIMITS", "COMMENTS_PROOF_OF_WORK", "API_LIMITS")


def check_deployment(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [kind(told, hint=hint, id=f"aisrace.{name}") for name, (holds, kind, told, hint) in look().items() if holds]


def look() -> dict[str, tuple[bool, Callable[..., CheckMessage], str, str]]:
    """Whether it holds, how grave it is, what it means, what to do."""
    host, is_behind_proxy = urlsplit(settings.SITE_URL).hostname or "", bool(settings.TRUSTED_PROXY_COUNT)
    off = [name for name in LIMITS if not getattr(settings, name)]
    return {
        "E001": (
            not validate_host(host, settings.ALLOWED_HOSTS),
            Error,
            f"ALLOWED_HOSTS does not have {host}, to which every link leads that the site writes (SITE_URL).",
            f"Add {host} to ALLOWED_HOSTS.",
        ),
        "W001": (
            settings.SECURE_SSL_REDIRECT and not is_behind_proxy,
            Warning,
            "Plain http is sent on to https, and no proxy is trusted to say that it was https.",
            "Behind a proxy that ends https set TRUST_PROXY=1, or the redirect never ends.",
        ),
        "W002": (
            settings.DATA_DIR.is_relative_to(settings.BASE_DIR),
            Warning,
            "What the site keeps lies in the folder of its code.",
            "Set DATA_DIR to a folder that outlives an upgrade.",
        ),
        "W003": (
            not settings.EMAIL_HOST_GIVEN,
            Warning,
            "No mail server is named: letters go to port 25 of this machine.",
            "Set EMAIL_HOST, EMAIL_USER and EMAIL_PASSWORD.",
        ),
        "W004": (not settings.REQUIRE_MFA, Warning, "A password alone opens the desk.", "Leave REQUIRE_MFA at 1."),
        "W005": (
            bool(off),
            Warning,
            f"What is off is for measurements: {', '.join(off)}.",
            f"Remove {', '.join(off)}.",
        ),
        "W006": (
            bool(settings.METRICS_ALLOWED) and not is_behind_proxy,
            Warning,
            "Networks may look at /metrics; behind a proxy everybody would come from one of them.",
            "Set TRUST_PROXY=1, or use METRICS_TOKEN instead.",
        ),
        "W007": (
            not settings.PAGE_STORE,
            Warning,
            "Every page is made anew for every reader.",
            "Remove PAGE_STORE=off.",
        ),
        "I001": (
            not settings.REDIS_URL,
            Info,
            "Without REDIS_URL each process counts limits for itself.",
            "With more than one process set REDIS_URL.",
        ),
    }
