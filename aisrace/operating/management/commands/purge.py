"""Tell the cache at PURGE_URL to forget the pages: once, or as soon as anything is committed, until stopped."""

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aisrace.pagestore.bells import find_bell
from aisrace.pagestore.hearing import Hearing
from aisrace.pagestore.purging import NotPurged, purge, purge_when_heard
from aisrace.pagestore.wrapping import find_change


class Command(BaseCommand):
    help = "Tell the cache at PURGE_URL to forget all public pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--follow", action="store_true", help="whenever anything is committed, until stopped")

    def handle(self, *, follow: bool, **options: Any) -> None:
        if not settings.PURGE_URL:
            raise CommandError("PURGE_URL is not set: there is no cache to tell.")
        if not follow:
            try:
                purge()
            except NotPurged as error:
                raise CommandError(f"Not purged: {error}") from error
            return
        bell = find_bell()
        if bell is None:
            raise CommandError("A database in memory does not tell other processes of changes.")
        with suppress(KeyboardInterrupt):
            purge_when_heard(Hearing(bell, find_change), lambda: True)
