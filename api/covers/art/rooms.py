"""Sleeves of rooms, houses and tables."""

from math import sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, flat, mixed, orb, ramp
from api.covers.art.forms import arc, egg, leaf, moved, plank, smooth, star


def night_window() -> Image.Image:
    """A cat, a moon and a window."""
    sheet = Sheet(ramp("#3a2a5c", "#2b1f48"), seed="Lo-Fi 2")
    with sheet.window(ramp("#13204f", "#3d4f9f", "#e58fa8")) as hole:
        hole.pill((190, 90, 810, 720), 24, "#ffffff")
    sheet.specks(60, (200, 100, 800, 480), (0.8, 2.6), "#fff3d6", 0.85)
    sheet.glow(640, 250, 190, "#fff3d6", 0.4)
    sheet.disc(640, 250, 68, "#fff3d6")
    sheet.disc(613, 236, 62, "#2a3a7e")
    for left, top in ((190, 620), (300, 570), (380, 640), (520, 590), (610, 650), (700, 560)):
        sheet.box(left, top, left + 105, 720, "#1c2148")
        for lit in range(4):
            sheet.box(
                left + 14 + lit % 2 * 46,
                top + 18 + lit * 17,
                left + 30 + lit % 2 * 46,
                top + 28 + lit * 17,
                "#ffcf7a",
            )
    for box in ((190, 400, 810, 416), (492, 90, 508, 720)):
        sheet.box(*box, "#f0c9b0")
    for box in ((172, 74, 828, 96), (172, 74, 194, 720), (806, 74, 828, 720), (130, 714, 870, 752)):
        sheet.box(*box, "#f0c9b0")
    sheet.box(130, 752, 870, 766, "#1c1434")
    _cat(sheet, (350, 716), "#150f2b")
    sheet.shape([(640, 640), (760, 640), (742, 716), (658, 716)], "#d96f5d")
    for tip, wide in ((-150, 48), (-118, 56), (-90, 60), (-62, 56), (-30, 48)):
        sheet.shape(leaf((700, 645), around(700, 645, 150 - abs(tip + 90) * 0.6, tip), wide), "#4fa38a")
    sheet.glow(120, 900, 420, "#ff9d5c", 0.35)
    return sheet.finished()


def _cat(sheet: Sheet, at: Point, color: str) -> None:
    x, y = at
    back = [(-95, 0), (-90, -110), (-40, -190), (30, -190), (85, -100), (95, 0)]
    sheet.shape(smooth(moved(back, x, y)), color)
    sheet.disc(x, y - 235, 68, color)
    for side in (-1, 1):
        sheet.shape([(x + side * 64, y - 330), (x + side * 62, y - 240), (x + side * 12, y - 290)], color)
    sheet.rope(
        smooth([(x + 70, y - 20), (x + 140, y + 20), (x + 160, y + 110), (x + 125, y + 160)], closed=False),
        24,
        color,
    )


def coffee() -> Image.Image:
    """A cup from above, and the morning's shadow."""
    sheet = Sheet(ramp("#d9a679", "#c28a5c", angle=70), seed="Lo-Fi 3")
    for board in range(5):
        sheet.box(0, board * 210 - 20, 1000, board * 210 - 14, "#8f5f38", 0.55)
    sheet.disc(855, 170, 235, "#5f8575")
    sheet.ring(855, 170, 212, 5, "#f3e9d8")
    with sheet.raised(26, 0.45, drop=34) as paper:
        paper.disc(470, 540, 365, "#f3e9d8")
        paper.disc(470, 540, 268, "#e3d5be")
    with sheet.raised(18, 0.45, drop=22) as paper:
        paper.shape(plank(690, 345, 250, 62, -42), "#fbf5ea")
        paper.disc(470, 540, 238, "#fbf5ea")
        paper.disc(470, 540, 208, "#4b2a18")
    with sheet.window(orb("#a8683a", "#7d4524", "#4b2a18", center=(430, 500), reach=300)) as hole:
        hole.disc(470, 540, 202, "#ffffff")
    for step, reach in enumerate((150, 122, 92, 60)):
        tip, root = (470, 540 - reach), (470, 540 + reach * 0.95)
        sheet.shape(leaf(root, tip, reach * 1.7), "#f4dfc0" if step % 2 == 0 else "#9a5c33")
    sheet.line([(470, 400), (470, 690)], 7, "#9a5c33")
    for stripe in range(4):
        sheet.shape(
            [
                (-200 + stripe * 330, 0),
                (-60 + stripe * 330, 0),
                (-460 + stripe * 330, 1000),
                (-600 + stripe * 330, 1000),
            ],
            "#5b2f16",
            0.16,
        )
    return sheet.finished()


