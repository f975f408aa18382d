"""Sleeves of Rock, Alternative, Latin and Afrobeats, and their kin."""

from PIL import Image

from api.covers.art.brush import Sheet, around, flat, orb, ramp


def rock() -> Image.Image:
    """A bolt through torn posters."""
    sheet = Sheet(flat("#e9e2d0"), seed="Rock")
    for strip, color in enumerate(("#b3121d", "#151515", "#b3121d", "#151515")):
        _torn(sheet, 60 + strip * 260, 140, color)
    bolt = [(600, 40), (330, 545), (485, 545), (375, 965), (735, 410), (560, 410), (700, 40)]
    for shift, color in ((20, "#151515"), (0, "#ffd400")):
        sheet.shape([(x + shift, y + shift) for x, y in bolt], color)
    for _ in range(900):
        x, y = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 1000)
        sheet.disc(x, y, sheet.random.uniform(0.6, 2.6), "#e9e2d0", 0.5)
    return sheet.finished(grain=0.2)


def _torn(sheet: Sheet, x: float, width: float, color: str) -> None:
    rough = sheet.random.uniform
    left = [(x + (y - 500) * 0.25 + rough(-12, 12), y) for y in range(-20, 1030, 14)]
    right = [(x + width + (y - 500) * 0.25 + rough(-12, 12), y) for y in range(1020, -30, -14)]
    sheet.shape([*left, *right], color)


def alternative() -> Image.Image:
    """A circle that a bad tape pulled apart."""
    sheet = Sheet(flat("#dfe3d8"), seed="Alternative")
    y = 0.0
    while y < 1000:
        tall = sheet.random.uniform(12, 62)
        shift = sheet.random.gauss(0, 62)
        for color, extra in (("#ff5a36", -13), ("#1aa6a6", 13), ("#1e2a27", 0)):
            _slab(sheet, (y, min(y + tall, 1000)), shift + extra * 1.6, color)
        y += tall
    return sheet.finished(grain=0.18)


def _slab(sheet: Sheet, rows: tuple[float, float], shift: float, color: str) -> None:
    y = rows[0]
    while y < rows[1]:
        half = max(0.0, 340**2 - (y - 500) ** 2) ** 0.5
        if half > 340 * 0.02:
            sheet.box(500 - half + shift, y, 500 + half + shift, min(y + 2, rows[1]), color, 0.93)
        hole = max(0.0, 132**2 - (y - 500) ** 2) ** 0.5
        if hole:
            sheet.box(500 - hole + shift, y, 500 + hole + shift, min(y + 2, rows[1]), "#dfe3d8")
        y += 2


def latin() -> Image.Image:
    """Painted tiles."""
    sheet = Sheet(flat("#fff4e0"), seed="Latin")
    for row in range(3):
        for column in range(3):
            x, y = 166.7 + column * 333.3, 166.7 + row * 333.3
            _tile(sheet, x, y, odd=(row + column) % 2 == 1)
    for line in range(4):
        sheet.box(0, line * 333.3 - 5, 1000, line * 333.3 + 5, "#fff4e0")
        sheet.box(line * 333.3 - 5, 0, line * 333.3 + 5, 1000, "#fff4e0")
    return sheet.finished(grain=0)


def _tile(sheet: Sheet, x: float, y: float, *, odd: bool) -> None:
    ground, petal, heart = ("#d7263d", "#ffb400", "#fff4e0") if odd else ("#005f73", "#f77f00", "#ffe8a3")
    sheet.box(x - 167, y - 167, x + 167, y + 167, ground)
    for corner in range(4):
        cx, cy = around(x, y, 236, 45 + corner * 90)
        sheet.disc(cx, cy, 92, petal)
        sheet.disc(cx, cy, 62, ground)
        sheet.disc(cx, cy, 34, heart)
    for leaf in range(8):
        tip, left, right = (around(x, y, r, leaf * 45 + turn) for r, turn in ((140, 0), (66, 20), (66, -20)))
        sheet.shape([(x, y), left, tip, right], heart if leaf % 2 else petal)
    sheet.disc(x, y, 40, ground)
    sheet.disc(x, y, 22, heart)


def reggaeton() -> Image.Image:
    """Palms before a hot sky."""
    sheet = Sheet(ramp("#ff2e63", "#ff7b3d", "#ffd23f", "#08d9a6"), seed="Reggaeton")
    sheet.disc(500, 520, 270, "#fff3b0", 0.92)
    for x, y, size, color in (
        (170, 330, 1.15, "#0b3d3a"),
        (840, 250, 1.3, "#092f33"),
        (520, 640, 0.95, "#06232a"),
    ):
        _palm(sheet, (x, y), size, color)
    sheet.oval((-250, 880, 1250, 1300), "#06232a")
    return sheet.finished(grain=0)


