"""Settings that are allowed and not meant, and who can get in."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.http.request import validate_host

from aisrace.operating.doctor.findings import Finding, broken, warning, well

ONLY_HERE = ("localhost", "127.0.0.1", "::1")


def examine_addresses(now: datetime) -> Iterator[Finding]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        told = f"SITE_URL is {settings.SITE_URL}, and ALLOWED_HOSTS does not have {host}."
        yield broken("Settings", told, f"Add {host} to ALLOWED_HOSTS: every link that the site writes is refused.")
    elif settings.PRODUCTION and host in ONLY_HERE:
        told = f"SITE_URL is {settings.SITE_URL}: links in letters lead every reader to their own machine."
        yield broken("Settings", told, "Set SITE_URL to the public address.")
    else:
        yield well("Settings", f"{'Production' if settings.PRODUCTION else 'Local'}, at {settings.SITE_URL}.")
    if settings.PRODUCTION and not settings.TRUSTED_PROXY_COUNT:
        told = "TRUST_PROXY is off: behind a proxy all visitors share its address, and https is not recognised."
        yield warning("Proxy", told, "Set TRUST_PROXY=1 where exactly one proxy stands in front.")
    if settings.PRODUCTION and not settings.REQUIRE_MFA:
        yield warning("Sign-in", "A password alone opens the desk.", "Set REQUIRE_MFA=1.")


def examine_secret_key(now: datetime) -> Iterator[Finding]:
    key, path = settings.SECRET_KEY, os.environ.get("SECRET_KEY_FILE") or settings.DATA_DIR / "secret_key"
    is_weak = len(key) < 50 or len(set(key)) < 10
    if is_weak:
        told = "It is short, or made of few different characters: sign-ins and mailed links could be forged."
        yield broken("Secret key", told, 'Take: python3 -c "import secrets; print(secrets.token_urlsafe(48))"')
    elif Path(path).exists() and Path(path).stat().st_mode & 0o004:
        yield warning("Secret key", f"Everybody on this machine may read {path}.", f"chmod 600 {path}")
    else:
        yield well("Secret key", "Long enough, and kept to itself.")


def examine_accounts(now: datetime) -> Iterator[Finding]:
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        yield well("Accounts", "There is an administrator.")
    else:
        yield warning("Accounts", "Nobody can administer the site.", "Run: manage.py createsuperuser")
