"""What the store before the site answers, as a server calls it."""

import gzip
from collections.abc import Iterable
from typing import Any

from django.test import RequestFactory
from django.test.client import ClientHandler

from aisrace.pagestore.store import PageStore


class Answered:
    def __init__(self, made: PageStore, path: str, method: str = "GET", **headers: str) -> None:
        path, _, query = path.partition("?")
        environ = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method, "HTTP_HOST": "here.example"}
        self.status, self.headers = "", {}
        self.body = b"".join(made(environ | headers, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = status, dict(headers)

    @property
    def number(self) -> int:
        """Which of the application's answers it is."""
        return int(self.text.partition(":")[0])

    @property
    def text(self) -> str:
        is_packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if is_packed else self.body).decode()


class Site:
    """The whole site behind the store, in the thread of the test and on its connection."""

    def __init__(self) -> None:
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = self.handler(RequestFactory()._base_environ() | environ)
        cookies = [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return list(response) if response.streaming else [response.content]
