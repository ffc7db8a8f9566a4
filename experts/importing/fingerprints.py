"""Telling an import's own rows from those that an editor has made or changed."""

import hashlib
import json
from typing import Any

from aisrace.lib.text import clean_line


def seal(*values: Any) -> str:
    """A hash of the values as imported; days count as text."""
    written = json.dumps(values, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def refer(*parts: str) -> str:
    """The name of a row of a table: its parts, or a hash of them where they are too long to store."""
    reference = clean_line("/".join(parts))
    return reference if len(reference) <= 300 else seal(reference)
