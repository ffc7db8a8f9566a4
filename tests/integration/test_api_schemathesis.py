"""Requests made up from the contract, right and wrong ones: whatever is answered is what the contract says.

A few for each operation. By hand, with more: CONTRACT_EXAMPLES=200 pytest tests/integration/test_api_schemathesis.py
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode

from tests import site

pytestmark = [pytest.mark.django_db, pytest.mark.searching, pytest.mark.usefixtures("open_conversation")]
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "4"))


@pytest.fixture
def operations(settings: Any) -> Iterator[list[APIOperation]]:
    """The connection, and with it the test's transaction, outlives every request."""
    settings.API_LIMITS = False
    site.build()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    contract = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    yield [found.ok() for found in contract.get_all_operations()]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_answers_are_what_the_contract_says(operations: list[APIOperation], mode: GenerationMode) -> None:
    assert len(operations) > 25
    failures = {operation.label: failure for operation in operations if (failure := find_failure(operation, mode))}
    assert not failures, "\n\n".join(failures.values())


def find_failure(operation: APIOperation, mode: GenerationMode) -> str:
    try:
        make_check(operation, mode)()
    except Unsatisfiable:
        return ""  # where nothing can be chosen, nothing can be chosen wrongly
    except (AssertionError, BaseExceptionGroup) as failure:
        return str(failure)
    return ""


def make_check(operation: APIOperation, mode: GenerationMode) -> Callable[[], None]:
    @how(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES < 10,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    return check
