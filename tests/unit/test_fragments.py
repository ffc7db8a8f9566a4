"""Parts of pages that are printed once are printed anew whenever what decides them is another."""

from collections.abc import Iterator
from itertools import count
from threading import Thread

import pytest
from jinja2 import Environment
from markupsafe import Markup

from aisrace.lib.fragments import Fragments, Keep


@pytest.fixture
def environment() -> Environment:
    made = Environment(extensions=[Keep], autoescape=True, trim_blocks=True)
    made.fragments = Fragments()
    made.globals["printed"] = count(1).__next__
    return made


@pytest.fixture
def fragments(environment: Environment) -> Iterator[Fragments]:
    return environment.fragments


def test_the_same_key_prints_once(environment: Environment) -> None:
    template = environment.from_string("{% keep a, b %}{{ a }}{{ b }}:{{ printed() }}{% endkeep %}")
    assert [template.render(a=a, b=b) for a, b in ((1, 2), (1, 2), (2, 1), (1, 2))] == ["12:1", "12:1", "21:2", "12:1"]


def test_one_name_is_a_key_too(environment: Environment) -> None:
    template = environment.from_string("{% keep a %}{{ printed() }}{% endkeep %}")
    assert [template.render(a=a) for a in ("x", "y", "x")] == ["1", "2", "1"]


def test_none_in_the_key_keeps_nothing(environment: Environment, fragments: Fragments) -> None:
    template = environment.from_string("{% keep a, b %}{{ printed() }}{% endkeep %}")
    assert [template.render(a=1, b=None) for _ in range(2)] == ["1", "2"]
    assert not len(fragments)


def test_places_do_not_share(environment: Environment) -> None:
    template = environment.from_string(
        "{% keep a %}{{ printed() }}{% endkeep %}{% keep a %}{{ printed() }}{% endkeep %}"
    )
    assert template.render(a=1) == "12"


def test_macros_and_what_is_set_before_can_be_used_and_words_are_escaped_once(environment: Environment) -> None:
    template = environment.from_string(
        "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{% set y = a ~ 2 %}{% keep a %}{{ b(y) }}{% endkeep %}"
    )
    assert template.render(a="<i>") == template.render(a="<i>") == "<b>&lt;i&gt;2</b>"


def test_in_a_loop_each_has_its_own(environment: Environment) -> None:
    template = environment.from_string(
        "{% for a in rows %}{% keep a %}{{ a }}:{{ printed() }} {% endkeep %}{% endfor %}"
    )
    assert template.render(rows=[1, 2, 1]) == "1:1 2:2 1:1 "


def test_what_was_not_wanted_for_longest_goes_first() -> None:
    fragments = Fragments(limit=30)
    printed = []

    def wanted(key: str) -> None:
        fragments.print("here", (key,), lambda: printed.append(key) or Markup("x" * 10))  # type: ignore[func-returns-value]

    for key in "abcadab":
        wanted(key)
    assert printed == ["a", "b", "c", "d", "b"]
    assert len(fragments) == 3


def test_a_failure_keeps_nothing() -> None:
    fragments = Fragments()

    def fail() -> Markup:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fragments.print("here", (1,), fail)
    assert fragments.print("here", (1,), lambda: Markup("well")) == "well"


def test_threads_that_print_the_same_count_it_once() -> None:
    fragments = Fragments(limit=100)
    threads = [
        Thread(target=lambda: [fragments.print("here", (n % 7,), lambda: Markup("x" * 20)) for n in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fragments) == 5
    assert sum(map(len, fragments._kept.values())) == fragments._size == 100
