from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from aisrace.lib import watching
from aisrace.search.updating import hear
from tests import site, talk


@pytest.fixture(autouse=True)
def _without_index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing every row into the index of the search takes longer than most tests. Those marked `searching` have it."""
    if not request.node.get_closest_marker("searching"):
        monkeypatch.setattr(watching, "listeners", [one for one in watching.listeners if one is not hear])


@pytest.fixture
def open_conversation(settings: Any) -> None:
    """Everybody may write, as often as they like and without work; for modules that say so in their `pytestmark`."""
    for name, value in talk.OPEN.items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def _standing(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Any]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield getattr(request.module, "stands_on", site.build)()
        transaction.set_rollback(True)


@pytest.fixture
def standing(_standing: Any, db: None) -> Any:
    """What the module `stands_on`, or the site. Built once; each test has it as it was: what it does is rolled back.

    All tests of a module ask for it: one that does not would find it there or not, as it comes first or later.
    """
    return deepcopy(_standing)


@pytest.fixture
def standing_site(standing: site.Site) -> site.Site:
    return standing
