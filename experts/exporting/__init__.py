"""The record as tables that others take away: CSV, JSON Lines, and both in an archive. docs/data.md tells the rules."""

from experts.exporting.archive import write_archive
from experts.exporting.columns import COLUMNS, Told
from experts.exporting.reading import read_edition, read_record
from experts.exporting.writing import write_csv, write_json_lines

__all__ = ["COLUMNS", "Told", "read_edition", "read_record", "write_archive", "write_csv", "write_json_lines"]
