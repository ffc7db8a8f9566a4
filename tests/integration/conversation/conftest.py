"""Who reads and writes on the conversation's pages."""

import pytest
from django.test import Client

from articles.models import Edition
from comments.models import Commenter
from experts.models import Position
from tests.talk import browser_of, live, person


@pytest.fixture
def edition() -> Edition:
    return live(slug="night-trains")


@pytest.fixture
def position(edition: Edition) -> Position:
    return Position.objects.get(expert__name="Ada Fernwick")


@pytest.fixture
def reader() -> Commenter:
    return person(address="rosa@example.org")


@pytest.fixture
def known(reader: Commenter) -> Client:
    return browser_of(reader)
