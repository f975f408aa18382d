"""Sleeves that show what music is made with and heard from."""

from collections.abc import Sequence
from math import sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, flat, mixed, orb, ramp
from api.covers.art.forms import egg, leaf, plank, smooth, star, turned


def boombox() -> Image.Image:
    """A red radio on turquoise."""
    sheet = Sheet(ramp("#2ec4b6", "#0e8f8a"), seed="Hip-Hop 2")
    for stripe in range(-6, 12):
        x = stripe * 130.0
        sheet.shape([(x, 0), (x + 60, 0), (x - 340, 1000), (x - 400, 1000)], "#0b7a78", 0.28)
    with sheet.raised(20, 0.5, drop=26) as paper:
        paper.line([(225, 380), (225, 240), (775, 240), (775, 380)], 44, "#1f2041")
        paper.pill((80, 330, 920, 790), 54, "#e5383b")
        paper.box(80, 460, 920, 470, "#a4161a")
        paper.pill((110, 358, 890, 438), 18, "#1f2041")
        for tick in range(25):
            paper.box(150 + tick * 28, 385, 154 + tick * 28, 400 + 12 * (tick % 4 == 0), "#ffe8c2")
        paper.box(512, 368, 522, 428, "#ffb703")
        for x in (272, 728):
            _cone(paper, (x, 625), 145, ("#ffe8c2", "#1f2041", "#3b3c66", "#ffb703"))
        paper.pill((425, 500, 575, 620), 14, "#ffe8c2")
        for x in (465, 535):
            paper.disc(x, 560, 24, "#1f2041")
            paper.disc(x, 560, 10, "#ffe8c2")
        for key in range(4):
            paper.pill((427 + key * 38, 660, 459 + key * 38, 720), 8, "#ffb703" if key == 1 else "#ffe8c2")
    return sheet.finished()


def _cone(sheet: Sheet, at: Point, r: float, colors: tuple[str, str, str, str]) -> None:
    """A loudspeaker: rim, pit, cone and dome."""
    for share, color in ((1, colors[0]), (0.9, colors[1]), (0.72, colors[2]), (0.64, colors[1])):
        sheet.disc(*at, r * share, color)
    for share in (0.56, 0.48, 0.4):
        sheet.ring(*at, r * share, r * 0.02, colors[2])
    sheet.disc(*at, r * 0.3, colors[3])
    sheet.slice(*at, r * 0.3, (200, 290), mixed(colors[3], "#ffffff", 0.35))


def cassette() -> Image.Image:
    """A tape before a cream sun."""
    sheet = Sheet(flat("#e9b44c"), seed="Boom Bap 2")
    sheet.disc(500, 500, 405, "#f6e8cf")
    with sheet.raised(20, 0.45, drop=26, turn=14) as paper:
        paper.pill((130, 250, 870, 740), 34, "#22334f")
        paper.pill((175, 290, 825, 620), 20, "#f6e8cf")
        for step, color in enumerate(("#c8553d", "#e07a3f", "#588b8b")):
            paper.box(175, 380 + step * 42, 825, 422 + step * 42, color)
        for line in (325, 350):
            paper.box(215, line, 785, line + 4, "#22334f", 1)
        paper.pill((275, 400, 725, 540), 70, "#22334f")
        paper.box(420, 425, 580, 515, "#6f4e37")
        for x in (350, 650):
            paper.disc(x, 470, 56, "#f6e8cf")
            for tooth in range(6):
                paper.shape(plank(*around(x, 470, 40, tooth * 60), 22, 14, tooth * 60), "#22334f")
            paper.ring(x, 470, 50, 6, "#22334f")
        paper.shape([(290, 740), (330, 640), (670, 640), (710, 740)], "#16233a")
        for x in (380, 460, 540, 620):
            paper.disc(x, 700, 14, "#e9b44c")
        for x, y in ((155, 275), (845, 275), (155, 715), (845, 715)):
            paper.disc(x, y, 9, "#8d99ae")
    return sheet.finished()


def sampler() -> Image.Image:
    """A beat machine, one pad alight."""
    sheet = Sheet(flat("#6d3b47"), seed="Boom Bap 3")
    for line in range(14):
        sheet.box(0, line * 76, 1000, line * 76 + 38, "#5d303c")
    with sheet.raised(22, 0.5, drop=30, turn=-8) as paper:
        paper.pill((150, 90, 850, 920), 40, "#b9b3a5")
        paper.pill((150, 80, 850, 896), 40, "#e8e2d2")
        paper.pill((200, 130, 560, 290), 14, "#3c4a3e")
        for step in range(22):
            tall = 14 + 52 * abs(sin(step * 0.9) * sin(step / 5))
            paper.box(222 + step * 14.5, 210 - tall, 230 + step * 14.5, 210 + tall, "#b7d39a")
        paper.disc(706, 210, 88, "#b9b3a5")
        paper.disc(706, 204, 78, "#3a3a40")
        paper.rope([around(706, 204, 40, -60), around(706, 204, 66, -60)], 9, "#f5a623")
        for pad in range(16):
            x, y = 200 + pad % 4 * 155, 345 + pad // 4 * 135
            lit = pad in {6, 12}
            paper.pill((x, y + 7, x + 135, y + 118), 14, "#8f8a7e")
            paper.pill((x, y, x + 135, y + 110), 14, "#f5762a" if lit else "#4a4a52")
            paper.pill((x + 10, y + 8, x + 125, y + 40), 10, "#ff9d5c" if lit else "#595963")
    return sheet.finished()


