"""The public record as a sequence: what has been written to, and what of it readers were to see."""

from django.db import models

from aisrace.lib.fields import LineField


class Touch(models.Model):
    """Rows that were written to, noted in the transaction that wrote them; gone once the journal has looked at them."""

    model = LineField(max_length=100, help_text="As “experts.expert”.")
    keys = models.JSONField()

    def __str__(self) -> str:
        return f"{self.model} {self.keys}"


class Change(models.Model):
    """The newest that happened to one public object. `seq` only ever grows: what happens again moves to the end.

    `gone`: readers saw it once and see it no more. `digest` is of what programs read of it.
    """

    seq = models.BigIntegerField(unique=True)
    kind = LineField(max_length=20, help_text="The collection, as “experts”.")
    row_id = models.BigIntegerField()
    key = LineField(max_length=200, help_text="What its address ends in; of what is gone, the last.")
    gone = models.BooleanField(default=False)
    digest = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(help_text="When it was noticed.")

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint("kind", "row_id", name="change_once_per_object")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.kind} {self.key}"


class Clock(models.Model):
    """One row: how far the journal is. Whoever gives numbers has it locked, so that none is seen before a lower one.

    `epoch` names this sequence: numbers of another one mean nothing here. `at` never goes back. Nothing begins to be
    public between `at` and `next_at` but what is written meanwhile.
    """

    epoch = models.CharField(max_length=12)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.epoch} {self.seq}"
