from datetime import datetime

from django.db import models

from aisrace.lib.fields import LineField


def begin_showing(wanted: datetime | None, before: datetime | None, now: datetime) -> datetime | None:
    """From when on readers see a row that is asked to be public from `wanted` and was so from `before`.

    A moment that has passed means at once, or since when they have seen it: whoever follows the record looks at what
    came since they last looked.
    """
    if wanted is None or wanted > now:
        return wanted
    return before if before is not None and before <= now else now


class Public(models.Model):
    """Readers see a row from `public_at` on. Publishing an article sets it for everything the article shows."""

    public_at = models.DateTimeField(
        "public from",
        null=True,
        blank=True,
        db_index=True,
        help_text="Readers see this from then on; a moment that has passed means at once. Empty: private. "
        "Publishing an article fills it in.",
    )

    class Meta:
        abstract = True

    def is_public(self, now: datetime) -> bool:
        """This row's own date only; a position also needs its expert and question to be public."""
        return self.public_at is not None and self.public_at <= now


class FromTable(models.Model):
    """What a repeated import needs to tell its own rows from an editor's.

    `reference` names the row in the table it came from; `fingerprint` is a hash of the values as last imported:
    where the row no longer matches it, an editor has changed the row and the import leaves it alone.
    """

    reference = LineField(max_length=300, null=True, blank=True, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True
