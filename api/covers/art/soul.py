"""Sleeves of R&B, Soul and their kin."""

from math import sin

from PIL import Image

from api.covers.art.brush import Sheet, around, blurred, clouds, flat, mixed, orb, ramp, stretched


def r_and_b() -> Image.Image:
    """Folds of wine-red silk."""
    sheet = Sheet(ramp("#2c0616", "#6d0f35", "#b3224f", "#3b0820", angle=35), seed="R&B")
    for fold in range(26):
        shift = fold * 52 - 260
        top = [(x, _fold(x, fold) + shift + x * 0.35) for x in range(-20, 1030, 15)]
        bottom = [(x, y + 46 + 20 * sin(fold)) for x, y in reversed(top)]
        sheet.shape([*top, *bottom], mixed("#ff7d9c", "#4a0b26", (fold % 4) / 3), 0.34)
        sheet.line(top, 1.8, "#ffc9d2", 0.35)
    sheet.image = blurred(sheet.image, 1.2)
    sheet.dim_edges(1.0)
    return sheet.finished(grain=0.07)


def _fold(x: float, fold: int) -> float:
    return 62 * sin(x / 170 + fold * 0.33) + 30 * sin(x / 71 - fold * 0.21)


def soul() -> Image.Image:
    """A sunburst from a summer long ago."""
    sheet = Sheet(flat("#f3dfb8"), seed="Soul")
    colors = ("#c8553d", "#e9a23b", "#588b8b", "#f3dfb8")
    for ray in range(32):
        angles = (ray * 11.25, ray * 11.25 + 11.4)
        sheet.slice(500, 660, 1100, angles, colors[ray % 4])
    for step, color in enumerate(("#5c2a1f", "#c8553d", "#e9a23b", "#f3dfb8", "#c8553d", "#5c2a1f")):
        sheet.disc(500, 660, 290 - step * 46, color)
    return sheet.finished(grain=0.08)


def neo_soul() -> Image.Image:
    """A flower of see-through leaves."""
    sheet = Sheet(ramp("#f4ead7", "#e8d3b0", angle=20), seed="Neo-Soul")
    colors = ("#5f7161", "#a0522d", "#d9a066", "#7d3c3c", "#3e4e50")
    for ring, (count, reach) in enumerate(((14, 440), (10, 320), (8, 200))):
        for leaf in range(count):
            angle = leaf * 360 / count + ring * 13
            _leaf(sheet, angle, reach, colors[(leaf + ring * 2) % 5])
    sheet.disc(500, 500, 58, "#2f2320")
    sheet.disc(500, 500, 34, "#e3b04b")
    return sheet.finished(grain=0.14)


def _leaf(sheet: Sheet, angle: float, reach: float, color: str) -> None:
    tip = around(500, 500, reach, angle)
    sides = [
        [around(500, 500, reach * part, angle + turn * 24 * (1 - part) ** 0.6 * part**0.5) for part in parts]
        for turn, parts in ((1, _STEPS), (-1, _STEPS[::-1]))
    ]
    sheet.shape([*sides[0], tip, *sides[1]], color, 0.62)
    sheet.line([(500, 500), tip], 1.5, "#f4ead7", 0.6)


_STEPS = [step / 12 for step in range(13)]


def alternative_r_and_b() -> Image.Image:
    """Ink in dark water, and a moon."""
    sheet = Sheet(flat("#04151f"), seed="Alternative R&B")
    field = stretched(blurred(clouds(sheet.random, 5), 34))
    for level, color in enumerate(("#07304a", "#0a4560", "#0d5c75", "#1f8a8c", "#55b3a4", "#a6dcc4")):
        _cut_out(sheet, field, 48 + level * 34, color)
    with sheet.shadow(26, 0.6) as dark:
        dark.disc(650, 345, 172, "#ffffff")
    sheet.disc(640, 330, 165, "#f2e3c6")
    sheet.disc(612, 308, 124, "#f8efdc", 0.7)
    sheet.dim_edges(0.7)
    return sheet.finished(grain=0.08)


def _cut_out(sheet: Sheet, field: Image.Image, level: int, color: str) -> None:
    """A sheet of paper where the field is higher, with its shadow on what lies below."""
    paper = field.point([255 * (value > level) for value in range(256)])
    shadow = blurred(paper, 12).point(lambda value: value * 0.5)
    sheet.lay(flat("#000000"), mask=shadow)
    sheet.lay(flat(color), mask=paper)


def trap_soul() -> Image.Image:
    """A ring of light over still water."""
    sheet = Sheet(ramp("#0d0221", "#35105c", "#8c3a7b", "#1b0b30", "#0b0416"), seed="Trap Soul")
    with sheet.light(26) as light:
        light.ring(500, 400, 238, 15, "#ffb3c7")
        light.ring(500, 400, 246, 3, "#ff5fa2")
    for step in range(30):
        y = 668 + step * 11
        wide = 245 * (1 - step / 34) * sheet.random.uniform(0.55, 1.1)
        sheet.pill((500 - wide, y, 500 + wide, y + 4.5), 2, "#ffb3c7", 0.62 * (1 - step / 31))
    sheet.box(0, 655, 1000, 657, "#ffd6e0", 0.35)
    sheet.dim_edges(0.8)
    return sheet.finished(grain=0.08)


def bachata() -> Image.Image:
    """The rosette of a guitar, and its strings."""
    sheet = Sheet(orb("#c65d21", "#9a3b1c", "#571c18", center=(420, 420), reach=760), seed="Bachata")
    for grain in range(34):
        x = grain * 30 + sheet.random.uniform(-6, 6)
        sheet.line([(x, 0), (x + 20, 500), (x, 1000)], 1.5, "#2f0d10", 0.22)
    rings = ((330, "#1d0d12"), (318, "#f0c987"), (300, "#1d0d12"), (236, "#f0c987"), (224, "#0d0609"))
    for r, color in rings:
        sheet.disc(500, 500, r, color)
    for stone in range(48):
        x, y = around(500, 500, 262, stone * 7.5)
        sheet.disc(x, y, 13, ("#2a9d8f", "#e76f51", "#f4e3b5")[stone % 3])
    for string in range(6):
        x = 390 + string * 44
        sheet.line([(x + 5, 0), (x + 5, 1000)], 5 - string * 0.5, "#000000", 0.35)
        sheet.line([(x, 0), (x, 1000)], 5 - string * 0.5, "#ffeccb")
    return sheet.finished(grain=0)