def microphone() -> Image.Image:
    """An old microphone in the light of a stage."""
    sheet = Sheet(orb("#2f6b5c", "#153b36", "#0a1f20", center=(500, 420), reach=720), seed="Boom Bap 4")
    sheet.disc(500, 430, 330, "#f3e3c3")
    sheet.ring(500, 430, 372, 10, "#f3e3c3")
    steel = ramp("#5b6068", "#f6f4ee", "#9aa1a8", "#3c4048", "#c7ccd0", angle=90)
    with sheet.shadow(24, 0.5) as dark:
        dark.pill((372, 170, 652, 650), 140, "#ffffff")
    sheet.pill((358, 148, 642, 652), 142, "#16191d")
    with sheet.window(steel) as hole:
        hole.pill((366, 156, 634, 644), 134, "#ffffff")
        for rib in (425, 465, 535, 575):
            hole.pill((rib - 11, 196 + abs(rib - 500) * 0.5, rib + 11, 372), 11, "#000000")
            hole.pill((rib - 11, 448, rib + 11, 604 - abs(rib - 500) * 0.5), 11, "#000000")
        hole.box(358, 384, 642, 396, "#000000")
        hole.box(358, 424, 642, 436, "#000000")
        hole.box(458, 668, 542, 1000, "#ffffff")
        hole.shape([(400, 650), (600, 650), (560, 720), (440, 720)], "#ffffff")
    sheet.pill((480, 398, 520, 422), 6, "#c8452f")
    return sheet.finished()


def amplifier() -> Image.Image:
    """The face of an amplifier."""
    sheet = Sheet(flat("#e85d04"), seed="Rock 2")
    sheet.pill((50, 50, 950, 950), 30, "#fff3d6")
    sheet.pill((62, 62, 938, 938), 24, "#d14f00")
    sheet.box(95, 95, 905, 275, "#fff3d6")
    for knob in range(6):
        x = 175 + knob * 112
        sheet.disc(x, 185, 48, "#15110f")
        sheet.disc(x, 185, 34, "#3a322c")
        sheet.line([(x, 185), around(x, 185, 44, -150 + knob * 47)], 8, "#ff9f1c")
    sheet.box(95, 310, 905, 905, "#241a14")
    for thread in range(-90, 142):
        top = 95 + thread * 10.0
        for lean, color in ((595, "#6b5646"), (-595, "#17100c")):
            sheet.line([(top, 310), (top + lean, 905)], 3.2, color, 0.9)
    for x in (0, 905):
        sheet.box(x, 290, x + 95, 925, "#e85d04")
    for x in (62, 905):
        sheet.box(x, 290, x + 33, 925, "#d14f00")
    for x in (50, 938):
        sheet.box(x, 80, x + 12, 920, "#fff3d6")
    sheet.ring(500, 608, 190, 16, "#fff3d6")
    sheet.shape(star(500, 608, (150, 62), 5), "#ff9f1c")
    sheet.glow(842, 185, 120, "#ff3b2f", 0.85)
    sheet.disc(842, 185, 22, "#ff5a3c")
    sheet.disc(836, 178, 8, "#ffe3d6")
    sheet.dim_edges(0.5)
    return sheet.finished(grain=0)


_BODY: list[Point] = [
    (45, -215), (95, -200), (150, -245), (205, -268), (238, -225), (222, -130), (205, -50), (222, 30),
    (272, 120), (282, 225), (205, 312), (0, 335), (-205, 312), (-282, 225), (-272, 120), (-222, 30),
    (-205, -50), (-226, -150), (-255, -255), (-225, -305), (-165, -280), (-100, -205), (-45, -215),
]  # fmt: skip


