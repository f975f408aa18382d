"""Sleeves of signals and optical tricks."""

from itertools import pairwise
from math import cos, pi, sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, flat, mixed, orb, ramp
from api.covers.art.forms import arc, egg, moved, ngon, plank, smooth, turned


def television() -> Image.Image:
    """A set that shows nothing but colours."""
    sheet = Sheet(flat("#ffd23f"), seed="Synth Pop 4")
    for r, color in ((440, "#ffdc6b"), (330, "#ffe697")):
        sheet.disc(500, 540, r, color)
    with sheet.raised(22, 0.4, drop=26) as paper:
        for x in (300, 690):
            paper.rope([(495, 300), (x, 90)], 13, "#2d1b5e")
            paper.disc(x, 90, 20, "#ff3d7f")
        for x in (270, 730):
            paper.shape([(x - 40, 780), (x + 40, 780), (x + (x - 500) * 0.2, 905)], "#2d1b5e")
        paper.pill((140, 285, 860, 810), 70, "#6a3de8")
        paper.pill((140, 285, 860, 790), 70, "#8257ff")
        paper.pill((190, 335, 680, 745), 76, "#2d1b5e")
        for knob, color in ((430, "#ff3d7f"), (550, "#ffd23f")):
            paper.disc(770, knob, 42, "#2d1b5e")
            paper.disc(770, knob, 30, color)
        for slot in range(4):
            paper.pill((726, 640 + slot * 28, 814, 652 + slot * 28), 6, "#2d1b5e")
    tones = ("#f8f9fa", "#ffe14d", "#2de2e6", "#38e86f", "#ff3d7f", "#ff4b3e", "#3d5afe")
    bars = Sheet(flat("#101024"), seed="")
    for bar, color in enumerate(tones):
        bars.box(200 + bar * 67, 300, 268 + bar * 67, 640, color)
        bars.box(200 + bar * 67, 640, 268 + bar * 67, 680, tones[(bar * 3 + 5) % 7])
    with sheet.window(bars.image) as hole:
        hole.pill((212, 357, 658, 723), 60, "#ffffff")
    sheet.shape([(250, 372), (420, 366), (300, 540), (228, 560), (226, 410)], "#ffffff", 0.25)
    return sheet.finished()


def streamers() -> Image.Image:
    """Paper ribbons that fall in curls."""
    sheet = Sheet(ramp("#3a2bff", "#6f5bff"), seed="Dance Pop 3")
    for x, color in (
        (130, "#ffe14d"), (330, "#ff5fa2"), (520, "#ffffff"), (720, "#29e7cd"), (900, "#ff8a3d"),
    ):  # fmt: skip
        phase, wide = sheet.random.uniform(0, 6), sheet.random.uniform(48, 66)
        with sheet.raised(10, 0.35, drop=16) as paper:
            for back in (True, False):
                for step in range(-10, 210):
                    turn = step / 9.5 + phase
                    if (cos(turn) < 0) == back:
                        px, y = x + 78 * sin(turn) + step * 0.35 - 35, step * 5.0
                        tone = mixed(color, "#1b0f8a", 0.45) if back else color
                        nx = 78 * sin(turn + 1 / 9.5) + x + (step + 1) * 0.35 - 35
                        paper.shape([(px, y), (nx, y + 5), (nx, y + 5 + wide), (px, y + wide)], tone)
    for _ in range(120):
        at = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)
        tone = sheet.random.choice(("#ffe14d", "#ff5fa2", "#ffffff", "#29e7cd", "#ff8a3d"))
        sheet.shape(plank(*at, sheet.random.uniform(8, 22), 12, sheet.random.uniform(0, 180)), tone)
    return sheet.finished()


def wire_globe() -> Image.Image:
    """A globe of red lines on paper."""
    sheet = Sheet(flat("#f4ecdf"), seed="Electronic 2")
    ring = turned(egg(500, 500, 470, 118), -24, (500, 500))
    sheet.line([*ring[36:], ring[0]], 9, "#16213e")
    lines = [[_seen(step * 5 - 90, meridian * 15) for step in range(37)] for meridian in range(24)]
    lines += [[_seen(parallel, step * 5) for step in range(73)] for parallel in range(-75, 90, 15)]
    sheet.disc(500, 500, 342, "#f4ecdf", 0.85)
    for front in (False, True):
        for line in lines:
            _wire(sheet, line, front=front)
    sheet.line(ring[:37], 9, "#16213e")
    sheet.disc(*ring[8], 52, "#16213e")
    return sheet.finished()


