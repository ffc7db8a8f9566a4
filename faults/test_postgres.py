"""PostgreSQL killed again and again while people write: what was accepted is there, and nobody restarts anything."""

from pathlib import Path

import pytest

from faults.house import ARTICLE, Crowd, ask, build, often, wait_until
from faults.postgres import find_binaries, own_postgres

pytestmark = pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed here")

HEALED = 10  # seconds


def test_killed_while_people_write(tmp_path: Path) -> None:
    with own_postgres() as postgres, build(tmp_path / "house", postgres.url) as house:
        house.serve()
        crowd, readers = Crowd(house.port), Crowd(house.port)
        readers.read([ARTICLE], people=1, pause=0.1)
        crowd.write(people=4, comments=1_000_000, pause=0.02)  # those that fail while it is down among them
        for _ in range(often(3, 20)):
            before = len(crowd.accepted)
            wait_until(lambda: len(crowd.accepted) >= before + 10, 60, "some comments")  # noqa: B023 (asked at once)
            postgres.kill()
            postgres.start()
            wait_until(lambda: ask(house.port, f"{ARTICLE}comments/").status == 200, HEALED, "a page after the kill")
        wait_until(lambda: len(crowd.accepted) >= often(60, 2000), often(60, 600), "all comments")
        crowd.stop()
        readers.stop()
        assert set(crowd.accepted) <= set(house.list_comments())
        assert set(readers.statuses) == {"GET 200"}, readers.statuses  # kept pages go on
