"""When the work that waits was last looked after: what the desk tells about the scheduler."""

from datetime import datetime, timedelta

from django.db import models

from aisrace.lib.fields import LineField, ProseField

LATE = timedelta(minutes=5)  # sweeps come every minute


class Sweep(models.Model):
    """One sweep of `settings.SWEEPS` and its newest run."""

    name = LineField(max_length=100, unique=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField("last ran to its end", null=True, blank=True)
    done = models.PositiveIntegerField("rows seen to", default=0, help_text="By the newest run.")
    error = ProseField(blank=True, help_text="What stopped the newest run; empty when it went well.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_late(self, now: datetime) -> bool:
        return self.ended_at is None or self.ended_at < now - LATE


class Runner(models.Model):
    """Who sees to it that the sweeps run: a scheduler that asks for them, a worker or a command that runs them.

    A scheduler is seen by the worker that does what it has asked for.
    """

    class Kind(models.TextChoices):
        SCHEDULER = "scheduler", "Scheduler"
        WORKER = "worker", "Worker"
        COMMAND = "command", "“manage.py sweep”"

    kind = models.CharField(max_length=9, choices=Kind)
    name = LineField(max_length=200, help_text="Of the machine.")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint("kind", "name", name="runner_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.name}"
