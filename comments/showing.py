"""What follows when a comment becomes visible: for whom it answers, and for the article that it corrects."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from aisrace.api import repeating
from aisrace.hooks import telling
from aisrace.hooks.telling import is_wanted, tell
from aisrace.lib.figures import iso
from articles.models import Edition
from comments.bodies import trusted_html
from comments.models import Comment, Commenter, Letter, ReportedError

EVENT = "comment.approved"
NEWS_FOR = timedelta(days=14)  # less than letters are kept


def show(comment: Comment, now: datetime) -> None:
    """In the transaction that made it visible. Whoever it answers is told once, however often it is hidden again."""
    if comment.shown_at is None:
        comment.shown_at = now
        comment.save(update_fields=["shown_at"])
    if comment.purpose == Comment.Purpose.ERROR:
        ReportedError.objects.get_or_create(
            comment=comment, defaults={"article_id": comment.article_id, "at": comment.created_at}
        )
    tell_of_reply(comment, now)
    tell_machines(comment, now)


def tell_machines(comment: Comment, now: datetime) -> None:
    """What everybody can read, so nothing under an article that cannot be read. One query where nobody asked for it."""
    if not is_wanted(EVENT):
        return
    newest = Edition.objects.live(now).filter(article=comment.article_id).values_list("slug", flat=True).first()
    if newest is not None:
        tell(EVENT, describe(comment, newest), now, subject=name_subject(comment.pk))


def name_subject(key: int) -> str:
    """By which what was told of a comment is found again."""
    return f"comment {key}"


def forget_told(keys: Iterable[int]) -> None:
    """What other machines were told of these, and what programs were answered that sent them. Two queries."""
    subjects = [name_subject(key) for key in keys]
    telling.forget(subjects)
    repeating.forget(subjects)


def describe(comment: Comment, slug: str) -> dict[str, Any]:
    """The name that was given, never the address."""
    return {
        "comment": comment.pk,
        "article": comment.article_id,
        "slug": slug,
        "parent": comment.parent_id,
        "name": comment.name,
        "html": trusted_html(comment.text, comment.html, comment.renderer, comment.seal),
        "created_at": iso(comment.created_at),
        "page": f"{settings.SITE_URL}{reverse('comment', args=[slug, comment.pk])}",
    }


def tell_of_reply(comment: Comment, now: datetime) -> None:
    """A letter to the author of the comment that it answers, where they asked for that and are somebody else.

    Of an old comment that is shown again they were told when it was new, be the letter forgotten by now.
    """
    if comment.parent_id is None or comment.shown_at is None or comment.shown_at < now - NEWS_FOR:
        return
    asked = Comment.objects.filter(pk=comment.parent_id, wants_replies=True, commenter__confirmed_at__isnull=False)
    person = asked.exclude(commenter=comment.commenter_id).exclude(commenter__replies=Commenter.Notices.NEVER)
    for key in person.values_list("commenter", flat=True):
        Letter.objects.get_or_create(
            commenter_id=key, kind=Letter.Kind.REPLY, comment=comment, defaults={"made_at": now, "due_at": now}
        )
