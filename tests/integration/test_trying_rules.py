"""Rules tried on past comments: what they would have caught, at what price, and that nothing is changed by it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Edition
from comments.attempts import Rule
from comments.models import Comment, ScreeningRule
from comments.paths import place
from comments.rulebook import RULES
from comments.screening import House
from comments.trying import Tried, try_rules
from tests import make, talk
from tests.talk import NOW, at

pytestmark = pytest.mark.django_db
LINKS = "https://a.example https://b.example https://c.example https://d.example"


def live_with(*names: str) -> Edition:
    asked, people = make.question(), [make.expert(name) for name in names]
    for who in people:
        make.position(who, asked)
    return talk.live(experts=people, questions=[asked])


@pytest.fixture
def edition() -> Edition:
    return live_with("Ada Fernwick", "Bo Ek")


def house(key: str = "listed_word", outcome: str = "hold", number: int | None = None, words: str = "") -> House:
    return House({key: ScreeningRule(key=key, outcome=outcome, number=number, words=words)})


def rule_of(key: str) -> Rule:
    return next(rule for rule in RULES if rule.key == key)


def result(trial: Any, key: str) -> Tried:
    return next(tried for tried in trial.results if tried.rule.key == key)


def test_it_says_what_would_have_been_held(edition: Edition) -> None:
    caught = talk.comment(edition, "A casino!", at=at(1))
    approved = talk.comment(edition, "My casino is fine.", decided_revision=1, at=at(2))
    talk.comment(edition, "No casino, thanks.", state="rejected", decided_revision=1)
    talk.comment(edition, "Casino spam.", state="spam", decided_revision=1)
    talk.held(edition, "The casino waits.")
    talk.comment(edition, "Nothing of that.")
    talk.comment(edition, "A casino, not confirmed.", state="unconfirmed")
    trial = try_rules(house(words="casino"), NOW)
    tried = result(trial, "listed_word")
    assert (trial.number, trial.is_all) == (6, True)
    assert (tried.number, tried.visible, tried.approved, tried.rejected) == (5, 2, 1, 2)
    assert [shown.past.pk for shown in tried.shown] == [approved.pk, caught.pk]
    assert tried.shown[0].finding.span == (3, 9)


def test_the_first_that_objects_counts_as_in_use(edition: Edition) -> None:
    talk.comment(edition, f"A casino: {LINKS}")
    trial = try_rules(house(words="casino"), NOW)
    assert [(tried.rule.key, tried.number) for tried in trial.results] == [
        *(("too_long", 0), ("lookalike", 0), ("listed_word", 1), ("many_links", 0))
    ]
    alone = try_rules(house(words="casino"), NOW, [rule_of("many_links")])
    assert [(tried.rule.key, tried.number) for tried in alone.results] == [("many_links", 1)]


def test_a_rule_that_is_off_is_tried_only_where_it_is_asked_for(edition: Edition) -> None:
    talk.comment(edition, LINKS)
    off = house("many_links", "off", 3)
    tried = result(try_rules(off, NOW), "many_links")
    assert (tried.number, tried.outcome) == (0, "off")
    tried = result(try_rules(off, NOW, [rule_of("many_links")]), "many_links")
    assert (tried.number, tried.outcome) == (1, "hold")


def test_names_are_protected_under_their_own_article_alone(edition: Edition) -> None:
    other = live_with("Cy Marsh", "Dee Flint")
    here = talk.comment(edition, name="Bo Ek")
    talk.comment(other, name="Bo Ek")
    talk.comment(edition, name="Bo Ek", badge="expert")
    tried = result(try_rules(House(), NOW), "lookalike")
    assert [shown.past.pk for shown in tried.shown] == [here.pk]


def test_rules_that_need_more_than_words_are_not_tried(edition: Edition) -> None:
    talk.comment(edition)
    trial = try_rules(House(), NOW, [rule for rule in RULES if not rule.is_textual])
    assert trial.results == ()


def test_no_more_than_a_page_is_shown(edition: Edition) -> None:
    for _ in range(25):
        talk.comment(edition, "casino")
    tried = result(try_rules(house(words="casino"), NOW), "listed_word")
    assert (tried.visible, len(tried.shown)) == (25, 20)


def many(edition: Edition, number: int) -> None:
    rows = []
    for n in range(number):
        row = Comment(article_id=edition.article_id, edition=1, created_at=at(n % 50), state="visible")
        place(row, None, at(n % 50))
        row.name, row.text = f"Reader number {n}", f"What the timetable of {n} says is another thing. " * 8
        rows.append(row)
    rows[7].text, rows[8].name = LINKS, "Ada Fernwick"
    Comment.objects.bulk_create(rows, 1_000)


@pytest.mark.one_database
def test_ten_thousand_take_a_few_queries(edition: Edition) -> None:
    many(edition, 10_000)
    words = "\n".join(f"word{n}*" for n in range(50))
    with CaptureQueriesContext(connection) as queries:
        trial = try_rules(house(words=words), NOW)
    assert len(queries) == 3
    assert all(query["sql"].lstrip("( ").startswith(("SELECT", "DECLARE")) for query in queries), "nothing is written"
    assert {tried.rule.key: tried.number for tried in trial.results} == {
        "too_long": 0,
        "lookalike": 1,
        "listed_word": 0,
        "many_links": 1,
    }


# --- The page --------------------------------------------------------------------------------------------------------

RULES_PAGE = "admin:comments_screeningrule_changelist"


def rules_form(**changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for rule in RULES:
        if not rule.is_fixed:
            form[f"{rule.key}-outcome"] = rule.outcome
            form |= {f"{rule.key}-number": rule.number} if rule.number is not None else {}
    return form | {"listed_word-words": ""} | changes


def test_the_page_tries_before_it_sets(client: Client, edition: Edition) -> None:
    client.force_login(talk.moderator())
    talk.comment(edition, "A <b>casino</b>!", name="<i>Vex</i>")
    page = client.post(reverse(RULES_PAGE), rules_form(**{"listed_word-words": "casino", "try": "listed_word"}))
    assert "would have held 1 of 1" in page.text
    assert "A &lt;b&gt;casino&lt;/b&gt;!" in page.text
    assert "<i>Vex" not in page.text
    assert "casino</textarea>" in page.text, "what was typed stands, to be set or changed"
    assert not ScreeningRule.objects.exists()
    client.post(reverse(RULES_PAGE), rules_form(**{"listed_word-words": " Casino \n\ncasino", "save": ""}))
    assert list(ScreeningRule.objects.values_list("key", "outcome", "words")) == [
        ("listed_word", "hold", "Casino\ncasino")
    ]


def test_setting_what_is_set_changes_nothing(client: Client) -> None:
    client.force_login(talk.moderator())
    for _ in range(2):
        answer = client.post(reverse(RULES_PAGE), rules_form(**{"many_links-number": 1, "save": ""}), follow=True)
    assert "All is as it was." in answer.text
    assert list(ScreeningRule.objects.values_list("key", "number")) == [("many_links", 1)]
    client.post(reverse(RULES_PAGE), rules_form(save=""))
    assert list(ScreeningRule.objects.values_list("key", "number")) == [("many_links", 3)]


@pytest.mark.parametrize(
    "change",
    [
        {"many_links-outcome": "explode"},
        {"many_links-number": "-1"},
        {"many_links-number": "9" * 30},
        {"listed_word-words": "*"},
        {"too_fast-number": ""},
    ],
)
@pytest.mark.parametrize("button", ["save", "try"])
def test_what_makes_no_sense_is_marked_and_not_set(client: Client, change: dict[str, str], button: str) -> None:
    client.force_login(talk.moderator())
    page = client.post(reverse(RULES_PAGE), rules_form(**change, **{button: ""}))
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.text
    assert "Nothing was set" in page.text
    assert not ScreeningRule.objects.exists()


def test_fixed_rules_are_not_set_by_whoever_posts_them(client: Client) -> None:
    client.force_login(talk.moderator())
    client.post(reverse(RULES_PAGE), rules_form(**{"closed-outcome": "off", "save": ""}))
    assert not ScreeningRule.objects.exists()


def test_who_only_looks_tries_but_does_not_set(client: Client) -> None:
    editor = make.user("ed", is_staff=True)
    editor.groups.set(talk.Group.objects.filter(name="editor"))
    client.force_login(editor)
    assert "Set them so" not in client.get(reverse(RULES_PAGE)).text
    assert client.post(reverse(RULES_PAGE), rules_form(**{"try": ""})).status_code == 200
    assert client.post(reverse(RULES_PAGE), rules_form(**{"many_links-number": 1, "save": ""})).status_code == 403
    assert not ScreeningRule.objects.exists()
