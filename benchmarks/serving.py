"""Servers of a run: what others have written in environments of its own, ports, processes and their CPU time."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.scratch import CannotMeasure

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / ".bench"  # kept for the next run


def install(name: str, needs: Sequence[str], say: Callable[[str], None]) -> Path:
    """The environment with these packages, made once. Raises `CannotMeasure` where the index cannot be reached."""
    environment = ENVIRONMENTS / name.lower()
    stamp = environment / "installed"
    if stamp.exists() and stamp.read_text() == " ".join(needs):
        return environment
    say(f"Installing {name} ...")
    try:
        run([sys.executable, "-m", "venv", "--clear", str(environment)])
        run([str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *needs])
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[-1:] or [f"exit code {error.returncode}"]
        raise CannotMeasure(f"{name} could not be installed, so ours stands alone: {reason[0]}") from error
    stamp.write_text(" ".join(needs))
    return environment


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def granian(port: int, blocking_threads: int = 1) -> list[str]:
    """One worker, as arguments of a Python; the application comes behind."""
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", str(blocking_threads)]
    return ["-m", "granian", *options, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file) as server,
    ):
        try:
            wait_for(port, server, log)
            yield
        finally:
            server.terminate()


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise CannotMeasure(f"A server did not start: {log.read_text(errors='replace')[-500:]}")


def measure_cpu() -> float:
    """Seconds that all servers begun here have spent; while one is asked, the others do nothing."""
    return sum(spent for _, spent in list_descendants(os.getpid()))


def list_descendants(of: int) -> Iterator[tuple[int, float]]:
    """Process ids with the seconds that the threads of each have run, to the nanosecond where the kernel tells them."""
    for task in Path(f"/proc/{of}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            threads = Path(f"/proc/{child}/task").glob("*/schedstat")
            yield child, sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
            yield from list_descendants(child)
