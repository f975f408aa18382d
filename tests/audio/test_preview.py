import subprocess
from pathlib import Path

import numpy as np
import pytest

from workers.audio.chromaprint import ffmpeg
from workers.audio.pcm import Stereo
from workers.audio.preview import faded, make_preview, sonic_logo, tagged
from workers.audio.synth import beat, write_wav


def decoded(path: Path) -> Stereo:
    command = [ffmpeg(), "-loglevel", "error", "-i", str(path), "-f", "f32le", "-"]
    body = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(body, "<f4").reshape(-1, 2).T


@pytest.mark.parametrize(("seconds", "heard"), [(50, 30), (6, 6), (1, 1)])
def test_a_preview_has_thirty_seconds_or_what_is_there(seconds: int, heard: int, tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", beat(seed=1, bpm=140, key=0, seconds=seconds))
    make_preview(tmp_path / "a.wav", tmp_path / "a.mp3")
    assert decoded(tmp_path / "a.mp3").shape[1] / 44_100 == pytest.approx(heard, abs=0.1)
    assert (tmp_path / "a.mp3").stat().st_size == pytest.approx(16_000 * heard, rel=0.1)


def test_the_bytes_are_the_same_every_time_and_carry_no_metadata(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", beat(seed=1, bpm=140, key=0, seconds=8)[:1], rate=48_000, bit_depth=24)
    for name in ("1.mp3", "2.mp3"):
        make_preview(tmp_path / "a.wav", tmp_path / name)
    body = (tmp_path / "1.mp3").read_bytes()
    assert body == (tmp_path / "2.mp3").read_bytes()
    assert body[:2] == b"\xff\xfb"
    assert b"Lavf" not in body
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.mp3", "2.mp3", "a.wav"]


def test_the_tag_is_heard_at_three_and_then_every_twelve_seconds() -> None:
    music = np.full((2, 30 * 44_100), 0.0, np.float32)
    loud = np.abs(tagged(music)).max(axis=0).reshape(30, -1).max(axis=1) > 0.01
    assert np.flatnonzero(loud).tolist() == [3, 4, 15, 16, 27, 28]


def test_the_tag_is_as_loud_as_the_music() -> None:
    music = beat(seed=1, bpm=140, key=0, seconds=30)
    under = slice(15 * 44_100, int(16.1 * 44_100))
    difference = tagged(music)[:, under] - 0.5 * music[:, under]
    assert np.sqrt(np.mean(difference**2)) >= 0.7 * np.sqrt(np.mean(music[:, under] ** 2))
    assert np.abs(tagged(music)).max() <= 0.951


def test_the_ends_are_silent() -> None:
    music = faded(np.ones((2, 44_100), np.float32))
    assert (music[0, 0], music[0, -1], music[0, 22_050]) == (0, 0, 1)
    assert len(sonic_logo()) == 48_510
