"""What readers are told of by mail, and turning it off from the letter itself, by a link alone (RFC 8058)."""

from dataclasses import dataclass
from typing import Any

from django.core import signing

from comments.models import Commenter, Letter

SALT = "comments.off"
Kind = Letter.Kind
ABOUT: dict[str, str] = {Kind.REPLY: "replies to your comments", Kind.DECISION: "decisions about your comments"}
OFF: dict[str, dict[str, Any]] = {Kind.REPLY: {"replies": Commenter.Notices.NEVER}, Kind.DECISION: {"decisions": False}}


@dataclass(frozen=True)
class Subscription:
    """`kind` is reply or decision."""

    person: int
    kind: str

    @property
    def about(self) -> str:
        return ABOUT[self.kind]


def make_off_token(person: int, kind: str) -> str:
    """For one reader and one kind of letter. It does not run out, for letters are kept for years."""
    return signing.dumps([person, kind], salt=SALT)


def find_subscription(token: str) -> Subscription | None:
    """None where the token is forged. No query: it is the same for who has turned it off, or is not here any more."""
    try:
        person, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Subscription(person, kind)


def turn_off(subscription: Subscription) -> None:
    """No such letters leave from now on, those that wait included. Repeating it changes nothing."""
    Commenter.objects.filter(pk=subscription.person).update(**OFF[subscription.kind])


def set_letters(person: Commenter, replies: str, *, is_told: bool) -> None:
    """As the reader wants it; what is no choice changes nothing."""
    if replies in Commenter.Notices:
        Commenter.objects.filter(pk=person.pk).update(replies=replies, decisions=is_told)
