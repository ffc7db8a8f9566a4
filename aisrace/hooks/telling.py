"""What is to be told is written down with what it tells of; aisrace/hooks/sending.py tells it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.db import connection

from aisrace.hooks.events import PING, TEST
from aisrace.hooks.models import Delivery, Endpoint
from aisrace.hooks.signing import make_key
from aisrace.lib.figures import iso
from aisrace.lib.nudging import nudge

MOST = 100  # addresses in one message to the hub


def tell(event: str, data: Mapping[str, Any], now: datetime, *, subject: str = "") -> int:
    """To everybody who wants to know of such events; how many. `data` is public. One query where nobody does.

    `subject` names what it tells of, so that it can be forgotten.
    """
    wanting = [endpoint for endpoint in Endpoint.objects.filter(is_active=True) if event in endpoint.events]
    body = write(event, data, now) if wanting else ""
    return send_off([make_delivery(endpoint, event, body, now, subject) for endpoint in wanting])


def forget(subjects: Iterable[str]) -> None:
    """All that was told of these, sent or not: words that their author has taken back are not kept. One query."""
    Delivery.objects.filter(subject__in=list(subjects)).delete()


def take_back(subject: str) -> None:
    """It is not so any more: what has not been sent is not sent, what has been cannot be sent again. Two queries."""
    Delivery.objects.waiting().filter(subject=subject).delete()
    Delivery.objects.filter(subject=subject).update(body="")


def call_off(subject: str, why: str) -> None:
    """It is no news any more: not sent, nor sent again. What was said stays in the log. One query."""
    Delivery.objects.filter(subject=subject, called_off="").update(called_off=why)


def take_out(event: str, name: str, keys: Collection[int]) -> None:
    """As `take_back`, for messages that list rows under `name`: the others stay. Two queries where there are none."""
    for delivery in Delivery.objects.filter(event=event).exclude(body="").only("body", "event"):
        message = orjson.loads(delivery.body)
        rows = message["data"].get(name, [])
        kept = [row for row in rows if row["id"] not in keys]
        if len(kept) == len(rows):
            continue
        message["data"][name] = kept
        body = orjson.dumps(message, option=orjson.OPT_UTC_Z).decode() if kept else ""
        Delivery.objects.filter(pk=delivery.pk).update(body=body)
    Delivery.objects.waiting().filter(event=event, body="").delete()


def is_wanted(event: str) -> bool:
    """For those to whom it is work to find out what they would tell. One query, in SQL: every comment asks it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM hooks_endpoint WHERE is_active LIMIT 1")
        if cursor.fetchone() is None:
            return False
    return any(event in events for events in Endpoint.objects.filter(is_active=True).values_list("events", flat=True))


def tell_test(endpoint: Endpoint, now: datetime) -> Delivery:
    """Sent whether or not the endpoint wants any event."""
    delivery = make_delivery(endpoint, TEST, write(TEST, {"message": "It works."}, now), now)
    send_off([delivery])
    return delivery


def tell_hub(urls: Iterable[str], now: datetime) -> int:
    """That there is news at these addresses, where there is a hub. No query."""
    if not settings.WEBSUB_HUB:
        return 0
    news = list(dict.fromkeys(urls))
    parts = (news[first : first + MOST] for first in range(0, len(news), MOST))
    fields = ([("hub.mode", "publish"), *(("hub.url", url) for url in part)] for part in parts)
    return send_off([make_delivery(None, PING, urlencode(part), now) for part in fields])


def make_delivery(endpoint: Endpoint | None, event: str, body: str, now: datetime, subject: str = "") -> Delivery:
    return Delivery(endpoint=endpoint, event=event, key=make_key(), subject=subject, body=body, made_at=now, due_at=now)


def write(event: str, data: Mapping[str, Any], now: datetime) -> str:
    return orjson.dumps({"type": event, "timestamp": iso(now), "data": data}, option=orjson.OPT_UTC_Z).decode()


def send_off(deliveries: list[Delivery]) -> int:
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        nudge()
    return len(deliveries)
