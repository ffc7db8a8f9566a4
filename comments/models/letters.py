"""What is to be mailed: rows that say they are due. The words are made when a letter leaves, and are not kept."""

from django.db import models
from django.db.models import Q

from comments.models.commenters import Commenter
from comments.models.comments import Comment
from comments.models.moderation import Decision, ReaderReport
from comments.querysets import LetterQuerySet


class Letter(models.Model):
    """One mail to one reader. Claimed by setting `claimed_at`, done with `sent_at` or `given_up_at`.

    `used_at` is when the link in it did what it was for: a link works once. A notice that went along in a digest is
    sent without having been claimed.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Confirm a comment"
        REMEMBER = "remember", "Be remembered on a device"
        REPLY = "reply", "Somebody replied"
        DECISION = "decision", "A moderator decided"
        NOTICE = "notice", "What became of a notice"
        DIGEST = "digest", "Replies of a day"

    commenter = models.ForeignKey(Commenter, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=8, choices=Kind)
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="letters", help_text="The one it is about."
    )
    decision = models.ForeignKey(Decision, models.CASCADE, null=True, blank=True, related_name="letters")
    report = models.ForeignKey(ReaderReport, models.CASCADE, null=True, blank=True, related_name="letters")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="letter_due"),
            models.Index(fields=["commenter", "kind", "-made_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["confirm", "remember", "reply", "decision", "notice", "digest"]),
                name="letter_kind_known",
            ),
            models.UniqueConstraint(
                "commenter", "kind", "comment", condition=Q(kind__in=["reply"]), name="letter_of_a_reply_once"
            ),
            models.UniqueConstraint(
                "commenter", "decision", condition=Q(kind="decision"), name="letter_of_a_decision_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Letter {self.pk}"


class Mailbox(models.Model):
    """When links were last mailed to one mailbox, whoever asked for them, and under whichever address of it.

    It outlives the letters, the comments and the people they were about: deleting these makes room for no more. `key`
    is a keyed hash, so it names nobody. `opened_at` is when one of the links was last used by whoever reads the mail.
    """

    key = models.CharField(max_length=64, unique=True)
    links = models.JSONField(default=list, help_text="The moments of the last few, in seconds since 1970.")
    last_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return f"Mailbox {self.pk}"
