"""Sleeves of plants, skies and land."""

from math import exp, sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, above, around, blurred, field, flat, mixed, orb, ramp, tinted
from api.covers.art.forms import arc, blob, egg, leaf, moved, plank, smooth, swell, turned


def pond() -> Image.Image:
    """Koi between lily pads."""
    sheet = Sheet(ramp("#1f7a7a", "#0f5257", "#0b3c49", angle=30), seed="Lo-Fi 4")
    for x, y in ((330, 360), (700, 720)):
        for r in range(60, 420, 58):
            sheet.ring(x, y, r, 3, "#bfe9df", 0.3 - r / 1800)
    _koi(sheet, (360, 420), 205, ("#f4f1e8", "#f26b38"))
    _koi(sheet, (640, 620), 20, ("#f26b38", "#f9e7c8"))
    for x, y, r, notch in ((790, 240, 175, 100), (150, 780, 205, -30), (480, 930, 120, 250), (120, 120, 130, 40), (910, 560, 95, 190)):  # noqa: E501
        with sheet.raised(12, 0.4, drop=18) as paper:
            paper.slice(x, y, r, (notch + 20, notch + 340), "#5fa777")
            paper.slice(x, y, r * 0.9, (notch + 22, notch + 338), "#7cc48d")
            for vein in range(40, 340, 30):
                paper.line([(x, y), around(x, y, r * 0.86, notch + vein)], 3, "#5fa777")
    for ring, (count, reach) in enumerate(((9, 92), (7, 62), (5, 36))):
        for petal in range(count):
            turn = petal * 360 / count + ring * 21
            sheet.shape(leaf((770, 225), around(770, 225, reach, turn), 38 - ring * 6), mixed("#f06ca8", "#fff0f6", ring / 2.4))  # noqa: E501
    sheet.disc(770, 225, 13, "#ffd166")
    return sheet.finished()


def _koi(sheet: Sheet, at: Point, turn: float, colors: tuple[str, str]) -> None:
    def laid(points: list[Point]) -> list[Point]:
        return moved(turned(points, turn), *at)

    body = smooth([(150, 0), (110, 44), (20, 56), (-90, 28), (-160, 6), (-160, -6), (-90, -28), (20, -56), (110, -44)])
    with sheet.raised(16, 0.5, drop=26) as paper:
        for side in (-1, 1):
            paper.shape(laid(leaf((60, side * 40), (-10, side * 120), 46)), mixed(colors[0], "#ffffff", 0.5))
            paper.shape(laid(leaf((-145, 0), (-262, side * 62), 46)), mixed(colors[0], "#ffffff", 0.5))
        paper.shape(laid(body), colors[0])
        for x, y, rx, ry in ((95, 8, 34, 26), (5, -12, 50, 30), (-85, 6, 36, 15)):
            paper.shape(laid(egg(x, y, rx, ry, 12)), colors[1])
        for side in (-1, 1):
            paper.shape(laid(egg(122, side * 26, 7, 7)), "#1b1b1e")


def rose() -> Image.Image:
    """One dark rose on blush."""
    sheet = Sheet(ramp("#f8dcd6", "#eec0b8", angle=-30), seed="R&B 3")
    with sheet.raised(12, 0.35, drop=18) as paper:
        for turn, reach in ((28, 440), (152, 440), (92, 430), (-150, 400), (-25, 405)):
            tip = around(500, 480, reach, turn)
            paper.shape(leaf((500, 480), tip, 190), "#1f4d3a")
            paper.line([(500, 480), tip], 5, "#3b7a5c")
    with sheet.shadow(20, 0.5) as dark:
        dark.disc(505, 510, 330, "#ffffff")
    for ring in range(8):
        r, count = 330 - ring * 41, 7 - ring // 2
        for petal in range(count):
            turn = petal * 360 / count + ring * 37
            edge = blob(sheet.random, around(500, 480, r * 0.5, turn), r * 0.56 + 12, 0.06)
            for shift in (18, 13, 8, 4):
                sheet.shape([(x, y + shift) for x, y in edge], "#2d0412", 0.13)
            sheet.shape(edge, mixed("#7a0c2e", "#e0315a", (ring + petal % 2) / 8.5))
    coil = [around(500, 480, 6 + step * 0.55, step * 9) for step in range(70)]
    sheet.line(coil, 7, "#5c0622")
    return sheet.finished()


