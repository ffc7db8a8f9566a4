"""What surrounds a working copy: who else is at it, who may look at it, where it came from."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from aisrace.lib.fields import LineField, ProseField
from articles.models.writing import Article
from articles.querysets import IntakeQuerySet
from experts.models import Expert

LEFT = timedelta(seconds=60)  # a browser reports every twenty


class Presence(models.Model):
    """Somebody has the article open in the desk; their browser says so again and again."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("article", "user", name="presence_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user} at {self.article}"

    def is_here(self, now: datetime) -> bool:
        return self.seen_at > now - LEFT


class PreviewLink(models.Model):
    """Lets somebody without an account see the working copy until it expires or is revoked.

    The address carries the signed key of this row; nothing in the database opens the page.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="preview_links")
    made_for = LineField(max_length=200, blank=True, help_text="Whom you give it to, to tell links apart.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.made_for or f"Link of {self.made_at:%d %B %Y}"

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class Intake(models.Model):
    """A document that is being brought in, and what of it went where; without an article it waits to be reviewed."""

    article = models.OneToOneField(Article, models.CASCADE, null=True, blank=True, related_name="intake")
    key = LineField(max_length=300, blank=True, help_text="Names the document, so that bringing it in again is seen.")
    name = LineField(max_length=300)
    text = models.TextField()
    spans = models.JSONField(default=list, help_text="A partition of the text; see articles/importing/.")
    reading = models.JSONField(default=dict, help_text="What was understood, until it is reviewed.")
    proposed = models.JSONField(default=dict, help_text="What the draft was given, to tell it from later changes.")
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    brought_at = models.DateTimeField()

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["-brought_at", "-id"]
        constraints = [
            models.UniqueConstraint("key", condition=~Q(key=""), name="intake_key_once"),
            models.CheckConstraint(condition=Q(article=None) | ~Q(key=""), name="intake_with_an_article_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.name


class Excerpt(models.Model):
    """Words quoted in an article that was brought in, waiting to become the evidence for a position."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="excerpts")
    expert = models.ForeignKey(Expert, models.CASCADE, null=True, blank=True, related_name="excerpts")
    speaker = LineField(max_length=200, blank=True, help_text="As the text names them.")
    words = ProseField()
    is_verbatim = models.BooleanField(default=True)
    sentence = ProseField(blank=True, help_text="What stands around the words.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["article_id", "order", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="excerpt_has_words")]

    def __str__(self) -> str:
        return self.words[:80]
