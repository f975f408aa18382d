"""Seconds until twenty uploads are published after every worker was killed and Valkey was flushed.

The baseline is the same number of uploads left in peace.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from db.migrate import upgrade
from tests.journeys.beats import a_wav, upload_track
from tests.journeys.product import Product, a_product, await_that
from tests.journeys.test_recovery import UPLOADS, published, seconds_to_recover
from tests.tools.valkey import valkey_server


def main() -> None:
    peaceful = _measured(_in_peace)
    killed = _measured(seconds_to_recover)
    print(f"{UPLOADS} uploads of 20 s each, on SQLite")
    print(f"left in peace          {peaceful:6.1f} s")
    print(f"killed and flushed     {killed:6.1f} s from the restart, its own start included")
    print(f"ratio                  {killed / peaceful:6.2f}")


def _measured(how: Callable[[Product], float]) -> float:
    folder = Path(tempfile.mkdtemp())
    database_url = f"sqlite+aiosqlite:///{folder / 'beatpass.db'}"
    upgrade(database_url)
    with valkey_server() as valkey_url, a_product(database_url, valkey_url, folder) as product:
        for number in range(UPLOADS):
            upload_track(product, "demo-producer", a_wav(folder, seed=number), f"Beat Number {number}")
        return how(product)


def _in_peace(product: Product) -> float:
    started = time.monotonic()
    await_that(lambda: published(product) == UPLOADS, within_s=120, otherwise=lambda: product.log)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
