"""Sleeves of Hip-Hop and its kin."""

from PIL import Image

from api.covers.art.brush import Sheet, around, flat, mixed, orb, ramp


def hip_hop() -> Image.Image:
    """A record that rises like a sun."""
    sheet = Sheet(ramp("#f6d9a5", "#f2a65a", "#e4572e"), seed="Hip-Hop")
    for step in range(9):
        sheet.box(0, 640 + step * 42, 1000, 640 + step * 42 + 6 + step * 3.4, "#2b1a2f")
    with sheet.shadow(18, 0.55) as dark:
        dark.disc(512, 520, 330, "#ffffff")
    sheet.disc(500, 500, 330, "#1d1420")
    for r in range(316, 130, -9):
        sheet.ring(500, 500, r, 1.4, "#4b3a4e")
    for angle in (200, 20):
        sheet.slice(500, 500, 322, (angle, angle + 26), "#fff3dd", 0.13)
        sheet.slice(500, 500, 322, (angle + 8, angle + 18), "#fff3dd", 0.13)
    sheet.disc(500, 500, 120, "#e4572e")
    sheet.disc(500, 500, 84, "#f6d9a5")
    sheet.disc(500, 500, 16, "#1d1420")
    return sheet.finished(grain=0.04)


def trap() -> Image.Image:
    """Triangles of light in violet fog."""
    sheet = Sheet(orb("#5b1fa8", "#2a0c56", "#0b0416", center=(500, 560), reach=640), seed="Trap")
    with sheet.light(16) as light:
        for step in range(7):
            r = 470 - step * 62
            corners = [around(500, 560, r, -90 + 120 * corner + step * 7) for corner in (0, 1, 2, 0, 1)]
            light.line(corners, 5 - step * 0.4, mixed("#ff2fb9", "#4be3ff", step / 6), 0.95)
    sheet.dim_edges(0.9)
    return sheet.finished()


def drill() -> Image.Image:
    """A cold skyline in the rain."""
    sheet = Sheet(ramp("#0a1017", "#16283a", "#5d8096", "#c9d6d8"), seed="Drill")
    sheet.disc(690, 420, 120, "#e9f1ee", 0.85)
    for depth, color in enumerate(("#6d8ca0", "#3d586c", "#1d3040", "#0b141d")):
        x = -20.0
        while x < 1000:
            width = sheet.random.uniform(45, 120)
            top = 430 + depth * 95 + sheet.random.uniform(-90, 90)
            sheet.box(x, top, x + width, 1000, color)
            if depth > 1 and sheet.random.random() < 0.5:
                sheet.box(x + width / 2 - 2, top - 60, x + width / 2 + 2, top, color)
            x += width * 0.94
    for _ in range(150):
        x, y, length = (
            sheet.random.uniform(0, 1100),
            sheet.random.uniform(0, 1000),
            sheet.random.uniform(40, 150),
        )
        sheet.line([(x, y), (x - length * 0.22, y + length)], 1.6, "#dfeaf0", 0.28)
    return sheet.finished()


def uk_drill() -> Image.Image:
    """Tower blocks at night, seen from below, few windows lit."""
    sheet = Sheet(ramp("#11131a", "#1c1f2b", "#3a2a2a"), seed="UK Drill")
    _block(sheet, left=-40, right=430, lean=190, shade="#262a35")
    _block(sheet, left=570, right=1040, lean=-190, shade="#1a1d26")
    with sheet.light(30) as light:
        light.disc(500, 930, 26, "#ff8a1f")
    sheet.shape([(500, 930), (340, 1000), (660, 1000)], "#ff8a1f", 0.35)
    sheet.dim_edges(0.7)
    return sheet.finished()


def _block(sheet: Sheet, *, left: float, right: float, lean: float, shade: str) -> None:
    def at(column: float, row: float) -> tuple[float, float]:
        squeeze = 0.35 + 0.65 * row
        middle = (left + right) / 2 + lean * (1 - row) * 0.55
        return middle + (column - 0.5) * (right - left) * squeeze, 40 + 1000 * row**1.25

    sheet.shape([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], shade)
    for row in range(13):
        for column in range(6):
            x0, y0, x1, y1 = (column + 0.2) / 6, (row + 0.3) / 13, (column + 0.8) / 6, (row + 0.8) / 13
            lit = sheet.random.random()
            color = "#ffb347" if lit < 0.16 else "#8fd3ff" if lit < 0.2 else "#0e1016"
            sheet.shape([at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)], color)


def boom_bap() -> Image.Image:
    """Quarter circles in a grid, like a drum pad."""
    sheet = Sheet(flat("#f0e6d2"), seed="Boom Bap")
    colors = ("#d1495b", "#edae49", "#00798c", "#30343f", "#f0e6d2", "#e07a3f")
    cell = 250.0
    for row in range(4):
        for column in range(4):
            ground, front, core = sheet.random.sample(colors, 3)
            x, y = column * cell, row * cell
            corner = sheet.random.randrange(4)
            cx, cy = x + cell * (corner in {1, 2}), y + cell * (corner in {2, 3})
            sheet.box(x, y, x + cell, y + cell, ground)
            angles = (corner * 90.0, corner * 90.0 + 90)
            sheet.slice(cx, cy, cell, angles, front)
            sheet.slice(cx, cy, cell * 0.62, angles, core)
            sheet.slice(cx, cy, cell * 0.28, angles, ground)
    return sheet.finished(grain=0.04)


def lo_fi() -> Image.Image:
    """An evening of slow hills."""
    sheet = Sheet(ramp("#5b5f97", "#b88fb0", "#f7b2a0", "#ffd9a8"), seed="Lo-Fi")
    sheet.disc(500, 470, 190, "#fff0c9")
    for step in range(7):
        y = 480 + step * 27
        sheet.box(300, y, 700, y + 4 + step * 2.2, mixed("#f2aaa4", "#fbc6a2", step / 6))
    hills = ("#d98a94", "#a8688a", "#6f4a78", "#3f335c")
    for depth, color in enumerate(hills):
        _hill(sheet, base=640 + depth * 90, color=color)
    for _ in range(40):
        sheet.disc(
            sheet.random.uniform(0, 1000),
            sheet.random.uniform(0, 300),
            sheet.random.uniform(1, 2.6),
            "#fff6e0",
            0.7,
        )
    return sheet.finished(grain=0.14)


def _hill(sheet: Sheet, *, base: float, color: str) -> None:
    waves = [(sheet.random.uniform(0, 360), sheet.random.uniform(0.1, 0.5)) for _ in range(3)]
    ridge = [
        (x, base + sum(around(0, 0, 26, phase + x * pace)[1] for phase, pace in waves))
        for x in range(0, 1010, 10)
    ]
    sheet.shape([*ridge, (1000, 1000), (0, 1000)], color)
