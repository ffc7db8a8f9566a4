"""Asking a server as fast as it answers: by wrk where it is installed, else by a driver in Python.

Python asks some thousand times a second, which is less than a server of kept pages answers; then only the server's own
CPU time tells servers apart.
"""

import http.client
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from statistics import quantiles
from threading import Thread
from urllib.parse import urlsplit

CONNECTIONS = 16
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_LATENCY = re.compile(r"^\s*(50|99)%\s+([\d.]+)(us|ms|s|m)\b", re.MULTILINE)
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_COUNT = re.compile(r"(\d+) requests in")
_FAULTS = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")


@dataclass(frozen=True)
class Driven:
    """Of one turn: how many were answered, how many a second, and how long one waited, in milliseconds."""

    requests: int
    rate: float
    p50: float
    p99: float


class Faulty(Exception):
    """The server answered some requests with an error, or not at all."""


def name_driver() -> str:
    return "wrk" if shutil.which("wrk") else "Python (install wrk for rates that are the server's)"


def drive(url: str, seconds: float, headers: dict[str, str]) -> Driven:
    """With 16 connections that are kept open, from a process of its own where wrk is there."""
    return _drive_by_wrk(url, seconds, headers) if shutil.which("wrk") else _drive_by_python(url, seconds, headers)


def _drive_by_wrk(url: str, seconds: float, headers: dict[str, str]) -> Driven:
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", *told, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if faults := _FAULTS.search(said):
        raise Faulty(f"{url}: {faults[0]}")
    waits = {share: float(number) * _UNITS[unit] for share, number, unit in _LATENCY.findall(said)}
    count, rate = _COUNT.search(said), _RATE.search(said)
    assert count
    assert rate
    return Driven(int(count[1]), float(rate[1]), waits["50"], waits["99"])


def _drive_by_python(url: str, seconds: float, headers: dict[str, str]) -> Driven:
    waits: list[float] = []
    faults: list[str] = []
    began = time.perf_counter()
    askers = [Thread(target=_ask, args=(url, began + seconds, headers, waits, faults)) for _ in range(CONNECTIONS)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    if faults:
        raise Faulty(f"{url}: {faults[0]}")
    hundredths = quantiles(waits, n=100, method="inclusive")
    return Driven(len(waits), len(waits) / (time.perf_counter() - began), hundredths[49], hundredths[98])


def _ask(url: str, until: float, headers: dict[str, str], waits: list[float], faults: list[str]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    while (asked := time.perf_counter()) < until:
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            faults.append(repr(error))
            return
        if response.status >= 400:
            faults.append(f"status {response.status}")
            return
        waits.append((time.perf_counter() - asked) * 1000)