def groovy_flowers() -> Image.Image:
    """A meadow from a wallpaper of 1971."""
    sheet = Sheet(flat("#7a3e1d"), seed="Soul 4")
    spots = ((220, 230, 1.15, 0), (690, 180, 0.9, 1), (520, 520, 1.35, 2), (130, 660, 0.95, 1), (880, 530, 0.95, 0), (300, 900, 1.1, 0), (760, 870, 1.15, 1), (940, 60, 0.6, 2), (30, 430, 0.55, 2), (985, 800, 0.5, 2), (20, 20, 0.6, 1), (520, 800, 0.5, 1), (410, 60, 0.5, 2))  # noqa: E501
    sets = (("#f4a259", "#f7e3b5", "#c8452d"), ("#f7e3b5", "#e0792f", "#6b8e4e"), ("#e9b93f", "#c8452d", "#f7e3b5"))
    for x, y, size, kind in spots:
        for share, color in ((1, sets[kind][0]), (0.66, sets[kind][1])):
            for petal in range(8):
                turn = petal * 45 + x % 40
                sheet.disc(*around(x, y, 112 * size * share, turn), 50 * size * share, color)
            sheet.disc(x, y, 112 * size * share, color)
        sheet.disc(x, y, 48 * size, sets[kind][2])
        sheet.disc(x, y, 22 * size, "#7a3e1d")
    return sheet.finished()


def cut_outs() -> Image.Image:
    """Leaves of painted paper, cut with scissors."""
    sheet = Sheet(flat("#f7f1e3"), seed="Neo-Soul 2")
    blocks = (((0, 0, 480, 520), "#e9b44c"), ((500, 0, 1000, 340), "#1d5c63"), ((0, 540, 330, 1000), "#c2452d"), ((350, 540, 1000, 1000), "#ead7c3"), ((500, 360, 1000, 520), "#2b2d42"))  # noqa: E501
    for box, color in blocks:
        sheet.box(*box, color)
    for at, turn, size, color in (
        ((240, 270), -70, 1.1, "#2b2d42"), ((740, 175), -10, 0.85, "#f7a072"), ((165, 770), -95, 1.0, "#f7f1e3"),
        ((660, 760), -35, 1.35, "#1d5c63"), ((890, 870), -80, 0.5, "#c2452d"), ((740, 440), 175, 0.5, "#e9b44c"),
    ):  # fmt: skip
        with sheet.raised(7, 0.4, drop=9) as paper:
            paper.shape(moved(turned(_frond(), turn), *at, size), color)
    return sheet.finished()


def _frond() -> list[Point]:
    """A seaweed with round fingers, its stem along x."""
    upper: list[Point] = [(-215, -12)]
    for finger in range(5):
        x = -160 + finger * 78.0
        reach = (110, 150, 160, 135, 90)[finger]
        upper += [(x - 14, -24), (x + 8, -reach), (x + 40, -reach - 12), (x + 44, -reach + 22), (x + 30, -26)]
    tip: list[Point] = [(225, -26), (250, 0), (225, 26)]
    return smooth([*upper, *tip, *[(x, -y) for x, y in reversed(upper)]], steps=6)


def eclipse() -> Image.Image:
    """A black sun over a violet sea."""
    sheet = Sheet(orb("#ff9e5e", "#a2346e", "#2b1055", "#0b0420", center=(500, 400), reach=820), seed="Alternative R&B 2")  # noqa: E501
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
    for _ in range(70):
        x, y = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)
        sheet.disc(x, y, sheet.random.uniform(0.8, 2.4), "#f6e7d8", 0.8)
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
        left = smooth([(x - 2 * spread, y + 240), (x - spread, y + 170), (x - spread / 3, y + 60), peak], closed=False)
        right = smooth([peak, (x + spread / 3, y + 90), (x + spread, y + 190), (x + 2 * spread, y + 250)], closed=False)
        with sheet.window(ramp(mixed("#ffe0ad", "#f2913d", color), mixed("#f6b26b", "#d96c2c", color))) as hole:
            hole.shape([*left, *right, (x + 2 * spread, 1300), (x - 2 * spread, 1300)], "#ffffff")
        ridge: list[Point] = [(x, y), (x - 55, y + 70), (x + 30, y + 150), (x - 60, y + 260), (x - 10, y + 420), (x - 90, y + 640)]
        with sheet.window(ramp(mixed("#c0693f", "#7a2a1a", color), mixed("#8f4a2f", "#3f1414", color))) as hole:
            hole.shape([*smooth(ridge, closed=False), (x + 2 * spread, 1300), *reversed(right)], "#ffffff")
    return sheet.finished()


