"""Sleeves of streets, walls and what hangs there."""

from itertools import pairwise
from math import exp, sin, sqrt

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, blurred, clouds, field, flat, mixed, orb, ramp, tinted
from api.covers.art.forms import arc, egg, plank, smooth, swell, turned


def drips() -> Image.Image:
    """Paint that runs down a wall of bricks."""
    sheet = Sheet(flat("#191423"), seed="Hip-Hop 3")
    for row in range(18):
        for column in range(-1, 8):
            x, y = column * 140.0 + row % 2 * 70, row * 57
            sheet.box(x + 4, y + 4, x + 136, y + 53, mixed("#2a2139", "#352a47", sheet.random.random()))
    for top, color in ((560.0, "#00d5e0"), (380, "#ff2e93"), (200, "#ffd60a")):
        with sheet.raised(10, 0.5, drop=14) as paper:
            x = -10.0
            while x < 1000:
                wide = sheet.random.uniform(26, 60)
                end = top + sheet.random.uniform(-30, 60) + 190 * (sheet.random.random() < 0.3)
                paper.pill((x, -100, x + wide, end), wide / 2, color)
                paper.box(x + wide - 2, -100, x + wide + 26, top - 70, color)
                paper.pill((x + 7, end - 90, x + 13, end - 30), 3, mixed(color, "#ffffff", 0.6))
                x += wide + sheet.random.uniform(12, 24)
    sheet.dim_edges(0.5)
    return sheet.finished()


def chains() -> Image.Image:
    """Gold on green velvet."""
    sheet = Sheet(orb("#0f6b4f", "#073b2e", "#031a16", center=(500, 380), reach=800), seed="Hip-Hop 4")
    for depth, size in ((300, 15), (560, 22), (870, 33)):
        curve: list[Point] = [
            (500 + part * (250 + depth * 0.28), depth * (1 - abs(part) ** 2.3) + size - 40)
            for part in (step / 400 - 1 for step in range(801))
        ]
        _hang(sheet, curve, size)
    return sheet.finished()


def _hang(sheet: Sheet, curve: list[Point], size: float) -> None:
    """Links along a curve, every other one seen from its side."""
    last, count = curve[0], 0
    with sheet.shadow(10, 0.6) as dark:
        dark.line([(x + 8, y + 18) for x, y in curve], size * 1.3, "#ffffff")
    for before, (x, y) in pairwise(curve):
        if (x - last[0]) ** 2 + (y - last[1]) ** 2 < (size * 1.45) ** 2:
            continue
        lean = (x - before[0], y - before[1])
        _link(sheet, (x, y), lean, size, flat_on=count % 2 == 0)
        last, count = (x, y), count + 1


def _link(sheet: Sheet, at: Point, lean: Point, size: float, *, flat_on: bool) -> None:
    angle = _angle(*lean)
    tall = size * (0.72 if flat_on else 0.24)
    ring = egg(*at, size, tall, angle)
    for share, color in ((0.5, "#6b4208"), (0.38, "#d99a1c"), (0.14, "#fff0b3")):
        sheet.line([*ring, *ring[:2]], size * share, color)


def _angle(dx: float, dy: float) -> float:
    best = min(
        range(0, 360, 2), key=lambda turn: -(around(0, 0, 1, turn)[0] * dx + around(0, 0, 1, turn)[1] * dy)
    )
    return float(best)


def shattered() -> Image.Image:
    """Glass around a blow."""
    sheet = Sheet(flat("#0d1b2a"), seed="Drill 2")
    middle, rings = (580.0, 430.0), (0.0, 46, 110, 205, 335, 520, 800, 1200)
    rays = sorted(sheet.random.uniform(-7, 7) + ray * 360 / 22 for ray in range(22))
    nodes = [
        [
            around(*middle, r * sheet.random.uniform(0.82, 1.16), ray + sheet.random.uniform(-4, 4))
            for ray in rays
        ]
        for r in rings
    ]
    for inner, outer in pairwise(nodes):
        for at in range(22):
            after = (at + 1) % 22
            light = sheet.random.random() ** 1.6
            piece = [inner[at], outer[at], outer[after], inner[after]]
            color = mixed("#14324d", "#dff1f7", light * 0.85)
            sheet.shape(piece, color)
            sheet.shape([inner[at], outer[at], outer[after]], mixed(color, "#05121f", 0.22))
            sheet.line([*piece, piece[0]], 3, "#f4fbff", 0.75)
    sheet.shape(
        smooth([around(*middle, 44 * sheet.random.uniform(0.7, 1.2), turn * 30) for turn in range(12)]),
        "#02060c",
    )
    sheet.dim_edges(0.9)
    return sheet.finished()


