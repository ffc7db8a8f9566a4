"""What deploy/nginx answers before the site is asked: limits, errors, uploads, TLS; and what it writes down."""

import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nginx import HOST, START, Nginx, Upstream, find_port, nginx, told

pytestmark = pytest.mark.nginx

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def test_what_nobody_outside_asks_for(before: Nginx, upstream: Upstream) -> None:
    for path in ("/metrics", "/metrics/", "/metrics?a=b", "//metrics"):
        assert before.ask(path).status == 404 or "metrics" not in str(upstream.asked[-1]), path
    assert before.ask("/metrics").headers["Server"] == "nginx"
    assert not [path for _, path, _ in upstream.asked if path.startswith("/metrics")]
    answered = before.ask("/", Host="other.example")
    assert answered.status == 421
    assert {name: answered.headers[name] for name in SECURITY} == SECURITY


def test_bodies_are_as_large_as_their_place_needs(before: Nginx) -> None:
    mega = 1024 * 1024
    sizes = {"/comments/": mega, "/api/v1/positions/": 2 * mega, "/admin/articles/": 32 * mega}
    for path, size in sizes.items():
        assert before.ask(path, "POST", b"x" * size).status == 200, path
        answered = before.ask(path, "POST", b"x" * (size + 1))
        assert answered.status == 413, path
        assert {name: answered.headers[name] for name in SECURITY} == SECURITY, path
        assert answered.headers["Content-Type"].startswith(
            "application/problem+json" if path.startswith("/api/") else "text/html"
        )


def test_headers_end_somewhere(before: Nginx) -> None:
    assert before.ask(f"/search/?q={'a' * 6000}").status == 200
    assert before.ask(f"/search/?q={'a' * 9000}").status == 414
    assert before.ask("/", X_Long="a" * 9000).status == 400


def test_who_writes_or_searches_all_the_time_is_told_to_wait(folder: Path, upstream: Upstream) -> None:
    with nginx(folder / "limits", [upstream.port]) as before:
        written = [before.ask("/comments/", "POST", b"x") for _ in range(40)]
        searched = [before.ask(f"/search/?q={number}") for number in range(60)]
        read = [before.ask(f"/read/{number}/") for number in range(60)]
    assert {answer.status for answer in written} == {answer.status for answer in searched} == {200, 429}
    assert {answer.status for answer in written[:20]} == {answer.status for answer in read} == {200}
    refused = written[-1]
    assert refused.headers["Retry-After"] == "5"
    assert "Too much was asked at once" in refused.text
    assert "no-store" in refused.headers["Cache-Control"]


def test_the_health_check_of_the_container_asks_nginx_alone(before: Nginx) -> None:
    for port, code in ((before.status_port, 0), (str(before.port), 1), (str(find_port()), 1)):
        probe = [START.with_name("probe")]
        assert subprocess.run(probe, check=False, env={"STATUS_PORT": port}, capture_output=True).returncode == code


def test_uploads_run_nothing(before: Nginx) -> None:
    answered = before.ask("/media/a.svg")
    assert (answered.status, answered.body) == (200, b"<svg/>")
    assert answered.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for path in ("/media/../one/log", "/media/%2e%2e/one/log", "/media../one/log", "/_own/../start", "/_own/502.html"):
        assert before.ask(path).status == 404 or b"Who says what" in before.ask(path).body, path


def test_the_log_says_nothing_of_who_asks(before: Nginx) -> None:
    before.ask("/comments/confirm/BAITTOKEN/?email=BAIT%40example.org", User_Agent="BAITBROWSER", Cookie="a=BAIT")
    before.ask("/accounts/password/reset/key/1-BAITKEY/")
    line = next(line for line in before.log.splitlines() if "/comments/confirm/***" in line)
    assert json.loads(line)["status"] == 200
    assert "BAIT" not in before.log
    assert "127.0.0.1" not in before.log.replace("127.0.0.1:8", "")


# --- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure(folder: Path, upstream: Upstream) -> Iterator[tuple[Nginx, int]]:
    key, chain, acme = folder / "key.pem", folder / "chain.pem", folder / "acme"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*command, *names, "-keyout", key, "-out", chain], check=True, capture_output=True)
    proof = acme / ".well-known" / "acme-challenge"
    proof.mkdir(parents=True)
    (proof / "token").write_text("proof")
    port = find_port()
    given = {"TLS_CERTIFICATE": str(chain), "TLS_KEY": str(key), "HTTPS_PORT": str(port), "ACME_DIR": str(acme)}
    with nginx(folder / "tls", [upstream.port], **given) as started:
        yield started, port


def test_plain_http_leads_to_https_but_for_the_proof(secure: tuple[Nginx, int]) -> None:
    before, _ = secure
    answered = before.ask("/articles/?page=2")
    assert (answered.status, answered.headers["Location"]) == (301, f"https://{HOST}/articles/?page=2")
    assert before.ask("/.well-known/acme-challenge/token").text == "proof"


def test_https_is_told_to_the_site_and_old_protocols_are_refused(secure: tuple[Nginx, int], upstream: Upstream) -> None:
    before, port = secure
    context = ssl.create_default_context(cafile=str(before.folder.parent / "chain.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=HOST) as connection:
        assert (connection.version(), connection.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    context.set_alpn_protocols(["http/1.1"])
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=HOST) as connection:
        connection.sendall(f"GET /told/tls/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
        while connection.recv(65536):
            pass
    assert told(upstream, "/told/tls/")["x-forwarded-proto"] == "https"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as raw:
        context.wrap_socket(raw, server_hostname=HOST)
