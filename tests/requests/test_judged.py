"""Requests and tracks judged by hand: what the score takes for an answer, and what a person does (D-63)."""

import sys

import pytest

from api.requests.fit import fit
from api.requests.wanted import seek
from tests.requests.judged import JUDGED, Judged


def answered(one: Judged) -> bool:
    return fit(seek(one.wanted), one.track) is not None


def test_nine_of_ten_answers_are_right_and_nine_of_ten_right_ones_are_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = sum(answered(one) and one.fits for one in JUDGED)
    precision = right / sum(answered(one) for one in JUDGED)
    recall = right / sum(one.fits for one in JUDGED)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(JUDGED)} judged pairs: precision {precision:.3f}, recall {recall:.3f}\n")
    assert len(JUDGED) >= 60
    assert precision >= 0.9
    assert recall >= 0.9


def test_each_verdict_has_its_reasoning_and_both_verdicts_are_there_in_numbers() -> None:
    assert all(one.why.endswith((".", "!")) for one in JUDGED)
    assert len({one.why for one in JUDGED}) == len(JUDGED)
    assert 0.4 < sum(one.fits for one in JUDGED) / len(JUDGED) < 0.6
