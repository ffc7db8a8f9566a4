"""E-mail addresses: one spelling, and keys that tell them apart without telling them."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.crypto import salted_hmac

from aisrace.lib.text import clean_line

LONGEST = 254
check = EmailValidator(allowlist=[])  # Django would let "localhost" pass


class BadAddress(Exception):
    """Nothing could be mailed there; the message is for whoever typed it."""

    def __init__(self) -> None:
        super().__init__("This is not an e-mail address that a letter could be sent to.")


def clean_address(typed: str) -> str:
    """In lower case and without outer space. Raises `BadAddress`, also for line breaks inside it.

    Nothing is mailed to this machine or to a bare number, and quotes, which would give one mailbox many spellings, are
    not taken.
    """
    address = typed.strip().lower()
    if len(address) > LONGEST or clean_line(address) != address or not address.isascii() or set(address) & set('"[]'):
        raise BadAddress
    try:
        check(address)
    except ValidationError as error:
        raise BadAddress from error
    return address


def mailbox_key(address: str) -> str:
    """The same for all addresses by which one mailbox is reached: rosa+news@ is where rosa@ is."""
    name, _, domain = address.rpartition("@")
    return key_of(f"{name.partition('+')[0] or name}@{domain}", "mailbox")


def key_of(value: str, purpose: str) -> str:
    """64 hex digits that stand for a value: the same for the same, and useless without the site's secret key."""
    return salted_hmac(f"comments.{purpose}", value, algorithm="sha256").hexdigest()
