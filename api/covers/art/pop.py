"""Sleeves of Pop and its kin."""

from math import sin

from PIL import Image

from api.covers.art.brush import Sheet, around, flat, mixed, ramp


def pop() -> Image.Image:
    """Sweets, thrown on pink."""
    sheet = Sheet(flat("#ff8fb8"), seed="Pop")
    colors = ("#ffe14d", "#36c5f0", "#ffffff", "#7b2ff7", "#ff4d6d", "#2bd9a5")
    for place in range(36):
        x, y = ((step * 172 + 70 + sheet.random.uniform(-28, 28)) for step in (place % 6, place // 6))
        _sweet(sheet, (place * 5 + place // 6) % 4, (x, y), sheet.random.choice(colors))
    return sheet.finished(grain=0.05)


def _sweet(sheet: Sheet, kind: int, at: tuple[float, float], color: str) -> None:
    x, y = at
    turn = sheet.random.uniform(0, 360)
    if kind == 0:
        sheet.disc(x, y, 52, color)
        sheet.slice(x, y, 52, (turn, turn + 180), "#1f1147")
    elif kind == 1:
        sheet.ring(x, y, 54, 19, color)
    elif kind == 2:
        sheet.shape([around(x, y, 68, turn + corner * 120) for corner in range(3)], color)
    else:
        wave = [(x - 70 + step * 7, y + 26 * sin(step * 0.95)) for step in range(21)]
        sheet.line(wave, 17, color)


def synth_pop() -> Image.Image:
    """A striped sun over a grid without end."""
    sheet = Sheet(ramp("#14063a", "#4a0f7a", "#d12d93", "#ff8c5a"), seed="Synth Pop")
    for _ in range(90):
        x, y = sheet.random.uniform(0, 1000), sheet.random.uniform(0, 420)
        sheet.disc(x, y, sheet.random.uniform(0.8, 2.4), "#ffffff", 0.8)
    for row in range(600):
        half = max(0.0, 300**2 - (row - 300) ** 2) ** 0.5
        gap = row > 270 and (row - 270) % 55 < 6 + (row - 270) / 14
        if not gap:
            sheet.box(500 - half, 180 + row, 500 + half, 181 + row, mixed("#ffe66d", "#ff2e88", row / 600))
    sheet.box(0, 640, 1000, 1000, "#14063a")
    with sheet.light(7) as light:
        for column in range(-14, 15):
            light.line([(500 + column * 34, 640), (500 + column * 190, 1000)], 2.6, "#29e7ff", 0.9)
        for row in range(10):
            y = 640 + 360 * (row / 9.4) ** 2.1
            light.line([(0, y), (1000, y)], 2.6, "#29e7ff", 0.9)
    return sheet.finished(grain=0)


def indie_pop() -> Image.Image:
    """A rainbow of paper, between clouds."""
    sheet = Sheet(ramp("#bfe3e0", "#fdf3df"), seed="Indie Pop")
    for step, color in enumerate(("#ef6f6c", "#f7a072", "#f9dc5c", "#7fb685", "#5b8e9e", "#fdf3df")):
        with sheet.shadow(7, 0.22) as dark:
            dark.disc(500, 742, 420 - step * 58, "#ffffff")
        sheet.disc(500, 735, 420 - step * 58, color)
    for x, y, size in ((120, 760, 1.5), (880, 760, 1.5), (500, 860, 1.9), (230, 240, 0.8), (800, 170, 0.65)):
        _cloud(sheet, x, y, size)
    sheet.box(0, 860, 1000, 1000, "#fffaf0")
    return sheet.finished(grain=0.16)


def _cloud(sheet: Sheet, x: float, y: float, size: float) -> None:
    puffs = ((-95, 20, 62), (-35, -22, 84), (48, -8, 74), (112, 26, 54))
    with sheet.shadow(10, 0.2) as dark:
        for dx, dy, r in puffs:
            dark.disc(x + dx * size, y + dy * size + 10, r * size, "#ffffff")
    for dx, dy, r in puffs:
        sheet.disc(x + dx * size, y + dy * size, r * size, "#fffaf0")
    sheet.pill((x - 157 * size, y + 10 * size, x + 166 * size, y + 82 * size), 36 * size, "#fffaf0")


def dance_pop() -> Image.Image:
    """A mirror ball of dots."""
    sheet = Sheet(ramp("#2b0a3d", "#7a0f6b", "#ff3d81", angle=-40), seed="Dance Pop")
    for row in range(25):
        for column in range(25):
            x, y = column * 41.6 + (row % 2) * 20.8, row * 41.6
            far = ((x - 500) ** 2 + (y - 480) ** 2) ** 0.5
            near = max(0.0, 1 - far / 420)
            glint = 0.5 + 0.5 * sin(x / 60) * sin(y / 47)
            color = mixed("#ff9ad5", "#5df2ff", glint) if near else "#ffffff"
            sheet.disc(x, y, 3.4 + 19 * near**0.55, color, 1 if near else 0.28)
    with sheet.light(20) as light:
        for x, y, r in ((380, 330, 58), (640, 560, 34)):
            _star(light, x, y, r)
    return sheet.finished(grain=0)


def _star(sheet: Sheet, x: float, y: float, r: float) -> None:
    points = [around(x, y, r * (2.6 if tip % 2 == 0 else 0.22), tip * 45) for tip in range(8)]
    sheet.shape(points, "#ffffff")
