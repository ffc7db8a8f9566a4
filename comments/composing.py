"""The words of a letter, made when it leaves. Plain text; names, headlines and texts stand in the body, cleaned.

The only thing in a header that somebody has written is the article's headline, on one line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.policy import default
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from aisrace.lib.text import clean_line
from articles.models import Edition
from comments.addresses import clean_address
from comments.appeals import make_appeal_token, may_appeal
from comments.bodies import to_plain
from comments.confirming import LASTS, MUTED, make_token
from comments.models import Comment, Commenter, Decision, Letter
from comments.notices import make_off_token

Kind = Letter.Kind
State = Comment.State
LONGEST_SUBJECT = 100  # characters of the headline
AN_EXCERPT = 400  # characters, of what is only to be recognised
DIGEST_MOST = 60  # notices told in one digest; of more their number is told

# What a decision has made of its comment. Where it is otherwise by now, nothing is told.
MADE: dict[str, str] = {
    Decision.Verb.APPROVED: State.VISIBLE,
    Decision.Verb.FEATURED: State.VISIBLE,
    Decision.Verb.REJECTED: State.REJECTED,
    Decision.Verb.SPAM: State.SPAM,
    Decision.Verb.HELD: State.HELD,
}
SUBJECTS: dict[str, str] = {
    Decision.Verb.APPROVED: "Your comment is shown",
    Decision.Verb.FEATURED: "Your comment is an editor's pick",
    Decision.Verb.REJECTED: "Your comment is not shown",
    Decision.Verb.SPAM: "Your comment is not shown",
    Decision.Verb.HELD: "Your comment is looked at again",
}


@dataclass(frozen=True)
class Told:
    """What one letter says; `values` are what its template is given."""

    kind: str
    subject: str
    values: dict[str, Any]


def tell(letter: Letter, now: datetime) -> Told | None:
    """None where what it was about is no more, or its reader does not want it any more. At most four queries."""
    return TELLERS[letter.kind](letter, now)


def write_mail(letter: Letter, told: Sequence[Told], more: int = 0) -> EmailMessage:
    """One letter that says what is told, and for a digest how much more there was. Raises `BadAddress`."""
    first = told[0]
    is_digest = letter.kind == Kind.DIGEST
    off = find_off_address(letter, told)
    values = {"parts": told, "more": more} if is_digest else first.values
    body = render_to_string(
        f"comments/letters/{letter.kind}.txt", values | {"off": off, "mine": address_of("comment_mine")}
    )
    subject = f"{settings.SITE_NAME}: {len(told) + more} replies and decisions" if is_digest else first.subject
    return Mail(clean_line(subject), body.strip() + "\n", to=[clean_address(letter.commenter.address)], off=off)


class Mail(EmailMessage):
    """A letter made by a program; one that can be turned off says how (RFC 8058)."""

    def __init__(self, *args: Any, off: str, **values: Any) -> None:
        super().__init__(*args, headers={"Auto-Submitted": "auto-generated"}, **values)
        self.off = off

    def message(self, *, policy: Any = default) -> Any:
        """With the address in one piece: Python would encode a long one, and mail programs do not read it then."""
        message = super().message(policy=policy.clone(refold_source="none"))
        if self.off:
            message.set_raw("List-Unsubscribe", f"<{self.off}>")
            message.set_raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        return message


def find_off_address(letter: Letter, told: Sequence[Told]) -> str:
    """A digest is turned off with the replies in it."""
    kinds = {part.kind for part in told} & {Kind.REPLY, Kind.DECISION}
    if not kinds:
        return ""
    kind = Kind.REPLY if Kind.REPLY in kinds else Kind.DECISION
    return address_of("letters_off", make_off_token(letter.commenter_id, kind))


# --- What each kind tells --------------------------------------------------------------------------------------------


def tell_link(letter: Letter, now: datetime) -> dict[str, Any] | None:
    person = letter.commenter
    if person.muted_until and now < person.muted_until:
        return None
    return {
        "link": address_of("comment_confirm", make_token(letter)),
        "days": count_days(LASTS),
        "muted_days": count_days(MUTED),
    }


def tell_confirm(letter: Letter, now: datetime) -> Told | None:
    """Nothing of what was typed: it would be a way to mail anything to anybody."""
    comment, values = letter.comment, tell_link(letter, now)
    if values is None or comment is None or comment.state != State.UNCONFIRMED:
        return None
    edition = find_edition(comment, now)
    if edition is None or edition.is_withdrawal:
        return None
    return Told(
        letter.kind, titled("Confirm your comment", edition), values | {"headline": clean_line(edition.headline)}
    )


def tell_remember(letter: Letter, now: datetime) -> Told | None:
    values = tell_link(letter, now)
    return Told(letter.kind, f"{settings.SITE_NAME}: your link", values) if values else None


def tell_reply(letter: Letter, now: datetime) -> Told | None:
    """Both comments must be before readers, and the one that was answered must still be the reader's."""
    reply, person = letter.comment, letter.commenter
    parent = reply.parent if reply else None
    if reply is None or parent is None or parent.commenter_id != person.pk:
        return None
    wants = person.confirmed_at and person.replies != Commenter.Notices.NEVER and parent.wants_replies
    edition = find_edition(reply, now)
    if not wants or edition is None or edition.is_withdrawal or {reply.state, parent.state} != {State.VISIBLE}:
        return None
    values = describe(reply, edition) | {"yours": quote(parent.text, AN_EXCERPT)}
    return Told(letter.kind, titled("A reply to your comment", edition), values)


