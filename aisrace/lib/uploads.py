"""Sending what editors have uploaded, wherever it is kept. Where nginx sees the folder it is quicker."""

import mimetypes
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from django.views.static import serve

# It was checked, and yet nothing in it is ever to run.
POLICY: dict[str, Any] = {"default-src": [CSP.NONE], "sandbox": True}
FRESH = 24 * 60 * 60  # seconds; what is uploaded anew has another name


@require_safe
@csp_override(POLICY)
def send_upload(request: HttpRequest, path: str) -> HttpResponseBase:
    if settings.MEDIA_S3_BUCKET:
        response: HttpResponseBase = send_from_bucket(path)
    else:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return response


def send_from_bucket(path: str) -> HttpResponseBase:
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404("There is no such file.") from error
    return FileResponse(file, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