def blinds() -> Image.Image:
    """Evening light through blinds, and a palm's shadow."""
    sheet = Sheet(ramp("#5a2616", "#34140f", angle=20), seed="R&B 2")
    with sheet.window(ramp("#ffcf7d", "#f58f4a", "#d65a3a", angle=25), soft=5) as hole:
        for slat in range(9):
            y = 120 + slat * 82
            hole.shape([(180, y + 40), (830, y - 70), (830, y - 24), (180, y + 86)], "#ffffff")
        hole.shape(plank(510, 500, 16, 900, 3), "#000000")
        for turn in range(-170, 20, 17):
            tip = around(640, 800, 470 - abs(turn + 75) * 1.4, turn)
            hole.shape(leaf((640, 800), tip, 52, bend=24 if turn > -75 else -24), "#000000")
        hole.line([(640, 790), (670, 1000)], 16, "#000000")
    sheet.dim_edges(0.8)
    return sheet.finished()


def cocktail() -> Image.Image:
    """A coupe before a golden fan."""
    sheet = Sheet(flat("#101a3f"), seed="R&B 4")
    for turn in range(0, 181, 15):
        far = around(500, 720, 1100, 180 + turn)
        sheet.line([(500, 720), far], 4, "#d8ae5e", 0.75)
    for r in (640, 520, 505):
        sheet.line(arc(500, 720, r, 180, 360), 5, "#d8ae5e")
    for bead in range(25):
        sheet.disc(*around(500, 720, 580, 180 + bead * 7.5), 10, "#d8ae5e")
    sheet.disc(500, 480, 330, "#101a3f")
    sheet.box(0, 722, 1000, 1000, "#0a1029")
    sheet.box(0, 718, 1000, 726, "#d8ae5e")
    bowl = [*arc(500, 350, 245, 0, 180)]
    squeezed: list[Point] = [(x, 350 + (y - 350) * 0.72) for x, y in bowl]
    sheet.shape(squeezed, "#f7ead0", 0.28)
    with sheet.window(ramp("#ff9fb2", "#e2476f", "#8c1d4f")) as hole:
        hole.shape([(500 + (x - 500) * 0.93, max(y, 388)) for x, y in squeezed if y > 380], "#ffffff")
    sheet.line([*squeezed, squeezed[0]], 6, "#f7ead0")
    sheet.line([(500, 526), (500, 840)], 12, "#f7ead0")
    sheet.shape(egg(500, 850, 130, 20), "#f7ead0")
    sheet.line([(610, 230), (520, 440)], 6, "#d8ae5e")
    sheet.disc(548, 375, 28, "#c1121f")
    for bubble in range(14):
        sheet.disc(400 + bubble * 53 % 200, 400 + bubble * 31 % 110, 4 + bubble % 3, "#ffe3ea", 0.8)
    return sheet.finished()


def candles() -> Image.Image:
    """Three flames in the dark."""
    sheet = Sheet(ramp("#1a0717", "#2d0d22", "#12040f"), seed="Trap Soul 2")
    for x, top, wide in ((500, 470, 130), (245, 610, 110), (765, 560, 116)):
        sheet.glow(x, top - 110, 330, "#ff7a2f", 0.5)
        body = ramp("#ffb37a", "#b8485a", "#4a1533")
        with sheet.window(body) as hole:
            hole.box(x - wide / 2, top, x + wide / 2, 1000, "#ffffff")
            hole.shape(egg(x, top, wide / 2, 20), "#ffffff")
        sheet.shape(egg(x, top, wide / 2, 20), "#ffd9a8")
        sheet.shape(egg(x, top + 4, wide / 2.6, 12), "#ff9f5a")
        sheet.line([(x, top), (x + 3, top - 40)], 6, "#2a0f16")
        with sheet.light(20) as light:
            light.shape(_flame((x, top - 24), 66, 205), "#ff8a1f")
        sheet.shape(_flame((x, top - 28), 46, 150), "#ffd166")
        sheet.shape(_flame((x, top - 30), 26, 92), "#fff8e1")
        sheet.rope([(x - wide * 0.28, top + 10), (x - wide * 0.28, top + 96)], 18, "#ffd9a8")
    sheet.dim_edges(0.9)
    return sheet.finished()


def _flame(root: Point, wide: float, tall: float) -> list[Point]:
    x, y = root
    side = [
        (wide / 2 * w, -tall * h) for w, h in ((0.2, 0), (0.9, 0.16), (1, 0.34), (0.6, 0.62), (0.2, 0.85))
    ]
    return smooth(
        [
            *moved(side, x, y),
            (x + wide * 0.1, y - tall),
            *moved([(-px, py) for px, py in reversed(side)], x, y),
        ]
    )


