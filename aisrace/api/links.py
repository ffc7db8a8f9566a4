"""Addresses in answers: `url` leads on in the API, `page` to what readers see."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aisrace.lib.jinja import url as path_of

BASE = "/api/v1/"
DOCS = f"{BASE}docs/"


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute links below `root`, which does not end in a slash."""

    root: str

    def api(self, collection: str, key: Any) -> str:
        return f"{self.root}{BASE}{collection}/{key}/"

    def list(self, collection: str) -> str:
        return f"{self.root}{BASE}{collection}/"

    def page(self, name: str, *args: Any) -> str:
        """By the name of a public page; see urls.py of each room."""
        return self.root + path_of(name, *args)

    def file(self, path: str) -> str:
        """A picture: its path, or its address where it is kept elsewhere."""
        return f"{self.root}{path}" if path.startswith("/") else path


def find_links(request: HttpRequest) -> Links:
    """In production by the public address; elsewhere by the one that was asked, whatever port that is."""
    return Links(settings.SITE_URL if settings.PRODUCTION else f"{request.scheme}://{request.get_host()}")
