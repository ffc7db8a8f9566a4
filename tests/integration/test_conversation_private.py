"""What nobody may know of those who write is in no public byte, whoever looks and whatever has become of a comment.

Every private thing carries bait. People's addresses, networks and browsers are looked for in every form that somebody
could compare a guess with: as they are, hashed, and as the keys that the site itself makes of them.
"""

import base64
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from aisrace.lib.visitors import network_of
from articles.models import Edition
from articles.publishing import withdraw
from comments.addresses import key_of
from comments.appeals import appeal
from comments.banning import ban_author, ban_network
from comments.editing import delete, edit
from comments.models import Ban, Comment, Commenter, Letter, ReaderReport, Revision, ScreeningRule
from comments.moderating import approve, hold, mark_spam, reject
from comments.reporting import Notice, report
from comments.rights import erase_person
from comments.sending import send_due
from comments.visitors import Visitor
from tests import make, site, talk
from tests.make import NOW
from tests.pages import Page
from tests.talk import OPEN, browser_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("open_conversation")]

BAIT = "zorkmid"
BROWSER = "Quaggafox/7.3 (Platform nine)"
NETWORKS = ("203.0.113.77", "2001:db8:77::4d")
PURPOSES = ("ban", "limit", "report", "fingerprint", "reader", "address", "")
TALK = "/articles/night-trains/comments/"
PUBLIC = ["I rode on", "A timetable", "The second table has the wrong year.", "Said in public.", "Shown after all."]
STATES = {"unconfirmed", "held", "visible", "rejected", "spam", "deleted", "erased"}


def bait(where: str) -> str:
    return f"{BAIT} {where}"


@override_settings(**OPEN)
def stands_on() -> Edition:
    made = site.build()
    edition = Edition.objects.newest(timezone.now()).get(article=made.article)
    hide_people(edition)
    hide_texts(edition)
    hide_what_moderators_write(edition)
    hide_a_whole_conversation()
    return edition


@pytest.fixture(autouse=True)
def built(standing: Edition) -> Edition:
    return standing


def visitor(reader: Commenter | None = None, ip: str = NETWORKS[0]) -> Visitor:
    return Visitor(ip, BROWSER, reader)


def say(edition: Edition, text: str, **values: Any) -> Comment:
    """With all that a row can tell about who sent it."""
    by = {"commenter": person(bait("last name"), f"quagga-{Comment.objects.count()}@secret.example")}
    traces = {"from_ip": NETWORKS[Comment.objects.count() % 2], "user_agent": BROWSER}
    made = talk.comment(edition, text, **by | traces | {"at": timezone.now()} | values)
    made.fingerprint = key_of(f"{made.commenter.address if made.commenter else ''}{made.pk}", "fingerprint")
    made.save()
    return made


def hide_people(edition: Edition) -> None:
    """Behind everything that is public: a thread, a vote, a pick, an error, an answer in somebody's name."""
    first = say(edition, "Said in public.", featured_at=NOW, wants_replies=True, purpose="error")
    say(edition, "Answered in public.", parent=first)
    voter = person(bait("voter"), "quagga-voter@secret.example")
    first.vote_set.create(commenter=voter, at=NOW)
    say(edition, "By somebody of the desk.", badge="staff", name="Mo")
    stranger = talk.draft(bait("text of a stranger"), name=bait("stranger"), address="quagga-stranger@secret.example")
    talk.submit(edition, stranger, visitor(), now=timezone.now())


def hide_texts(edition: Edition) -> None:
    """One in every state, each with something below it that is visible, so that its place is shown."""
    now, by = timezone.now(), talk.moderator("hidden")
    for n, deed in enumerate((None, hold, mark_spam, reject, delete, erase_person, "unconfirmed")):
        text, name = bait(f"text {n}"), bait(f"name {n}")
        made = say(edition, text, name=name, caught=bait("caught"), rule="listed_word")
        if deed != "unconfirmed":
            say(edition, f"Below {n}.", parent=made)
        if deed == delete:
            delete(made.pk, visitor(made.commenter), now=now)
        elif deed == erase_person:
            erase_person(made.commenter, now=now)
        elif deed == reject:
            reject(made.pk, "insult", bait("note"), by=by, now=now)
        elif deed in (hold, mark_spam):
            deed(made.pk, by=by, now=now)
        else:
            Comment.objects.filter(pk=made.pk).update(state=deed or "held")
    mended = say(edition, bait("first words"))
    edit(mended.pk, "Mended in public.", visitor(mended.commenter), now=now)


