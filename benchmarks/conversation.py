"""Ten thousand comments under the demo's article, one thread of them 1,000 deep: whatever page is asked for."""

from datetime import timedelta
from functools import partial

from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from benchmarks.crowd import fill
from benchmarks.intake import analyse
from benchmarks.pages import Address
from benchmarks.posting import ARTICLE
from comments.discussion import find_place, read_page, read_thread
from comments.models import Comment

COMMENTS, DEEP = 10_000, 1_000
LIMIT_MS, LIMIT_QUERIES, LIMIT_KB = 60, 8, 60


def fill_conversation() -> None:
    """In two days before now."""
    fill(find_article(), timezone.now() - timedelta(days=2), COMMENTS, DEEP)
    analyse()


def find_article() -> Edition:
    return Edition.objects.newest(timezone.now()).get(slug=ARTICLE)


def choose_conversation() -> list[Address]:
    """The deepest comment is measured where its permalink leads to."""
    newest = find_article()
    pages = read_page(newest.article_id, newest.updated_at).pages
    deepest = Comment.objects.visible().order_by("-depth")[0]
    place = find_place(newest.article_id, deepest.pk)
    assert place
    last = read_thread(newest.article_id, place.thread, newest.updated_at, place.number).pages
    article, conversation = (reverse(name, args=[newest.slug]) for name in ("article", "conversation"))
    thread = reverse("comment", args=[newest.slug, place.first])
    limited = partial(Address, limit_ms=LIMIT_MS, limit_queries=LIMIT_QUERIES, limit_kb=LIMIT_KB)
    return [
        limited("talk_article", f"article, {COMMENTS:,} comments", article),
        limited("talk_first", "its first page of comments", conversation),
        limited("talk_middle", f"page {pages // 2} of {pages}", conversation, f"page={pages // 2}"),
        limited("talk_last", f"page {pages}", conversation, f"page={pages}"),
        limited("talk_valued", "most valued first", conversation, "order=valued"),
        limited("talk_position", "by position", conversation, "order=position"),
        limited("talk_thread", f"thread of {DEEP:,}, page {last // 2} of {last}", thread, f"page={last // 2}"),
        limited("talk_deepest", f"at comment {deepest.depth:,} levels down", thread, f"page={place.number}"),
    ]
