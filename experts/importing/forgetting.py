"""Tables that were brought here and never imported."""

from datetime import datetime, timedelta

from django.db import transaction

from experts.importing.runs import OPEN
from experts.models import ImportRun

ABANDONED = timedelta(days=30)
MOST = 50  # in one sweep; each may have thousands of rows of a preview


def forget_imports(now: datetime) -> int:
    """With their previews and files. What was imported stays, for it can be undone."""
    abandoned = ImportRun.objects.filter(state__in=OPEN, created_at__lte=now - ABANDONED)
    return sum(forget_import(run) for run in abandoned.order_by("pk")[:MOST])


@transaction.atomic
def forget_import(run: ImportRun) -> bool:
    """False where somebody has taken it up meanwhile."""
    storage, name = run.file.storage, run.file.name
    if not ImportRun.objects.filter(pk=run.pk, state__in=OPEN).delete()[0]:
        return False
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)
    return True
