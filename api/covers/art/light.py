"""Sleeves of light, signals and optical tricks."""

from math import cos, pi, sin

from PIL import Image

from api.covers.art.brush import Point, Sheet, around, field, flat, mixed, orb, ramp, tinted
from api.covers.art.forms import arc, egg, hoop, moved, ngon, plank, smooth, swell, turned


def strands() -> Image.Image:
    """Hair-thin lines that follow a current."""
    sheet = Sheet(ramp("#1c0b1f", "#2e1130", angle=30), seed="Trap Soul 3")
    current = swell(sheet.random, 620)
    for _ in range(420):
        x, y = sheet.random.uniform(-100, 1000), sheet.random.uniform(-50, 1050)
        path = [(x, y)]
        for _ in range(70):
            x, y = around(x, y, 9, 25 + 150 * current(x, y))
            path.append((x, y))
        share = min(1.0, max(0.0, path[0][1] / 1000 + sheet.random.gauss(0, 0.12)))
        color = mixed("#ffd9a0", mixed("#ff5f8a", "#8a4dff", share), min(1.0, share * 1.8))
        sheet.line(path, sheet.random.choice((2, 3.4, 7)), color, 0.85)
    sheet.dim_edges(0.8)
    return sheet.finished()


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
                light.pill((x, 1404 - y, x + 54, 1431 - y), 7, mixed("#000000", color, max(0.0, 0.34 - lamp * 0.05)))
    sheet.box(0, 714, 1000, 717, "#8f9bff", 0.7)
    return sheet.finished()


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
                    tile = [at(column, top), at(column + 0.9, top), at(column + 0.9, bottom), at(column, bottom)]
                    light.shape(tile, mixed("#000000", color, 0.55 + 0.4 * sheet.random.random()))
    for x, lean, color in ((180, 150, "#ff2fb3"), (500, -40, "#ffe600"), (820, -170, "#00c2ff")):
        beam = Sheet(flat("#000000"), seed="")
        beam.shape([(x - 14, 0), (x + 14, 0), (x + lean + 150, 640), (x + lean - 150, 640)], "#8f8f8f")
        beam.shape(egg(x + lean, 640, 150, 52), "#8f8f8f")
        with sheet.window(ramp("#ffffff", color, color), soft=5) as hole:
            hole.lay(beam.image)
        sheet.pill((x - 34, -20, x + 34, 34), 14, "#05010f")
    return sheet.finished()


def streamers() -> Image.Image:
    """Paper ribbons that fall in curls."""
    sheet = Sheet(ramp("#3a2bff", "#6f5bff"), seed="Dance Pop 3")
    for x, color in ((130, "#ffe14d"), (330, "#ff5fa2"), (520, "#ffffff"), (720, "#29e7cd"), (900, "#ff8a3d")):
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
        x, y = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)
        tone = sheet.random.choice(("#ffe14d", "#ff5fa2", "#ffffff", "#29e7cd", "#ff8a3d"))
        sheet.shape(plank(x, y, sheet.random.uniform(8, 22), 12, sheet.random.uniform(0, 180)), tone)
    return sheet.finished()


def fireworks() -> Image.Image:
    """Three bursts over a bay."""
    sheet = Sheet(ramp("#060b26", "#16204f", "#5b2a6e"), seed="Dance Pop 4")
    bursts = ((330, 330, 300, ("#ffe9a8", "#ff7a2f")), (720, 250, 220, ("#d9fbff", "#1fb6ff")), (640, 560, 170, ("#ffe0f0", "#ff3d9a")))  # noqa: E501
    with sheet.light(9) as light:
        for x, y, r, colors in bursts:
            for _ in range(95):
                turn, reach = sheet.random.uniform(0, 360), r * sheet.random.uniform(0.45, 1) ** 0.5
                path = [(px, py + (part / 9) ** 2 * r * 0.16) for part in range(2, 10) for px, py in [around(x, y, reach * part / 9, turn)]]  # noqa: E501
                for part, (a, b) in enumerate(zip(path, path[1:], strict=False)):
                    light.line([a, b], 1.4 + part * 0.35, mixed(*colors, part / 8), 0.9)
                light.disc(*path[-1], 4.4, colors[0])
            light.disc(x, y, 11, "#ffffff")
    sheet.box(0, 810, 1000, 1000, "#070a1f")
    for x, y, r, colors in bursts:
        for step in range(18):
            wide = r * 0.4 * sheet.random.uniform(0.3, 1)
            sheet.pill((x - wide, 818 + step * 10, x + wide, 821 + step * 10), 1.5, colors[1], 0.4 - step / 60)
        del y
    for x in range(0, 1000, 23):
        sheet.box(x, 810 - sheet.random.uniform(8, 52), x + 24, 812, "#070a1f")
    return sheet.finished()


def wire_globe() -> Image.Image:
    """A globe of red lines on paper."""
    sheet = Sheet(flat("#f4ecdf"), seed="Electronic 2")
    ring = turned(egg(500, 500, 470, 118), -24, (500, 500))
    sheet.line(ring[36:], 9, "#16213e")
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
    for one, two in zip(places, places[1:], strict=False):
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
            path: list[Point] = [(200, off), (bend, off), (bend + abs(spread - off), spread), (bend + abs(spread - off) + long, spread)]  # noqa: E501
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


