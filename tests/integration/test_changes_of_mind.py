"""Changes of mind across the record: what the pure function finds, newest first, nothing private, at any size."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from experts.changing import changes_of_mind, pair_ids
from experts.comparison import Blank, compare
from experts.measures import find_changes
from experts.models import Expert, Position, Question
from experts.record import expert_row, read_positions, read_questions
from tests import cast, make
from tests.make import A_DAY, NOW
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TOMORROW = NOW + timedelta(days=1)


def listed(page: Page) -> list[tuple[str, str]]:
    return [(e.texts("a", "name")[0], e.texts("h3")[0]) for e in page.find("div", "statement")]


def by_hand() -> list[tuple[int, int]]:
    """All changes between public positions, less those to what is off the axis or no longer current."""
    public = Position.objects.public(NOW)
    history = read_positions(public.select_related("source"), {})
    experts = [expert_row(expert, {}, A_DAY) for expert in Expert.objects.all()]
    comparison = compare(experts, read_questions(Question.objects.all()), history)
    current = {cell.position.id for cell in comparison.cells.values() if cell.position and cell.step is not None}
    changes = [(c.after.id, c.before.id) for c in find_changes(history) if c.after.id in current]
    days = {position.id: (position.stated_on, position.id) for position in history}
    return sorted(changes, key=lambda pair: days[pair[0]], reverse=True)


def test_the_cast() -> None:
    """Elm’s step onto the scale did not last, and its last answer lies off it: Ada alone changed to another place."""
    record = cast.record()
    assert pair_ids(changes_of_mind(NOW)) == by_hand()
    after, before = record.find("ada", "ferries", cast.JAN_25), record.find("ada", "ferries", cast.JAN_24)
    assert pair_ids(changes_of_mind(NOW)) == [(after.pk, before.pk)]


@pytest.mark.parametrize("seed", range(5))
def test_any_record_gives_what_the_pure_function_gives(seed: int) -> None:
    random = Random(seed)
    people, asked = [make.expert() for _ in range(4)], [make.question() for _ in range(3)]
    said: list[str | Blank] = ["Unlikely", "Even", "Likely", "It depends", *list(Blank)[:3]]
    for person in people:
        for question in asked:
            for n in range(random.randint(0, 5)):
                chosen = random.choice(said)
                own: dict[str, Any] = {"blank": chosen} if isinstance(chosen, Blank) else {"answer": chosen}
                public_at = random.choice([make.LONG_AGO] * 5 + [None, TOMORROW])
                make.position(person, question, stated_on=A_DAY + timedelta(days=n), public_at=public_at, **own)
    Expert.objects.filter(pk=people[0].pk).update(public_at=None)
    assert pair_ids(changes_of_mind(NOW)) == by_hand()


# --- What readers see ------------------------------------------------------------------------------------------------


@pytest.fixture
def ada() -> Expert:
    cast.record()
    return Expert.objects.get(slug="ada")


def test_the_page_tells_before_and_after_when_where_and_how_many(client: Client, ada: Expert) -> None:
    page = visit(client, "/changes-of-mind/")
    (change,) = page.find("div", "statement")
    assert change.texts("span", "stance") == ["Unlikely", "Likely"]
    assert change.texts("time") == ["10 January 2024", "15 January 2025"]
    assert "Engineer, Signal Works" in change.text
    assert "Reported by The night train survey" in change.text
    assert "/questions/ferries/#expert-ada" in change.links
    assert page.texts("p", "lede")[0].startswith("1 change. One is listed where")


def test_the_link_leads_to_the_words(client: Client, ada: Expert) -> None:
    assert "The answer among all" in visit(client, "/changes-of-mind/").words
    make.quote(ada.positions.get(question__slug="ferries", stated_on=cast.JAN_25))
    page = visit(client, "/changes-of-mind/")
    assert "What they say now" in page.words
    (address, place) = next(link for link in page.links if "#" in link and "ferries" in link).split("#")
    assert place in [e["id"] for e in visit(client, address).elements]


def test_narrowed_by_words_and_topic(client: Client, ada: Expert) -> None:
    make.position(Expert.objects.get(slug="bo"), Question.objects.get(slug="trains"), "Even", stated_on=cast.JUN_25)
    make.topic("Wagons", slug="wagons").questions.add(make.question())
    both = [("Bo Quillane", cast.QUESTIONS["trains"][1]), ("Ada Fernwick", cast.QUESTIONS["ferries"][1])]
    for query, found in (
        *(("", both), ("?topic=night-trains", both), ("?topic=wagons", []), ("?q=FERN", both[1:])),
        *(("?q=planes", both[:1]), ("?q=planes&topic=wagons", [])),
    ):
        assert listed(visit(client, f"/changes-of-mind/{query}")) == found, query
    assert "No change fits." in visit(client, "/changes-of-mind/?q=nothing").words
    visit(client, "/changes-of-mind/?topic=nothing", 400)


def test_the_front_page_shows_the_latest_and_nothing_where_there_are_none(client: Client) -> None:
    assert "Changes of mind" not in visit(client, "/").words
    assert "Nobody has changed their mind yet." in visit(client, "/changes-of-mind/").words
    cast.record()
    page = visit(client, "/")
    (card,) = [card for card in page.find("div", "card") if "became" in card.text]
    assert card.texts("span", "stance") == ["Unlikely", "Likely"]
    assert "/changes-of-mind/" in page.links


def test_what_is_not_public_is_neither_told_nor_hinted_at(client: Client, ada: Expert) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    ferries = Question.objects.get(slug="ferries")
    make.position(ada, ferries, "Even", stated_on=date(2025, 6, 1), public_at=None)
    make.position(ada, Question.objects.get(slug="trains"), "Even", stated_on=date(2025, 6, 1), public_at=tomorrow)
    make.position(ada, Question.objects.get(slug="gap"), "More than five", stated_on=date(2023, 6, 1), public_at=None)
    assert listed(visit(client, "/changes-of-mind/")) == [("Ada Fernwick", ferries.wording)]
    Question.objects.filter(pk=ferries.pk).update(public_at=None)
    assert listed(visit(client, "/changes-of-mind/")) == []
    assert "became" not in visit(client, "/").words


@pytest.mark.parametrize("changes", [1, 100])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries: Any, changes: int) -> None:
    people, (question,) = make.filled_record(changes)
    answer = question.scale.answers.get(label="Likely")
    later = {"question": question, "answer": answer, "stated_on": cast.JUN_24, "public_at": make.LONG_AGO}
    Position.objects.bulk_create(Position(expert=person, **later) for person in people)
    visit(client, "/changes-of-mind/")
    with django_assert_num_queries(6):
        page = visit(client, "/changes-of-mind/")
    assert len(listed(page)) == min(changes, 40)
