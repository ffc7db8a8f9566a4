"""The API, and the pages that its answers name the addresses of."""

from django.urls import include, path
from wagtail import urls as pages
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

api = WagtailAPIRouter("wagtailapi")
api.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [path("api/v2/", api.urls), path("", include(pages))]
