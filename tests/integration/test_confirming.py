"""Mailed links: few of them, and each does what its reader chooses, once."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Edition
from articles.publishing import withdraw
from comments.confirming import LASTS, MUTED, make_token
from comments.confirming import confirm as take_up
from comments.letters import A_DAY_MOST, UNANSWERED_MOST, ask_to_remember
from comments.models import Comment, Commenter, Conversation, Letter
from comments.outcomes import LASTS as OUTCOME_LASTS
from comments.remembering import COOKIE
from comments.remembering import LASTS as COOKIE_LASTS
from comments.retention import forget_due
from comments.sending import send_due
from comments.submitting import Refused, Submission
from comments.visitors import Visitor
from tests import talk
from tests.make import NOW
from tests.pages import Page, headers_of
from tests.rows import read_all
from tests.talk import at, live, person, say

pytestmark = pytest.mark.usefixtures("open_conversation")

ADDRESS = "rosa@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def edition(db: None) -> Edition:
    return live()


def say_now(edition: Edition, text: str = "MINE", **values: Any) -> Submission:
    return say(edition, text, **{"address": ADDRESS, "now": timezone.now()} | values)


def link_of(letter: Letter) -> str:
    return f"/comments/confirm/{make_token(letter)}/"


def newest_link() -> str:
    return link_of(Letter.objects.latest("id"))


# --- Not too many ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limits", [True, False])
def test_a_thousand_requests_from_a_hundred_networks_are_three_letters_at_most(settings: Any, limits: bool) -> None:
    settings.COMMENTS_LIMITS = limits
    edition = live()
    failures: list[BaseException] = []

    def ask(worker: int) -> None:
        try:
            for n in range(125):
                ip = f"203.0.113.{(worker * 125 + n) % 100}"
                if n % 5 == 4:
                    ask_to_remember(ADDRESS, NOW + timedelta(minutes=n))
                    continue
                with suppress(Refused):
                    say(edition, f"NUMBER {worker} {n}", address=ADDRESS, visitor=Visitor(ip), now=NOW + DAY / 500 * n)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert failures == []
    assert Letter.objects.count() == A_DAY_MOST == 3, "also where so much waits that the oldest makes room"
    send_due(NOW + DAY)
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]] * 3


def count_made(ask: Callable[[], Any]) -> int:
    """How many letters somebody leads to, whatever becomes of older ones."""
    newest = Letter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ask()
    return Letter.objects.filter(pk__gt=newest).count()


def test_in_a_month_nobody_gets_more_than_six_that_they_do_not_open(edition: Edition) -> None:
    """Whatever is swept meanwhile: comments that nobody confirmed, letters and strangers are gone after a week."""
    made = 0
    for n in range(29 * 4):
        now = NOW + n * DAY / 4
        made += count_made(lambda now=now, n=n: say(edition, f"NUMBER {n}", address=ADDRESS, now=now))
        made += count_made(lambda now=now: ask_to_remember(ADDRESS, now))
        send_due(now)
        forget_due(now)
    assert made == UNANSWERED_MOST == 6
    assert Letter.objects.count() < 6, "letters were swept"
    assert count_made(lambda: ask_to_remember(ADDRESS, NOW + 30 * DAY)) == 1


def test_who_opens_one_gets_more(edition: Edition) -> None:
    for n in range(9):
        say(edition, f"NUMBER {n}", address=ADDRESS, now=NOW + n * DAY)
    assert Letter.objects.count() == UNANSWERED_MOST
    take_up(Letter.objects.first(), set(), Visitor("192.0.2.7"), now=NOW + 9 * DAY)
    assert count_made(lambda: say(edition, "MORE", address=ADDRESS, now=NOW + 10 * DAY)) == 1


def test_letters_are_counted_by_mailbox(edition: Edition) -> None:
    for n in range(50):
        say(edition, f"NUMBER {n}", address=f"rosa+{n}@example.org", now=at(1))
        ask_to_remember(f"rosa+{n}@example.org", at(1))
    assert Letter.objects.count() == A_DAY_MOST
    ask_to_remember("rosa@elsewhere.example", at(1))
    assert Letter.objects.count() == A_DAY_MOST + 1


def test_who_is_known_gets_to_what_is_theirs_whatever_others_ask_for(edition: Edition) -> None:
    """Only the number of a day holds, not that of a month."""
    person(address=ADDRESS)
    for n in range(9):
        say(edition, f"NUMBER {n}", address=ADDRESS, now=NOW + n * DAY)
    assert Letter.objects.count() == UNANSWERED_MOST
    for _ in range(A_DAY_MOST + 1):
        ask_to_remember(ADDRESS, NOW + 9 * DAY)
    assert Letter.objects.filter(kind="remember").count() == A_DAY_MOST
    assert count_made(lambda: say(edition, "MORE", address=ADDRESS, now=NOW + 11 * DAY)) == 0


def test_the_same_comment_sent_again_is_one_letter_for_a_while(edition: Edition) -> None:
    for minutes in (0, 1, 9, 11):
        say(edition, "MINE", address=ADDRESS, now=NOW + timedelta(minutes=minutes))
    assert Letter.objects.count() == 2
    assert Comment.objects.count() == 1


# --- Looking changes nothing -----------------------------------------------------------------------------------------

HEADERS: list[dict[str, str]] = [
    {},
    {"HX-Request": "true", "HX-Boosted": "true"},
    {"Sec-Purpose": "prefetch"},
    {"X-HTTP-Method-Override": "POST"},
]


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("verb", ["get", "head", "options", "put", "patch", "delete"])
def test_a_link_that_is_looked_at_changes_nothing(
    client: Client, edition: Edition, verb: str, headers: dict[str, str]
) -> None:
    say_now(edition)
    link, before = newest_link(), read_all()
    for address in (link, f"{link}?deed=confirm&comment={Comment.objects.get().pk}"):
        response = getattr(client, verb)(address, headers=headers)
        assert response.status_code == (200 if verb in ("get", "head") else 405)
        assert not response.cookies
        assert response.status_code == 405 or response["Cache-Control"] == "no-store, private"
    assert read_all() == before
    client.post(link, {"deed": "confirm", "comment": Comment.objects.get().pk})
    assert read_all() != before, "what is compared can differ"


def test_the_page_shows_all_that_waits_and_checks_the_letters_own(client: Client, edition: Edition) -> None:
    mine = say_now(edition, "MINE <b>\n\nsecond").comment
    other = say_now(edition, "OTHER").comment
    talk.comment(edition, "SOMEBODY ELSE'S", state="unconfirmed", commenter=person())
    page = Page(client.get(link_of(mine.letters.get())).text)
    boxes = {box["value"]: "checked" in box.attributes for box in page.find("input") if box["name"] == "comment"}
    assert boxes == {str(mine.pk): True, str(other.pk): False}
    assert page.texts("blockquote", "quoted") == ["MINE <b> second", "OTHER"]
    assert "SOMEBODY ELSE" not in page.source
    assert edition.headline in page.words
    assert [button.text for button in page.find("button") if not button["aria-label"]] == [
        "Confirm",
        "I did not write this",
    ]


# --- Confirming ------------------------------------------------------------------------------------------------------


def confirm(client: Client, link: str, *keys: int) -> Any:
    return client.post(link, {"deed": "confirm", "comment": keys})


def test_what_is_chosen_is_shown_and_the_reader_remembered(client: Client, edition: Edition) -> None:
    mine, other = say_now(edition).comment, say_now(edition, "OTHER").comment
    response = confirm(client, link_of(mine.letters.get()), mine.pk)
    assert response.status_code == 303
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", COOKIE_LASTS)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == ("visible", "unconfirmed")
    page = client.get(response["Location"])
    assert "Visible" in page.text
    assert f"/articles/{edition.slug}/comments/{mine.pk}/#c{mine.pk}" in page.text
    assert "OTHER" not in page.text
    assert ADDRESS in client.get("/comments/mine/").text


def test_a_link_works_once(client: Client, edition: Edition) -> None:
    mine, other = say_now(edition).comment, say_now(edition, "OTHER").comment
    link = link_of(mine.letters.get())
    confirm(client, link, mine.pk)
    before, stranger = read_all(), Client()
    for response in (
        stranger.get(link),
        confirm(stranger, link, other.pk),
        confirm(client, link, mine.pk),
        stranger.post(link, {"deed": "disown"}),
    ):
        assert response.status_code == 410
        assert "/comments/remember/" in response.text
    assert read_all() == before
    assert COOKIE not in stranger.cookies


def test_a_link_runs_out(client: Client, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = say_now(edition).comment
    link, now = newest_link(), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + LASTS - timedelta(minutes=1))
    assert client.get(link).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: now + LASTS)
    assert client.get(link).status_code == 404
    assert confirm(client, link, mine.pk).status_code == 404
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("change", ["x", "", "swap", "other"])
def test_a_forged_link_opens_nothing(client: Client, edition: Edition, change: str) -> None:
    say_now(edition)
    letter = Letter.objects.get()
    token = make_token(letter)
    forged = {
        "x": f"{token}x",
        "": token[:-1],
        "swap": make_token(Letter(pk=letter.pk, commenter_id=letter.commenter_id + 1)),
        "other": "WzEsMV0:1abc:" + "A" * 43,
    }[change]
    assert client.get(f"/comments/confirm/{forged}/").status_code == 404
    assert confirm(client, f"/comments/confirm/{forged}/", Comment.objects.get().pk).status_code == 404
    assert Comment.objects.get().state == "unconfirmed"


def test_somebody_elses_comment_cannot_be_chosen(client: Client, edition: Edition) -> None:
    say_now(edition)
    foreign = talk.comment(edition, "FOREIGN", state="unconfirmed", commenter=person())
    confirm(client, newest_link(), foreign.pk)
    foreign.refresh_from_db()
    assert foreign.state == "unconfirmed"


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 30, "1 OR 1=1", "\x00", "１"])
def test_what_is_no_number_chooses_nothing(client: Client, edition: Edition, typed: str) -> None:
    say_now(edition)
    assert client.post(newest_link(), {"deed": "confirm", "comment": typed}).status_code == 303
    assert Comment.objects.get().state == "unconfirmed"


def test_a_post_without_a_deed_does_nothing(client: Client, edition: Edition) -> None:
    say_now(edition)
    before = read_all()
    for data in ({}, {"deed": "x"}, {"comment": Comment.objects.get().pk}):
        assert client.post(newest_link(), data).status_code == 400
    assert read_all() == before


def test_a_post_from_another_site_does_nothing(client: Client, edition: Edition) -> None:
    say_now(edition)
    before = read_all()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = client.post(newest_link(), {"deed": "confirm"}, headers=headers)
        assert response.status_code == 403
    assert read_all() == before


def test_what_is_held_says_why(client: Client, edition: Edition, settings: Any) -> None:
    mine = say_now(edition).comment
    settings.COMMENTS_MODE = "hold_newcomers"
    page = client.get(confirm(client, newest_link(), mine.pk)["Location"])
    assert "Waits for a moderator" in page.text
    assert "First comments are looked at before they are shown." in page.text


def test_what_is_refused_can_be_copied(client: Client, edition: Edition) -> None:
    mine = say_now(edition, "NOT\n\nLOST <i>").comment
    Conversation.objects.create(mode="closed")
    told = confirm(client, newest_link(), mine.pk)["Location"]
    page = Page(client.get(told).text)
    assert page.texts("blockquote", "quoted") == ["NOT LOST <i>"]
    assert "This conversation is closed." in page.words
    assert Comment.objects.get().state == "unconfirmed"


def test_what_became_of_it_is_told_for_an_hour(
    client: Client, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = say_now(edition).comment
    told = confirm(client, newest_link(), mine.pk)["Location"]
    assert "MINE" in client.get(told).text
    assert "Your address is confirmed." in Client().get(told).text
    later = timezone.now() + OUTCOME_LASTS + timedelta(minutes=1)
    monkeypatch.setattr("time.time", later.timestamp)
    assert client.get(told).status_code == 303
    assert client.get(f"{told[:-1]}x/").status_code == 303


def test_on_an_article_that_is_gone_nothing_is_shown(client: Client, edition: Edition) -> None:
    mine = say_now(edition).comment
    withdraw(mine.article, by=None, now=timezone.now(), reason="Wrong.")
    page = client.get(confirm(client, newest_link(), mine.pk)["Location"])
    assert "What it was about is not there any more." in page.text


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_confirm_once(edition: Edition) -> None:
    mine = say_now(edition).comment
    link, answers = newest_link(), []
    barrier = threading.Barrier(6)

    def press() -> None:
        try:
            barrier.wait(10)
            answers.append(confirm(Client(), link, mine.pk).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 410, 410, 410, 410, 410]


# --- Disowning -------------------------------------------------------------------------------------------------------


def test_whoever_did_not_write_is_left_in_peace(client: Client, edition: Edition) -> None:
    say_now(edition)
    say_now(edition, "OTHER")
    link = newest_link()
    response = client.post(link, {"deed": "disown"}, follow=True)
    assert "It is deleted" in response.text
    assert COOKIE not in client.cookies
    assert Comment.objects.count() == 0
    assert client.get(link).status_code == 404
    say_now(edition, "AGAIN")
    ask_to_remember(ADDRESS, timezone.now() + MUTED - DAY)
    assert Letter.objects.count() == 0
    ask_to_remember(ADDRESS, timezone.now() + MUTED + DAY)
    assert Letter.objects.count() == 1
    for days in re.findall(r"(\d+) days", response.text):
        assert timedelta(days=int(days)) == MUTED


# --- Being remembered ------------------------------------------------------------------------------------------------


def test_a_link_to_be_remembered(client: Client, edition: Edition) -> None:
    reader = person(address=ADDRESS)
    waiting = talk.comment(edition, "WAITS", state="unconfirmed", commenter=reader)
    ask_to_remember(ADDRESS, timezone.now())
    link = newest_link()
    page = Page(client.get(link).text)
    assert "Remember me on this device" in page.texts("button")
    assert [box["value"] for box in page.find("input") if "checked" in box.attributes] == []
    assert client.get("/comments/mine/").text.count(ADDRESS) == 0
    response = client.post(link, {"deed": "confirm"})
    assert (response.status_code, response["Location"]) == (303, "/comments/mine/")
    assert ADDRESS in client.get("/comments/mine/").text
    waiting.refresh_from_db()
    assert waiting.state == "unconfirmed"


@pytest.fixture
def addresses(edition: Edition) -> dict[str, str]:
    now = timezone.now()
    person(address="known@example.org")
    say_now(edition, "WAITS", address="waits@example.org")
    Commenter.objects.create(address="muted@example.org", first_seen_at=now, muted_until=now + DAY)
    for _ in range(A_DAY_MOST + 1):
        ask_to_remember("often@example.org", now)
    names = ("known", "waits", "muted", "often", "unknown")
    return {name: f"{name}@example.org" for name in names}


def test_known_and_unknown_addresses_get_the_same_answer(addresses: dict[str, str]) -> None:
    answers = set()
    for address in addresses.values():
        client = Client()
        asked = client.post("/comments/remember/", {"email": address})
        shown = client.get(asked["Location"])
        answers.add((asked.status_code, asked.content, str(headers_of(asked)), shown.content, str(asked.cookies)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 303


def test_commenting_tells_nobody_who_is_known(addresses: dict[str, str], edition: Edition) -> None:
    answers = set()
    for address in addresses.values():
        sent = Client().post(
            f"/articles/{edition.slug}/comments/new/", {"name": "Rosa", "email": address, "body": "The same."}
        )
        answers.add((sent.status_code, sent.content, str(headers_of(sent)), str(sent.cookies)))
    assert len(answers) == 1


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "nobody", "", "ä@b.example", "a@localhost", "a" * 300 + "@b.example"]
)
def test_what_is_no_address_is_said_and_nothing_kept(client: Client, db: None, address: str) -> None:
    response = client.post("/comments/remember/", {"email": address})
    assert response.status_code == 400
    assert "This is not an e-mail address" in response.text
    assert Commenter.objects.count() == Letter.objects.count() == 0


def test_one_network_does_not_ask_without_end(client: Client, db: None, settings: Any) -> None:
    settings.COMMENTS_LIMITS = True
    answers = [client.post("/comments/remember/", {"email": f"{n}@example.org"}).status_code for n in range(25)]
    assert answers == [303] * 20 + [429] * 5
    assert Letter.objects.count() == 20


def test_a_letter_leads_to_its_page(client: Client, edition: Edition) -> None:
    say_now(edition)
    send_due(timezone.now())
    (link,) = re.findall(rf"{re.escape(site.SITE_URL)}(/comments/confirm/\S+)", str(mail.outbox[0].body))
    assert client.get(link).status_code == 200
