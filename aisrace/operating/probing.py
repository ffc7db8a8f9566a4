"""What machines that look after this one ask: /healthz whether the process answers, /readyz whether it can serve.

They are answered before anything else: by whatever name or address the site is asked, without https, without a cookie,
counted by nobody. So a balancer inside the network needs to know nothing of the site.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from aisrace.operating.readiness import watch

HEALTH, READINESS = "/healthz", "/readyz"
PROBES = (HEALTH, READINESS)


class ProbeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PROBES:
            return self.get_response(request)
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if request.path_info == HEALTH:
        return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
    found = watch.look()
    return JsonResponse({"ready": found.is_ready, **found.parts}, status=200 if found.is_ready else 503)
