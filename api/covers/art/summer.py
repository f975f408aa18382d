"""Sleeves of sweets, fruit and holidays."""

from math import sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, flat, mixed, orb, ramp
from api.covers.art.forms import arc, egg, hoop, leaf, moved, plank, smooth, turned


def cherries() -> Image.Image:
    """Two cherries, printed in dots."""
    sheet = Sheet(flat("#ffe45e"), seed="Pop 2")
    for row in range(30):
        for column in range(30):
            r = 11 * max(0.0, (row + column - 22) / 38)
            sheet.disc(column * 35 + row % 2 * 17, row * 35, r, "#ffb703")
    for x, y in ((330, 660), (690, 720)):
        stem = smooth([(x, y - 130), (x + 40, y - 300), (560, 130)], closed=False)
        sheet.line(stem, 26, "#1d1d1d")
        sheet.line(stem, 12, "#52b788")
    sheet.shape(leaf((560, 130), (930, 250), 190, bend=-40), "#1d1d1d")
    sheet.shape(leaf((578, 138), (905, 244), 160, bend=-36), "#52b788")
    sheet.line([(590, 140), (880, 225)], 7, "#1d1d1d")
    for x, y in ((330, 660), (690, 720)):
        sheet.disc(x, y, 192, "#1d1d1d")
        sheet.disc(x, y, 178, "#e5123d")
        for row in range(-9, 10):
            for column in range(-9, 10):
                px, py = column * 21 + row % 2 * 10.5, row * 21
                if px * px + py * py < 168**2 and px + py > 30:
                    sheet.disc(x + px, y + py, min(10, (px + py) / 17), "#8d0026")
        sheet.shape(egg(x - 75, y - 78, 58, 34, -42), "#ffffff")
        sheet.disc(x - 128, y - 6, 13, "#ffffff")
        sheet.shape(egg(x + 4, y - 140, 46, 14), "#8d0026")
    return sheet.finished(grain=0)


def lollipop() -> Image.Image:
    """Sugar in a spiral."""
    sheet = Sheet(ramp("#a8e6ff", "#e3f6ff"), seed="Pop 3")
    sheet.shape([(0, 1000), (1000, 240), (1000, 1000)], "#ffd6e8")
    with sheet.raised(22, 0.3, drop=26) as paper:
        paper.rope([(500, 420), (590, 1040)], 36, "#fffaf2")
        paper.disc(500, 420, 330, "#ff4f8b")
        for arm in range(6):
            swirl: list[Point] = []
            back: list[Point] = []
            for step in range(61):
                r, turn = 330 * step / 60, step * 4.4 + arm * 60
                swirl.append(around(500, 420, r, turn))
                back.append(around(500, 420, r, turn + 30))
            paper.shape(
                [*swirl, *reversed(back)],
                ("#ffffff", "#ffe45e", "#ffffff", "#7bdff2", "#ffffff", "#b892ff")[arm],
            )
    sheet.ring(500, 420, 330, 14, "#e63971", 0.5)
    sheet.shape(hoop(500, 420, (280, 256), 196, 262), "#ffffff", 0.75)
    sheet.disc(*around(500, 420, 268, 280), 13, "#ffffff", 0.75)
    sheet.shape(plank(564, 860, 128, 44, 8), "#ff4f8b")
    for side in (-1, 1):
        sheet.shape(
            smooth([(564, 858), (564 + side * 130, 790), (564 + side * 150, 880), (564 + side * 120, 930)]),
            "#ff4f8b",
        )
        sheet.shape(
            smooth([(564, 860), (564 + side * 95, 825), (564 + side * 110, 880), (564 + side * 88, 905)]),
            "#e63971",
        )
    sheet.pill((534, 828, 594, 896), 18, "#ff7aa8")
    return sheet.finished()


