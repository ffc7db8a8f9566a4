"""The other process: a document on stdin, JSON on stdout. Run as `python -m articles.importing read .docx`.

Imports nothing of Django, so that it is small and starts quickly.
"""

import json
import resource
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from articles.importing.blocks import DocumentUnreadable, as_data, build_document, check_size
from articles.importing.encodings import decode
from articles.importing.plaintext import read_plain
from articles.importing.storing import dump_reading
from articles.importing.understanding import check_sections, understand
from articles.importing.webpages import Read, read_markdown, read_page
from articles.importing.wordfiles import read_word

MEMORY = 240 << 20  # of address space; what is resident is less
CPU_SECONDS = 12  # then the kernel says so; a second later it kills
MAX_ANSWER = 16 << 20

LEFT = "Files of the kind “{ending}” cannot be read; save it as .docx, .html, .md or .txt and try again."
ELSEWHERE = {
    ".docm": "The document may hold macros (.docm); save it as .docx without them and try again.",
    ".doc": "Old Word documents (.doc) cannot be read; save it as .docx and try again.",
    ".pdf": "PDF files cannot be read, for they do not say what is a heading; use the .docx or .html they came from.",
}
TOO_MUCH = "The document needs more memory to read than an article ever does; it may be made to do harm."
NOT_UNDERSTOOD = "The document could not be understood; try again with a part of it, or paste its text."
DAMAGED = "The document is damaged or not what its name says; open it, save it anew and try again."


def read_text(data: bytes) -> Read:
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"):
        raise DocumentUnreadable("The file is not plain text, whatever its name says.")
    return read_plain(decode(data))


READERS: dict[str, Callable[[bytes], Read]] = {
    ".docx": read_word,
    ".html": lambda data: read_page(decode(data, is_html=True)),
    ".htm": lambda data: read_page(decode(data, is_html=True)),
    ".xhtml": lambda data: read_page(decode(data, is_html=True)),
    ".md": lambda data: read_markdown(decode(data)),
    ".markdown": lambda data: read_markdown(decode(data)),
    ".txt": read_text,
    ".text": read_text,
}


def answer(ending: str, data: bytes) -> dict[str, Any]:
    try:
        if ending not in READERS:
            raise DocumentUnreadable(ELSEWHERE.get(ending) or LEFT.format(ending=ending or "without an ending"))
        blocks, meta, dropped = READERS[ending](data)
        return as_data(check_size(blocks), meta, dropped)
    except DocumentUnreadable as refusal:
        return {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refused": TOO_MUCH}
    except Exception:
        return {"refused": DAMAGED}


def answer_understood(ending: str, data: bytes) -> dict[str, Any]:
    read = answer(ending, data)
    if "refused" in read:
        return read
    try:
        return dump_reading(check_sections(understand(build_document(read, ""))))
    except DocumentUnreadable as refusal:
        return {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refused": TOO_MUCH}
    except Exception as error:
        return {"refused": NOT_UNDERSTOOD, "failed": _tell(error)}


def _tell(error: Exception) -> str:
    """Where it happened, for the log; not what it says, for that may be words of the document."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_ANSWER, MAX_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    limit_itself()
    warnings.simplefilter("ignore")
    work, ending = sys.argv[1:3]
    said = ANSWERS[work](ending, sys.stdin.buffer.read())
    # ASCII, so that lone surrogates pass; they are dropped later.
    sys.stdout.write(json.dumps(said))


ANSWERS = {"read": answer, "understand": answer_understood}
