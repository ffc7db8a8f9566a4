"""Where the rooms of the house meet: each app's pages, and what one room shows of another."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView
from django.views.static import serve

from articles.reading import articles_with_expert, articles_with_question
from experts.urls import record_urls


def static_page(name: str) -> TemplateView:
    return TemplateView.as_view(template_name=f"pages/{name}.html")


urlpatterns = [
    path("", include("articles.urls")),
    path("", include(record_urls(articles_with_expert, articles_with_question))),
    path("about/", static_page("about"), name="about"),
    path("privacy/", static_page("privacy"), name="privacy"),
    path("cookies/", static_page("cookies"), name="cookies"),
    path("admin/", admin.site.urls),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
