"""Where the rooms of the house meet: each app's pages, and what one room shows of another."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from aisrace.api import erring
from aisrace.desk.account_urls import account_urls, desk_entrances
from aisrace.lib.uploads import send_upload
from aisrace.operating.disclosure import security_txt
from aisrace.routes import api_urls
from articles.reading import articles_with_expert, articles_with_question
from articles.urls import publication_urls
from comments.opening import open_conversation
from experts.urls import record_urls

PLAIN = "text/plain; charset=utf-8"

urlpatterns = [
    path("", include(publication_urls(open_conversation))),
    path("", include("comments.urls")),
    path("", include(record_urls(articles_with_expert, articles_with_question))),
    path("", include("aisrace.search.urls")),
    path("about/", TemplateView.as_view(template_name="pages/about.html"), name="about"),
    path("privacy/", TemplateView.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("cookies/", TemplateView.as_view(template_name="pages/cookies.html"), name="cookies"),
    path("api/", include(api_urls)),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type=PLAIN), name="robots"),
    path(".well-known/security.txt", security_txt, name="security"),
    path("llms.txt", TemplateView.as_view(template_name="llms.txt", content_type=PLAIN), name="llms"),
    path("accounts/", include(account_urls)),
    path("admin/", include(desk_entrances)),
    path("admin/", admin.site.urls),
    path("media/<path:path>", send_upload),
]

handler400, handler404, handler500 = erring.bad_request, erring.not_found, erring.server_error
