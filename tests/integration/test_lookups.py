"""What is asked in SQL says the same as the adjectives beside it."""

from datetime import timedelta
from typing import Any

import pytest

from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from articles.reading import find_newest, newest_at
from comments.addresses import key_of
from comments.conversations import read_terms
from comments.lookups import ask, networks_around
from comments.models import Ban, Comment, Conversation
from tests import make
from tests.make import NOW
from tests.talk import at, comment, live, person

pytestmark = pytest.mark.django_db


def test_the_newest_edition_is_the_same_either_way_at_every_moment() -> None:
    article = make.article(slug="first")
    publish(article, by=None, now=NOW)
    Article.objects.filter(pk=article.pk).update(slug="second", standfirst="Other words.")
    article.refresh_from_db()
    publish(article, by=None, now=at(10), at=at(20))
    withdraw(Article.objects.get(pk=article.pk), by=None, now=at(30), reason="Wrong.")
    live(slug="another")
    for slug in ("first", "second", "another", "none", "", "first'--", "ä"):
        for minute in (-1, 0, 5, 15, 20, 25, 30, 40):
            found, known = find_newest(slug, at(minute)), newest_at(slug, at(minute)).first()
            assert found == known, (slug, minute)
            if found:
                kept = [field.attname for field in found._meta.concrete_fields]
                assert [getattr(found, name) for name in kept] == [getattr(known, name) for name in kept]


def test_a_row_found_by_sql_costs_one_query(django_assert_num_queries: Any) -> None:
    live(slug="first")
    with django_assert_num_queries(1):
        found = find_newest("first", at(1))
        assert found is not None
        _ = (found.slug, found.number, found.kind, found.updated_at, found.live_at, found.article_id, found.headline)


@pytest.mark.parametrize("minute", [-1, 0, 30, 59, 60, 90])
@pytest.mark.parametrize("lifted", [None, 45])
def test_a_ban_holds_as_its_twins_say(minute: int, lifted: int | None) -> None:
    ban = Ban.objects.create(
        kind="address",
        value=key_of("rosa@example.org", "ban"),
        label="Rosa's",
        begins_at=NOW,
        until=at(60),
        lifted_at=None if lifted is None else at(lifted),
    )
    holds = Ban.objects.in_force(at(minute)).contains(ban)
    assert ban.is_in_force(at(minute)) == holds
    assert bool(ask("rosa@example.org", None, "", at(minute)).ban) == holds
    assert not ask("", None, "", at(minute)).ban
    assert not ask("other@example.org", "192.0.2.7", "", at(minute)).ban


def test_a_network_is_banned_in_three_sizes() -> None:
    assert networks_around("192.0.2.7") == ["192.0.2.7/32", "192.0.2.0/24", "192.0.0.0/16"]
    assert networks_around("2001:db8:1:2:3::4") == ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"]
    for network in networks_around("192.0.2.7"):
        ban = Ban.objects.create(kind="network", value=network, label=network, begins_at=NOW)
        assert ask("", "192.0.2.7", "", at(1)).ban == network
        assert not ask("", "198.51.100.7", "", at(1)).ban
        ban.delete()


def test_words_were_said_within_a_day_by_somebody_who_was_heard() -> None:
    edition = live()
    said = comment(edition, "x", words_key="k" * 32, at=NOW)
    key, later = said.words_key, NOW + timedelta(hours=23)
    assert ask("", None, key, later).was_said
    assert not ask("", None, key, later, besides=said.pk).was_said
    assert not ask("", None, key, NOW + timedelta(hours=25)).was_said
    assert not ask("", None, "", later).was_said
    Comment.objects.update(state="unconfirmed")
    assert not ask("", None, key, later).was_said


def test_somebody_was_shown() -> None:
    edition, reader = live(), person(address="rosa@example.org")
    assert not ask("rosa@example.org", None, "", at(1)).was_shown
    comment(edition, commenter=reader, state="held")
    assert ask("rosa@example.org", None, "", at(1)).person == reader.pk
    assert not ask("rosa@example.org", None, "", at(1)).was_shown
    comment(edition, commenter=reader)
    assert ask("rosa@example.org", None, "", at(1)).was_shown
    assert not ask("other@example.org", None, "", at(1)).was_shown


def test_terms_of_an_article_and_of_the_site(settings: Any) -> None:
    settings.COMMENTS_MODE = "open"
    edition = live()
    assert (read_terms(edition).mode, read_terms(edition).closes_at) == ("open", None)
    Conversation.objects.create(mode="hold_all", close_after=10, note="Be kind.")
    terms = read_terms(edition)
    assert (terms.mode, terms.closes_at, terms.note) == ("hold_all", NOW + timedelta(days=10), "Be kind.")
    Conversation.objects.create(article=edition.article, mode="open", close_after=0)
    Conversation.objects.create(article=live().article, mode="closed")
    terms = read_terms(edition)
    assert (terms.mode, terms.closes_at, terms.note) == ("open", None, "Be kind.")
    assert terms.is_open(NOW + timedelta(days=1000))
    assert Edition.objects.count() == 2
