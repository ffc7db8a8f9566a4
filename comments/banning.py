"""Who may not comment for a while, or for good: the author of a comment, or the network it came from.

A ban names nobody: an address is kept as a keyed hash, and the label says by which comment it was found.
"""

from datetime import datetime
from ipaddress import ip_network

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from aisrace.keeping.trail import name_of, record
from comments.addresses import BadAddress, clean_address, key_of
from comments.lookups import BANNED_SIZES, networks_around
from comments.models import Ban, Comment, Decision
from comments.moderating import NotDecidable, Reason, State, Verb, reject, take

Kind = Ban.Kind


class BadBan(Exception):
    """Nobody could be banned with that; the message is for whoever typed it."""


@transaction.atomic
def ban_author(
    key: int,
    *,
    by: User | None,
    now: datetime,
    until: datetime | None = None,
    reason: str = "",
    note: str = "",
    rejects_held: bool = False,
) -> Decision | None:
    """The address behind a comment. None where it is banned for at least as long already.

    With `rejects_held`, what else they have waiting is rejected without a letter for each.
    """
    waiting = lock_waiting(key) if rejects_held else []
    comment = take(key)
    if comment.commenter is None:
        raise NotDecidable("Nobody’s address is known here. Ban the network instead.")
    value = key_of(comment.commenter.address, "ban")
    label = f"The author of comment {comment.pk}"
    return ban_found(comment, Kind.ADDRESS, value, label, by, now, until, reason, note, waiting)


@transaction.atomic
def ban_network(
    key: int,
    network: str,
    *,
    by: User | None,
    now: datetime,
    until: datetime | None = None,
    reason: str = "",
    note: str = "",
    rejects_held: bool = False,
) -> Decision | None:
    """One of the networks around the address that a comment came from."""
    waiting = lock_waiting(key) if rejects_held else []
    comment = take(key)
    if comment.from_ip is None or network not in networks_around(comment.from_ip):
        raise NotDecidable("The comment did not come from that network, or it is not known any more.")
    label = f"{network}, by comment {comment.pk}"
    return ban_found(comment, Kind.NETWORK, network, label, by, now, until, reason, note, waiting)


def ban_found(  # noqa: PLR0917 (the two above only differ in what they find)
    comment: Comment,
    kind: str,
    value: str,
    label: str,
    by: User | None,
    now: datetime,
    until: datetime | None,
    reason: str,
    note: str,
    waiting: list[int],
) -> Decision | None:
    for key in waiting:
        reject(key, reason or Reason.OTHER, by=by, now=now, tells=False)
    if is_banned_until(kind, value, until, now):
        return None
    ban = Ban.objects.create(kind=kind, value=value, label=label, reason=note, begins_at=now, until=until, by=by)
    return Decision.objects.create(
        verb=Verb.BANNED,
        comment=comment,
        article_id=comment.article_id,
        ban=ban,
        revision=comment.revision,
        reason=reason,
        by=by,
        by_name=name_of(by),
        at=now,
    )


def lock_waiting(key: int) -> list[int]:
    """The keys of what its author has waiting, locked with the comment before anything else is.

    All in one order, so that two who ban one author by two comments never wait for each other for ever.
    """
    author = Comment.objects.filter(pk=key).order_by().values("commenter")
    rows = Comment.objects.filter(Q(pk=key) | Q(commenter__in=author, state=State.HELD)).order_by("pk")
    locked = list(rows.select_for_update(of=("self",)).values_list("pk", "state"))
    return [pk for pk, state in locked if state == State.HELD]


def is_banned_until(kind: str, value: str, until: datetime | None, now: datetime) -> bool:
    lasting = Q(until=None) if until is None else Q(until=None) | Q(until__gte=until)
    return Ban.objects.in_force(now).filter(lasting, kind=kind, value=value).exists()


# --- By hand ---------------------------------------------------------------------------------------------------------


def read_value(kind: str, typed: str) -> str:
    """What a ban is found by. Raises `BadBan`."""
    if kind == Kind.ADDRESS:
        try:
            return key_of(clean_address(typed), "ban")
        except BadAddress as error:
            raise BadBan(str(error)) from error
    try:
        network = ip_network(typed.strip(), strict=False)
    except ValueError as error:
        raise BadBan("Write a network like 192.0.2.0/24 or 2001:db8::/48.") from error
    sizes = BANNED_SIZES[network.version == 6]
    if network.prefixlen == 128:
        return str(network.supernet(new_prefix=sizes[0]))
    if network.prefixlen not in sizes:
        raise BadBan(f"Networks are banned by /{', /'.join(map(str, sizes[:-1]))} or /{sizes[-1]}.")
    return str(network)


@transaction.atomic
def place(ban: Ban, *, by: User, now: datetime) -> Ban:
    """A ban that nobody’s comment has led to."""
    ban.by, ban.begins_at = by, now
    ban.save()
    record("added", ban, by=by, now=now)
    return ban


@transaction.atomic
def lift(ban: Ban, *, by: User, now: datetime) -> bool:
    """Whether it was in force until now."""
    if not Ban.objects.filter(pk=ban.pk, lifted_at=None).update(lifted_at=now):
        return False
    record("lifted", ban, by=by, now=now)
    return True
