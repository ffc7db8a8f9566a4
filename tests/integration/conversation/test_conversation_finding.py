"""Finding one's way in a conversation: permalinks, pages, orders, and what stands beside the comments."""

from datetime import timedelta

import pytest
from django.test import Client

from articles.models import Article, Edition
from articles.publishing import publish
from comments.discussion import OF_A_THREAD, SHOWN, THREADS
from comments.models import Comment
from experts.models import Position
from tests import talk
from tests.make import NOW
from tests.pages import visit
from tests.talk import browser_of, comment, person
from tests.talk_pages import ARTICLE, NEW, TALK, said, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation"), pytest.mark.one_database]


# --- Finding one's way -----------------------------------------------------------------------------------------------


def test_a_permalink_opens_at_the_comment_on_its_page(client: Client, edition: Edition) -> None:
    first = comment(edition, "First.")
    replies = [comment(edition, f"Reply {n}.", parent=first) for n in range(OF_A_THREAD * 2)]
    for at, made in ((0, replies[0]), (OF_A_THREAD - 1, replies[OF_A_THREAD - 1]), (len(replies) - 1, replies[-1])):
        number = (at + 1) // OF_A_THREAD + 1
        response = client.get(f"{TALK}{made.pk}/")
        query = f"?page={number}" if number > 1 else ""
        assert (response.status_code, response["Location"]) == (302, f"{TALK}{first.pk}/{query}#c{made.pk}")
        page = visit(client, response["Location"].split("#")[0])
        assert [e["id"] for e in page.find("article") if e["id"] == f"c{made.pk}"] == [f"c{made.pk}"]
    assert said(visit(client, f"{TALK}{first.pk}/"))[0] == "First."


def test_a_thread_is_paged_without_losing_or_repeating_a_comment(client: Client, edition: Edition) -> None:
    first = comment(edition, "First.")
    for n in range(OF_A_THREAD + 5):
        comment(edition, f"Reply {n}.", parent=first)
    texts = [text for n in (1, 2) for text in said(visit(client, f"{TALK}{first.pk}/?page={n}"))]
    assert texts == ["First.", *(f"Reply {n}." for n in range(OF_A_THREAD + 5))]
    assert visit(client, f"{TALK}{first.pk}/?page=99").words == visit(client, f"{TALK}{first.pk}/?page=2").words


def test_a_long_thread_is_cut_and_says_how_much_is_left(client: Client, edition: Edition) -> None:
    first = comment(edition, "First.")
    for n in range(SHOWN + 3):
        comment(edition, f"Reply {n}.", parent=first)
    page = visit(client, TALK)
    assert len(said(page)) == SHOWN
    assert page.texts("summary") == [f"{SHOWN + 3} replies"]
    assert "4 more in this thread →" in page.words
    assert f"{TALK}{first.pk}/" in page.links


def test_every_order_holds_every_thread_once(client: Client, position: Position, edition: Edition) -> None:
    reader = person()
    for n in range(THREADS + 5):
        made = comment(edition, f"Thread {n}.", position=position if n % 3 == 0 else None, votes=n % 7)
        comment(edition, f"Reply to {n}.", parent=made, commenter=reader)
    wanted = [f"Thread {n}." for n in range(THREADS + 5)]
    for order in ("", "newest", "oldest", "valued", "position"):
        pages = [visit(client, f"{TALK}?order={order}&page={n}") for n in (1, 2)]
        found = [text for page in pages for text in said(page)]
        assert sorted(t for t in found if t.startswith("Thread")) == sorted(wanted), order
        firsts = [text for text in found if text.startswith("Thread")]
        assert [found[found.index(text) + 1] for text in firsts] == [t.replace("Thread", "Reply to") for t in firsts]
        expected = {"": wanted[::-1], "newest": wanted[::-1], "oldest": wanted}.get(order, firsts)
        assert firsts == expected, order
        assert f"Page 1 of 2 · {THREADS + 5} threads" in pages[0].words
    votes = [int(text.split()[1][:-1]) % 7 for text in firsts_of(client, "valued")]
    assert votes == sorted(votes, reverse=True)
    is_about = [int(text.split()[1][:-1]) % 3 == 0 for text in firsts_of(client, "position")]
    assert is_about == sorted(is_about, reverse=True)


