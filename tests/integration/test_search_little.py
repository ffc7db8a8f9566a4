"""The search where little is written: when it is found, and what that costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aisrace.lib.watching import together
from aisrace.search.asking import read_question
from aisrace.search.finding import Wish
from aisrace.search.results import search
from articles.publishing import publish, unschedule, withdraw
from experts.models import Source
from tests import make, site
from tests.integration.test_search import drift, look_for
from tests.make import NOW
from tests.pages import visit

pytestmark = [pytest.mark.django_db, pytest.mark.searching]


def test_what_is_not_listed_is_counted() -> None:
    make.filled_record(12)
    found = search(Wish(read_question("person")), timezone.now())
    experts = next(facet for facet in found.facets if facet.name == "expert")
    assert (len(experts.values), experts.more) == (8, 4)


def test_a_scheduled_article_is_found_from_its_moment_on_and_a_withdrawn_one_no_more() -> None:
    article = make.article("Zeppelins return", slug="zeppelins", body="<p>Hydrogen bait.</p>")
    now = timezone.now()
    at = now + timedelta(days=1)
    publish(article, by=None, now=now, at=at)
    just_before = at - timedelta(seconds=1)
    assert look_for("hydrogen", just_before) == look_for("zeppelins", just_before) == []
    assert look_for("hydrogen", at) == ["article zeppelins"]
    assert look_for("fernwick", just_before) == []
    assert "expert" in look_for("fernwick", at)[0]
    withdraw(article, by=None, now=at + timedelta(days=1), reason="It was a balloon.")
    assert look_for("hydrogen", at + timedelta(hours=1)) == ["article zeppelins"]
    assert look_for("hydrogen", at + timedelta(days=1)) == []


def test_the_newest_edition_alone_is_found() -> None:
    article = make.article("Zeppelins return", slug="zeppelins", body="<p>First words.</p>")
    publish(article, by=None, now=NOW)
    site.rewrite(article, body="<p>Second thoughts.</p>")
    later = NOW + timedelta(days=400 * 365)
    publish(article, by=None, now=NOW, at=later)
    assert look_for("first words", later - timedelta(seconds=1)) == ["article zeppelins"]
    assert look_for("second thoughts", later - timedelta(seconds=1)) == []
    assert look_for("first words", later) == []
    assert look_for("second thoughts", later) == ["article zeppelins"]
    unschedule(article, by=None, now=NOW)
    assert look_for("first words", later) == ["article zeppelins"]
    assert look_for("second thoughts", later) == []
    assert drift() == []


# --- Cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experts", [1, 100])
def test_the_page_asks_the_same_for_one_result_and_for_a_hundred(
    client: Client, django_assert_num_queries: Any, experts: int
) -> None:
    visit(client, "/")
    _, (question,) = make.filled_record(experts)
    question.topics.add(make.topic())
    with django_assert_num_queries(4):
        visit(client, "/search/?q=question")
    with django_assert_num_queries(4):
        client.get("/api/v1/search/?q=question&page_size=100")
    with django_assert_num_queries(1):
        client.get("/search/suggest/?q=pers")


@pytest.mark.parametrize("positions", [1, 100])
def test_a_position_and_all_its_expert_s_are_followed_at_the_same_cost(
    django_assert_max_num_queries: Any, positions: int
) -> None:
    (expert,), _ = make.filled_record(1, positions)
    with django_assert_max_num_queries(45):
        expert.name = "Somebody Else"
        expert.save()
    assert len(look_for("somebody")) == 2 * positions + 1


def test_what_is_written_together_is_read_once_for_all_that_tells_of_it() -> None:
    (expert,), (question,) = make.filled_record(1)
    with CaptureQueriesContext(connection) as asked, together():
        said = make.position(expert, question, stated_on=make.A_DAY + timedelta(days=900), summary="Tarsier.")
        make.quote(said, "A tarsier is asked.")
        Source.objects.update(publisher="Tarsier Press")
        expert.save()
    words = [query["sql"] for query in asked if '"experts_quote"."words"' in query["sql"].partition(" FROM ")[0]]
    assert len([sql for sql in words if sql.startswith("SELECT")]) == 1
    assert look_for("tarsier")[0].startswith("position")
    assert drift() == []
