"""What administrators do to accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from unfold.forms import UserChangeForm

from aisrace.keeping.models import Deed
from aisrace.keeping.trail import Person, record


class OneAddress:
    """One may sign in by address, so it is one person's."""

    instance: User
    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody has this address already.")
        return email


class PersonForm(OneAddress, UserChangeForm):
    pass


class InvitationForm(OneAddress, forms.ModelForm):
    """Somebody new on the staff; they choose their password themselves."""

    class Meta:
        model = User
        fields = ["username", "email", "first_name", "last_name", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = "Where the link to set a password goes."

    def save(self, commit: bool = True) -> Any:
        self.instance.is_staff = True
        self.instance.set_unusable_password()
        return super().save(commit)


def rights(person: User) -> set[str]:
    """What the account may do while it is open: a closed one is not to be lifted unseen and opened again."""
    everybody = User(pk=person.pk, is_active=True, is_superuser=person.is_superuser)
    return set(everybody.get_all_permissions())


def is_in_the_trail(person: User) -> bool:
    return Deed.objects.filter(by=person).exists()


def close_accounts(people: Iterable[User], *, by: Person, now: datetime) -> list[User]:
    """Their sessions end with it. Returns those that were open."""
    closed = []
    for person in people:
        with transaction.atomic():
            if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
                record("closed", person, by=by, now=now)
                closed.append(person)
    return closed


def forget_second_factors(people: Iterable[User], *, by: Person, now: datetime) -> list[User]:
    """For who has lost phone, key and codes; they set up new ones. Returns those that had any."""
    done = []
    for person in people:
        with transaction.atomic():
            if Authenticator.objects.filter(user=person).delete()[0]:
                record("changed", person, by=by, now=now, note="The second factor was removed.")
                done.append(person)
    return done
