"""The three backends against each other, with the fpcalc 1.5.1 and libchromaprint that Debian ships."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.tools import debian
from workers.audio.chromaprint import Backend, Words, raw_words
from workers.audio.pcm import CHROMAPRINT_RATE_HZ, pca_mono, resample, to_int16
from workers.audio.synth import beat

ASK = """
import json, sys
import numpy as np
from workers.audio.chromaprint import Backend, backend, raw_words
words = raw_words(np.load(sys.argv[1]), by=Backend(sys.argv[2]))
print(json.dumps([backend(), words.tolist()]))
"""


@pytest.fixture(scope="module")
def tools() -> debian.Unpacked:
    return debian.fetch("libchromaprint-tools", "libchromaprint1")


def ask(pcm: Path, by: Backend, environment: dict[str, str]) -> tuple[str, Words]:
    command = [sys.executable, "-c", ASK, str(pcm), by]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    found, words = json.loads(done.stdout)
    return found, np.array(words, np.uint32)


@pytest.mark.parametrize("seconds", [3, 20, 150])
def test_all_backends_give_the_same_words(seconds: int, tools: debian.Unpacked, tmp_path: Path) -> None:
    music = resample(beat(seed=4, bpm=96, key=7, seconds=seconds), from_hz=44_100, to_hz=CHROMAPRINT_RATE_HZ)
    pcm = to_int16(pca_mono(music))
    np.save(tmp_path / "pcm.npy", pcm)
    ours = raw_words(pcm, by=Backend.FFMPEG)
    found, library = ask(tmp_path / "pcm.npy", Backend.LIBRARY, tools.environment())
    assert found == Backend.LIBRARY
    _, fpcalc = ask(tmp_path / "pcm.npy", Backend.FPCALC, tools.environment())
    assert len(ours) == (len(pcm) - 30_031) // 1365 + 1
    assert np.array_equal(ours, library)
    assert np.array_equal(ours, fpcalc)


def test_fpcalc_is_taken_where_the_library_is_not(tools: debian.Unpacked, tmp_path: Path) -> None:
    wrapper = tmp_path / "fpcalc"
    libraries = tools.environment()["LD_LIBRARY_PATH"]
    wrapper.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH="{libraries}" exec "{tools.root}/usr/bin/fpcalc" "$@"\n')
    wrapper.chmod(0o755)
    pcm = np.random.default_rng(1).integers(-9999, 9999, 60_000).astype(np.int16)
    np.save(tmp_path / "pcm.npy", pcm)
    found, words = ask(tmp_path / "pcm.npy", Backend.FPCALC, {**os.environ, "FPCALC": str(wrapper)})
    assert found == Backend.FPCALC
    assert np.array_equal(words, raw_words(pcm, by=Backend.FFMPEG))
