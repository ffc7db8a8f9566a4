"""What every answer says about who may use it how; views that know better have said so already."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Nothing here asks for any of these, so nothing that slips in can. Passkeys and copying keep what browsers allow them.
REFUSED = (
    *(
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
    ),
    *("microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join(f"{name}=()" for name in REFUSED)


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault(
            "Cross-Origin-Resource-Policy", "cross-origin" if is_open(response) else "same-origin"
        )
        return response


def is_open(response: HttpResponseBase) -> bool:
    """Pictures, scripts of frames, feeds and data are for other sites, too; pages and what is somebody's are not."""
    rules = response.headers.get("Cache-Control", "")
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return not is_page and "private" not in rules and "no-store" not in rules