def balloons() -> Image.Image:
    """A bunch that pulls upwards."""
    sheet = Sheet(ramp("#4cc9f0", "#a5e4fb", "#f0fbff"), seed="Pop 4")
    spots = (
        (330, 330, "#f72585"), (660, 290, "#ffb703"), (200, 520, "#8338ec"), (800, 490, "#ff5a5f"),
        (500, 200, "#3a86ff"), (390, 600, "#ffd60a"), (640, 590, "#06d6a0"), (505, 425, "#ff3d6e"),
    )  # fmt: skip
    for x, y, _ in spots:
        sheet.line(
            smooth([(x, y + 150), ((x + 500) / 2 + 14, 800), (500, 1010)], closed=False), 3.5, "#33415c", 0.8
        )
    for x, y, color in spots:
        outline = moved(_BALLOON, x, y)
        with sheet.shadow(16, 0.25) as dark:
            dark.shape([(px + 8, py + 20) for px, py in outline], "#ffffff")
        lit, dark_side = mixed(color, "#ffffff", 0.5), mixed(color, "#2b1055", 0.45)
        shine = orb(lit, color, dark_side, center=(x - 40, y - 60), reach=330)
        with sheet.window(shine) as hole:
            hole.shape(outline, "#ffffff")
            hole.shape([(x - 20, y + 172), (x, y + 144), (x + 20, y + 172)], "#ffffff")
        sheet.shape(egg(x - 48, y - 82, 15, 36, 35), "#ffffff", 0.75)
    return sheet.finished()


_BALLOON = smooth(
    [(-118, -20), (-78, -118), (0, -152), (78, -118), (118, -20), (78, 96), (0, 150), (-78, 96)],
)


def paper_boat() -> Image.Image:
    """A boat on a sea of scales."""
    sheet = Sheet(ramp("#fde2c4", "#fcefe0"), seed="Indie Pop 2")
    sheet.disc(235, 215, 118, "#f4745b")
    with sheet.raised(12, 0.25, drop=14) as paper:
        paper.shape([(600, 130), (600, 430), (430, 430)], "#f8fafc")
        paper.shape([(600, 130), (600, 430), (770, 430)], "#d3dee8")
        paper.shape([(210, 380), (600, 395), (600, 680), (400, 680)], "#ffffff")
        paper.shape([(990, 380), (600, 395), (600, 680), (800, 680)], "#c3d2df")
    tones = ("#0d3b66", "#faf0ca", "#1f6f9f", "#faf0ca", "#48a9a6", "#faf0ca")
    for row in range(7):
        for column in range(-1, 7):
            x, y = column * 190 + row % 2 * 95, 745 + row * 54.0
            for step, color in enumerate(tones):
                sheet.disc(x, y, 108 - step * 18, color)
    return sheet.finished()


def citrus() -> Image.Image:
    """Slices of lemon and orange, cut this morning."""
    sheet = Sheet(flat("#cbb2f5"), seed="Indie Pop 3")
    fruits = (
        (270, 300, 235, 10, ("#ffd23f", "#fff6d6", "#ffe680")), (760, 620, 270, 40, ("#ff8c1a", "#fff1dd", "#ffb04f")),
        (780, 170, 140, 25, ("#9bd14b", "#f5fbe4", "#c3e67f")), (240, 800, 175, 0, ("#ff5d5d", "#ffeae3", "#ff8f82")),
    )  # fmt: skip
    for x, y, r, turn, (peel, pith, flesh) in fruits:
        with sheet.raised(16, 0.3, drop=20) as paper:
            paper.disc(x, y, r, peel)
            paper.disc(x, y, r * 0.9, pith)
            for part in range(9):
                angle = turn + part * 40
                wedge = [around(x, y, r * 0.12, angle), *arc(x, y, r * 0.8, angle - 15, angle + 15)]
                paper.shape(smooth(wedge[:1] + wedge[1::12], steps=6), flesh)
                paper.line([around(x, y, r * 0.3, angle), around(x, y, r * 0.66, angle)], r * 0.02, pith)
    for x, y, turn in (
        (520, 420, 30), (470, 640, 120), (560, 900, 60), (60, 560, 80), (950, 380, 140), (530, 90, 10),
    ):  # fmt: skip
        with sheet.raised(8, 0.3, drop=10) as paper:
            tip = around(x, y, 110, turn)
            paper.shape(leaf((x, y), tip, 56), "#3f8f5b")
            paper.line([(x, y), tip], 4, "#7cc48d")
    return sheet.finished()


