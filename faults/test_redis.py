"""Redis refused, stopped and restarted under load: readers and writers do not notice, and no letter is lost."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.house import ARTICLE, Crowd, build, find_port, often, wait_until

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server is installed here")


@contextmanager
def redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.send_signal(signal.SIGCONT)
            server.kill()


def go_round(port: int, comments: int, what: str) -> None:
    crowd = Crowd(port)
    crowd.read([ARTICLE, "/", "/search/?q=race"], people=3, pause=0.05)
    writers = Crowd(port)
    writers.write(people=2, comments=comments, pause=0.05)
    writers.join()
    crowd.stop()
    assert set(crowd.statuses) == {"GET 200"}, (what, crowd.statuses)
    assert set(writers.statuses) == {"POST 303"}, (what, writers.statuses)
    assert crowd.slowest("GET", 95) <= often(3.0, 0.8), what
    assert writers.slowest("POST", 95) <= often(5, 2), what


def test_without_redis_everything_goes_on(tmp_path: Path) -> None:
    port = find_port()
    counted = {"API_LIMITS": "on", "API_ANONYMOUS_LIMIT": "100000", "COMMENTS_CONFIRM": "on"}
    with build(tmp_path / "house", REDIS_URL=f"redis://127.0.0.1:{port}/0", **counted) as house:
        house.serve()
        comments = often(5, 40)
        go_round(house.port, comments, "refused")
        with redis(port) as server:
            go_round(house.port, comments, "there")
            server.send_signal(signal.SIGSTOP)
            go_round(house.port, comments, "stopped")
            server.send_signal(signal.SIGCONT)
            house.start("-m", "celery", "--app", "aisrace", "worker", "--concurrency", "1", "--loglevel", "WARNING")
            schedule = str(house.folder / "schedule")
            house.start("-m", "celery", "--app", "aisrace", "beat", "--schedule", schedule, "--pidfile", "")
            left = "from comments.models import Letter; print(Letter.objects.filter(sent_at=None).count())"
            assert int(house.run(left)) > 0
            wait_until(lambda: house.run(left) == "0", often(120, 60), "every letter is out")
