"""manage.py demo_conversation: what invented readers say under the demo's article."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.demo import DemoRefused
from comments.demo import install_conversation


class Command(BaseCommand):
    help = "Installs a conversation under the demo's article, where nobody has written yet. Not for production."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            count = install_conversation(timezone.now())
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        if count:
            self.stdout.write(f"Demo conversation installed: {count} comments.")
