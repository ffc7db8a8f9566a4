"""Requests to other machines: only where they may go, never longer or more than allowed."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from aisrace.lib import guarding
from aisrace.lib.fetch import NotFetched, check_address, fetch, post
from aisrace.lib.guarding import is_public

pytestmark = pytest.mark.one_database

SECRET = b"what stands on a machine inside"


class Place(BaseHTTPRequestHandler):
    asked: list[str] = []

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        port = self.connection.getsockname()[1]
        match self.path:
            case "/inside":
                self.answer(302, Location=f"http://inside.example:{port}/secret")
            case "/round":
                self.answer(302, Location="/round")
            case "/on":
                self.answer(301, Location="/end?a=b")
            case "/file":
                self.answer(302, Location="file:///etc/passwd")
            case "/large":
                self.answer(200, b"x" * 3000)
            case "/bomb":
                self.answer(200, gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
            case "/drip":
                self.drip()
            case _:
                self.answer(200, SECRET)

    def drip(self) -> None:
        """A byte of a header now and then, for ever: no single wait is long."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                self.wfile.write(b"X")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/on":
            self.answer(307, Location="/end")
        else:
            self.answer(200, body * 100)


@pytest.fixture
def port(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server on 127.0.0.1, which stands for a public address; names lead where a table says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Place)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = server.server_address[1]
    settings.FETCH_ALLOWED, settings.FETCH_PORTS = [ip_network("127.0.0.1/32")], [found]
    table = {"outside.example": ["127.0.0.1"], "inside.example": ["10.0.0.1"], "both.example": ["::1", "127.0.0.1"]}

    def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
        return [line for address in table.get(host, [host]) for line in socket.getaddrinfo(address, port)]

    monkeypatch.setattr(guarding, "resolver", resolve)
    Place.asked.clear()
    yield found
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.0.0.1"),
        *("192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250"),
        *("192.88.99.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"),
        *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "fc00::1", "fd12::1"),
        *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
    ],
)
def test_no_address_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "151.101.1.69", "2606:4700:4700::1111", "2a00:1450::5"])
def test_addresses_outside_are(address: str) -> None:
    assert is_public(address)


def test_what_is_allowed_besides(settings: Any) -> None:
    settings.FETCH_ALLOWED = [ip_network("10.0.0.0/8")]
    assert is_public("10.1.2.3")
    assert not is_public("192.168.1.1")
    assert not is_public("::ffff:10.1.2.3")


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "//example.org", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/"),
        *("http://", "http:///x", "http://user@example.org/", "http://user:pass@example.org/", "javascript:alert(1)"),
        *("http://example.org:22/", "http://example.org:6379/", "http://example.org:99999/", "http://[::1", "a\x00b"),
        *("http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://0177.0.0.1/"),
        *("http://[::1]/", "http://[::ffff:10.0.0.1]/", "https://192.168.1.1:8443/", "http://printer.localhost./"),
        *("http://exa mple.org:x/", "http://\ud800.example/", "x" * 10_000),
    ],
)
def test_what_is_no_address_for_us(url: str) -> None:
    with pytest.raises(NotFetched):
        check_address(url)


def test_what_comes_is_given(port: int) -> None:
    answer = fetch(f"http://outside.example:{port}/a?b=c")
    assert (answer.status, answer.body) == (200, SECRET)
    assert Place.asked == [f"outside.example:{port}/a?b=c"]
    assert fetch(f"http://both.example:{port}/").body == SECRET  # its other address is passed over


@pytest.mark.parametrize("host", ["inside.example", "10.0.0.1", "[::1]", "0x7f.1", "2130706432", "[::ffff:127.0.0.1]"])
def test_nobody_is_asked_inside(port: int, settings: Any, host: str) -> None:
    if host in ("0x7f.1", "2130706432"):
        settings.FETCH_ALLOWED = []
    with pytest.raises(NotFetched, match="not a public address"):
        fetch(f"http://{host}:{port}/secret", seconds=2)
    assert Place.asked == []


def test_redirects_are_judged_like_the_first(port: int) -> None:
    outside = f"http://outside.example:{port}"
    assert fetch(f"{outside}/on").url == f"{outside}/end?a=b"
    for path, why in (("/inside", "not a public address"), ("/file", "Only addresses"), ("/round", "on and on")):
        with pytest.raises(NotFetched, match=why):
            fetch(outside + path)
    assert not any("secret" in address for address in Place.asked)


def test_what_is_sent_follows_no_redirect(port: int) -> None:
    answer = post(f"http://outside.example:{port}/on", b"{}", {})
    assert answer.status == 307
    assert Place.asked == []


def test_of_an_answer_to_what_is_sent_the_beginning_is_kept(port: int) -> None:
    assert post(f"http://outside.example:{port}/", b"0123456789", {}, most=500).body == b"0123456789" * 50


def test_a_name_that_leads_somewhere_else_the_second_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked up once: what was judged is what is connected to."""
    led: list[str] = []

    def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
        led.append("127.0.0.1" if not led else "10.0.0.1")
        return socket.getaddrinfo(led[-1], port)

    monkeypatch.setattr(guarding, "resolver", resolve)
    assert fetch(f"http://turning.example:{port}/").body == SECRET
    assert led == ["127.0.0.1"]


def test_what_is_too_large(port: int) -> None:
    with pytest.raises(NotFetched, match="larger than 2,999"):
        fetch(f"http://outside.example:{port}/large", most=2999)
    assert len(fetch(f"http://outside.example:{port}/large", most=3000).body) == 3000
    with pytest.raises(NotFetched, match="larger"):
        fetch(f"http://outside.example:{port}/bomb", most=100_000)


def test_what_takes_too_long(port: int) -> None:
    began = time.monotonic()
    with pytest.raises(NotFetched, match="too long"):
        fetch(f"http://outside.example:{port}/drip", seconds=0.5)
    assert time.monotonic() - began < 2


def test_a_name_that_takes_too_long(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
        time.sleep(3)
        return []

    monkeypatch.setattr(guarding, "resolver", resolve)
    began = time.monotonic()
    with pytest.raises(NotFetched):
        fetch(f"http://outside.example:{port}/", seconds=0.3)
    assert time.monotonic() - began < 2


def test_nobody_is_there(port: int, settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.FETCH_PORTS = [unused := free.getsockname()[1]]
    with pytest.raises(NotFetched, match="could not be reached"):
        fetch(f"http://outside.example:{unused}/")
