"""Reading, commenting and editing at once for a while: no error, and the memory stays what it was."""

import subprocess
import sys
import time
from pathlib import Path

from faults.house import ARTICLE, ROOT, Crowd, build, often

PATHS = [ARTICLE, "/", "/experts/", "/questions/", f"{ARTICLE}comments/", "/search/?q=race", "/api/v1/positions/"]
MOST_GROWTH = 1.15  # times the memory it has when it has warmed up


def read_memory(pid: int) -> float:
    """MB resident of the process and all below it."""
    total, waiting = 0.0, [pid]
    while waiting:
        process = waiting.pop()
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1000
        waiting += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    return total


def test_mixed_for_a_while(tmp_path: Path, database_url: str) -> None:
    seconds = often(20, 600)
    with build(tmp_path / "house", database_url) as house:
        server = house.serve(threads=4)
        house.start("manage.py", "sweep", "--every", "5")
        readers, writers = Crowd(house.port), Crowd(house.port)
        readers.read(PATHS, people=5, pause=0.18)
        writers.write(people=2, comments=1_000_000, pause=0.9)
        command = [sys.executable, "-m", "faults.editor", str(seconds), str(seconds)]
        editor = subprocess.Popen(command, cwd=ROOT, env=house.environment, stdout=subprocess.DEVNULL)
        memory = []
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            time.sleep(seconds / 20)
            memory.append(read_memory(server.pid))
        assert editor.wait(60) == 0
        readers.stop()
        writers.stop()
        assert set(readers.statuses) == {"GET 200"}, readers.statuses
        assert set(writers.statuses) == {"POST 303"}, writers.statuses
        warm = max(memory[: len(memory) // 2])
        rate = (readers.statuses.total() + writers.statuses.total()) / seconds
        told = f"{rate:.0f} requests/s, MB: {[round(megabytes) for megabytes in memory]}"
        print(told)
        assert memory[-1] <= warm * MOST_GROWTH, told
