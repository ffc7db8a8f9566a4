"""How people come in: accounts are made in the desk, and only staff have anything to do there."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)

# What keeps a letter from being sent: no server, one that hangs, one that refuses.
NOT_SENT = (OSError, SMTPException)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "No account has this name and this password.",
        "email_password_mismatch": "No account has this address and this password.",
        "too_many_login_attempts": "Too many failed attempts. Wait ten minutes, or sign in with a passkey.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse | None:
        """Whoever is not staff is told so before a session begins, not after."""
        refusal = super().pre_login(request, user, **how)
        if refusal is None and not user.is_staff:
            clear_login(request)
            return render(request, "account/refused.html", status=403)
        return refusal

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        response = super().post_login(request, user, **how)
        used = [step.get("type") for step in get_authentication_records(request, user)]
        if Authenticator.Type.RECOVERY_CODES in used:
            messages.warning(request, tell_of_recovery(user))
        return response

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Does not tell whether it was sent: an error would say that there is an account."""
        try:
            super().send_password_reset_mail(user, email, context)
        except NOT_SENT:
            logger.exception("The link to set a new password could not be sent.")

    def send_notification_mail(self, template_prefix: str, user: Any, context: Any = None, email: Any = None) -> None:
        """To the address on the account. What was done stays done, also when nobody can be told."""
        if not (email or user.email):
            return
        try:
            super().send_notification_mail(template_prefix, user, context, email or user.email)
        except NOT_SENT:
            logger.exception("A notice about an account could not be sent.")

    def send_invitation(self, user: User) -> None:
        """Raises one of `NOT_SENT` where there is no way to send it."""
        self.send_mail("account/email/invitation", user.email, {"user": user, "link": self.make_password_link(user)})

    def make_password_link(self, user: User) -> str:
        """Good for three days (PASSWORD_RESET_TIMEOUT), once, and until the address or the password changes."""
        token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        return self.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")


def tell_of_recovery(user: User) -> str:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    return (
        f"You signed in with a recovery code; {left} of them are left. "
        "If your phone or key is lost, remove it under “Second factor” and set up another."
    )