def guitar() -> Image.Image:
    """An electric guitar, lying on bone."""
    sheet = Sheet(ramp("#efe5d0", "#d9c9ab", angle=30), seed="Rock 3")
    sheet.shape([(0, 560), (1000, 130), (1000, 1000), (0, 1000)], "#15616d")
    with sheet.raised(22, 0.5, drop=28) as paper:
        body = smooth(_BODY)
        paper.shape(_laid(body), "#5e0b15")
        paper.shape(_laid([(x * 0.94, y * 0.94) for x, y in body]), "#c1121f")
        guard = smooth([(-60, -225), (60, -225), (165, -150), (130, 30), (170, 200), (90, 230), (-70, 90)])
        paper.shape(_laid(guard), "#f5ead2")
        paper.shape(_laid(plank(0, -640, 66, 980)), "#3a2317")
        for fret in range(19):
            paper.shape(_laid(plank(0, -190 - fret * 48, 66, 4)), "#d9c38f")
        for y in (-90, 10, 110):
            paper.shape(_laid(plank(0, y, 118, 38)), "#1b1b1e")
        paper.shape(_laid(plank(0, 200, 130, 44)), "#c9ccd1")
        for x, y in ((125, 150), (150, 225)):
            paper.shape(_laid(egg(x, y, 26, 26)), "#1b1b1e")
            paper.shape(_laid(egg(x, y, 16, 16)), "#d9c38f")
        for string in range(6):
            off = string - 2.5
            paper.line(_laid([(off * 10, -1200), (off * 17, 200)]), 2.6, "#f4f1e8")
    return sheet.finished()


def _laid(points: Sequence[Point]) -> list[Point]:
    return turned([(x * 1.16 + 400, y * 1.16 + 640) for x, y in points], 42, (400, 640))


def speaker_stack() -> Image.Image:
    """A wall of loudspeakers in signal yellow."""
    sheet = Sheet(flat("#ffd60a"), seed="EDM 2")
    boxes = ((-10, -10, 620, 610, 1), (630, -10, 1010, 300, 0), (630, 310, 1010, 610, 0))
    for left, top, right, bottom, _ in (*boxes, (-10, 620, 300, 1010, 0), (310, 620, 1010, 1010, 1)):
        sheet.pill((left, top, right, bottom), 22, "#141414")
        sheet.pill((left + 12, top + 12, right - 12, bottom - 12), 16, "#232326")
    tones = ("#ffd60a", "#0c0c0d", "#3b3b40", "#ffd60a")
    for x, y, r in ((305, 300, 265), (820, 145, 118), (820, 460, 118), (145, 815, 125)):
        _cone(sheet, (x, y), r, tones)
    _cone(sheet, (560, 815), 165, ("#f72585", "#0c0c0d", "#3b3b40", "#f72585"))
    _cone(sheet, (870, 815), 112, tones)
    for x in (345, 960):
        sheet.disc(x, 655, 8, "#77777d")
    return sheet.finished(grain=0)


def synthesiser() -> Image.Image:
    """A keyboard instrument afloat in peach."""
    sheet = Sheet(ramp("#ffd8be", "#ff9f8a", angle=-25), seed="Synth Pop 2")
    sheet.disc(700, 300, 240, "#ffe9d9")
    with sheet.raised(26, 0.35, drop=36, turn=20) as paper:
        paper.pill((40, 330, 960, 690), 28, "#0b7285")
        paper.pill((40, 330, 960, 660), 28, "#22b8cf")
        for knob in range(5):
            paper.disc(112 + knob * 78, 400, 29, "#0b5563")
            paper.line(
                [(112 + knob * 78, 400), around(112 + knob * 78, 400, 26, 200 + knob * 55)], 6, "#fff4e6"
            )
        paper.pill((500, 362, 700, 440), 10, "#0b3a45")
        wave: list[Point] = [(512 + x * 4, 401 + 24 * sin(x / 6.5) * sin(x / 15)) for x in range(45)]
        paper.line(wave, 5, "#8ff7c3")
        for slider in range(6):
            x = 738 + slider * 35
            paper.box(x - 3, 360, x + 3, 442, "#0b5563")
            paper.pill((x - 11, 370 + slider * 37 % 55, x + 11, 386 + slider * 37 % 55), 5, "#ffd43b")
        paper.box(70, 470, 930, 650, "#0b3a45")
        for key in range(15):
            paper.pill((72 + key * 57.2, 470, 125 + key * 57.2, 648), 6, "#fff9f0" if key != 8 else "#ff8787")
        for key in range(14):
            if key % 7 not in {2, 6}:
                paper.pill((108 + key * 57.2, 470, 146 + key * 57.2, 580), 4, "#152b33")
    return sheet.finished()


def congas() -> Image.Image:
    """Three drums against a pink wall."""
    sheet = Sheet(flat("#ff6b9a"), seed="Latin 4")
    sheet.box(0, 720, 1000, 1000, "#2a1a5e")
    sheet.disc(500, 430, 350, "#ffb3c7")
    for x, size, colors in (
        (215, 0.86, ("#ffca3a", "#ff924c")), (785, 0.86, ("#8ac926", "#3d8c40")),
        (500, 1.12, ("#1fc8db", "#1273a8")),
    ):  # fmt: skip
        _conga(sheet, x, size, colors)
    return sheet.finished()


