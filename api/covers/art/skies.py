"""Sleeves of skies, sand and water."""

from math import exp, sin, sqrt

from PIL import Image

from api.covers.art.brush import Point, Sheet, above, around, blurred, field, flat, mixed, orb, ramp, tinted
from api.covers.art.forms import arc, egg, leaf, moved, smooth, swell, turned


def pond() -> Image.Image:
    """Koi between lily pads."""
    sheet = Sheet(ramp("#1f7a7a", "#0f5257", "#0b3c49", angle=30), seed="Lo-Fi 4")
    for x, y in ((330, 360), (700, 720)):
        for r in range(60, 420, 58):
            sheet.ring(x, y, r, 3, "#bfe9df", 0.3 - r / 1800)
    _koi(sheet, (360, 420), 205, ("#f4f1e8", "#f26b38"))
    _koi(sheet, (640, 620), 20, ("#f26b38", "#f9e7c8"))
    for x, y, r, notch in (
        (790, 240, 175, 100), (150, 780, 205, -30), (480, 930, 120, 250), (120, 120, 130, 40),
        (910, 560, 95, 190),
    ):  # fmt: skip
        with sheet.raised(12, 0.4, drop=18) as paper:
            paper.slice(x, y, r, (notch + 20, notch + 340), "#5fa777")
            paper.slice(x, y, r * 0.9, (notch + 22, notch + 338), "#7cc48d")
            for vein in range(40, 340, 30):
                paper.line([(x, y), around(x, y, r * 0.86, notch + vein)], 3, "#5fa777")
    for ring, (count, reach) in enumerate(((9, 92), (7, 62), (5, 36))):
        for petal in range(count):
            turn = petal * 360 / count + ring * 21
            sheet.shape(
                leaf((770, 225), around(770, 225, reach, turn), 38 - ring * 6),
                mixed("#f06ca8", "#fff0f6", ring / 2.4),
            )
    sheet.disc(770, 225, 13, "#ffd166")
    return sheet.finished()


def _koi(sheet: Sheet, at: Point, turn: float, colors: tuple[str, str]) -> None:
    def laid(points: list[Point]) -> list[Point]:
        return moved(turned(points, turn), *at)

    body = smooth(
        [(150, 0), (110, 44), (20, 56), (-90, 28), (-160, 6), (-160, -6), (-90, -28), (20, -56), (110, -44)]
    )
    with sheet.raised(16, 0.5, drop=26) as paper:
        for side in (-1, 1):
            paper.shape(laid(leaf((60, side * 40), (-10, side * 120), 46)), mixed(colors[0], "#ffffff", 0.5))
            paper.shape(laid(leaf((-145, 0), (-262, side * 62), 46)), mixed(colors[0], "#ffffff", 0.5))
        paper.shape(laid(body), colors[0])
        for x, y, rx, ry in ((95, 8, 34, 26), (5, -12, 50, 30), (-85, 6, 36, 15)):
            paper.shape(laid(egg(x, y, rx, ry, 12)), colors[1])
        for side in (-1, 1):
            paper.shape(laid(egg(122, side * 26, 7, 7)), "#1b1b1e")


def eclipse() -> Image.Image:
    """A black sun over a violet sea."""
    sheet = Sheet(
        orb("#ff9e5e", "#a2346e", "#2b1055", "#0b0420", center=(500, 400), reach=820),
        seed="Alternative R&B 2",
    )
    with sheet.light(30) as light:
        for _ in range(150):
            turn, long = sheet.random.uniform(0, 360), sheet.random.uniform(20, 170)
            light.line([around(500, 400, 200, turn), around(500, 400, 225 + long, turn)], 2, "#ffb56b", 0.35)
        light.disc(500, 400, 218, "#ffe3b8")
    sheet.disc(500, 400, 208, "#07020f")
    sheet.glow(352, 250, 90, "#fff6e5", 1)
    sheet.box(0, 760, 1000, 1000, "#12062e")
    for step in range(26):
        y, wide = 764 + step * 9.2, (330 - step * 9) * sheet.random.uniform(0.5, 1.1)
        x = 500 + sheet.random.uniform(-30, 30)
        sheet.pill((x - wide, y, x + wide, y + 3.6), 1.8, "#ff9e5e", 0.75 - step / 44)
    return sheet.finished()


