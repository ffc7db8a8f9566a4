"""nginx with the configuration of deploy/nginx, on this machine and apart from any other."""

import http.client
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[1]
START = ROOT / "deploy" / "nginx" / "start"
MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so")
HINT = (
    "no nginx with brotli found, its tests left out; get one with "
    "`apt-get install nginx libnginx-mod-http-brotli-filter gettext-base`"
)
HOST = "example.org"
PATIENCE = 30  # seconds


def find_nginx() -> str | None:
    """A path to an nginx that can read our configuration."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    return shutil.which("nginx", path=path) if MODULE.exists() and shutil.which("envsubst") else None


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cache(self) -> str | None:
        return self.headers["X-Cache"]


@dataclass
class Nginx:
    """`folder` holds what it was started with and what it says."""

    folder: Path
    port: int
    status_port: str

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answered:
        """A header `Accept_Encoding` is sent as Accept-Encoding."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        named = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in named.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        # What is refused before all of it was sent is answered all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(body)
        response = connection.getresponse()
        answered = Answered(response.status, response.headers, response.read())
        connection.close()
        return answered

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


def environment(folder: Path, servers: list[int], **more: str) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]),
        "SITE_SERVERS": " ".join(f"127.0.0.1:{port}" for port in servers),
        "SERVER_NAMES": HOST,
        "NGINX_RUN": str(folder / "run"),
        "NGINX_CACHE": str(folder / "cache"),
        "NGINX_WORKERS": "1",
        **more,
    }


@contextmanager
def nginx(folder: Path, servers: list[int], **more: str) -> Iterator[Nginx]:
    """`folder` has to be near the root: the name of a socket is short."""
    folder.mkdir(exist_ok=True)
    port = find_port()
    given = {"HTTP_PORT": str(port), "STATUS_PORT": str(find_port())} | more
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [str(START), "-g", "user root;"] if os.geteuid() == 0 else [str(START)],
            env=environment(folder, servers, **given),
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(int(given["HTTP_PORT"]), process, folder / "log")
        yield Nginx(folder, port, given["STATUS_PORT"])
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(PATIENCE * 20):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens at {port}: {log.read_text()}")


# --- Instead of the site ---------------------------------------------------------------------------------------------

type Saying = Callable[[BaseHTTPRequestHandler, bytes], tuple[int, dict[str, str], bytes]]


class Upstream(ThreadingHTTPServer):
    """Answers as `say` says and remembers what reached it."""

    daemon_threads = True

    def __init__(self, say: Saying) -> None:
        self.say = say
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Upstream

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        status, headers, said = self.server.say(self, body)
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(said))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (as the library calls them)

    def log_message(self, *args: object) -> None:
        pass


FOR_ALL = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"
WORDS = b"<p>Who says what on a contested question, and how we know.</p>" * 40
numbers = itertools.count(1)


def say(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """What `?say=` holds as JSON: a status and headers. Every answer has another number."""
    status, headers = json.loads(parse_qs(urlsplit(request.path).query).get("say", ["[200, {}]"])[0])
    told = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": FOR_ALL, "Vary": "Accept-Encoding"}
    return status, told | headers, b"%d:%s" % (next(numbers), WORDS)


def saying(path: str, status: int = 200, **headers: str) -> str:
    told = json.dumps([status, {name.replace("_", "-"): value for name, value in headers.items()}])
    return f"{path}?say={re.sub('[^A-Za-z0-9_.-]', lambda found: f'%{ord(found[0]):02x}', told)}"


def told(upstream: Upstream, path: str) -> dict[str, str]:
    return next(headers for _, asked, headers in reversed(upstream.asked) if asked == path)
