"""What is made of the rows: pages that are kept, the index of the search, the journal."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from aisrace.journal.drift import find_drift as find_journal_drift
from aisrace.journal.models import Touch
from aisrace.operating.doctor.findings import Finding, broken, warning, well
from aisrace.pagestore.bells import find_bell
from aisrace.search.drifting import find_drift as find_search_drift


def examine_store(now: datetime) -> Iterator[Finding]:
    """Each process of the server has its own, which only /metrics can tell of; here is asked what all depend on."""
    if not settings.PAGE_STORE:
        yield warning("Page store", "It is off: every page is made anew for every reader.", "Remove PAGE_STORE=off.")
    elif (bell := find_bell()) is None:
        yield warning("Page store", "It is off for a database in memory.", "Use a file, or PostgreSQL.")
    else:
        try:
            bell.ask()
        except Exception as error:  # of whichever driver
            told = f"Whether anything has changed cannot be asked ({type(error).__name__}): readers may see old pages."
            yield broken("Page store", told, "The database must let the site's user connect once more per process.")
        else:
            yield well("Page store", f"On, up to {settings.PAGE_STORE_MB} MB in each process.")
        finally:
            bell.drop()


def examine_search(now: datetime) -> Iterator[Finding]:
    if found := sum(1 for _ in find_search_drift(now)):
        yield warning("Search", f"{found:,} documents are not what they should be.", "Run: manage.py rebuild_search")
    else:
        yield well("Search", "What can be found is what is there.")


def examine_journal(now: datetime) -> Iterator[Finding]:
    is_settled = not Touch.objects.exists()
    found = [drift for drift in find_journal_drift(now) if drift]
    if found and is_settled:
        yield warning("Journal", f"{found[0]}", "Run: manage.py settle --all")
    elif found:
        yield well("Journal", "What was written since the last sweep is not in it yet.")
    else:
        yield well("Journal", "It says what readers see.")
