"""The outbox: what is mailed to whom, once, and what never is."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from email.policy import SMTP
from itertools import pairwise
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from articles.models import Edition
from articles.publishing import withdraw
from comments import composing, sending
from comments.letters import ask_to_remember
from comments.models import Comment, Commenter, Decision, Letter
from comments.moderating import approve, reject
from comments.notices import make_off_token
from comments.sending import A_DAY_MOST, GIVEN_UP_AFTER, PAUSES, next_morning, send_due
from comments.showing import show
from tests import make, talk
from tests.make import NOW
from tests.talk import at, live, person, say

pytestmark = pytest.mark.usefixtures("open_conversation")

LATER = NOW + timedelta(hours=3)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def answered(edition: Edition | None = None, by: str = "Bo", **values: Any) -> tuple[Commenter, Comment]:
    """A reader who wants to know, and a reply to them."""
    edition = edition or live()
    reader = person(**values)
    own = talk.comment(edition, "MINE", commenter=reader, wants_replies=True)
    reply = talk.comment(edition, "THEIRS", parent=own, name=by, commenter=person(by))
    show(reply, reply.created_at)
    return reader, reply


def answer_often(number: int, **values: Any) -> Commenter:
    edition = live()
    reader, reply = answered(edition, **values)
    for n in range(number - 1):
        show(talk.comment(edition, f"NUMBER {n}", parent=reply.parent, commenter=reply.commenter), at(n))
    return reader


def rewrite(model: Any, key: int, **values: str) -> None:
    """By SQL, past every field that cleans."""
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE {model._meta.db_table} SET {name} = %s WHERE id = %s", [value, key])


def find_links(letter: EmailMessage, part: str) -> list[str]:
    return re.findall(rf"{re.escape(site.SITE_URL)}(/comments/{part}/\S+)", str(letter.body))


# --- What each says --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_letter_asks_to_confirm_and_holds_nothing_that_was_typed() -> None:
    """Otherwise it would be a way to mail anything to anybody."""
    say(live(headline="Trains"), "It is *not*\n\n> so <b>.", now=at(1), name="Rosa & Co", address="rosa@example.org")
    assert send_due(at(1)) == 1
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["rosa@example.org"], "Confirm your comment: Trains")
    assert "Rosa & Co" not in letter.body
    assert "It is" not in letter.body
    assert "“Trains”" in letter.body
    assert len(find_links(letter, "confirm")) == 1
    assert "List-Unsubscribe" not in letter.message()
    assert letter.message()["Auto-Submitted"] == "auto-generated"
    assert send_due(LATER) == 0
    assert len(mail.outbox) == 1
    assert Letter.objects.get().sent_at == at(1)


@pytest.mark.django_db
def test_nothing_in_a_letter_is_left_to_be_filled_in() -> None:
    """Of every kind: no tag of the template, no gap of more than two lines, no white space at ends."""
    reader, _ = answered()
    ask_to_remember(reader.address, NOW)
    say(live(headline="Other"), now=at(1))
    for text, note in (("ONE", ""), ("TWO", "A note.")):
        comment = talk.comment(Edition.objects.first(), text, commenter=reader, state="held")
        reject(comment.pk, "insult", note, by=make.user(text), now=NOW)
    answer_of = talk.comment(Edition.objects.first(), "THREE", commenter=reader, state="held")
    approve(answer_of.pk, by=None, now=NOW)
    answer_often(3, replies="daily")
    send_due(LATER)
    send_due(next_morning(LATER))
    assert len(mail.outbox) == 7
    for letter in mail.outbox:
        assert not re.search(r"[{}]|None|\n{4}| \n|&\w+;", letter.body), letter.body
        assert letter.body == letter.body.strip() + "\n"
        assert all(line.strip() for line in (letter.subject, letter.to[0]))


@pytest.mark.django_db
def test_a_reply_is_told_with_its_place() -> None:
    reader, reply = answered(by="Bo")
    assert send_due(LATER) == 1
    letter = mail.outbox[0]
    assert letter.to == [reader.address]
    edition = Edition.objects.get()
    assert letter.subject == f"A reply to your comment: {edition.headline}"
    assert f"{site.SITE_URL}/articles/{edition.slug}/comments/{reply.pk}/#c{reply.pk}" in letter.body
    assert "Bo replied" in letter.body
    assert "> THEIRS" in letter.body
    assert "> MINE" in letter.body
    assert reply.commenter.address not in str(letter.message())


@pytest.mark.django_db
def test_the_article_is_called_as_readers_know_it() -> None:
    _, reply = answered(live(headline="Public"))
    article = reply.article
    article.headline, article.slug = "SECRET", "secret"
    article.save()
    send_due(LATER)
    assert "secret" not in str(mail.outbox[0].message()).lower()


@pytest.mark.django_db
def test_a_decision_is_told_with_its_reason_and_the_way_to_appeal(client: Client) -> None:
    reader = person()
    comment = talk.comment(live(), "MINE", commenter=reader, state="held")
    reject(comment.pk, "insult", "Please, without names.", by=make.user(), now=NOW)
    assert send_due(NOW) == 0, "it can be undone for a while"
    assert send_due(LATER) == 1
    letter = mail.outbox[0]
    assert letter.subject.startswith("Your comment is not shown: ")
    assert "Reason: Insulting." in letter.body
    assert "> Please, without names." in letter.body
    assert len(find_links(letter, "appeal")) == 1


# --- To whom it is not sent ------------------------------------------------------------------------------------------

NOT_OWED: dict[str, Callable[[Commenter, Comment], Any]] = {
    "the reply is hidden": lambda reader, reply: reject(reply.pk, "insult", by=None, now=NOW, tells=False),
    "the reply is deleted": lambda reader, reply: Comment.objects.filter(pk=reply.pk).update(state="deleted", text=""),
    "their own is hidden": lambda reader, reply: reject(reply.parent_id, "insult", by=None, now=NOW, tells=False),
    "their own is taken back": lambda reader, reply: Comment.objects.filter(pk=reply.parent_id).update(commenter=None),
    "they want none": lambda reader, reply: Commenter.objects.filter(pk=reader.pk).update(replies="never"),
    "they are not confirmed": lambda reader, reply: Commenter.objects.filter(pk=reader.pk).update(confirmed_at=None),
    "not of this one": lambda reader, reply: Comment.objects.filter(pk=reply.parent_id).update(wants_replies=False),
    "the article is withdrawn": lambda reader, reply: withdraw(
        reply.article, by=None, now=NOW + MINUTE, reason="It was wrong."
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", NOT_OWED.values(), ids=NOT_OWED.keys())
def test_a_reply_is_not_told_where(change: Callable[[Commenter, Comment], Any]) -> None:
    reader, reply = answered()
    change(reader, reply)
    assert send_due(LATER) == 0
    assert mail.outbox == []
    assert not Letter.objects.filter(kind="reply").exists()


@pytest.mark.django_db
def test_a_decision_that_holds_no_more_is_not_told() -> None:
    reader, edition = person(), live()
    comments = [talk.comment(edition, "MINE", commenter=reader, state="held") for _ in range(3)]
    for comment in comments:
        reject(comment.pk, "insult", by=None, now=NOW)
    Comment.objects.filter(pk=comments[0].pk).update(state="deleted", text="")
    Decision.objects.filter(comment=comments[1]).update(undone_at=NOW)
    assert send_due(LATER) == 1
    Commenter.objects.update(decisions=False)
    reject(talk.comment(edition, "MORE", commenter=reader, state="held").pk, "insult", by=None, now=NOW)
    assert send_due(LATER) == 0
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_link_is_not_sent_where_it_would_do_nothing() -> None:
    edition = live()
    confirmed, gone, muted = (say(edition, f"NUMBER {n}", address=f"{n}@example.org", now=NOW).comment for n in "123")
    Comment.objects.filter(pk=confirmed.pk).update(state="visible")
    gone.delete()
    Commenter.objects.filter(pk=muted.commenter_id).update(muted_until=LATER + DAY)
    assert send_due(LATER) == 0
    assert Letter.objects.count() == 0


# --- Turning off -----------------------------------------------------------------------------------------------------


def everything_off(reader: Commenter) -> tuple[str, bool]:
    reader.refresh_from_db()
    return reader.replies, reader.decisions


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "then"), [("reply", ("never", True)), ("decision", ("each", False))])
def test_one_click_turns_off_without_a_cookie_from_anywhere(kind: str, then: tuple[str, bool]) -> None:
    reader, reply = answered()
    if kind == "decision":
        Letter.objects.all().delete()
        reject(reply.parent_id, "insult", by=None, now=NOW)
    send_due(LATER)
    told = mail.outbox[0].message()
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = told["List-Unsubscribe"].strip("<>").removeprefix(site.SITE_URL)
    assert f"{site.SITE_URL}{address}" in mail.outbox[0].body
    sent = mail.outbox[0].message(policy=SMTP).as_bytes()
    assert f"\r\nList-Unsubscribe: <{site.SITE_URL}{address}>\r\n".encode() in sent, "in one piece"
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "none"})
    for verb in (client.get, client.head, client.options, client.put):
        assert verb(address).status_code in (200, 405)
        assert everything_off(reader) == ("each", True)
    for _ in range(2):
        answer = client.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, everything_off(reader)) == (200, then)
    assert not answer.cookies


@pytest.mark.django_db
def test_a_link_turns_off_for_its_reader_alone(client: Client) -> None:
    one, other = person(), person()
    client.post(f"/comments/letters/off/{make_off_token(one.pk, 'reply')}/")
    assert (everything_off(one), everything_off(other)) == (("never", True), ("each", True))
    for forged in (make_off_token(other.pk, "reply") + "x", f"{other.pk}", "x:y:z"):
        assert client.post(f"/comments/letters/off/{forged}/").status_code == 404
    assert everything_off(other) == ("each", True)


# --- Not too many ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_ten_notices_a_day_and_the_rest_together_in_the_morning() -> None:
    reader = answer_often(A_DAY_MOST + 4)
    assert send_due(LATER) == A_DAY_MOST
    assert send_due(LATER + HOUR) == 0
    morning = next_morning(LATER)
    assert morning == NOW.replace(day=2, hour=8)
    assert send_due(morning - MINUTE) == 0
    assert send_due(morning) == 1
    digest = mail.outbox[-1]
    assert len(mail.outbox) == A_DAY_MOST + 1
    assert digest.subject == f"{site.SITE_NAME}: 4 replies and decisions"
    assert digest.body.count("replied to your comment") == 4
    assert digest.message()["List-Unsubscribe"]
    assert not Letter.objects.unsent().exists()
    assert set(Letter.objects.values_list("commenter", flat=True)) == {reader.pk}
    assert send_due(morning + DAY) == 0


@pytest.mark.django_db
def test_the_next_day_begins_anew() -> None:
    answer_often(A_DAY_MOST)
    assert send_due(LATER) == A_DAY_MOST
    own = Comment.objects.get(text="MINE")
    show(talk.comment(Edition.objects.get(), "NEXT", parent=own), LATER + DAY)
    assert send_due(LATER + DAY) == 1
    assert not Letter.objects.filter(kind="digest").exists()


@pytest.mark.django_db
def test_whoever_wants_one_letter_a_day_gets_one() -> None:
    answer_often(3, replies="daily")
    assert send_due(LATER) == 0
    morning = next_morning(LATER)
    show(talk.comment(Edition.objects.get(), "AT NIGHT", parent=Comment.objects.get(text="MINE")), morning - HOUR)
    assert send_due(morning - HOUR) == 0
    assert Letter.objects.filter(kind="digest").count() == 1
    Comment.objects.filter(text="NUMBER 0").update(state="held")
    assert send_due(morning) == 1
    assert "> AT NIGHT" in mail.outbox[0].body
    assert "NUMBER 0" not in mail.outbox[0].body
    assert mail.outbox[0].body.count("replied to your comment") == 3
    assert not Letter.objects.unsent().exists()


@pytest.mark.django_db
def test_a_digest_of_nothing_is_none() -> None:
    answer_often(3, replies="daily")
    send_due(LATER)
    Comment.objects.exclude(text="MINE").update(state="held")
    assert send_due(next_morning(LATER)) == 0
    assert (mail.outbox, Letter.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_very_long_digest_says_how_much_more_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DIGEST_MOST", 2)
    answer_often(5, replies="daily")
    send_due(LATER)
    assert send_due(next_morning(LATER)) == 1
    assert "And 3 more" in mail.outbox[0].body
    assert not Letter.objects.unsent().exists()


# --- When sending fails ----------------------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Addresses to which nothing can be sent."""
    refused: set[str] = set()
    send = EmailMessage.send

    def try_to_send(self: EmailMessage) -> int:
        if refused & {*self.to, "*"}:
            raise SMTPRecipientsRefused({self.to[0]: (550, b"no such mailbox")})
        return send(self)

    monkeypatch.setattr(EmailMessage, "send", try_to_send)
    return refused


