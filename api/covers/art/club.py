"""Sleeves of Electronic and its kin."""

from math import exp, sin

from PIL import Image

from api.covers.art.brush import Sheet, around, blurred, clouds, flat, mixed, orb, ramp, tinted


def electronic() -> Image.Image:
    """Ridges drawn by a signal."""
    sheet = Sheet(ramp("#020b1c", "#06264a"), seed="Electronic")
    for row in range(26):
        base = 225 + row * 26
        phase, share = sheet.random.uniform(0, 6.28), row / 25
        ridge: list[tuple[float, float]] = []
        for x in range(90, 915, 5):
            hump = exp(-(((x - 500) / 190) ** 2))
            jitter = abs(sin(x / 23 + phase) + sin(x / 41 - phase * 2)) + sheet.random.uniform(0, 0.4)
            ridge.append((x, base - hump * 84 * jitter))
        sheet.shape([*ridge, (910, base + 30), (90, base + 30)], mixed("#031228", "#06264a", share))
        sheet.line(ridge, 4.2, mixed("#29f0d8", "#3d7bff", share))
    return sheet.finished(grain=0)


def edm() -> Image.Image:
    """Beams from a stage."""
    sheet = Sheet(orb("#2436b8", "#0c1250", "#03041a", center=(500, 1000), reach=1000), seed="EDM")
    colors = ("#00f0ff", "#ff00c8", "#ffe600", "#35ff6b", "#7a5cff")
    with sheet.light(12) as light:
        for beam in range(19):
            angle = -162 + beam * 8
            root = 500 + (beam - 9) * 42
            left, right = around(root, 905, 1250, angle - 1.5), around(root, 905, 1250, angle + 1.5)
            light.shape([(root, 905), left, right], colors[beam % 5], 0.5)
        for lamp in range(19):
            light.disc(500 + (lamp - 9) * 42, 905, 8, "#ffffff")
    for head in range(46):
        x = head * 23 + sheet.random.uniform(-9, 9)
        sheet.disc(x, 975 + sheet.random.uniform(-26, 10), 26, "#02030f")
        if sheet.random.random() < 0.35:
            sheet.line([(x + 12, 985), (x + 22, 880 + sheet.random.uniform(-20, 30))], 13, "#02030f")
    sheet.box(0, 985, 1000, 1000, "#02030f")
    return sheet.finished(grain=0.04)


def house() -> Image.Image:
    """Cubes on cubes."""
    sheet = Sheet(flat("#ff6b4a"), seed="House")
    tops = ("#ffe3c2", "#ffd166", "#ff9f80", "#f6f1e7")
    r = 118.0
    for row in range(-1, 9):
        for column in range(-1, 8):
            x = column * r * 1.732 + (row % 2) * r * 0.866
            y = row * r * 1.5
            corner = [around(x, y, r, -90 + 60 * turn) for turn in range(6)]
            sheet.shape([corner[5], corner[0], corner[1], (x, y)], sheet.random.choice(tops))
            sheet.shape([corner[1], corner[2], corner[3], (x, y)], "#e8412f")
            sheet.shape([corner[3], corner[4], corner[5], (x, y)], "#3b1c54")
    return sheet.finished(grain=0)


def techno() -> Image.Image:
    """Stripes that bend around nothing."""
    sheet = Sheet(flat("#f4f4ef"), seed="Techno")
    for stripe in range(-4, 26):
        edge = [(_bent(stripe * 46.0, y), y) for y in range(-10, 1020, 10)]
        other = [(_bent(stripe * 46.0 + 23, y), y) for y in range(1010, -20, -10)]
        sheet.shape([*edge, *other], "#0b0b0c")
    mask = Sheet(flat("#000000"), seed="")
    mask.disc(620, 430, 205, "#ffffff")
    acid = tinted(sheet.image.convert("L"), "#e6ff00", "#0b0b0c")
    sheet.lay(acid, mask=mask.image.convert("L"))
    return sheet.finished(grain=0)


def _bent(x: float, y: float) -> float:
    pull = exp(-(((x - 620) / 240) ** 2) - ((y - 430) / 240) ** 2)
    return x + 120 * pull * sin((x - 620) / 95) + 24 * sin(y / 130)


def future_bass() -> Image.Image:
    """Soft spheres in a milky sky."""
    sheet = Sheet(flat("#c9b6ff"), seed="Future Bass")
    field = blurred(clouds(sheet.random, 3), 40)
    sheet.lay(tinted(field, "#7ee8fa", "#b8a1ff", "#ffc6ec", "#fff1c9", "#8df5d3"))
    for x, y, r, colors in (
        (350, 430, 235, ("#ffffff", "#ff9de2", "#7b5cff")),
        (720, 660, 165, ("#ffffff", "#8ef6ff", "#3f7cff")),
        (730, 250, 92, ("#ffffff", "#fff3a8", "#ff8fab")),
        (230, 800, 70, ("#ffffff", "#b7ffd8", "#26c6a4")),
    ):
        with sheet.shadow(30, 0.28) as dark:
            dark.disc(x + 14, y + 40, r * 0.94, "#ffffff")
        mask = Sheet(flat("#000000"), seed="")
        mask.disc(x, y, r, "#ffffff")
        ball = orb(*colors, center=(x - r * 0.35, y - r * 0.4), reach=r * 1.75)
        sheet.lay(ball, mask=mask.image.convert("L"))
    return sheet.finished(grain=0.05)