def firsts_of(client: Client, order: str) -> list[str]:
    texts = [text for n in (1, 2) for text in said(visit(client, f"{TALK}?order={order}&page={n}"))]
    return [text for text in texts if text.startswith("Thread")]


def test_an_order_and_a_position_stay_while_paging(client: Client, position: Position, edition: Edition) -> None:
    for _ in range(THREADS * 2 + 1):
        comment(edition, position=position)
    links = visit(client, f"{TALK}?order=oldest&page=2").links
    assert {f"{TALK}?order=oldest#conversation", f"{TALK}?order=oldest&page=3#conversation"} <= set(links)
    links = visit(client, f"{TALK}?position={position.pk}").links
    assert f"{TALK}?position={position.pk}&page=2#conversation" in links


NONSENSE = ["", "0", "-1", "x", "1.5", "%00", "9" * 400, "%D9%A1", "1e3", "%ED%A0%80"]


@pytest.mark.parametrize("number", NONSENSE)
def test_a_nonsensical_number_opens_a_page_that_makes_sense(client: Client, edition: Edition, number: str) -> None:
    for _ in range(THREADS + 1):
        first = comment(edition)
    last = number == "9" * 400
    for address, plain in ((TALK, f"{TALK}?page=2" if last else TALK), (f"{TALK}{first.pk}/", f"{TALK}{first.pk}/")):
        page = client.get(address, QUERY_STRING=f"page={number}")
        assert (page.status_code, page.content) == (200, client.get(plain).content)


@pytest.mark.parametrize("query", ["order=upside-down", "order=%00", "position=x", "position=%00", "nothing=1"])
def test_a_nonsensical_question_is_as_none(client: Client, edition: Edition, query: str) -> None:
    comment(edition)
    assert client.get(TALK, QUERY_STRING=query).content == client.get(TALK).content


def test_a_position_that_the_article_does_not_show_has_no_page(client: Client, edition: Edition) -> None:
    comment(edition)
    for key in ("987654", "9" * 18):
        assert said(visit(client, f"{TALK}?position={key}", 404)) == []


# --- Marks -----------------------------------------------------------------------------------------------------------


def test_what_was_written_before_an_update_says_so(client: Client, edition: Edition) -> None:
    comment(edition, "Before.", at=NOW + timedelta(minutes=1))
    Article.objects.update(body="<p>It goes on.</p>")
    update = publish(Article.objects.get(), by=None, now=NOW + timedelta(hours=1), kind="update", note="More.")
    comment(update, "After.", at=NOW + timedelta(hours=2))
    marks = {
        e.texts("div", "comment-body")[0]: e.texts("span", "before")
        for e in visit(client, TALK).find("article", "comment")
    }
    assert marks == {"Before.": ["written before the update of 1 July 2025"], "After.": []}


def test_picks_stand_beside_the_threads_and_in_their_place(client: Client, edition: Edition) -> None:
    picked = comment(edition, "Picked.", featured_at=NOW)
    comment(edition, "Another.")
    page = visit(client, ARTICLE)
    picks = page.find("section", "picks")[0]
    assert [e["id"] for e in picks.find("article")] == [f"pick-c{picked.pk}"]
    assert picks.find("form") == []
    assert said(page) == ["Another.", "Picked."]
    assert page.texts("span", "pick") == ["Editor’s pick"] * 2
    Comment.objects.update(state="held")
    assert visit(client, ARTICLE).find("section", "picks") == []