def baobab() -> Image.Image:
    """An old tree before a great sun."""
    sheet = Sheet(ramp("#f9a03f", "#f7c59f", "#f3722c", angle=180), seed="Afrobeats 4")
    sheet.disc(500, 520, 330, "#ffe8b0")
    sheet.disc(500, 520, 268, "#fff3d0")
    bark = "#2d1a2b"
    trunk = [(380, 900), (415, 720), (400, 560), (440, 470), (560, 470), (600, 560), (585, 720), (625, 900)]
    sheet.shape(smooth(trunk, closed=False), bark)
    for turn in (-158, -141, -124, -107, -90, -73, -56, -39, -22):
        _branch(sheet, (500 + (turn + 90) * 0.85, 500), turn, 175, 40)
    sheet.shape([(0, 880), *smooth([(0, 880), (260, 862), (500, 880), (760, 866), (1000, 884)], closed=False), (1000, 1000), (0, 1000)], bark)  # noqa: E501
    for x in range(0, 1000, 9):
        tall = sheet.random.uniform(14, 46)
        sheet.line([(x, 890), (x + sheet.random.uniform(-10, 10), 876 - tall)], 3, bark)
    for x, y, size in ((180, 250, 1.0), (250, 205, 0.8), (810, 220, 1.1), (740, 170, 0.7)):
        sheet.line([(x - 30 * size, y - 14 * size), (x, y), (x + 30 * size, y - 14 * size)], 5 * size, bark)
    return sheet.finished()


def _branch(sheet: Sheet, at: Point, turn: float, long: float, wide: float) -> None:
    end = around(*at, long, turn)
    sheet.rope([at, end], wide, "#2d1a2b")
    if long < 50:
        sheet.shape(blob(sheet.random, end, 34, 0.3), "#7a2e1d")
        return
    for fork in (-27, 24):
        _branch(sheet, end, turn + fork + sheet.random.uniform(-10, 10), long * 0.62, wide * 0.52)


def cacti() -> Image.Image:
    """A hot road of the south."""
    sheet = Sheet(ramp("#f94144", "#f8961e", "#f9c74f"), seed="Latin 3")
    for r, color in ((300, "#f9a13a"), (235, "#fbbf55"), (170, "#fff1c1")):
        sheet.disc(500, 560, r, color)
    for top, color in ((560, "#b5446e"), (640, "#7b2d5b")):
        x, mesa = -40.0, [(-40.0, 1000.0)]
        while x < 1000:
            wide, tall = sheet.random.uniform(120, 220), sheet.random.uniform(-60, 60)
            mesa += [(x, top + 70), (x + 26, top + tall), (x + wide, top + tall), (x + wide + 30, top + 70)]
            x += wide + sheet.random.uniform(40, 110)
        sheet.shape([*mesa, (1040, 1000)], color)
    sheet.box(0, 780, 1000, 1000, "#3d1a3f")
    for x, base, size in ((230, 900, 1.25), (770, 860, 0.95), (940, 980, 1.5)):
        _cactus(sheet, (x, base), size)
    return sheet.finished()


