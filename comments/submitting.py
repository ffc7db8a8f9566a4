"""The one way in for comments: forms, the API and imports alike."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from articles.models import Edition
from comments.addresses import clean_address
from comments.attempts import Outcome, Rule
from comments.bodies import render, to_plain
from comments.conversations import read_terms
from comments.drafts import Draft, NotUnderstood, Sent, read_draft, read_key
from comments.judging import find_badge, is_too_fast, look_up
from comments.letters import ask_again, ask_to_confirm
from comments.lookalikes import clean_name
from comments.lookups import Known, ask
from comments.models import Comment, Commenter, Letter
from comments.paths import place, place_apart
from comments.proof import has_worked
from comments.screening import Verdict, read_house, screen
from comments.showing import show
from comments.storing import store
from comments.targets import NoSuchTarget, Target, find_target
from comments.visitors import Visitor

State = Comment.State
OF_A_POSITION = (Comment.Purpose.AGREES, Comment.Purpose.CHALLENGES)  # in answer to a comment they would be about that
NO_PROOF = "no_proof"  # the rule
UNCONFIRMED_MOST = 20  # of one address; whoever sends more does not mean to be read


class NoConversation(Exception):
    """The article is not before readers: never published, or withdrawn."""


class Refused(Exception):
    """A rule does not let it through. Nothing was written."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(rule.told)


@dataclass(frozen=True)
class Origin:
    """Of a comment that is brought in: when it was written, what was decided about it there, and its name there.

    Neither rules nor limits nor confirmation apply to it, its parent may be hidden, and nobody is written to.
    """

    reference: str
    at: datetime
    state: str
    ip: str | None = None


@dataclass(frozen=True)
class Submission:
    """`is_new` is false where the same had been sent before: then `comment` is the first. Its state tells the rest.

    Whoever has not shown that the address is theirs is sent to their mail, also where the first is long before readers:
    another answer would tell whose comment that is.
    """

    comment: Comment
    is_new: bool
    waits_for_mail: bool = False


def submit(
    newest: Edition, draft: Draft, visitor: Visitor, *, now: datetime, origin: Origin | None = None
) -> Submission:
    """Take in a comment on the article whose newest edition is given.

    It is visible, held, or waits until its address is confirmed. Raises `NoConversation`, `NotUnderstood` with every
    field that is wrong, or `Refused`; then nothing is written. Sent again, the first is returned. About ten queries, of
    which the last ones are one transaction.
    """
    if newest.is_withdrawal or not newest.is_published(now):
        raise NoConversation
    if origin:
        return bring_in(newest, draft, origin, now)
    sent = read_draft(draft)
    comment = compose(newest, sent, visitor, now)
    is_known = visitor.is_known_as(sent.address)
    is_proven = is_known or not settings.COMMENTS_CONFIRM
    comment.badge = find_badge(visitor.reader, newest, sent.name) if is_known else ""
    # Of an address that may be anybody's nothing is asked: the answer would tell about them.
    known = ask(sent.address if is_proven else "", visitor.ip, comment.words_key if is_proven else "", now)
    worked = visitor.reader is not None or visitor.needs_no_proof or has_worked(draft.proof)
    verdict = judge(comment, known, visitor, newest, now, is_trap_filled=bool(draft.trap), has_worked=worked)
    if verdict and verdict.outcome == Outcome.REFUSE:
        if is_proven and (first := find_first(comment)):
            return Submission(first, is_new=False)
        raise Refused(verdict.rule)
    comment.wants_replies = draft.wants_replies
    if is_proven:
        settle(comment, verdict)
    else:
        wait(comment, worked)
    comment.shown_at = now if comment.state == State.VISIBLE else None
    comment.commenter_id = known.person
    write(comment, sent.text)
    return keep(comment, sent, now)


def bring_in(newest: Edition, draft: Draft, origin: Origin, now: datetime) -> Submission:
    """A comment from elsewhere, as it was there; without an address nobody is behind it. Three queries."""
    is_gone = origin.state == State.DELETED
    text, name = ("", "") if is_gone else (to_plain(draft.text) or "–", clean_name(draft.name) or "Anonymous")
    parent = find_brought(newest, read_key(draft.parent))
    if draft.parent and parent is None:
        raise NotUnderstood({"parent": "The comment that it answers is not here."})
    comment = Comment(
        article_id=newest.article_id,
        edition=newest.number,
        name=name,
        state=origin.state,
        reference=origin.reference,
        created_at=origin.at,
        shown_at=origin.at if origin.state == State.VISIBLE else None,
        from_ip=origin.ip,
    )
    place_apart(comment, parent, origin.at)
    write(comment, text)
    with transaction.atomic():
        if draft.address:
            comment.commenter, _ = Commenter.objects.get_or_create(
                address=clean_address(draft.address), defaults={"first_seen_at": origin.at, "name": name}
            )
        comment.save(force_insert=True)
    return Submission(comment, is_new=True)


def find_brought(newest: Edition, key: int | None) -> Comment | None:
    return Comment.objects.filter(pk=key, article=newest.article_id).first() if key is not None else None