def test_badges_come_from_who_somebody_is(edition: Edition) -> None:
    staff = person("Mo Derrick", user=talk.moderator())
    expert = person("Ada Fernwick", expert=Position.objects.get(expert__name="Ada Fernwick").expert)
    for reader in (staff, expert, person("Rosa Lindqvist")):
        send(browser_of(reader), name=reader.name, email=None, body=f"By {reader.name}.")
    heads = visit(Client(), TALK).find("header", "comment-head")
    assert {e.texts("bdi")[0]: e.texts("span", "badge") for e in heads} == {
        "Mo Derrick": ["Staff"],
        "Ada Fernwick": ["Expert"],
        "Rosa Lindqvist": [],
    }


def test_a_name_cannot_put_on_a_badge(known: Client, edition: Edition) -> None:
    send(known, name="Ada Fernwick")
    send(known, name="Rosa [Staff] <span class=badge>Staff</span>", body="Me.")
    page = visit(known, TALK)
    assert page.find("span", "badge") == []
    assert Comment.objects.get(name="Ada Fernwick").rule == "lookalike"


# --- Beside the comparison -------------------------------------------------------------------------------------------


def test_a_position_has_two_sides(client: Client, position: Position, edition: Edition) -> None:
    for purpose in ("agrees", "challenges", "source", "error", ""):
        comment(edition, f"{purpose or 'remark'} it is", position=position, purpose=purpose)
    answered = Comment.objects.get(purpose="challenges")
    comment(edition, "An answer.", parent=answered, position=position)
    comment(edition, "On something else.")
    page = visit(client, f"{TALK}?position={position.pk}")
    sides = page.find("div", "sides-of-it")[0].find("section")
    assert [(e.texts("h2"), said(e)) for e in sides] == [
        (["They agree"], ["agrees it is"]),
        (["They challenge it"], ["challenges it is", "An answer."]),
    ]
    assert said(page)[3:] == ["remark it is", "error it is", "source it is"]
    assert "On something else." not in page.words


def test_the_comparison_counts_what_is_said_and_leads_there(
    client: Client, position: Position, edition: Edition
) -> None:
    for purpose in ("agrees", "agrees", "challenges", ""):
        comment(edition, position=position, purpose=purpose)
    first = Comment.objects.filter(position=position).first()
    comment(edition, parent=first, position=position)
    for state in ("held", "unconfirmed", "rejected", "spam", "deleted", "erased"):
        comment(edition, position=position, purpose="agrees", state=state)
    page = visit(client, ARTICLE)
    cells = [e.text for e in page.find("button", "cell") if e["popovertarget"] == f"p{position.pk}"]
    assert ["5 comments" in cell for cell in cells] == [True, True]
    (evidence,) = [e for e in page.find("section", "evidence") if e["id"] == f"p{position.pk}"]
    assert "5 comments: 2 agree, 1 challenges it, 2 remarks and replies" in evidence.text
    assert {f"{TALK}?position={position.pk}", f"{NEW}?position={position.pk}"} <= set(evidence.links)
    assert "5 comments" in page.find("header", "page-head")[0].text


def test_readers_answers_stand_beside_the_experts_from_ten_on(
    client: Client, position: Position, edition: Edition
) -> None:
    answers = list(position.question.scale.answers.order_by("order"))
    before = visit(client, ARTICLE).find("section", "evidence")[0].text
    for n in range(9):
        comment(edition, commenter=person(), question=position.question, answer=answers[n % 2])
    assert visit(client, ARTICLE).find("section", "readers") == []
    tenth = person()
    for answer in (answers[0], answers[1]):  # the last one counts
        comment(edition, commenter=tenth, question=position.question, answer=answer)
    readers = visit(client, ARTICLE).find("section", "readers")[0]
    assert "not representative" in readers.text
    assert [row for row in readers.rows if row[0] == answers[1].label] == [[answers[1].label, "", "5 · 50 %"]]
    assert visit(client, ARTICLE).find("section", "evidence")[0].text == before


def test_an_answer_is_told_with_the_comment(client: Client, position: Position, edition: Edition) -> None:
    comment(edition, question=position.question, answer=position.question.scale.answers.first())
    assert "answers “" in visit(client, TALK).words
