"""An editor at work, in a process of its own: publishes, corrects, withdraws, renames in bulk, approves.

    python -m faults.editor DEEDS SECONDS

Prints a line of JSON after each commit: when, at which address, and what readers must see there from then on.
"""

import json
import random
import sys
import time
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from articles.models import Article, Edition  # noqa: E402
from articles.publishing import publish, withdraw  # noqa: E402
from comments.models import Comment  # noqa: E402
from comments.moderating import approve, hold  # noqa: E402
from experts.models import Expert  # noqa: E402

KEPT = "china-usa-ai-race"


def tell(path: str, version: int, status: int = 200) -> None:
    print(json.dumps({"at": time.time(), "path": path, "version": version, "status": status}), flush=True)


def correct(version: int) -> None:
    article = Article.objects.get(slug=KEPT)
    article.headline = f"The race, version {version}."
    article.save()
    publish(article, by=None, now=timezone.now(), kind=Edition.Kind.CORRECTION, note=f"Version {version}.")
    tell(f"/articles/{KEPT}/", version)


def rename(version: int) -> None:
    expert = Expert.objects.order_by("pk")[0]
    Expert.objects.filter(pk=expert.pk).update(bio=f"Somebody, version {version}.")
    tell(f"/experts/{expert.slug}/", version)


def decide(version: int) -> None:
    """Nobody is told a version: that it breaks nothing is seen by those who read meanwhile."""
    comment: Any = Comment.objects.order_by("-pk").first()
    if comment:
        verb = hold if comment.state == "visible" else approve
        verb(comment.pk, by=None, now=timezone.now())


def take_back(version: int) -> None:
    article = Article.objects.exclude(slug=KEPT).filter(slug__startswith="brief-").order_by("pk").first()
    if article is None:
        return
    slug = article.slug
    withdraw(article, by=None, now=timezone.now(), reason="It was wrong.")
    Article.objects.filter(pk=article.pk).update(slug=f"gone-{article.pk}")
    tell(f"/articles/{slug}/", version, 410)


DEEDS = [correct, correct, rename, rename, rename, decide, take_back]


def main(deeds: int, seconds: float) -> None:
    chance = random.Random(1)
    began = time.monotonic()
    for version in range(1, deeds + 1):
        chance.choice(DEEDS)(version)
        time.sleep(max(0.0, began + version * seconds / deeds - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
