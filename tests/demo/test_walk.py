"""`./bp demo` from its first line to its table, as a process beside a real product."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.product import Product
from tests.tools.web import free_port
from workers.audio.synth import write_wav
from workers.demo.beats import Score
from workers.demo.disguises import run_ffmpeg

_ROOT = Path(__file__).parents[2]


def demo(url: str, *arguments: str, here: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "workers.demo", "--here", str(here), *arguments],
        cwd=_ROOT,
        env={**os.environ, "BEATPASS_PUBLIC_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def beats(tmp_path: Path) -> Path:
    """Two beats, one of them twice, and a file that is no WAV."""
    write_wav(tmp_path / "first_take.wav", Score(4711, 93, 1, kit=11).played(24), bit_depth=24)
    write_wav(tmp_path / "Second Wind.wav", Score(4712, 121, 6, kit=12).played(22))
    (tmp_path / "again.wav").write_bytes((tmp_path / "first_take.wav").read_bytes())
    run_ffmpeg(["-i", str(tmp_path / "Second Wind.wav"), "-f", "mp3", str(tmp_path / "song.wav")])
    return tmp_path


def test_copies_are_blocked_and_excerpts_are_found(filled: Product, beats: Path) -> None:
    files = ("first_take.wav", "Second Wind.wav", "again.wav", "song.wav")
    done = demo(filled.url, *files, "--markdown", "table.md", here=beats)
    assert done.returncode == 0, done.stdout + done.stderr + filled.log
    assert "2 of 4 published, 3 of 3 copies blocked, 3 of 3 excerpts found." in done.stdout
    for words in ("first take", "Second Wind", "MP3 128 kbit/s", "3.3 s off the start", "4 dB quieter"):
        assert words in done.stdout
    _, _, first, second, again, song, *_ = (beats / "table.md").read_text("utf-8").splitlines()
    assert "| 24.0 s | published | MP3 128 kbit/s | blocked, " in first
    assert "| 22.0 s | published | " in second
    assert "| 24.0 s | blocked, 1.000<br>duplicate of “first take” by Juno Vale" in again
    assert "This is an MP3 file, not a WAV." in song
    assert "Juno Vale" in done.stderr
    assert "\x1b" not in done.stderr


def test_without_a_product_it_says_what_to_start(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = demo(url, here=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"bp: nothing answers at {url}: start ./bp run first.\n"


def test_a_file_that_is_not_there_is_one_sentence(filled: Product, tmp_path: Path) -> None:
    done = demo(filled.url, "nothing.wav", here=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"bp: there is no file {tmp_path / 'nothing.wav'}.\n"
