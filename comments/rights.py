"""What a person may ask for: everything that is kept under their address, and that nothing of it is kept any more."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from reversion.models import Version

from comments.addresses import key_of, mailbox_key
from comments.models import (
    Appeal,
    Ban,
    Comment,
    Commenter,
    Decision,
    Mailbox,
    ReaderReport,
    ReportedError,
    Revision,
    Vote,
)
from comments.showing import forget_told

State = Comment.State
NOBODY = "nobody-"

# What is left of a comment is its place: who answered it stays where they are.
NOTHING: dict[str, Any] = {
    "state": State.ERASED,
    "commenter": None,
    **dict.fromkeys(("name", "badge", "text", "html", "seal", "purpose", "caught", "words_key", "user_agent"), ""),
    **dict.fromkeys(("fingerprint", "from_ip", "featured_at", "caught_from", "caught_to", "answer", "question")),
    "wants_replies": False,
}


def export_person(person: Commenter) -> dict[str, Any]:
    """Everything, in words that need no explanation; moments stay moments. Ten queries."""
    return {
        "address": person.address,
        "name": person.name,
        "first_seen_at": person.first_seen_at,
        "confirmed_at": person.confirmed_at,
        "no_letters_until": person.muted_until,
        "recognised_as_expert": str(person.expert) if person.expert else None,
        "settings": {"replies": person.replies, "decisions": person.decisions},
        "comments": [export_comment(comment) for comment in list_comments(person)],
        "votes": [
            {"comment": vote.comment_id, "article": vote.comment.article.slug, "at": vote.at}
            for vote in person.votes.select_related("comment__article").order_by("at", "id")
        ],
        "reports": list(
            find_reports(person)
            .order_by("at", "id")
            .values("comment", "kind", "details", "name", "address", "in_good_faith", "at", "settled_at", "told_at")
        ),
        "letters": list(
            person.letters.order_by("made_at", "id").values(
                "kind", "comment", "made_at", "sent_at", "given_up_at", "used_at"
            )
        ),
        "last_links": [
            datetime.fromtimestamp(moment, UTC)
            for links in find_mailboxes(person).values_list("links", flat=True)
            for moment in links
        ],
        "bans": list(find_bans(person).order_by("begins_at").values("reason", "begins_at", "until", "lifted_at")),
    }


def list_comments(person: Commenter) -> QuerySet[Comment]:
    return (
        person.comments.select_related("article", "question", "answer", "appeal")
        .prefetch_related("revisions", "made_decisions")
        .order_by("created_at", "id")
    )


def export_comment(comment: Comment) -> dict[str, Any]:
    plain = (
        *("id", "parent_id", "name", "badge", "text", "purpose", "position_id", "quote_id", "state", "rule", "caught"),
        *("wants_replies", "votes", "created_at", "edited_at", "shown_at", "featured_at", "from_ip", "user_agent"),
    )
    appeal = getattr(comment, "appeal", None)
    return {
        **{name.removesuffix("_id"): getattr(comment, name) for name in plain},
        "article": comment.article.slug,
        "own_answer": comment.answer and {"question": str(comment.question), "answer": comment.answer.label},
        "earlier_texts": [{"text": earlier.text, "until": earlier.written_at} for earlier in comment.revisions.all()],
        "decisions": [
            {
                "decision": made.verb,
                "reason": made.reason,
                "note": made.note,
                "at": made.at,
                "undone_at": made.undone_at,
            }
            for made in comment.made_decisions.all()
        ],
        "appeal": appeal and {name: getattr(appeal, name) for name in ("text", "at", "outcome", "answer")},
    }


@transaction.atomic
def erase_person(person: Commenter, *, now: datetime) -> bool:
    """Their words, names, addresses, votes and letters are gone; of comments that others may have answered the places
    stay, empty. A ban of their address goes on, as a hash. About twenty queries. False where it was done before.
    """
    # Not its key: whoever holds a comment of theirs and names them, such as a moderator, is not kept waiting.
    locked = Commenter.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if locked is None:
        return False
    lock_comments(locked)
    # Now its key: what they are sending meanwhile is here by now and goes with the rest, or finds nobody to belong to.
    list(Commenter.objects.select_for_update().filter(pk=locked.pk).values_list("pk", flat=True))
    take_back_votes(locked)
    keys = list(locked.comments.values_list("pk", flat=True))
    forget_bans(locked, keys)
    forget_traces(Comment, keys)
    forget_traces(Commenter, [locked.pk])
    forget_words(keys)
    forget_accusations(keys, now)
    for report in find_reports(locked):
        forget_reporter(report, details="")
    locked.comments.filter(state=State.UNCONFIRMED, replies=None).delete()
    locked.comments.update(**NOTHING)
    find_mailboxes(locked).delete()
    locked.delete()
    return True


def lock_comments(person: Commenter) -> None:
    """Theirs and those that they found valuable, all in one order: two who are erased at once never wait for each other
    for ever.
    """
    touched = Comment.objects.filter(Q(pk__in=person.votes.values("comment")) | Q(commenter=person))
    list(touched.select_for_update().order_by("pk").values_list("pk", flat=True))


def take_back_votes(person: Commenter) -> None:
    """Each comment's tally is counted anew. They are locked, so that its voters take turns."""
    keys = list(person.votes.values_list("comment", flat=True))
    person.votes.all().delete()
    counted = Vote.objects.filter(comment=OuterRef("pk")).order_by().values("comment").annotate(n=Count("pk"))
    tally = Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), Value(0))
    Comment.objects.filter(pk__in=keys).update(votes=tally)


