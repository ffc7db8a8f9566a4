"""What the desk sets for the conversations: who may write where, and what is held."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from aisrace.lib.fields import ProseField
from articles.models import Article


class Conversation(models.Model):
    """How the conversation under one article is run, or, in the one row without an article, all of them.

    What is empty is as on the whole site; there the mode is that of the settings. See comments/conversations.py.
    """

    class Mode(models.TextChoices):
        OPEN = "open", "Open: shown at once"
        HOLD_NEWCOMERS = "hold_newcomers", "Hold the first comment of everybody"
        HOLD_ALL = "hold_all", "Hold every comment"
        CLOSED = "closed", "Closed: readable, nothing new"

    article = models.OneToOneField(Article, models.CASCADE, null=True, blank=True, related_name="conversation")
    mode = models.CharField(max_length=14, choices=Mode, blank=True)
    close_after = models.PositiveSmallIntegerField(
        "close after days", null=True, blank=True, help_text="After the article was last updated; 0: never by itself."
    )
    note = ProseField(blank=True, help_text="Shown above the conversation, or in its place where it is closed.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["", "open", "hold_newcomers", "hold_all", "closed"]),
                name="conversation_mode_known",
            ),
            # Unique treats every NULL as another: this keeps the site's row the only one.
            models.UniqueConstraint(
                Coalesce("article", 0, output_field=models.BigIntegerField()), name="conversation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Conversation on {self.article}" if self.article else "All conversations"


class ScreeningRule(models.Model):
    """What the desk has changed about one of the rules in comments/screening.py. No row: as the rule comes."""

    class Outcome(models.TextChoices):
        HOLD = "hold", "Hold for a moderator"
        REFUSE = "refuse", "Refuse, and say why"
        OFF = "off", "Do nothing"

    key = models.CharField(max_length=40, unique=True)
    outcome = models.CharField(max_length=6, choices=Outcome)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Its measure, where it has one.")
    words = ProseField(blank=True, help_text="One a line; * at an end of it stands for any letters.")

    class Meta:
        verbose_name = "house rule"
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["hold", "refuse", "off"]), name="screening_outcome_known")
        ]

    def __str__(self) -> str:
        return self.key