def cordon() -> Image.Image:
    """Warning tape across wet concrete."""
    sheet = Sheet(flat("#555555"), seed="Drill 3")
    sheet.lay(tinted(blurred(clouds(sheet.random, 6), 3), "#2b2e31", "#6f7376", "#8b8f91"))
    for seam in (330, 700):
        sheet.box(0, seam, 1000, seam + 5, "#1d1f21")
        sheet.box(0, seam + 5, 1000, seam + 8, "#9a9d9f", 0.5)
    for turn, y, wide in ((-24, 340, 74), (33, 640, 92), (6, 520, 112)):
        with sheet.raised(16, 0.6, drop=20) as paper:
            paper.shape(plank(500, y, 1700, wide, turn), "#ffc400")
            for stripe in range(-9, 10):
                x = stripe * 130.0
                bar: list[Point] = [
                    (x, -wide / 2), (x + 62, -wide / 2), (x + 20, wide / 2), (x - 42, wide / 2),
                ]  # fmt: skip
                paper.shape([(px + 500, py + y) for px, py in turned(bar, turn)], "#141414")
    sheet.dim_edges(1.0)
    return sheet.finished()


def night_map() -> Image.Image:
    """A city from the air, at night."""
    sheet = Sheet(flat("#07060a"), seed="Drill 4")
    bright = swell(sheet.random, 420)
    river = smooth([(-60, 780), (180, 640), (380, 690), (560, 520), (800, 470), (1060, 250)], closed=False)
    with sheet.light(5) as light:
        for turn, pitch, wide in ((17, 38, 3), (107, 62, 3), (17, 190, 7), (107, 248, 8)):
            for line in range(-700, 701, pitch):
                for part in range(-700, 700, 35):
                    a, b = (turned([(part + end, line)], turn)[0] for end in (0, 35))
                    glow = max(0.0, 0.75 + 0.9 * bright(a[0] + 500, a[1] + 500)) * sheet.random.uniform(
                        0.35, 1
                    )
                    color = mixed("#000000", "#ffb14a" if wide < 5 else "#ffe2a6", min(1.0, glow))
                    light.line([(a[0] + 500, a[1] + 500), (b[0] + 500, b[1] + 500)], wide, color)
    sheet.line(river, 74, "#07060a")
    for bridge in (18, 38):
        sheet.shape(plank(*river[bridge], 100, 7, 65), "#ffe2a6")
    sheet.glow(610, 380, 420, "#ff9a2e", 0.3)
    sheet.dim_edges(1.0)
    return sheet.finished(grain=0)


def underpass() -> Image.Image:
    """A tunnel, its lamps, and a signal at red."""
    sheet = Sheet(flat("#0a0d0c"), seed="UK Drill 2")
    for ring in range(15):
        near = (15 - ring) / 15
        r = 60 + 640 * near**1.7
        y = 560 - 120 * near
        shade = mixed("#d8e6dc", "#101614", near**0.7)
        sheet.disc(500, y, r, mixed(shade, "#000000", 0.45))
        sheet.disc(500, y, r * 0.965, shade)
        for lamp in (-118, -62):
            if ring > 1:
                sheet.shape(egg(*around(500, y, r * 0.83, lamp), r * 0.07, r * 0.035, lamp + 90), "#fbfff2")
    sheet.shape([(500, 560), (440, 590), (-300, 1000), (1300, 1000), (560, 590)], "#0d1110")
    for x in (-150, 1150, 180, 820):
        sheet.shape(
            [
                (500 + (x - 500) * 0.08, 585),
                (500 + (x - 500) * 0.08 + 2, 585),
                (x + 26, 1000),
                (x - 26, 1000),
            ],
            "#8fa79b",
        )
    with sheet.light(18) as light:
        light.disc(500, 545, 15, "#ff1f2d")
    sheet.glow(500, 545, 210, "#ff1f2d", 0.55)
    sheet.dim_edges(0.8)
    return sheet.finished()


