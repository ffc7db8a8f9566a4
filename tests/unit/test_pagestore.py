"""The store around an application that only says what it was asked: one render for many, nothing private, no leaks."""

import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from aisrace.pagestore import flights, hearing, store
from aisrace.pagestore.addresses import find_place
from aisrace.pagestore.hearing import Hearing
from aisrace.pagestore.pages import takes_gzip
from aisrace.pagestore.store import PageStore
from tests.stored import Answered

FOR_ALL = ("Cache-Control", "public, max-age=0")
HTML = ("Content-Type", "text/html; charset=utf-8")
WORDS = "An article about night trains, long enough to be worth packing. " * 30


class Bell:
    """Rings when it is told to."""

    def __init__(self) -> None:
        self.heard: Any = 0
        self.dropped = 0

    def ask(self) -> Any:
        if isinstance(self.heard, Exception):
            raise self.heard
        return self.heard

    def drop(self) -> None:
        self.dropped += 1


class Site:
    """An application that counts; `answer` may be changed, and `gate` holds every answer back until it is opened."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = "200 OK"
        self.headers = [HTML, FOR_ALL]
        self.body = WORDS
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        status, headers, body = self.status, list(self.headers), f"{len(self.asked)}: {self.body}"
        self.gate.wait(20)
        start_response(status, headers)
        return [body.encode()]


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def made(site: Site, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> PageStore:
    """The bell is asked every time, so that nothing here depends on how fast the machine is."""
    monkeypatch.setattr(hearing, "EVERY", 0)
    return PageStore(site, Hearing(bell, lambda: 1000.0), 1_000_000, ["sessionid", "reader"])


# --- What is kept ----------------------------------------------------------------------------------------------------


def test_what_was_made_once_is_sent_again_until_something_is_committed(made: PageStore, site: Site, bell: Bell) -> None:
    assert [Answered(made, "/").number for _ in range(3)] == [1, 1, 1]
    bell.heard = 1
    assert [Answered(made, "/").number for _ in range(3)] == [2, 2, 2]
    assert made.counts.hits == 4
    assert made.counts.rendered == 2


def test_head_and_packed_bodies_come_of_the_same_page(made: PageStore, site: Site) -> None:
    plain = Answered(made, "/")
    packed = Answered(made, "/", HTTP_ACCEPT_ENCODING="br, gzip;q=0.5")
    head = Answered(made, "/", "HEAD", HTTP_ACCEPT_ENCODING="gzip")
    assert len(site.asked) == 1
    assert plain.text == packed.text
    assert packed.headers["Content-Encoding"] == "gzip"
    assert (head.body, head.headers) == (b"", packed.headers)
    assert int(packed.headers["Content-Length"]) == len(packed.body) < len(plain.body)
    assert {answer.headers["Vary"] for answer in (plain, packed)} == {"Accept-Encoding"}
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_who_has_it_is_told_so(made: PageStore, bell: Bell) -> None:
    first = Answered(made, "/", HTTP_ACCEPT_ENCODING="gzip")
    for known in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = Answered(made, "/", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=known)
        assert (again.status, again.body) == ("304 Not Modified", b"")
        assert again.headers == {
            "Cache-Control": FOR_ALL[1],
            "ETag": first.headers["ETag"],
            "Vary": "Accept-Encoding",
        }
    assert Answered(made, "/", HTTP_IF_NONE_MATCH=first.headers["ETag"]).status == "200 OK"  # not of the plain body
    bell.heard = 1
    assert Answered(made, "/", HTTP_IF_NONE_MATCH=first.headers["ETag"]).status == "200 OK"


def test_what_a_view_names_itself_by_is_kept(made: PageStore, site: Site) -> None:
    site.headers = [HTML, ("Cache-Control", "public, no-cache"), ("ETag", '"of the feed"'), ("Vary", "Accept")]
    assert Answered(made, "/feed.atom").headers["ETag"] == '"of the feed"'
    assert Answered(made, "/feed.atom", HTTP_ACCEPT_ENCODING="gzip").headers["ETag"] == '"of the feed-gzip"'
    assert Answered(made, "/feed.atom").headers["Vary"] == "Accept, Accept-Encoding"


def test_a_page_ends_by_itself(made: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Answered(made, "/").number == 1
    later = time.monotonic() + store.LONGEST
    monkeypatch.setattr(store, "monotonic", lambda: later)
    assert Answered(made, "/").number == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", [HTML, FOR_ALL]),
        ("410 Gone", [HTML, FOR_ALL]),
        ("500 Internal Server Error", [HTML, FOR_ALL]),
        ("206 Partial Content", [HTML, FOR_ALL]),
        ("200 OK", [HTML]),
        ("200 OK", [HTML, ("Cache-Control", "private, max-age=9")]),
        ("200 OK", [HTML, ("Cache-Control", "public, no-store")]),
        ("200 OK", [HTML, FOR_ALL, ("Set-Cookie", "sessionid=1")]),
        ("200 OK", [HTML, FOR_ALL, ("vary", "Accept, cookie")]),
        ("200 OK", [HTML, FOR_ALL, ("Vary", "*")]),
        ("200 OK", [HTML, FOR_ALL, ("Content-Encoding", "br")]),
    ],
)
def test_nothing_else_is_kept(made: PageStore, site: Site, status: str, headers: list[tuple[str, str]]) -> None:
    site.status, site.headers = status, headers
    first, second = Answered(made, "/"), Answered(made, "/")
    assert (first.status, first.number, second.number) == (status, 1, 2)
    assert first.headers == dict(headers)
    assert len(made.shelf) == 0
    assert Answered(made, "/", "HEAD").body == b""


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/", "POST", {}),
        ("/", "GET", {"HTTP_AUTHORIZATION": "Bearer x"}),
        ("/", "GET", {"HTTP_COOKIE": "a=1; sessionid=2"}),
        ("/", "GET", {"HTTP_COOKIE": "reader=2"}),
        ("/", "GET", {"HTTP_RANGE": "bytes=0-1"}),
        ("/admin/", "GET", {}),
        ("/api/v1/articles/", "GET", {}),
        ("/preview/abc/", "GET", {}),
        ("/comments/mine/", "GET", {}),
        ("/nothing/", "GET", {}),
        ("/%ff/", "GET", {}),
        ("/\xff\xfe/", "GET", {}),
        ("/experts/?q=" + "x" * 1100, "GET", {}),
        ("/experts/?" + "q=1&" * 80, "GET", {}),
        ("/experts/?q=%ff", "GET", {}),
    ],
)
def test_these_are_not_ours(made: PageStore, site: Site, path: str, method: str, headers: dict[str, str]) -> None:
    Answered(made, "/")  # what is kept for others is not for these either
    assert [Answered(made, path, method, **headers).number for _ in range(2)] == [2, 3]
    query = path.partition("?")[2]
    assert {name: site.asked[-1][name] for name in headers} == headers
    assert site.asked[-1]["QUERY_STRING"] == query
    assert len(made.shelf) == 1


def test_another_cookie_is_nobodys_business(made: PageStore, site: Site) -> None:
    assert [Answered(made, "/", HTTP_COOKIE=f"_ga={n}").number for n in range(3)] == [1, 1, 1]
    assert "HTTP_COOKIE" not in site.asked[0]


def test_parameters_that_say_nothing_make_neither_a_page_nor_an_entry(made: PageStore, site: Site) -> None:
    alike = ("/experts/?page=2&q=a", "/experts/?q=a&page=2&utm_source=x", "/experts/?fbclid=1&q=a&page=2&page_=3")
    assert [Answered(made, path).number for path in alike] == [1, 1, 1]
    assert site.asked[0]["QUERY_STRING"] == "q=a&page=2"
    assert len(made.shelf) == 1
    assert find_place("/compare/", "expert=b&x=1&expert=a") == ("/compare/", "expert=b&expert=a")


def test_what_moved_leads_on_with_all_that_was_asked(made: PageStore, site: Site) -> None:
    site.status = "301 Moved Permanently"
    Answered(made, "/articles/old/?utm_source=x")
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", "utm_source=x"]
    Answered(made, "/articles/old/")
    assert len(site.asked) == 3


def test_hosts_and_schemes_have_pages_of_their_own(made: PageStore) -> None:
    for headers in ({}, {"HTTP_HOST": "there.example"}, {"HTTP_X_FORWARDED_PROTO": "https"}):
        Answered(made, "/", **headers)
    assert made.counts.rendered == 3


def test_it_stays_within_its_size(site: Site, bell: Bell) -> None:
    made = PageStore(site, Hearing(bell, lambda: 1000.0), 100_000, [])
    for n in range(200):
        Answered(made, f"/articles/a-{n}/", HTTP_ACCEPT_ENCODING="gzip")
        Answered(made, "/")  # wanted all the time
    assert 10 < len(made.shelf) < 50
    assert sum(page.size for page in made.shelf.pages.values()) <= 100_000
    assert Answered(made, "/").number == 2
    site.body = "x" * 20_000
    before = len(made.shelf)
    assert Answered(made, "/articles/large/").status == "200 OK"
    assert len(made.shelf) == before


# --- Many at once ----------------------------------------------------------------------------------------------------


def ask_together(made: PageStore, times: int, path: str = "/") -> tuple[list[threading.Thread], list[int]]:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(Answered(made, path).number)) for _ in range(times)]
    for thread in threads:
        thread.start()
    return threads, found


def wait_for(condition: Any) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come")


def test_of_two_hundred_one_makes_it(made: PageStore, site: Site) -> None:
    site.gate.clear()
    threads, found = ask_together(made, 200)
    wait_for(lambda: site.asked)
    site.gate.set()
    for thread in threads:
        thread.join()
    assert found == [1] * 200
    assert len(site.asked) == 1


def test_meanwhile_others_get_the_page_from_before(made: PageStore, site: Site, bell: Bell, monkeypatch: Any) -> None:
    monkeypatch.setattr(store, "GRACE", 1000)
    Answered(made, "/")
    bell.heard = 1
    site.gate.clear()
    threads, found = ask_together(made, 1)
    wait_for(lambda: len(site.asked) == 2)
    assert [Answered(made, "/").number for _ in range(3)] == [1, 1, 1]
    site.gate.set()
    threads[0].join()
    assert found == [2]
    assert Answered(made, "/").number == 2
    assert made.counts.stale == 3


def test_but_not_for_longer_than_is_right(made: PageStore, site: Site, bell: Bell, monkeypatch: Any) -> None:
    monkeypatch.setattr(store, "GRACE", 0)
    Answered(made, "/")
    bell.heard = 1
    site.gate.clear()
    threads, found = ask_together(made, 5)
    wait_for(lambda: len(site.asked) == 2)
    site.gate.set()
    for thread in threads:
        thread.join()
    assert found == [2] * 5


def test_what_began_before_a_commit_is_not_taken_for_what_came_after(made: PageStore, site: Site, bell: Bell) -> None:
    site.gate.clear()
    threads, found = ask_together(made, 1)
    wait_for(lambda: site.asked)
    bell.heard = 1
    late, found_late = ask_together(made, 1)
    wait_for(lambda: len(site.asked) == 2)
    site.gate.set()
    for thread in threads + late:
        thread.join()
    assert (found, found_late) == ([1], [2])
    assert Answered(made, "/").number == 2


def test_who_never_comes_back_blocks_nobody(made: PageStore, site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("aisrace.pagestore.store.PATIENCE", 0.05)
    site.gate.clear()
    threads, _ = ask_together(made, 1)
    wait_for(lambda: site.asked)
    opener = threading.Timer(0.5, site.gate.set)
    opener.start()
    assert Answered(made, "/").number == 2  # made for oneself
    threads[0].join()
    assert flights.PATIENCE <= 3


def test_an_error_on_the_way_is_the_own_error(made: PageStore, site: Site, monkeypatch: Any) -> None:
    broken = PageStore(_break, made.hearing, 1_000_000, [])
    with pytest.raises(ZeroDivisionError):
        Answered(broken, "/")
    broken.application = site
    assert Answered(broken, "/").number == 1


def _break(environ: Any, start_response: Any) -> Iterable[bytes]:
    raise ZeroDivisionError


# --- When the database is gone ---------------------------------------------------------------------------------------


def test_while_nobody_can_say_what_is_new_the_old_page_is_shown(
    made: PageStore, site: Site, bell: Bell, monkeypatch: Any
) -> None:
    assert Answered(made, "/").number == 1
    bell.heard = ConnectionError("no")
    site.status = "500 Internal Server Error"
    assert Answered(made, "/").number == 1
    later = time.monotonic() + store.LONGEST
    monkeypatch.setattr(store, "monotonic", lambda: later)
    assert (Answered(made, "/").number, made.counts.stale) == (1, 1)
    assert Answered(made, "/about/").status == "500 Internal Server Error"
    assert bell.dropped == 1
    monkeypatch.setattr(made.hearing, "_due", 0.0)
    bell.heard, site.status = 0, "200 OK"
    assert Answered(made, "/about/").status == "200 OK"
    assert not made.hearing.is_deaf


def test_an_error_with_the_database_at_hand_is_shown(made: PageStore, site: Site, bell: Bell) -> None:
    Answered(made, "/")
    bell.heard, site.status = 1, "500 Internal Server Error"
    assert Answered(made, "/").status == "500 Internal Server Error"


def test_nobody_relies_on_an_old_answer(bell: Bell, monkeypatch: Any) -> None:
    """After a quiet hour the first two come together: neither may go by what was heard an hour ago."""
    slow, heard = threading.Event(), Hearing(bell, lambda: 1000.0)
    first = heard.listen()
    bell.heard = 1
    monkeypatch.setattr(heard, "_due", 0.0)
    monkeypatch.setattr(heard, "_sure_until", 0.0)
    monkeypatch.setattr(bell, "ask", lambda: slow.wait(20) and 1)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(heard.listen())) for _ in range(2)]
    for thread in threads:
        thread.start()
    slow.set()
    for thread in threads:
        thread.join()
    assert found == [first + 1] * 2


def test_a_moment_rings_too(bell: Bell, monkeypatch: Any) -> None:
    monkeypatch.setattr(hearing, "EVERY", 0)
    coming = iter([0.0, 1000.0, 1000.0])
    heard = Hearing(bell, lambda: next(coming))
    assert [heard.listen() for _ in range(3)] == [1, 2, 2]
    assert heard.stale_for(2) == 0
    assert 0 <= heard.stale_for(1) < 100
    assert heard.stale_for(-1000) == float("inf")


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("GZIP ; q=0.3", True),
        ("br, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("", False),
        ("gzip;q=much", False),
    ],
)
def test_who_takes_gzip(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