def tell_decision(letter: Letter, now: datetime) -> Told | None:
    decision, person = letter.decision, letter.commenter
    comment = decision.comment if decision else None
    if decision is None or comment is None or comment.commenter_id != person.pk or decision.undone_at:
        return None
    if not (person.confirmed_at and person.decisions) or MADE.get(decision.verb) != comment.state:
        return None
    edition = find_edition(comment, now)
    if edition is None:
        return None
    values = describe(comment, edition) | {
        "verb": decision.verb,
        "reason": decision.get_reason_display() if decision.reason else "",
        "note": quote(decision.note),
        "appeal": address_of("comment_appeal", make_appeal_token(decision)) if may_appeal(decision, now) else "",
        "answers_appeal": "appeal" in decision.before,
    }
    subject = "The answer to your appeal" if values["answers_appeal"] else SUBJECTS[decision.verb]
    return Told(letter.kind, titled(subject, edition), values)


def tell_notice(letter: Letter, now: datetime) -> Told | None:
    """Nothing of what was typed, as `tell_confirm`. None where the decision was taken back meanwhile."""
    report = letter.report
    if report is None or report.settled_at is None:
        return None
    comment = report.comment
    edition = find_edition(comment, now)
    if edition is None:
        return None
    made = comment.made_decisions.filter(at=report.settled_at, undone_at=None).exclude(verb=Decision.Verb.BANNED)
    decision = made.order_by("-id").first()
    values = {
        "headline": clean_line(edition.headline),
        "on": report.at,
        "is_removed": decision is not None and decision.verb in (Decision.Verb.REJECTED, Decision.Verb.SPAM),
        "is_gone": decision is None,
        "reason": decision.get_reason_display() if decision and decision.reason else "",
        "permalink": f"{address_of('comment', edition.slug, comment.pk)}#c{comment.pk}",
    }
    return Told(letter.kind, titled("What became of your notice", edition), values)


TELLERS: dict[str, Callable[[Letter, datetime], Told | None]] = {
    Kind.CONFIRM: tell_confirm,
    Kind.REMEMBER: tell_remember,
    Kind.REPLY: tell_reply,
    Kind.DECISION: tell_decision,
    Kind.NOTICE: tell_notice,
}


def find_edition(comment: Comment, now: datetime) -> Edition | None:
    """The article as readers know it; its working copy may be called otherwise."""
    return Edition.objects.newest(now).defer("content").filter(article=comment.article_id).first()


def describe(comment: Comment, edition: Edition) -> dict[str, Any]:
    return {
        "name": clean_line(to_plain(comment.name)),
        "headline": clean_line(edition.headline),
        "quoted": quote(comment.text),
        "excerpt": quote(comment.text, AN_EXCERPT),
        "permalink": f"{address_of('comment', edition.slug, comment.pk)}#c{comment.pk}",
    }


def quote(text: str, most: int | None = None) -> str:
    """As letters quote: “> ” before every line."""
    plain = to_plain(text)
    if most and len(plain) > most:
        plain = f"{plain[:most].rstrip()} …"
    return "\n".join(f"> {line}".rstrip() for line in plain.split("\n")) if plain else ""


def titled(subject: str, edition: Edition) -> str:
    headline = clean_line(edition.headline)
    return f"{subject}: {headline if len(headline) <= LONGEST_SUBJECT else headline[: LONGEST_SUBJECT - 1] + '…'}"


def address_of(name: str, *args: Any) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def count_days(span: timedelta) -> int:
    return span // timedelta(days=1)
