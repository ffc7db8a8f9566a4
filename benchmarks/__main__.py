"""Measure pages, computations and the import on this machine, in a scratch database.

    make bench                              make bench ARGS="--quick"
    make bench ARGS="--only pages"          DATABASE_URL=postgres://… make bench

Figures are shown beside their limits and never fail the run: they depend on the machine and on what else it does.
"""

import json
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path

import django

from benchmarks.scratch import CannotMeasure, scratch

ROOT = Path(__file__).resolve().parents[1]
LATEST = ROOT / ".bench" / "latest.json"
RECORD = ROOT / "benchmarks" / "RESULTS.md"


def parse(arguments: list[str]) -> Namespace:
    parser = ArgumentParser("benchmarks", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", action="append", default=[], metavar="NAME", help="a part, a page or a computation; may be repeated")
    add("--peer", action="append", default=[], metavar="URL", help="another server, asked like ours with --only stored")
    add("--quick", action="store_true", help="few calls and a smaller table: whether all works, not how fast")
    add("--json", action="store_true", help="the figures as one JSON object instead of tables")
    add("--record", action="store_true", help="write benchmarks/RESULTS.md, to be looked at and committed")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the scratch goes then, too
    try:
        with scratch() as folder:
            run(options, folder)
    except CannotMeasure as error:
        sys.exit(f"bench: {error}")


def run(options: Namespace, folder: Path) -> None:
    django.setup()
    # Only now: they import models.
    from django.db import connections  # noqa: PLC0415

    from benchmarks.printing import print_results, write_markdown  # noqa: PLC0415
    from benchmarks.results import as_data  # noqa: PLC0415
    from benchmarks.run import measure  # noqa: PLC0415

    try:
        results = measure(folder, options.only, options.quick, say, options.peer)
    finally:
        connections.close_all()
    data = json.dumps(as_data(results), indent=2, ensure_ascii=False)
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(f"{data}\n", encoding="utf-8")
    if options.record:
        RECORD.write_text(write_markdown(results, date.today()), encoding="utf-8")  # noqa: DTZ011 (the reader's day)
    if options.json:
        print(data)
    else:
        print_results(results)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
