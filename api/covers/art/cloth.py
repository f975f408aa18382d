"""Sleeves like woven, printed, sewn and built patterns."""

from math import sin
from random import Random

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, blurred, clouds, flat, mixed, ramp, tinted
from api.covers.art.forms import arc, egg, hoop, leaf, ngon, plank, smooth


def quilt() -> Image.Image:
    """Blocks of worn cloth, sewn around their middles."""
    sheet = Sheet(flat("#efe3cc"), seed="Soul 2")
    tones = ("#27476e", "#9e2a2b", "#e09f3e", "#335c67", "#efe3cc", "#6b2737", "#8fa3ad")
    for block in range(9):
        left, top, size = block % 3 * 340.0 - 10, block // 3 * 340.0 - 10, 340.0
        inner = [left, top, left + size, top + size]
        for strip in range(16):
            side = (strip + block) % 4
            wide = sheet.random.uniform(24, 42)
            color = sheet.random.choice(tones)
            box = list(inner)
            box[(side + 2) % 4] = inner[side] + (wide if side < 2 else -wide)
            inner[side] += wide if side < 2 else -wide
            _patch(
                sheet,
                (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])),
                color,
            )
            if inner[2] - inner[0] < 70 or inner[3] - inner[1] < 70:
                break
        _patch(sheet, (inner[0], inner[1], inner[2], inner[3]), "#c8452d")
    sheet.dim_edges(0.4)
    return sheet.finished(grain=0.12)


def _patch(sheet: Sheet, box: tuple[float, float, float, float], color: str) -> None:
    left, top, right, bottom = box
    sheet.box(*box, mixed(color, "#ffffff", sheet.random.uniform(0, 0.12)))
    sheet.line([(left, bottom), (right, bottom), (right, top)], 4, "#1b1210", 0.35)
    for x in range(int(left) + 8, int(right), 16):
        sheet.line([(x, top + 7), (x + 7, top + 7)], 2.2, "#fff7e6", 0.7)


def seventies_stripes() -> Image.Image:
    """Five stripes that turn together."""
    sheet = Sheet(flat("#f6e7cb"), seed="Soul 3")
    for step, color in enumerate(("#5b2a1e", "#a63d2f", "#d9722e", "#e9a53f", "#3f7d78")):
        near, far = 330 - step * 62.0, 268 - step * 62.0
        sheet.box(-10, 560 + far, 331, 560 + near, color)
        sheet.shape(hoop(330, 560, (near, far), 0, 90), color)
        sheet.box(330 + far, 410, 330 + near, 561, color)
        sheet.shape(hoop(1000, 411, (670 - far, 670 - near), 180, 270), color)
    sheet.disc(790, 760, 130, "#d9722e")
    sheet.disc(790, 760, 88, "#f6e7cb")
    sheet.disc(790, 760, 48, "#a63d2f")
    return sheet.finished(grain=0.2)


