"""The one way in: what is taken, held, refused, and what a second sending of the same does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from articles.models import Article
from articles.publishing import publish, withdraw
from comments.addresses import key_of
from comments.confirming import confirm
from comments.drafts import NotUnderstood
from comments.models import Ban, Comment, Commenter, Conversation, Letter, ReportedError
from comments.submitting import NoConversation, Origin, Refused, submit
from comments.visitors import Visitor
from tests import make, talk
from tests.make import NOW
from tests.talk import at, draft, live, person, remembered, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]


@pytest.fixture
def unconfirmed(open_conversation: None, settings: Any) -> None:
    """Where addresses need not be confirmed."""
    settings.COMMENTS_CONFIRM = False


def counts() -> list[int]:
    return [model.objects.count() for model in (Comment, Commenter, Letter)]


# --- Taken in --------------------------------------------------------------------------------------------------------


def test_a_stranger_waits_for_their_mail() -> None:
    said = say(live(), "The <b>timetable</b> says *otherwise*.")
    assert said.waits_for_mail
    assert said.comment.html == "<p>The &lt;b&gt;timetable&lt;/b&gt; says <em>otherwise</em>.</p>"
    assert list(Letter.objects.values_list("kind", "comment")) == [("confirm", said.comment.pk)]


def test_a_remembered_reader_is_shown_at_once() -> None:
    edition = live()
    comment = say(edition, visitor=remembered(person())).comment
    assert (comment.state, comment.edition, comment.shown_at) == ("visible", edition.number, comment.created_at)
    assert Letter.objects.count() == 0


def test_another_address_than_the_remembered_one_is_confirmed_first() -> None:
    said = say(live(), visitor=remembered(person()), address="somebody@example.org")
    assert said.waits_for_mail


@pytest.mark.usefixtures("unconfirmed")
def test_without_confirmation_everybody_is_shown_at_once() -> None:
    assert say(live()).comment.state == "visible"


def test_a_reply_hangs_below_what_it_answers() -> None:
    edition, reader = live(), remembered(person())
    first = say(edition, visitor=reader).comment
    reply = say(edition, "And the fares?", visitor=reader, parent=str(first.pk)).comment
    assert (reply.parent, reply.depth, reply.thread) == (first, 1, first.path)
    assert reply.path.startswith(first.path)


def test_a_reported_error_is_put_on_the_list() -> None:
    comment = say(live(), visitor=remembered(person()), purpose="error").comment
    assert ReportedError.objects.get().comment == comment


@pytest.mark.usefixtures("unconfirmed")
def test_text_is_cleaned_and_kept() -> None:
    comment = say(live(), " Two\r\nlines\0 \u202eand more ", name=" Ro\nsa\u202e ").comment
    assert (comment.text, comment.name) == ("Two\nlines and more", "Ro sa")


# --- What it hangs on ------------------------------------------------------------------------------------------------


def test_a_comment_hangs_on_a_position_a_quote_and_an_answer() -> None:
    asked = make.question(public_at=None)
    speaker = make.expert(public_at=None)
    said = make.position(speaker, asked, "Likely", public_at=None)
    words = make.quote(said)
    other = make.expert("Bo Quillane", public_at=None)
    make.position(other, asked, public_at=None)
    edition = live(experts=[speaker, other], questions=[asked])
    answer = asked.scale.answers.get(label="Unlikely")
    reader = remembered(person())
    comment = say(edition, visitor=reader, quote=str(words.pk), purpose="challenges", answer=str(answer.pk)).comment
    assert (comment.position, comment.quote) == (said, words)
    assert (comment.question, comment.answer, comment.purpose) == (asked, answer, "challenges")
    reply = say(edition, "No.", visitor=reader, parent=str(comment.pk), purpose="agrees").comment
    assert (reply.position, reply.purpose) == (said, "")


def test_an_answer_names_its_question_where_several_share_a_scale() -> None:
    scale = make.scale()
    one, other = (make.question(f"Question {n}?", scale=scale, public_at=None) for n in (1, 2))
    edition = live(questions=[one, other])
    chosen = scale.answers.get(label="Likely")
    comment = say(edition, visitor=remembered(person()), answer=f"{other.pk}-{chosen.pk}").comment
    assert (comment.question, comment.answer) == (other, chosen)


@pytest.mark.parametrize("field", ["position", "quote", "answer", "parent", "purpose"])
@pytest.mark.parametrize("value", ["999999999", "x", "-1", "9" * 400, "1 OR 1=1", "١"])
def test_what_the_article_does_not_show_is_refused(field: str, value: str) -> None:
    edition = live()
    before = counts()
    with pytest.raises(NotUnderstood) as refusal:
        say(edition, **{field: value})
    assert list(refusal.value.problems) == [field]
    assert counts() == before


def test_a_position_of_another_article_is_refused() -> None:
    other = live()
    hidden = make.position(make.expert(), make.question(), public_at=None)
    for position in (hidden.pk, other.content["comparison"]["positions"][0]["id"]):
        with pytest.raises(NotUnderstood):
            say(live(), position=str(position))


# --- Refused, and no row ---------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once() -> None:
    edition = live()
    with pytest.raises(NotUnderstood) as refusal:
        say(edition, " \u200b ", name="✓", address="nobody", purpose="praises")
    assert set(refusal.value.problems) == {"body", "name", "email", "purpose"}
    assert counts() == [0, 0, 0]


@pytest.mark.parametrize(
    "address",
    [
        *("a@b", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org"),
        *("<a@example.org>", "ä@example.org", "a@example.org\0", "a" * 250 + "@example.org", "\u202ea@example.org"),
    ],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(NotUnderstood):
        say(live(), address=address)
    assert counts() == [0, 0, 0]


def test_nothing_under_what_is_not_before_readers() -> None:
    draft_only = publish(make.article(), by=None, now=NOW, at=NOW + timedelta(days=1))
    gone = live()
    withdrawal = withdraw(gone.article, by=None, now=at(1), reason="Wrong.")
    for edition in (draft_only, withdrawal):
        with pytest.raises(NoConversation):
            say(edition, now=at(2), visitor=remembered(person()))
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("closed_by", ["settings", "site", "article", "days"])
def test_nothing_where_the_conversation_is_closed(settings: Any, closed_by: str) -> None:
    edition = live()
    now = at(1)
    if closed_by == "settings":
        settings.COMMENTS_MODE = "closed"
    elif closed_by == "days":
        Conversation.objects.create(article=edition.article, close_after=7)
        now = NOW + timedelta(days=7)
    else:
        Conversation.objects.create(article=edition.article if closed_by == "article" else None, mode="closed")
    for visitor in (Visitor("192.0.2.7"), remembered(person())):
        with pytest.raises(Refused) as refusal:
            say(edition, visitor=visitor, now=now)
        assert refusal.value.rule.key == "closed"
    assert Comment.objects.count() == 0


def test_an_open_article_stays_closed_where_the_whole_site_is() -> None:
    edition = live()
    Conversation.objects.create(article=edition.article, mode="open")
    Conversation.objects.create(mode="closed")
    with pytest.raises(Refused):
        say(edition)


@pytest.mark.parametrize("state", ["held", "rejected", "spam", "deleted", "erased", "unconfirmed"])
def test_no_reply_to_what_is_hidden(state: str) -> None:
    edition = live()
    hidden = talk.comment(edition, state=state)
    with pytest.raises(NotUnderstood):
        say(edition, parent=str(hidden.pk))
    assert Comment.objects.count() == 1


def test_no_reply_across_articles() -> None:
    elsewhere = talk.comment(live())
    with pytest.raises(NotUnderstood):
        say(live(), parent=str(elsewhere.pk))
    assert Comment.objects.count() == 1


def test_a_filled_trap_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        say(live(), trap="https://example.org/")
    assert refusal.value.rule.key == "honeypot"


# --- Held ------------------------------------------------------------------------------------------------------------


def test_newcomers_are_held_until_something_of_theirs_was_shown(settings: Any) -> None:
    settings.COMMENTS_MODE = "hold_newcomers"
    edition, reader = live(), person()
    held = say(edition, visitor=remembered(reader)).comment
    assert (held.state, held.rule) == ("held", "newcomer")
    Comment.objects.filter(pk=held.pk).update(state="visible")
    assert say(edition, "More.", visitor=remembered(reader)).comment.state == "visible"


def test_an_article_may_hold_all_where_the_site_does_not() -> None:
    edition = live()
    Conversation.objects.create(article=edition.article, mode="hold_all")
    assert say(edition, visitor=remembered(person())).comment.rule == "hold_all"
    assert say(live(), visitor=remembered(person())).comment.state == "visible"


@pytest.mark.parametrize(
    "name", ["Ada Fernwick", "Аda Fernwick", "ada  fernwick (official)", "Nell Upham", "Moderator"]
)
def test_names_of_others_are_held(name: str) -> None:
    comment = say(live(), name=name, visitor=remembered(person())).comment
    assert (comment.state, comment.rule, comment.badge) == ("held", "lookalike", "")


def test_an_expert_has_their_badge_and_their_name() -> None:
    edition = live()
    ada = edition.experts.get(name="Ada Fernwick")
    reader = person(expert=ada)
    comment = say(edition, name="Ada Fernwick", visitor=remembered(reader)).comment
    assert (comment.state, comment.badge) == ("visible", "expert")


def test_authors_and_staff_have_theirs_and_whoever_types_their_address_has_none() -> None:
    writer = make.user("writer", email="writer@example.org", is_staff=True)
    edition = live(authors=[make.author(user=writer)])
    reader = person(address="writer@example.org", user=writer)
    assert say(edition, visitor=remembered(reader)).comment.badge == "author"
    assert say(live(), visitor=remembered(reader)).comment.badge == "staff"
    assert say(edition, "Another.", address="writer@example.org").comment.badge == ""
    writer.is_active = False
    writer.save()
    reader.refresh_from_db()
    assert say(edition, "A third.", visitor=remembered(reader)).comment.badge == ""


def test_the_same_words_by_others_within_a_day_are_held() -> None:
    words = "Everybody should look at this wonderful offer of railway tickets."
    say(live(), words, visitor=remembered(person()))
    again = say(live(), words, visitor=remembered(person())).comment
    assert (again.state, again.rule) == ("held", "repeated")
    assert say(live(), "I agree.", visitor=remembered(person())).comment.state == "visible"
    assert say(live(), "I agree.", visitor=remembered(person())).comment.state == "visible"


def test_without_proof_of_work_a_stranger_is_held(settings: Any) -> None:
    settings.COMMENTS_PROOF_OF_WORK, settings.COMMENTS_CONFIRM = True, False
    assert say(live(), proof="17:x:y").comment.rule == "no_proof"


def test_the_rule_says_what_it_caught_and_where() -> None:
    text = "See https://a.example/ https://b.example/ https://c.example/ https://d.example/ now."
    comment = say(live(), text, visitor=remembered(person())).comment
    assert (comment.rule, comment.text[comment.caught_from : comment.caught_to]) == ("many_links", "https://d.example/")


# --- Banned ----------------------------------------------------------------------------------------------------------


def ban(kind: str, value: str, **values: Any) -> Ban:
    return Ban.objects.create(kind=kind, value=value, label="A ban", begins_at=NOW - timedelta(days=1), **values)


@pytest.mark.parametrize("network", ["192.0.2.7/32", "192.0.2.0/24", "192.0.0.0/16"])
def test_a_banned_network_is_refused(network: str) -> None:
    ban("network", network)
    with pytest.raises(Refused) as refusal:
        say(live())
    assert refusal.value.rule.key == "banned"
    assert say(live(), visitor=Visitor("198.51.100.1")).waits_for_mail


def test_a_banned_address_is_refused_once_it_is_proven_and_bans_end() -> None:
    reader = person()
    ban("address", key_of(reader.address, "ban"), until=at(60))
    edition = live()
    with pytest.raises(Refused):
        say(edition, visitor=remembered(reader), now=at(1))
    assert say(edition, visitor=remembered(reader), now=at(61)).comment.state == "visible"
    # Who only types the address learns nothing.
    assert say(edition, "Hello.", address=reader.address, now=at(1)).waits_for_mail


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_too_many_in_ten_minutes_are_refused_and_the_same_is_not_counted_twice(
    settings: Any, steady_cache: None
) -> None:
    settings.COMMENTS_LIMITS = True
    edition, reader = live(), remembered(person(), "198.51.100.77")
    for n in range(8):
        assert say(edition, f"Number {n}.", visitor=reader).is_new
        assert not say(edition, f"Number {n}.", visitor=reader).is_new
    with pytest.raises(Refused) as refusal:
        say(edition, "Number 8.", visitor=reader)
    assert refusal.value.rule.key == "too_fast"
    assert Comment.objects.count() == 8


@pytest.fixture
def steady_cache() -> Any:
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


# --- Twice -----------------------------------------------------------------------------------------------------------


def test_the_same_sent_again_is_the_first() -> None:
    edition = live()
    first, again = say(edition, now=at(1)), say(edition, now=at(2))
    assert (again.comment, again.is_new, Comment.objects.count(), Letter.objects.count()) == (
        first.comment,
        False,
        1,
        1,
    )
    # Ten minutes later perhaps the letter was lost.
    say(edition, now=at(12))
    assert (Comment.objects.count(), Letter.objects.count()) == (1, 2)


def test_the_same_again_is_the_first_whatever_a_rule_says_by_now(settings: Any) -> None:
    edition, reader = live(), remembered(person())
    first = say(edition, visitor=reader)
    settings.COMMENTS_MODE = "closed"
    assert say(edition, visitor=reader).comment == first.comment


def test_the_same_elsewhere_is_another_comment() -> None:
    edition, reader = live(), remembered(person())
    first = say(edition, "I agree.", visitor=reader)
    assert say(edition, "I agree.", visitor=reader, parent=str(first.comment.pk)).is_new
    assert say(live(), "I agree.", visitor=reader).is_new


# --- From elsewhere --------------------------------------------------------------------------------------------------


def test_what_is_brought_in_keeps_its_date_and_state_and_asks_nobody(settings: Any) -> None:
    settings.COMMENTS_MODE = "closed"
    edition = live()
    old = NOW - timedelta(days=900)
    first = submit(edition, draft(address=""), Visitor(), now=NOW, origin=Origin("csv:a:1", old, "rejected")).comment
    reply = submit(
        edition, draft("Yes.", parent=str(first.pk)), Visitor(), now=NOW, origin=Origin("csv:a:2", old, "visible")
    ).comment
    assert (first.created_at, first.state, first.commenter) == (old, "rejected", None)
    assert (reply.parent, reply.commenter.address, Letter.objects.count()) == (first, "rosa@example.org", 0)
    assert reply.commenter.confirmed_at is None


# --- The price -------------------------------------------------------------------------------------------------------


def test_queries(django_assert_max_num_queries: Any, settings: Any) -> None:
    """Whatever is there already; transaction statements not counted."""
    settings.COMMENTS_CONFIRM = False
    edition = live()
    for n in range(30):
        talk.comment(edition, f"{n}", commenter=person())
    draft_once = draft("Something that was never said before in this place, by nobody.")
    with django_assert_max_num_queries(14):
        submit(edition, draft_once, Visitor("192.0.2.9"), now=at(5))
    assert submit(edition, replace(draft_once, text="x"), Visitor(), now=at(5)).is_new


def test_an_article_that_changes_its_address_keeps_its_conversation() -> None:
    edition = live()
    comment = talk.comment(edition)
    Article.objects.filter(pk=edition.article_id).update(slug="elsewhere")
    again = publish(Article.objects.get(pk=edition.article_id), by=None, now=at(3))
    assert say(again, parent=str(comment.pk), now=at(4)).comment.parent == comment


# --- Ways around -----------------------------------------------------------------------------------------------------


def test_what_was_too_fast_once_is_too_fast_again(settings: Any, steady_cache: None) -> None:
    settings.COMMENTS_LIMITS = True
    edition, reader = live(), remembered(person(), "198.51.100.78")
    for n in range(8):
        say(edition, f"Number {n}.", visitor=reader)
    for _ in range(3):
        with pytest.raises(Refused):
            say(edition, "Number 8.", visitor=reader)
    assert Comment.objects.count() == 8


def test_far_too_much_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> str:
        raise AssertionError("it was looked at")

    monkeypatch.setattr("comments.drafts.to_plain", never)
    for wrong in ({"text": "x" * 20_001}, {"name": "x" * 801}):
        with pytest.raises(NotUnderstood):
            say(live(), **wrong)
    assert counts() == [0, 0, 0]


def test_what_is_refused_is_never_rendered(monkeypatch: pytest.MonkeyPatch, unconfirmed: None) -> None:
    rendered = []
    monkeypatch.setattr("comments.submitting.render", rendered.append)
    with pytest.raises(Refused) as refusal:
        say(live(), "- a\n" * 1500)
    assert (refusal.value.rule.key, rendered) == ("too_long", [])


def test_a_stranger_without_proof_is_held_once_confirmed(settings: Any) -> None:
    settings.COMMENTS_PROOF_OF_WORK = True
    waiting = say(live()).comment
    letter = Letter.objects.get()
    done = confirm(letter, {waiting.pk}, Visitor("192.0.2.7"), now=at(90))
    assert done is not None
    assert (done.comments[0].state, done.comments[0].rule) == ("held", "no_proof")


def test_nobody_fills_up_what_waits_under_anothers_address() -> None:
    edition = live()
    for n in range(25):
        say(edition, f"Junk {n}.", now=at(1) + timedelta(seconds=n))
    own = say(edition, "My own words.", now=at(2)).comment
    waiting = Comment.objects.filter(state="unconfirmed")
    assert waiting.count() == 20
    assert waiting.contains(own)


def test_a_badge_does_not_carry_anothers_name() -> None:
    edition = live()
    bo = edition.experts.get(name="Bo Quillane")
    reader = remembered(person(expert=bo))
    comment = say(edition, name="Ada Fernwick", visitor=reader).comment
    assert (comment.state, comment.rule) == ("held", "lookalike")
    assert say(edition, "Mine.", name="Bo Quillane", visitor=reader).comment.state == "visible"


def test_whoever_writes_as_an_expert_is_protected_everywhere() -> None:
    cato = make.expert("Cato Mirrenby")
    person(expert=cato)
    assert say(live(), name="Cato Mirrenby", visitor=remembered(person())).comment.rule == "lookalike"


@pytest.mark.django_db(transaction=True)  # it is the end of a transaction that looks for the row
def test_what_was_deleted_beside_a_frozen_edition_is_told(unconfirmed: None) -> None:
    asked, speaker, other = (
        make.question(public_at=None),
        make.expert(public_at=None),
        make.expert("Bo", public_at=None),
    )
    said = make.position(speaker, asked, public_at=None)
    make.position(other, asked, public_at=None)
    words = make.quote(said)
    edition = live(experts=[speaker, other], questions=[asked])
    words.delete()
    with pytest.raises(NotUnderstood):
        say(edition, quote=str(words.pk))
    assert Comment.objects.count() == 0


def test_dates_without_a_time_part_no_thread(settings: Any) -> None:
    edition, day = live(), NOW - timedelta(days=100)
    firsts = []
    for n in range(150):
        origin = Origin(f"csv:a:{n}", day, "visible")
        firsts.append(submit(edition, draft(f"{n}", address=""), Visitor(), now=NOW, origin=origin).comment)
    for n, first in enumerate(firsts):
        origin = Origin(f"csv:a:r{n}", day, "visible")
        reply = draft("Yes.", address="", parent=str(first.pk))
        assert submit(edition, reply, Visitor(), now=NOW, origin=origin).comment.path.startswith(first.path)
    assert len({comment.thread for comment in Comment.objects.all()}) == 150
    assert len({comment.path for comment in Comment.objects.all()}) == 300
