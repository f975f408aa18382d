import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]  # the package ships no types

from api.uploads.wav import parse_layout
from workers.audio.chromaprint import WINDOW_SAMPLES, half_hop_words, raw_words
from workers.audio.index import MODEL, analyse
from workers.audio.pcm import decode, listening_pcm, other_mono, pca_mono, polarity, to_int16
from workers.audio.synth import beat, write_wav


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24), ("PCM_32", 32), ("FLOAT", 32)])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_coding_decodes_as_libsndfile_does(
    subtype: str, bits: int, channels: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    samples = np.random.default_rng(1).uniform(-1, 1, (300_001, channels)).astype(np.float32)
    soundfile.write(path, samples, 44_100, subtype=subtype)  # pyright: ignore[reportUnknownMemberType]  # untyped
    peer, _ = soundfile.read(path, dtype="float32", always_2d=True)  # pyright: ignore  # untyped
    layout = parse_layout(path)
    assert layout.bit_depth == bits
    assert np.array_equal(decode(path, layout), peer.T)


@pytest.mark.parametrize("bit_depth", [16, 24, 32])
def test_what_is_written_is_read_again(bit_depth: int, tmp_path: Path) -> None:
    music = beat(seed=1, bpm=140, key=0, seconds=2)
    write_wav(tmp_path / "a.wav", music, bit_depth=bit_depth)
    read = decode(tmp_path / "a.wav", parse_layout(tmp_path / "a.wav"))
    assert np.abs(read - music).max() <= 2 * 2.0 ** (1 - min(bit_depth, 24))


def test_an_inverted_channel_does_not_cancel_the_other() -> None:
    music = beat(seed=1, bpm=140, key=0, seconds=4)
    upside_down = music * np.array([[1], [-1]], np.float32)
    assert (polarity(music), polarity(upside_down)) == (1, -1)
    assert np.array_equal(pca_mono(upside_down), pca_mono(music))
    assert np.array_equal(pca_mono(music[:1]), music[0])


def test_unrelated_channels_are_added() -> None:
    music = np.random.default_rng(1).standard_normal((2, 50_000)).astype(np.float32)
    assert polarity(music) == 1


def test_a_wide_recording_has_a_second_axis_and_a_narrow_one_has_not() -> None:
    wide = np.random.default_rng(1).standard_normal((2, 50_000)).astype(np.float32)
    upside_down = wide * np.array([[1], [-1]], np.float32)
    other = other_mono(upside_down)
    assert other is not None
    assert np.array_equal(other, pca_mono(wide))
    assert other_mono(beat(seed=1, bpm=140, key=0, seconds=4)) is None
    assert other_mono(wide[:1]) is None


@pytest.mark.parametrize("level", [1e-6, 1.0, 1e6])
def test_the_level_of_a_float_file_changes_nothing(level: float) -> None:
    mono = np.sin(np.arange(1000, dtype=np.float32))
    assert np.abs(to_int16(mono * np.float32(level)).astype(int) - to_int16(mono)).max() <= 1
    assert not to_int16(np.zeros(10, np.float32)).any()


def test_the_longest_file_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    block = np.random.default_rng(1).integers(-9999, 9999, (192_000, 2)).astype("<i2").tobytes()
    write_wav(path, np.zeros((2, 1), np.float32), rate=192_000)
    with path.open("r+b") as file:
        file.seek(40)
        file.write((len(block) * 200).to_bytes(4, "little"))
        for _ in range(200):
            file.write(block)
    tracemalloc.start()
    pcm, other = listening_pcm(path, parse_layout(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert other is not None  # noise is as wide as can be
    assert len(pcm) == len(other) == pytest.approx(200 * 11_025, abs=2)
    assert peak < 100e6  # the file has 154 MB, its float32 samples 307 MB


def test_an_analysis_says_what_was_analysed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, beat(seed=1, bpm=140, key=0, seconds=5), bit_depth=16)
    first, again = analyse(path), analyse(path)
    assert (first.model, first.duration_ms, first.channels) == (MODEL, 5000, 2)
    assert len(first.sha256) == 64
    assert np.array_equal(first.words, again.words)


def test_audio_shorter_than_a_window_has_no_words() -> None:
    pcm = np.random.default_rng(1).integers(-9999, 9999, WINDOW_SAMPLES + 1365).astype(np.int16)
    assert len(raw_words(pcm[: WINDOW_SAMPLES - 1])) == 0
    assert len(raw_words(pcm[:WINDOW_SAMPLES])) == 1
    assert len(half_hop_words(pcm)) == 3


def test_beats_are_made_thirty_times_faster_than_they_play_and_are_the_same_every_time() -> None:
    started = time.process_time()
    music = beat(seed=1, bpm=140, key=0, seconds=60)
    assert time.process_time() - started < 2
    assert music.shape == (2, 60 * 44_100)
    assert np.abs(music).max() == pytest.approx(0.9)
    assert np.array_equal(music, beat(seed=1, bpm=140, key=0, seconds=60))
    assert not np.array_equal(music, beat(seed=2, bpm=140, key=0, seconds=60))
