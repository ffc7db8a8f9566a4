"""The pages around an article in the desk: nothing is published unseen, by accident or by who may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.models import Deed
from articles.models import Article, Edition, PreviewLink, Section
from articles.publishing import publish, withdraw
from articles.reviewing import return_to_author, submit
from experts.models import Expert, Position
from tests import make
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
READING = ["publish", "withdraw", "review", "links", "preview"]
WRITING = ["unschedule", "submit", "take-back", "send-back", "links_revoke"]


def address(article: Article, name: str = "publish") -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk])


def sign_in(client: Client, group: str, name: str = "reporter") -> Any:
    user = make.user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def post(client: Client, article: Article, **values: Any) -> Any:
    """What the page would send, as it is at this moment."""
    seen = client.get(address(article)).context["form"]["seen"].value()
    return client.post(address(article), {"seen": seen, "when": "now", "zone": "UTC"} | values, follow=True)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def rewrite(article: Article, body: str = "<p>It begins anew.</p>") -> None:
    Article.objects.filter(pk=article.pk).update(body=body)


def publish_and_rewrite(article: Article) -> None:
    publish(article, by=None, now=timezone.now())
    rewrite(article, "<p>Third.</p>")


@pytest.fixture
def live() -> Article:
    article = make.article("Trains")
    publish(article, by=None, now=timezone.now() - DAY)
    rewrite(article)
    return article


def state() -> tuple[Any, ...]:
    rows = (Article, Edition, Expert, Position, Deed, PreviewLink)
    return tuple(list(model._default_manager.order_by("pk").values()) for model in rows)


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_looking_changes_nothing(admin_client: Client, live: Article) -> None:
    submit(live, by=None, now=timezone.now())
    before = state()
    for name in READING:
        assert admin_client.get(address(live, name)).status_code == 200, name
    for name in WRITING:
        assert admin_client.get(address(live, name)).status_code == 405, name
    assert state() == before


def test_nobody_without_an_account_gets_anywhere(client: Client, live: Article) -> None:
    before = state()
    for name in [*READING, *WRITING]:
        for response in (client.get(address(live, name)), client.post(address(live, name))):
            assert response.status_code == 302, name
            assert "Trains" not in response.text
    assert state() == before


def test_the_article_of_another_does_not_exist(client: Client, live: Article) -> None:
    sign_in(client, "contributor")
    before = state()
    for name in [*READING, *WRITING]:
        assert client.get(address(live, name)).status_code == 404, name
        assert client.post(address(live, name), {"note": "x", "lasts": "1 day"}).status_code == 404, name
    assert state() == before


def test_contributors_hand_in_and_do_not_publish(client: Client) -> None:
    article = make.article(entered_by=sign_in(client, "contributor"))
    for name in ("publish", "withdraw", "unschedule", "send-back"):
        assert client.get(address(article, name)).status_code == 403, name
        assert client.post(address(article, name), {"when": "now", "zone": "UTC"}).status_code == 403, name
    assert not Edition.objects.exists()
    page = client.get(address(article, "review")).text
    assert address(article) not in page
    assert client.get(address(article, "preview")).status_code == 200
    client.post(address(article, "links"), {"lasts": "1 day"})
    assert PreviewLink.objects.count() == 1


def test_who_may_publish_but_not_edit_does_not(client: Client, live: Article) -> None:
    user = sign_in(client, "moderator")
    user.user_permissions.add(*Group.objects.get(name="editor").permissions.filter(codename="publish_article"))
    assert client.get(address(live)).status_code in (403, 404)
    assert client.post(address(live)).status_code in (403, 404)


def test_what_is_not_there(admin_client: Client) -> None:
    for name in [*READING, *WRITING]:
        assert admin_client.get(reverse(f"admin:articles_article_{name}", args=[404])).status_code == 404


def test_a_forged_form_is_refused(live: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "editor")
    for name in ["publish", "withdraw", "links", *WRITING]:
        assert client.post(address(live, name), {"when": "now"}).status_code == 403, name


def test_nothing_is_published_from_the_list(admin_client: Client) -> None:
    article = make.article()
    form = {"action": "publish_now", "_selected_action": [article.pk]}
    admin_client.post(reverse("admin:articles_article_changelist"), form)
    assert not Edition.objects.exists()


# --- Now -------------------------------------------------------------------------------------------------------------


def test_a_first_edition(admin_client: Client) -> None:
    article = make.article("Trains")
    page = admin_client.get(address(article))
    assert "All of it is new to them" in page.text
    assert 'name="kind"' not in page.text
    assert said(post(admin_client, article)) == ["Edition 1 is live."]
    edition = Edition.objects.get()
    assert (edition.number, edition.kind) == (1, "first")
    assert str(Deed.objects.get(verb="published").by) == "admin"


@pytest.mark.parametrize(("kind", "note"), [("update", ""), ("correction", "It was two."), ("typo", "")])
def test_an_update_chooses_its_kind(admin_client: Client, live: Article, kind: str, note: str) -> None:
    assert said(post(admin_client, live, kind=kind, note=note)) == ["Edition 2 is live."]
    edition = Edition.objects.get(number=2)
    assert (edition.kind, edition.note) == (kind, note)


@pytest.mark.parametrize("kind", ["correction", "clarification"])
def test_these_need_a_note(admin_client: Client, live: Article, kind: str) -> None:
    page = post(admin_client, live, kind=kind, note=" ")
    assert "Tell readers what was" in page.text
    assert f'value="{kind}" checked' in page.text
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("kind", ["first", "withdrawal", "x"])
def test_no_other_kinds(admin_client: Client, live: Article, kind: str) -> None:
    post(admin_client, live, kind=kind, note="x")
    assert Edition.objects.count() == 1


def test_the_page_shows_what_would_change_word_by_word(admin_client: Client, live: Article) -> None:
    Position.objects.update(summary="Said <b>otherwise</b>.")
    page = admin_client.get(address(live))
    shown = Page(page.text)
    assert {"Introduction", "Ada Fernwick on “Will night trains outrun planes?”"} <= {e.text for e in shown.find("dt")}
    assert "begins anew." in [e.text for e in shown.find("ins")]
    assert "begins." in [e.text for e in shown.find("del")]
    assert "&lt;b&gt;otherwise&lt;/b&gt;" in page.text


def test_the_checklist_leads_to_where_it_is_mended(admin_client: Client) -> None:
    article = make.article(standfirst="", verdict="<p>So.</p>", authors=[])
    Position.objects.filter(expert__name="Bo Quillane").delete()
    position = Position.objects.get()
    Position.objects.update(source=None)
    links = Page(admin_client.get(address(article)).text)
    found = {e.text: e["href"] for e in links.find("a")}
    form = reverse("admin:articles_article_change", args=[article.pk])
    assert found["Write a standfirst: a sentence or two under the headline."] == f"{form}#id_standfirst"
    assert found["Name at least one author."] == f"{form}#byline_set-group"
    assert found["Choose the positions that the verdict rests on."] == f"{form}#id_verdict_positions"
    (source,) = [href for text, href in found.items() if text.endswith("has no source.")]
    assert source == reverse("admin:experts_position_change", args=[position.pk])
    (silent,) = [href for text, href in found.items() if text.startswith("Bo Quillane has no position")]
    expert, question = Expert.objects.get(name="Bo Quillane"), article.questions.get()
    assert silent == f"{reverse('admin:experts_position_add')}?expert={expert.pk}&question={question.pk}"
    for target in found.values():
        if target.startswith(form):
            place = target.partition("#")[2]
            assert not place or f'id="{place}"' in admin_client.get(form).text


def test_what_is_not_ready_has_no_button_and_is_not_published(admin_client: Client) -> None:
    article = make.article(standfirst="")
    assert "data-publishing" not in admin_client.get(address(article)).text
    page = post(admin_client, article)
    assert "Write a standfirst" in page.text
    assert not Edition.objects.exists()


def test_where_nothing_has_changed_there_is_nothing_to_publish(admin_client: Client) -> None:
    article = make.article()
    publish(article, by=None, now=timezone.now() - DAY)
    page = admin_client.get(address(article)).text
    assert "the working copy is what readers have" in page
    assert "data-publishing" not in page
    assert said(post(admin_client, article)) == ["Nothing has changed since edition 1; nothing was published."]
    assert Edition.objects.count() == 1


# --- By accident -----------------------------------------------------------------------------------------------------


def test_sent_twice_it_is_published_once(admin_client: Client, live: Article) -> None:
    seen = admin_client.get(address(live)).context["form"]["seen"].value()
    form = {"seen": seen, "kind": "update", "when": "now", "zone": "UTC"}
    answers = [admin_client.post(address(live), form, follow=True) for _ in range(2)]
    assert [said(answer) for answer in answers] == [["Edition 2 is live."]] * 2
    assert Edition.objects.count() == 2


def test_scheduled_twice_it_is_scheduled_once(admin_client: Client, live: Article) -> None:
    seen = admin_client.get(address(live)).context["form"]["seen"].value()
    day = (timezone.localdate() + DAY).isoformat()
    form = {"seen": seen, "kind": "update", "when": "later", "day": day, "time": "09:00", "zone": "UTC"}
    answers = [admin_client.post(address(live), form, follow=True) for _ in range(2)]
    assert said(answers[0]) == said(answers[1])
    assert Edition.objects.count() == 2


@pytest.mark.parametrize(
    "meddle",
    [
        lambda article: Article.objects.update(version=7),
        lambda article: Section.objects.update(body="<p>Else.</p>"),
        lambda article: Position.objects.update(summary="Something else."),
        publish_and_rewrite,
        lambda article: withdraw(article, by=None, now=timezone.now(), reason="Wrong."),
    ],
)
def test_what_moved_meanwhile_is_told_and_not_published(admin_client: Client, live: Article, meddle: Any) -> None:
    seen = admin_client.get(address(live)).context["form"]["seen"].value()
    meddle(live)
    before = Edition.objects.count()
    form = {"seen": seen, "kind": "correction", "note": "It was two.", "when": "now", "zone": "UTC"}
    page = admin_client.post(address(live), form)
    assert page.status_code == 409
    assert "It has changed since you opened this page. Nothing was published." in page.text
    assert "It was two." in page.text
    assert Edition.objects.count() == before
    fresh = page.context["form"]["seen"].value()
    assert fresh != seen
    assert admin_client.post(address(live), form | {"seen": fresh}).status_code == 302
    assert Edition.objects.count() == before + 1


@pytest.mark.parametrize("seen", ["", "x", "1.1.2025-01-01.x"])
def test_a_form_that_nobody_saw_publishes_nothing(admin_client: Client, live: Article, seen: str) -> None:
    form = {"seen": seen, "kind": "update", "when": "now", "zone": "UTC"}
    assert admin_client.post(address(live), form).status_code in (200, 409)
    assert Edition.objects.count() == 1


# --- At a time -------------------------------------------------------------------------------------------------------


def next_change(month: int) -> str:
    """The last Sunday of the month in which clocks in Europe change, next year."""
    day = datetime(timezone.localdate().year + 1, month, 31, tzinfo=UTC)
    return (day - timedelta(days=(day.weekday() + 1) % 7)).date().isoformat()


def later(client: Client, article: Article, **values: Any) -> Any:
    return post(client, article, **{"when": "later", "zone": "Europe/Berlin", "kind": "update"} | values)


def test_at_a_time_in_the_editors_zone(admin_client: Client, live: Article) -> None:
    day = f"{timezone.localdate().year + 1}-07-10"
    admin_client.cookies["desk_zone"] = "Europe/Berlin"
    page = later(admin_client, live, day=day, time="09:00")
    edition = Edition.objects.get(number=2)
    assert edition.live_at == datetime.fromisoformat(f"{day}T07:00:00+00:00")
    (told,) = said(page)
    assert told.startswith(f"Edition 2 goes live on 10 July {day[:4]}, 09:00 CEST (UTC+02:00) (in ")
    assert Edition.objects.live(timezone.now()).get().number == 1
    assert "10 July" in page.text
    assert "data-publishing" not in page.text


def test_the_zone_is_that_of_the_browser_whatever_the_schedules(admin_client: Client, live: Article) -> None:
    first = admin_client.get(address(live)).text
    assert "data-preset" in first
    assert 'value="UTC" selected' in first
    admin_client.cookies["desk_zone"] = "Asia/Kathmandu"
    later(admin_client, live, day="", time="", zone="America/New_York")
    page = admin_client.get(address(live)).text
    assert "data-preset" not in page
    assert 'value="Asia/Kathmandu" selected' in page


def test_a_skipped_time_is_refused_and_the_next_named(admin_client: Client, live: Article) -> None:
    page = later(admin_client, live, day=next_change(3), time="02:30")
    assert "There is no 02:30 on" in page.text
    assert "03:00 CEST (UTC+02:00)" in page.text
    assert Edition.objects.count() == 1


def test_a_doubled_time_is_asked_about(admin_client: Client, live: Article) -> None:
    day = next_change(10)
    page = later(admin_client, live, day=day, time="02:30")
    assert "02:30 comes twice. Which do you mean?" in page.text
    assert [words for _, words in page.context["form"].folds] == ["02:30 CEST (UTC+02:00)", "02:30 CET (UTC+01:00)"]
    assert Edition.objects.count() == 1
    later(admin_client, live, day=day, time="02:30", fold="1")
    assert Edition.objects.get(number=2).live_at == datetime.fromisoformat(f"{day}T01:30:00+00:00")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"day": "", "time": "09:00"}, "On which day?"),
        ({"day": "2027-05-04", "time": ""}, "At what time?"),
        ({"day": "0001-01-01", "time": "00:00", "zone": "Asia/Tokyo"}, "Choose a day from today on"),
        ({"day": "9999-12-31", "time": "23:59", "zone": "America/New_York"}, "Choose a day from today on"),
        ({"day": "2027-02-30", "time": "09:00"}, "Enter a valid date"),
        ({"day": "2027-05-04", "time": "25:00"}, "Enter a valid time"),
        ({"day": timezone.localdate().isoformat(), "time": "00:00", "zone": "Pacific/Kiritimati"}, "in the past"),
    ],
)
def test_times_that_make_no_sense(admin_client: Client, live: Article, values: dict[str, str], reason: str) -> None:
    assert reason in later(admin_client, live, **values).text
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("zone", ["", "Berlin", "../../etc/passwd"])
def test_zones_that_are_none(admin_client: Client, live: Article, zone: str) -> None:
    later(admin_client, live, day="2027-05-04", time="09:00", zone=zone)
    assert Edition.objects.count() == 1


def test_what_is_scheduled_is_taken_back(admin_client: Client, live: Article) -> None:
    publish(live, by=None, now=timezone.now(), at=timezone.now() + DAY)
    page = admin_client.get(address(live))
    assert "Edition 2 is scheduled" in page.text
    assert "(in 23 hours)" in page.text
    assert "The working copy has changed since" not in page.text
    rewrite(live, "<p>Third.</p>")
    assert "The working copy has changed since; that is not in it." in admin_client.get(address(live)).text
    answer = admin_client.post(address(live, "unschedule"), {"edition": 1}, follow=True)
    assert said(answer) == ["That edition is not scheduled any more."]
    answer = admin_client.post(address(live, "unschedule"), {"edition": 2}, follow=True)
    assert said(answer) == ["Edition 2 is taken back. It stays a draft."]
    assert said(admin_client.post(address(live, "unschedule"), {"edition": 2}, follow=True))[0].startswith("That")
    assert Edition.objects.count() == 1


# --- Withdraw --------------------------------------------------------------------------------------------------------


def test_withdrawing_is_asked_about_first(admin_client: Client, live: Article) -> None:
    page = admin_client.get(address(live, "withdraw"))
    assert "410" in page.text
    form = {"edition": 1, "reason": "Two sources were wrong."}
    answer = admin_client.post(address(live, "withdraw"), form, follow=True)
    assert said(answer) == ["It is withdrawn. Readers see the reason in its place."]
    assert "“Two sources were wrong.”" in answer.text
    assert Edition.objects.newest(timezone.now()).get().is_withdrawal
    assert admin_client.get(live.get_absolute_url()).status_code == 410
    assert said(admin_client.post(address(live, "withdraw"), form, follow=True)) == ["Nothing of it is live."]
    assert said(post(admin_client, live, kind="update")) == ["Edition 3 is live."]


def test_back_as_it_was(admin_client: Client) -> None:
    article = make.article()
    publish(article, by=None, now=timezone.now() - DAY)
    withdraw(article, by=None, now=timezone.now() - HOUR, reason="Wrong.")
    assert "it would be back as it was before it was withdrawn" in admin_client.get(address(article)).text
    assert said(post(admin_client, article, kind="update")) == ["Edition 3 is live."]


@pytest.mark.parametrize("reason", ["", " ", "\u202e"])
def test_a_withdrawal_needs_a_reason(admin_client: Client, live: Article, reason: str) -> None:
    answer = admin_client.post(address(live, "withdraw"), {"edition": 1, "reason": reason}, follow=True)
    assert "Tell readers why it is withdrawn." in answer.text
    assert Edition.objects.count() == 1


def test_an_edition_that_came_meanwhile_is_not_withdrawn(admin_client: Client, live: Article) -> None:
    publish(live, by=None, now=timezone.now())
    answer = admin_client.post(address(live, "withdraw"), {"edition": 1, "reason": "Wrong."})
    assert "Another edition has come since you opened this page" in answer.text
    assert "Wrong." in answer.text
    assert answer.context["form"]["edition"].value() == 2
    assert not Edition.objects.filter(kind="withdrawal").exists()


def test_what_was_never_live_is_not_withdrawn(admin_client: Client) -> None:
    article = make.article()
    assert said(admin_client.get(address(article, "withdraw"), follow=True)) == ["Nothing of it is live."]


# --- Review ----------------------------------------------------------------------------------------------------------


def test_from_hand_to_hand(client: Client) -> None:
    author = sign_in(client, "contributor")
    article = make.article(entered_by=author, standfirst="")
    page = client.get(address(article, "review")).text
    assert "Write a standfirst" in page
    assert said(client.post(address(article, "submit"), {"note": "Look <b>twice</b>."}, follow=True)) == [
        "It awaits review."
    ]
    assert said(client.post(address(article, "submit"), follow=True))[0].startswith("Somebody was faster")

    sign_in(editor := Client(), "editor", "editor")
    page = editor.get(address(article, "review")).text
    assert "Look &lt;b&gt;twice&lt;/b&gt;." in page
    assert "Say what is to be done" in editor.post(address(article, "send-back"), {"note": " "}).text
    assert said(editor.post(address(article, "send-back"), {"note": "A standfirst, please."}, follow=True)) == [
        "It is returned with your note."
    ]
    for name in ("review", "change"):
        assert "A standfirst, please." in client.get(address(article, name)).text
    client.post(address(article, "submit"), follow=True)
    assert said(client.post(address(article, "take-back"), follow=True)) == ["It is taken back. Go on writing."]

    client.post(address(article, "submit"))
    Article.objects.update(standfirst="Two who know the tracks.")
    assert said(post(editor, article)) == ["Edition 1 is live."]
    article.refresh_from_db()
    assert article.submitted_at is None


def test_a_note_that_is_too_long_is_kept_in_the_form(client: Client) -> None:
    article = make.article(entered_by=sign_in(client, "contributor"))
    page = client.post(address(article, "submit"), {"note": "n" * 2001})
    assert page.status_code == 200
    assert "n" * 2001 in page.text
    assert Article.objects.get().submitted_at is None


# --- In the article's form -------------------------------------------------------------------------------------------


def test_the_form_says_where_the_article_stands(admin_client: Client) -> None:
    article, now = make.article(), timezone.now()

    def line() -> str:
        return admin_client.get(address(article, "change")).text

    assert "A draft: readers have not seen any of it." in line()
    submit(article, by=None, now=now, note="Ready?")
    assert "It awaits review." in line()
    return_to_author(article, by=None, now=now, note="Not quite.")
    assert "Not quite." in line()
    publish(article, by=None, now=now)
    assert "Edition 1 is live" in line()
    assert "Not quite." not in line()
    rewrite(article)
    publish(article, by=None, now=now, at=now + DAY)
    assert "Edition 2 goes live on" in line()
    withdraw(article, by=None, now=timezone.now(), reason="Wrong.")
    assert "Withdrawn since" in line()


def test_who_may_not_publish_is_not_led_there(client: Client) -> None:
    article = make.article(entered_by=sign_in(client, "contributor"))
    page = client.get(address(article, "change")).text
    assert address(article, "review") in page
    assert f'"{address(article)}"' not in page


# --- Price -----------------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_for_two_and_for_twenty(admin_client: Client) -> None:
    def cost(size: int) -> int:
        people, asked = make.filled_record(size, size)
        article = make.article(experts=people, questions=asked)
        publish(article, by=None, now=timezone.now() - DAY)
        rewrite(article)
        admin_client.get(address(article))
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address(article)).status_code == 200
        return len(queries)

    small = cost(2)
    assert cost(20) == small
    assert small <= 45