def bubble() -> Image.Image:
    """A soap bubble in the dark."""
    sheet = Sheet(orb("#2b2f3a", "#12141b", "#08090d", center=(500, 500), reach=760), seed="Electronic 4")
    one, two = swell(sheet.random, 420), swell(sheet.random, 260)

    def film(x: float, y: float) -> float:
        far = ((x - 500) ** 2 + (y - 500) ** 2) / 370**2
        wx = x + 120 * two(x, y)
        return 0.5 + 0.5 * sin(4.2 * one(wx, y + 90 * two(y, x)) + 3.4 * far + y / 210)

    skin = tinted(field(film, 300), "#1b1464", "#0096c7", "#48f0c0", "#fff275", "#ff9f1c", "#f72585", "#7209b7", "#1b1464")
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
        for _ in range(520):
            turn, near = sheet.random.uniform(0, 360), sheet.random.uniform(60, 560)
            far, wide = near * sheet.random.uniform(1.15, 1.9), sheet.random.uniform(0.15, 0.75)
            color = sheet.random.choice(("#ffffff", "#9fe8ff", "#5f8bff", "#ff6bd6"))
            tail = [around(500, 500, near, turn), around(500, 500, far, turn - wide), around(500, 500, far, turn + wide)]
            light.shape(tail, color, 0.9)
    sheet.glow(500, 500, 300, "#e6f7ff", 1)
    return sheet.finished()


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
    return sheet.finished()


def twisted_squares() -> Image.Image:
    """Squares that turn as they shrink."""
    sheet = Sheet(flat("#e3120b"), seed="Techno 2")
    for step in range(44):
        r = 1040 * 0.9**step
        sheet.shape(ngon(500, 500, r, 4, -45 + step * 5.2), "#0a0a0a" if step % 2 else "#e3120b")
    sheet.disc(500, 500, 14, "#ffffff")
    return sheet.finished(grain=0.05)


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
    for row in range(-1, 43):
        for column in range(-1, 43):
            x, y = column * 24.4 + row % 2 * 12.2, row * 24.4
            far = ((x - 280) ** 2 + (y - 700) ** 2) ** 0.5
            near = ((x - 860) ** 2 + (y - 160) ** 2) ** 0.5
            swing = sin(far / 62) + sin(near / 48)
            sheet.disc(x, y, max(1.0, 7.4 + 3.2 * swing + 0.004 * (y - x)), "#120a08")
    return sheet.finished(grain=0.05)


def coil() -> Image.Image:
    """A tube of many colours, knotted."""
    sheet = Sheet(ramp("#eef0f4", "#d5d9e6"), seed="Alternative R&B 4")
    tones = ("#0b132b", "#3a0ca3", "#b5179e", "#ff6b6b", "#ffd166", "#06d6a0", "#118ab2", "#0b132b")
    path: list[Point] = [(500 + 300 * sin(t * 2 + 0.6) + 60 * sin(t), 500 + 330 * sin(t * 3)) for t in (step / 620 * 2 * pi for step in range(621))]  # noqa: E501
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
    return sheet.finished()


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
    for _ in range(70):
        x, y = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 720)
        sheet.disc(x, y, sheet.random.uniform(1.2, 5.5), "#ffb03a", 0.85)
    return sheet.finished()


def _tongue(wide: float, tall: float, lean: int) -> list[Point]:
    knots = ((-0.6, 0), (-0.42, 0.22), (-0.26, 0.45), (-0.2, 0.7), (0.12, 1), (0.08, 0.76), (0.2, 0.5), (0.27, 0.6), (0.36, 0.3), (0.6, 0))  # noqa: E501
    return smooth([(x * wide * lean, -y * tall) for x, y in knots], steps=7)


def eye() -> Image.Image:
    """An eye that looks back."""
    sheet = Sheet(flat("#b9a6ea"), seed="Alternative 2")
    for ray in range(36):
        sheet.shape([(500, 520), *arc(500, 520, 900, ray * 10, ray * 10 + 4.2)], "#a48fe0")
    lids: list[Point] = [(500 - 450 * cos(step * pi / 24), 520 - 290 * sin(step * pi / 24) ** 1.15) for step in range(25)]
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
        sheet.line([around(500, 505, 96, ray * 7.5), around(500, 505, 150 + ray * 17 % 48, ray * 7.5)], 5, "#ffe9a8", 0.7)
    sheet.ring(500, 505, 208, 12, "#16121f")
    sheet.disc(500, 505, 96, "#16121f")
    sheet.disc(555, 452, 40, "#fff8ec")
    sheet.disc(448, 566, 18, "#fff8ec")
    tear = smooth([(500, 770), (528, 850), (552, 905), (500, 958), (448, 905), (472, 850)])
    sheet.shape(tear, "#16121f")
    sheet.shape(moved([(x - 500, y - 890) for x, y in tear], 500, 892, 0.82), "#3ab7d8")
    return sheet.finished()
