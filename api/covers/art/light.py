"""Sleeves of light in the dark."""

from itertools import pairwise
from math import sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, field, flat, mixed, orb, ramp, tinted
from api.covers.art.forms import egg, hoop, moved, ngon, smooth, swell


def strands() -> Image.Image:
    """Strands of silk that follow a current."""
    sheet = Sheet(ramp("#1c0b1f", "#2e1130", angle=30), seed="Trap Soul 3")
    current = swell(sheet.random, 620)
    for _ in range(165):
        x, y = sheet.random.uniform(-100, 1000), sheet.random.uniform(-50, 1050)
        path = [(x, y)]
        for _ in range(70):
            x, y = around(x, y, 9, 25 + 150 * current(x, y))
            path.append((x, y))
        share = min(1.0, max(0.0, path[0][1] / 1000 + sheet.random.gauss(0, 0.12)))
        color = mixed("#ffd9a0", mixed("#ff5f8a", "#8a4dff", share), min(1.0, share * 1.8))
        sheet.line(path, sheet.random.choice((5, 8, 15)), color)
    sheet.dim_edges(0.8)
    return sheet.finished(grain=0)


def equaliser() -> Image.Image:
    """Columns of lamps over a mirror."""
    sheet = Sheet(ramp("#0b1040", "#1a1266", "#090b2b"), seed="Synth Pop 3")
    with sheet.light(9) as light:
        for column in range(13):
            count = round(3 + 11 * abs(sin(column * 0.62 + 0.5)) ** 1.3 * (1 - abs(column - 6) / 13))
            for lamp in range(count):
                color = mixed("#20e3ff", "#ff2fa8", lamp / 11)
                x, y = 60 + column * 68.5, 668 - lamp * 42.0
                light.pill((x, y, x + 54, y + 29), 7, color)
                light.pill(
                    (x, 1404 - y, x + 54, 1431 - y), 7, mixed("#000000", color, max(0.0, 0.34 - lamp * 0.05))
                )
    sheet.box(0, 714, 1000, 717, "#8f9bff", 0.7)
    return sheet.finished()


def dance_floor() -> Image.Image:
    """Lit tiles up to the horizon."""
    sheet = Sheet(ramp("#12002b", "#3d0066", "#ff8a00"), seed="Dance Pop 2")
    sheet.box(0, 380, 1000, 1000, "#0d0220")
    tones = ("#ffe600", "#ff5400", "#ff0054", "#9e0059", "#390099", "#00c2ff")
    with sheet.light(10) as light:
        for row in range(9):
            top, bottom = (390 + 640 * (part / 9) ** 1.9 for part in (row, row + 0.9))
            for column in range(-9, 9):

                def at(c: float, y: float) -> Point:
                    return 500 + c * (24 + (y - 380) * 0.42), y

                if sheet.random.random() < 0.86:
                    color = tones[(column + row * 2 + sheet.random.randrange(3)) % 6]
                    tile = [
                        at(column, top),
                        at(column + 0.9, top),
                        at(column + 0.9, bottom),
                        at(column, bottom),
                    ]
                    light.shape(tile, mixed("#000000", color, 0.55 + 0.4 * sheet.random.random()))
    for x, lean, color in ((180, 150, "#ff2fb3"), (500, -40, "#ffe600"), (820, -170, "#00c2ff")):
        beam = Sheet(flat("#000000"), seed="")
        beam.shape([(x - 14, 0), (x + 14, 0), (x + lean + 150, 640), (x + lean - 150, 640)], "#8f8f8f")
        beam.shape(egg(x + lean, 640, 150, 52), "#8f8f8f")
        with sheet.window(ramp("#ffffff", color, color), soft=5) as hole:
            hole.lay(beam.image)
        sheet.pill((x - 34, -20, x + 34, 34), 14, "#05010f")
    return sheet.finished()


def fireworks() -> Image.Image:
    """Three bursts over a bay."""
    sheet = Sheet(ramp("#060b26", "#16204f", "#5b2a6e"), seed="Dance Pop 4")
    bursts = (
        (330, 330, 300, ("#ffe9a8", "#ff7a2f")),
        (720, 250, 220, ("#d9fbff", "#1fb6ff")),
        (640, 560, 170, ("#ffe0f0", "#ff3d9a")),
    )
    with sheet.light(9) as light:
        for x, y, r, colors in bursts:
            for _ in range(95):
                turn, reach = sheet.random.uniform(0, 360), r * sheet.random.uniform(0.45, 1) ** 0.5
                path = [
                    (px, py + (part / 9) ** 2 * r * 0.16)
                    for part in range(2, 10)
                    for px, py in [around(x, y, reach * part / 9, turn)]
                ]
                for part, (a, b) in enumerate(pairwise(path)):
                    light.line([a, b], 1.4 + part * 0.35, mixed(*colors, part / 8), 0.9)
                light.disc(*path[-1], 4.4, colors[0])
            light.disc(x, y, 11, "#ffffff")
    sheet.box(0, 810, 1000, 1000, "#070a1f")
    for x, y, r, colors in bursts:
        for step in range(18):
            wide = r * 0.4 * sheet.random.uniform(0.3, 1)
            sheet.pill(
                (x - wide, 818 + step * 10, x + wide, 821 + step * 10), 1.5, colors[1], 0.4 - step / 60
            )
        del y
    for x in range(0, 1000, 23):
        sheet.box(x, 810 - sheet.random.uniform(8, 52), x + 24, 812, "#070a1f")
    return sheet.finished(grain=0)


