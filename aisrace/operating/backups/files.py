"""What was uploaded: the files of both storages, wherever those keep them."""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from aisrace.operating.backups.archive import CHUNK, Kept

STORAGES = {"media": "default", "private": "private"}


def find_storage(name: str) -> tuple[Storage, str]:
    """Of a name in an archive: the storage, and how it calls the file."""
    place, _, rest = name.partition("/")
    return storages[STORAGES[place]], rest


def list_files() -> Iterator[str]:
    """As they are called in an archive."""
    for place, alias in STORAGES.items():
        yield from (f"{place}/{name}" for name in sorted(walk(storages[alias], "")))


def walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from walk(storage, f"{folder}{name}/")


def hash_file(file: IO[bytes] | File, copy: IO[bytes] | None = None) -> Kept:
    """Read once; written to `copy` on the way."""
    size, digest = 0, sha256()
    while chunk := file.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
        if copy:
            copy.write(chunk)
    return Kept(size, digest.hexdigest())
