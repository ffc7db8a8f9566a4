"""Comments in the desk: who may do what, what the pages show, at which price, and what hostile rows do there."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.models import Deed
from articles.models import Edition
from comments.appeals import appeal
from comments.models import Appeal, Ban, Comment, Conversation, Decision, ReaderReport, ReportedError, Revision
from comments.moderating import reject
from comments.paths import place
from comments.queue import TABS, count_waiting, list_waiting, read_queue, tell_count
from tests import make, talk
from tests.desk import client_of, staff
from tests.talk import at

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BUDGET = 15  # queries of one page
QUEUE = reverse("admin:comments_comment_changelist")
DECIDE = reverse("admin:comments_comment_decide")
UNDO = reverse("admin:comments_comment_undo")
APPEAL = reverse("admin:comments_comment_appeal")
ALL = reverse("admin:comments_comment_all")


@pytest.fixture
def edition() -> Edition:
    return talk.live()


@pytest.fixture
def desk() -> Client:
    return client_of(talk.moderator())


def page_of(row: Any, page: str = "change") -> str:
    return reverse(f"admin:comments_{row._meta.model_name}_{page}", args=[row.pk] if page == "change" else [])


def form(deed: str, *comments: Comment, **values: Any) -> dict[str, Any]:
    seen = {f"seen-{comment.pk}": comment.revision for comment in comments}
    return {"deed": deed, "comment": [comment.pk for comment in comments], "back": "held"} | seen | values


def states(*comments: Comment) -> list[str]:
    return [Comment.objects.get(pk=comment.pk).state for comment in comments]


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["contributor", "editor", "moderator", "administrator", ""])
def test_who_may_moderate(edition: Edition, role: str) -> None:
    may = role in ("editor", "moderator", "administrator")
    client = client_of(staff("somebody", *([role] if role else [])))
    comment = talk.held(edition, "Some Zorkmid.")
    for address in (QUEUE, ALL, page_of(comment)):
        answer = client.get(address)
        assert answer.status_code == (200 if may else 403), address
        assert ("Zorkmid" in answer.text) == may
    for address, posted in ((DECIDE, form("approve", comment)), (UNDO, {"decision": 0}), (APPEAL, {"appeal": 0})):
        assert client.post(address, posted).status_code == (403 if not may else 404 if address == APPEAL else 302)
    assert states(comment) == ["visible" if may else "held"]
    assert (QUEUE in client.get(reverse("admin:index")).text) == may


@pytest.mark.parametrize(
    ("role", "change"), [("editor", {"reportederror"}), ("moderator", {"ban", "conversation", "reportederror"})]
)
def test_who_may_change_how_it_is_run(edition: Edition, role: str, change: set[str]) -> None:
    client = client_of(staff("somebody", role))
    for name in ("ban", "conversation", "screeningrule", "reportederror"):
        assert client.get(reverse(f"admin:comments_{name}_changelist")).status_code == 200
    for name in ("ban", "conversation"):
        answer = client.get(reverse(f"admin:comments_{name}_add"))
        assert answer.status_code == (200 if name in change else 403), name
    wrong = ReportedError.objects.create(comment=talk.comment(edition), article=edition.article, at=at(1))
    assert "Public answer" in client.get(page_of(wrong)).text


@pytest.mark.parametrize("role", ["editor", "moderator"])
def test_who_may_ban_and_close_from_the_queue(edition: Edition, role: str) -> None:
    may = role == "moderator"
    client = client_of(staff("somebody", role))
    comment = talk.held(edition, commenter=talk.person(), from_ip="198.51.100.24")
    for page in (client.get(QUEUE).text, client.get(page_of(comment)).text):
        for words in ('value="ban"', 'data-panel="b"', 'value="close"', "<kbd>b</kbd>", "<kbd>c</kbd>"):
            assert (words in page) == may, words
        assert 'value="approve"' in page
    for posted in ({"deed": "ban", "target": "198.51.0.0/16"}, {"deed": "close"}, {"deed": "open"}):
        assert client.post(DECIDE, form("", comment) | posted).status_code == (302 if may else 403)
    assert Ban.objects.count() == (1 if may else 0)
    assert Decision.objects.exists() == may
    assert client.post(DECIDE, form("approve", comment)).status_code == 302
    assert states(comment) == ["visible"]


def test_nobody_writes_in_a_readers_words(edition: Edition) -> None:
    """Not even who may do everything else."""
    client = client_of(make.user("root", is_staff=True, is_superuser=True))
    comment = talk.comment(edition, "As it was said.")
    assert client.get(reverse("admin:comments_comment_add")).status_code == 403
    assert client.post(reverse("admin:comments_comment_add"), {"text": "x"}).status_code == 403
    client.post(page_of(comment), {"text": "Otherwise.", "name": "Somebody else", "_save": ""})
    client.post(reverse("admin:comments_comment_delete", args=[comment.pk]), {"post": "yes"})
    comment.refresh_from_db()
    assert (comment.text, comment.name) == ("As it was said.", "Rosa Lindqvist")
    assert '<textarea name="text"' not in client.get(page_of(comment)).text


def test_deeds_are_posted_with_a_token(edition: Edition) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(talk.moderator())
    comment = talk.held(edition)
    assert client.post(DECIDE, form("approve", comment)).status_code == 403
    for address in (DECIDE, UNDO, APPEAL):
        assert client.get(address).status_code == 405
    assert states(comment) == ["held"]


# --- The queue -------------------------------------------------------------------------------------------------------


def one_of_each(edition: Edition, mo: Any) -> dict[str, Comment]:
    found = {
        "held": talk.held(edition),
        "reported": talk.comment(edition, decided_revision=1),
        "appeals": talk.comment(edition),
        "errors": talk.comment(edition, decided_revision=1, purpose="error"),
        "new": talk.comment(edition),
        "spam": talk.held(edition, state="spam"),
    }
    ReaderReport.objects.create(comment=found["reported"], person="p", kind="abuse", at=at(1))
    appeal(reject(found["appeals"].pk, "insult", by=mo, now=at(2)), "Why?", now=at(3))
    ReportedError.objects.create(comment=found["errors"], article=edition.article, at=at(1))
    return found


def test_where_nothing_waits_it_says_where_something_does(desk: Client, edition: Edition) -> None:
    assert "Nothing waits here." in (page := desk.get(QUEUE).text)
    assert "moderating-elsewhere" not in page
    talk.comment(edition, "Not looked at yet.")
    assert '<a class="desk-button" href="?tab=new">New: 1</a>' in desk.get(QUEUE).text
    assert "moderating-elsewhere" not in desk.get(QUEUE, {"tab": "new"}).text


def test_every_tab_shows_what_waits_there(desk: Client, edition: Edition) -> None:
    found = one_of_each(edition, talk.moderator("other"))
    talk.comment(edition, reference="old/1")  # brought in: decided where it came from
    talk.comment(edition, decided_revision=1)
    assert count_waiting() == dict.fromkeys(found, 1)
    for tab in TABS:
        assert [row.pk for row in list_waiting(tab.key)] == [found[tab.key].pk], tab
        assert f'id="comment-{found[tab.key].pk}"' in desk.get(QUEUE, {"tab": tab.key}).text
    assert f'id="comment-{found["held"].pk}"' in desk.get(QUEUE, {"tab": "nonsense"}).text


def test_whoever_has_waited_longest_comes_first(edition: Edition) -> None:
    rows = [talk.held(edition, at=at(minutes)) for minutes in (3, 1, 2)]
    assert [row.pk for row in list_waiting("held")] == [rows[n].pk for n in (1, 2, 0)]
    seen = [talk.comment(edition, at=at(minutes)) for minutes in (3, 1, 2)]
    assert [row.pk for row in list_waiting("new")] == [seen[n].pk for n in (0, 2, 1)]
    for row, minutes in zip(seen, (30, 20, 10), strict=True):
        ReaderReport.objects.create(comment=row, person="p", kind="abuse", at=at(minutes))
        ReaderReport.objects.create(comment=row, person="q", kind="abuse", at=at(40))
    assert [row.pk for row in list_waiting("reported")] == [seen[n].pk for n in (2, 1, 0)]


def test_new_ones_are_counted_to_a_hundred_and_not_sorted_to_find_the_newest(desk: Client, edition: Edition) -> None:
    for number in range(99):
        last = talk.comment(edition, at=at(number // 2))
    assert (count_waiting()["new"], tell_count(count_waiting()["new"])) == (99, "99")
    rows = [talk.comment(edition, at=at(90 + number)) for number in range(5)]
    assert tell_count(count_waiting()["new"]) == "99+"
    queue = read_queue("new", "", at(200))
    assert [waiting.comment.pk for waiting in queue.waiting][:6] == [*(row.pk for row in reversed(rows)), last.pk]
    assert queue.page.paginator.num_pages == 5
    assert "99+" in desk.get(QUEUE).text
    if connection.vendor == "sqlite":
        assert "TEMP B-TREE" not in list_waiting("new")[:20].explain()


def test_an_item_says_what_is_needed_to_decide(desk: Client, edition: Edition) -> None:
    reader = talk.person("Rosa Lindqvist", "rosa@example.org")
    talk.comment(edition, commenter=reader)
    for _ in range(2):
        talk.comment(edition, commenter=reader, state="rejected", decided_revision=1)
    parent = talk.comment(edition, "The figures are old.", name="Kim Osei")
    text = "Look at https://shop.example now."
    comment = talk.held(
        edition, text, parent=parent, commenter=reader, from_ip="198.51.100.24", caught_from=8, caught_to=28
    )
    Ban.objects.create(kind="network", value="198.51.100.0/24", label="The seller", begins_at=at(0))
    page = desk.get(QUEUE).text
    for words in (
        *("Many links", "4 links.", "Look at <mark>https://shop.example</mark> now.", "Kim Osei: The figures are old."),
        *("rosa@example.org", "1 shown, 2 not", "Banned: The seller", "198.51.100.24/32", "198.51.0.0/16"),
        *(edition.headline, reverse("conversation", args=[edition.slug])),
    ):
        assert words in page, words
    assert f'value="{comment.revision}"' in page


@pytest.mark.parametrize(("start", "end"), [(5, 5_000), (9, 3), (None, 4), (3, None), (0, 0)])
def test_a_span_that_does_not_fit_marks_nothing(desk: Client, edition: Edition, start: Any, end: Any) -> None:
    talk.held(edition, caught_from=start, caught_to=end)
    page = desk.get(QUEUE).text
    assert "The timetable says otherwise." in page
    assert "<mark>" not in page


def test_the_address_is_shown_where_it_is_needed_alone(desk: Client, edition: Edition) -> None:
    talk.held(edition, commenter=talk.person(address="rosa@example.org"))
    assert "rosa@" in desk.get(QUEUE).text
    for address in (ALL, reverse("admin:index"), reverse("admin:keeping_deed_changelist")):
        assert "rosa@" not in desk.get(address).text
    assert "rosa@" not in client_of(staff("chief", "administrator")).get(reverse("admin:search"), {"s": "rosa"}).text


# --- Deeds -----------------------------------------------------------------------------------------------------------


def test_a_deed_is_done_told_and_undone(desk: Client, edition: Edition) -> None:
    comment = talk.held(edition)
    page = desk.post(DECIDE, form("approve", comment), follow=True)
    assert "1 comment approved." in page.text
    assert states(comment) == ["visible"]
    key = Decision.objects.get().pk
    assert f'name="decision" value="{key}"' in page.text
    page = desk.post(UNDO, {"decision": key, "back": "held"}, follow=True)
    assert "1 decision taken back." in page.text
    assert states(comment) == ["held"]
    assert "Nothing was left to take back." in desk.post(UNDO, {"decision": key}, follow=True).text


def test_many_at_once(desk: Client, edition: Edition) -> None:
    rows = [talk.held(edition) for _ in range(4)]
    Comment.objects.filter(pk=rows[3].pk).update(revision=2)
    page = desk.post(DECIDE, form("reject", *rows, reason="advertising", note="No."), follow=True)
    assert "3 comments rejected." in page.text
    assert "Not decided. Its author has changed it since you looked at it." in page.text
    assert states(*rows) == ["rejected"] * 3 + ["held"]
    assert {decision.reason for decision in Decision.objects.all()} == {"advertising"}
    desk.post(UNDO, {"decision": Decision.objects.first().pk})
    assert states(*rows) == ["held"] * 4


def test_banning_closing_and_opening(desk: Client, edition: Edition) -> None:
    reader = talk.person()
    comment = talk.held(edition, commenter=reader, from_ip="198.51.100.24")
    page = desk.post(DECIDE, form("ban", comment, target="address", length="week", rejects="on"), follow=True)
    ban = Ban.objects.get()
    assert ban.until
    assert timedelta(days=6) < ban.until - timezone.now() < timedelta(days=8)
    assert f"the author of comment {comment.pk}" in page.text
    assert "1 comment rejected." in page.text
    desk.post(DECIDE, form("ban", comment, target="198.51.100.0/24", length=""))
    assert Ban.objects.get(kind="network").until is None
    page = desk.post(DECIDE, form("close", comment), follow=True)
    assert "The conversation is closed." in page.text
    desk.post(DECIDE, form("open", comment))
    assert Conversation.objects.get().mode == ""


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"deed": "approve"},
        {"deed": "explode", "comment": 1},
        {"deed": "approve", "comment": ["x", "-1", "9" * 30, "²", ""]},
        {"deed": "approve", "comment": 987654},
        {"deed": "reject", "comment": 987654, "reason": "x" * 500},
        {"deed": "ban", "comment": 987654, "target": "::/0", "length": "x"},
        {"deed": "approve", "comment": 987654, "seen-987654": "x", "back": "//evil.example"},
    ],
)
def test_what_makes_no_sense_does_nothing(desk: Client, edition: Edition, posted: dict[str, Any]) -> None:
    talk.held(edition)
    for address in (DECIDE, UNDO):
        answer = desk.post(address, posted)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/comments/comment/")
        assert desk.get(answer["Location"]).status_code == 200
    assert not Decision.objects.exists()


def test_nobody_takes_back_what_others_have_decided(desk: Client, edition: Edition) -> None:
    comment = talk.held(edition)
    decision = reject(comment.pk, "insult", by=talk.moderator("other"), now=at(1))
    desk.post(UNDO, {"decision": decision.pk})
    assert "comment rejected" not in desk.get(QUEUE, {"done": decision.pk}).text
    assert states(comment) == ["rejected"]


def test_an_appeal_is_answered_where_it_waits(desk: Client, edition: Edition) -> None:
    comment = talk.comment(edition)
    asked = appeal(reject(comment.pk, "insult", by=talk.moderator("other"), now=at(1)), "It was irony.", now=at(2))
    page = desk.get(QUEUE, {"tab": "appeals"}).text
    assert "It was irony." in page
    assert 'value="approve"' not in page, "the answer is the decision"
    desk.post(APPEAL, {"appeal": asked.pk, "deed": "overturn", "answer": " "})
    assert Appeal.objects.get().outcome == ""
    desk.post(APPEAL, {"appeal": asked.pk, "deed": "overturn", "answer": "You are right.", "back": "appeals"})
    assert Appeal.objects.get().outcome == "overturned"
    assert states(comment) == ["visible"]
    again = desk.post(APPEAL, {"appeal": asked.pk, "deed": "uphold", "answer": "No."}, follow=True)
    assert "Somebody has answered it already." in again.text


# --- One comment, and the lists --------------------------------------------------------------------------------------


def test_one_comment_with_its_history(desk: Client, edition: Edition) -> None:
    comment = talk.held(edition, "And what it says now.", revision=2)
    Revision.objects.create(comment=comment, number=1, text="What it said <b>before</b>.", written_at=at(1))
    reject(comment.pk, "insult", "A word to the author.", by=talk.moderator("other"), now=at(2))
    page = desk.get(page_of(comment)).text
    for words in ("what it says now.", "What it said &lt;b&gt;before&lt;/b&gt;.", "A word to the author.", "Insulting"):
        assert words in page
    desk.post(DECIDE, form("approve", comment, back=str(comment.pk)))
    assert states(comment) == ["visible"]


def test_all_comments_can_be_searched_and_narrowed(desk: Client, edition: Edition) -> None:
    reader = talk.person()
    found, other = talk.comment(edition, "A needle.", commenter=reader), talk.comment(edition, "Hay.", state="spam")
    for query in ({"q": "needle"}, {"state__exact": "visible"}, {"commenter__id__exact": reader.pk}):
        page = desk.get(ALL, query)
        assert list(page.context["cl"].queryset) == [found], query
    assert set(desk.get(ALL).context["cl"].queryset) == {found, other}


def test_a_ban_by_hand_is_kept_as_a_key_told_to_the_trail_and_lifted(desk: Client) -> None:
    add, listed = reverse("admin:comments_ban_add"), reverse("admin:comments_ban_changelist")
    posted = {"kind": "address", "typed": "Vex@Example.org", "label": "The seller", "reason": "Sells."}
    assert desk.post(add, posted | {"typed": "nonsense"}).status_code == 200
    assert desk.post(add, posted | {"label": "vex@example.org"}).status_code == 200
    assert not Ban.objects.exists()
    assert desk.post(add, posted).status_code == 302
    ban = Ban.objects.get()
    assert ban.by.username == "mo"
    assert all("vex@" not in desk.get(address).text.lower() for address in (listed, page_of(ban)))
    desk.post(listed, {"action": "lift_them", "_selected_action": [ban.pk]})
    assert Ban.objects.get().lifted_at
    assert list(Deed.objects.filter(kind="comments.ban").values_list("verb", flat=True)) == ["lifted", "added"]
    assert "vex" not in str(list(Deed.objects.values_list("label", "detail", "note"))).lower()


def test_a_conversation_is_set_for_all_and_for_one(desk: Client, edition: Edition) -> None:
    add = reverse("admin:comments_conversation_add")
    draft = make.article("A draft that nobody knows")
    assert draft.headline not in desk.get(add).text
    assert desk.post(add, {"article": "", "mode": "hold_all", "close_after": "", "note": ""}).status_code == 302
    assert desk.post(add, {"article": draft.pk, "mode": "closed"}).status_code == 200
    assert desk.post(add, {"article": edition.article_id, "mode": "closed", "note": "Done."}).status_code == 302
    rows = Conversation.objects.order_by("pk").values_list("article", "mode", "note")
    assert list(rows) == [(None, "hold_all", ""), (edition.article_id, "closed", "Done.")]
    assert Decision.objects.get().verb == "closed"
    again = desk.get(add, {"article": edition.article_id})
    assert again["Location"] == page_of(Conversation.objects.get(article=edition.article))
    desk.post(again["Location"], {"mode": "", "close_after": "30", "note": ""})
    assert Conversation.objects.get(article=edition.article).close_after == 30
    assert [decision.verb for decision in Decision.objects.order_by("pk")] == ["closed", "opened"]


def test_a_conversation_is_set_once(desk: Client, edition: Edition) -> None:
    add = reverse("admin:comments_conversation_add")
    for _ in range(2):
        answer = desk.post(add, {"article": "", "mode": "hold_all"})
    assert answer.status_code in (200, 302)
    assert Conversation.objects.count() == 1


def test_an_error_is_answered_in_public(desk: Client, edition: Edition) -> None:
    said = talk.comment(edition, "It is 2013 <b>not</b> 2031.", purpose="error")
    wrong = ReportedError.objects.create(comment=said, article=edition.article, at=at(1))
    page = desk.get(page_of(wrong)).text
    assert "It is 2013 &lt;b&gt;not&lt;/b&gt; 2031." in page
    for half in ({"outcome": "", "answer": "x"}, {"outcome": "corrected", "answer": ""}):
        assert desk.post(page_of(wrong), half | {"edition": ""}).status_code == 200
    assert desk.post(page_of(wrong), {"outcome": "corrected", "answer": "Mended.", "edition": "7"}).status_code == 200
    assert ReportedError.objects.get().settled_at is None
    assert desk.post(page_of(wrong), {"outcome": "corrected", "answer": "Mended.", "edition": "1"}).status_code == 302
    wrong.refresh_from_db()
    assert (wrong.outcome, wrong.answer, wrong.edition, wrong.by.username) == ("corrected", "Mended.", 1, "mo")


def test_the_start_page_says_what_waits(desk: Client, edition: Edition) -> None:
    talk.held(edition, "First waits.", at=at(1))
    talk.held(edition, "Second waits.", at=at(2))
    said = talk.comment(edition, "It is 2013.", purpose="error")
    ReportedError.objects.create(comment=said, article=edition.article, at=timezone.now() - timedelta(days=3))
    page = desk.get(reverse("admin:index"))
    parts = {part.title: part for part in page.context["home"].to_do}
    assert [line.title for line in parts["Held comments"].lines] == ["First waits.", "Second waits."]
    assert [line.when for line in parts["Reported errors"].lines] == ["open for 3 days"]
    assert "2 held" in page.text


# --- Prices ----------------------------------------------------------------------------------------------------------


def fill(edition: Edition, number: int) -> None:
    """So many of everything that can wait, each by somebody else, some in answer to others."""
    people = [talk.person() for _ in range(min(number, 40))]
    expert = make.position(make.expert(), make.question())
    parent = talk.comment(edition, decided_revision=1)
    rows = []
    for n in range(number):
        row = Comment(article_id=edition.article_id, edition=1, created_at=at(n % 50), name="Rosa", text="Words.")
        row.state = ("held", "visible", "visible", "visible", "spam")[n % 5] if number > 1 else "held"
        row.commenter, row.rule, row.from_ip = people[n % len(people)], "many_links", f"198.51.100.{n % 250}"
        row.position = expert
        place(row, parent if n % 3 else None, at(n % 50))
        rows.append(row)
    Comment.objects.bulk_create(rows, 1_000)
    seen = list(Comment.objects.exclude(pk=parent.pk)[:4_000])
    ReaderReport.objects.bulk_create(
        [ReaderReport(comment=row, person="p", kind="abuse", at=at(1)) for row in seen[:2_000]], 1_000
    )
    ReportedError.objects.bulk_create(
        [ReportedError(comment=row, article_id=row.article_id, at=at(1)) for row in seen], 1_000
    )
    decisions = [Decision(verb="rejected", comment=row, article_id=row.article_id, at=at(1)) for row in seen]
    for row, decision in zip(seen, Decision.objects.bulk_create(decisions, 1_000), strict=True):
        Appeal(comment=row, decision=decision, text="Why?", at=at(2)).save()
    Ban.objects.create(kind="network", value="198.51.0.0/16", label="Everybody", begins_at=at(0))


@pytest.mark.one_database
@pytest.mark.parametrize("number", [1, 10_000])
def test_the_queue_costs_the_same_at_any_length(edition: Edition, number: int) -> None:
    fill(edition, number)
    client = client_of(staff("chief", "administrator"))
    client.get(QUEUE)
    comment = Comment.objects.filter(state="held").first()
    costs = {tab.key: count(client, f"{QUEUE}?tab={tab.key}") for tab in TABS}
    costs |= {
        "page": count(client, f"{QUEUE}?page=7"),
        "all": count(client, ALL),
        "one": count(client, page_of(comment)),
    }
    assert {name: cost for name, cost in costs.items() if cost > BUDGET} == {}
    assert len(read_queue("held", "", at(60)).waiting) == min(20, (number + 4) // 5)


# --- Hostile rows ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</textarea></p></article><form action=//evil.example>",
    "\u202egnp.exe \u2066 {{ comment }} {% csrf_token %}",
    "Z͑ͫ̓ͪ̂ͫ" * 400,
    "[" * 20_000,
    "x" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_rows_break_nothing(desk: Client, edition: Edition, text: str) -> None:
    """Put there by SQL, past every cleaning."""
    reader = talk.person()
    comment = talk.held(edition, commenter=reader, purpose="error")
    seen = talk.comment(edition, parent=comment, decided_revision=1)
    ReaderReport.objects.create(comment=seen, person="p", kind="illegal", at=at(1))
    ReportedError.objects.create(comment=seen, article=edition.article, at=at(1))
    appeal(reject(talk.comment(edition).pk, "insult", by=talk.moderator("other"), now=at(2)), "Why?", now=at(3))
    with connection.cursor() as cursor:
        html = ("text", text), ("html", text), ("name", text[:80]), ("caught", text[:200]), ("rule", text[:40])
        for column, value in html:
            cursor.execute(f"UPDATE comments_comment SET {column} = %s", [value])
        cursor.execute("UPDATE comments_readerreport SET details = %s, name = %s", [text, text[:80]])
        cursor.execute("UPDATE comments_appeal SET text = %s", [text])
        cursor.execute("UPDATE comments_commenter SET name = %s", [text[:80]])
    wrong = ReportedError.objects.get()
    addresses = [f"{QUEUE}?tab={tab.key}" for tab in TABS] + [ALL, page_of(comment), reverse("admin:index")]
    for address in [*addresses, page_of(wrong), page_of(wrong, "changelist"), f"{ALL}?q=x"]:
        page = desk.get(address)
        assert page.status_code == 200, address
        for harm in ("<script>alert", "<img src=x", "</textarea></p>", "<form action=//evil"):
            assert harm not in page.text, (address, harm)
    assert desk.post(DECIDE, form("approve", comment)).status_code == 302


def test_groups_have_what_they_need() -> None:
    names = {
        group.name: set(group.permissions.filter(content_type__app_label="comments").values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert names["contributor"] == set()
    assert "moderate_comment" in names["editor"] & names["moderator"] & names["administrator"]
    assert names["editor"] < names["moderator"] == names["administrator"]
    assert not any(code.startswith("delete_") for codes in names.values() for code in codes)