def arches() -> Image.Image:
    """Doorways behind doorways, and a sun."""
    sheet = Sheet(ramp("#8fb8b5", "#cfdccb", "#f6e3c0"), seed="Neo-Soul 3")
    sheet.disc(585, 560, 74, "#f2a03d")
    for step in range(5):
        sheet.box(0, 790 + step * 18, 1000, 1000, mixed("#a33f28", "#f2b78a", step / 5))
    for step, color in ((3, "#b4492f"), (2, "#d4694a"), (1, "#e8926b"), (0, "#f5dcbd")):
        x, r = 500 + step * 22, 390 - step * 82
        top = 470 + step * 34
        with sheet.raised(20, 0.5, drop=16) as paper:
            wall: list[Point] = [(0, 0), (0, 1000), (x - r, 1000)]
            paper.shape([*wall, *arc(x, top, r, 180, 360), (x + r, 1000), (1000, 1000), (1000, 0)], color)
    sheet.shape([(0, 0), (130, 0), (0, 520)], "#ffffff", 0.18)
    return sheet.finished()


def still_life() -> Image.Image:
    """A vase with dry branches, and two pears."""
    sheet = Sheet(flat("#cdbf9a"), seed="Neo-Soul 4")
    sheet.box(0, 690, 1000, 1000, "#5b6236")
    sheet.shape([(620, 0), (1000, 0), (1000, 690), (620, 690)], "#e6dcc0")
    sheet.disc(700, 240, 120, "#d08a2e")
    for turn, reach in ((-128, 470), (-104, 560), (-82, 520), (-60, 440)):
        _ear(sheet, (350, 470), around(350, 470, reach, turn), turn)
    half = [(34, 430), (40, 500), (105, 600), (150, 720), (120, 850), (70, 890)]
    vase = smooth([*[(350 + x, y) for x, y in half], *[(350 - x, y) for x, y in reversed(half)]])
    with sheet.shadow(24, 0.4) as dark:
        dark.shape([(x + 40, y + 10) for x, y in vase], "#ffffff")
    with sheet.window(ramp("#f4efe0", "#dfd2b8", "#a7926e", angle=90)) as hole:
        hole.shape(vase, "#ffffff")
    with sheet.window(ramp("#2f3e46", "#1f2a30", angle=90)) as hole:
        hole.shape([(x, y) for x, y in vase if 690 < y < 765], "#ffffff")
    for x, size, color in ((640, 1.0, "#b5a52c"), (790, 0.86, "#d08a2e")):
        with sheet.shadow(16, 0.45) as dark:
            dark.shape(egg(x + 30, 860, 110 * size, 26), "#ffffff")
        sheet.shape(moved(_PEAR, x, 760, size), color)
        sheet.shape(moved(_PEAR, x - 22 * size, 770, size * 0.6), mixed(color, "#ffffff", 0.22))
        sheet.rope([(x, 760 - 145 * size), (x + 16, 760 - 190 * size)], 9, "#4a2c1a")
    return sheet.finished()


def _ear(sheet: Sheet, root: Point, tip: Point, turn: float) -> None:
    """A stem of dry grass."""
    tone = "#8c4a2b" if turn % 46 else "#6b3a24"
    sheet.line([root, tip], 5, tone)
    for part in range(5, 13):
        x, y = root[0] + (tip[0] - root[0]) * part / 12, root[1] + (tip[1] - root[1]) * part / 12
        for side in (-42, 42):
            sheet.shape(leaf((x, y), around(x, y, 86 - part * 2.4, turn + side), 26), tone)


_PEAR = smooth(
    [
        (0, -150), (38, -120), (50, -60), (95, 20), (85, 100),
        (0, 125), (-85, 100), (-95, 20), (-50, -60), (-38, -120),
    ]
)  # fmt: skip


def lone_door() -> Image.Image:
    """A door that stands in a desert."""
    sheet = Sheet(ramp("#f7b7c5", "#f9d9c8", "#fbeeda"), seed="Alternative R&B 3")
    sheet.disc(250, 300, 105, "#fff7ea")
    with sheet.window(ramp("#b08bd6", "#7c5fb0", "#56408a")) as hole:
        hole.box(0, 640, 1000, 1000, "#ffffff")
    ridge = smooth([(-20, 640), (140, 575), (260, 610), (430, 560), (560, 640)], closed=False)
    sheet.shape([*ridge, (-20, 642)], "#d48fb0")
    sheet.shape([(560, 860), (740, 860), (1180, 1000), (960, 1010)], "#35265f", 0.75)
    sheet.box(515, 335, 765, 862, "#f7efe2")
    with sheet.window(ramp("#0b1035", "#20265f", "#50318c")) as hole:
        hole.box(545, 365, 735, 862, "#ffffff")
    sheet.specks(46, (550, 370, 730, 850), (1, 3.2), "#fff7ea")
    sheet.shape([(545, 365), (440, 318), (440, 925), (545, 862)], "#e5533d")
    sheet.shape([(527, 398), (462, 372), (462, 590), (527, 584)], "#c73f2c")
    sheet.shape([(527, 620), (462, 632), (462, 862), (527, 830)], "#c73f2c")
    sheet.disc(460, 612, 11, "#ffd166")
    for x, y, size in ((120, 190, 1), (840, 150, 1.4), (760, 240, 0.8)):
        sheet.pill((x - 90 * size, y, x + 90 * size, y + 26 * size), 13 * size, "#fffaf2", 0.9)
        sheet.pill((x - 40 * size, y - 20 * size, x + 60 * size, y + 8 * size), 13 * size, "#fffaf2", 0.9)
    return sheet.finished()


