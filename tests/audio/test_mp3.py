"""The MP3 of a licensed WAV, of every form of WAV that is taken."""

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.audio.streams import stream_of
from tests.audio.test_preview import decoded
from workers.audio.mp3 import Mp3Failed, delivered_rate_hz, make_mp3
from workers.audio.synth import beat, write_wav

_SECONDS = 3


@pytest.mark.parametrize(
    ("rate", "delivered"),
    [
        (8_000, 48_000),
        (22_050, 44_100),
        (32_000, 48_000),
        (44_100, 44_100),
        (48_000, 48_000),
        (88_200, 44_100),
        (96_000, 48_000),
        (192_000, 48_000),
    ],
)
@pytest.mark.parametrize(("channels", "bit_depth"), [(1, 24), (2, 16), (2, 32)])
def test_an_mp3_has_320_kbit_and_the_whole_length_of_every_wav_that_is_taken(
    rate: int, delivered: int, channels: int, bit_depth: int, tmp_path: Path
) -> None:
    sound = np.resize(beat(seed=1, bpm=140, key=0, seconds=_SECONDS), (2, rate * _SECONDS))[:channels]
    write_wav(tmp_path / "a.wav", sound, rate=rate, bit_depth=bit_depth)
    make_mp3(tmp_path / "a.wav", tmp_path / "a.mp3")
    layout = "mono" if channels == 1 else "stereo"
    assert stream_of(tmp_path / "a.mp3") == f"Audio: mp3 (mp3float), {delivered} Hz, {layout}, fltp, 320 kb/s"
    assert (tmp_path / "a.mp3").stat().st_size == pytest.approx(40_000 * _SECONDS, rel=0.03)
    assert delivered_rate_hz(rate) == delivered


def test_it_sounds_as_the_wav_does(tmp_path: Path) -> None:
    sound = beat(seed=2, bpm=120, key=3, seconds=6)
    write_wav(tmp_path / "a.wav", sound, bit_depth=24)
    make_mp3(tmp_path / "a.wav", tmp_path / "a.mp3")
    heard = decoded(tmp_path / "a.mp3")[:, : sound.shape[1]]
    error = heard - sound[:, : heard.shape[1]]
    assert np.sqrt(np.mean(error**2)) < 0.02 * np.sqrt(np.mean(sound**2))


def test_the_bytes_are_the_same_every_time_and_carry_no_metadata(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", beat(seed=1, bpm=140, key=0, seconds=_SECONDS))
    for name in ("1.mp3", "2.mp3"):
        make_mp3(tmp_path / "a.wav", tmp_path / name)
    body = (tmp_path / "1.mp3").read_bytes()
    assert body == (tmp_path / "2.mp3").read_bytes()
    assert (body[:2], b"ID3" in body) == (b"\xff\xfb", False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.mp3", "2.mp3", "a.wav"]


@pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
def test_long_forms_of_wav_are_read_too(magic: bytes, tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", beat(seed=1, bpm=140, key=0, seconds=_SECONDS))
    plain = (tmp_path / "a.wav").read_bytes()
    data = plain[44:]
    sizes = b"ds64" + struct.pack("<IQQQI", 28, len(plain) + 28, len(data), len(data) // 4, 0)
    long = b"\xff\xff\xff\xff"
    (tmp_path / "b.wav").write_bytes(magic + long + b"WAVE" + sizes + plain[12:40] + long + data)
    for name in ("a", "b"):
        make_mp3(tmp_path / f"{name}.wav", tmp_path / f"{name}.mp3")
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_an_encoder_that_breaks_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wav(tmp_path / "a.wav", beat(seed=1, bpm=140, key=0, seconds=1))
    (tmp_path / "a.mp3").write_bytes(b"old")

    def broken(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 1, b"", b"out of breath")

    monkeypatch.setattr("workers.audio.mp3.subprocess.run", broken)
    with pytest.raises(Mp3Failed, match="out of breath"):
        make_mp3(tmp_path / "a.wav", tmp_path / "a.mp3")
    assert (tmp_path / "a.mp3").read_bytes() == b"old"
