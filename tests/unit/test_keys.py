"""Many keys as a filter: the same rows, by as few values as there can be."""

import random

import pytest

from aisrace.lib.keys import FEW, among


@pytest.mark.parametrize("keys", [range(7, 8 + FEW), set(range(1, 100)), random.Random(1).sample(range(50), 50)])
def test_keys_in_a_row_are_a_range(keys: range | set[int] | list[int]) -> None:
    assert among("pk", keys) == {"pk__range": (min(keys), max(keys))}


@pytest.mark.parametrize("keys", [[], [3], range(FEW), [*range(100), 101], [-5, *range(100)]])
def test_others_are_named_one_by_one(keys: range | list[int]) -> None:
    assert among("pk", keys) == {"pk__in": keys}
