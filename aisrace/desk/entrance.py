"""The door of the desk."""

from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache


@never_cache
def enter_desk(request: HttpRequest) -> HttpResponse:
    """Where the desk sends whomever it does not let in: to sign in, or to read why they may not."""
    if request.user.is_authenticated and not request.user.is_staff:
        return render(request, "account/refused.html", status=403)
    return enter(request)


@secure_admin_login
def enter(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(get_next_redirect_url(request) or reverse("admin:index"))


def show_on_site(request: HttpRequest, kind: int, key: str) -> HttpResponse:
    """“View on site”. Django's own would tell anybody on the staff the address of any row, drafts included."""
    model = get_object_or_404(ContentType, pk=kind).model_class()
    keeper = admin.site._registry.get(model) if model else None
    row = keeper.get_object(request, key) if keeper and admin.site.has_permission(request) else None
    if keeper is None or row is None or not keeper.has_view_or_change_permission(request, row):
        raise Http404
    if not hasattr(row, "get_absolute_url"):
        raise Http404
    return HttpResponseRedirect(row.get_absolute_url())
