"""Uploads in a bucket, with something that speaks as much S3 as they take."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from tests.nginx import Upstream

pytestmark = pytest.mark.one_database


class Shelf(dict[str, bytes]):
    def say(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        name = unquote(urlsplit(request.path).path)
        if request.command == "PUT":
            self[name] = body
            return 200, {"ETag": '"x"'}, b""
        if name not in self:
            return 404, {}, b""
        return 200, {"ETag": '"x"', "Last-Modified": "Thu, 26 Nov 2026 10:00:00 GMT"}, self[name]


@pytest.fixture
def shelf(settings: Any) -> Iterator[Shelf]:
    made = Shelf()
    server = Upstream(made.say)
    options = {
        "bucket_name": "uploads",
        "endpoint_url": f"http://127.0.0.1:{server.port}",
        "region_name": "eu-1",
        "access_key": "key",
        "secret_key": "secret",
    }
    settings.MEDIA_S3_BUCKET = "uploads"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "aisrace.lib.buckets.Bucket", "OPTIONS": options}}
    yield made
    server.stop()


def test_what_is_uploaded_is_in_the_bucket_and_sent_by_the_site(shelf: Shelf, client: Client) -> None:
    names = [default_storage.save("pictures/a b.png", ContentFile(text)) for text in (b"first", b"second")]
    assert {f"/uploads/{name}": text for name, text in zip(names, (b"first", b"second"), strict=True)} == shelf
    assert default_storage.url("pictures/a b.png") == "/media/pictures/a%20b.png"
    response = client.get(default_storage.url(names[0]))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content) == b"first"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["nothing.png", "../secret_key", "pictures/"])
def test_what_is_not_there_is_not_found(shelf: Shelf, client: Client, path: str) -> None:
    shelf["/uploads/x"] = shelf["/secret_key"] = b"BAIT"
    response = client.get(f"/media/{path}")
    assert response.status_code in (400, 404)
    assert b"BAIT" not in response.content
