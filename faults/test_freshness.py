"""No reader sees the old page a second after a commit, two behind nginx, whoever commits and however many read."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from faults.house import ARTICLE, ROOT, ask, build, often
from tests.nginx import HINT, find_nginx, nginx

LATE = {"the site": 1.0, "nginx": 2.0}  # seconds after the commit
PAUSE = 0.08  # seconds between two requests of one of four readers
VERSION = re.compile(rb"version (\d+)\.")


@contextmanager
def in_front(name: str, port: int) -> Iterator[int]:
    """Where readers ask."""
    if name == "the site":
        yield port
        return
    if not find_nginx():
        pytest.skip(HINT)
    with (
        TemporaryDirectory(prefix="ngx-", dir="/tmp") as folder,
        nginx(Path(folder) / "site", [port], SERVER_NAMES="127.0.0.1") as server,
    ):
        yield server.port


@pytest.mark.parametrize("front", LATE)
def test_nobody_reads_what_is_over_for_long(tmp_path: Path, database_url: str, front: str) -> None:
    seconds, deeds, late = often(12, 60), often(30, 100), LATE[front]
    with build(tmp_path / "house", database_url, TRUST_PROXY="1") as house, in_front(front, house.port) as port:
        house.serve(workers=2, threads=2)
        known: dict[str, list[dict[str, Any]]] = {}
        wrong: list[str] = []
        over = threading.Event()

        def read(path: str) -> None:
            while not over.is_set():
                asked = time.time()
                answer = ask(port, path)
                due = [told for told in list(known.get(path, ())) if told["at"] <= asked - late]
                found = VERSION.search(answer.body)
                seen = int(found[1]) if found else 0
                if due and answer.status == 200 and seen < due[-1]["version"]:
                    wrong.append(f"{path}: version {seen}, {asked - due[-1]['at']:.2f} s after {due[-1]['version']}")
                if answer.status >= 500 or (due and answer.status != due[-1]["status"]):
                    wrong.append(f"{path}: status {answer.status}")
                time.sleep(PAUSE)

        expert = house.run("from experts.models import Expert; print(Expert.objects.order_by('pk')[0].slug)")
        readers = [threading.Thread(target=read, args=(path,)) for path in (ARTICLE, f"/experts/{expert}/") * 2]
        for reader in readers:
            reader.start()
        command = [sys.executable, "-m", "faults.editor", str(deeds), str(seconds)]
        with subprocess.Popen(command, cwd=ROOT, env=house.environment, stdout=subprocess.PIPE, text=True) as editor:
            assert editor.stdout
            for line in editor.stdout:
                told = json.loads(line)
                known.setdefault(told["path"], []).append(told)
        time.sleep(2 * late)
        over.set()
        for reader in readers:
            reader.join()
        assert editor.returncode == 0
        assert sum(map(len, known.values())) > deeds / 2
        assert wrong == []
