from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aisrace.keeping.models import Kept
from aisrace.lib.fields import LineField, ProseField
from aisrace.lib.watching import Watched
from experts.models.base import FromTable, Public
from experts.querysets import DeskQuerySet, PublicQuerySet, TopicQuerySet


class Topic(Watched, Kept):
    name = LineField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    description = ProseField(blank=True)

    objects: ClassVar = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Scale(Watched, Kept):
    """An ordered set of answers, shared by all questions that are put in the same form."""

    name = LineField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    description = ProseField(blank=True)

    objects: ClassVar = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Answer(Watched):
    """One answer of a scale. Those with a value lie on its axis in that order; those without stand beside it."""

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="answers")
    label = LineField(max_length=100)
    value = models.SmallIntegerField(
        null=True,
        blank=True,
        help_text="Place on the axis, low to high. Empty: off it, as “rejects the question”.",
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="Order in lists and legends.")
    description = ProseField(blank=True)

    class Meta:
        ordering = ["scale_id", "order", "id"]
        constraints = [
            models.UniqueConstraint("scale", "label", name="answer_label_once_per_scale"),
            models.UniqueConstraint("scale", "value", name="answer_value_once_per_scale"),
            models.CheckConstraint(condition=~Q(label=""), name="answer_has_a_label"),
        ]

    def __str__(self) -> str:
        return self.label


class Question(Watched, Public, FromTable, Kept):
    """One neutral question or proposition, put to every expert in the same words."""

    wording = ProseField(help_text="The exact words, neutral, the same for every expert.")
    label = LineField(max_length=80, blank=True, help_text="A few words for column headings. Empty: the wording, cut.")
    slug = models.SlugField(max_length=100, unique=True)
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="questions")
    topics = models.ManyToManyField(Topic, related_name="questions", blank=True)
    background = ProseField(blank=True, help_text="What a reader needs to understand the question.")
    asked_on = models.DateField(null=True, blank=True, help_text="The day a panel was asked. Empty: not a poll.")

    objects: ClassVar = PublicQuerySet.as_manager()

    class Meta:
        ordering = [models.F("asked_on").desc(nulls_first=True), "id"]
        constraints = [models.CheckConstraint(condition=~Q(wording=""), name="question_has_a_wording")]

    def __str__(self) -> str:
        return self.label or self.wording

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        if self.pk and self.positions.exclude(answer=None).exclude(answer__scale=self.scale_id).exists():
            raise ValidationError({"scale": "There are answers on another scale; move or remove those first."})
