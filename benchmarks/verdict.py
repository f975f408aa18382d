"""Seconds from the last byte of a 3-minute 24-bit stereo WAV to its verdict, through the whole product.

The baseline of the ratios is the engine alone: `analyse` of the same file in one process of its own.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # mypy wants a stubs package; pyright reads its own

from db.migrate import upgrade
from tests.journeys.beats import a_wav, add_track, announce, send
from tests.journeys.product import Product, a_product
from tests.tools.valkey import valkey_server

_RUNS = 5
_SECONDS = 180
_STATUS = "query($id: ID!) { track(id: $id) { status } }"
_ALONE = """
import os, sys, time
from pathlib import Path
from workers.audio.index import analyse
analyse(Path(sys.argv[1]))
started, wall = sum(os.times()[:4]), time.perf_counter()
analyse(Path(sys.argv[1]))
print(sum(os.times()[:4]) - started, time.perf_counter() - wall)
"""


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    wavs = [a_wav(folder, seed=seed, seconds=_SECONDS, bit_depth=24) for seed in range(_RUNS)]
    database_url = f"sqlite+aiosqlite:///{folder / 'beatpass.db'}"
    upgrade(database_url)
    with valkey_server() as valkey_url, a_product(database_url, valkey_url, folder) as product:
        found = [_verdict(product, wav, number) for number, wav in enumerate(wavs)]
    alone = [_alone(folder / f"beat-{seed}-{_SECONDS}-24-0.wav") for seed in range(_RUNS)]
    _report(wavs[0], found, alone)


def _verdict(product: Product, wav: bytes, number: int) -> tuple[float, float]:
    """CPU seconds of all processes, and seconds, from the last byte on."""
    upload = announce(product, "demo-producer", wav)
    send(upload["url"], wav)
    spent, started = _cpu(product), time.perf_counter()
    track = add_track(product, "demo-producer", upload["id"], f"Night Drive {number} Sunrise")
    while product.ask("demo-producer", _STATUS, id=track)["track"]["status"] == "PROCESSING":
        time.sleep(0.02)
    return _cpu(product) - spent, time.perf_counter() - started


def _cpu(product: Product) -> float:
    roots = [psutil.Process(process.pid) for process in product.running.values()]
    everyone = [one for root in roots for one in (root, *root.children(recursive=True))]
    return float(sum(sum(one.cpu_times()[:2]) for one in everyone))


def _alone(path: Path) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", _ALONE, path], capture_output=True, text=True, check=True)
    cpu, wall = done.stdout.split()
    return float(cpu), float(wall)


def _report(wav: bytes, found: list[tuple[float, float]], alone: list[tuple[float, float]]) -> None:
    rows = (("last byte to verdict", found), ("engine alone", alone))
    print(f"{len(wav) / 1e6:.1f} MB, {_SECONDS} s of 24-bit stereo, median of {_RUNS}")
    for name, runs in rows:
        cpu, wall = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{name:22} {cpu:6.2f} s CPU  {wall:6.2f} s  {_SECONDS / wall:6.0f} x real time")
    ratio = statistics.median(wall for _, wall in found) / statistics.median(wall for _, wall in alone)
    print(f"{'ratio':22} {ratio:.2f}")


if __name__ == "__main__":
    main()