def _palm(sheet: Sheet, top: tuple[float, float], size: float, color: str) -> None:
    x, y = top
    trunk = [(x + 60 * size * (step / 10) ** 2, y + (1020 - y) * step / 10) for step in range(11)]
    sheet.line(trunk, 20 * size, color)
    for frond in range(9):
        angle = -200 + frond * 27.5
        spine = [around(x, y, 23 * size * step, angle) for step in range(12)]
        drooped = [(px, py + (step**2) * 1.5 * size) for step, (px, py) in enumerate(spine)]
        for step, (px, py) in enumerate(drooped[1:], 1):
            long = 46 * size * (1 - abs(step - 5) / 8)
            sheet.line([(px, py), (px - long * 0.45, py + long)], 7 * size, color)
            sheet.line([(px, py), (px + long * 0.45, py + long)], 7 * size, color)
        sheet.line(drooped, 6 * size, color)


def afrobeats() -> Image.Image:
    """Woven strips of kente."""
    sheet = Sheet(flat("#111111"), seed="Afrobeats")
    colors = ("#f2b705", "#0c7c3f", "#c8102e", "#111111")
    for column in range(5):
        for row in range(8):
            x, y = column * 200.0, row * 200.0 - (column % 2) * 100
            _woven(sheet, x, y, [colors[(row + column + turn) % 4] for turn in range(4)])
    for column in range(1, 5):
        sheet.box(column * 200 - 3, 0, column * 200 + 3, 1000, "#f6e7c1")
    return sheet.finished(grain=0)


def _woven(sheet: Sheet, x: float, y: float, colors: list[str]) -> None:
    ground, first, second, third = colors
    sheet.box(x, y, x + 200, y + 100, ground)
    for step in range(3):
        sheet.box(x, y + step * 34, x + 200, y + step * 34 + 17, first)
    sheet.box(x, y + 100, x + 200, y + 200, second)
    for inset, color in ((0, third), (22, ground), (44, first)):
        middle = (x + 100, y + 150)
        reach, tall = 100 - inset * 1.6, 50 - inset * 0.8
        sheet.shape(
            [
                (middle[0] - reach, middle[1]),
                (middle[0], middle[1] - tall),
                (middle[0] + reach, middle[1]),
                (middle[0], middle[1] + tall),
            ],
            color,
        )


def afro_pop() -> Image.Image:
    """Scales of printed cloth."""
    sheet = Sheet(flat("#ff2e7e"), seed="Afro-Pop")
    sets = (
        ("#00b3a4", "#ffd60a", "#ff2e7e", "#fff7e6"),
        ("#ff7a00", "#5a189a", "#ffd60a", "#fff7e6"),
        ("#5a189a", "#ff2e7e", "#00b3a4", "#ffd60a"),
    )
    for row in range(11, -2, -1):
        for column in range(-1, 5):
            x, y = column * 286 + (row % 2) * 143, row * 130.0
            for step, color in enumerate(sets[(row + column) % 3]):
                sheet.disc(x, y, 151 - step * 38, color)
            for dot in range(16):
                px, py = around(x, y, 132, dot * 22.5)
                sheet.disc(px, py, 8, "#fff7e6")
    return sheet.finished(grain=0)


def amapiano() -> Image.Image:
    """Piano keys that rise like a sun over the log drum's gold."""
    sheet = Sheet(orb("#ffe08a", "#ffb703", "#e85d04", center=(500, 1000), reach=1100), seed="Amapiano")
    with sheet.shadow(26, 0.5) as dark:
        dark.disc(500, 960, 760, "#ffffff")
    sheet.disc(500, 940, 760, "#1b120d")
    for key in range(15):
        start = 180 + key * 12.0
        sheet.slice(500, 940, 745, (start + 0.45, start + 11.55), "#fff8ea")
        if key % 7 not in {2, 6}:
            sheet.slice(500, 940, 748, (start + 8.4, start + 15.6), "#1b120d")
            sheet.slice(500, 940, 500, (start + 8.4, start + 15.6), "#fff8ea")
            sheet.line([around(500, 940, 300, start + 12), around(500, 940, 505, start + 12)], 4.5, "#1b120d")
    for r, color in ((330, "#1b120d"), (310, "#e85d04"), (225, "#ffb703"), (140, "#fff8ea")):
        sheet.disc(500, 940, r, color)
    return sheet.finished(grain=0.05)
