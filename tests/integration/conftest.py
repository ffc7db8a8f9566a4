from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from aisrace.lib import watching
from aisrace.search.updating import hear
from tests import site


@pytest.fixture(autouse=True)
def _without_index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing every row into the index of the search takes longer than most tests. Those marked `searching` have it."""
    if not request.node.get_closest_marker("searching"):
        monkeypatch.setattr(watching, "listeners", [one for one in watching.listeners if one is not hear])


@pytest.fixture
def open_conversation(settings: Any) -> None:
    """Everybody may write, as often as they like and without work; for modules that say so in their `pytestmark`."""
    settings.COMMENTS_MODE, settings.COMMENTS_PROOF_OF_WORK, settings.COMMENTS_LIMITS = "open", False, False


@pytest.fixture(scope="module")
def _standing_site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[site.Site]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield site.build()
        transaction.set_rollback(True)


@pytest.fixture
def standing_site(_standing_site: site.Site, db: None) -> site.Site:
    """Built once for a module; each test has it as it was, for what they do to it is rolled back."""
    return deepcopy(_standing_site)
