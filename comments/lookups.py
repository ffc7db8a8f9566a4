"""What the rules must know, asked in one statement.

Written in SQL because posting is the one thing here that is done hundreds of times a second: building these four
questions with the ORM takes five times as long as answering them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_network

from django.db import connection

from comments.addresses import key_of

A_DAY = timedelta(days=1)
BANNED_SIZES = {False: (32, 24, 16), True: (64, 48, 32)}  # bits, of IPv4 and IPv6 networks

ASK = """
SELECT
    (SELECT id FROM comments_commenter WHERE address = %s),
    (SELECT label FROM comments_ban
     WHERE begins_at <= %s AND lifted_at IS NULL AND (until IS NULL OR until > %s)
       AND ((kind = 'network' AND value IN (%s, %s, %s)) OR (kind = 'address' AND value = %s))
     ORDER BY begins_at DESC LIMIT 1),
    EXISTS (SELECT 1 FROM comments_comment
            WHERE words_key = %s AND words_key <> '' AND created_at > %s AND state <> 'unconfirmed' AND id <> %s),
    EXISTS (SELECT 1 FROM comments_comment JOIN comments_commenter ON comments_commenter.id = commenter_id
            WHERE comments_commenter.address = %s AND state = 'visible' AND comments_comment.id <> %s)
"""


@dataclass(frozen=True)
class Known:
    """`address` is the one asked about, empty for nobody; `person` is the key of whoever has it.

    `ban` is what moderators call the one that holds, else empty.
    """

    address: str
    person: int | None
    ban: str
    was_said: bool
    was_shown: bool


def ask(address: str, ip: str | None, words_key: str, now: datetime, besides: int | None = None) -> Known:
    """An empty address asks about nobody. `besides` is the comment that is not to be found itself. One query.

    The same words count as said for a day; a comment that waits for its mail has not been said yet.
    """
    moment, yesterday = map(connection.ops.adapt_datetimefield_value, (now, now - A_DAY))
    networks = (networks_around(ip) if ip else []) or ["", "", ""]
    banned = key_of(address, "ban") if address else ""
    with connection.cursor() as cursor:
        asked = [address, moment, moment, *networks, banned, words_key, yesterday, besides or 0, address, besides or 0]
        cursor.execute(ASK, asked)
        person, ban, was_said, was_shown = cursor.fetchone()
    return Known(address, person, ban or "", bool(was_said), bool(was_shown))


@lru_cache(maxsize=4096)
def networks_around(ip: str) -> list[str]:
    """The three networks that an address may be banned with, as `Ban.value` names them, the narrowest first.

    What is no address, and was put there past Django, lies in none.
    """
    try:
        return [str(ip_network((ip, size), strict=False)) for size in BANNED_SIZES[":" in ip]]
    except ValueError:
        return []
