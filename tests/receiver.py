"""A machine elsewhere that is told things: a server on 127.0.0.1 which stands for a public address."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """Answers with `status` and `says`, after `waits` seconds."""

    port: int
    status: int = 200
    says: bytes = b"Thanks."
    waits: float = 0
    got: list[Message] = field(default_factory=list)

    def address(self, host: str = "receiver.example", path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def receiving(settings: Any, monkeypatch: Any) -> Iterator[Receiver]:
    """Every name leads there."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            time.sleep(receiver.waits if self.path == "/slow" else 0)
            receiver.got.append(Message(self.path, {n.lower(): v for n, v in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.send_header("Content-Length", str(len(receiver.says)))
            self.end_headers()
            self.wfile.write(receiver.says)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    settings.FETCH_ALLOWED, settings.FETCH_PORTS = [ip_network("127.0.0.1/32")], [receiver.port]
    monkeypatch.setattr("aisrace.lib.guarding.resolver", lambda host, port: socket.getaddrinfo("127.0.0.1", port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()
