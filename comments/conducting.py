"""How a conversation is run, as moderators set it: its mode, when it closes by itself, a word above it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from aisrace.keeping.trail import name_of, record
from articles.models import Article, Edition
from comments.conversations import Mode, read_terms
from comments.models import Conversation, Decision
from comments.moderating import NotDecidable, Verb


@transaction.atomic
def close_conversation(article: Article, *, by: User | None, now: datetime) -> Decision | None:
    """Readable, nothing new."""
    row = take(article)
    if row.mode == Mode.CLOSED:
        return None
    return change(row, Mode.CLOSED, row.close_after, by=by, now=now)


@transaction.atomic
def reopen_conversation(article: Article, *, by: User | None, now: datetime) -> Decision | None:
    """As on the whole site again; where the days had closed it, they no longer count here."""
    row = take(article)
    if row.mode != Mode.CLOSED and is_open(article, now):
        return None
    decision = change(row, "" if row.mode == Mode.CLOSED else row.mode, row.close_after, by=by, now=now)
    if not is_open(article, now):
        row.close_after = 0
        row.save()
    if not is_open(article, now):
        raise NotDecidable("All conversations are closed. Open them first.")
    return decision


def is_open(article: Article, now: datetime) -> bool:
    newest = Edition.objects.newest(now).filter(article=article).first()
    return newest is not None and read_terms(newest).is_open(now)


def take(article: Article | None) -> Conversation:
    """Locked until the transaction ends; made where there is none yet."""
    row, _ = Conversation.objects.get_or_create(article=article)
    return Conversation.objects.select_for_update(of=("self",)).select_related("article").get(pk=row.pk)


def change(row: Conversation, mode: str, close_after: int | None, *, by: User | None, now: datetime) -> Decision:
    before = {"mode": row.mode, "close_after": row.close_after}
    row.mode, row.close_after = mode, close_after
    row.save()
    verb = Verb.CLOSED if mode == Mode.CLOSED else Verb.OPENED
    return Decision.objects.create(
        verb=verb, article_id=row.article_id, by=by, by_name=name_of(by), at=now, before=before
    )


@transaction.atomic
def run_conversation(wanted: Conversation, *, by: User, now: datetime) -> Conversation:
    """Mode, days and note as in the form; closing and opening are decisions, the rest is told by the trail."""
    row = take(wanted.article)
    if (wanted.mode == Mode.CLOSED) != (row.mode == Mode.CLOSED):
        change(row, wanted.mode, wanted.close_after, by=by, now=now)
    row.mode, row.close_after, row.note = wanted.mode, wanted.close_after, wanted.note
    row.save()
    record("changed", row, by=by, now=now)
    return row
