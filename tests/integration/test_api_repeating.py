"""What carries an Idempotency-Key is done once."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections

from aisrace.api.keys import make_key
from aisrace.api.models import ApiKey, GivenAnswer
from aisrace.api.repeating import CUT_OFF, KEPT, Different, Given, UnderWay, answer_once, forget_answers
from experts.models import Topic
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def make_one(name: str = "nell") -> ApiKey:
    key = ApiKey(name="The importer", person=make.user(name, is_staff=True))
    make_key(key, by=key.person, now=NOW)
    return key


def do() -> Given:
    topic = make.topic()
    return Given(201, f"made {topic.pk}", {"Location": "/there/"})


def test_the_second_time_is_answered_as_the_first() -> None:
    key = make_one()
    first = answer_once(key, "a", "hash", do, now=NOW)
    again = answer_once(key, "a", "hash", do, now=NOW + KEPT - timedelta(seconds=1))
    assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert Topic.objects.count() == 1


def test_it_is_another_request_under_another_name_or_key_or_after_a_day() -> None:
    key, other = make_one(), make_one("bo")
    for number, (whose, name, now) in enumerate(
        [(key, "a", NOW), (key, "b", NOW), (other, "a", NOW), (key, "a", NOW + KEPT)], 1
    ):
        assert not answer_once(whose, name, "hash", do, now=now).is_repeated
        assert Topic.objects.count() == number


def test_something_else_under_the_same_name_is_refused() -> None:
    key = make_one()
    answer_once(key, "a", "hash", do, now=NOW)
    with pytest.raises(Different):
        answer_once(key, "a", "another", do, now=NOW)
    assert Topic.objects.count() == 1


def test_what_fails_leaves_nothing_and_may_be_tried_again() -> None:
    key = make_one()

    def fail() -> Given:
        do()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer_once(key, "a", "hash", fail, now=NOW)
    assert not Topic.objects.exists()
    assert answer_once(key, "a", "another", do, now=NOW).status == 201


def test_while_it_is_under_way_it_is_not_begun_again() -> None:
    key = make_one()

    def come_again() -> Given:
        with pytest.raises(UnderWay):
            answer_once(key, "a", "hash", do, now=NOW + timedelta(seconds=1))
        return do()

    answer_once(key, "a", "hash", come_again, now=NOW)
    assert Topic.objects.count() == 1


def test_what_was_cut_off_is_taken_over_and_its_first_owner_is_too_late() -> None:
    key = make_one()
    GivenAnswer.objects.create(api_key=key, name="a", asked="hash", claim=uuid4(), claimed_at=NOW)
    with pytest.raises(UnderWay):
        answer_once(key, "a", "hash", do, now=NOW + CUT_OFF - timedelta(seconds=1))
    assert answer_once(key, "a", "hash", do, now=NOW + CUT_OFF).status == 201

    def dawdle() -> Given:
        GivenAnswer.objects.filter(name="b").update(claim=uuid4())
        return do()

    with pytest.raises(UnderWay):
        answer_once(key, "b", "hash", dawdle, now=NOW)
    assert Topic.objects.count() == 1


def test_answers_are_forgotten_after_a_day() -> None:
    key = make_one()
    answer_once(key, "a", "hash", do, now=NOW)
    assert forget_answers(NOW + KEPT - timedelta(seconds=1)) == 0
    assert forget_answers(NOW + KEPT) == 1
    assert not GivenAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_row() -> None:
    key, barrier = make_one(), Barrier(20)
    said: list[str] = []

    def send() -> None:
        try:
            barrier.wait()
            said.append(answer_once(key, "a", "hash", do, now=NOW).body)
        except UnderWay:
            said.append("under way")
        finally:
            connections.close_all()

    threads = [Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(said) == 20
    assert set(said) <= {f"made {Topic.objects.get().pk}", "under way"}
    assert f"made {Topic.objects.get().pk}" in said
