"""The pages of an account, each named here: what allauth has beyond them (sign-up, other addresses) does not exist.

The ways in and out of Django's admin lead here too.
"""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from aisrace.desk.entrance import enter_desk, show_on_site

# allauth shows them to whoever has the session; they are worth as much as the factor that they stand for.
ask_again = reauthentication_required(app="allauth.mfa")

account_urls = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/ask/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/ask-again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", ask_again(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes/file/", ask_again(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/ask-again/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

# Stand before Django's own of the same addresses.
desk_entrances = [
    path("login/", enter_desk),
    path("logout/", account.logout),
    path("password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("password_change/done/", RedirectView.as_view(pattern_name="account_change_password")),
    path("r/<int:kind>/<path:key>/", show_on_site),
]