def forget_words(keys: list[int]) -> None:
    """What was said in and about these comments, beside the comments themselves."""
    Revision.objects.filter(comment__in=keys).delete()
    Appeal.objects.filter(comment__in=keys).delete()
    ReportedError.objects.filter(comment__in=keys, outcome="").delete()
    Decision.objects.filter(comment__in=keys).update(note="")
    forget_told(keys)


def forget_accusations(keys: list[int], now: datetime) -> None:
    """What others said about these comments may name who wrote them; that somebody did is settled."""
    reports = ReaderReport.objects.filter(comment__in=keys)
    list(reports.select_for_update().order_by("pk").values_list("pk", flat=True))  # as the sweep that forgets reporters
    reports.update(details="", settled_at=Coalesce("settled_at", Value(now)))


def forget_bans(person: Commenter, keys: list[int]) -> None:
    """What moderators called and wrote about them may have been a name."""
    of_comments = Q(pk__in=Decision.objects.filter(comment__in=keys).values("ban"))
    bans = list(Ban.objects.filter(of_comments | Q(pk__in=find_bans(person))).values_list("pk", flat=True))
    forget_traces(Ban, bans)
    Ban.objects.filter(pk__in=bans).update(reason="", label="Somebody who has been erased")


def forget_traces(model: type[Model], keys: list[int]) -> None:
    """In the histories of rows. The trail, to which one can only add, names none of these rows' people."""
    of_rows = {"content_type": ContentType.objects.get_for_model(model), "object_id__in": [str(key) for key in keys]}
    Version.objects.filter(**of_rows).delete()
    LogEntry.objects.filter(**of_rows).delete()


def find_reports(person: Commenter) -> QuerySet[ReaderReport]:
    """Signed with the address, or made while remembered."""
    return ReaderReport.objects.filter(Q(commenter=person) | Q(address__iexact=person.address))


def forget_reporter(report: ReaderReport, **others: Any) -> None:
    """The report stays, of nobody. `person` must still differ from all others of the same comment."""
    values = {"commenter": None, "name": "", "address": "", "person": make_nobody()} | others
    ReaderReport.objects.filter(pk=report.pk).update(**values)


def make_nobody() -> str:
    return f"{NOBODY}{secrets.token_hex(16)}"


def find_bans(person: Commenter) -> QuerySet[Ban]:
    return Ban.objects.filter(kind=Ban.Kind.ADDRESS, value=key_of(person.address, "ban"))


def find_mailboxes(person: Commenter) -> QuerySet[Mailbox]:
    """One, or none where no link was mailed there lately."""
    return Mailbox.objects.filter(key=mailbox_key(person.address))