@pytest.mark.django_db
def test_one_bad_address_keeps_no_other_back(failing: set[str], caplog: pytest.LogCaptureFixture) -> None:
    edition = live()
    for n in range(3):
        say(edition, f"NUMBER {n}", address=f"{n}@example.org", now=NOW)
    failing.add("0@example.org")
    rewrite(Commenter, Commenter.objects.get(address="1@example.org").pk, address="no address")
    assert send_due(LATER) == 1
    assert mail.outbox[0].to == ["2@example.org"]
    assert "example.org" not in caplog.text, "a log outlives the erasure of a person"


@pytest.mark.django_db
def test_it_is_tried_again_later_and_later_and_given_up(failing: set[str]) -> None:
    failing.add("*")
    say(live(), now=NOW)
    now, tried = NOW, []
    while Letter.objects.unsent().exists():
        assert send_due(now) == 0
        tried.append(now)
        assert send_due(now + PAUSES[0] - timedelta(seconds=1)) == 0
        now = Letter.objects.get().due_at
    assert [later - earlier for earlier, later in pairwise(tried)][:6] == [*PAUSES, PAUSES[-1]]
    letter = Letter.objects.get()
    assert letter.attempts == len(tried) < 25
    assert letter.given_up_at
    assert GIVEN_UP_AFTER <= letter.given_up_at - NOW < GIVEN_UP_AFTER + PAUSES[-1]