def _cactus(sheet: Sheet, at: Point, size: float) -> None:
    x, y = at
    for color, thin in (("#0f5c4c", 0.0), ("#1b8a5a", 34.0)):
        for path, wide in (
            ([(0, 0), (0, -400)], 92), ([(0, -150), (-110, -150), (-110, -290)], 62), ([(0, -210), (105, -210), (105, -330)], 58),
        ):  # fmt: skip
            points = [(x + px * size - thin * 0.3, y + py * size) for px, py in path]
            sheet.rope(points, max(8.0, (wide - thin * 1.5) * size), color)
            sheet.disc(*points[len(points) // 2], (wide - thin * 1.5) * size / 2, color)
    for px, py in ((0, -455), (-110, -325), (105, -365)):
        for petal in (-140, -90, -40):
            sheet.shape(leaf((x + px * size, y + (py + 20) * size), around(x + px * size, y + py * size, 40 * size, petal), 26 * size), "#ff4d8d")  # noqa: E501


def night_sea() -> Image.Image:
    """The moon's road over the sea."""
    sheet = Sheet(ramp("#06142e", "#0d2f5e", "#2d6fa3"), seed="Bachata 4")
    for _ in range(130):
        sheet.disc(sheet.random.uniform(0, 1000), sheet.random.uniform(0, 430), sheet.random.uniform(0.6, 2.6), "#e8f4ff", 0.8)  # noqa: E501
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
    sheet.shape([(0, 520), *smooth([(0, 470), (110, 420), (230, 455), (330, 505), (420, 520)], closed=False)], "#040d1f")
    hull: list[Point] = [(170, 700), (420, 700), (375, 752), (220, 752)]
    sheet.shape(hull, "#030914")
    sheet.line([(300, 700), (300, 520)], 7, "#030914")
    sheet.shape([(310, 530), (410, 680), (310, 680)], "#030914")
    return sheet.finished()


def aurora() -> Image.Image:
    """Curtains of light over snow."""
    sheet = Sheet(ramp("#070a2b", "#14235c", "#2f4a8a"), seed="Future Bass 3")
    for _ in range(120):
        sheet.disc(sheet.random.uniform(0, 1000), sheet.random.uniform(0, 650), sheet.random.uniform(0.6, 2.2), "#ffffff", 0.8)  # noqa: E501
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
        ridge = [(x, base + 60 * sin(x / 140 + base) - abs((x * 7 + base) % 130 - 65) * 0.45) for x in range(-10, 1020, 10)]
        sheet.shape([*ridge, (1020, 1000), (-10, 1000)], color)
    return sheet.finished()


def blossom() -> Image.Image:
    """Cherry blossom across a clear sky."""
    sheet = Sheet(ramp("#6fc3ff", "#bfe6ff", "#f6f3ff"), seed="Future Bass 4")
    bough = smooth([(-30, 830), (170, 720), (330, 640), (520, 540), (700, 400), (860, 310), (1040, 150)], closed=False)
    sheet.line(bough, 26, "#4a2a3f")
    spots = list(bough[4:66:3])
    for at, turn, long in ((20, -100, 300), (34, 20, 260), (44, -110, 240), (56, 40, 230), (10, 35, 200)):
        tip = around(*bough[at], long, turn)
        sheet.line([bough[at], tip], 12, "#4a2a3f")
        spots += [(bough[at][0] + (tip[0] - bough[at][0]) * part, bough[at][1] + (tip[1] - bough[at][1]) * part) for part in (0.4, 0.6, 0.8, 1)]  # noqa: E501
    for x, y in spots:
        px, py = x + sheet.random.gauss(0, 22), y + sheet.random.gauss(0, 22)
        _five_petals(sheet, (px, py), sheet.random.uniform(34, 58), sheet.random.uniform(0, 72))
    for _ in range(26):
        x, y, turn = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000), sheet.random.uniform(0, 360)
        sheet.shape(leaf((x, y), around(x, y, 30, turn), 18), "#ff9cc7", 0.85)
    return sheet.finished()


def _five_petals(sheet: Sheet, at: Point, r: float, turn: float) -> None:
    tone = sheet.random.choice(("#ffd3e6", "#ffb3d4", "#ffe7f1"))
    for shift in (12, 8, 4):
        sheet.disc(at[0] + shift / 2, at[1] + shift, r * 0.95, "#3a2350", 0.09)
    for petal in range(5):
        sheet.shape(egg(*around(*at, r * 0.6, turn + petal * 72), r * 0.52, r * 0.42, turn + petal * 72), tone)
    for petal in range(5):
        sheet.line([at, around(*at, r * 0.5, turn + petal * 72)], r * 0.07, "#e0528f")
    sheet.disc(*at, r * 0.16, "#c2185b")


def crystals() -> Image.Image:
    """Shards that grow from a pastel fog."""
    sheet = Sheet(orb("#ffe3f7", "#c3b1ff", "#6f6bd8", center=(500, 700), reach=900), seed="Future Bass 2")
    shards = (
        (-48, 430, 84), (-134, 450, 92), (-64, 560, 104), (-118, 620, 120),
        (-80, 700, 140), (-101, 780, 150), (-56, 330, 96), (-128, 300, 90), (-90, 420, 130),
    )  # fmt: skip
    for turn, long, wide in shards:
        tone = mixed("#3fe0e6", "#ff7ad0", sheet.random.random())
        with sheet.raised(18, 0.35, drop=8) as paper:
            for side, share in ((-1, 0.7), (0, 0.25), (1, 0.0)):
                low, high = (side * 0.36 - 0.18) * wide, (side * 0.36 + 0.18) * wide
                neck = long - wide * (1.15 - 0.25 * abs(side))
                facet: list[Point] = [(-60, low), (neck, low), (long, 0), (neck, high), (-60, high)]
                color = mixed(mixed(tone, "#3d2fae", 0.4), "#ffffff", share)
                paper.shape(moved(turned(facet, turn), 500 + (turn + 90) * 4, 980), color)
    for x, y, r in ((300, 250, 36), (700, 180, 52), (610, 420, 30), (420, 140, 22)):
        with sheet.light(8) as light:
            light.shape(plank(x, y, r * 2, 4), "#ffffff")
            light.shape(plank(x, y, r * 2, 4, 90), "#ffffff")
    return sheet.finished()


def monstera() -> Image.Image:
    """Big leaves under coloured lamps."""
    sheet = Sheet(orb("#3a0a52", "#1a0430", "#0b0218", reach=720), seed="Reggaeton 3")
    for at, turn, size, colors in (
        ((140, 160), 40, 1.15, ("#ff2e93", "#5a0a7a")), ((880, 180), 128, 1.1, ("#00e5c3", "#063a5a")),
        ((120, 860), -42, 1.15, ("#00e5c3", "#06305a")), ((890, 850), -138, 1.2, ("#ff2e93", "#4a0a6a")),
        ((500, 990), -90, 1.3, ("#ffb02e", "#a3115a")),
    ):  # fmt: skip
        outline = moved(turned(_HEART, turn), *at, size)
        with sheet.shadow(20, 0.7) as dark:
            dark.shape([(x + 10, y + 20) for x, y in outline], "#ffffff")
        with sheet.window(ramp(*colors, angle=90 - turn)) as hole:
            hole.shape(outline, "#ffffff")
            for slit in range(10):
                x, side = 40 + slit // 2 * 74.0, slit % 2 * 2 - 1
                cut = leaf((x - 24, side * (70 - slit * 4)), (x + 74, side * (300 - slit * 13)), 44)
                hole.shape(moved(turned(cut, turn), *at, size), "#000000")
        sheet.line([at, around(*at, 400 * size, turn)], 5, "#ffffff", 0.4)
    return sheet.finished()


_HEART = smooth(
    [
        (20, 0), (-60, 60), (-70, 150), (10, 225), (130, 228), (250, 180), (360, 95), (450, 0),
        (360, -95), (250, -180), (130, -228), (10, -225), (-70, -150), (-60, -60),
    ],
)  # fmt: skip


def lava() -> Image.Image:
    """Slow drops of warm wax."""
    sheet = Sheet(ramp("#3d0066", "#8f0f86", "#ff5a5f"), seed="House 4")
    balls = [(sheet.random.uniform(80, 920), sheet.random.uniform(60, 900), sheet.random.uniform(38, 88)) for _ in range(11)]  # noqa: E501

    def heat(x: float, y: float) -> float:
        pull = sum(r * r / ((x - bx) ** 2 + ((y - by) * 0.85) ** 2 + 1) for bx, by, r in balls)
        return min(1.0, 0.25 * (pull + (90 / (1020 - y)) ** 2 + (60 / (y + 20)) ** 2))

    wax = field(heat, 260)
    with sheet.shadow(26, 0.6) as dark:
        dark.lay(flat("#ffffff"), mask=above(wax, 0.33, edge=0.02))
    sheet.lay(tinted(wax, "#000000", "#ff7a00", "#ffa21a", "#ffc53d", "#ffe27a"), mask=above(wax, 0.34, edge=0.02))
    return sheet.finished()


def pool() -> Image.Image:
    """Light at the bottom of a pool, and the ladder."""
    sheet = Sheet(flat("#18b5d8"), seed="House 3")
    cells = [(sheet.random.uniform(-100, 1100), sheet.random.uniform(-100, 1100)) for _ in range(64)]
    bend = swell(sheet.random, 160)

    def caustic(x: float, y: float) -> float:
        wx, wy = x + 26 * bend(x, y), y + 26 * bend(y, x)
        one, two = sorted((wx - cx) ** 2 + ((wy - cy) * 1.25) ** 2 for cx, cy in cells)[:2]
        return max(0.0, 1 - (two**0.5 - one**0.5) / 34) ** 1.4

    net = blurred(field(caustic, 220).convert("L"), 2)
    sheet.lay(tinted(net, "#14a9d0", "#3ccbe6", "#d9fbff"))
    with sheet.raised(14, 0.3, drop=16) as paper:
        paper.shape([(0, 0), (1000, 0), (1000, 120), (0, 330)], "#f7efe2")
        paper.shape([(0, 300), (1000, 95), (1000, 135), (0, 345)], "#ff8a5c")
    for x, color in ((640, "#0b5f7a"), (628, "#ffffff")):
        for side in (0, 130):
            rail = smooth([(x + side, 60 - side * 0.2), (x + side + 10, 10), (x + side + 40, 60), (x + side + 44, 520)], closed=False)  # noqa: E501
            sheet.rope(rail, 17, color, 1 if color == "#ffffff" else 0.35)
        for rung in range(3):
            sheet.rope([(x + 44, 260 + rung * 100), (x + 174, 255 + rung * 100)], 17, color, 1 if color == "#ffffff" else 0.35)  # noqa: E501
    return sheet.finished()
