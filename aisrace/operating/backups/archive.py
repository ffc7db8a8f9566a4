"""The file that a backup is: a ZIP of rows, files and a manifest that says what all of it should be.

`tables/NAME.jsonl` has the columns in its first line and then a row in each. `files/` has what was uploaded, by the
storage it was in. Nothing but Python is needed to read it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20  # bytes
PACKED = 6  # of 9


class BadBackup(Exception):
    """What is wrong with the file, in plain words."""


@dataclass
class Kept:
    """How many rows or bytes, and their hash."""

    size: int
    hash: str


@dataclass
class Manifest:
    made_at: str
    software: dict[str, str]
    database: str
    migrations: list[list[str]]
    key: str
    format: int = FORMAT
    tables: dict[str, Kept] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    files: dict[str, Kept] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: bytes) -> Self:
        try:
            told = json.loads(data)
            if told["format"] != FORMAT:
                raise BadBackup(f"It is of format {told['format']}, which this release does not read.")
            told["tables"], told["files"] = (
                {name: Kept(**kept) for name, kept in told[part].items()} for part in ("tables", "files")
            )
            return cls(**told)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBackup("Its manifest cannot be read.") from error

    def write(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @property
    def members(self) -> set[str]:
        return {MANIFEST, *map(table_member, self.tables), *map(file_member, self.files)}


def table_member(name: str) -> str:
    return f"tables/{name}.jsonl"


def file_member(name: str) -> str:
    """`name` begins with that of a storage: `media/…` or `private/…`."""
    return f"files/{name}"


class Archive:
    """Opened for reading. What is damaged raises `BadBackup`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = ZipFile(path)
            self.manifest = Manifest.read(self.zip.read(MANIFEST))
        except OSError as error:
            raise BadBackup(f"It cannot be read: {error.strerror or error}.") from error
        except (BadZipFile, KeyError) as error:
            raise BadBackup("It is not a backup, or was cut off.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def read_table(self, name: str) -> Iterator[bytes]:
        """The columns first, then each row."""
        with self.zip.open(table_member(name)) as member:
            for line in member:
                yield line.rstrip(b"\n")

    def open_file(self, name: str) -> IO[bytes]:
        return self.zip.open(file_member(name))


def open_member(archive: ZipFile, name: str, *, pack: bool) -> Any:
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED if pack else ZIP_STORED
    return archive.open(info, "w", force_zip64=True)
