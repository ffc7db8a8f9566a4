"""What can be found: rows derived from the record and the publication, never edited by hand.

The words by which a document is found stand where each database finds them best, unknown to Django: see
aisrace/search/vendors.py.
"""

from django.db import models
from django.db.models import Q

from aisrace.search.querysets import DocumentQuerySet


class Document(models.Model):
    """One thing that can be found, and from when until when. Light, for thousands are looked at to count.

    `row_id` is the key of the row it tells of, `belongs_to` that of what it is replaced with (see entries.py).
    `topics` and `experts` are keys between commas, as in “,3,14,”, or empty.
    """

    generation = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    row_id = models.BigIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    standing = models.PositiveSmallIntegerField(help_text="Of the kind, among equals: the lower, the earlier.")
    day = models.DateField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    belongs_to = models.BigIntegerField()
    topics = models.TextField(blank=True)
    experts = models.TextField(blank=True)
    digest = models.CharField(max_length=32, help_text="Of all that it was made from.")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["generation", "kind", "belongs_to"])]
        constraints = [
            models.UniqueConstraint("generation", "kind", "row_id", name="document_once"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=models.F("from_at")), name="document_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"


class Passage(models.Model):
    """What is shown of a document: plain text, from which the snippets are cut."""

    document = models.OneToOneField(Document, models.DO_NOTHING, primary_key=True)
    title = models.TextField()
    url = models.TextField()
    about = models.TextField(help_text="JSON, for showing it.")
    text = models.TextField()
    parts = models.TextField(default="[]", help_text="JSON, for showing why it was found.")

    def __str__(self) -> str:
        return self.title


class Shelf(models.Model):
    """Which generation of documents readers are shown, by which analysis, and which one is being built. One row."""

    shown = models.PositiveIntegerField(default=1)
    building = models.PositiveIntegerField(null=True)
    analysis = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "shelves"

    def __str__(self) -> str:
        return f"generation {self.shown}"