def hide_what_moderators_write(edition: Edition) -> None:
    now, by = timezone.now(), make.user("mo", is_staff=True, first_name=bait("moderator"), last_name=bait("surname"))
    wrong = say(edition, "Shown after all.")
    decision = reject(wrong.pk, "other", bait("note"), by=by, now=now)
    appeal(decision, bait("appeal"), now=now)
    approve(wrong.pk, by=by, now=now, note=bait("answer"))
    banned = say(edition, "Its author is banned.")
    ban_author(banned.pk, by=by, now=now, reason="insult", note=bait("reason"))
    ban_network(banned.pk, "203.0.113.77/32" if banned.from_ip == NETWORKS[0] else "2001:db8:77::/64", by=by, now=now)
    Ban.objects.update(label=bait("label"))
    notice = Notice("illegal", bait("details, at some length"), bait("reporter"), "quagga-law@secret.example", True)
    report(banned, notice, visitor(ip=NETWORKS[1]), now=now)
    report(banned, Notice("abuse", bait("more details")), visitor(), now=now)
    ScreeningRule.objects.create(key="listed_word", outcome="hold", words=bait("word"))


def hide_a_whole_conversation() -> None:
    """Under an article that was taken back."""
    gone = talk.live(slug="taken-back")
    say(gone, bait("text under what is gone"), name=bait("name"))
    withdraw(gone.article, by=None, now=timezone.now(), reason="It was wrong.")


# --- What is looked for ----------------------------------------------------------------------------------------------


def secrets() -> set[str]:
    """Every private value, in every form that a page could give it."""
    people = {person.address for person in Commenter.objects.filter(address__contains="quagga")}
    people |= {"quagga-law@secret.example", "quagga-stranger@secret.example"}
    networks = {form for ip in NETWORKS for form in (ip, network_of(ip), network_of(ip).split("/")[0])}
    found = {form for value in (people | networks | {BROWSER}) for form in forms_of(value)}
    for column in ("seal", "fingerprint", "words_key"):
        found |= set(Comment.objects.exclude(**{column: None}).values_list(column, flat=True))
    found |= set(Ban.objects.values_list("value", flat=True)) | set(
        ReaderReport.objects.values_list("person", flat=True)
    )
    return (found | {BAIT, "quagga", "secret.example"}) - {""}


def forms_of(value: str) -> Iterator[str]:
    yield from (value, quote(value, safe=""))
    for spelling in {value, value.upper(), f"mailto:{value}", f"{value}\n"}:
        data = spelling.encode()
        yield base64.b64encode(data).decode().rstrip("=")
        for kind in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sha3_256"):
            digest = hashlib.new(kind, data)
            yield from (digest.hexdigest(), base64.b64encode(digest.digest()).decode().rstrip("="))
            yield base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
        yield from (key_of(spelling, purpose) for purpose in PURPOSES)


