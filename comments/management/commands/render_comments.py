"""manage.py render_comments: after an update that renders differently, or a new secret key."""

from typing import Any

from django.core.management.base import BaseCommand

from comments.models import Comment
from comments.rerendering import CHUNK, rerender


class Command(BaseCommand):
    help = "Renders anew what was rendered by an older version or sealed with another key. Safe to stop and to repeat."

    def handle(self, *_args: Any, **options: Any) -> None:
        total, done = Comment.objects.count(), 0
        for number, count in enumerate(rerender(), 1):
            done += count
            if options["verbosity"] > 1:
                self.stdout.write(f"{min(number * CHUNK, total):,} of {total:,} looked at, {done:,} rendered.")
        self.stdout.write(f"{done:,} of {total:,} comments rendered anew.")
