"""No reader sees the old page a second after a commit, whoever commits and however many read."""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from faults.house import ARTICLE, ROOT, ask, build, often

LATE = 1.0  # seconds after the commit
VERSION = re.compile(rb"version (\d+)\.")


def test_nobody_reads_what_was_over_a_second_ago(tmp_path: Path, database_url: str) -> None:
    seconds, deeds = often(12, 60), often(30, 100)
    with build(tmp_path / "house", database_url) as house:
        house.serve(workers=2, threads=2)
        known: dict[str, list[dict[str, Any]]] = {}
        wrong: list[str] = []
        over = threading.Event()

        def read(path: str) -> None:
            while not over.is_set():
                asked = time.time()
                answer = ask(house.port, path)
                due = [told for told in list(known.get(path, ())) if told["at"] <= asked - LATE]
                found = VERSION.search(answer.body)
                seen = int(found[1]) if found else 0
                if due and answer.status == 200 and seen < due[-1]["version"]:
                    wrong.append(f"{path}: version {seen}, {asked - due[-1]['at']:.2f} s after {due[-1]['version']}")
                if answer.status >= 500 or (due and answer.status != due[-1]["status"]):
                    wrong.append(f"{path}: status {answer.status}")
                time.sleep(0.08)

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
        time.sleep(2 * LATE)
        over.set()
        for reader in readers:
            reader.join()
        assert editor.returncode == 0
        assert sum(map(len, known.values())) > deeds / 2
        assert wrong == []
