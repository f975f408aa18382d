"""Where measured facts contradict declared ones (D-19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalog.contradictions import Contradiction, Facts, contradictions
from api.catalog.rules import checked_facts
from api.refusals import Problems
from db.vocabulary import MusicalKey, Scale

A_MINOR = Facts(bpm=140, pitch_class=9, scale=Scale.MINOR)
FACTS = st.builds(Facts, bpm=st.floats(60, 200), pitch_class=st.integers(0, 11), scale=st.sampled_from(Scale))


def warned(measured: Facts, *, declared: Facts = A_MINOR, sure: float = 0.95) -> list[tuple[str, str, str]]:
    found = contradictions(declared, measured, bpm_confidence=sure, key_confidence=sure)
    return [(one.field, one.declared, one.measured) for one in found]


def like_a_minor(*, bpm: float = 140, pitch_class: int = 9, scale: Scale = Scale.MINOR) -> Facts:
    return Facts(bpm=bpm, pitch_class=pitch_class, scale=scale)


@pytest.mark.parametrize("bpm", [140, 70, 134.7, 145.4, 67.4, 72.8])
def test_the_same_tempo_its_half_and_its_double_are_no_contradiction(bpm: float) -> None:
    assert warned(like_a_minor(bpm=bpm)) == []


@pytest.mark.parametrize(
    ("bpm", "told"), [(93.3, "93"), (128, "128"), (146, "146"), (134, "134"), (187.4, "187")]
)
def test_another_tempo_is_told_as_the_field_takes_it(bpm: float, told: str) -> None:
    assert warned(like_a_minor(bpm=bpm)) == [("bpm", "140", told)]


def test_who_is_not_sure_warns_of_nothing() -> None:
    measured = Facts(bpm=90, pitch_class=1, scale=Scale.MAJOR)
    assert warned(measured, sure=0.899) == []
    assert len(warned(measured, sure=0.9)) == 3


def test_the_relative_key_has_the_same_notes() -> None:
    assert warned(like_a_minor(pitch_class=0, scale=Scale.MAJOR)) == []


def test_another_tonic_of_the_same_mode_is_one_warning() -> None:
    assert warned(like_a_minor(pitch_class=10)) == [("key", "A", "A_SHARP")]


def test_another_mode_on_the_same_tonic_is_one_warning() -> None:
    assert warned(like_a_minor(scale=Scale.MAJOR)) == [("scale", "MINOR", "MAJOR")]


def test_another_tonic_and_mode_are_two_warnings_with_one_sentence() -> None:
    measured = like_a_minor(pitch_class=2, scale=Scale.MAJOR)
    found = contradictions(A_MINOR, measured, bpm_confidence=1, key_confidence=0.93)
    sentence = "The audio sounds like D major; A minor is declared."
    assert found == [
        Contradiction("key", "A", "D", 0.93, sentence),
        Contradiction("scale", "MINOR", "MAJOR", 0.93, sentence),
    ]


@given(declared=FACTS, measured=FACTS)
def test_who_takes_over_what_was_measured_is_not_warned_again(declared: Facts, measured: Facts) -> None:
    declared = Facts(bpm=round(declared.bpm), pitch_class=declared.pitch_class, scale=declared.scale)
    told = {field: value for field, _, value in warned(measured, declared=declared)}
    kinds = {"bpm": int, "key": MusicalKey, "scale": Scale}
    problems = Problems()
    columns = checked_facts(problems, {field: kinds[field](value) for field, value in told.items()})
    problems.refuse_any()
    agreed = Facts(
        bpm=columns.get("bpm", declared.bpm),
        pitch_class=columns.get("pitch_class", declared.pitch_class),
        scale=columns.get("scale", declared.scale),
    )
    assert warned(measured, declared=agreed) == []
