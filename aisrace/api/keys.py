"""Making keys, finding whose one is, and ending them. The token itself is nowhere but with whoever was shown it."""

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from aisrace.api.models import ApiKey
from aisrace.keeping.trail import Person, record
from aisrace.lib.patience import without_waiting

LETTERS = string.ascii_letters + string.digits
BRAND = "aisrace_"  # so that those who look for leaked secrets know what they have found
HANDLE = 8  # characters after the brand, by which the row is found
SECRET = 40  # characters, six bits each
LENGTH = len(BRAND) + HANDLE + 1 + SECRET
MINUTE = timedelta(minutes=1)
MOST_FAMILIAR = 5000

_familiar: set[str] = set()  # digests of tokens that were good when this process last looked


def make_key(key: ApiKey, *, by: Person, now: datetime) -> str:
    """Save a new key and return its token, which nobody can be told again."""
    handle, secret = ("".join(secrets.choice(LETTERS) for _ in range(length)) for length in (HANDLE, SECRET))
    token = f"{BRAND}{handle}_{secret}"
    key.prefix, key.digest, key.made_at = BRAND + handle, digest_of(token), now
    with transaction.atomic():
        key.save(force_insert=True)
        record("added", key, by=by, now=now, person=key.person_id, scopes=key.scopes)
    return token


def find_key(token: str, now: datetime) -> ApiKey | None:
    """The usable key with this token, together with its person. One query, none for what cannot be a token."""
    if len(token) != LENGTH or not token.startswith(BRAND) or not token.isascii():
        return None
    digest = digest_of(token)
    found = ApiKey.objects.usable(now).filter(prefix=token[: len(BRAND) + HANDLE]).select_related("person").first()
    if found is None or not constant_time_compare(found.digest, digest):
        _familiar.discard(digest)
        return None
    if len(_familiar) >= MOST_FAMILIAR:
        _familiar.clear()
    _familiar.add(digest)
    return found


def is_familiar(token: str) -> bool:
    """Whether it was good when it was last looked up here: it opens nothing, but is no guess. No query."""
    return digest_of(token) in _familiar


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_keys(keys: Iterable[ApiKey], *, by: Person, now: datetime) -> list[ApiKey]:
    """For good. Returns those that were not revoked yet."""
    done = []
    for key in keys:
        with transaction.atomic():
            if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
                record("revoked", key, by=by, now=now)
                done.append(key)
    return done


def note_use(key: ApiKey, now: datetime) -> None:
    """At most once a minute, and never by waiting: while somebody else writes, the next request will tell."""
    if key.last_used_at and key.last_used_at > now - MINUTE:
        return
    is_due = Q(last_used_at=None) | Q(last_used_at__lte=now - MINUTE)
    try:
        with without_waiting():
            ApiKey.objects.filter(is_due, pk=key.pk).update(last_used_at=now)
    except OperationalError:
        return
