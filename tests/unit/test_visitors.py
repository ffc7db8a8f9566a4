"""Which address counts: as many of our own proxies as there are are believed, and nobody else."""

from typing import Any

import pytest
from django.test import RequestFactory

from aisrace.lib.visitors import client_ip, network_of

DIRECT = "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, None, DIRECT),
        (0, "203.0.113.9", DIRECT),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (1, "nonsense, 203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9, nonsense", None),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, " 2001:DB8::1 ", "2001:db8::1"),
        (1, "", None),
        (1, None, DIRECT),
    ],
)
def test_the_address_that_our_own_proxy_has_seen(settings: Any, proxies: int, told: str | None, address: str) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if told is None else {"HTTP_X_FORWARDED_FOR": told}
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR=DIRECT, **headers)) == address


def test_a_household_counts_as_one() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:9::9") == "2001:db8:1:2::/64"
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of(None) == ""