def painted_houses() -> Image.Image:
    """A street of old houses in the colours of fruit."""
    sheet = Sheet(ramp("#3fb8d6", "#a8e3e2"), seed="Bachata 2")
    fronts = (
        (0, 300, "#f9c74f", "#f3722c"), (250, 225, "#e5446d", "#ffe5ec"),
        (500, 330, "#43aa8b", "#f1faee"), (750, 250, "#f8961e", "#277da1"),
    )  # fmt: skip
    for x, top, wall, trim in fronts:
        sheet.box(x, top, x + 250, 900, wall)
        sheet.box(x, top, x + 18, 900, "#000000", 0.12)
        sheet.box(x - 6, top - 30, x + 256, top, trim)
        sheet.box(x, top + 10, x + 250, top + 18, "#000000", 0.15)
        for row in range(2):
            for column in (70, 180):
                _shutters(sheet, (x + column, top + 80 + row * 195), trim)
        sheet.box(x + 20, top + 210, x + 230, top + 222, "#22223b")
        for bar in range(15):
            sheet.box(x + 24 + bar * 14.4, top + 160, x + 28 + bar * 14.4, top + 212, "#22223b")
        sheet.box(x + 20, top + 156, x + 230, top + 163, "#22223b")
        sheet.shape(
            [(x + 88, 900), (x + 88, 730), *arc(x + 125, 730, 37, 180, 360), (x + 162, 900)],
            mixed(trim, "#22223b", 0.55),
        )
    sheet.box(0, 900, 1000, 1000, "#6d597a")
    sheet.box(0, 900, 1000, 915, "#e9d8c4")
    sheet.line(
        [(0, 120), *[(x * 50.0, 120 + 60 * sin(x * 0.157)) for x in range(1, 20)], (1000, 120)], 3, "#22223b"
    )
    for flag in range(16):
        x = 20 + flag * 63
        y = 120 + 60 * sin(x / 318)
        sheet.shape(
            [(x, y), (x + 40, y), (x + 20, y + 52)], ("#e5446d", "#f9c74f", "#f1faee", "#43aa8b")[flag % 4]
        )
    return sheet.finished()


def _shutters(sheet: Sheet, at: Point, color: str) -> None:
    x, y = at
    sheet.box(x - 40, y, x + 40, y + 130, mixed(color, "#000000", 0.25))
    sheet.box(x - 20, y + 6, x + 20, y + 124, "#22223b")
    for side in (-1, 1):
        for slat in range(8):
            left = x + side * 30 - 9
            sheet.box(left, y + 8 + slat * 15, left + 18, y + 17 + slat * 15, color)


def folding_fan() -> Image.Image:
    """An open fan on dark plum."""
    sheet = Sheet(orb("#6a1b4d", "#3d0f33", "#1d0719", center=(500, 560), reach=760), seed="Bachata 3")
    with sheet.raised(20, 0.55, drop=24) as paper:
        for rib in range(21):
            start = 190 + rib * 160 / 21
            color = "#e63946" if rib % 2 else "#c1121f"
            paper.slice(500, 730, 478, (start, start + 7.9), color)
            paper.slice(500, 730, 452, (start, start + 7.9), "#1d0719")
            paper.slice(500, 730, 437, (start, start + 7.9), color)
        for flower in range(7):
            x, y = around(500, 730, 335, 201 + flower * 23)
            for petal in range(6):
                paper.disc(
                    *around(x, y, 26, petal * 60 + flower * 20), 20, "#ffb4a2" if flower % 2 else "#ffe8d6"
                )
            paper.disc(x, y, 17, "#f4a261")
        for rib in range(22):
            start = 190 + rib * 160 / 21
            paper.line([around(500, 730, 455, start), around(500, 730, 235, start)], 3, "#8d0801")
            paper.line([around(500, 730, 235, start), (500, 730)], 13, "#d4a373")
        for tip in range(21):
            paper.disc(*around(500, 730, 470, 194 + tip * 160 / 21), 12, "#f4a261")
        paper.shape(star(500, 730, (44, 30), 8), "#f4a261")
        paper.disc(500, 730, 16, "#1d0719")
    return sheet.finished()
