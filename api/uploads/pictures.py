"""Makes our own pictures out of what was sent (D-6, D-14): nothing of the sender's file reaches another person.

Runs in a thread: Pillow lets go of the interpreter while it decodes and encodes.
"""

import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import blurhash  # type: ignore[import-untyped] # it has no types  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from api.uploads.errors import FileRefused
from api.uploads.rules import EDGES_PX, PictureShape
from db.vocabulary import ErrorCode, ImageSize

MAX_PIXELS: Final = 25_000_000
"""5,000 x 5,000: 100 MB while it is decoded. More fits into 2 MB only to hurt."""
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 85
_BLURHASH_EDGE_PX: Final = 32
_BLURHASH_COMPONENTS: Final = 4
_PAPER: Final = (255, 255, 255)
"""Behind transparent parts."""

_Shrink = Callable[[Image.Image, int], Image.Image]


@dataclass(frozen=True)
class MadePicture:
    """JPEGs of all sizes, and what stands in while they load.

    Attributes:
        width: Of the largest, in pixels.
        height: Of the largest, in pixels.
        dominant_color: As #rrggbb.
    """

    files: Mapping[ImageSize, bytes]
    width: int
    height: int
    dominant_color: str
    blurhash: str


def make_picture(data: bytes, min_edge_px: int, *, shape: PictureShape = PictureShape.SQUARE) -> MadePicture:
    """Decode, turn upright, cut to its shape, shrink, encode.

    Args:
        data: A file of any kind.
        min_edge_px: Shortest edge that is taken.
        shape: Whether the middle square is kept or all of it.

    Returns:
        The pictures, without metadata.

    Raises:
        FileRefused: Not a picture of a kind we take, broken, too small or too large.
    """
    shrunk = _SHRINKING[shape]
    upright = _decoded(data, min_edge_px, shrunk)
    sizes = {size: shrunk(upright, edge_px) for size, edge_px in EDGES_PX.items()}
    return MadePicture(
        files={size: encoded(picture) for size, picture in sizes.items()},
        width=sizes[ImageSize.LARGE].width,
        height=sizes[ImageSize.LARGE].height,
        dominant_color=dominant_color(upright),
        blurhash=blurred(upright),
    )


def encoded(picture: Image.Image, *, quality: int = _QUALITY) -> bytes:
    """A progressive JPEG with nothing in it but the picture."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, progressive=True, optimize=True)
    return file.getvalue()


def dominant_color(picture: Image.Image) -> str:
    """The most frequent of eight colours, as #rrggbb."""
    small = picture.resize((64, 64), Image.Resampling.BOX)
    few = small.quantize(8, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    counts = {index: count for count, index in few.getcolors() or [] if isinstance(index, int)}
    most = max(counts, key=lambda index: counts[index])
    palette = few.getpalette() or []
    return "#" + bytes(palette[most * 3 : most * 3 + 3]).hex()


def blurred(picture: Image.Image) -> str:
    """The picture's BlurHash."""
    small = picture.resize((_BLURHASH_EDGE_PX, _BLURHASH_EDGE_PX), Image.Resampling.BOX)
    pixels: Any = small.load()
    rows = [[list(pixels[x, y]) for x in range(_BLURHASH_EDGE_PX)] for y in range(_BLURHASH_EDGE_PX)]
    encode: Callable[..., str] = cast(Any, blurhash).encode  # it has no types
    return encode(rows, _BLURHASH_COMPONENTS, _BLURHASH_COMPONENTS)


def _decoded(data: bytes, min_edge_px: int, shrunk: _Shrink) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _require_size(image, min_edge_px)
                return _small_rgb(image, shrunk)
    except UnidentifiedImageError as error:
        raise FileRefused(
            ErrorCode.NOT_AN_IMAGE, "The file is no JPEG, PNG or WebP that can be read."
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("far") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ) as error:  # what Pillow's decoders raise on broken files
        raise FileRefused(ErrorCode.NOT_AN_IMAGE, "The picture is broken: it cannot be decoded.") from error


def _require_size(image: Image.Image, min_edge_px: int) -> None:
    width, height = image.size
    if min(width, height) < min_edge_px:
        raise FileRefused(
            ErrorCode.IMAGE_TOO_SMALL,
            f"The picture has {width} x {height} pixels; both edges need at least {min_edge_px}.",
        )
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width * height / 1_000_000:.0f} million pixels,")


def _too_many_pixels(count: str) -> FileRefused:
    return FileRefused(ErrorCode.NOT_AN_IMAGE, f"The picture has {count} more than the 25 million we take.")


def _small_rgb(image: Image.Image, shrunk: _Shrink) -> Image.Image:
    """At most as large as the largest size needs, so that later steps work on little."""
    edge_px = EDGES_PX[ImageSize.LARGE]
    image.draft("RGB", (edge_px, edge_px))  # a JPEG is decoded no larger than needed
    if image.mode in {"P", "1"} or image.mode.startswith("I"):
        image = _plain(image)
    small = shrunk(ImageOps.exif_transpose(image), edge_px)
    return _in_srgb(small, image.info.get("icc_profile"))


def _plain(image: Image.Image) -> Image.Image:
    """Modes that cannot be scaled or hold more than 8 bits a channel."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if "transparency" in image.info else "RGB")


def _middle_square(picture: Image.Image, edge_px: int) -> Image.Image:
    """The middle square, never enlarged."""
    edge_px = min(edge_px, *picture.size)
    if picture.size == (edge_px, edge_px):
        return picture
    left, top = ((length - min(picture.size)) / 2 for length in picture.size)
    box = (left, top, left + min(picture.size), top + min(picture.size))
    return picture.resize((edge_px, edge_px), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _whole(picture: Image.Image, edge_px: int) -> Image.Image:
    """All of it with this longest edge, never enlarged."""
    if max(picture.size) <= edge_px:
        return picture
    width, height = (max(1, round(length * edge_px / max(picture.size))) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


_SHRINKING: Final = {PictureShape.SQUARE: _middle_square, PictureShape.WHOLE: _whole}


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the sender saw them, once the profile is gone; transparent parts on paper."""
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        picture = _converted(picture, profile)
    if picture.has_transparency_data:
        alpha = picture.convert("RGBA")
        picture = Image.new("RGB", picture.size, _PAPER)
        picture.paste(alpha, mask=alpha.getchannel("A"))
    clean = picture.convert("RGB")
    clean.info.clear()  # Pillow writes a comment found there into the new file
    return clean


def _srgb() -> ImageCms.ImageCmsProfile:
    make: Callable[[str], Any] = cast(Any, ImageCms).createProfile  # it is typed in part
    return ImageCms.ImageCmsProfile(make("sRGB"))


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a broken profile spoils no picture
        return picture
    return changed or picture
