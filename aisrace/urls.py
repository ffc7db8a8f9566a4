"""Where the rooms of the house meet: each app's pages, and what one room shows of another."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView
from django.views.static import serve

from aisrace.desk.account_urls import account_urls, desk_entrances
from articles.reading import articles_with_expert, articles_with_question
from experts.urls import record_urls

urlpatterns = [
    path("", include("articles.urls")),
    path("", include(record_urls(articles_with_expert, articles_with_question))),
    path("about/", TemplateView.as_view(template_name="pages/about.html"), name="about"),
    path("privacy/", TemplateView.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("cookies/", TemplateView.as_view(template_name="pages/cookies.html"), name="cookies"),
    path("accounts/", include(account_urls)),
    path("admin/", include(desk_entrances)),
    path("admin/", admin.site.urls),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
