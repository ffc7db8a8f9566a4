"""The only way out: requests over HTTP to addresses that somebody has entered, limited in where, how long, how much.

Only http and https, only the ports of `settings.FETCH_PORTS`, only public addresses (see aisrace/lib/guarding.py). The
time is that of the whole, redirects and names included; the size is that of the body once it is unpacked.
"""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, parse_url

from aisrace.lib.guarding import Refused, guarded_connection, open_socket, refuse_inside, waiting

PORTS = {"http": 80, "https": 443}
PIECE = 16 * 1024  # bytes read at a time
REDIRECTS = {301, 302, 303, 307, 308}


class NotFetched(Exception):
    """Says why, in a sentence for whoever entered the address."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str  # the one that answered


def fetch(url: str, *, seconds: float = 10, most: int = 1_000_000, redirects: int = 3) -> Answer:
    """GET. Every hop is judged like the first. More than `most` bytes raises."""
    ends = time.monotonic() + seconds
    for _ in range(redirects + 1):
        answer = ask("GET", url, ends, most)
        if answer.status not in REDIRECTS or not (target := answer.headers.get("location")):
            return answer
        url = urljoin(url, target)
    raise NotFetched("It leads on and on.")


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = 10, most: int = 500) -> Answer:
    """No redirect is followed: it is an answer like others. Of the answer's body the first `most` bytes."""
    return ask("POST", url, time.monotonic() + seconds, most, body=body, headers=headers, is_cut=True)


def check_address(url: str) -> Url:
    """What can be said of an address before it is asked; raises `NotFetched`."""
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise NotFetched("This is not an address.") from error
    if parsed.scheme not in PORTS or not parsed.host:
        raise NotFetched("Only addresses with http:// or https:// can be asked.")
    if parsed.auth:
        raise NotFetched("The address must not hold a name or a password.")
    port = parsed.port or PORTS[parsed.scheme]
    if port not in settings.FETCH_PORTS:
        raise NotFetched(
            f"Port {port} is not one of those that are asked: {', '.join(map(str, settings.FETCH_PORTS))}."
        )
    try:
        refuse_inside(parsed.host)
    except Refused as error:
        raise NotFetched(str(error)) from error
    return parsed


def ask(
    method: str,
    url: str,
    ends: float,
    most: int,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    is_cut: bool = False,
) -> Answer:
    """One request, `ends` on the monotonic clock."""
    target = check_address(url)
    sent = {"User-Agent": f"aisrace (+{settings.SITE_URL})", "Accept-Encoding": "gzip, deflate"} | dict(headers or {})
    with limited(ends) as sockets:
        pool = make_pool(target, ends, sockets)
        try:
            response = pool.urlopen(
                method,
                target.request_uri,
                body=body,
                headers=sent,
                redirect=False,
                retries=False,
                timeout=waiting(left(ends)),
                preload_content=False,
                assert_same_host=False,
            )
            return Answer(response.status, dict(lowered(response)), read_body(response, ends, most, is_cut), url)
        except Refused as error:
            raise NotFetched(str(error)) from error
        except (HTTPError, OSError, ValueError) as error:
            raise NotFetched(describe(error, ends)) from error
        finally:
            pool.close()


def lowered(response: BaseHTTPResponse) -> Iterator[tuple[str, str]]:
    for name, value in response.headers.items():
        yield name.lower(), value


def make_pool(target: Url, ends: float, sockets: list[socket.socket]) -> HTTPConnectionPool:
    """For one request. What it connects to is also in `sockets`, to be shut when the time is over."""

    def opener(host: str, port: int) -> socket.socket:
        sock = open_socket(host.strip("[]"), port, left(ends))
        sockets.append(sock.dup())
        return sock

    is_safe = target.scheme == "https"
    pool_type = HTTPSConnectionPool if is_safe else HTTPConnectionPool
    pool: Any = pool_type(str(target.host), target.port or PORTS[str(target.scheme)], maxsize=1)
    pool.ConnectionCls = guarded_connection(is_safe, opener)
    return pool


@contextmanager
def limited(ends: float) -> Iterator[list[socket.socket]]:
    """Shuts the sockets in the list when the time is over: a timeout alone begins anew with every byte that comes."""
    sockets: list[socket.socket] = []

    def shut() -> None:
        for sock in sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(left(ends), shut)
    timer.daemon = True
    timer.start()
    try:
        yield sockets
    finally:
        timer.cancel()
        for sock in sockets:
            sock.close()


def left(ends: float) -> float:
    """Seconds; never none, for that would mean no limit."""
    return max(ends - time.monotonic(), 0.001)


def read_body(response: BaseHTTPResponse, ends: float, most: int, is_cut: bool) -> bytes:
    read = b""
    for piece in response.stream(PIECE, decode_content=True):
        read += piece
        if len(read) > most and not is_cut:
            raise NotFetched(f"It is larger than {most:,} bytes.")
        if len(read) >= most and is_cut:
            return read[:most]
        if time.monotonic() >= ends:
            break
    if time.monotonic() >= ends:
        raise NotFetched("It took too long.")
    return read


def describe(error: Exception, ends: float) -> str:
    if time.monotonic() >= ends:
        return "It took too long."
    return f"It could not be reached: {type(error).__name__}."
