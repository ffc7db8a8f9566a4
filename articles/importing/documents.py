"""Reading a document that came from outside: in a process of its own that has little memory, little time and no Django.

Whatever a hostile file does to a parser, it does it there; this side sees a short list of blocks or one sentence.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from aisrace.lib.text import drop_forbidden
from articles.importing.blocks import Block, Document, DocumentUnreadable, Link

MAX_BYTES = 20_000_000
WALL_SECONDS = 15
ROOT = Path(__file__).resolve().parents[2]
CHUNK = 1 << 16

TOO_LARGE = f"The file is larger than {MAX_BYTES // 1_000_000} MB; save it without its pictures and try again."
TOO_SLOW = "The document takes too long to read; it may be damaged or made to do harm."
TOO_MUCH = "The document cannot be read with the memory allowed for it; it may be damaged or made to do harm."


def read_path(path: Path) -> Document:
    """A file on this machine; refused by its size before it is opened."""
    try:
        if not path.is_file():
            raise DocumentUnreadable(f"There is no file {path.name}.")
        if path.stat().st_size > MAX_BYTES:
            raise DocumentUnreadable(TOO_LARGE)
        with path.open("rb") as file:
            return _read(file, path.name)
    except OSError as error:
        raise DocumentUnreadable(f"The file cannot be opened: {error.strerror}.") from error


def read_upload(name: str, stream: IO[bytes]) -> Document:
    """What a browser sent, whatever it says of its own size."""
    with tempfile.TemporaryFile() as copy:
        size = 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise DocumentUnreadable(TOO_LARGE)
            copy.write(chunk)
        copy.seek(0)
        return _read(copy, name)


def read_pasted(text: str, name: str = "Pasted text") -> Document:
    """Plain text; Markdown's headings and lists in it are understood, too."""
    with tempfile.TemporaryFile() as copy:
        data = drop_forbidden(text).encode()
        if len(data) > MAX_BYTES:
            raise DocumentUnreadable(TOO_LARGE)
        copy.write(data)
        copy.seek(0)
        return _build(_run(copy, "pasted.txt"), name)


def _read(file: IO[bytes], name: str) -> Document:
    return _build(_run(file, name), name)


def _run(file: IO[bytes], name: str) -> dict[str, Any]:
    """The reader gets none of this process's environment, which may hold secrets."""
    command = [sys.executable, "-m", "articles.importing.reader", Path(name).suffix.lower()[:20]]
    with tempfile.TemporaryFile() as out:
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
            raise DocumentUnreadable(TOO_SLOW) from error
        out.seek(0)
        try:
            answer: dict[str, Any] = json.load(out)
        except ValueError as error:
            raise DocumentUnreadable(TOO_SLOW if done.returncode == -24 else TOO_MUCH) from error
    if "refused" in answer:
        raise DocumentUnreadable(answer["refused"])
    return answer


def _build(answer: dict[str, Any], name: str) -> Document:
    blocks = tuple(block for data in answer["blocks"] if (block := _clean(data)))
    meta = {key: drop_forbidden(value) for key, value in answer["meta"].items()}
    dropped = tuple((drop_forbidden(text), why) for text, why in answer["dropped"])
    return Document(drop_forbidden(name)[:300], blocks, meta, dropped)


def _clean(data: dict[str, Any]) -> Block:
    """Characters that the site stores nowhere are dropped here, and the links moved with what is left."""
    text = data["text"]
    links = [Link(**link) for link in data["links"]]
    clean = drop_forbidden(text)
    if clean != text:
        links = [Link(len(drop_forbidden(text[: a.start])), len(drop_forbidden(text[: a.end])), a.url) for a in links]
        data["bold"] = len(drop_forbidden(text[: data["bold"]]))
    return Block(**{**data, "text": clean, "links": tuple(links)})