def told(response: Any) -> str:
    """All that reaches a browser; what is sent while it is made is read to its end."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{response.cookies}\n{body.decode(errors='replace')}".lower()


def under_every_number() -> Iterator[str]:
    for slug in ("night-trains", "taken-back"):
        for key in Comment.objects.values_list("pk", flat=True):
            for place in ("", "yours/", "edit/", "delete/", "vote/", "report/"):
                yield f"/articles/{slug}/comments/{key}/{place}"
            yield f"/articles/{slug}/comments/new/?parent={key}"


def see_all(client: Client) -> dict[str, str]:
    """Everything that can be asked for, by links from everywhere and by guessing, with what is led to."""
    found: dict[str, str] = {}
    asked = ["/", *site.PAGES.values(), *site.FORMS.values(), *under_every_number(), "/comments/mine/export/"]
    waiting = deque([*asked, *(f"{TALK}?order={order}" for order in ("oldest", "valued", "position"))])
    while waiting:
        address = waiting.popleft()
        if address in found or address.startswith(("/static/", "/media/", "/admin/")) or address.endswith(".png"):
            continue
        response = client.get(address)
        found[address] = told(response)
        links = Page(response.content.decode()).links if response["Content-Type"].startswith("text/html") else []
        for link in [*links, response.headers.get("Location", "")]:
            parts = urlsplit(urljoin(f"http://testserver{address}", link))
            if parts.netloc == "testserver":
                waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return found


def try_all(client: Client) -> dict[str, str]:
    """The answers to every post that a stranger can try on a comment that is not theirs."""
    found = {}
    for address in under_every_number():
        for typed in ({}, {"body": "x", "kind": "spam", "value": "1", "name": "Eve", "email": "eve@example.org"}):
            response = client.post(address, typed)
            found[f"{address} {len(typed)}"] = told(response)
    return found


def visitors() -> dict[str, Client]:
    desk = Client()
    desk.force_login(talk.moderator("looking"))
    return {"nobody": Client(), "another reader": browser_of(person("Eve", "eve@example.org")), "a moderator": desk}


def look_for(values: set[str], texts: Iterable[str]) -> set[str]:
    """Those of many values that stand in one of many texts. Pages have most of their lines in common."""
    everything = "\n".join({line for text in texts for line in text.split("\n")})
    return {value for value in values if value in everything}


# --- Looking ---------------------------------------------------------------------------------------------------------


def test_the_bait_is_out() -> None:
    """Without this the other tests could pass because nothing was hidden."""
    assert set(Comment.objects.values_list("state", flat=True)) == STATES
    assert Comment.objects.filter(from_ip__in=NETWORKS, state="visible").count() > 10
    assert Comment.objects.filter(text__contains=BAIT).count() == 7
    assert Revision.objects.filter(text__contains=BAIT).count() == 1
    assert (ReaderReport.objects.count(), Ban.objects.count(), Letter.objects.filter(kind="confirm").count()) == (
        2,
        2,
        1,
    )
    assert len(secrets()) > 1_000
    assert {BAIT, "quagga-voter@secret.example", NETWORKS[0]} <= secrets()
    assert hashlib.md5(b"quagga-voter@secret.example").hexdigest() in secrets()


@pytest.mark.parametrize("who", ["nobody", "another reader", "a moderator"])
def test_no_public_byte_tells_who_wrote_or_what_is_hidden(who: str) -> None:
    client, hidden = visitors()[who], {value.lower() for value in secrets()}
    pages = see_all(client)
    assert len(pages) > 300
    public = {words.lower() for words in PUBLIC}
    assert look_for(public, pages.values()) == public
    assert look_for(hidden, pages.values()) == set(), [a for a, text in pages.items() if BAIT in text]


@pytest.mark.parametrize("who", ["nobody", "another reader", "a moderator"])
def test_no_answer_to_a_post_tells_it_either(who: str) -> None:
    client, hidden = visitors()[who], {value.lower() for value in secrets()}
    assert look_for(hidden, try_all(client).values()) == set()
    assert Comment.objects.filter(text__contains=BAIT).count() == 7


def test_a_moderator_sees_the_same_as_everybody(client: Client) -> None:
    desk = visitors()["a moderator"]
    for address in (*site.PAGES.values(), *site.FORMS.values()):
        assert desk.get(address).content == client.get(address).content, address


def test_authors_see_their_own_and_nobody_elses(client: Client) -> None:
    for reader in Commenter.objects.filter(address__contains="quagga", confirmed_at__isnull=False):
        others = set(Commenter.objects.exclude(pk=reader.pk).values_list("address", flat=True))
        browser = browser_of(reader)
        for address in ("/comments/mine/", "/comments/mine/export/", *site.FORMS.values()):
            text = browser.get(address).content.decode()
            assert not [other for other in others if other in text], address
        assert reader.address in browser.get("/comments/mine/").content.decode()


# --- Who is known ----------------------------------------------------------------------------------------------------


def conditions(edition: Edition) -> dict[str, str]:
    """Addresses about which the site knows as much as can be known, and one about which it knows nothing."""
    now = timezone.now()
    banned = person("Banned", "banned@example.org")
    ban_author(talk.comment(edition, commenter=banned).pk, by=None, now=now)
    person("Muted", "muted@example.org", muted_until=now + timedelta(days=9))
    person("Silent", "silent@example.org", replies="never", decisions=False)
    Commenter.objects.create(address="waiting@example.org", first_seen_at=now)
    for n in range(25):
        talk.say(edition, f"Number {n}.", address="crowded@example.org", now=now)
    talk.comment(edition, "Shown before.", commenter=person("Shown", "shown@example.org"))
    talk.person("Mo", "staff@example.org", user=talk.moderator("staff"))
    names = ("banned", "muted", "silent", "waiting", "crowded", "shown", "staff", "unknown")
    return {name: f"{name}@example.org" for name in names}


@pytest.mark.parametrize("place", [f"{TALK}new/", "/comments/remember/"])
def test_known_and_unknown_addresses_get_the_same_answer(built: Edition, place: str) -> None:
    answers = {}
    for name, address in conditions(built).items():
        response = Client().post(place, {"name": "Rosa", "email": address, "body": "A few words, the same for all."})
        answers[name] = (
            response.status_code,
            response.content,
            tuple(sorted(header for header in response.headers.items() if header[0] != "X-Request-Id")),
            str(response.cookies),
        )
    assert set(answers.values()) == {answers["unknown"]}
    assert answers["unknown"][0] == 303


def test_letters_go_to_one_reader_and_tell_of_no_other() -> None:
    reply = Comment.objects.get(text="Answered in public.")
    author = reply.parent.commenter
    Letter.objects.get_or_create(
        commenter=author, kind="reply", comment=reply, defaults={"made_at": NOW, "due_at": NOW}
    )
    send_due(timezone.now() + timedelta(hours=1))
    assert len(mail.outbox) > 1
    addresses = set(Commenter.objects.values_list("address", flat=True)) | {"quagga-law@secret.example"}
    for letter in mail.outbox:
        (to,) = letter.recipients()
        text = letter.message().as_string()
        assert not [address for address in addresses - {to} if address in text]
        assert not [ip for ip in NETWORKS if ip in text]
        assert BROWSER not in text
