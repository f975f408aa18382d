"""Sleeves of what grows."""

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, flat, mixed, orb, ramp
from api.covers.art.forms import blob, egg, leaf, moved, plank, smooth, turned


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
        r, count = float(330 - ring * 41), 7 - ring // 2
        for petal in range(count):
            place = around(500, 480, r * 0.5, petal * 360 / count + ring * 37)
            edge = blob(sheet.random, place, r * 0.56 + 12, 0.06)
            for shift in (18, 13, 8, 4):
                sheet.shape([(x, y + shift) for x, y in edge], "#2d0412", 0.13)
            sheet.shape(edge, mixed("#7a0c2e", "#e0315a", (ring + petal % 2) / 8.5))
    coil = [around(500, 480, 6 + step * 0.55, step * 9) for step in range(70)]
    sheet.line(coil, 7, "#5c0622")
    return sheet.finished()


def groovy_flowers() -> Image.Image:
    """A meadow from a wallpaper of 1971."""
    sheet = Sheet(flat("#7a3e1d"), seed="Soul 4")
    spots = (
        (220, 230, 1.15, 0), (690, 180, 0.9, 1), (520, 520, 1.35, 2), (130, 660, 0.95, 1),
        (880, 530, 0.95, 0), (300, 900, 1.1, 0), (760, 870, 1.15, 1), (940, 60, 0.6, 2), (30, 430, 0.55, 2),
        (985, 800, 0.5, 2), (20, 20, 0.6, 1), (520, 800, 0.5, 1), (410, 60, 0.5, 2),
    )  # fmt: skip
    sets = (
        ("#f4a259", "#f7e3b5", "#c8452d"),
        ("#f7e3b5", "#e0792f", "#6b8e4e"),
        ("#e9b93f", "#c8452d", "#f7e3b5"),
    )
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
    blocks = (
        ((0, 0, 480, 520), "#e9b44c"), ((500, 0, 1000, 340), "#1d5c63"), ((0, 540, 330, 1000), "#c2452d"),
        ((350, 540, 1000, 1000), "#ead7c3"), ((500, 360, 1000, 520), "#2b2d42"),
    )  # fmt: skip
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


def blossom() -> Image.Image:
    """Cherry blossom across a clear sky."""
    sheet = Sheet(ramp("#6fc3ff", "#bfe6ff", "#f6f3ff"), seed="Future Bass 4")
    bough = smooth(
        [(-30, 830), (170, 720), (330, 640), (520, 540), (700, 400), (860, 310), (1040, 150)], closed=False
    )
    sheet.line(bough, 26, "#4a2a3f")
    spots = list(bough[4:66:3])
    for at, turn, long in ((20, -100, 300), (34, 20, 260), (44, -110, 240), (56, 40, 230), (10, 35, 200)):
        tip = around(*bough[at], long, turn)
        sheet.line([bough[at], tip], 12, "#4a2a3f")
        spots += [
            (bough[at][0] + (tip[0] - bough[at][0]) * part, bough[at][1] + (tip[1] - bough[at][1]) * part)
            for part in (0.4, 0.6, 0.8, 1)
        ]
    for x, y in spots:
        px, py = x + sheet.random.gauss(0, 22), y + sheet.random.gauss(0, 22)
        _five_petals(sheet, (px, py), sheet.random.uniform(34, 58), sheet.random.uniform(0, 72))
    for _ in range(26):
        spot = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)
        sheet.shape(leaf(spot, around(*spot, 30, sheet.random.uniform(0, 360)), 18), "#ff9cc7", 0.85)
    return sheet.finished()


def _five_petals(sheet: Sheet, at: Point, r: float, turn: float) -> None:
    tone = sheet.random.choice(("#ffd3e6", "#ffb3d4", "#ffe7f1"))
    for shift in (12, 8, 4):
        sheet.disc(at[0] + shift / 2, at[1] + shift, r * 0.95, "#3a2350", 0.09)
    for petal in range(5):
        sheet.shape(
            egg(*around(*at, r * 0.6, turn + petal * 72), r * 0.52, r * 0.42, turn + petal * 72), tone
        )
    for petal in range(5):
        sheet.line([at, around(*at, r * 0.5, turn + petal * 72)], r * 0.07, "#e0528f")
    sheet.disc(*at, r * 0.16, "#c2185b")


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
    sheet.shape(
        [
            (0, 880),
            *smooth([(0, 880), (260, 862), (500, 880), (760, 866), (1000, 884)], closed=False),
            (1000, 1000),
            (0, 1000),
        ],
        bark,
    )
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
            sheet.shape(
                leaf(
                    (x + px * size, y + (py + 20) * size),
                    around(x + px * size, y + py * size, 40 * size, petal),
                    26 * size,
                ),
                "#ff4d8d",
            )
