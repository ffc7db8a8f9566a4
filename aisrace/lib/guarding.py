"""Connections that lead to public addresses only: what is judged is the address that is connected to, not a name.

A name may lead somewhere else each time it is looked up. So it is looked up once, every address that it leads to is
judged, and the socket is opened to an address that has passed.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout

type Resolver = Callable[[str, int], list[tuple[Any, ...]]]
type Opener = Callable[[str, int], socket.socket]

# Which `is_global` takes for public, in one version of Python or another: IPv6 addresses that hold an IPv4 one, which
# would be reached instead; the old site-local ones; the newest for documentation; relays of IPv6 over IPv4.
ODD = [
    ipaddress.ip_network(network)
    for network in (
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
        *("fec0::/10", "3fff::/20", "192.88.99.0/24"),
    )
]


class Refused(Exception):
    """Where the request was to go is not for us to go to. Says why."""


def is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if any(address in network for network in settings.FETCH_ALLOWED):
        return True
    if any(address in network for network in ODD):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def read_literal(host: str) -> str | None:
    """The address that a host spells out, in any way that a socket takes: 127.1, 2130706433, [::1]; None for names."""
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except (OSError, ValueError):
        pass
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return None


def refuse_inside(host: str) -> None:
    """Where the name itself says it; what a name leads to is judged when it is connected to. Raises `Refused`."""
    literal = read_literal(host)
    if literal is not None and not is_public(literal):
        raise Refused(f"{host} is not a public address.")


def look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


resolver: Resolver = look_up


def resolve(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """In a thread of its own, for the system's resolver knows no limit."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.extend(resolver(host, port))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not found or isinstance(found[0], Exception):
        raise OSError(f"The name {host} leads nowhere.")
    return list(found)


def open_socket(host: str, port: int, seconds: float) -> socket.socket:
    """To the first address that is public and answers. Raises `Refused` where none is, else the last `OSError`.

    All of it takes `seconds` together, however many addresses there are.
    """
    ends = time.monotonic() + seconds
    failure: Exception = Refused(f"{host} is not a public address.")
    for family, kind, protocol, _, address in resolve(host, port, seconds):
        left = ends - time.monotonic()
        if left <= 0:
            break
        if not is_public(address[0]):
            continue
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left)
            sock.connect(address)
            sock.settimeout(seconds)
            if not is_public(sock.getpeername()[0]):
                raise Refused(f"{host} is not a public address.")
        except (OSError, Refused) as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


class Guarded:
    """In front of urllib3's connection: sockets come from `opener`."""

    opener: Opener

    def _new_conn(self) -> socket.socket:
        return self.opener(self.host, self.port)  # type: ignore[attr-defined]


def guarded_connection(is_safe: bool, opener: Opener) -> Callable[..., Any]:
    """A kind of connection for one request."""
    base: Any = HTTPSConnection if is_safe else HTTPConnection
    return type("GuardedConnection", (Guarded, base), {"opener": staticmethod(opener)})


def waiting(seconds: float) -> Timeout:
    return Timeout(connect=seconds, read=seconds)
