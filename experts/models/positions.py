from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aisrace.keeping.models import Kept
from aisrace.lib.fields import LineField, ProseField, is_web_address
from aisrace.lib.watching import Watched
from experts.models.base import FromTable, Public
from experts.models.people import Expert
from experts.models.questions import Answer, Question
from experts.querysets import PositionQuerySet, SourceQuerySet


class Source(Watched, Kept):
    """Something published: where a reader can check what we say."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", "Primary"
        SECONDARY = "secondary", "Reported by others"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRIMARY)
    title = LineField(max_length=300)
    author = LineField(max_length=200, blank=True)
    publisher = LineField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    url = models.URLField("address", max_length=1000, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="When somebody last looked.")
    seen = ProseField("what we saw there", blank=True)
    reference = LineField(max_length=300, null=True, blank=True, unique=True, editable=False)

    objects: ClassVar = SourceQuerySet.as_manager()

    class Meta:
        ordering = [models.F("published_on").desc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="source_has_a_title"),
            models.CheckConstraint(condition=Q(kind__in=["primary", "secondary"]), name="source_kind_known"),
            models.CheckConstraint(condition=is_web_address("url"), name="source_url_on_the_web"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.author, self.title, self.publisher) if part)


class Position(Watched, Public, FromTable, Kept):
    """One expert's answer to one question as stated on one date, or the reason why there is none.

    The newest position stated by a given day is the current one on that day; one a day keeps that unambiguous.
    """

    class Blank(models.TextChoices):
        NO_ANSWER = "no_answer", "Asked, gave no answer"
        DECLINED = "declined", "Declined to answer"
        SILENT = "silent", "The source is silent"

    class Dating(models.TextChoices):
        STATED = "stated", "Stated on that day"
        REPORTED = "reported", "Reported on that day, said at or before it"

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="positions")
    question = models.ForeignKey(Question, models.PROTECT, related_name="positions")
    answer = models.ForeignKey(Answer, models.PROTECT, null=True, blank=True, related_name="positions")
    blank = models.CharField(
        "why there is no answer", max_length=10, choices=Blank, blank=True, help_text="Only where there is no answer."
    )
    stated_on = models.DateField()
    dating = models.CharField(max_length=10, choices=Dating, default=Dating.STATED)
    confidence = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 (hardly) to 10 (certain), only as the expert gave it."
    )
    summary = ProseField(blank=True, help_text="In the editor's words, never in quotation marks.")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="positions")

    objects: ClassVar = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["-stated_on", "-id"]
        permissions = [("edit_any_record", "Can change what others recorded")]
        constraints = [
            models.UniqueConstraint("expert", "question", "stated_on", name="position_once_a_day"),
            models.CheckConstraint(
                condition=Q(answer__isnull=False, blank="")
                | Q(answer__isnull=True, blank__in=["no_answer", "declined", "silent"]),
                name="position_answers_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__range=(1, 10)), name="position_confidence_1_to_10"
            ),
            models.CheckConstraint(condition=Q(dating__in=["stated", "reported"]), name="position_dating_known"),
        ]
        indexes = [
            models.Index(fields=["question", "stated_on"]),
            models.Index(fields=["expert", "-stated_on"]),
            models.Index(fields=["-stated_on", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.expert} on “{self.question}”, {self.stated_on:%d %B %Y}"

    def clean(self) -> None:
        super().clean()
        if self.answer and self.question_id and self.answer.scale_id != self.question.scale_id:
            raise ValidationError({"answer": f"“{self.answer}” is not an answer of the scale “{self.question.scale}”."})
        if self.stated_on and self.stated_on > timezone.localdate():
            raise ValidationError({"stated_on": "This day has not come yet."})
        if bool(self.answer_id) == bool(self.blank):
            raise ValidationError("Give an answer or say why there is none; one of the two.")

    def is_public(self, now: datetime) -> bool:
        return super().is_public(now) and self.expert.is_public(now) and self.question.is_public(now)


class Quote(Watched):
    """Words that support a position. Only verbatim and translated words are ever shown in quotation marks."""

    class Kind(models.TextChoices):
        VERBATIM = "verbatim", "Verbatim"
        TRANSLATED = "translated", "Translated"
        PARAPHRASE = "paraphrase", "Paraphrase"

    position = models.ForeignKey(Position, models.CASCADE, related_name="quotes")
    source = models.ForeignKey(Source, models.PROTECT, related_name="quotes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.VERBATIM)
    words = ProseField()
    language = models.CharField(
        "original language", max_length=35, blank=True, help_text="A language tag as in HTML: en, zh-Hans."
    )
    original = ProseField("words in the original language", blank=True)
    locator = LineField("where in the source", max_length=200, blank=True, help_text="Page, paragraph, minute.")

    class Meta:
        ordering = ["position_id", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="quote_has_words"),
            models.CheckConstraint(
                condition=Q(kind__in=["verbatim", "translated", "paraphrase"]), name="quote_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="translated", language=""), name="quote_translation_names_its_language"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]
