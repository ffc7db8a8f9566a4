"""JSON that anybody may send, read by aisrace/api/reading.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.api.reading import DEEPEST, NotJson, read_json

REFUSED = {
    "nothing": b"",
    "no json": b"{",
    "two values": b"{} {}",
    "too deep": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "far too deep": b"[" * 100_000,
    "too deep behind a string": b'["\\"[",' + b"[" * DEEPEST + b"]" * DEEPEST + b"]",
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice, written twice": b'{"a": 1, "\\u0061": 2}',
    "a name twice, far inside": b'[{"b": {"a": 1, "a": 2}}]',
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "-Infinity": b"[-Infinity]",
    "a float without bounds": b"[1e999]",
    "a number of 5,000 digits": b"9" * 5000,
    "NUL": b'["\\u0000"]',
    "NUL as it is": b'["\x00"]',
    "NUL in a name": b'{"\\u0000": 1}',
    "half a pair": b'["\\ud800"]',
    "the other half": b'["\\udc00 words"]',
    "half a pair in a name": b'{"\\udfff": 1}',
    "no UTF-8": b'["\xff"]',
    "half a pair in bytes": b'["\xed\xa0\x80"]',
    "another encoding": '["é"]'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf{}",
    "a control": b'["\x01"]',
    "a comma too many": b"[1,]",
    "a comment": b"[1] // one",
    "single quotes": b"['a']",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_could_be_understood_in_two_ways_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotJson) as refused:
        read_json(body)
    str(refused.value).encode()  # a sentence that can be sent back
    assert len(str(refused.value)) < 300


def test_what_is_sound_is_read_as_it_is() -> None:
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)
    assert read_json('{"a": ["\\ud83d\\ude82", "é\\n\\"[[", 1, -0.5, 1e3, true, null]}'.encode()) == {
        "a": ["🚂", 'é\n"[[', 1, -0.5, 1000.0, True, None]
    }
    assert read_json(b'["' + b"\\\\[" * 100 + b'"]') == ["\\[" * 100]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    # Neither NUL nor half a pair; brackets, quotes and backslashes often.
    | st.text(st.one_of(st.sampled_from('[]{}"\\'), st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab[", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_whatever_is_written_is_read_again(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}",:\\u0d8eE+-19 ', max_size=60).map(str.encode))
def test_nothing_else_happens_to_anything(body: bytes) -> None:
    try:
        read_json(body)
    except NotJson as refused:
        str(refused).encode()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 500_000,
        b'"' + b"\\" * 999_999,
        b'"a' * 500_000,
        b"{" + b",".join(b'"%d":0' % n for n in range(100_000)) + b',"99999":0}',
    ],
    ids=["quotes in an unfinished text", "backslashes", "many texts", "a name that comes twice"],
)
def test_no_body_takes_long(body: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(body)