def _seen(latitude: float, longitude: float) -> tuple[float, float, float]:
    """A place on the globe, turned towards the onlooker: across, down, and near."""
    x, z = around(0, 0, 340 * cos(latitude * pi / 180), longitude)
    y = 340 * sin(latitude * pi / 180)
    ((y, z),) = turned([(y, z)], 32)
    ((x, y),) = turned([(x, y)], -24)
    return 500 + x, 500 + y, z


def _wire(sheet: Sheet, places: list[tuple[float, float, float]], *, front: bool) -> None:
    for one, two in pairwise(places):
        if (one[2] > 0) == front:
            sheet.line([one[:2], two[:2]], 6.5 if front else 2.4, "#e4322b" if front else "#eebbb0")


def circuit() -> Image.Image:
    """A chip, and where its lines lead."""
    sheet = Sheet(flat("#06382f"), seed="Electronic 3")
    for side in range(4):
        for pin in range(11):
            off = (pin - 5) * 34.0
            bend, long = 210 + abs(pin - 5) * 22 + sheet.random.uniform(0, 60), sheet.random.uniform(120, 420)
            spread = off * 2.1 + (1 if off > 0 else -1) * 10
            path: list[Point] = [
                (200, off), (bend, off), (bend + abs(spread - off), spread),
                (bend + abs(spread - off) + long, spread),
            ]  # fmt: skip
            path = moved(turned(path, side * 90), 500, 500)
            sheet.line(path, 9, "#d9a441")
            sheet.disc(*path[-1], 15, "#f4cf78")
            sheet.disc(*path[-1], 7, "#06382f")
            sheet.shape(moved(turned(plank(215, off, 60, 18), side * 90), 500, 500), "#e8e8e0")
    with sheet.raised(16, 0.6, drop=14) as paper:
        paper.pill((300, 300, 700, 700), 22, "#101418")
        paper.pill((318, 318, 682, 682), 14, "#1b2127")
    sheet.disc(362, 638, 20, "#0b0e11")
    for ring, color in enumerate(("#14e0a1", "#0fa97b", "#0b7a5c")):
        sheet.line([*ngon(500, 500, 105 - ring * 30, 6), *ngon(500, 500, 105 - ring * 30, 6)[:2]], 9, color)
    sheet.glow(500, 500, 210, "#14e0a1", 0.35)
    sheet.dim_edges(0.6)
    return sheet.finished()


def twisted_squares() -> Image.Image:
    """Squares that turn as they shrink."""
    sheet = Sheet(flat("#e3120b"), seed="Techno 2")
    for step in range(44):
        r = 1040 * 0.9**step
        sheet.shape(ngon(500, 500, r, 4, -45 + step * 5.2), "#0a0a0a" if step % 2 else "#e3120b")
    sheet.disc(500, 500, 14, "#ffffff")
    return sheet.finished(grain=0)


def concrete() -> Image.Image:
    """A field of grey blocks, and one with light inside."""
    sheet = Sheet(flat("#c9c7c2"), seed="Techno 3")
    size = 108.0
    for total in range(-3, 24):
        for a in range(max(-2, total - 13), min(14, total + 3)):
            x, y = 500 + (2 * a - total) * size * 0.866, 40 + total * size / 2
            lit = (a, total) == (6, 12)
            _column(sheet, (x, y), size, 210 if lit else sheet.random.choice((20, 20, 85, 150)), lit=lit)
    return sheet.finished(grain=0.16)


def _column(sheet: Sheet, at: Point, size: float, tall: float, *, lit: bool) -> None:
    x, y = at
    wide, half = size * 0.866, size / 2
    top = y - tall
    light, left, right = ("#ff7b1c", "#c94f00", "#7d2d00") if lit else ("#d8d5cf", "#8f8d89", "#4b4a4a")
    light = mixed(light, "#8f8d89", max(0.0, 0.5 - tall / 600)) if not lit else light
    sheet.shape([(x - wide, top), (x, top + half), (x, y + 400), (x - wide, y + 400)], left)
    sheet.shape([(x + wide, top), (x, top + half), (x, y + 400), (x + wide, y + 400)], right)
    sheet.shape([(x, top - half), (x + wide, top), (x, top + half), (x - wide, top)], light)


