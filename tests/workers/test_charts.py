"""Charts for e-mails."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from workers.charts import bars_by_day

_BAR = (107, 77, 255, 255)
_MONDAY = date(2026, 11, 16)


def drawn(values: list[int]) -> Image.Image:
    days = [_MONDAY + timedelta(days=number) for number in range(len(values))]
    picture = Image.open(io.BytesIO(bars_by_day("New followers a day", days, values)))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (1004, 480))
    return picture


def violet(picture: Image.Image, left: float, right: float) -> int:
    """How many pixels of bars there are between two parts of the width."""
    width, height = picture.size
    part = picture.crop((int(width * left), 0, int(width * right), height))
    colours = part.getcolors(part.width * part.height) or []
    return sum(count for count, colour in colours if colour == _BAR)


def test_bars_stand_where_their_days_are_and_are_as_high_as_their_numbers() -> None:
    first, middle, last = (
        violet(drawn([4, 0, 0, 8, 0, 0, 2]), *part) for part in ((0, 0.3), (0.4, 0.7), (0.8, 1))
    )
    assert middle == pytest.approx(2 * first, rel=0.05)
    assert first == pytest.approx(2 * last, rel=0.05)
    assert violet(drawn([4, 0, 0, 8, 0, 0, 2]), 0.3, 0.4) == 0


@pytest.mark.parametrize("values", [[0] * 7, [0] * 31])
def test_days_without_any_have_a_ground_and_a_scale_and_no_bar(values: list[int]) -> None:
    picture = drawn(values)
    assert violet(picture, 0, 1) == 0
    assert len(picture.getcolors(1_000_000) or []) > 10  # letters and lines
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)  # round corners
    assert picture.getpixel((500, 20)) == (247, 246, 252, 255)


def test_a_month_with_large_numbers_fits() -> None:
    picture = drawn([number * 100_000 for number in range(31)])
    assert violet(picture, 0, 1) > 10_000
    assert violet(picture, 0, 0.05) == violet(picture, 0.98, 1) == 0
