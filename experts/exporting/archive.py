"""The whole in one file: both tables, what they mean, what one may do with them and how to cite them."""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from experts.exporting.columns import Told
from experts.exporting.writing import write_csv, write_json_lines


class Outbox:
    """A file to write to and to take from; it cannot be sought in, so that a zip file written to it can be streamed."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = b"".join(self.waiting)
        self.waiting.clear()
        return data


def write_archive(read: Callable[[], Iterable[Told]], now: datetime) -> Iterator[bytes]:
    """A zip file as it grows. `read` is called once for each table; the numbers in the README are those of the CSV."""
    counts: Counter[str] = Counter()
    outbox = Outbox()
    local = timezone.localtime(now)
    folder = f"positions-{local:%Y-%m-%d}"
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        texts: list[tuple[str, Callable[[], Iterable[bytes]]]] = [
            ("positions.csv", lambda: write_csv(_count(read(), counts))),
            ("positions.jsonl", lambda: write_json_lines(read())),
            ("README.txt", lambda: [_write_readme(counts, now)]),
            ("LICENCE.txt", lambda: [f"{settings.DATA_LICENCE}\n{settings.DATA_LICENCE_URL}\n".encode()]),
            ("CITATION.cff", lambda: [_write_citation(local)]),
        ]
        for name, write in texts:
            entry = zipfile.ZipInfo(f"{folder}/{name}", local.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in write():
                    file.write(piece)
                    if outbox.waiting:
                        yield outbox.take()
    yield outbox.take()


def _count(rows: Iterable[Told], counts: Counter[str]) -> Iterator[Told]:
    """Hands the rows on. Experts and questions are remembered by number alone."""
    seen: dict[str, set[int]] = {"experts": set(), "questions": set()}
    for told in rows:
        seen["experts"].add(told.cell.expert.id)
        seen["questions"].add(told.cell.question.id)
        counts["rows"] += 1
        counts["current"] += told.is_current
        counts["on_axis"] += told.is_current and told.cell.step is not None
        counts["off_axis"] += told.is_current and told.cell.answer is not None and told.cell.step is None
        counts["blank"] += told.is_current and told.cell.answer is None
        yield told
    counts.update({name: len(numbers) for name, numbers in seen.items()})


def _write_readme(counts: Counter[str], now: datetime) -> bytes:
    return render_to_string("export/README.txt", {"counts": counts, "made_at": now}).encode()


def _write_citation(local: datetime) -> bytes:
    """Every JSON string is one of YAML, too."""
    texts: dict[str, Any] = {
        "title": f"{settings.SITE_NAME}: positions of experts",
        "abstract": "Who says what on which question, when, how sure they are, and the source for it.",
        "name": settings.SITE_NAME,
        "address": f"{settings.SITE_URL}/",
        "licence_url": settings.DATA_LICENCE_URL,
    }
    quoted = {name: orjson.dumps(text).decode() for name, text in texts.items()}
    return render_to_string("export/CITATION.txt", quoted | {"day": local.date()}).encode()