def bubble() -> Image.Image:
    """A soap bubble in the dark."""
    sheet = Sheet(orb("#2b2f3a", "#12141b", "#08090d", center=(500, 500), reach=760), seed="Electronic 4")
    one, two = swell(sheet.random, 420), swell(sheet.random, 260)

    def film(x: float, y: float) -> float:
        far = ((x - 500) ** 2 + (y - 500) ** 2) / 370**2
        wx = x + 120 * two(x, y)
        return 0.5 + 0.5 * sin(4.2 * one(wx, y + 90 * two(y, x)) + 3.4 * far + y / 210)

    skin = tinted(
        field(film, 300),
        "#1b1464",
        "#0096c7",
        "#48f0c0",
        "#fff275",
        "#ff9f1c",
        "#f72585",
        "#7209b7",
        "#1b1464",
    )
    with sheet.light(26) as light:
        light.ring(500, 500, 374, 8, "#7fd8ff")
    with sheet.window(skin) as hole:
        hole.disc(500, 500, 370, "#ffffff")
    with sheet.window(flat("#08090d"), soft=60) as hole:
        hole.disc(520, 530, 215, "#b4b4b4")
    sheet.shape(hoop(500, 500, (331, 305), 195, 255), "#ffffff", 0.75)
    sheet.shape(hoop(500, 500, (333, 319), 32, 62), "#ffffff", 0.5)
    sheet.shape(egg(345, 330, 46, 26, -45), "#ffffff", 0.9)
    return sheet.finished()


def hyperspace() -> Image.Image:
    """Stars that turn into lines."""
    sheet = Sheet(orb("#7fd4ff", "#2036c0", "#0d1160", "#060727", "#03041a", reach=800), seed="EDM 3")
    with sheet.light(6) as light:
        for _ in range(360):
            turn, near = sheet.random.uniform(0, 360), sheet.random.uniform(60, 560)
            far, wide = near * sheet.random.uniform(1.15, 1.9), sheet.random.uniform(0.2, 0.9)
            color = sheet.random.choice(("#ffffff", "#9fe8ff", "#5f8bff", "#ff6bd6"))
            tail = [
                around(500, 500, near, turn),
                around(500, 500, far, turn - wide),
                around(500, 500, far, turn + wide),
            ]
            light.shape(tail, color, 0.9)
    sheet.glow(500, 500, 300, "#e6f7ff", 1)
    return sheet.finished(grain=0)


def portal() -> Image.Image:
    """A hall of lit frames."""
    sheet = Sheet(flat("#05070d"), seed="EDM 4")
    with sheet.light(14) as light:
        for frame in range(11):
            r = 640 * 0.74**frame
            color = mixed("#ff3c00", "#ffe45c", frame / 10)
            corners = ngon(500, 470, r, 6, -90 + frame * 5)
            light.line([*corners, *corners[:2]], 20 * 0.8**frame + 2, color)
            for x, y in corners:
                inner = (500 + (x - 500) * 0.74, 470 + (y - 470) * 0.74)
                light.line([(x, y), inner], 2.4, "#00c8ff", 0.5)
    sheet.glow(500, 470, 260, "#fff2c2", 0.95)
    return sheet.finished(grain=0)


def flames() -> Image.Image:
    """Fire of cut paper."""
    sheet = Sheet(ramp("#1a0f0f", "#2b0d0b"), seed="Rock 4")
    for layer, color in enumerate(("#5c0f0a", "#9d1b0c", "#e23d0d", "#ff8a14", "#ffd23f")):
        count, height = 6 + layer, (900, 740, 590, 440, 280)[layer]
        with sheet.raised(16, 0.55, drop=-6) as paper:
            for tongue in range(-1, count + 1):
                wide = 1000 / count
                x = tongue * wide + sheet.random.uniform(0.3, 0.7) * wide
                tall = height * sheet.random.uniform(0.7, 1.08)
                paper.shape(moved(_tongue(wide * 1.15, tall, sheet.random.choice((-1, 1))), x, 1010), color)
            paper.box(0, 985 - height * 0.3, 1000, 1000, color)
    sheet.specks(70, (0, 0, 1000, 720), (1.2, 5.5), "#ffb03a", 0.85)
    return sheet.finished()


def _tongue(wide: float, tall: float, lean: int) -> list[Point]:
    knots = (
        (-0.6, 0), (-0.42, 0.22), (-0.26, 0.45), (-0.2, 0.7), (0.12, 1), (0.08, 0.76), (0.2, 0.5),
        (0.27, 0.6), (0.36, 0.3), (0.6, 0),
    )  # fmt: skip
    return smooth([(x * wide * lean, -y * tall) for x, y in knots], steps=7)
