"""What invented readers say under the demo's article; the words are in `demo_content/`."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from articles.demo import DemoRefused
from articles.models import Edition
from articles.reading import newest_at
from comments.drafts import Draft, read_draft
from comments.models import Comment, Commenter, Vote
from comments.showing import show
from comments.submitting import compose
from comments.visitors import Visitor
from comments.voting import recount
from experts.models import Position, Question

CONTENT = Path(__file__).parent / "demo_content" / "conversation.toml"
SLUG = "china-usa-ai-race"
READERS = 8  # who vote


@transaction.atomic
def install_conversation(now: datetime) -> int:
    """How many comments; none where the demo's article is not live or somebody has written already.

    Raises `DemoRefused` in production.
    """
    if settings.PRODUCTION:
        raise DemoRefused("The demo brings readers who do not exist and is not for production.")
    newest = newest_at(SLUG, now).first()
    if newest is None or newest.is_withdrawal or Comment.objects.exists():
        return 0
    said: dict[str, Comment] = {}
    readers = list(make_readers(now))
    for order, content in enumerate(tomllib.loads(CONTENT.read_text(encoding="utf-8"))["comments"]):
        comment = said[content["key"]] = say(newest, content, said, now + timedelta(milliseconds=order))
        Vote.objects.bulk_create(
            Vote(comment=comment, commenter=reader, at=now) for reader in readers[: content.get("votes", 0)]
        )
        recount(comment)
    return len(said)


def make_readers(now: datetime) -> Iterator[Commenter]:
    """Who vote, and say nothing else."""
    for n in range(READERS):
        address = f"reader-{n}@example.org"
        yield Commenter.objects.create(address=address, first_seen_at=now, confirmed_at=now)


def say(newest: Edition, content: dict[str, Any], said: dict[str, Comment], at: datetime) -> Comment:
    parent = said.get(content.get("to", ""))
    person, _ = Commenter.objects.get_or_create(
        address=f"{content['name'].split()[-1].lower()}@example.org",
        defaults={"name": content["name"], "first_seen_at": at, "confirmed_at": at},
    )
    draft = Draft(
        content["name"],
        person.address,
        content["text"],
        parent=str(parent.pk) if parent else "",
        position=find_position(*content["on"]) if "on" in content else "",
        purpose=content.get("purpose", ""),
        answer=find_answer(content["question"], content["answer"]) if "answer" in content else "",
    )
    comment = compose(newest, read_draft(draft), Visitor(), at)
    comment.commenter, comment.state, comment.shown_at = person, Comment.State.VISIBLE, at
    comment.featured_at = at if content.get("featured") else None
    comment.save()
    show(comment, at)
    return comment


def find_position(expert: str, question: str) -> str:
    return str(Position.objects.filter(expert__slug=expert, question__slug=question).values_list("pk", flat=True)[0])


def find_answer(question: str, label: str) -> str:
    asked = Question.objects.get(slug=question)
    return f"{asked.pk}-{asked.scale.answers.get(label=label).pk}"
