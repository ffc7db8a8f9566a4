"""The disk full under SQLite: readers go on, writers are told, nothing is half done, and it heals by itself."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.house import ARTICLE, Crowd, ask, build, wait_until

SIZE = 48_000_000  # bytes
BESIDES = 200_000  # that something else frees again


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """To the last byte."""
    rest = folder / "rest"
    with rest.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return rest


def test_the_disk_is_full_for_a_while(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, build(disk / "house") as house:
        house.serve()
        crowd = Crowd(house.port)
        crowd.write(people=2, comments=10)
        crowd.join()
        assert set(crowd.statuses) == {"POST 303"}
        rest = fill(disk)

        full = Crowd(house.port)
        full.write(people=2, comments=200)
        full.join()
        refused = full.statuses.total() - full.statuses["POST 303"]
        assert refused > 100, full.statuses
        assert set(full.statuses) <= {"POST 303", "POST 500", "POST 503"}, full.statuses
        readers = [ask(house.port, path).status for path in (ARTICLE, "/", f"{ARTICLE}comments/", "/experts/")]
        assert readers == [200] * 4

        rest.unlink()
        wait_until(lambda: write_one(house.port), 10, "a comment after there is room again")
        kept = house.list_comments()
        assert set(crowd.accepted) | set(full.accepted) <= set(kept)
        assert len(kept) == len(set(kept)), "nothing twice"
        checked = house.run(
            "from django.db import connection as c; print(c.cursor().execute('PRAGMA integrity_check').fetchone()[0])"
        )
        assert checked == "ok"


def write_one(port: int) -> bool:
    crowd = Crowd(port)
    crowd.write(people=1, comments=1)
    crowd.join()
    return bool(crowd.accepted) or crowd.statuses["POST 303"] > 0
