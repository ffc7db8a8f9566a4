"""Who speaks. Nothing in this file is ever public."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from aisrace.lib.fields import LineField, ProseField
from comments.querysets import BanQuerySet
from experts.models import Expert


class Commenter(models.Model):
    """Somebody behind an e-mail address.

    `confirmed_at` is when they first opened a link that was mailed to them. `user` and `expert` are who they are known
    to be: only these give a badge, never a name. `generation` goes up when all their cookies are to be forgotten.
    """

    class Notices(models.TextChoices):
        NEVER = "never", "Not at all"
        EACH = "each", "One by one"
        DAILY = "daily", "Once a day, together"

    address = LineField(max_length=254, unique=True, help_text="In lower case. Never shown to readers.")
    name = LineField(max_length=80, blank=True, help_text="The name last used.")
    first_seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    muted_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Whoever reads that mail has said that they did not write: no letters until then.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Of the desk."
    )
    expert = models.ForeignKey(
        Expert,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The expert who writes from this address: somebody has made sure of it.",
    )
    replies = models.CharField(
        "told of replies",
        max_length=5,
        choices=Notices,
        default=Notices.EACH,
        help_text="To those of their comments for which they asked, once the address is confirmed.",
    )
    decisions = models.BooleanField("told of decisions", default=True)

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(address=""), name="commenter_has_an_address"),
            models.CheckConstraint(condition=Q(replies__in=["never", "each", "daily"]), name="commenter_replies_known"),
        ]

    def __str__(self) -> str:
        """May go into the trail, from which nothing can be taken: it holds nothing of the person."""
        return f"Commenter {self.pk}"


class Ban(models.Model):
    """Nobody comments from this address or network until `until`, or for good.

    An address is kept as a keyed hash, so that it outlives the erasure of the person without naming them.
    """

    class Kind(models.TextChoices):
        ADDRESS = "address", "Address"
        NETWORK = "network", "Network"

    kind = models.CharField(max_length=7, choices=Kind)
    value = models.CharField(max_length=64, help_text="A network as 192.0.2.0/24; an address as its keyed hash.")
    label = LineField(max_length=120, help_text="What moderators call it.")
    reason = ProseField(blank=True)
    begins_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: for good.")
    lifted_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = BanQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-id"]
        indexes = [models.Index(fields=["kind", "value"])]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["address", "network"]), name="ban_kind_known")]

    def __str__(self) -> str:
        return self.label

    def is_in_force(self, now: datetime) -> bool:
        return self.begins_at <= now and self.lifted_at is None and (self.until is None or now < self.until)
