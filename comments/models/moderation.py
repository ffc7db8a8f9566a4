"""What is decided about comments, and what asks for a decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aisrace.lib.fields import LineField, ProseField
from articles.models import Article
from comments.models.commenters import Ban, Commenter
from comments.models.comments import Comment


class Decision(models.Model):
    """What was done to a comment, a conversation or a person, by whom and why; in the transaction that did it.

    `by` is empty for the system. `before` is what undoing puts back. `reason` and the rule are public, `note` goes to
    the author alone.
    """

    class Verb(models.TextChoices):
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Marked as spam"
        HELD = "held", "Held"
        FEATURED = "featured", "Made an editor's pick"
        UNFEATURED = "unfeatured", "No longer an editor's pick"
        BANNED = "banned", "Banned"
        CLOSED = "closed", "Closed the conversation"
        OPENED = "opened", "Opened the conversation"

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", "Beside the point"
        INSULT = "insult", "Insulting"
        HATE = "hate", "Hateful or threatening"
        PRIVATE = "private", "Private things of other people"
        ADVERTISING = "advertising", "Advertising"
        REPEATED = "repeated", "Said before"
        IMPERSONATION = "impersonation", "In somebody else's name"
        UNSOURCED = "unsourced", "A grave claim without a source"
        ILLEGAL = "illegal", "Against the law"
        OTHER = "other", "Another reason"

    verb = models.CharField(max_length=10, choices=Verb)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="made_decisions")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", null=True, blank=True)
    ban = models.ForeignKey(Ban, models.SET_NULL, null=True, blank=True, related_name="+")
    revision = models.PositiveSmallIntegerField(default=0, help_text="The text of the comment that it is about.")
    reason = models.CharField(max_length=13, choices=Reason, blank=True)
    rule = models.CharField(max_length=40, blank=True, help_text="The rule that had held the comment.")
    note = ProseField(blank=True, help_text="To the author, beside the reason.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = LineField("decided by", max_length=200, blank=True)
    at = models.DateTimeField()
    before = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.comment or self.article or self.ban or 'something'}"


class ReaderReport(models.Model):
    """A reader thinks that a comment should be looked at. One per person and comment; a notice for each thing it says.

    `person` tells one reporter from another and is two keyed hashes, of their network and of who they are; see
    comments/reporting.py.
    Name, address and good faith are what the law asks of a notice of illegal content; they are dropped 30 days after it
    is settled.
    """

    class Kind(models.TextChoices):
        SPAM = "spam", "It is advertising"
        ABUSE = "abuse", "It insults or threatens somebody"
        PRIVATE = "private", "It shows private things"
        FALSE = "false", "It is false, and does harm"
        ILLEGAL = "illegal", "It is against the law"
        OTHER = "other", "Something else"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports")
    person = models.CharField(max_length=64)
    commenter = models.ForeignKey(Commenter, models.SET_NULL, null=True, blank=True, related_name="reports")
    kind = models.CharField(max_length=7, choices=Kind)
    details = ProseField(blank=True, help_text="For a notice: why it is illegal, and under which law if known.")
    name = LineField(max_length=80, blank=True)
    address = LineField(max_length=254, blank=True)
    in_good_faith = models.BooleanField(default=False)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the sender of a notice was owed a letter about what was decided."
    )

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["settled_at"], condition=Q(kind="illegal", told_at=None), name="notice_to_answer")
        ]
        constraints = [models.UniqueConstraint("comment", "person", name="report_once_per_person")]

    def __str__(self) -> str:
        return f"Report {self.pk} of comment {self.comment_id}"


class Appeal(models.Model):
    """The author asks once more about a decision, and no second time."""

    class Outcome(models.TextChoices):
        OPEN = "", "Waiting"
        UPHELD = "upheld", "The decision stands"
        OVERTURNED = "overturned", "The comment is shown again"

    comment = models.OneToOneField(Comment, models.CASCADE, related_name="appeal")
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="appeals")
    text = ProseField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = ProseField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["", "upheld", "overturned"]), name="appeal_outcome_known")
        ]

    def __str__(self) -> str:
        return f"Appeal {self.pk}"


class ReportedError(models.Model):
    """A comment says that the article is wrong: an entry on a public list with a clock and an outcome."""

    class Outcome(models.TextChoices):
        OPEN = "", "Being checked"
        CORRECTED = "corrected", "Corrected"
        DECLINED = "declined", "Not an error"

    comment = models.OneToOneField(Comment, models.CASCADE, related_name="reported_error")
    article = models.ForeignKey(Article, models.CASCADE, related_name="reported_errors")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    answer = ProseField(blank=True, help_text="Public: what was found.")
    edition = models.PositiveIntegerField(
        null=True, blank=True, help_text="The number of the edition that corrects it."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None)
                | Q(outcome__in=["corrected", "declined"], settled_at__isnull=False),
                name="reported_error_settled_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | ~Q(answer=""), name="reported_error_settled_with_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"Reported error {self.pk}"
