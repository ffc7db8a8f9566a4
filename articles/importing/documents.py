"""Reading and understanding a document that came from outside: in a process of its own that has little memory, little
time and no Django.

Whatever a hostile file does to a parser, or a text to what is looked for in it, it does there; this side sees a short
list of blocks, or what was understood of them, or one sentence.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from aisrace.lib.text import drop_forbidden
from articles.importing.blocks import Document, DocumentUnreadable, build_document
from articles.importing.reading import Reading
from articles.importing.storing import load_reading

logger = logging.getLogger(__name__)

MAX_BYTES = 20_000_000
WALL_SECONDS = 15
OUT_OF_TIME = -24  # ended by SIGXCPU
ROOT = Path(__file__).resolve().parents[2]
CHUNK = 1 << 16
SEATS = BoundedSemaphore(2)  # readers at once, in each process

READ, UNDERSTAND = "read", "understand"

TOO_LARGE = f"The file is larger than {MAX_BYTES // 1_000_000} MB; save it without its pictures and try again."
TOO_SLOW = {
    READ: "The document takes too long to read; it may be damaged or made to do harm.",
    UNDERSTAND: "This document takes too long to understand; paste a part of it.",
}
TOO_MUCH = "The document cannot be read with the memory allowed for it; it may be damaged or made to do harm."


def read_path(path: Path) -> Document:
    """A file on this machine; refused by its size before it is opened."""
    with _open(path) as file:
        return build_document(_run(READ, file, path.name), path.name)


def understand_path(path: Path) -> Reading:
    with _open(path) as file:
        return load_reading(_run(UNDERSTAND, file, path.name))


def read_upload(name: str, stream: IO[bytes]) -> Document:
    """What a browser sent, whatever it says of its own size."""
    with _copy(_chunks(stream)) as copy:
        return build_document(_run(READ, copy, name), name)


def understand_upload(name: str, stream: IO[bytes]) -> Reading:
    with _copy(_chunks(stream)) as copy:
        return load_reading(_run(UNDERSTAND, copy, name))


def read_pasted(text: str, name: str = "Pasted text") -> Document:
    """Plain text; Markdown's headings and lists in it are understood, too."""
    with _copy([drop_forbidden(text).encode()]) as copy:
        return build_document(_run(READ, copy, "pasted.txt"), name)


def understand_pasted(text: str) -> Reading:
    with _copy([drop_forbidden(text).encode()]) as copy:
        return load_reading(_run(UNDERSTAND, copy, "pasted.txt"))


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not path.is_file():
            raise DocumentUnreadable(f"There is no file {path.name}.")
        if path.stat().st_size > MAX_BYTES:
            raise DocumentUnreadable(TOO_LARGE)
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise DocumentUnreadable(f"The file cannot be opened: {error.strerror}.") from error


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


@contextmanager
def _copy(chunks: Iterable[bytes]) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as copy:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise DocumentUnreadable(TOO_LARGE)
            copy.write(chunk)
        copy.seek(0)
        yield copy


@contextmanager
def take_a_seat() -> Iterator[None]:
    """So that many documents at once cannot take the whole machine."""
    if not SEATS.acquire(timeout=WALL_SECONDS):
        raise DocumentUnreadable("Other documents are being read just now; try again in a minute.")
    try:
        yield
    finally:
        SEATS.release()


def _run(work: str, file: IO[bytes], name: str) -> dict[str, Any]:
    """The reader gets none of this process's environment, which may hold secrets."""
    command = [sys.executable, "-m", "articles.importing", work, Path(name).suffix.lower()[:20]]
    with tempfile.TemporaryFile() as out, take_a_seat():
        try:
            done = subprocess.run(  # noqa: S603 (nothing of the document is in it but a file ending)
                command,
                stdin=file,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentUnreadable(TOO_SLOW[work]) from error
        out.seek(0)
        try:
            answer: dict[str, Any] = json.load(out)
        except ValueError as error:
            raise DocumentUnreadable(TOO_SLOW[work] if done.returncode == OUT_OF_TIME else TOO_MUCH) from error
    if "failed" in answer:
        logger.error("A document could not be understood: %s", answer["failed"])
    if "refused" in answer:
        raise DocumentUnreadable(answer["refused"])
    return answer
