"""An export as a zip archive: a CSV file for each table, and their description."""

import zipfile
from typing import IO

from app.transfer import csv, metadata
from app.transfer.plan_export import Export

# Of the format, not of the clock: the same rows make the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write(export: Export, file: IO[bytes]) -> None:
    """Write the archive; one row is in memory at a time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_entry(metadata.NAME), "w") as entry:
            entry.write(metadata.write(export.heading))
        for table, rows in export.tables():
            with archive.open(_entry(metadata.file_name(table.name)), "w") as entry:
                csv.write(table, rows, entry)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # what is packed on Windows is the same
    entry.external_attr = 0o644 << 16
    return entry
