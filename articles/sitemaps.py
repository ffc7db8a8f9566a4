"""The sitemaps: an index, files of each section, what is news. All stand at the root, which alone may list the site."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.sitemaps import Address, send, write_addresses, write_index, write_news
from articles.mapping import SECTIONS, list_news, list_pages


@require_safe
def sitemap_index(request: HttpRequest) -> StreamingHttpResponse:
    """Seven queries."""
    now = timezone.now()
    files: list[Address] = [(reverse("sitemap_pages"), None)]
    if list_news(now):
        files.append((reverse("sitemap_news"), None))
    for name, section in SECTIONS.items():
        numbers = range(1, section.count_files(now) + 1)
        files += [(reverse("sitemap_section", args=[name, number]), None) for number in numbers]
    return send(write_index(files))


@require_safe
def sitemap_section(request: HttpRequest, name: str, number: int) -> StreamingHttpResponse:
    """Two queries, however many addresses there are."""
    now = timezone.now()
    section = SECTIONS.get(name)
    if section is None or not 1 <= number <= section.count_files(now):
        raise Http404("There is no such part of the sitemap.")
    return send(write_addresses(section.list_addresses(now, number)))


@require_safe
def sitemap_pages(request: HttpRequest) -> StreamingHttpResponse:
    return send(write_addresses(list_pages()))


@require_safe
def sitemap_news(request: HttpRequest) -> StreamingHttpResponse:
    """One query."""
    return send(write_news(list_news(timezone.now())))