def halftone() -> Image.Image:
    """Dots that swell in waves."""
    sheet = Sheet(flat("#ff5a1f"), seed="Techno 4")
    for row in range(-1, 31):
        for column in range(-1, 31):
            x, y = column * 34 + row % 2 * 17, row * 34
            far = ((x - 280) ** 2 + (y - 700) ** 2) ** 0.5
            near = ((x - 860) ** 2 + (y - 160) ** 2) ** 0.5
            swing = sin(far / 62) + sin(near / 48)
            sheet.disc(x, y, max(1.5, 10.4 + 4.6 * swing + 0.006 * (y - x)), "#120a08")
    return sheet.finished(grain=0)


def coil() -> Image.Image:
    """A tube of many colours, knotted."""
    sheet = Sheet(ramp("#eef0f4", "#d5d9e6"), seed="Alternative R&B 4")
    tones = ("#0b132b", "#3a0ca3", "#b5179e", "#ff6b6b", "#ffd166", "#06d6a0", "#118ab2", "#0b132b")
    path: list[Point] = [
        (500 + 300 * sin(t * 2 + 0.6) + 60 * sin(t), 500 + 330 * sin(t * 3))
        for t in (step / 620 * 2 * pi for step in range(621))
    ]
    with sheet.shadow(30, 0.4) as dark:
        dark.line([(x + 20, y + 46) for x, y in path], 130, "#ffffff")
    for step, (x, y) in enumerate(path):
        share = step / 620 * 7
        color = mixed(tones[min(int(share), 6)], tones[min(int(share), 6) + 1], share % 1)
        sheet.disc(x, y, 88, mixed(color, "#ffffff", 0.42))
        sheet.disc(x, y, 85, color)
    sheet.disc(*path[-1], 85, "#0b132b")
    for r in (70, 52, 34, 16):
        sheet.ring(*path[-1], r, 3, "#ffd166")
    return sheet.finished(grain=0)


def eye() -> Image.Image:
    """An eye that looks back."""
    sheet = Sheet(flat("#b9a6ea"), seed="Alternative 2")
    for ray in range(36):
        sheet.shape([(500, 520), *arc(500, 520, 900, ray * 10, ray * 10 + 4.2)], "#a48fe0")
    lids: list[Point] = [
        (500 - 450 * cos(step * pi / 24), 520 - 290 * sin(step * pi / 24) ** 1.15) for step in range(25)
    ]
    lower: list[Point] = [(x, 520 + (520 - y) * 0.72) for x, y in reversed(lids)]
    for lash in range(11):
        x, y = lids[2 + lash * 2]
        turn = -150 + lash * 12
        tip = around(x, y, 150 - abs(lash - 5) * 8, turn)
        sheet.shape([around(x, y, 26, turn - 90), tip, around(x, y, 26, turn + 90)], "#16121f")
    sheet.line([*lids, *lower, *lids[:2]], 42, "#16121f")
    sheet.shape([*lids, *lower], "#fff8ec")
    with sheet.window(orb("#ffd23f", "#ff5a36", "#b3122f", center=(500, 510), reach=330)) as hole:
        hole.disc(500, 505, 200, "#ffffff")
    for ray in range(48):
        sheet.line(
            [around(500, 505, 96, ray * 7.5), around(500, 505, 150 + ray * 17 % 48, ray * 7.5)],
            5,
            "#ffe9a8",
            0.7,
        )
    sheet.ring(500, 505, 208, 12, "#16121f")
    sheet.disc(500, 505, 96, "#16121f")
    sheet.disc(555, 452, 40, "#fff8ec")
    sheet.disc(448, 566, 18, "#fff8ec")
    tear = smooth([(500, 770), (528, 850), (552, 905), (500, 958), (448, 905), (472, 850)])
    sheet.shape(tear, "#16121f")
    sheet.shape(moved([(x - 500, y - 890) for x, y in tear], 500, 892, 0.82), "#3ab7d8")
    return sheet.finished()
