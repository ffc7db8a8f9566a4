"""A cache is told to forget the pages when something was committed, and told again until it has understood."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from aisrace.lib.fetch import Answer, NotFetched
from aisrace.pagestore import purging
from aisrace.pagestore.purging import NotPurged, purge, purge_when_heard


class Clock:
    """Time goes by when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Heard:
    """The generation at each moment, told by a function of the seconds since it began."""

    def __init__(self, clock: Clock, tell: Callable[[float], int]) -> None:
        self.clock, self.tell = clock, tell

    def listen(self) -> int:
        return self.tell(self.clock.now - 100)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(purging, "time", made)
    return made


def follow(
    clock: Clock, tell: Callable[[float], int], seconds: float, answers: Iterator[int] | None = None
) -> list[float]:
    """When messages left, in seconds since it began."""
    sent: list[float] = []

    def send() -> None:
        sent.append(round(clock.now - 100, 1))
        status = next(answers) if answers else 200
        if status != 200:
            raise NotPurged(f"It answers with status {status}.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purging, "purge", send)
        purge_when_heard(Heard(clock, tell), lambda: clock.now < 100 + seconds)
    return sent


def test_at_once_and_then_only_when_something_happened(clock: Clock) -> None:
    assert follow(clock, lambda at: 1 if at < 10 else 2, 20) == [0.0, 10.0]


def test_whatever_happens_it_is_told_once_a_second(clock: Clock) -> None:
    sent = follow(clock, lambda at: int(at * 10), 10)
    assert len(sent) in (9, 10)
    assert all(later - earlier >= 1 for earlier, later in pairwise(sent))


def test_what_happened_while_it_waited_is_told(clock: Clock) -> None:
    assert follow(clock, lambda at: 1 if at < 0.4 else 2, 5) == [0.0, 1.0]


def test_what_was_refused_is_told_again(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    assert follow(clock, lambda at: 1, 20, iter([500, 403, 200])) == [0.0, 5.0, 10.0]
    assert "It answers with status 403." in caplog.text


@pytest.mark.parametrize(("token", "expected"), [("", None), ("secret", "Bearer secret")])
def test_the_message(
    settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, token: str, expected: str | None
) -> None:
    asked: list[tuple[str, bytes, dict[str, str]]] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        asked.append((url, body, headers))
        return Answer(200, {}, b"", url)

    settings.PURGE_URL, settings.PURGE_TOKEN = "https://cdn.example.org/purge", token
    monkeypatch.setattr(purging, "post", post)
    purge()
    ((url, body, headers),) = asked
    assert (url, body) == ("https://cdn.example.org/purge", b'{"tags": ["pages"]}')
    assert headers.get("Authorization") == expected


@pytest.mark.parametrize("answer", [301, 403, 500, None])
def test_what_is_no_success_is_said(
    settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, answer: int | None
) -> None:
    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        if answer is None:
            raise NotFetched("Nobody answers there.")
        return Answer(answer, {}, b"", url)

    settings.PURGE_URL = "https://cdn.example.org/purge"
    monkeypatch.setattr(purging, "post", post)
    with pytest.raises(NotPurged, match=str(answer or "Nobody answers")):
        purge()
