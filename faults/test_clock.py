"""Clocks that disagree: one web process ahead, the background work behind. Nothing fails, and nothing is told twice."""

import json
from pathlib import Path

import pytest

from faults.house import ARTICLE, Crowd, ask, build, find_port, often, wait_until
from faults.mailbox import mailbox
from faults.test_worker import PREPARE, TOLD

SKEW = 300  # seconds
LIBRARY = next(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"), None)

pytestmark = pytest.mark.skipif(LIBRARY is None, reason="no faketime is installed here")


def off_by(seconds: int) -> dict[str, str]:
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def test_one_ahead_and_one_behind(tmp_path: Path, database_url: str) -> None:
    letters, editions, ahead = often(20, 200), often(3, 20), find_port()
    with (
        mailbox() as post,
        build(
            tmp_path / "house",
            database_url,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(post.port),
            EMAIL_SECURITY="none",
        ) as house,
    ):
        slugs = json.loads(house.run(PREPARE.format(letters=letters, editions=editions, seconds=5)))
        house.serve()
        house.serve(port=ahead, more=off_by(SKEW))
        behind = house.start("manage.py", "sweep", "--every", "1", **off_by(-SKEW))
        other = house.start("manage.py", "sweep", "--every", "1")

        readers, writers = ([Crowd(port) for port in (house.port, ahead)] for _ in range(2))
        for number, (reading, writing) in enumerate(zip(readers, writers, strict=True)):
            reading.read([ARTICLE, "/", f"{ARTICLE}comments/", f"{ARTICLE}comments/?order=oldest"], people=1)
            writing.write(people=2, comments=often(5, 50), pause=0.05, first=number * 2)
        for crowd in writers:
            crowd.join()
            assert set(crowd.statuses) == {"POST 303"}, crowd.statuses
        for crowd in readers:
            crowd.stop()
            assert set(crowd.statuses) == {"GET 200"}, crowd.statuses
        assert {text for crowd in writers for text in crowd.accepted} <= set(house.list_comments())

        wait_until(lambda: post.taken.total() >= letters, 60, "every letter is out")
        wait_until(lambda: json.loads(house.run(TOLD.format(editions=editions))) == [1] * editions, 60, "all is told")
        for worker in (behind, other):
            house.kill(worker)
        assert set(post.taken.values()) == {1}
        for port in (house.port, ahead):
            wait_until(lambda: {ask(port, f"/articles/{slug}/").status for slug in slugs} == {200}, 20, "live")  # noqa: B023
        # Both show what was said through either, and in the same order.
        pages = [ask(port, f"{ARTICLE}comments/?order=oldest").body for port in (house.port, ahead)]
        assert pages[0] == pages[1]
