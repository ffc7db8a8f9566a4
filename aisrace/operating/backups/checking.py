"""Whether a backup is whole: every row and every file is read, and nothing else is in it."""

import json
import zlib
from collections.abc import Callable, Iterator
from zipfile import BadZipFile

from aisrace.operating.backups.archive import Archive, BadBackup, Kept
from aisrace.operating.backups.files import hash_file
from aisrace.operating.backups.rows import Sum

MOST = 10  # reasons that are told


def check_archive(archive: Archive, advance: Callable[[str, int, int], None]) -> None:
    """Raises `BadBackup` with all that is wrong."""
    manifest = archive.manifest
    members = archive.zip.namelist()
    reasons = [f"{name} is missing." for name in sorted(manifest.members - set(members))]
    reasons += [f"{name} does not belong there." for name in sorted(set(members) - manifest.members)]
    if len(members) != len(set(members)):
        reasons.append("Something is in it twice.")
    if not reasons:
        reasons = list(find_damage(archive, advance))
    if reasons:
        more = f"\nand {len(reasons) - MOST:,} more" if len(reasons) > MOST else ""
        raise BadBackup("\n".join(reasons[:MOST]) + more)


def find_damage(archive: Archive, advance: Callable[[str, int, int], None]) -> Iterator[str]:
    looks = [(name, kept, sum_table) for name, kept in archive.manifest.tables.items()]
    looks += [(name, kept, sum_file) for name, kept in archive.manifest.files.items()]
    for done, (name, kept, look) in enumerate(looks, 1):
        try:
            if look(archive, name) != kept:
                yield f"{name} is not what the manifest says."
        except (BadZipFile, zlib.error, EOFError, ValueError, StopIteration):
            yield f"{name} is damaged."
        advance("checks", done, len(looks))


def sum_table(archive: Archive, name: str) -> Kept:
    lines, found = archive.read_table(name), Sum()
    json.loads(next(lines))
    for line in lines:
        found.add(line)
    return Kept(found.rows, found.hash)


def sum_file(archive: Archive, name: str) -> Kept:
    with archive.open_file(name) as file:
        return hash_file(file)
