"""Machines that are told: what, when, signed, again and again, and not for ever."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.test import Client

from aisrace.hooks import sending
from aisrace.hooks.events import EVENTS
from aisrace.hooks.models import Delivery, Endpoint
from aisrace.hooks.sending import LONG, PAUSES, send_due
from aisrace.hooks.telling import take_back, tell, tell_hub, tell_test
from aisrace.journal.settling import settle
from articles.announcing import announce_due
from articles.publishing import publish, withdraw
from comments.moderating import approve, hold, reject
from comments.rights import erase_person
from experts.models import Position
from tests import make, talk
from tests.desk import client_of, staff
from tests.make import NOW
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs" / "following.md"


@pytest.fixture
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving(settings, monkeypatch) as found:
        yield found


def endpoint(url: str = "https://receiver.example/", events: list[str] | None = None, **values: Any) -> Endpoint:
    return Endpoint.objects.create(name="Newsroom", url=url, events=[*EVENTS] if events is None else events, **values)


def told() -> list[tuple[str, dict[str, Any]]]:
    rows = Delivery.objects.order_by("pk").values_list("event", "body")
    return [(event, json.loads(body)["data"]) for event, body in rows]


# --- What is told ----------------------------------------------------------------------------------------------------


def test_an_article_is_told_of_as_it_goes(settings: Any) -> None:
    endpoint()
    article = make.article("Night trains", slug="night-trains")
    publish(article, by=None, now=NOW)
    assert told() == []
    announce_due(NOW)
    article.standfirst = "Other words."
    article.save()
    publish(article, by=None, now=NOW + timedelta(hours=1), kind="correction", note="Of words.")
    announce_due(NOW + timedelta(hours=1))
    article.standfirst = "Newer words."
    article.save()
    publish(article, by=None, now=NOW + timedelta(hours=2))
    announce_due(NOW + timedelta(hours=2))
    withdraw(article, by=None, now=NOW + timedelta(hours=3), reason="Wrong.")
    assert [event for event, _ in told()] == [
        "article.published",
        "article.corrected",
        "article.updated",
        "article.withdrawn",
    ]
    assert told()[1][1] == {
        "article": article.pk,
        "slug": "night-trains",
        "headline": "Night trains",
        "edition": 2,
        "kind": "correction",
        "note": "Of words.",
        "live_at": "2025-07-01T13:00:00+00:00",
        "page": f"{settings.SITE_URL}/articles/night-trains/",
        "url": f"{settings.SITE_URL}/api/v1/articles/night-trains/",
    }


def test_a_scheduled_edition_is_told_of_when_it_is_live() -> None:
    endpoint()
    later = NOW + timedelta(days=1)
    publish(make.article(), by=None, now=NOW, at=later)
    announce_due(NOW)
    assert told() == []
    announce_due(later)
    assert [event for event, _ in told()] == ["article.published"]


def test_what_was_withdrawn_before_it_was_told_is_only_told_as_withdrawn() -> None:
    endpoint()
    article = make.article()
    publish(article, by=None, now=NOW)
    withdraw(article, by=None, now=NOW, reason="Wrong.")
    announce_due(NOW)
    assert [event for event, _ in told()] == ["article.withdrawn"]


def test_news_of_an_article_is_not_sent_once_it_is_withdrawn(receiver: Receiver) -> None:
    endpoint(receiver.address())
    article, other = make.article("Night trains", slug="night-trains"), make.article("Day boats", slug="day-boats")
    for each in (article, other):
        publish(each, by=None, now=NOW)
    announce_due(NOW)
    withdraw(article, by=None, now=NOW + timedelta(minutes=1), reason="Wrong.")
    while send_due(NOW + timedelta(minutes=2)):
        pass
    sent = [json.loads(message.body) for message in receiver.got]
    assert [(message["type"], message["data"]["slug"]) for message in sent] == [
        ("article.published", "day-boats"),
        ("article.withdrawn", "night-trains"),
    ]
    kept = Delivery.objects.get(event="article.published", done_at=None)
    assert (kept.called_off, kept.attempts) == ("The article was withdrawn.", 0)
    boss = client_of(staff("boss", "administrator"))
    assert "Not sent: The article was withdrawn." in boss.get("/admin/hooks/delivery/").text
    send_due(NOW + timedelta(days=31))
    assert not Delivery.objects.exists()


def test_news_of_a_withdrawn_article_cannot_be_sent_again(receiver: Receiver) -> None:
    endpoint(receiver.address())
    article = make.article("Night trains")
    publish(article, by=None, now=NOW)
    announce_due(NOW)
    send_due(NOW)
    withdraw(article, by=None, now=NOW, reason="Wrong.")
    boss = client_of(staff("boss", "administrator"))
    again = {"action": "send_again", "_selected_action": [row.pk for row in Delivery.objects.all()]}
    answer = boss.post("/admin/hooks/delivery/", again, follow=True)
    assert "On its way again: 1. No longer so, and not sent: 1." in answer.text
    send_due(Delivery.objects.get(event="article.withdrawn").due_at)
    assert [json.loads(message.body)["type"] for message in receiver.got] == ["article.published", "article.withdrawn"]


def test_news_that_fails_while_it_is_called_off_is_not_tried_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.status = 503
    endpoint(receiver.address())
    article = make.article()
    publish(article, by=None, now=NOW)
    announce_due(NOW)
    claim = sending.claim

    def claim_and_withdraw(delivery: Delivery, now: Any) -> bool:
        claimed = claim(delivery, now)
        if delivery.event == "article.published":
            withdraw(article, by=None, now=NOW, reason="Wrong.")
        return claimed

    monkeypatch.setattr(sending, "claim", claim_and_withdraw)
    send_due(NOW)
    assert [delivery.event for delivery in Delivery.objects.due(NOW + timedelta(days=2))] == ["article.withdrawn"]


def test_a_withdrawal_that_is_taken_back_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint()
    article = make.article()
    publish(article, by=None, now=NOW)
    monkeypatch.setattr("articles.publishing.tell_machines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        withdraw(article, by=None, now=NOW, reason="Wrong.")
    assert not article.editions.filter(kind="withdrawal").exists()


def test_a_comment_is_told_of_when_everybody_can_read_it() -> None:
    endpoint()
    edition = talk.live()
    comment = talk.held(edition, "Well said.", commenter=talk.person())
    approve(comment.pk, by=None, now=NOW)
    ((event, data),) = told()
    assert (event, data["comment"], data["name"]) == ("comment.approved", comment.pk, comment.name)
    assert "Well said." in data["html"]
    assert comment.commenter.address not in Delivery.objects.get().body
    assert "@" not in Delivery.objects.get().body
    hold(comment.pk, by=None, now=NOW)
    withdraw(edition.article, by=None, now=NOW + timedelta(days=1), reason="Wrong.")
    Delivery.objects.all().delete()
    approve(comment.pk, by=None, now=NOW + timedelta(days=1))
    assert told() == []


def test_what_an_author_takes_back_is_not_kept() -> None:
    endpoint()
    edition = talk.live()
    reader = talk.person()
    hidden, erased = (talk.held(edition, words, commenter=reader) for words in ("Hide me.", "Erase me."))
    for comment in (hidden, erased):
        approve(comment.pk, by=None, now=NOW)
    assert len(told()) == 2
    reject(hidden.pk, "off_topic", by=None, now=NOW)
    assert [data["comment"] for _, data in told()] == [erased.pk]
    Delivery.objects.update(done_at=NOW)
    erase_person(reader, now=NOW)
    assert not Delivery.objects.exists()


def test_nobody_is_told_what_they_did_not_ask_for() -> None:
    endpoint(events=["article.withdrawn"])
    endpoint(is_active=False)
    assert tell("article.published", {}, NOW) == 0
    assert tell("article.withdrawn", {}, NOW) == 1


# --- How it is sent --------------------------------------------------------------------------------------------------


def test_a_message_is_signed(receiver: Receiver) -> None:
    """Checked by the example of the documentation, which is run here as it stands there."""
    to = endpoint(receiver.address())
    tell("article.published", {"headline": "“Ärger” \u2028 <b>"}, NOW)
    assert send_due(NOW) == 1
    (message,) = receiver.got
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.answer, delivery.attempts, delivery.claimed_until) == (200, "Thanks.", 1, None)
    assert delivery.done_at
    assert json.loads(message.body)["data"]["headline"] == "“Ärger” \u2028 <b>"
    assert message.headers["webhook-id"] == delivery.key
    example: dict[str, Any] = {}
    (code,) = re.findall(r"```python\n(.*?def is_genuine.*?)```", DOCS.read_text(), re.DOTALL)
    exec(code, example)
    is_genuine = example["is_genuine"]
    body = message.body.encode()
    assert is_genuine(to.secret, message.headers, body)
    assert not is_genuine(to.secret, message.headers, body + b" ")
    assert not is_genuine(endpoint().secret, message.headers, body)
    for name, value in (("webhook-id", "msg_other"), ("webhook-signature", "v1,"), ("webhook-timestamp", "1")):
        assert not is_genuine(to.secret, message.headers | {name: value}, body)
    with time_machine.travel(time.time() + 301, tick=False):
        assert not is_genuine(to.secret, message.headers, body)
    assert send_due(NOW) == 0


def test_failures_are_tried_again_and_given_up(receiver: Receiver) -> None:
    receiver.status, receiver.says = 503, b"x" * 2000 + b"\0"
    to = endpoint(receiver.address())
    tell("article.published", {}, NOW)
    moment = NOW
    for pause in PAUSES:
        assert send_due(moment) == 1
        delivery = Delivery.objects.get()
        assert delivery.due_at - moment - pause < timedelta(seconds=5)
        assert (delivery.status, len(delivery.answer), delivery.done_at) == (503, 500, None)
        assert send_due(moment) == 0
        Endpoint.objects.update(is_active=True, failing_since=None)
        moment = delivery.due_at
    assert send_due(moment) == 1
    assert Delivery.objects.get().given_up_at
    assert send_due(moment + LONG) == 0
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    assert len(receiver.got) == 10
    assert to.deliveries.get().attempts == 10


def test_an_endpoint_that_fails_for_days_is_switched_off_and_on_again(receiver: Receiver) -> None:
    receiver.status = 500
    to = endpoint(receiver.address())
    tell("article.published", {}, NOW)
    send_due(NOW)
    to.refresh_from_db()
    assert (to.is_active, to.failing_since is not None) == (True, True)
    Delivery.objects.update(due_at=NOW + LONG)
    send_due(NOW + LONG + timedelta(seconds=10))
    to.refresh_from_db()
    assert (to.is_active, to.disabled_at is not None) == (False, True)
    assert send_due(NOW + 3 * LONG) == 0
    home = client_of(staff("boss", "administrator")).get("/admin/").text
    assert "Endpoints that were switched off" in home
    assert "Endpoints that were switched off" not in client_of(staff("writer", "editor")).get("/admin/").text
    receiver.status = 204
    to.is_active = True
    to.save()
    assert send_due(NOW + 3 * LONG) == 1
    to.refresh_from_db()
    assert (to.disabled_at, to.failing_since) == (None, None)


def test_whoever_says_to_be_gone_is_not_asked_again(receiver: Receiver) -> None:
    receiver.status = 410
    to = endpoint(receiver.address())
    tell("article.published", {}, NOW)
    send_due(NOW)
    to.refresh_from_db()
    assert not to.is_active


def test_nobody_waits_for_a_slow_one(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "QUICK", 0.2)
    receiver.waits = 0.5
    slow, quick = endpoint(receiver.address(path="/slow")), endpoint(receiver.address(path="/quick"))
    for _ in range(3):
        tell("article.published", {}, NOW)
    began = time.monotonic()
    assert send_due(NOW) == 4
    assert time.monotonic() - began < 3
    assert quick.deliveries.exclude(done_at=None).count() == 3
    assert slow.deliveries.exclude(done_at=None).count() == 1


def test_what_is_claimed_is_left_to_its_claimer_until_that_is_gone(receiver: Receiver) -> None:
    endpoint(receiver.address())
    tell("article.published", {}, NOW)
    (delivery,) = sending.choose(NOW, set())
    assert sending.claim(delivery, NOW)
    assert not sending.claim(delivery, NOW)
    assert send_due(NOW + timedelta(seconds=299)) == 0
    assert send_due(NOW + timedelta(seconds=300)) == 1


def test_addresses_inside_are_never_told(receiver: Receiver, settings: Any) -> None:
    settings.FETCH_ALLOWED = []
    endpoint(receiver.address())
    tell("article.published", {}, NOW)
    send_due(NOW)
    assert receiver.got == []
    assert "not a public address" in Delivery.objects.get().error


def test_old_deliveries_are_forgotten(receiver: Receiver) -> None:
    endpoint(receiver.address())
    tell("article.published", {}, NOW - timedelta(days=40))
    send_due(NOW)
    assert Delivery.objects.count() == 1
    send_due(NOW)
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_sending_nothing_asks_little(django_assert_num_queries: Any, count: int) -> None:
    for _ in range(count):
        endpoint()
    with django_assert_num_queries(2):
        assert send_due(NOW) == 0


# --- The hub ---------------------------------------------------------------------------------------------------------


def test_the_hub_is_told_which_feeds_have_news(receiver: Receiver, settings: Any) -> None:
    settings.WEBSUB_HUB = receiver.address(path="/hub")
    article = make.article(authors=[make.author(slug="nell")])
    article.topics.set([make.topic(slug="trains")])
    publish(article, by=None, now=NOW)
    announce_due(NOW)
    send_due(NOW)
    sent = parse_qs(receiver.got[0].body)
    assert sent["hub.mode"] == ["publish"]
    paths = [url.removeprefix(settings.SITE_URL) for url in sent["hub.url"]]
    assert paths == [
        f"{place}/feed.{form}" for place in ("", "/topics/trains", "/authors/nell") for form in ("atom", "json")
    ]
    feed = Client().get("/feed.atom")
    assert f'rel="hub" href="{settings.WEBSUB_HUB}"' in feed.text or f'href="{settings.WEBSUB_HUB}"' in feed.text
    withdraw(article, by=None, now=NOW, reason="Wrong.")
    send_due(NOW)
    assert parse_qs(receiver.got[1].body) == sent


def test_the_hub_is_told_of_positions(settings: Any) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    make.position(make.expert(slug="ada"), make.question(slug="trains"))
    settle(NOW)
    paths = [url.removeprefix(settings.SITE_URL) for url in parse_qs(Delivery.objects.get().body)["hub.url"]]
    assert paths == [
        f"{place}/feed.{form}" for place in ("/experts/ada", "/questions/trains") for form in ("atom", "json")
    ]


def test_without_a_hub_nobody_is_told(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert tell_hub(["https://example.org/"], NOW) == 0


# --- In the desk -----------------------------------------------------------------------------------------------------


def test_the_desk(receiver: Receiver) -> None:
    boss = client_of(staff("boss", "administrator"))
    sent = {"name": "Mirror", "url": receiver.address(), "events": ["article.published"], "is_active": "on"}
    made = boss.post("/admin/hooks/endpoint/add/", sent)
    to = Endpoint.objects.get()
    assert to.secret in made.text
    assert made["Cache-Control"].count("no-store")
    change = f"/admin/hooks/endpoint/{to.pk}/change/"
    assert to.secret not in boss.get(change).text
    test = {"action": "send_a_test", "_selected_action": [to.pk]}
    assert boss.post("/admin/hooks/endpoint/", test).status_code == 302
    send_due(Delivery.objects.get().due_at)
    assert json.loads(receiver.got[0].body)["type"] == "test"
    assert "Delivered" in boss.get("/admin/hooks/delivery/").text
    again = {"action": "send_again", "_selected_action": [Delivery.objects.get().pk]}
    boss.post("/admin/hooks/delivery/", again)
    send_due(Delivery.objects.get().due_at)
    assert [message.headers["webhook-id"] for message in receiver.got] == [Delivery.objects.get().key] * 2
    renewed = boss.post("/admin/hooks/endpoint/", {"action": "change_the_secret", "_selected_action": [to.pk]})
    old, to = to.secret, Endpoint.objects.get()
    assert to.secret != old
    assert to.secret in renewed.text
    assert client_of(staff("writer", "editor")).get(change).status_code == 403


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "Only addresses with http:// or https:// can be asked."),
        ("http://user:pw@example.org/", "must not hold a name or a password"),
        ("https://example.org:22/", "Port 22 is not one of those that are asked: 80, 443, 8443."),
        ("javascript:alert(1)", "Enter a valid URL."),
        *(
            (f"https://{host}/hook", "is not a public address.")
            for host in ("127.0.0.1", "10.1.2.3:8443", "169.254.169.254", "[::1]", "[fd12::1]:443", "localhost")
        ),
    ],
)
def test_what_cannot_be_told_is_refused_at_once(url: str, why: str) -> None:
    boss = client_of(staff("boss", "administrator"))
    sent = {"name": "Mirror", "url": url, "events": ["article.published"], "is_active": "on"}
    answer = boss.post("/admin/hooks/endpoint/add/", sent)
    assert answer.status_code == 200
    assert why in answer.text
    assert not Endpoint.objects.exists()


def test_what_operators_allow_can_be_entered(settings: Any) -> None:
    settings.FETCH_ALLOWED, settings.FETCH_PORTS = [ip_network("10.1.0.0/16")], [9000]
    boss = client_of(staff("boss", "administrator"))
    sent = {"name": "Mirror", "url": "http://10.1.2.3:9000/", "events": ["article.published"], "is_active": "on"}
    boss.post("/admin/hooks/endpoint/add/", sent)
    assert Endpoint.objects.get().url == sent["url"]


def test_a_test_is_sent_whatever_was_asked_for() -> None:
    assert tell_test(endpoint(events=[]), NOW).pk


def test_positions_are_told_of_once_they_are_public(settings: Any) -> None:
    endpoint()
    later = NOW + timedelta(days=1)
    position = make.position(make.expert(slug="ada"), make.question(), public_at=later)
    settle(NOW)
    assert told() == []
    settle(later)
    ((event, data),) = told()
    assert event == "position.recorded"
    assert [row["id"] for row in data["positions"]] == [position.pk]
    assert data["positions"][0]["url"] == f"{settings.SITE_URL}/api/v1/positions/{position.pk}/"
    Position.objects.update(summary="Other words.")
    settle(later)
    assert len(told()) == 1


def test_positions_that_are_taken_back_are_told_of_no_more() -> None:
    endpoint()
    expert = make.expert(slug="ada")
    kept, wrong = (make.position(expert, make.question(), summary=words) for words in ("Stays.", "Libel."))
    settle(NOW)
    delivery = Delivery.objects.get()
    assert {row["id"] for row in json.loads(delivery.body)["data"]["positions"]} == {kept.pk, wrong.pk}
    Position.objects.filter(pk=wrong.pk).update(public_at=None)
    settle(NOW)
    delivery.refresh_from_db()
    assert [row["id"] for row in json.loads(delivery.body)["data"]["positions"]] == [kept.pk]
    assert "Libel" not in delivery.body
    Position.objects.filter(pk=kept.pk).update(public_at=None)
    settle(NOW)
    assert not Delivery.objects.exists()


def test_what_was_taken_back_cannot_be_sent_again(receiver: Receiver) -> None:
    endpoint(receiver.address())
    tell("comment.approved", {"html": "An insult."}, NOW, subject="comment 7")
    send_due(NOW)
    take_back("comment 7")
    delivery = Delivery.objects.get()
    assert delivery.done_at
    assert delivery.body == ""
    boss = client_of(staff("boss", "administrator"))
    again = {"action": "send_again", "_selected_action": [delivery.pk]}
    boss.post("/admin/hooks/delivery/", again)
    delivery.refresh_from_db()
    assert delivery.done_at


def test_one_that_is_forgotten_on_its_way_holds_back_no_other(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        endpoint(receiver.address())
    tell("article.published", {}, NOW)
    first = Delivery.objects.order_by("pk")[0]
    claim = sending.claim

    def claim_and_forget(delivery: Delivery, now: Any) -> bool:
        claimed = claim(delivery, now)
        if delivery.pk == first.pk:
            Delivery.objects.filter(pk=first.pk).delete()
        return claimed

    monkeypatch.setattr(sending, "claim", claim_and_forget)
    assert send_due(NOW) == 2
    assert Delivery.objects.get().done_at
