"""What readers read: immutable editions, and that each is to be announced."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aisrace.lib.fields import LineField, ProseField
from aisrace.lib.watching import Watched
from articles.models.writing import Article
from articles.querysets import EditionQuerySet

SCHEMA = 1  # of Edition.content; see articles/freezing.py


class Edition(Watched):
    """An article as published: never changed once live. A withdrawal is an edition too, with a reason and no content.

    What readers see at a moment is the edition with the highest number whose `live_at` has come: time decides.
    """

    class Kind(models.TextChoices):
        FIRST = "first", "First published"
        UPDATE = "update", "Updated"
        CORRECTION = "correction", "Corrected"
        CLARIFICATION = "clarification", "Clarified"
        TYPO = "typo", "Typing error mended"
        WITHDRAWAL = "withdrawal", "Withdrawn"

    SUBSTANTIVE = (Kind.FIRST, Kind.UPDATE, Kind.CORRECTION)

    article = models.ForeignKey(Article, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=13, choices=Kind)
    note = ProseField(blank=True, help_text="Public: what changed and why.")
    live_at = models.DateTimeField()
    first_live_at = models.DateTimeField(help_text="When the article was first published.")
    updated_at = models.DateTimeField(help_text="The public “updated”: the newest first, update or correction.")
    slug = models.SlugField(max_length=100, help_text="The article's address when this was published.")
    headline = LineField(max_length=200)
    card = models.JSONField(default=dict, help_text="What lists show; see articles/freezing.py.")
    content = models.JSONField(default=dict, help_text="The whole article; see articles/freezing.py.")
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    topics = models.ManyToManyField("experts.Topic", related_name="editions")
    authors = models.ManyToManyField("articles.Author", related_name="editions")
    experts = models.ManyToManyField("experts.Expert", related_name="editions")
    questions = models.ManyToManyField("experts.Question", related_name="editions")
    created_at = models.DateTimeField(auto_now_add=True)

    opened: Any = None  # what articles/reading.py has made of the content, where that was found together with it

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["article_id", "number"]
        indexes = [models.Index(fields=["slug", "live_at"]), models.Index(fields=["live_at"])]
        constraints = [
            models.UniqueConstraint("article", "number", name="edition_number_once_per_article"),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_numbers_start_at_1"),
            models.CheckConstraint(
                condition=Q(kind__in=["first", "update", "correction", "clarification", "typo", "withdrawal"]),
                name="edition_kind_known",
            ),
            models.CheckConstraint(condition=Q(kind="first") | Q(number__gt=1), name="edition_begins_with_first"),
            models.CheckConstraint(
                condition=~Q(kind__in=["correction", "clarification", "withdrawal"], note=""),
                name="edition_says_what_it_corrects",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.headline}, edition {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.slug, self.number])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever inserts: what was published is not written again."""
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("What was published stays; unschedule takes back what was not.")

    def is_published(self, now: datetime) -> bool:
        """Its time has come; it may since have been followed by another."""
        return self.live_at <= now

    @property
    def is_withdrawal(self) -> bool:
        return self.kind == self.Kind.WITHDRAWAL

    @property
    def is_substantive(self) -> bool:
        """Whether this kind of edition moves the public “updated” date."""
        return self.kind in self.SUBSTANTIVE


class Announcement(models.Model):
    """That an edition went live is told once: this row says it is due. Claimed by setting `done_at`.

    `released` are the rows of the record that the edition made public, with the dates they had before.
    """

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="announcement")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    released = models.JSONField(default=dict, blank=True, help_text="See articles/releasing.py.")

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="announcement_due")]

    def __str__(self) -> str:
        return str(self.edition)
