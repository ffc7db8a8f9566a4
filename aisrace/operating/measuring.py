"""/metrics, and what it counts. Stands among the middleware only where somebody may look."""

from collections.abc import Callable
from ipaddress import ip_address
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from aisrace.lib.visitors import client_ip
from aisrace.operating.metrics import count_request, write_metrics

PATH = "/metrics"
APART = ("admin:",)  # hundreds of routes, told as one


class MeasureMiddleware:
    """Before the redirect to https, for Prometheus asks inside the network."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH:
            return answer(request)
        began = perf_counter()
        response = self.get_response(request)
        count_request(name_route(request), request.method, response.status_code, perf_counter() - began)
        return response


def answer(request: HttpRequest) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if not may_look(request):
        return HttpResponse(status=401, headers={**headers, "WWW-Authenticate": 'Bearer realm="metrics"'})
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={**headers, "Allow": "GET, HEAD"})
    return HttpResponse(write_metrics(), content_type=CONTENT_TYPE_LATEST, headers=headers)


def may_look(request: HttpRequest) -> bool:
    kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if settings.METRICS_TOKEN and kind.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    ip = client_ip(request)
    return ip is not None and any(ip_address(ip) in network for network in settings.METRICS_ALLOWED)


def name_route(request: HttpRequest) -> str:
    """Of a fixed number of names, whatever is asked."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return next((prefix.rstrip(":") for prefix in APART if name.startswith(prefix)), name) or "none"
