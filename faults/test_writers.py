"""SQLite takes what eight write at once while others read, and turns nobody away."""

from pathlib import Path

from faults.house import ARTICLE, Crowd, build, often, wait_until


def test_eight_write_and_four_read(tmp_path: Path) -> None:
    comments = often(25, 200)
    with build(tmp_path / "house") as house:
        house.serve()
        before = house.count_comments()
        writers, readers = Crowd(house.port), Crowd(house.port)
        readers.read([ARTICLE, "/", "/experts/", f"{ARTICLE}comments/"], people=4)
        writers.write(people=8, comments=comments)
        writers.join()
        readers.stop()
        assert set(writers.statuses) == {"POST 303"}, writers.statuses
        assert set(readers.statuses) == {"GET 200"}, readers.statuses
        assert house.count_comments() - before == 8 * comments
        assert "locked" not in house.log
        assert writers.slowest("POST", 99) <= often(5, 1)


def test_killed_while_eight_write_nothing_that_was_accepted_is_missing(tmp_path: Path) -> None:
    with build(tmp_path / "house") as house:
        crowd = Crowd(house.port)
        for _ in range(often(2, 10)):
            server = house.serve(workers=2)
            before = len(crowd.accepted)
            crowd.write(people=8, comments=often(6, 20))
            wait_until(lambda: len(crowd.accepted) >= before + 8, 60, "some comments")  # noqa: B023 (asked at once)
            house.kill(server)
            crowd.join()
        house.serve()
        assert set(crowd.accepted) <= set(house.list_comments())
