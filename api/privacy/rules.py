"""How long an archive is kept, and how often one is made (D-81). Pure."""

from datetime import datetime, timedelta
from typing import Final

from db.ids import DataExportId

KEPT_FOR: Final = timedelta(days=7)
"""An archive of somebody's data is a danger for as long as it lies there."""
A_DAY: Final = timedelta(days=1)


def archive_key(export: DataExportId) -> str:
    """Where an archive stands."""
    return f"exports/{export}.zip"


def archive_name(requested_at: datetime) -> str:
    """What it is saved as."""
    return f"beatpass-{requested_at:%Y-%m-%d}.zip"


def file_in_archive(folder: str, upload: str, filename: str) -> str:
    """Where a file stands in an archive: two that were named alike are told apart."""
    bare = "".join(
        letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in filename
    )
    return f"{folder}/{upload}-{bare.strip('. ') or 'file'}"