def compose(newest: Edition, sent: Sent, visitor: Visitor, now: datetime) -> Comment:
    """The comment with its place and target, neither judged nor rendered nor saved. A query where it has a parent."""
    parent = find_parent(newest, sent.parent)
    target = choose_target(newest, sent, parent)
    comment = Comment(
        article_id=newest.article_id,
        edition=newest.number,
        name=sent.name,
        text=sent.text,
        purpose=sent.purpose if parent is None or sent.purpose not in OF_A_POSITION else "",
        position_id=target.position,
        quote_id=target.quote,
        question_id=target.question,
        answer_id=target.answer,
        words_key=sent.words_key,
        fingerprint=sent.fingerprint(newest.article_id),
        created_at=now,
        from_ip=visitor.ip,
        user_agent=visitor.user_agent,
    )
    place(comment, parent, now)
    return comment


def choose_target(newest: Edition, sent: Sent, parent: Comment | None) -> Target:
    """An answer to a comment is about what that is about."""
    try:
        if parent is None:
            return find_target(newest, sent.position, sent.quote, sent.answer)
        return replace(find_target(newest, None, None, sent.answer), position=parent.position_id)
    except NoSuchTarget as error:
        raise NotUnderstood({error.field: str(error)}) from error


def write(comment: Comment, text: str) -> None:
    """Give the comment its words, rendered once."""
    body = render(text)
    comment.text, comment.html, comment.renderer, comment.seal = text, body.html, body.renderer, body.seal


def find_parent(newest: Edition, key: int | None) -> Comment | None:
    """Only what readers see, and only here, can be answered."""
    if key is None:
        return None
    parent = Comment.objects.visible().filter(pk=key, article=newest.article_id).defer("text", "html").first()
    if parent is None:
        raise NotUnderstood({"parent": "The comment that you answer is not here any more."})
    return parent


def find_first(comment: Comment) -> Comment | None:
    return Comment.objects.filter(fingerprint=comment.fingerprint).first()


def judge(
    comment: Comment, known: Known, visitor: Visitor, newest: Edition, now: datetime, **facts: bool
) -> Verdict | None:
    house = read_house()
    hurry = is_too_fast(comment.fingerprint or "", visitor.network, known.address, house)
    attempt = look_up(comment, known, newest, read_terms(newest), now, is_too_fast=hurry, **facts)
    return screen(attempt, house)


def settle(comment: Comment, verdict: Verdict | None) -> None:
    """Visible where nothing objects, else held, with the rule and what it caught."""
    comment.state = State.HELD if verdict else State.VISIBLE
    comment.rule = verdict.rule.key if verdict else ""
    comment.caught = verdict.finding.caught[:200] if verdict else ""
    span = verdict.finding.span if verdict else None
    comment.caught_from, comment.caught_to = span or (None, None)


def wait(comment: Comment, worked: bool) -> None:
    """Until the address is confirmed, when all is looked at anew; only the proof of work cannot be given again."""
    comment.state = State.UNCONFIRMED
    comment.rule = "" if worked else NO_PROOF


def keep(comment: Comment, sent: Sent, now: datetime) -> Submission:
    """Write it down, once: of the same sent many times at once, one is kept, and one letter goes out."""
    waits = comment.state == State.UNCONFIRMED
    try:
        with transaction.atomic():
            insert(comment, sent, now)
    except IntegrityError:
        first = find_first(comment)
        if first is None:
            return keep_without_what_is_gone(comment, sent, now)
        if first.state == State.UNCONFIRMED:
            ask_again(first, now)
        return Submission(first, is_new=False, waits_for_mail=waits)
    return Submission(comment, is_new=True, waits_for_mail=waits)


def insert(comment: Comment, sent: Sent, now: datetime) -> None:
    if comment.commenter_id is None:
        comment.commenter, _ = Commenter.objects.get_or_create(
            address=sent.address, defaults={"first_seen_at": now, "name": sent.name}
        )
    if comment.state == State.UNCONFIRMED:
        make_room(comment)
    store(comment)
    if comment.state == State.UNCONFIRMED:
        ask_to_confirm(comment, now)
    elif comment.state == State.VISIBLE:
        show(comment, now)


def make_room(comment: Comment) -> None:
    """Nobody can fill up what waits under somebody else's address: the oldest makes room.

    What a letter was written about does so last: its link opens what it told of. Locks whose address it is.
    """
    person = Commenter.objects.select_for_update(no_key=True).filter(pk__in=[comment.commenter_id])
    list(person.values_list("pk", flat=True))
    waiting = Comment.objects.filter(commenter=comment.commenter_id, state=State.UNCONFIRMED)
    has_letter = Exists(Letter.objects.filter(comment=OuterRef("pk")))
    kept_first = waiting.order_by(has_letter.desc(), "-created_at", "-id")
    too_many = kept_first.values_list("pk", flat=True)[UNCONFIRMED_MOST - 1 :]
    if keys := list(too_many):
        Comment.objects.filter(pk__in=keys, replies=None).delete()


def keep_without_what_is_gone(comment: Comment, sent: Sent, now: datetime) -> Submission:
    """Its author was erased a moment ago, and writes as somebody new; or an editor has deleted what it hangs on."""
    if comment.commenter_id and not Commenter.objects.filter(address=sent.address).exists():
        comment.commenter = None
        return keep(comment, sent, now)
    raise NotUnderstood({"position": "What it was to hang on is not here any more. Choose another, or nothing."})
