"""Tables brought in: each run with what it changed, row by row, so that the whole of it can be undone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from aisrace.lib.fields import LineField, ProseField
from aisrace.lib.files import RandomName
from experts.querysets import DeskQuerySet

PATIENCE = timedelta(minutes=15)  # after which an import that began and has not ended counts as stopped


def choose_storage() -> Storage:
    """Not under MEDIA_ROOT, where anybody who knows a name is served the file."""
    return storages["private"]


class ImportRun(models.Model):
    """One table on its way into the record. What was chosen for it is kept, so that it can be left and taken up again.

    `preview` and `report` are `Report.as_data()`; the counts of the first are what the second is held against.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded, not previewed"
        PREVIEWED = "previewed", "Previewed, not imported"
        IMPORTING = "importing", "Importing"
        DONE = "done", "Imported"
        FAILED = "failed", "Failed, nothing imported"
        UNDONE = "undone", "Undone"

    file_name = LineField("table", max_length=200)
    file = models.FileField(upload_to=RandomName("imports"), storage=choose_storage, blank=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    preview = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField("begun")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="by"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When somebody began to carry it out.")
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undoing = models.JSONField(default=dict, help_text="What undoing did.")

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = "import of a table"
        verbose_name_plural = "imports of tables"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "previewed", "importing", "done", "failed", "undone"]),
                name="import_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False), name="import_undone_at_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def is_stuck(self, now: datetime) -> bool:
        """Somebody began to carry it out and has not been heard of since: the process was ended."""
        return self.state == self.State.IMPORTING and self.taken_at is not None and self.taken_at <= now - PATIENCE


class ImportChange(models.Model):
    """What one run did, or as a preview would do, to one row. Unchanged rows are only counted.

    `before` and `after` are the row with all that belongs to it (see experts/importing/pictures.py), empty where it
    was not there or is not touched.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", "New"
        UPDATED = "updated", "Changed"
        REFUSED = "refused", "Left alone"

    # The index below begins with it; one more would be kept up with every row.
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes", db_index=False)
    kind = models.CharField(max_length=20, help_text="The model, as “position”.")
    row_id = models.BigIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    line = models.PositiveIntegerField(default=0, help_text="In the table; 0 where it stands on no line of its own.")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = ProseField(blank=True, help_text="Why it was left alone.")
    left = ProseField(blank=True, help_text="Why undoing left it as it is.")

    class Meta:
        ordering = ["run_id", "id"]
        indexes = [models.Index(fields=["run", "kind", "outcome", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["created", "updated", "refused"]), name="import_change_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}: {self.outcome}"
