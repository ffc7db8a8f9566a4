"""Comments by programs: the same rules as by the form, and nothing told of anybody."""

import hashlib
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction

from aisrace.api.models import GivenAnswer
from articles.models import Edition
from articles.publishing import withdraw
from comments.editing import take_back
from comments.models import Comment, Commenter, Letter
from comments.rights import erase_person
from comments.rulebook import find_rule
from experts.models import Position
from tests import talk
from tests.make import NOW
from tests.pages import headers_of
from tests.programs import Program, pointers, program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]

SAID = {"name": "Rosa Lindqvist", "email": "rosa@example.org", "body": "The *timetable* says otherwise."}


@pytest.fixture
def edition() -> Edition:
    return talk.live(slug="night-trains")


@pytest.fixture
def said(edition: Edition) -> dict[str, Any]:
    return {"article": "night-trains"} | SAID


@pytest.fixture
def nobody() -> Program:
    return Program(None)


@pytest.fixture
def _unconfirmed(settings: Any) -> None:
    """Where whoever has an address need not show it."""
    settings.COMMENTS_CONFIRM = False


# --- Taken in --------------------------------------------------------------------------------------------------------


def test_a_comment_waits_for_its_letter(nobody: Program, said: Any) -> None:
    answer = nobody.post("/comments/", said)
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    comment = Comment.objects.get()
    assert (comment.state, comment.name, comment.commenter.address) == ("unconfirmed", SAID["name"], SAID["email"])
    assert Letter.objects.count() == 1
    assert "rosa@" not in answer.text + str(answer.headers)


def test_known_and_unknown_addresses_are_answered_alike(nobody: Program, said: Any) -> None:
    talk.person("Rosa Lindqvist", "rosa@example.org")
    known_twice = [nobody.post("/comments/", said) for _ in range(2)]
    unknown = nobody.post("/comments/", said | {"email": "nobody@example.org"})
    answers = [*known_twice, unknown]
    assert len({answer.content for answer in answers}) == 1
    assert len({str(headers_of(answer)) for answer in answers}) == 1
    assert len({answer.status_code for answer in answers}) == 1


@pytest.mark.usefixtures("_unconfirmed")
def test_what_is_visible_is_told_as_readers_see_it(nobody: Program, said: Any) -> None:
    answer = nobody.post("/comments/", said)
    assert answer.status_code == 201
    told = answer.json()
    assert told["html"] == "<p>The <em>timetable</em> says otherwise.</p>"
    assert answer["Location"] == told["url"]
    assert nobody.client.get(answer["Location"]).json() == told
    again = nobody.post("/comments/", said)
    assert (again.status_code, again.content) == (200, answer.content)
    assert Comment.objects.count() == 1


@pytest.mark.usefixtures("_unconfirmed")
def test_everything_that_a_form_may_say(nobody: Program, said: Any, edition: Edition) -> None:
    first = nobody.post("/comments/", said).json()["id"]
    shown = edition.content["comparison"]["positions"][0]
    position = Position.objects.get(pk=shown["id"])
    more = {"position": position.pk, "purpose": "agrees", "answer": position.answer_id, "replies": True}
    told = nobody.post("/comments/", said | more | {"body": "I agree."}).json()
    assert (told["position"]["id"], told["purpose"]) == (position.pk, "agrees")
    both = f"{position.question_id}-{position.answer_id}"
    told = nobody.post("/comments/", said | {"body": "So do I.", "answer": both}).json()
    assert told["own_answer"]["answer"] == position.answer.label
    reply = nobody.post("/comments/", said | {"body": "Why?", "parent": first}).json()
    assert (reply["parent"], reply["depth"]) == (first, 1)
    assert Comment.objects.get(pk=told["id"]).wants_replies is False
    assert Comment.objects.filter(wants_replies=True).count() == 1


