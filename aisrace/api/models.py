"""Keys by which programs act for somebody of the desk, and what was answered to requests that may be sent twice."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from aisrace.api.querysets import ApiKeyQuerySet
from aisrace.lib.fields import LineField


class ApiKey(models.Model):
    """Lets a program do what its person may do in the desk, as far as the scopes go.

    The token is shown once. Kept are its beginning, by which the row is found, and a hash of the whole: 238 random bits
    need no slow one.
    """

    class Scope(models.TextChoices):
        READ = "read", "Read what everybody may read, within the key's own limit"
        RECORD = "write:record", "Record and change positions, with their quotes and sources"
        ARTICLES = "write:articles", "Draft articles, and read and change working copies"
        COMMENTS = "write:comments", "Send in comments without proof of work"

    name = LineField(max_length=100, help_text="What uses it, to tell keys apart.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_keys",
        help_text="It may do what they may do, and never more. It ends when their account is closed.",
    )
    prefix = models.CharField("begins with", max_length=20, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(
        "requests a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="Empty: as many as the site allows any key.",
    )
    made_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField("good until", null=True, blank=True, help_text="Empty: until it is revoked.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False, help_text="To the minute.")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-made_at", "-id"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="api_key_has_a_name")]

    def __str__(self) -> str:
        """Goes into the trail: nothing of the token."""
        return self.name

    def is_usable(self, now: datetime) -> bool:
        has_ended = self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)
        return not has_ended and self.person.is_active and self.person.is_staff

    def allows(self, scope: str) -> bool:
        return scope in self.scopes


class GivenAnswer(models.Model):
    """What was answered to a request that carried an `Idempotency-Key`; see aisrace/api/repeating.py.

    While `status` is empty the request is under way, or was cut off; `claim` says by whom.
    """

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="given_answers")
    name = models.CharField(max_length=255, help_text="The Idempotency-Key.")
    subject = LineField(
        max_length=60, blank=True, db_index=True, help_text="What it tells of, where it may be forgotten."
    )
    asked = models.CharField(max_length=64, help_text="A hash of what was asked.")
    claim = models.UUIDField()
    claimed_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("api_key", "name", name="given_answer_once_per_name")]

    def __str__(self) -> str:
        return self.name
