"""What editors do is kept: every row knows its version, every deed stands in the trail."""

from typing import Any

from django.conf import settings
from django.db import models

from aisrace.keeping.querysets import DeedQuerySet
from aisrace.lib.fields import LineField, ProseField


class Kept(models.Model):
    """A row that editors work on.

    `version` goes up with every save that changes something; a save that began from an older version is shown what
    happened since instead of overwriting it. `entered_by` is whose row it is: contributors may change their own.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class Deed(models.Model):
    """What somebody did to a row, written in the same transaction; never changed, never deleted.

    `by_name` and `label` are as they were then: the trail outlives people and rows. `by` is empty for the system.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = LineField("done by", max_length=200, blank=True)
    verb = models.CharField(max_length=20, help_text="In the past: “published”, “changed”.")
    kind = models.CharField("kind of row", max_length=100, help_text="The model, as “articles.article”.")
    row_id = models.CharField(max_length=64)
    label = LineField("row", max_length=300)
    note = ProseField(blank=True)
    detail = models.JSONField(default=dict, blank=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "row_id", "-at"])]

    def __str__(self) -> str:
        return f"{self.by_name or 'The system'} {self.verb} {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever inserts."""
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The trail is only ever added to.")
