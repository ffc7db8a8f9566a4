import gc
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests import chromium, databases, nginx

# What is marked takes what these find, and is left out, with a hint, where there is none.
TOOLS = {"browser": (chromium.find_chromium, chromium.HINT), "nginx": (nginx.find_nginx, nginx.HINT)}


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        databases.set_up()
    yield
    with django_db_blocker.unblock():
        databases.tear_down()


def pytest_collection_finish() -> None:
    """Thousands of tests stay where they are: to look through them for garbage again and again takes minutes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = [marker for marker, (find, _) in TOOLS.items() if not find()]
    left_out = [item for item in items if any(map(item.get_closest_marker, missing))]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, (find, hint) in TOOLS.items():
        if not find():
            terminalreporter.section(marker)
            terminalreporter.line(hint)
