"""What deploy/nginx keeps and what it tells the site, before something that says what the site might say."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.nginx import HOST, START, Nginx, Upstream, environment, find_port, nginx, say, saying, told

pytestmark = pytest.mark.nginx


def test_the_configuration_is_read_and_nothing_else_gets_into_it(folder: Path) -> None:
    given = environment(folder / "t", [1, 2], TRUSTED_PROXIES="10.0.0.0/8,fd00::/8")
    assert subprocess.run([START, "-t"], check=False, env=given, capture_output=True).returncode == 0
    for bait in ("a; return 200", "a\nb", "${host}", "a}"):
        assert (
            subprocess.run(
                [START, "-t"], check=False, env=given | {"SERVER_NAMES": bait}, capture_output=True
            ).returncode
            == 2
        )


# --- What is kept ----------------------------------------------------------------------------------------------------


def until_kept(before: Nginx, path: str, **headers: str) -> bytes:
    """Two that are the same came out of one: a second may end between them, but not again and again."""
    for _ in range(20):
        first, second = before.ask(path, **headers), before.ask(path, **headers)
        if second.cache == "HIT":
            assert first.body == second.body
            return second.body
    raise AssertionError(f"{path} is not kept")


def test_pages_for_all_are_kept_until_the_second_is_over(before: Nginx) -> None:
    until_kept(before, "/kept/")
    while (answered := before.ask("/kept/")).cache == "HIT":
        pass
    assert answered.cache == "EXPIRED"


def test_campaigns_make_no_pages(before: Nginx) -> None:
    for _ in range(20):
        plain = before.ask("/campaign/?page=2").body
        others = [
            before.ask(f"/campaign/?{query}")
            for query in (
                "utm_source=x&page=2",
                "page=2&utm_source=x&utm_medium=y&fbclid=z",
                "gclid=1&page=2&utm_term=a%26b&mc_cid=",
                "utm_id=3&gclid&page=2",
            )
        ]
        if all(other.body == plain for other in others):
            break
    else:
        raise AssertionError([other.text[:20] for other in others])
    assert len({until_kept(before, f"/campaign/?{query}") for query in ("page=2", "page=3", "", "Page=2")}) == 4
    # What only looks like one is a question of its own.
    assert until_kept(before, "/campaign/?page=2&my_utm_source=x") != until_kept(before, "/campaign/?page=2")


@pytest.mark.parametrize(
    "path",
    [
        saying("/no/", Cache_Control="private, max-age=60"),
        saying("/no/", Cache_Control="no-store"),
        saying("/no/", Cache_Control="public, max-age=60"),
        saying("/no/", Cache_Control="public, s-maxage=0"),
        saying("/no/", Cache_Control="public, no-cache, s-maxage=1"),
        saying("/no/", Cache_Control=""),
        saying("/no/", Set_Cookie="sessionid=BAIT"),
        saying("/no/", Vary="Cookie, Accept-Encoding"),
        saying("/no/", Vary="Accept-Language"),
        saying("/no/", Expires="Thu, 01 Jan 2099 00:00:00 GMT", Cache_Control=""),
        *(saying("/no/", status) for status in (301, 302, 404, 410, 500)),
        *(saying(path) for path in ("/healthz", "/readyz", "/admin/", "/accounts/login/", "/api/v1/experts/")),
    ],
)
def test_nothing_else_is_kept(before: Nginx, path: str) -> None:
    answers = [before.ask(path) for _ in range(3)]
    assert len({answer.body for answer in answers}) == 3
    assert not [answer for answer in answers if answer.cache == "HIT"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Cookie": "a=b; sessionid=x"}),
        ("GET", {"Cookie": "__Host-sessionid=x"}),
        ("GET", {"Cookie": "reader=x"}),
        ("GET", {"Cookie": "messages=x"}),
        ("GET", {"Authorization": "Bearer x"}),
        ("POST", {}),
        ("PUT", {}),
    ],
)
def test_who_is_somebody_is_answered_by_the_site(before: Nginx, method: str, headers: dict[str, str]) -> None:
    theirs = before.ask("/apart/", method, b"" if method != "GET" else None, **headers)
    assert theirs.cache in ("BYPASS", None, "MISS")
    assert until_kept(before, "/apart/") != theirs.body
    assert before.ask("/apart/", method, b"" if method != "GET" else None, **headers).cache != "HIT"
    assert until_kept(before, "/apart/", Cookie="theme=dark; not_sessionid=1") != theirs.body


def test_pages_are_packed_once_and_as_who_asks_can_unpack_them(before: Nginx, upstream: Upstream) -> None:
    packed = {
        "br, gzip, deflate": "br",
        "gzip, deflate, br;q=0.8, zstd": "br",
        "gzip;q=1.0, br;q=0": "gzip",
        "gzip": "gzip",
        "deflate": None,
        "gzip;q=0": None,
    }
    for accepted, coding in packed.items():
        assert before.ask("/packed/", Accept_Encoding=accepted).headers["Content-Encoding"] == coding, accepted
    assert {headers.get("accept-encoding") for _, path, headers in upstream.asked if path == "/packed/"} == {
        "br",
        "gzip",
        None,
    }
    assert len(until_kept(before, "/packed/", Accept_Encoding="br")) < 500
    assert before.ask("/packed/", Accept_Encoding="br").headers["Vary"] == "Accept-Encoding"


def test_files_are_kept_as_long_as_they_say_and_found_where_they_are(folder: Path, upstream: Upstream) -> None:
    knows_none = Upstream(lambda request, body: (404, {}, b""))
    with nginx(folder / "files", [knows_none.port, upstream.port]) as before:
        path = saying("/static/a.0123456789ab.css", Cache_Control="max-age=315360000, public, immutable")
        first, *others = [before.ask(path) for _ in range(4)]
    knows_none.stop()
    assert first.status == 200
    assert {other.body for other in others} == {first.body}
    assert {other.cache for other in others} == {"HIT"}


def test_uploads_from_a_bucket_are_kept(folder: Path, upstream: Upstream) -> None:
    with nginx(folder / "bucket", [upstream.port]) as before:
        path = saying("/media/a.png", Cache_Control="public, max-age=86400", Content_Type="image/png")
        answers = [before.ask(path) for _ in range(3)]
    assert [answer.cache for answer in answers] == ["MISS", "HIT", "HIT"]


def test_a_page_from_before_is_better_than_none(folder: Path) -> None:
    gone = Upstream(say)
    with nginx(folder / "gone", [gone.port]) as before:
        kept = until_kept(before, "/")
        gone.stop()
        answers = [before.ask("/"), before.ask("/never-asked/"), before.ask("/", "POST", b""), before.ask("/api/v1/")]
        while (last := before.ask("/")).cache == "HIT":
            pass
    assert (answers[0].body, last.cache, last.body) == (kept, "STALE", kept)
    assert [answer.status for answer in answers[1:]] == [502, 502, 502]
    assert "Nothing you have sent before is lost" in answers[1].text
    assert answers[3].headers["Content-Type"].startswith("application/problem+json")


# --- What the site is told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/told/", "/admin/told/", "/api/told/", "/static/told/"])
def test_nobody_says_for_themselves_where_they_are(before: Nginx, upstream: Upstream, path: str) -> None:
    before.ask(
        path,
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="https",
        X_Real_IP="203.0.113.9",
        Forwarded="for=203.0.113.9",
        X_Forwarded_Host="evil.example",
        X_Request_Id="evil-evil",
        Proxy="http://evil.example",
    )
    headers = told(upstream, path)
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["host"] == HOST
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    assert not headers.keys() & {"x-real-ip", "forwarded", "x-forwarded-host", "proxy"}
    assert "203.0.113.9" not in str(headers)


def test_a_proxy_before_this_one_is_believed_where_it_is_named(folder: Path, upstream: Upstream) -> None:
    with nginx(folder / "behind", [upstream.port], TRUSTED_PROXIES="127.0.0.0/8") as before:
        before.ask("/told/behind/", X_Forwarded_For="198.51.100.7, 203.0.113.9", X_Forwarded_Proto="https")
    headers = told(upstream, "/told/behind/")
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("203.0.113.9", "https")


def test_another_server_gets_what_one_has_refused(folder: Path, upstream: Upstream) -> None:
    refusing = find_port()
    with nginx(folder / "two", [refusing, upstream.port]) as before:
        answers = [
            before.ask("/comments/", method, b"x" if method == "POST" else None) for method in ("POST", "GET") * 4
        ]
    assert {answer.status for answer in answers} == {200}
