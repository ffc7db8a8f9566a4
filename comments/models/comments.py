"""What is said under an article, and which of it others found valuable."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aisrace.lib.fields import LineField, ProseField
from articles.models import Article
from comments.models.commenters import Commenter
from comments.querysets import CommentQuerySet
from experts.models import Answer, Position, Question, Quote

LEVELS = 4  # of replies that are shown as such; deeper ones stand below each other in the last
SEGMENT = 18  # digits of each level of a path


class Comment(models.Model):
    """What one reader wrote under one article.

    `path` is the place in the conversation, see comments/paths.py: sorting by it gives every thread in reading order.
    `html` is what `text` was rendered to, and is printed only where `seal` fits it; see comments/bodies.py.
    Text, name and address belong to the person; `delete` and `erase` leave the row, so that replies keep their place.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Address not confirmed yet"
        HELD = "held", "Held for a moderator"
        VISIBLE = "visible", "Visible"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Spam"
        DELETED = "deleted", "Deleted by its author"
        ERASED = "erased", "Erased with its author"

    class Purpose(models.TextChoices):
        AGREES = "agrees", "Agrees"
        CHALLENGES = "challenges", "Challenges"
        SOURCE = "source", "Adds a source"
        ERROR = "error", "Reports an error"

    class Badge(models.TextChoices):
        STAFF = "staff", "Staff"
        AUTHOR = "author", "Author"
        EXPERT = "expert", "Expert"

    article = models.ForeignKey(Article, models.PROTECT, related_name="comments", db_index=False)
    edition = models.PositiveIntegerField(help_text="The number of the edition it was written under.")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies", db_index=False)
    depth = models.PositiveIntegerField(default=0)
    thread = models.CharField(max_length=SEGMENT)
    path = models.CharField(max_length=SEGMENT * (LEVELS + 2))

    commenter = models.ForeignKey(Commenter, models.SET_NULL, null=True, blank=True, related_name="comments")
    name = LineField(max_length=80, blank=True)
    badge = models.CharField(max_length=6, choices=Badge, blank=True)
    text = ProseField(blank=True)
    html = models.TextField(blank=True)
    renderer = models.PositiveSmallIntegerField(default=0)
    seal = models.CharField(max_length=32, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)

    purpose = models.CharField(max_length=10, choices=Purpose, blank=True)
    # Most comments have none of these: their indexes, below, hold only the others, and are less to write.
    position = models.ForeignKey(
        Position, models.SET_NULL, null=True, blank=True, related_name="comments", db_index=False
    )
    quote = models.ForeignKey(Quote, models.SET_NULL, null=True, blank=True, related_name="comments", db_index=False)
    question = models.ForeignKey(Question, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    answer = models.ForeignKey(
        Answer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="The reader's own, to `question`.",
    )

    state = models.CharField(max_length=11, choices=State)
    rule = models.CharField(max_length=40, blank=True, help_text="Which rule held it; see comments/screening.py.")
    caught = LineField(max_length=200, blank=True, help_text="What the rule found, in words.")
    caught_from = models.PositiveIntegerField(null=True, blank=True, help_text="Where in the text, in characters.")
    caught_to = models.PositiveIntegerField(null=True, blank=True)
    decided_revision = models.PositiveSmallIntegerField(
        default=0, help_text="The text that a moderator's decision is about: it does not cover a later one."
    )
    wants_replies = models.BooleanField(default=False, help_text="Whether its author is to be told of replies to it.")
    featured_at = models.DateTimeField(null=True, blank=True)
    votes = models.PositiveIntegerField(default=0, help_text="As many as there are rows; kept for sorting.")

    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True, help_text="When it first became visible.")
    from_ip = models.GenericIPAddressField(null=True, blank=True, help_text="Dropped after 30 days.")
    user_agent = LineField(max_length=300, blank=True, help_text="Dropped after 30 days.")
    words_key = models.CharField(
        max_length=32, blank=True, db_index=True, help_text="The same for the same words, whoever says them."
    )
    fingerprint = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="The same words said twice are one comment."
    )
    reference = LineField(
        max_length=200, null=True, blank=True, unique=True, help_text="Its name where it was brought in from."
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        permissions = [("moderate_comment", "Can moderate comments")]
        indexes = [
            models.Index(fields=["article", "thread", "path"], name="comment_in_thread"),
            # Holds all that a tally counts, so that no row is read for it.
            models.Index(
                fields=["article", "state", "position", "purpose", "answer", "featured_at"], name="comment_tally"
            ),
            models.Index(fields=["article", "-path"], condition=Q(parent=None), name="comment_threads"),
            models.Index(fields=["article", "-votes", "-path"], condition=Q(parent=None), name="comment_valued"),
            # Of replies alone: first comments are nobody's replies, and found by the two above.
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="comment_replies"),
            *(
                models.Index(fields=[about], condition=Q(**{f"{about}__isnull": False}), name=f"comment_{about}")
                for about in ("position", "quote", "question", "answer")
            ),
            models.Index(fields=["state", "created_at"]),
            models.Index(fields=["from_ip", "-created_at"], condition=Q(from_ip__isnull=False), name="comment_from_ip"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "held", "visible", "rejected", "spam", "deleted", "erased"]),
                name="comment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["", "agrees", "challenges", "source", "error"]), name="comment_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(badge__in=["", "staff", "author", "expert"]), name="comment_badge_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["deleted", "erased"]) | ~Q(text=""), name="comment_says_something"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, depth=0) | Q(parent__isnull=False, depth__gt=0), name="comment_depth_fits"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="comment_answers_another"),
            models.CheckConstraint(
                condition=Q(answer=None) | Q(question__isnull=False), name="comment_answer_has_a_question"
            ),
        ]

    def __str__(self) -> str:
        """Goes into the trail, so it holds nothing of the person."""
        return f"Comment {self.pk}"

    def get_absolute_url(self) -> str:
        """Needs the article. Opens at the comment, wherever in the conversation it stands by then."""
        return f"{reverse('comment', args=[self.article.slug, self.pk])}#c{self.pk}"

    @property
    def is_decided(self) -> bool:
        """Whether a moderator has decided about the text as it is now."""
        return self.decided_revision == self.revision


class Revision(models.Model):
    """What a comment said before an edit. Number 1 is what was first sent."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    text = ProseField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["comment_id", "number"]
        constraints = [models.UniqueConstraint("comment", "number", name="revision_number_once_per_comment")]

    def __str__(self) -> str:
        return f"Revision {self.number} of comment {self.comment_id}"


class Vote(models.Model):
    """That a reader found a comment valuable. There is no voting down."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="vote_set")
    commenter = models.ForeignKey(Commenter, models.CASCADE, related_name="votes")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint("comment", "commenter", name="vote_once_per_reader")]

    def __str__(self) -> str:
        return f"Vote {self.pk}"