@pytest.mark.usefixtures("_unconfirmed")
def test_what_is_held_is_told_as_held_and_by_no_number(nobody: Program, said: Any, settings: Any) -> None:
    settings.COMMENTS_MODE = "hold_all"
    first, again = (nobody.post("/comments/", said) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (202, "held")
    assert first.content == again.content
    Comment.objects.update(state="spam")
    assert nobody.post("/comments/", said).json()["detail"].startswith("The same was sent before")


def test_what_was_sent_by_the_form_is_the_same(nobody: Program, said: Any, client: Any) -> None:
    form = {name: value for name, value in said.items() if name != "article"}
    client.post("/articles/night-trains/comments/new/", form)
    nobody.post("/comments/", said)
    assert Comment.objects.count() == 1


# --- Refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"article": None, "name": 5, "email": [], "body": {}}, {"/article", "/name", "/email", "/body"}),
        ({"name": "", "email": "nowhere", "body": " "}, {"/name", "/email", "/body"}),
        ({"purpose": "shouts"}, {"/purpose"}),
        (
            {"parent": "1", "position": 1.5, "quote": True, "replies": "yes"},
            {"/parent", "/position", "/quote", "/replies"},
        ),
        ({"answer": 2**50}, {"/answer"}),
        ({"answer": "1-2-3"}, {"/answer"}),
        ({"body": "x" * 20_001}, {"/body"}),
        ({"commenter": 1, "state": "visible"}, {"/commenter", "/state"}),
    ],
)
def test_what_makes_no_sense_names_its_fields(nobody: Program, said: Any, wrong: Any, places: set[str]) -> None:
    answer = nobody.post("/comments/", said | wrong)
    assert answer.status_code == 400
    assert pointers(answer) == places
    assert not Comment.objects.exists()


def test_where_there_is_no_article_there_is_nothing_to_say(nobody: Program, said: Any) -> None:
    answer = nobody.post("/comments/", said | {"article": "none"})
    assert (answer.status_code, pointers(answer)) == (404, {"/article"})


def test_what_it_hangs_on_must_be_there(nobody: Program, said: Any) -> None:
    for name in ("parent", "position", "quote"):
        answer = nobody.post("/comments/", said | {name: 2**50})
        assert (answer.status_code, pointers(answer)) == (404, {f"/{name}"})
    assert not Comment.objects.exists()


@pytest.mark.parametrize(("state", "status"), [("closed", 403), ("honeypot", 400)])
def test_a_refusal_tells_its_rule_and_reason(
    nobody: Program, said: Any, settings: Any, state: str, status: int
) -> None:
    settings.COMMENTS_MODE = "closed" if state == "closed" else "open"
    answer = nobody.post("/comments/", said | ({"website": "https://example.org"} if state == "honeypot" else {}))
    rule = find_rule(state)
    assert rule is not None
    assert (answer.status_code, answer.json()["rule"], answer.json()["detail"]) == (status, state, rule.told)
    assert not Comment.objects.exists()


@pytest.mark.usefixtures("_unconfirmed")
def test_a_hurry_is_told_when_to_come_again(nobody: Program, said: Any, settings: Any) -> None:
    settings.COMMENTS_LIMITS = True
    cache.clear()
    answers = [nobody.post("/comments/", said | {"body": f"Remark {n}."}) for n in range(30)]
    late = answers[-1]
    assert (late.status_code, late.json()["rule"], late["Retry-After"]) == (429, "too_fast", "600")


def test_under_what_was_withdrawn_nothing_is_said(nobody: Program, said: Any, edition: Edition) -> None:
    withdraw(edition.article, by=None, now=NOW, reason="A forgery.")
    answer = nobody.post("/comments/", said)
    assert (answer.status_code, pointers(answer)) == (404, {"/article"})


def test_a_reader_whom_a_browser_remembers_is_nobody_here(said: Any, edition: Edition) -> None:
    """Their cookie says nothing: no other page can make their browser speak in their name."""
    browser = talk.browser_of(talk.person("Rosa Lindqvist", "rosa@example.org"))
    visitor = Program(None)
    visitor.client = browser
    assert visitor.post("/comments/", said).json()["status"] == "waiting"


# --- Proof of work, and keys -----------------------------------------------------------------------------------------