def lines_map() -> Image.Image:
    """Lines and stations of a railway that is nowhere."""
    sheet = Sheet(flat("#f5f2ea"), seed="UK Drill 3")
    river = [(0, 690), (240, 690), (330, 780), (600, 780), (740, 640), (1000, 640)]
    sheet.line(river, 74, "#cfe6f2")
    routes: tuple[tuple[str, list[Point]], ...] = (
        ("#e1251b", [(-20, 210), (300, 210), (560, 470), (1020, 470)]),
        ("#0019a8", [(180, -20), (180, 380), (420, 620), (420, 1020)]),
        ("#00782a", [(-20, 560), (640, 560), (800, 400), (800, -20)]),
        ("#ffce00", [(560, -20), (560, 300), (300, 560), (300, 830), (120, 1010)]),
        ("#1c1c1c", [(1020, 900), (760, 900), (640, 780), (640, 120), (760, 0)]),
        ("#9b0058", [(-20, 880), (520, 880), (880, 520), (1020, 520)]),
    )  # fmt: skip
    for color, route in routes:
        sheet.line(route, 27, color)
    for x, y in (
        (300, 210), (560, 470), (180, 380), (640, 560), (800, 400), (560, 300), (300, 560), (640, 780),
    ):  # fmt: skip
        sheet.disc(x, y, 31, "#1c1c1c")
        sheet.disc(x, y, 19, "#f5f2ea")
    for x, y, route_at in (
        (90, 210, 0), (640, 250, 4), (90, 880, 5), (420, 760, 1), (860, 900, 4), (930, 470, 0),
    ):  # fmt: skip
        sheet.box(x - 8, y - 32, x + 8, y + 2, routes[route_at][0])
    return sheet.finished()


def wet_glass() -> Image.Image:
    """A street behind rain on a pane."""
    sheet = Sheet(ramp("#0b1320", "#1d2433", "#3a1420"), seed="UK Drill 4")
    tones = ("#ff2b2b", "#ff5a36", "#ffb35c", "#cfe3ff", "#ff2b2b")
    for _ in range(64):
        x, y, r = sheet.random.uniform(0, 1000), sheet.random.gauss(560, 170), sheet.random.uniform(28, 92)
        color = sheet.random.choice(tones)
        sheet.disc(x, y, r, color, 0.5)
        sheet.ring(x, y, r, 5, color, 0.6)
    sheet.lay(blurred(sheet.image, 7))
    for _ in range(330):
        r = 3 + 17 * sheet.random.random() ** 3
        _drop(sheet, (sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)), r)
    for _ in range(9):
        x, y, long = (
            sheet.random.uniform(40, 960),
            sheet.random.uniform(0, 500),
            sheet.random.uniform(150, 420),
        )
        trail: list[Point] = [(x + 5 * sin(step), y + long * step / 14) for step in range(15)]
        sheet.line(trail, 9, "#dfe9f5", 0.14)
        _drop(sheet, trail[-1], 17)
    sheet.dim_edges(0.9)
    return sheet.finished()


def _drop(sheet: Sheet, at: Point, r: float) -> None:
    x, y = at
    sheet.shape(egg(x, y, r, r * 1.15), "#05070c", 0.5)
    sheet.shape(egg(x, y + r * 0.14, r * 0.86, r * 0.92), "#8fa3bd", 0.34)
    sheet.slice(x, y + r * 0.1, r * 0.8, (30, 150), "#ffd9c7", 0.4)
    sheet.disc(x - r * 0.3, y - r * 0.45, r * 0.2, "#ffffff", 0.9)


def dice() -> Image.Image:
    """Two red dice in mid-air."""
    sheet = Sheet(orb("#4a0d14", "#1b0508", "#060203", center=(500, 480), reach=760), seed="Trap 2")
    _die(sheet, (330, 640), 215, 16, (5, 3, 1))
    _die(sheet, (690, 330), 165, -24, (6, 2, 4))
    return sheet.finished()


_PIPS = {
    1: ((0, 0),), 2: ((-1, -1), (1, 1)), 3: ((-1, -1), (0, 0), (1, 1)),
    4: ((-1, -1), (1, 1), (-1, 1), (1, -1)), 5: ((-1, -1), (1, 1), (-1, 1), (1, -1), (0, 0)),
    6: ((-1, -1), (1, 1), (-1, 1), (1, -1), (-1, 0), (1, 0)),
}  # fmt: skip