def bauhaus() -> Image.Image:
    """Big plain shapes in balance."""
    sheet = Sheet(flat("#efe9dc"), seed="House 2")
    sheet.box(0, 0, 420, 620, "#1d3f9e")
    sheet.box(420, 620, 1000, 1000, "#f2b705")
    sheet.slice(420, 620, 420, (180, 270), "#efe9dc")
    sheet.slice(420, 620, 580, (-90, 0), "#d8261c")
    sheet.slice(420, 620, 330, (-90, 0), "#efe9dc")
    sheet.slice(420, 620, 170, (-90, 0), "#141414")
    sheet.disc(710, 810, 150, "#141414")
    sheet.slice(710, 810, 150, (45, 225), "#efe9dc")
    for stripe in range(8):
        sheet.box(0, 640 + stripe * 46, 400, 663 + stripe * 46, "#141414")
    sheet.box(400, 0, 424, 1000, "#141414")
    sheet.box(0, 608, 1000, 632, "#141414")
    sheet.shape([(60, 60), (210, 60), (60, 210)], "#f2b705")
    for dot in range(9):
        sheet.disc(900 + dot % 3 * 36, 60 + dot // 3 * 36, 11, "#141414")
    return sheet.finished()


def mud_cloth() -> Image.Image:
    """White signs on earth-dark cloth."""
    sheet = Sheet(flat("#241712"), seed="Afrobeats 2")
    sheet.lay(tinted(blurred(clouds(sheet.random, 4), 20), "#1b100c", "#33211a"))
    for row, draw in enumerate((_zigzags, _crosses, _diamonds, _zigzags, _nets, _crosses)):
        top = 20 + row * 163.0
        sheet.box(0, top - 12, 1000, top - 5, "#efe2c8")
        draw(sheet, top)
    return sheet.finished(grain=0)


def _zigzags(sheet: Sheet, top: float) -> None:
    for line in range(3):
        points = [(x * 50.0, top + 28 + line * 32 + (x % 2) * 44) for x in range(21)]
        sheet.line(points, 11, "#efe2c8")


def _crosses(sheet: Sheet, top: float) -> None:
    for column in range(8):
        x, y = 62 + column * 125.0, top + 75
        sheet.shape(plank(x, y, 92, 15, 45), "#efe2c8")
        sheet.shape(plank(x, y, 92, 15, -45), "#efe2c8")
        for turn in range(4):
            sheet.disc(*around(x, y, 46, turn * 90), 9, "#efe2c8")


def _diamonds(sheet: Sheet, top: float) -> None:
    for column in range(7):
        x, y = 71 + column * 143.0, top + 75
        for r, color in ((70, "#efe2c8"), (54, "#241712"), (38, "#c46a2b"), (20, "#241712")):
            sheet.shape(ngon(x, y, r, 4), color)


def _nets(sheet: Sheet, top: float) -> None:
    for column in range(34):
        x = column * 30.0
        sheet.line([(x, top + 10), (x + 30, top + 75), (x, top + 140)], 6, "#efe2c8")
        sheet.disc(x + 8, top + 75, 6, "#efe2c8")


def wax_print() -> Image.Image:
    """Great blooms of printed cotton."""
    sheet = Sheet(flat("#0b3d5c"), seed="Afro-Pop 2")
    for row in range(24):
        for column in range(24):
            sheet.disc(column * 44 + row % 2 * 22, row * 44, 5, "#16698f")
    _bloom(sheet, (300, 330), 1.25)
    _bloom(sheet, (800, 700), 1.15)
    _bloom(sheet, (820, 130), 0.75)
    _bloom(sheet, (170, 860), 0.8)
    _bloom(sheet, (500, 1010), 0.5)
    _bloom(sheet, (1000, 400), 0.5)
    return sheet.finished(grain=0)


def _bloom(sheet: Sheet, at: Point, size: float) -> None:
    for petal in range(12):
        sheet.shape(leaf(at, around(*at, 255 * size, petal * 30), 150 * size), "#fff4d6")
    for petal in range(12):
        tip = around(*at, 238 * size, petal * 30)
        sheet.shape(leaf(at, tip, 112 * size), "#ff7b00" if petal % 2 else "#e5195f")
        for vein in (0.5, 0.64, 0.78):
            sheet.disc(*around(*at, 238 * size * vein, petal * 30), 11 * size * vein, "#ffd60a")
    for r, color in ((108, "#fff4d6"), (96, "#0b3d5c"), (66, "#ffd60a"), (40, "#e5195f")):
        sheet.disc(*at, r * size, color)
    for seed in range(16):
        sheet.disc(*around(*at, 81 * size, seed * 22.5), 8 * size, "#fff4d6")


def beadwork() -> Image.Image:
    """A collar of beads."""
    sheet = Sheet(flat("#f3ede0"), seed="Afro-Pop 3")
    rows = (
        "#e01e37",
        "#ffffff",
        "#1768ac",
        "#f6aa1c",
        "#e01e37",
        "#2a9d4b",
        "#ffffff",
        "#1b1b1e",
        "#f6aa1c",
        "#1768ac",
        "#ffffff",
        "#e01e37",
    )
    with sheet.shadow(20, 0.4) as dark:
        dark.ring(500, 120, 830, 640, "#ffffff")
    for row, color in enumerate(rows):
        r = 250 + row * 49.0
        count = round(r * 2 * 3.1416 / 47)
        for bead in range(count):
            x, y = around(500, 60, r, bead * 360 / count)
            if y < -40 or y > 1040 or not -40 < x < 1040:
                continue
            tone = rows[(row + 4) % 12] if (bead // 3) % 4 == 0 and row % 3 == 1 else color
            sheet.disc(x, y + 5, 24, "#3a2a20", 0.35)
            sheet.disc(x, y, 22.5, mixed(tone, "#000000", 0.18))
            sheet.disc(x - 2, y - 3, 18, tone)
            sheet.disc(x - 8, y - 9, 5, "#ffffff", 0.8)
    return sheet.finished(grain=0)


def basket() -> Image.Image:
    """A coiled basket from above."""
    sheet = Sheet(flat("#e85d75"), seed="Afro-Pop 4")
    with sheet.shadow(30, 0.5) as dark:
        dark.disc(510, 530, 440, "#ffffff")
    tones = ("#f4e1b9", "#1f6f5c", "#f0a202", "#3b1f2b")
    for coil in range(19):
        r = 442 - coil * 23.0
        count = max(10, round(r / 3.2))
        sheet.disc(500, 500, r, "#8a6a3d")
        for stitch in range(count):
            turn = stitch * 360 / count + coil * 2
            wave = (turn / 360 * 12 + coil * 0.42) % 2
            band = 0 if coil in {0, 9, 10} else 1 if wave < 0.75 else 2 if wave < 1 else 0 if coil < 9 else 3
            sheet.line(
                [around(500, 500, r - 1, turn), around(500, 500, r - 21, turn + 1.6)],
                2 * 3.1416 * r / count * 0.86,
                tones[band],
            )
    sheet.disc(500, 500, 12, "#3b1f2b")
    return sheet.finished(grain=0)


def house_paint() -> Image.Image:
    """A wall painted with bold outlines."""
    sheet = Sheet(flat("#fdf6e3"), seed="Amapiano 3")
    tones = ("#0077b6", "#f72585", "#ffb703", "#2a9d5c", "#8e44ad", "#e85d04")
    for x, mirror in ((0, 1), (1000, -1)):

        def at(px: float, py: float, x: float = x, mirror: int = mirror) -> Point:
            return x + px * mirror, py

        for step in range(5):
            top = 60 + step * 190.0
            _outlined(sheet, [at(0, top), at(190, top + 95), at(0, top + 190)], tones[step])
            _outlined(sheet, [at(0, top + 55), at(84, top + 95), at(0, top + 135)], tones[(step + 2) % 6])
        for step in range(3):
            low, high = 70 + step * 300, 330 + step * 300
            _outlined(
                sheet, [at(200, low), at(345, low), at(345, high), at(200, high)], tones[(step + 3) % 6]
            )
            _outlined(sheet, ngon(*at(272, low + 130), 62, 4), "#fdf6e3")
            _outlined(sheet, ngon(*at(272, low + 130), 26, 4), tones[step])
    for step, color in enumerate(("#f72585", "#ffb703", "#fdf6e3", "#0077b6")):
        half, tall = 138 - step * 33, 440 - step * 82
        stairs: list[Point] = [(500, 500 - tall)]
        for part in range(4):
            stairs += [
                (500 + half * (part + 1) / 4, 500 - tall * (4 - part) / 4),
                (500 + half * (part + 1) / 4, 500 - tall * (3 - part) / 4),
            ]
        right = [*stairs, *[(x, 1000 - y) for x, y in reversed(stairs)]]
        _outlined(sheet, [*right, *[(1000 - x, y) for x, y in reversed(right)]], color)
    for y in (0, 960):
        sheet.box(0, y, 1000, y + 40, "#141414")
    return sheet.finished(grain=0)


def _outlined(sheet: Sheet, points: list[Point], color: str) -> None:
    sheet.shape(points, color)
    sheet.line([*points, *points[:2]], 12, "#141414")


def paper_banners() -> Image.Image:
    """Cut paper on strings above a square."""
    sheet = Sheet(ramp("#0a9396", "#94d2bd", "#e9f5db"), seed="Latin 2")
    tones = ("#f72585", "#ff9f1c", "#7209b7", "#ffd60a", "#d00000", "#3a86ff")
    for row, size in enumerate((0.8, 1.0, 1.25)):
        top = -40 + row * 310.0
        with sheet.raised(12, 0.35, drop=24) as paper:
            sag = [(x * 10.0, top + 70 * sin(x * 0.0314)) for x in range(-2, 103)]
            for flag in range(6):
                wide = 200 * size
                x = flag * (wide + 14) - 120 + row * 50
                y = top + 70 * sin((x + wide / 2) * 0.00314)
                _banner(paper, (x, y), (wide, 235 * size), tones[(flag + row * 2) % 6])
            paper.line(sag, 5, "#f8f9fa")
    return sheet.finished()


def _banner(sheet: Sheet, at: Point, size: Point, color: str) -> None:
    x, y = at
    wide, tall = size
    scallops = [
        point
        for part in range(5)
        for point in arc(x + wide * (0.9 - part * 0.2), y + tall, wide * 0.1, 0, 180)
    ]
    sheet.shape([(x, y), (x + wide, y), *scallops], color)
    sheet.image.paste((0, 0, 0, 0), mask=_holes((x + wide / 2, y + tall / 2), wide / 2))


def _holes(at: Point, r: float) -> Image.Image:
    cut = Sheet(flat("#000000"), seed="")
    for petal in range(8):
        cut.shape(
            leaf(around(*at, r * 0.2, petal * 45), around(*at, r * 0.62, petal * 45), r * 0.26), "#ffffff"
        )
    for turn in (-135, -45, 45, 135):
        cut.shape(ngon(*around(*at, r * 1.02, turn), r * 0.16, 4), "#ffffff")
    cut.ring(*at, r * 0.14, r * 0.08, "#ffffff")
    return cut.image.convert("L")


def truchet() -> Image.Image:
    """A pipe that never ends."""
    sheet = Sheet(flat("#14342b"), seed="Alternative 4")
    cell = 125.0
    for wide, color in ((74, "#0b1f1a"), (58, "#c9e265"), (20, "#14342b")):
        dice = Random("turns")  # noqa: S311 -- chance in a picture; each pass takes the same turns
        for row in range(8):
            for column in range(8):
                x, y = column * cell, row * cell
                flip = dice.random() < 0.5
                corners = (
                    ((x, y, 0), (x + cell, y + cell, 180))
                    if flip
                    else ((x + cell, y, 90), (x, y + cell, 270))
                )
                for cx, cy, start in corners:
                    radii = ((cell + wide) / 2, (cell - wide) / 2)
                    sheet.shape(hoop(cx, cy, radii, start - 1, start + 91), color)
    sheet.disc(687, 312, 62, "#ff5d3a")
    return sheet.finished(grain=0)


def gingham() -> Image.Image:
    """A picnic cloth, and daisies."""
    sheet = Sheet(flat("#fffaf2"), seed="Indie Pop 4")
    for line in range(7):
        at = line * 160.0 - 40
        sheet.box(at, 0, at + 80, 1000, "#7cb9e8", 0.55)
        sheet.box(0, at, 1000, at + 80, "#7cb9e8", 0.55)
    for x, y, r, petals in (
        (330, 350, 235, 15), (720, 640, 200, 13), (780, 210, 110, 11), (190, 790, 130, 12),
        (500, 900, 70, 10),
    ):  # fmt: skip
        with sheet.raised(14, 0.35, drop=18) as paper:
            for ring in (0, 1):
                for petal in range(petals):
                    turn = (petal + ring / 2) * 360 / petals
                    tip = around(x, y, r * (1 - ring * 0.12), turn)
                    paper.shape(leaf((x, y), tip, r * 0.36), "#fff" if ring else "#ece6f2")
            paper.disc(x, y, r * 0.3, "#f5a300")
            for seed in range(40):
                paper.disc(*around(x, y, r * 0.27 * (seed / 40) ** 0.5, seed * 137.5), r * 0.022, "#ffd24a")
    return sheet.finished()


def collage() -> Image.Image:
    """Torn paper: hills, a moon and a fern."""
    sheet = Sheet(flat("#ece5d8"), seed="Alternative 3")
    for tone, edge, drop in (("#8d99ae", 330, 0.16), ("#ef8354", 520, -0.3), ("#2d3142", 700, 0.22)):
        torn = [(x, edge + (x - 500) * drop + sheet.random.uniform(-13, 13)) for x in range(-20, 1030, 12)]
        for shift, color in ((0, "#faf6ee"), (16, tone)):
            with sheet.raised(9, 0.4, drop=4) as paper:
                rough = [(x, y + shift + sheet.random.uniform(-5, 5)) for x, y in torn]
                paper.shape([*rough, (1030, 1030), (-20, 1030)], color)
    with sheet.raised(14, 0.45, drop=14) as paper:
        moon = [around(680, 330, 205 + sheet.random.uniform(-3, 3), turn * 3) for turn in range(120)]
        paper.shape(moon, "#faf6ee")
        paper.shape([around(680, 330, 188, turn * 3) for turn in range(120)], "#e4d35f")
        for x, y, r in ((630, 280, 38), (740, 350, 52), (650, 420, 24)):
            paper.shape(egg(x, y, r, r * 0.9), "#c9b63f")
    with sheet.raised(9, 0.45, drop=12) as paper:
        spine = smooth([(200, 1010), (235, 760), (330, 520), (470, 300)], closed=False)
        paper.line(spine, 13, "#1b1f2e")
        for at in range(4, len(spine), 4):
            for side in (-1, 1):
                long, turn = 215 - at * 4.6, -62 + side * (62 - at * 0.6)
                paper.shape(
                    leaf(spine[at], around(*spine[at], long, turn), 62), "#2a9d8f" if side > 0 else "#1b1f2e"
                )
    return sheet.finished(grain=0.2)