def moon_phases() -> Image.Image:
    """The moon on nine nights."""
    sheet = Sheet(ramp("#1f2547", "#11142b", angle=30), seed="Trap Soul 4")
    sheet.specks(70, (0, 0, 1000, 1000), (0.8, 2.4), "#f6e7d8", 0.8)
    with sheet.window(ramp("#fbeadb", "#a897bf", angle=40)) as hole, sheet.window(flat("#2b3260")) as dark:
        for night in range(9):
            x, y = 200 + night % 3 * 300, 200 + night // 3 * 300
            lit = arc(x, y, 112, -90, 90) if night < 4 else arc(x, y, 112, 90, 270)
            squeeze = abs(4 - night) / 2 - 1
            dark.disc(x, y, 112, "#ffffff")
            if night % 8:
                hole.shape([*lit, *[(x + (px - x) * squeeze, py) for px, py in reversed(lit)]], "#ffffff")
    sheet.glow(500, 500, 210, "#ff9fae", 0.6)
    sheet.disc(500, 500, 112, "#ffc2b8")
    return sheet.finished()


def dunes() -> Image.Image:
    """Sand at the hour of long shadows."""
    sheet = Sheet(ramp("#0fa3b1", "#8fd9c8", "#fbe6c2"), seed="Amapiano 2")
    sheet.disc(285, 250, 92, "#fff8e7")
    for peak, spread, color in (
        ((760, 400), 520, 0.0), ((330, 500), 560, 0.3), ((820, 610), 640, 0.6), ((260, 760), 800, 1.0),
    ):  # fmt: skip
        x, y = peak
        left = smooth(
            [(x - 2 * spread, y + 240), (x - spread, y + 170), (x - spread / 3, y + 60), peak], closed=False
        )
        right = smooth(
            [peak, (x + spread / 3, y + 90), (x + spread, y + 190), (x + 2 * spread, y + 250)], closed=False
        )
        with sheet.window(
            ramp(mixed("#ffe0ad", "#f2913d", color), mixed("#f6b26b", "#d96c2c", color))
        ) as hole:
            hole.shape([*left, *right, (x + 2 * spread, 1300), (x - 2 * spread, 1300)], "#ffffff")
        ridge: list[Point] = [
            (x, y), (x - 55, y + 70), (x + 30, y + 150), (x - 60, y + 260), (x - 10, y + 420),
            (x - 90, y + 640),
        ]  # fmt: skip
        with sheet.window(
            ramp(mixed("#c0693f", "#7a2a1a", color), mixed("#8f4a2f", "#3f1414", color))
        ) as hole:
            hole.shape([*smooth(ridge, closed=False), (x + 2 * spread, 1300), *reversed(right)], "#ffffff")
    return sheet.finished()


def night_sea() -> Image.Image:
    """The moon's road over the sea."""
    sheet = Sheet(ramp("#06142e", "#0d2f5e", "#2d6fa3"), seed="Bachata 4")
    sheet.specks(130, (0, 0, 1000, 430), (0.6, 2.6), "#e8f4ff", 0.8)
    sheet.glow(640, 270, 330, "#fff3cf", 0.5)
    sheet.disc(640, 270, 104, "#fff3cf")
    sheet.disc(612, 244, 22, "#ecd9a8", 0.8)
    sheet.disc(672, 300, 32, "#ecd9a8", 0.8)
    sheet.box(0, 520, 1000, 1000, "#0a2b52")
    for row in range(44):
        y = 522 + (row / 43) ** 1.5 * 470
        size = 3 + row * 0.42
        for _ in range(9):
            spread = 26 + row * 4.5
            x = 640 + sheet.random.gauss(0, spread)
            wide = sheet.random.uniform(1.2, 5) * size
            near = exp(-(((x - 640) / spread) ** 2) * 0.7)
            sheet.pill((x - wide, y, x + wide, y + size), size / 2, mixed("#2d6fa3", "#fff3cf", near), 0.9)
    sheet.shape(
        [(0, 520), *smooth([(0, 470), (110, 420), (230, 455), (330, 505), (420, 520)], closed=False)],
        "#040d1f",
    )
    hull: list[Point] = [(170, 700), (420, 700), (375, 752), (220, 752)]
    sheet.shape(hull, "#030914")
    sheet.line([(300, 700), (300, 520)], 7, "#030914")
    sheet.shape([(310, 530), (410, 680), (310, 680)], "#030914")
    return sheet.finished()


