"""Pictures of the demo's producers: drawn, for they are nobody."""

import io
from typing import Final

from PIL import Image, ImageDraw

_PORTRAIT_PX: Final = 640
_ROOM_PX: Final = (1200, 800)

Color = tuple[int, int, int]


def portrait(sky: Color, ground: Color) -> bytes:
    """A head and shoulders before a sky, as JPEG."""
    picture = _fading(sky, ground, (_PORTRAIT_PX, _PORTRAIT_PX))
    pen, dark = ImageDraw.Draw(picture), _darker(ground)
    pen.ellipse((80, 430, 560, 1000), fill=dark)
    pen.ellipse((220, 170, 420, 430), fill=dark)
    for left in (196, 404):  # headphones
        pen.rounded_rectangle((left, 250, left + 40, 350), 18, fill=_darker(sky))
    pen.arc((205, 140, 435, 420), 190, 350, fill=_darker(sky), width=16)
    return _as_jpeg(picture)


def studio(sky: Color, ground: Color) -> bytes:
    """A room with two loudspeakers and a keyboard, as JPEG; not square."""
    picture = _fading(ground, sky, _ROOM_PX)
    pen, dark = ImageDraw.Draw(picture), _darker(ground)
    for left in (150, 850):
        pen.rounded_rectangle((left, 150, left + 200, 500), 20, fill=dark)
        for top, half in ((220, 45), (380, 75)):
            box = (left + 100 - half, top - half, left + 100 + half, top + half)
            pen.ellipse(box, fill=sky)
    pen.rectangle((100, 560, 1100, 700), fill=_darker(sky))
    for key in range(25):
        pen.rectangle((112 + 39 * key, 600, 146 + 39 * key, 690), fill=(240, 240, 235))
    return _as_jpeg(picture)


def _fading(top: Color, bottom: Color, size: tuple[int, int]) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask)


def _darker(color: Color) -> Color:
    red, green, blue = color
    return red // 3, green // 3, blue // 3


def _as_jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