def solve(challenge: dict[str, Any]) -> str:
    for number in range(challenge["most"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return f"{number}:{challenge['signature']}:{challenge['salt']}"
    raise AssertionError("It has no solution.")


@pytest.mark.usefixtures("_unconfirmed")
def test_work_is_asked_for_and_counts_once(nobody: Program, said: Any, settings: Any, monkeypatch: Any) -> None:
    settings.COMMENTS_PROOF_OF_WORK = True
    monkeypatch.setattr("comments.proof.EFFORT", 50)
    asked = nobody.get("/comments/challenge/")
    assert asked["Cache-Control"] == "private, no-store"
    proof = solve(asked.json())
    assert nobody.post("/comments/", said | {"body": "Without."}).json()["status"] == "held"
    assert nobody.post("/comments/", said | {"body": "With.", "proof": proof}).status_code == 201
    assert nobody.post("/comments/", said | {"body": "Again.", "proof": proof}).json()["status"] == "held"


def test_where_no_work_is_asked_for_that_is_told(nobody: Program) -> None:
    assert nobody.get("/comments/challenge/").json()["is_required"] is False


@pytest.mark.usefixtures("_unconfirmed")
def test_a_key_with_the_scope_needs_no_work(said: Any, settings: Any) -> None:
    settings.COMMENTS_PROOF_OF_WORK = True
    assert program("moderator", "write:comments").post("/comments/", said).status_code == 201
    assert program("editor", "read", "write:record").post("/comments/", said).status_code == 403


def test_a_key_speaks_for_its_person_and_for_nobody_else(said: Any) -> None:
    tool = program("editor")
    talk.person("Nora Penn", "nora@example.org", user=tool.key.person)
    talk.person("Rosa Lindqvist", "rosa@example.org")
    own = tool.post("/comments/", said | {"name": "Nora Penn", "email": " Nora@example.org "})
    assert (own.status_code, own.json()["badge"]) == (201, "staff")
    others = tool.post("/comments/", said)
    assert (others.status_code, others.json()["status"]) == (202, "waiting")


def test_an_address_that_was_never_confirmed_is_nobodys(said: Any) -> None:
    tool = program("editor")
    Commenter.objects.create(address="nell@example.org", first_seen_at=NOW, user=tool.key.person)
    assert tool.post("/comments/", said | {"email": "nell@example.org"}).json()["status"] == "waiting"


def test_what_a_key_sends_twice_is_answered_alike(said: Any) -> None:
    tool = program("editor")
    first, again = (tool.post("/comments/", said, Idempotency_Key="x") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Letter.objects.count() == 1
    assert not mail.outbox


def test_the_network_and_the_program_are_noted_as_by_the_form(nobody: Program, said: Any) -> None:
    nobody.post("/comments/", said, User_Agent="A program")
    comment = Comment.objects.get()
    assert (comment.from_ip, comment.user_agent) == ("127.0.0.1", "A program")


@pytest.mark.usefixtures("_unconfirmed")
@pytest.mark.parametrize("is_erased", [True, False])
def test_an_answer_that_was_kept_goes_with_what_was_said(said: Any, is_erased: bool) -> None:
    tool = program("editor")
    other = tool.post("/comments/", said | {"email": "bo@example.org", "body": "Stays."}, Idempotency_Key="y")
    assert tool.post("/comments/", said, Idempotency_Key="x").status_code == 201
    assert "timetable" in GivenAnswer.objects.get(name="x").body
    comment = Comment.objects.get(commenter__address=said["email"])
    if is_erased:
        erase_person(comment.commenter, now=NOW)
    else:
        take_back(comment, Comment.State.DELETED, now=NOW)
    kept = GivenAnswer.objects.get(name="x")
    assert (kept.body, kept.headers, kept.asked) == ("", {}, "")
    again = tool.post("/comments/", said, Idempotency_Key="x")
    assert (again.status_code, again.json()["type"].endswith("#gone")) == (410, True)
    assert Comment.objects.filter(state="visible").count() == 1
    same = tool.post("/comments/", said | {"email": "bo@example.org", "body": "Stays."}, Idempotency_Key="y")
    assert (same.content, same["Idempotent-Replayed"]) == (other.content, "true")


def test_what_is_erased_while_it_cannot_be_forgotten_stays(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: neither goes without the other."""
    person = talk.person()
    comment = talk.comment(Edition.objects.get(), commenter=person)
    monkeypatch.setattr("aisrace.api.repeating.forget", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        erase_person(person, now=NOW)
    comment.refresh_from_db()
    assert comment.text