def aurora() -> Image.Image:
    """Curtains of light over snow."""
    sheet = Sheet(ramp("#070a2b", "#14235c", "#2f4a8a"), seed="Future Bass 3")
    sheet.specks(120, (0, 0, 1000, 650), (0.6, 2.2), "#ffffff", 0.8)
    for base, phase, colors in ((500, 0.4, ("#19f0b4", "#7b5cff")), (390, 2.2, ("#52ffd9", "#ff5fd2"))):
        with sheet.light(16) as light:
            for x in range(-10, 1010, 5):
                y = base + 90 * sin(x / 150 + phase) + 40 * sin(x / 61 + phase)
                tall = 330 * (0.55 + 0.45 * sin(x / 37 + phase * 2) * sin(x / 90))
                for part in range(8):
                    top = y - tall * part / 8
                    color = mixed("#000000", mixed(*colors, part / 7), (1 - part / 8) * 0.72)
                    light.box(x, top - tall / 8, x + 5, top, color)
    for base, color in ((720, "#31507f"), (800, "#c9d8f2"), (890, "#f2f6ff")):
        ridge = [
            (x, base + 60 * sin(x / 140 + base) - abs((x * 7 + base) % 130 - 65) * 0.45)
            for x in range(-10, 1020, 10)
        ]
        sheet.shape([*ridge, (1020, 1000), (-10, 1000)], color)
    return sheet.finished()


def pool() -> Image.Image:
    """Light at the bottom of a pool, and the ladder."""
    sheet = Sheet(flat("#18b5d8"), seed="House 3")
    cells = [(sheet.random.uniform(-100, 1100), sheet.random.uniform(-100, 1100)) for _ in range(64)]
    bend = swell(sheet.random, 160)

    def caustic(x: float, y: float) -> float:
        wx, wy = x + 26 * bend(x, y), y + 26 * bend(y, x)
        one, two = sorted((wx - cx) ** 2 + ((wy - cy) * 1.25) ** 2 for cx, cy in cells)[:2]
        return float(max(0.0, 1 - (sqrt(two) - sqrt(one)) / 34) ** 1.4)

    net = blurred(field(caustic, 220).convert("L"), 2)
    sheet.lay(tinted(net, "#14a9d0", "#3ccbe6", "#d9fbff"))
    with sheet.raised(14, 0.3, drop=16) as paper:
        paper.shape([(0, 0), (1000, 0), (1000, 120), (0, 330)], "#f7efe2")
        paper.shape([(0, 300), (1000, 95), (1000, 135), (0, 345)], "#ff8a5c")
    for x, color in ((640, "#0b5f7a"), (628, "#ffffff")):
        for side in (0, 130):
            rail = smooth(
                [(x + side, 60 - side * 0.2), (x + side + 10, 10), (x + side + 40, 60), (x + side + 44, 520)],
                closed=False,
            )
            sheet.rope(rail, 17, color, 1 if color == "#ffffff" else 0.35)
        for rung in range(3):
            sheet.rope(
                [(x + 44, 260 + rung * 100), (x + 174, 255 + rung * 100)],
                17,
                color,
                1 if color == "#ffffff" else 0.35,
            )
    return sheet.finished()


def lava() -> Image.Image:
    """Slow drops of warm wax."""
    sheet = Sheet(ramp("#3d0066", "#8f0f86", "#ff5a5f"), seed="House 4")
    balls = [
        (sheet.random.uniform(80, 920), sheet.random.uniform(60, 900), sheet.random.uniform(38, 88))
        for _ in range(11)
    ]

    def heat(x: float, y: float) -> float:
        pull = sum(r * r / ((x - bx) ** 2 + ((y - by) * 0.85) ** 2 + 1) for bx, by, r in balls)
        return min(1.0, 0.25 * (pull + (90 / (1020 - y)) ** 2 + (60 / (y + 20)) ** 2))

    wax = field(heat, 260)
    with sheet.shadow(26, 0.6) as dark:
        dark.lay(flat("#ffffff"), mask=above(wax, 0.33, edge=0.02))
    sheet.lay(
        tinted(wax, "#000000", "#ff7a00", "#ffa21a", "#ffc53d", "#ffe27a"), mask=above(wax, 0.34, edge=0.02)
    )
    return sheet.finished()
