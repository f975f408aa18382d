"""Draws the ready-made covers: `python -m api.covers.art.draw`. The same bytes each time, from the Pillow of uv.lock."""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter

from api.covers.art.sleeves import SLEEVES
from api.uploads.pictures import blurred, dominant_color, encoded
from api.uploads.rules import EDGES_PX

_HERE: Final = Path(__file__).parent
_WANTED_BYTES: Final = 90_000
_MOST_BYTES: Final = 130_000
"""What is all edges may take this much."""
_LOWEST_QUALITY: Final = 64
_SOFT_QUALITIES: Final = (64, 56, 48, 40)
_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def draw(genre: str, number: int, target: Path = _HERE) -> dict[str, object]:
    """Draw one of a genre's sleeves into three files under `target`: its entry in the index."""
    picture = SLEEVES[genre][number - 1]()
    preset_id = preset_id_of(genre, number=number)
    folder = target / preset_id
    folder.mkdir(exist_ok=True)
    for size, edge_px in EDGES_PX.items():
        (folder / f"{size.lower()}.jpg").write_bytes(_jpeg(picture, edge_px))
    return {
        "id": preset_id,
        "genres": [genre],
        "width": picture.width,
        "height": picture.height,
        "dominant_color": dominant_color(picture),
        "blurhash": blurred(picture),
    }


def preset_id_of(genre: str, *, number: int) -> str:
    """An id of the usual form, the same for ever."""
    digest = int.from_bytes(hashlib.sha256(f"{genre} {number}".encode()).digest())
    return "cvr_" + "".join(_DIGITS[digest >> shift & 31] for shift in range(0, 130, 5))


def _jpeg(picture: Image.Image, edge_px: int) -> bytes:
    """As good as fits; what is all edges is softened by less than a pixel, and larger."""
    scaled = picture.resize((edge_px, edge_px), Image.Resampling.LANCZOS)
    for quality in range(88, _LOWEST_QUALITY, -4):
        data = encoded(scaled, quality=quality)
        if len(data) <= _WANTED_BYTES:
            return data
    soft = scaled.filter(ImageFilter.GaussianBlur(0.8))
    fits = (data for quality in _SOFT_QUALITIES if len(data := encoded(soft, quality=quality)) <= _MOST_BYTES)
    return next(fits, encoded(soft, quality=_SOFT_QUALITIES[-1]))


def draw_all() -> None:
    """Draw every sleeve, several at once, and write the index."""
    numbered = [
        (genre, number) for genre, sleeves in SLEEVES.items() for number in range(1, len(sleeves) + 1)
    ]
    with ProcessPoolExecutor() as pool:
        index = list(pool.map(draw, *zip(*numbered, strict=True)))
    (_HERE / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    draw_all()
