"""Readers report comments. Enough of them take an undecided comment out of sight; none takes down a decided one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Left

from aisrace.lib.text import clean_line, clean_text
from comments.addresses import BadAddress, clean_address, key_of
from comments.limits import allows
from comments.models import Comment, ReaderReport
from comments.moderating import REPORTED, hold
from comments.visitors import Visitor

Kind = ReaderReport.Kind
State = Comment.State
ENOUGH = 3  # networks, with undecided reports from each, that hold a comment
AN_HOUR_MOST = 12  # from one network
AN_HOUR = 60 * 60
LONGEST = 4_000  # characters of an explanation
FEW_WORDS = 20  # characters; a notice that says less does not say why
HALF = 32  # hex digits of a reporter's key: the first half stands for the network, the second for the person


class NotTaken(Exception):
    """Nothing was written. `problems` are sentences by field; that of none stands for the whole."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class TooMany(NotTaken):
    """From this network, for now."""


@dataclass(frozen=True)
class Notice:
    """What was sent. Name, address and good faith belong to a notice of illegal content (article 16 of the DSA)."""

    kind: str = ""
    details: str = ""
    name: str = ""
    address: str = ""
    in_good_faith: bool = False


def report(comment: Comment, notice: Notice, visitor: Visitor, *, now: datetime) -> ReaderReport:
    """One per person and comment: the second time the first is returned. Of notices, one for what each says.

    Raises `NotTaken` with every field that is wrong. Anybody who cannot see a comment cannot report it.
    """
    sent = read_notice(notice)
    if not allows("report", visitor.network, AN_HOUR_MOST, AN_HOUR):
        raise TooMany({"": "Many reports have come from your network. Try again in an hour."})
    with transaction.atomic():
        row = Comment.objects.select_for_update(of=("self",)).filter(pk=comment.pk, state=State.VISIBLE).first()
        if row is None:
            raise NotTaken({"": "The comment is not there any more."})
        taken = keep(row, sent, visitor, now)
        hold_reported(row, now)
    return taken


def read_notice(notice: Notice) -> Notice:
    problems = {}
    details, name, address = clean_text(notice.details), clean_line(notice.name), notice.address.strip()
    if notice.kind not in Kind:
        problems["kind"] = "Choose what is wrong with it."
    if len(details) > LONGEST:
        problems["details"] = f"Say it in at most {LONGEST:,} characters."
    if notice.kind != Kind.ILLEGAL:
        if problems:
            raise NotTaken(problems)
        return Notice(notice.kind, details)
    if len(details) < FEW_WORDS:
        problems["details"] = "Say why it is illegal, and under which law if you know it."
    if not name or len(name) > 80:
        problems["name"] = "Give your name, of at most 80 characters."
    try:
        address = clean_address(address)
    except BadAddress as error:
        problems["email"] = str(error)
    if not notice.in_good_faith:
        problems["good_faith"] = "Confirm that you believe in good faith that this is true and complete."
    if problems:
        raise NotTaken(problems)
    return Notice(notice.kind, details, name, address, in_good_faith=True)


def name_person(sent: Notice, visitor: Visitor) -> str:
    """What tells one reporter from another, and nobody who they are: readers who are remembered, else networks.

    Nobody's notice keeps another's from arriving, nor from the same network, nor does one of the same person with
    other grounds.
    """
    if sent.kind == Kind.ILLEGAL:
        return key_of(repr(("notice", visitor.network, sent.address, sent.details)), "report")[:HALF]
    known = f"reader {visitor.reader.pk}" if visitor.reader else visitor.network
    return key_of(known, "report")[:HALF]


def keep(comment: Comment, sent: Notice, visitor: Visitor, now: datetime) -> ReaderReport:
    """`comment` is locked, so nobody makes the same row meanwhile."""
    person = name_person(sent, visitor)
    if first := comment.reports.filter(person__endswith=person).first():
        return first
    return comment.reports.create(
        person=key_of(visitor.network, "network of report")[:HALF] + person,
        kind=sent.kind,
        details=sent.details,
        name=sent.name,
        address=sent.address,
        in_good_faith=sent.in_good_faith,
        commenter=visitor.reader,
        at=now,
    )


def hold_reported(comment: Comment, now: datetime) -> None:
    """Whoever writes from one network counts once: anybody has a second browser, and a second address."""
    if comment.is_decided:
        return
    networks = comment.reports.filter(settled_at=None).annotate(network=Left("person", HALF)).order_by()
    number = networks.values("network").distinct().count()
    if number >= ENOUGH:
        hold(comment.pk, by=None, now=now, rule=REPORTED, caught=f"By {number} readers.")
