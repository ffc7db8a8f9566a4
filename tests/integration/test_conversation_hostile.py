"""Hostile text in the conversation: never a 5xx, never executed, and the page around it stays whole."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import DataError, connection, transaction
from django.db.models import CharField, GenericIPAddressField, JSONField, TextField
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from articles.models import Edition
from comments.appeals import appeal, make_appeal_token
from comments.belongings import find_own
from comments.confirming import make_token
from comments.models import (
    Appeal,
    Ban,
    Comment,
    Commenter,
    Conversation,
    Decision,
    Letter,
    ReaderReport,
    ReportedError,
    Revision,
    ScreeningRule,
    Vote,
)
from comments.moderating import approve, reject
from comments.sending import send_due
from experts.models import Position
from tests import make, talk
from tests.desk import address as desk_address
from tests.hostile import ENCODED, TEXTS, assert_harmless, outline
from tests.make import NOW
from tests.pages import Page, visit
from tests.rows import read_all
from tests.talk import browser_of, live, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]

PLAIN = "Words of a reader, none of them bad."
FORM_ENCODED = "application/x-www-form-urlencoded"
FIELDS = ("name", "email", "body", "parent", "position", "quote", "purpose", "answer", "replies", "proof", "preview")
EVERYTHING = TEXTS | ENCODED
every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
every_field = pytest.mark.parametrize("field", FIELDS)

type Outline = Counter[tuple[str, ...]]


@pytest.fixture
def edition() -> Edition:
    return live(slug="trains")


def encode(text: str) -> str:
    """Half a pair goes over the wire as three bytes that are no letter."""
    return quote_plus(text, errors="surrogatepass")


def send(client: Client, typed: dict[str, str], address: str = "/articles/trains/comments/new/") -> Any:
    """The values are encoded already."""
    body = "&".join(f"{name}={value}" for name, value in typed.items())
    return client.post(address, body, content_type=FORM_ENCODED)


def whole(response: Any) -> Page:
    page = Page(response.content.decode())
    assert_harmless(page)
    return page


BAIT = [
    "<script>alert(1)</script>",
    '<script src="https://evil.example/x.js"></script>',
    "<b onclick=alert(1)>x</b>",
    "<b style='color:red'>x</b>",
    "<iframe src='/'></iframe>",
    "<form action='https://evil.example/'></form>",
    "<div class='comment-body'><a href='javascript:alert(1)' rel='nofollow ugc noopener'>x</a></div>",
    "<div class='comment-body'><a href='https://evil.example/'>x</a></div>",
    "<div class='comment-body'><img src=x></div>",
    "<div class='comment-body'><p id='c1'>x</p></div>",
    "<div>",
    "\u202e",
    "\x00",
]


def test_harm_is_found(edition: Edition) -> None:
    talk.comment(edition, "[x](https://example.org/)")
    source = Client().get("/articles/trains/").content.decode()
    assert_harmless(Page(source))
    for bait in BAIT:
        spoilt = Page(source.replace("</main>", f"{bait}</main>"))
        with pytest.raises(AssertionError):
            assert_harmless(spoilt)
        assert outline(spoilt) != outline(Page(source)) or "comment-body" in bait or bait in "\u202e\x00"


# --- Coming in -------------------------------------------------------------------------------------------------------


@every_field
def test_no_value_of_a_field_breaks_a_post(edition: Edition, field: str) -> None:
    """Taken and cleaned, or refused with a page that shows it without doing it."""
    browser = browser_of(person())
    for value in (*map(encode, TEXTS.values()), *ENCODED.values()):
        typed = {"name": "Rosa", "email": "rosa@example.org", "body": encode(PLAIN)} | {field: value}
        response = send(browser, typed)
        assert response.status_code in ((200,) if field == "preview" else (303, 400)), value[:40]
        whole(response) if response.status_code != 303 else None
    for comment in Comment.objects.all():
        assert not set(comment.name + comment.text) & set("\x00\r\u202e\ud800")
        assert len(comment.text) <= 5_000


@pytest.mark.parametrize("place", ["edit", "delete", "vote", "report"])
def test_no_value_breaks_the_other_forms(edition: Edition, place: str) -> None:
    reader = person()
    made = talk.comment(edition, commenter=None if place in ("vote", "report") else reader, at=timezone.now())
    browser = browser_of(reader)
    names = ("body", "value", "kind", "details", "name", "email", "good_faith")
    for name in names if place == "report" else names[:3]:
        for value in (*map(encode, TEXTS.values()), *ENCODED.values()):
            typed = {"body": "Other words.", "kind": "illegal", "details": "It is against the law, I think."} | {
                name: value
            }
            response = send(browser, typed, f"/articles/trains/comments/{made.pk}/{place}/")
            assert response.status_code in (200, 303, 400), (name, value[:40])
            whole(response) if response.status_code != 303 else None


@pytest.mark.parametrize("place", ["remember", "mine/letters", "mine/forget", "mine/erase"])
def test_no_value_breaks_the_forms_of_a_person(edition: Edition, place: str) -> None:
    browser = browser_of(person())
    for name in ("email", "replies", "decisions", "everywhere", "sure"):
        for value in (*map(encode, TEXTS.values()), *ENCODED.values()):
            response = send(browser, {name: value}, f"/comments/{place}/")
            assert response.status_code in (303, 400), (name, value[:40])
            whole(response) if response.status_code != 303 else None


@pytest.mark.parametrize("place", ["confirm", "confirmed", "letters/off", "appeal"])
def test_no_token_breaks_a_page(edition: Edition, client: Client, place: str) -> None:
    long = [value for value in map(encode, TEXTS.values()) if len(value) < 6_000]
    for token in (*(value.replace("+", "%20").replace("%2F", "-") for value in long), *ENCODED.values(), "a:b:c", "::"):
        for method in (client.get, client.post):
            response = method(f"/comments/{place}/{token}/")
            assert response.status_code in (303, 404), token[:40]
            whole(response) if response.status_code == 404 else None


def test_a_cookie_that_was_made_up_tells_nothing(edition: Edition, client: Client) -> None:
    for value in ("", "x", "a:b:c", "é", "x" * 5_000, "eyJyZWFkZXIiOlsxLDBdfQ:1abcde:forged", '"', "\\073", "[1,0]"):
        client.cookies["reader"] = value
        assert "not remembered" in visit(client, "/comments/mine/").words
        assert client.get("/articles/trains/comments/new/").status_code == 200


def test_what_is_said_about_a_browser_breaks_nothing(edition: Edition) -> None:
    reader = person()
    for number, value in enumerate(("\x00\r\n<script>", "x" * 10_000, "\xff\xfe", "é\u202e", "")):
        browser = browser_of(reader, headers={"user-agent": value, "x-forwarded-for": value, "referer": value})
        assert send(browser, {"body": f"Number+{number}.", "name": "Rosa"}).status_code == 303
    assert all(len(agent) <= 300 for agent in Comment.objects.values_list("user_agent", flat=True))


FULL = {"name": "Rosa", "email": "rosa@example.org", "body": PLAIN}
ODD = {
    "JSON": (json.dumps(FULL), "application/json"),
    "text": ("name=Rosa", "text/plain"),
    "nothing": ("", FORM_ENCODED),
    "no type": ("name=Rosa", ""),
    "an odd type": ("name=Rosa", "\x00/<script>"),
    "another alphabet": ("name=Rosa", f"{FORM_ENCODED}; charset=utf-7"),
    "no alphabet": ("name=Rosa", f"{FORM_ENCODED}; charset=<script>"),
    "a form of many parts without an edge": ("name=Rosa", "multipart/form-data"),
    "an empty edge": ("name=Rosa", "multipart/form-data; boundary="),
    "an edge that never comes": ("--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "an odd part": (
        '--x\r\nContent-Disposition: form-data; name="body"; filename="\x00"\r\n\r\n',
        "multipart/form-data; boundary=x",
    ),
    "3,000 fields": ("&".join(f"field{n}=1" for n in range(3_000)), FORM_ENCODED),
    "3,000 bodies": ("&".join("body=1" for _ in range(3_000)), FORM_ENCODED),
    "3,000 signs": ("&" * 3_000, FORM_ENCODED),
    "3 MB": ("body=" + "x" * 3_000_000, FORM_ENCODED),
    "bytes": (bytes(range(256)), FORM_ENCODED),
    "fields that are none": ("body[]=x&body[0]=y&name.first=z&__proto__=1", FORM_ENCODED),
}


@pytest.mark.parametrize(("body", "kind"), ODD.values(), ids=ODD.keys())
def test_a_request_that_is_no_form_is_refused(edition: Edition, body: str | bytes, kind: str) -> None:
    made = talk.comment(edition)
    before = read_all()
    for browser in (Client(), Client(enforce_csrf_checks=True)):
        for place in (
            "articles/trains/comments/new",
            f"articles/trains/comments/{made.pk}/report",
            "comments/remember",
        ):
            response = browser.post(f"/{place}/", body, content_type=kind)
            assert response.status_code in (400, 413), place
            whole(response)
    assert read_all() == before


def test_a_form_of_many_parts_is_a_form_and_files_are_left_alone(edition: Edition) -> None:
    browser = browser_of(person())
    upload = make.picture()
    typed = FULL | {"email": "", "attachment": upload}
    del typed["email"]
    assert browser.post("/articles/trains/comments/new/", typed).status_code == 303
    assert browser.post("/articles/trains/comments/new/", typed | {"body": make.picture()}).status_code == 400
    assert list(Comment.objects.values_list("text", flat=True)) == [PLAIN]


def test_of_a_field_that_comes_twice_one_counts(edition: Edition) -> None:
    body = "body=First&body=Second&name=Rosa&name=Bo&email=rosa%40example.org&email=bo%40example.org"
    assert Client().post("/articles/trains/comments/new/", body, content_type=FORM_ENCODED).status_code == 303
    made = Comment.objects.get()
    assert (made.text, made.name, made.commenter.address) == ("Second", "Bo", "bo@example.org")


# --- On the pages ----------------------------------------------------------------------------------------------------


def converse(edition: Edition, text: str, name: str, reader: Commenter) -> dict[str, Any]:
    """One comment, shown even if it was held, with a reply; one that waits; one that was rejected and appealed about.

    The answer of every page on which they stand, by what it is; where the text was not taken, only the refusal.
    """
    browser, new = browser_of(reader), f"/articles/{edition.slug}/comments/new/"
    position = Position.objects.filter(question__articles__slug=edition.slug).order_by("pk")[0]
    typed = {"name": encode(name), "email": reader.address, "purpose": "error", "position": str(position.pk)}
    taken = send(browser, typed | {"body": encode(text)}, new)
    if taken.status_code == 400:
        return {"not taken": taken}
    made, now = find_own(talk.remembered(reader))[0], timezone.now()
    approve(made.pk, by=None, now=now)
    Comment.objects.filter(pk=made.pk).update(featured_at=NOW)
    same = {"name": made.name, "commenter": reader, "at": now}
    talk.comment(edition, made.text, parent=made, **same)
    waits = talk.comment(edition, made.text, state="unconfirmed", **same)
    gone = talk.comment(edition, made.text, **same)
    decision = reject(gone.pk, "insult", f"{text[:2_000]} x", by=None, now=now)
    letter = Letter.objects.create(commenter=reader, kind="confirm", comment=waits, made_at=now, due_at=now)
    under = f"/articles/{edition.slug}"
    asked = {
        "article": f"{under}/",
        "conversation": f"{under}/comments/",
        "one position": f"{under}/comments/?position={position.pk}",
        "thread": f"{under}/comments/{made.pk}/",
        "answering": f"{under}/comments/new/?parent={made.pk}",
        **{place: f"{under}/comments/{made.pk}/{place}/" for place in ("yours", "edit", "delete", "vote", "report")},
        "rejected": f"{under}/comments/{gone.pk}/yours/",
        "corrections": f"{under}/corrections/",
        "mine": "/comments/mine/",
        "confirm": f"/comments/confirm/{make_token(letter)}/",
        "appeal": f"/comments/appeal/{make_appeal_token(decision)}/",
    }
    found = {name: browser.get(address) for name, address in asked.items()}
    again = typed | {"body": encode(text)}
    found["preview"] = send(browser, again | {"preview": "1"}, new)
    found["refused"] = send(browser, again | {"answer": "x"}, new)
    found["preview of an edit"] = send(browser, again | {"preview": "1"}, asked["edit"])
    found["refused edit"] = send(browser, {"body": encode(text + "x" * 5_000)}, asked["edit"])
    found["report"] = send(browser, {"kind": "x", "details": encode(text[:2_000])} | typed, asked["report"])
    appeal(decision, f"{text[:2_000]} x", now=now)
    found["appealed"] = browser.get(asked["appeal"])
    return found


@pytest.fixture(scope="module")
def plain(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, tuple[int, Outline]]:
    """Status and outline of every page with nothing hostile on it; of what they were made of no row is left."""
    with django_db_blocker.unblock(), override_settings(**talk.OPEN), transaction.atomic():
        found = converse(live(slug="plain"), PLAIN, "Rosa", person(address="plain@example.org"))
        transaction.set_rollback(True)
    return {name: (answer.status_code, outline(Page(answer.content.decode()))) for name, answer in found.items()}


@every_text
def test_no_text_changes_the_page_around_it(plain: dict[str, tuple[int, Outline]], text: str) -> None:
    hostile = converse(live(slug="other"), text, f"Bo {text[:70]}", person(address="other@example.org"))
    for name, response in hostile.items():
        page = whole(response)
        if name != "not taken":
            assert (response.status_code, outline(page)) == plain[name], name
    for address in ("/corrections/", "/moderation/", "/", "/articles/"):
        whole(Client().get(address))


@every_text
def test_no_name_or_text_gets_into_a_letter_but_as_words(text: str) -> None:
    """One reader, one plain part, known headers, and nothing in the body that a program would obey."""
    edition = live(headline=f"Trains {text[:100]}")
    reader = person(address="rosa@example.org")
    first = talk.comment(edition, f"x {text[:4_000]}", commenter=reader, wants_replies=True)
    reply = talk.comment(edition, f"x {text[:4_000]}", parent=first, name=f"Bo {text[:70]}")
    gone = talk.comment(edition, f"x {text[:4_000]}", commenter=reader)
    waits = talk.comment(edition, f"x {text[:4_000]}", commenter=reader, state="unconfirmed", name=f"Bo {text[:70]}")
    reject(gone.pk, "insult", text[:2_000], by=None, now=timezone.now() - timedelta(hours=1))
    for kind, about in (("reply", reply), ("confirm", waits)):
        Letter.objects.create(commenter=reader, kind=kind, comment=about, made_at=timezone.now(), due_at=NOW)
    assert send_due(timezone.now()) == len(mail.outbox) == 3
    for letter in mail.outbox:
        message = letter.message()
        assert set(message.keys()) <= HEADERS
        assert len(message.keys()) == len(set(message.keys()))
        assert (message["To"], letter.recipients()) == ("rosa@example.org", ["rosa@example.org"])
        assert not message.is_multipart()
        assert message.get_content_type() == "text/plain"
        assert not set(str(message["Subject"]) + letter.body) & set("\x00\r\x1b\u202e\u2028\ufeff\ud800")
        assert "\n" not in str(message["Subject"])
        assert message.as_bytes()


HEADERS = {
    *("Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    *("Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
}


@pytest.mark.parametrize("address", ["rosa@example.org\r\nBcc: eve@example.org", "rosa@example.org,eve@example.org"])
def test_no_address_writes_to_two(edition: Edition, address: str) -> None:
    for place in ("/articles/trains/comments/new/", "/comments/remember/"):
        response = Client().post(place, {"name": "Rosa", "email": address, "body": PLAIN})
        assert response.status_code == 400
    assert (Commenter.objects.count(), Letter.objects.count()) == (0, 0)


# --- Stored ----------------------------------------------------------------------------------------------------------

STORED = {
    "markup": '"><img src=x onerror=alert(1)></p></div></article></main></body>{{ 7*7 }}<script>alert(2)</script>',
    "unclosed": "<div><table><ul><a href='javascript:alert(1)'><!--",
    "turned round": "\u202e\u2067gnihton\u200f",
    "controls": "a\x1b\x07\x7f\r\n\u2028b",
    "percent": "%s%(x)d {0} \\",
}
if connection.vendor == "sqlite":
    STORED["NUL"] = "a\x00<script>alert(1)</script>\x00"


def fill(reader: Commenter, edition: Edition) -> Comment:
    """A row in every table of the conversation, and comments in every state with all that hangs on them."""
    position = Position.objects.all()[0]
    first = talk.comment(
        edition, commenter=reader, position=position, purpose="error", badge="staff", featured_at=NOW, at=timezone.now()
    )
    talk.comment(edition, parent=first, commenter=reader)
    for state in ("unconfirmed", "held", "rejected", "spam"):
        talk.comment(edition, state=state, commenter=reader, rule="many_links", caught="4 links.", reference=state)
    held, now = Comment.objects.get(state="held"), timezone.now()
    ReportedError.objects.create(
        comment=first, article=first.article, at=NOW, outcome="declined", answer="x", settled_at=NOW
    )
    Revision.objects.create(comment=first, number=1, text="Before.", written_at=NOW)
    Vote.objects.create(comment=held, commenter=reader, at=NOW)
    ReaderReport.objects.create(comment=held, person="x", kind="illegal", details="x", name="x", address="x", at=now)
    ReaderReport.objects.create(comment=first, person="x", kind="illegal", details="x", name="x", address="x", at=now)
    Ban.objects.create(kind="network", value="192.0.2.0/24", label="x", reason="x", begins_at=NOW)
    Conversation.objects.create(article=first.article, note="x")
    ScreeningRule.objects.create(key="listed_word", outcome="hold", words="zeppelin")
    for comment in Comment.objects.filter(state__in=["rejected", "spam"]):
        Comment.objects.filter(pk=comment.pk).update(state="visible")
        decision = reject(comment.pk, "insult", "x", by=talk.moderator(f"mo {comment.pk}"), now=now)
        Appeal.objects.create(comment=comment, decision=decision, text="x", at=now)
    for kind in ("confirm", "reply", "remember"):
        Letter.objects.create(commenter=reader, kind=kind, comment=first, made_at=now, due_at=now)
    return first


# What a constraint lists, what must be one of its kind, what is a place, and what is no text on one of the databases.
TEXTUAL = (CharField, TextField, *((GenericIPAddressField,) if connection.vendor == "sqlite" else ()))
KEPT = {"state", "purpose", "badge", "kind", "outcome", "mode", "replies", "thread", "path"}


def poison(value: str) -> None:
    """Past all cleaning, into every column of text."""
    for model in apps.get_app_config("comments").get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, TEXTUAL) or isinstance(field, JSONField) or field.name in KEPT:
                continue
            own_value = value[: field.max_length or None]
            with connection.cursor() as cursor:
                table, column = (connection.ops.quote_name(name) for name in (model._meta.db_table, field.column))
                if field.unique or field.name in ("value", "person"):
                    tail = f"{table}.id"
                    own_value = own_value[: (field.max_length or 100) - 12]
                    cursor.execute(f"UPDATE {table} SET {column} = %s || {tail}", [own_value])
                else:
                    cursor.execute(f"UPDATE {table} SET {column} = %s", [own_value])


def public_pages(first: Comment) -> Iterator[str]:
    under = f"/articles/{first.article.slug}"
    yield from (f"{under}/", f"{under}/comments/", f"{under}/corrections/", "/corrections/", "/moderation/")
    yield from (f"{under}/comments/?position={first.position_id}", f"{under}/comments/?order=position")
    for key in Comment.objects.values_list("pk", flat=True):
        for place in ("", "yours/", "edit/", "delete/", "vote/", "report/"):
            yield f"{under}/comments/{key}/{place}"
        yield f"{under}/comments/new/?parent={key}"
    yield from ("/comments/mine/", "/comments/mine/export/", "/comments/mine/erase/")
    for letter in Letter.objects.all():
        yield f"/comments/confirm/{make_token(letter)}/"
    for decision in Decision.objects.all():
        yield f"/comments/appeal/{make_appeal_token(decision)}/"


def desk_pages() -> Iterator[str]:
    yield "/admin/"
    for model in admin.site._registry:
        if model._meta.app_label == "comments":
            yield desk_address(model, "changelist")
            yield desk_address(model, "changelist") + "?q=script"
            for row in model._base_manager.all():
                yield from (desk_address(model, page, row.pk) for page in ("change", "history"))
    yield from (f"/admin/comments/comment/?tab={tab}" for tab in ("held", "reported", "new", "spam", "appeals"))


@pytest.mark.parametrize("value", STORED.values(), ids=STORED.keys())
def test_what_was_put_into_the_tables_does_nothing(edition: Edition, value: str) -> None:
    reader = person()
    first = fill(reader, edition)
    addresses = list(public_pages(first))
    before = {a: outline(Page(response.content.decode())) for a, response in visit_all(reader, addresses)}
    poison(value)
    for address, response in visit_all(reader, addresses):
        if address == "/comments/mine/export/":
            assert response["Content-Type"] == "application/json"
            continue
        page = Page(response.content.decode())
        assert_harmless_row(page)
        assert at_most(outline(page), before[address]), address
    boss = make.user("boss", is_staff=True, is_superuser=True)
    desk = Client()
    desk.force_login(boss)
    for address in desk_pages():
        answer = desk.get(address)
        assert answer.status_code in (200, 302, 403), address
        assert b"<img src=x" not in answer.content, address
        assert b"<script>alert" not in answer.content, address
    send_due(timezone.now())
    assert all(letter.recipients() == [reader.address] for letter in mail.outbox)


def visit_all(reader: Commenter, addresses: Iterable[str]) -> list[tuple[str, Any]]:
    browser = browser_of(reader)
    found = [(address, browser.get(address, follow=True)) for address in addresses]
    assert {response.status_code for _, response in found} <= {200, 403, 404, 410}
    assert Counter(response.status_code for _, response in found)[200] > 20
    return found


def at_most(page: Counter[tuple[str, ...]], plain: Counter[tuple[str, ...]]) -> bool:
    """Whether there is nothing on the page that the plain one has not; an empty value may take a line away."""
    return page <= plain


def assert_harmless_row(page: Page) -> None:
    """What SQL has written may hold signs that no form lets in; they are shown, and do nothing."""
    page.source = "".join(c for c in page.source if c not in "\x00\x0b\x1b\x7f\u202e")
    assert_harmless(page)


def test_bytes_that_are_no_text_are_read_all_the_same_or_not_taken_at_all(edition: Edition) -> None:
    reader = person()
    first = fill(reader, edition)
    for model, columns in ((Comment, ("text", "html", "name", "caught")), (Conversation, ("note",)), (Ban, ("label",))):
        for column in columns:
            if not store_bytes(f"UPDATE {model._meta.db_table} SET {column} = "):
                return  # PostgreSQL
    for _, response in visit_all(reader, public_pages(first)):
        assert b"\xff" not in response.content
    assert "\N{REPLACEMENT CHARACTER}" in visit(Client(), "/articles/trains/comments/").words


def store_bytes(statement: str) -> bool:
    """Half a pair, a byte that begins no letter, and half a letter, straight into a column of text."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(statement + "CAST(x'eda080ff41c3' AS TEXT)")
            return True
        with pytest.raises(DataError):
            cursor.execute(statement + "convert_from(decode('eda080ff41c3', 'hex'), 'UTF8')")
        return False


@pytest.mark.parametrize("column", ["thread", "path"])
def test_a_place_that_makes_no_sense_breaks_no_page(edition: Edition, column: str) -> None:
    first = talk.comment(edition)
    reply = talk.comment(edition, parent=first)
    talk.comment(edition)
    for key in (reply.pk, first.pk):
        Comment.objects.filter(pk=key).update(**{column: "<b>0"})
        for address in ("", "comments/", f"comments/{first.pk}/", f"comments/{reply.pk}/", "comments/?order=position"):
            response = Client().get(f"/articles/trains/{address}", follow=True)
            assert response.status_code in (200, 404), address
            assert_harmless(Page(response.content.decode()))


def test_html_that_nobody_here_has_rendered_is_never_printed(edition: Edition) -> None:
    made = talk.comment(edition, "So *it* is.")
    other = talk.comment(edition, "x")
    for values in ({"html": "<script>alert(1)</script>"}, {"seal": "0" * 32}, {"seal": ""}, {"renderer": 99}):
        Comment.objects.filter(pk=made.pk).update(**values)
        page = visit(Client(), f"/articles/trains/comments/{made.pk}/")
        assert [e.text for e in page.find("em")] == ["it"]
    assert other.seal