@pytest.mark.django_db
def test_it_is_sent_once_the_server_is_back(failing: set[str]) -> None:
    failing.add("*")
    answer_often(12)
    assert send_due(LATER) == 0
    failing.clear()
    assert send_due(LATER + PAUSES[0]) == A_DAY_MOST, "what was not sent does not count"


@pytest.mark.django_db
def test_a_letter_that_cannot_be_written_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    answered()
    say(live(), now=NOW)

    def stumble(letter: Letter, now: Any) -> None:
        raise KeyError("nothing there")

    monkeypatch.setitem(composing.TELLERS, "reply", stumble)
    assert send_due(LATER) == 1


# --- Killed ----------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "mails"), [("write_mail", 1), ("mark_sent", 2)])
def test_a_worker_killed_in_the_middle_loses_nothing(monkeypatch: pytest.MonkeyPatch, where: str, mails: int) -> None:
    answer_often(2)

    def die(*args: Any, **values: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, where, die)
        with pytest.raises(Killed):
            send_due(LATER)
    assert send_due(LATER) == 1, "the other one"
    assert send_due(LATER + timedelta(minutes=9)) == 0, "it may still be under way"
    assert send_due(LATER + timedelta(minutes=10)) == 1
    assert len(mail.outbox) == 1 + mails
    assert not Letter.objects.unsent().exists()


