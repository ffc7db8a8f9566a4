"""Machines that want to be told, and what is told to each: rows that are due, in the transaction of what they tell."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from aisrace.hooks.events import EVENTS, PING
from aisrace.hooks.signing import make_secret
from aisrace.lib.fetch import NotFetched, check_address
from aisrace.lib.fields import LineField, ProseField, is_web_address

CLAIMED_FOR = 300  # seconds; no sending takes so long: whoever claimed it is gone


class Endpoint(models.Model):
    """An address that is told of events. The secret is kept as it is, for every message is signed with it."""

    name = LineField(max_length=100, help_text="Whom you tell, to tell them apart.")
    url = models.URLField("address", max_length=500)
    secret = models.CharField(max_length=100, default=make_secret, editable=False)
    events = models.JSONField(default=list)
    is_active = models.BooleanField("active", default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was switched off because it failed for so long."
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="endpoint_has_a_name"),
            models.CheckConstraint(condition=is_web_address("url"), name="endpoint_url_on_the_web"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        try:
            check_address(self.url)
        except NotFetched as error:
            raise ValidationError({"url": str(error)}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever switches it on again begins anew."""
        if self.is_active and self.disabled_at:
            self.disabled_at = self.failing_since = None
        super().save(*args, **kwargs)


class DeliveryQuerySet(QuerySet[Any]):
    def waiting(self) -> Self:
        """Neither told, given up nor called off. What is for an endpoint that is switched off waits for a month."""
        return self.filter(done_at=None, given_up_at=None, called_off="")

    def past(self) -> Self:
        return self.exclude(done_at=None, given_up_at=None, called_off="")

    def over(self) -> Self:
        """Past, or for somebody who is not told any more."""
        return self.filter(Q(pk__in=self.past().values("pk")) | Q(endpoint__is_active=False))

    def repeatable(self) -> Self:
        """What is still so: words that were taken back and news that was called off are not sent again."""
        return self.exclude(body="").filter(called_off="")

    def free(self, now: datetime) -> Self:
        """Due, and not claimed, or by one who is gone. Asks only the row itself: a claim must not look elsewhere."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=now), due_at__lte=now)

    def due(self, now: datetime) -> Self:
        return self.free(now).filter(Q(endpoint=None) | Q(endpoint__is_active=True))


class Delivery(models.Model):
    """One message to one address. Without an endpoint it goes to the hub of WebSub.

    `key` stays the same however often it is sent: who has seen it need not look again. What is told of the newest
    attempt: the answer's status and beginning, how long it took, or why there was none.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, null=True, blank=True, related_name="deliveries")
    key = models.CharField(max_length=40, unique=True)
    event = models.CharField(max_length=40, choices=[*EVENTS.items(), ("test", "A test"), (PING, "News for the hub")])
    subject = LineField(
        max_length=60, blank=True, db_index=True, help_text="What it tells of, where it may be forgotten."
    )
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    called_off = LineField(max_length=100, blank=True, help_text="Why it is not sent any more.")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    answer = ProseField(blank=True)
    error = LineField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, given_up_at=None), name="delivery_due"),
            models.Index(fields=["made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint or 'the hub'}"
