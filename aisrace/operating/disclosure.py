"""To whom one tells what is wrong with the site's security: RFC 9116."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.figures import iso

GOOD_FOR = timedelta(days=180)  # the standard wants less than a year


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """It never runs out, for it is written anew each day."""
    if not settings.SECURITY_CONTACT:
        raise Http404("There is no contact.")
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    fields = [
        *(("Contact", contact) for contact in settings.SECURITY_CONTACT),
        ("Expires", iso(today + GOOD_FOR)),
        ("Preferred-Languages", "en"),
        ("Canonical", f"{settings.SITE_URL}{reverse('security')}"),
        ("Policy", settings.SECURITY_POLICY),
    ]
    text = "".join(f"{name}: {value}\n" for name, value in fields if value)
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
