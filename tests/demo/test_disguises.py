"""The disguises of the demo are heard as copies, and each says what it does."""

from pathlib import Path

import pytest

from db.vocabulary import MatchRelation
from workers.audio.index import analyse
from workers.audio.matching import compare
from workers.audio.synth import write_wav
from workers.demo.beats import Score
from workers.demo.disguises import Disguise, DisguiseFailed, cut_out, disguise_of, run_ffmpeg


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("original") / "beat.wav"
    write_wav(file, Score(77, 104, 2, kit=9).played(30), bit_depth=24)
    return file


def test_sixty_beats_have_sixty_disguises() -> None:
    for rate in (44_100, 48_000, 96_000):
        names = [disguise_of(number, duration_ms=180_000, sample_rate_hz=rate).name for number in range(60)]
        assert len(set(names)) == 60
        assert "" not in names


def test_every_trick_is_among_the_first_four_and_the_first_dozen_ends_with_all_of_them() -> None:
    names = [disguise_of(number, duration_ms=180_000, sample_rate_hz=44_100).name for number in range(12)]
    assert names[:4] == ["MP3 128 kbit/s", "5.5 s off the start", "4 dB quieter", "24 kHz"]
    assert names[11] == "MP3 96 kbit/s, 6.4 s off the start, 12 dB quieter, 48 kHz"


def test_a_short_beat_keeps_most_of_itself() -> None:
    assert disguise_of(1, duration_ms=10_000, sample_rate_hz=44_100).starts_at_s == 1.5


@pytest.mark.parametrize("number", range(12))
def test_a_disguised_copy_is_another_file_and_the_same_recording(
    number: int, original: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.wav"
    disguise = disguise_of(number, duration_ms=30_000, sample_rate_hz=44_100)
    disguise.wear(original, copy)
    assert copy.read_bytes() != original.read_bytes()
    heard = analyse(copy)
    assert heard.sample_rate_hz == (disguise.rate_hz or 44_100)
    assert heard.duration_ms / 1000 == pytest.approx(30 - disguise.starts_at_s, abs=0.1)
    match = compare(heard.words, analyse(original).words)
    assert match is not None
    assert match.relation is MatchRelation.SAME_RECORDING
    assert match.query_coverage >= 0.98
    assert list(tmp_path.iterdir()) == [copy]


def test_an_excerpt_is_from_where_it_should_be(original: Path, tmp_path: Path) -> None:
    excerpt = tmp_path / "excerpt.wav"
    cut_out(original, excerpt, starts_at_s=8, seconds=12)
    match = compare(analyse(excerpt).words, analyse(original).words)
    assert match is not None
    assert match.segments[0].reference_start_ms == pytest.approx(8000, abs=80)


def test_what_is_no_audio_fails_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(DisguiseFailed, match="Invalid data"):
        Disguise(gain_db=-4).wear(tmp_path / "text.wav", tmp_path / "copy.wav")
    with pytest.raises(DisguiseFailed):
        run_ffmpeg(["-i", str(tmp_path / "nothing.wav"), "-f", "null", "-"])
