"""What all pages of the site share: templates, assets, and what a browser may load for them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER: Final = Path(__file__).parent.parent / "pages"
ASSETS: Final = _FOLDER / "assets"
FOR_ITSELF: Final = "'none'"
FOR_EVERYBODY: Final = "*"


def templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def assets_path() -> str:
    """Where the assets are served: another path once they are others, so that caches never serve old ones."""
    return f"/page-assets/{_digest(sorted(ASSETS.iterdir()))}"


def origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def policy(sources: str, *, frames: str) -> str:
    """Nothing but our own style and script, and pictures and sound from where we keep them.

    Args:
        sources: Of pictures and sound.
        frames: Who may show the page in a frame.
    """
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {sources}; media-src {sources}; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
    )


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