def _die(sheet: Sheet, at: Point, r: float, turn: float, values: tuple[int, int, int]) -> None:
    with sheet.shadow(34, 0.8) as dark:
        dark.disc(at[0] + 20, at[1] + 60, r * 0.85, "#ffffff")
    for side, (value, color) in enumerate(zip(values, ("#ff3b4a", "#c5162a", "#7d0a19"), strict=True)):
        u, v = ((around(0, 0, r / 2, angle + turn)) for angle in ((-150, -30), (-30, 90), (90, -150))[side])
        middle = (at[0] + (u[0] + v[0]), at[1] + (u[1] + v[1]))

        def on(a: float, b: float, m: Point = middle, p: Point = u, q: Point = v) -> Point:
            return m[0] + p[0] * a + q[0] * b, m[1] + p[1] * a + q[1] * b

        face = [
            on(a, b)
            for cx, cy, start in ((0.86, 0.86, 0), (-0.86, 0.86, 90), (-0.86, -0.86, 180), (0.86, -0.86, 270))
            for a, b in arc(cx, cy, 0.13, start, start + 90)
        ]
        sheet.shape(face, color)
        for px, py in _PIPS[value]:
            sheet.shape([on(a, b) for a, b in arc(px * 0.52, py * 0.52, 0.19, 0, 360)], "#fff2ec")


def diamond() -> Image.Image:
    """A cut stone in cold light."""
    sheet = Sheet(orb("#134b8a", "#061a3a", "#02060f", center=(500, 470), reach=700), seed="Trap 3")
    tops: list[Point] = [(300 + at * 100.0, 250) for at in range(5)]
    girdle: list[Point] = [(130 + at * 123.3, 400) for at in range(7)]
    tip, shade = (500.0, 850.0), sheet.random.uniform
    pieces: list[list[Point]] = [[girdle[at], girdle[at + 1], tip] for at in range(6)]
    pieces += [[girdle[at], tops[at - 1], girdle[at + 1]] for at in range(1, 5)] + [
        [girdle[0], tops[0], girdle[1]]
    ]
    pieces += [[tops[at], tops[at + 1], girdle[at + 1]] for at in range(4)]
    pieces += [
        [girdle[5], tops[4], girdle[6]],
        [girdle[5], tops[4], girdle[4]],
        [girdle[1], tops[0], girdle[2]],
    ]
    with sheet.light(34) as light:
        light.shape([girdle[0], tops[0], tops[4], girdle[6], tip], "#2a7fd6")
    for piece in pieces:
        light_share = shade(0.1, 1)
        sheet.shape(piece, mixed("#0a4fa3", "#eafaff", light_share))
        middle = (sum(x for x, _ in piece) / 3, sum(y for _, y in piece) / 3)
        sheet.shape([piece[0], middle, piece[2]], mixed("#0a3a86", "#ffffff", shade(0.1, 0.9)), 0.6)
        sheet.line([*piece, piece[0]], 3, "#f2fdff", 0.9)
    for x, y, r in ((205, 330, 95), (760, 560, 60), (610, 205, 50)):
        with sheet.light(9) as light:
            for turn in (0, 90):
                light.shape(plank(x, y, r * 2, 5, turn), "#ffffff")
            light.disc(x, y, r * 0.13, "#ffffff")
    return sheet.finished()


def fumes() -> Image.Image:
    """Acid green smoke."""
    sheet = Sheet(flat("#000000"), seed="Trap 4")
    one, two, three = (swell(sheet.random, pace) for pace in (520, 430, 210))

    def thick(x: float, y: float) -> float:
        wx, wy = x + 230 * one(x, y), y + 230 * two(x, y)
        folds = 1 - abs(three(wx + 160 * two(wy, wx), wy)) * 2.1
        return sqrt(max(0.0, folds) ** 3.4) * exp(-(((x - 500) / 430) ** 2) - ((y - 500) / 470) ** 2) * 1.25

    sheet.lay(tinted(field(thick, 420), "#050706", "#0b2410", "#1f6b1f", "#7ddc1f", "#eaff8f"))
    return sheet.finished()
