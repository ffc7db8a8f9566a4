"""Reading JSON that anybody may send: what two readers could understand differently is not understood at all.

Pure. Nothing nests deeper than 32, no name stands twice in an object, every number is one that JSON knows, and every
text can be written down in UTF-8 and in a database.
"""

import json
import re
from collections import Counter
from itertools import accumulate
from typing import Any, Never

DEEPEST = 32
MOST_DIGITS = 20
# An unfinished one reaches to the end. Nothing is looked at twice, whatever the body is.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_OTHERS = bytes(byte for byte in range(256) if byte not in _STEPS)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


class NotJson(Exception):
    """What is wrong, as a sentence for whoever sent it."""


def read_json(body: bytes) -> Any:
    """Raises `NotJson`. Nesting is counted before anything is read."""
    if measure_depth(body) > DEEPEST:
        raise NotJson(f"The body nests deeper than {DEEPEST} levels.")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=read_object,
            parse_constant=refuse_number,
            parse_float=read_float,
            parse_int=read_whole,
        )
    except UnicodeDecodeError as error:
        raise NotJson("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from error
    refuse_unwritable(value)
    return value


def measure_depth(body: bytes) -> int:
    brackets = _STRING.sub(b"", body).translate(None, _OTHERS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise NotJson(f"“{shorten(twice)}” stands more than once in one object.")
    return found


def refuse_number(text: str) -> Never:
    raise NotJson(f"{text} is no number in JSON.")


def read_float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise NotJson(f"{shorten(text)} is too large a number.")
    return number


def read_whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise NotJson(f"{shorten(text)} is too large a number.")
    return int(text)


def refuse_unwritable(value: Any) -> None:
    """NUL and halves of a surrogate pair, in texts and in names."""
    if isinstance(value, str):
        if _UNWRITABLE.search(value):
            raise NotJson("A text contains NUL or half of a surrogate pair, which cannot be written down.")
    elif isinstance(value, list):
        for one in value:
            refuse_unwritable(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            refuse_unwritable(name)
            refuse_unwritable(one)


def shorten(text: str) -> str:
    """For a sentence that is sent back: no more than that, and nothing that cannot be written down."""
    return _UNWRITABLE.sub("�", text[:40])
