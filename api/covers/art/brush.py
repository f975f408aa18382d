"""What the sleeves are painted with: a square sheet of 1000 x 1000 units, drawn large and shrunk for smooth edges."""

from array import array
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from math import cos, radians, sin
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

EDGE_PX: Final = 1200
_DRAWN_PX: Final = 2 * EDGE_PX
_UNIT: Final = _DRAWN_PX / 1000
_TOOTH: Final = 0.3
"""Stronger grain looks no better and costs a JPEG half its bytes."""

_RIM: Final = 178
"""Of Pillow's radial gradient where it meets the middle of an edge; 255 is in the corners."""

Point = tuple[float, float]


class Sheet:
    """A picture in the making; later strokes cover earlier ones.

    Args:
        ground: What is painted on.
        seed: Of every choice left to chance.
    """

    def __init__(self, ground: Image.Image, *, seed: str) -> None:
        self.image = ground
        self.random = Random(seed)  # noqa: S311 -- chance in a picture, always the same
        self._pen = ImageDraw.Draw(ground, "RGBA")

    def disc(self, x: float, y: float, r: float, color: str, alpha: float = 1) -> None:
        self._pen.ellipse(_scaled((x - r, y - r), (x + r, y + r)), fill=_paint(color, alpha))

    def oval(self, box: tuple[float, float, float, float], color: str, alpha: float = 1) -> None:
        self._pen.ellipse(_scaled(box[:2], box[2:]), fill=_paint(color, alpha))

    def ring(self, x: float, y: float, r: float, width: float, color: str, alpha: float = 1) -> None:
        """A circle line whose outer edge has radius `r`."""
        box = _scaled((x - r, y - r), (x + r, y + r))
        self._pen.ellipse(box, outline=_paint(color, alpha), width=max(1, round(width * _UNIT)))

    def slice(self, x: float, y: float, r: float, angles: Point, color: str, alpha: float = 1) -> None:
        """A piece of pie between two angles in degrees, clockwise from the right."""
        box = _scaled((x - r, y - r), (x + r, y + r))
        self._pen.pieslice(box, angles[0], angles[1], fill=_paint(color, alpha))

    def box(self, x0: float, y0: float, x1: float, y1: float, color: str, alpha: float = 1) -> None:
        self._pen.rectangle(_scaled((x0, y0), (x1, y1)), fill=_paint(color, alpha))

    def pill(self, box: tuple[float, float, float, float], r: float, color: str, alpha: float = 1) -> None:
        """A box with round corners."""
        self._pen.rounded_rectangle(_scaled(box[:2], box[2:]), r * _UNIT, fill=_paint(color, alpha))

    def shape(self, points: Sequence[Point], color: str, alpha: float = 1) -> None:
        self._pen.polygon(_scaled(*points), fill=_paint(color, alpha))

    def line(self, points: Sequence[Point], width: float, color: str, alpha: float = 1) -> None:
        self._pen.line(
            _scaled(*points), fill=_paint(color, alpha), width=max(1, round(width * _UNIT)), joint="curve"
        )

    def lay(self, other: Image.Image, *, mask: Image.Image | None = None) -> None:
        """Paste a picture of the same size through a mask."""
        self.image.paste(other, mask=mask)

    @contextmanager
    def light(self, spread: float) -> Generator["Sheet"]:
        """Strokes in the block shine: sharp, and blurred around."""
        layer = Sheet(flat("#000000"), seed="")
        yield layer
        halo = blurred(layer.image, spread)
        for shine in (halo, layer.image):
            self.image.paste(ImageChops.screen(self.image, shine))

    @contextmanager
    def shadow(self, spread: float, strength: float) -> Generator["Sheet"]:
        """Strokes in the block darken what is below; their colour is white where darkest."""
        layer = Sheet(flat("#000000"), seed="")
        yield layer
        dark = blurred(layer.image, spread).convert("L").point(lambda value: value * strength)
        self.image.paste(flat("#000000"), mask=dark)

    @contextmanager
    def raised(
        self, spread: float, strength: float, *, drop: float = 12, turn: float = 0
    ) -> Generator["Sheet"]:
        """Strokes in the block lie above the rest like cut paper, turned about the middle, with a shadow."""
        layer = Sheet(Image.new("RGBA", (_DRAWN_PX, _DRAWN_PX)), seed="")
        yield layer
        paper = layer.image.rotate(turn, Image.Resampling.BICUBIC) if turn else layer.image
        shape = paper.getchannel("A")
        shade = blurred(shape, spread).point([round(value * strength) for value in range(256)])
        self.image.paste(flat("#000000"), (round(drop * _UNIT * 0.5), round(drop * _UNIT)), shade)
        self.image.paste(paper, mask=shape)

    @contextmanager
    def window(self, view: Image.Image, *, soft: float = 0) -> Generator["Sheet"]:
        """White strokes in the block are holes through which another picture is seen."""
        holes = Sheet(flat("#000000"), seed="")
        yield holes
        mask = holes.image.convert("L")
        self.image.paste(view, mask=blurred(mask, soft) if soft else mask)

    def glow(self, x: float, y: float, r: float, color: str, alpha: float = 1) -> None:
        """Light that fades from a middle."""
        size = max(2, round(2 * r * _UNIT))
        falloff = [round(max(0, 1 - value / _RIM) ** 2 * 255 * alpha) for value in range(256)]
        fade = Image.radial_gradient("L").point(falloff)
        mask = fade.resize((size, size), Image.Resampling.BICUBIC)
        corner = (round((x - r) * _UNIT), round((y - r) * _UNIT))
        self.image.paste(Image.new("RGB", (size, size), color), corner, mask)

    def specks(
        self, count: int, box: tuple[float, float, float, float], radii: Point, color: str, alpha: float = 1
    ) -> None:
        """Small discs strewn over a box."""
        for _ in range(count):
            x, y = self.random.uniform(box[0], box[2]), self.random.uniform(box[1], box[3])
            self.disc(x, y, self.random.uniform(*radii), color, alpha)

    def rope(self, points: Sequence[Point], width: float, color: str, alpha: float = 1) -> None:
        """A line with round ends."""
        self.line(points, width, color, alpha)
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, color, alpha)

    def dim_edges(self, strength: float) -> None:
        """Darker towards the corners."""
        mask = Image.radial_gradient("L").resize(self.image.size, Image.Resampling.BICUBIC)
        dark = mask.point([max(0, value - 90) * strength for value in range(256)])
        self.image.paste(flat("#000000"), mask=dark)

    def finished(self, *, grain: float = 0.1) -> Image.Image:
        """The picture at its size, with the tooth of paper."""
        picture = self.image.reduce(2)
        tooth = noise(Random("paper"), EDGE_PX // 3, EDGE_PX).convert("RGB")  # noqa: S311 -- as above
        return Image.blend(picture, ImageChops.overlay(picture, tooth), grain * _TOOTH)


def flat(color: str) -> Image.Image:
    """A ground of one colour."""
    return Image.new("RGB", (_DRAWN_PX, _DRAWN_PX), color)


def ramp(*colors: str, angle: float = 0) -> Image.Image:
    """Colours that run into each other, from top to bottom when not turned."""
    wide = Image.linear_gradient("L").resize(
        (_DRAWN_PX * 3 // 2, _DRAWN_PX * 3 // 2), Image.Resampling.BICUBIC
    )
    edge = (wide.width - _DRAWN_PX) // 2
    turned = wide.rotate(angle, Image.Resampling.BICUBIC, fillcolor=0)
    if not angle % 90:
        turned = Image.linear_gradient("L").resize(wide.size).rotate(angle)
    return tinted(turned.crop((edge, edge, edge + _DRAWN_PX, edge + _DRAWN_PX)), *colors)


def orb(*colors: str, center: Point = (500, 500), reach: float = 700) -> Image.Image:
    """Colours from a centre outwards."""
    gradient = Image.new("L", (_DRAWN_PX, _DRAWN_PX), 255)
    size = round(2 * reach * _UNIT)
    patch = Image.radial_gradient("L").resize((size, size), Image.Resampling.BICUBIC)
    corner = tuple(round((value - reach) * _UNIT) for value in center)
    gradient.paste(patch, (corner[0], corner[1]))
    return tinted(gradient, *colors)


def tinted(grey: Image.Image, *colors: str) -> Image.Image:
    """Grey values replaced by the colours between which they fall."""
    grey = grey.convert("L")
    stops = [ImageColor.getrgb(color) for color in colors]
    table = [_between(stops, value / 255) for value in range(256)]
    channels = [grey.point([color[channel] for color in table]) for channel in range(3)]
    return Image.merge("RGB", channels)


def field(height: Callable[[float, float], float], cells: int = 300) -> Image.Image:
    """What a function of x and y says, 0 as black and 1 as white, without steps between the greys."""
    middles = [(cell + 0.5) * 1000 / cells for cell in range(cells)]
    values = array("f", (255 * height(x, y) for y in middles for x in middles))
    return Image.frombytes("F", (cells, cells), values.tobytes()).resize(
        (_DRAWN_PX, _DRAWN_PX), Image.Resampling.BICUBIC
    )


def above(heights: Image.Image, level: float, *, edge: float = 0.01) -> Image.Image:
    """White where a field is higher than a level, black where lower, and smooth between."""
    steep = 1 / edge
    return heights.point(lambda value: value * steep + 127 - level * 255 * steep).convert("L")


def noise(random: Random, cells: int, size: int = _DRAWN_PX) -> Image.Image:
    """Smooth grey chance; the more cells, the finer."""
    field = Image.frombytes("L", (cells, cells), random.randbytes(cells * cells))
    return field.resize((size, size), Image.Resampling.BICUBIC)


def clouds(random: Random, cells: int) -> Image.Image:
    """Noise of three finenesses in one, stretched over all greys."""
    field = noise(random, cells)
    for octave in (2, 4):
        field = Image.blend(field, noise(random, cells * octave), 1 / (octave + 1))
    return stretched(blurred(field, 6))


def stretched(field: Image.Image) -> Image.Image:
    """From black to white, whatever it was before."""
    low, high = field.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return field.point(lambda value: (value - low) * 255 / (high - low))


def blurred(picture: Image.Image, spread: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(spread * _UNIT))


def around(x: float, y: float, r: float, angle: float) -> Point:
    """The point at an angle in degrees, clockwise from the right, and a distance."""
    return x + r * cos(radians(angle)), y + r * sin(radians(angle))


def mixed(first: str, second: str, share: float) -> str:
    """The colour between two."""
    stops = [ImageColor.getrgb(first), ImageColor.getrgb(second)]
    return "#" + bytes(_between(stops, share)).hex()


def _between(stops: Sequence[tuple[int, ...]], share: float) -> tuple[int, int, int]:
    place = min(max(share, 0), 1) * (len(stops) - 1)
    left = min(int(place), len(stops) - 2)
    part = place - left
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(stops[left], stops[left + 1], strict=True))
    return red, green, blue


def _paint(color: str, alpha: float) -> tuple[int, ...]:
    return (*ImageColor.getrgb(color)[:3], round(alpha * 255))


def _scaled(*points: Sequence[float]) -> list[tuple[float, float]]:
    return [(point[0] * _UNIT, point[1] * _UNIT) for point in points]