def _conga(sheet: Sheet, x: float, size: float, colors: tuple[str, str]) -> None:
    def at(px: float, py: float) -> Point:
        return x + px * size, 900 + py * size

    side = smooth([at(-118, -560), at(-160, -360), at(-120, -120), at(-88, 0)], closed=False)
    outline = [*side, *[(2 * x - px, py) for px, py in reversed(side)]]
    with sheet.shadow(18, 0.5) as dark:
        dark.shape([(px + 26, py + 16) for px, py in outline], "#ffffff")
    with sheet.window(ramp(*colors, angle=90)) as hole:
        hole.shape(outline, "#ffffff")
    for stave in (-0.6, -0.2, 0.2, 0.6):
        sheet.line([(x + (px - x) * stave, py) for px, py in side], 3 * size, "#1b1036", 0.35)
    for px in (-104, -36, 36, 104):
        sheet.line([at(px * 1.06, -548), at(px * 1.32, -400)], 9 * size, "#f8f9fa")
    for part in (12, 16):
        band = side[part : part + 3]
        sheet.shape([*band, *[(2 * x - px, py) for px, py in reversed(band)]], "#1b1036", 0.55)
    sheet.shape(egg(x, 900 - 560 * size, 126 * size, 40 * size), "#1b1036")
    sheet.shape(egg(x, 900 - 568 * size, 118 * size, 34 * size), "#fff3d6")


def log_drum() -> Image.Image:
    """Wooden bars in a fan, and two mallets."""
    sheet = Sheet(ramp("#0f4c3a", "#062a22"), seed="Amapiano 4")
    woods = ("#8d4a1f", "#a85b26", "#c4722f", "#d98a3d", "#e8a552", "#f2bf70", "#f7d38f", "#fbe3b1")
    with sheet.raised(14, 0.55, drop=20, turn=12) as paper:
        for y in (340, 670):
            lean = 60 if y < 500 else -60
            paper.line([(30, y - lean), (970, y + lean)], 26, "#1d120b")
        for bar, color in enumerate(woods):
            x, tall = 92 + bar * 116.5, 760 - bar * 56
            paper.pill((x - 47, 505 - tall / 2, x + 47, 505 + tall / 2), 18, color)
            paper.box(x - 47, 530 - tall / 2, x - 39, 480 + tall / 2, mixed(color, "#ffffff", 0.3))
            for hole in (-1, 1):
                paper.disc(x, 505 + hole * (tall / 2 - 60 - bar * 3), 9, "#1d120b")
    for head, end in (((330, 520), (110, 1010)), ((660, 440), (900, 1010))):
        with sheet.raised(10, 0.5, drop=24) as paper:
            paper.rope([head, end], 16, "#f4ead7")
            paper.disc(*head, 52, "#e63946")
            paper.slice(*head, 52, (170, 290), "#ff6b6b")
    return sheet.finished()


def drum_head() -> Image.Image:
    """A laced drum seen from above."""
    sheet = Sheet(orb("#1d3c8f", "#0e1f57", "#080f30", reach=720), seed="Afrobeats 3")
    for tip in range(24):
        near, far = around(500, 500, 395, tip * 15), around(500, 500, 478, tip * 15 + 7.5)
        sheet.line([near, far, around(500, 500, 395, tip * 15 + 15)], 9, "#f4c26b")
    rings = ((430, "#0b0a14"), (412, "#e4572e"), (372, "#0b0a14"), (362, "#f7e1b5"))
    with sheet.shadow(26, 0.6) as dark:
        dark.disc(512, 522, 432, "#ffffff")
    for r, color in rings:
        sheet.disc(500, 500, r, color)
    for tooth in range(28):
        angle = tooth * 360 / 28
        sheet.disc(*around(500, 500, 392, angle), 12, "#f7e1b5")
        sheet.shape(
            [
                around(500, 500, 352, angle - 6),
                around(500, 500, 352, angle + 6),
                around(500, 500, 296, angle),
            ],
            "#1b1b2f",
        )
    sheet.ring(500, 500, 290, 9, "#1b1b2f")
    with sheet.window(orb("#fff1cf", "#eab766", "#c47a35", reach=310)) as hole:
        hole.disc(500, 500, 270, "#ffffff")
    for ray in range(8):
        sheet.shape(leaf(around(500, 500, 70, ray * 45), around(500, 500, 235, ray * 45), 62), "#b23a1e")
        sheet.shape(leaf(around(500, 500, 95, ray * 45), around(500, 500, 200, ray * 45), 24), "#1b1b2f")
    sheet.ring(500, 500, 62, 12, "#1b1b2f")
    sheet.disc(500, 500, 28, "#b23a1e")
    return sheet.finished(grain=0)