@pytest.mark.django_db
def test_a_digest_killed_in_the_middle_is_sent_with_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_often(3, replies="daily")
    send_due(LATER)
    morning = next_morning(LATER)

    def die(*args: Any, **values: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "write_mail", die)
        with pytest.raises(Killed):
            send_due(morning)
    assert send_due(morning + HOUR) == 1
    assert mail.outbox[0].body.count("replied to your comment") == 3


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_send_each_letter_once_and_no_more_than_allowed() -> None:
    answer_often(A_DAY_MOST + 5)
    edition = live(headline="Other")
    for n in range(10):
        say(edition, f"NUMBER {n}", address=f"{n}@example.org", now=NOW)
    sent: list[int] = []
    barrier = threading.Barrier(4)

    def sweep() -> None:
        try:
            barrier.wait(10)
            sent.append(send_due(LATER))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(sent) == 4
    assert sum(sent) == len(mail.outbox) == A_DAY_MOST + 10
    assert Letter.objects.filter(kind="digest").count() == 1


# --- Hostile ---------------------------------------------------------------------------------------------------------

INJECTED = "x\r\nBcc: victim@example.net\r\n\r\nBAIT"
HEADERS = {
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"),
    *("Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
}


@pytest.mark.django_db
def test_line_breaks_reach_no_header() -> None:
    edition = live()
    _, reply = answered(edition, name=INJECTED)
    rewrite(Comment, reply.pk, name=INJECTED, text=f"{INJECTED}\u202e\u2066")
    rewrite(Edition, edition.pk, headline=INJECTED)
    say(edition, "Hello.", name=INJECTED, address="rosa@example.org", now=NOW)
    reject(talk.comment(edition, INJECTED, commenter=reply.parent.commenter).pk, "other", INJECTED, by=None, now=NOW)
    assert send_due(LATER) == 3
    for letter in mail.outbox:
        message = letter.message()
        assert set(message.keys()) <= HEADERS
        assert message["To"] == letter.to[0]
        assert "BAIT" in letter.subject
        assert "\u202e" not in letter.body
        assert b"\nBcc:" not in message.as_bytes().split(b"\n\n")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "", "a b@c.example"])
def test_to_a_stored_address_that_is_none_nothing_is_sent(address: str) -> None:
    reader, _ = answered()
    with connection.cursor() as cursor:
        if not address:
            address = " "
        cursor.execute("UPDATE comments_commenter SET address = %s WHERE id = %s", [address, reader.pk])
    assert send_due(LATER) == 0
    assert mail.outbox == []
    assert Letter.objects.get().given_up_at == LATER


@pytest.mark.django_db
def test_a_server_that_hangs_up_stops_no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_often(3)

    def hang_up(self: EmailMessage) -> int:
        raise SMTPServerDisconnected("please run connect() first")

    monkeypatch.setattr(EmailMessage, "send", hang_up)
    assert send_due(LATER) == 0
    assert Letter.objects.filter(attempts=1, claimed_at=None).count() == 3
