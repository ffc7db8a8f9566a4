"""Signing in as tests do it: with the password that tests.make gives everybody, and codes of an app."""

from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.test import Client

PASSWORD = "password"
LOGIN = "/accounts/login/"
MFA = "/accounts/second-factor/"


def sign_in(client: Client, login: str = "nell", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def add_app(user: User) -> str:
    """A second factor; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in_wholly(client: Client, user: User) -> None:
    """As somebody who has just given their password again."""
    client.force_login(user)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
