"""Where a request comes from: the one place that reads addresses of clients."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The address as our own proxies have seen it; None where there is none, as on a Unix socket.

    Of X-Forwarded-For only the entries count that `TRUSTED_PROXY_COUNT` proxies have added at its end. Who comes
    without one has not come through a proxy.
    """
    count, told = settings.TRUSTED_PROXY_COUNT, request.META.get("HTTP_X_FORWARDED_FOR")
    if count and told is not None:
        return read_ip(told.split(",")[-count:][0])
    return read_ip(request.META.get("REMOTE_ADDR", ""))


def read_ip(text: str) -> str | None:
    """The address in its one spelling; an IPv4 address inside an IPv6 one is told as what it is."""
    try:
        ip = ip_address(text.strip())
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped or ip)


def network_of(ip: str | None) -> str:
    """What one household or office shares: an IPv4 address, the /64 of an IPv6 one. Empty for None."""
    if ip is None:
        return ""
    return str(ip_network((ip, 64), strict=False)) if ":" in ip else ip
