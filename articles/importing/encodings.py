"""Bytes become text: by byte order mark, by what an HTML page says, as UTF-8, or else as Western European."""

import codecs
import re

from articles.importing.blocks import DocumentUnreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes, *, is_html: bool = False) -> str:
    text = _decode(data, is_html)
    sample = text[:4000]
    if len(_CONTROL.findall(sample)) > len(sample) / 50:
        raise DocumentUnreadable("The file is not text; it may be a picture or a program with a wrong name.")
    return text


def _decode(data: bytes, is_html: bool) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if name := _guess_wide(data):
        return data.decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return data.decode(_said(data) if is_html else "cp1252", "replace")


def _guess_wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Western text is NUL."""
    sample = data[:400]
    if len(sample) < 8:
        return ""
    if sample[1::2].count(0) > len(sample) / 4:
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > len(sample) / 4 else ""


def _said(data: bytes) -> str:
    """An encoding for text that the page declares; never one of Python's own codecs such as “hex”."""
    found = _CHARSET.search(data[:4096])
    name = found[1].decode("ascii", "replace").lower() if found else "cp1252"
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "utf-8", "utf8"):
        return "cp1252"  # as browsers do
    try:
        "".encode(name)
        b"a".decode(name)
    except (LookupError, UnicodeError, TypeError, ValueError):
        return "cp1252"
    return name