def parasol() -> Image.Image:
    """A beach from above."""
    sheet = Sheet(flat("#f4d9a0"), seed="Reggaeton 2")
    for shift, color in (
        (70, "#fbeed0"), (0, "#ffffff"), (-30, "#5fe0d8"), (-110, "#19bfc6"), (-230, "#0f9fb3"),
    ):  # fmt: skip
        edge: list[Point] = [
            (x, 420 + shift - x * 0.16 + 26 * sin(x / 75 + shift / 60)) for x in range(-10, 1020, 10)
        ]
        sheet.shape([(-10, -10), *edge, (1020, -10)], color)
    sheet.specks(240, (0, 520, 1000, 1000), (1, 3), "#d9b878", 0.7)
    with sheet.raised(10, 0.3, drop=12) as paper:
        towel = plank(750, 760, 210, 400, 18)
        paper.shape(towel, "#ffffff")
        for stripe in range(5):
            paper.shape(moved(turned(plank(0, -160 + stripe * 80, 210, 40), 18), 750, 760), "#ff4f79")
        board = moved(turned(leaf((0, -250), (0, 250), 150), -28), 850, 330)
        paper.shape(board, "#ffd23f")
        paper.line(moved(turned([(0, -235), (0, 235)], -28), 850, 330), 9, "#ff5a36")
    with sheet.raised(26, 0.45, drop=40) as paper:
        for wedge in range(12):
            far = [around(350, 640, r, wedge * 30 + turn) for r, turn in ((285, 0), (268, 15), (285, 30))]
            paper.shape([(350, 640), *far], "#ff3d5a" if wedge % 2 else "#fffaf2")
            paper.shape([(350, 640), far[1], far[2]], "#e0274a" if wedge % 2 else "#efe3d3")
        paper.disc(350, 640, 20, "#ffd23f")
    return sheet.finished()


def sunglasses() -> Image.Image:
    """The beach, seen in somebody's glasses."""
    sheet = Sheet(ramp("#ff5db1", "#ff8fa3", angle=30), seed="Reggaeton 4")
    for ring in range(7):
        sheet.ring(500, 480, 720 - ring * 90, 30, "#ff7ac0", 0.6)
    with sheet.raised(26, 0.4, drop=44) as paper:
        for side in (-1, 1):
            paper.shape(smooth([(500 + side * x, y) for x, y in _FRAME]), "#17131f")
        paper.line(smooth([(440, 400), (500, 372), (560, 400)], closed=False), 34, "#17131f")
    with sheet.window(_palms_at_dusk()) as hole:
        for side in (-1, 1):
            hole.shape(smooth([(500 + side * x, y) for x, y in _GLASS]), "#ffffff")
    for x in (150, 600):
        sheet.shape([(x + 40, 388), (x + 90, 384), (x + 10, 560), (x - 14, 520)], "#ffffff", 0.28)
    return sheet.finished()


_FRAME: list[Point] = [
    (30, 390), (60, 350), (250, 330), (430, 345), (455, 400), (420, 570), (330, 690), (180, 690), (80, 600),
]  # fmt: skip
_GLASS: list[Point] = [
    (68, 410), (90, 385), (250, 368), (400, 382), (416, 415), (385, 555), (312, 652), (196, 652), (110, 575),
]  # fmt: skip


def _palms_at_dusk() -> Image.Image:
    view = Sheet(ramp("#240b5c", "#7b1fa2", "#ff5e62", "#ffcf56"), seed="")
    for x in (285, 735):
        view.disc(x + 30, 600, 78, "#fff0b8")
        view.box(0, 622, 1000, 1000, "#1b0b3d")
        view.line(smooth([(x - 70, 720), (x - 50, 560), (x - 10, 430)], closed=False), 15, "#12062b")
        for turn in (-165, -125, -85, -45, -5, 25, 160):
            bend = 22 if abs(turn) < 90 else -22
            view.shape(leaf((x - 10, 430), around(x - 10, 430, 130, turn), 34, bend=bend), "#12062b")
    return view.image
