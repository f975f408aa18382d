"""D-31 and D-33: what a match means."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.recon.rules import SameFile, band_of, blocks
from db.vocabulary import MatchRelation, SimilarityBand

SHARE = st.floats(0, 1)


@given(SHARE, SHARE)
def test_one_recording_blocks_at_0_8_of_either_side(query: float, reference: float) -> None:
    match = replace(SameFile.of(1000), query_coverage=query, reference_coverage=reference)
    assert blocks(match) is (max(query, reference) >= 0.8)


@given(SHARE, SHARE)
def test_shared_material_never_blocks(query: float, reference: float) -> None:
    shared = MatchRelation.SHARED_MATERIAL
    assert not blocks(
        replace(SameFile.of(1000), query_coverage=query, reference_coverage=reference, relation=shared)
    )


@pytest.mark.parametrize(
    ("similarity", "band"),
    [
        (1.0, "VERY_HIGH"),
        (0.9, "VERY_HIGH"),
        (0.899, "HIGH"),
        (0.8, "HIGH"),
        (0.799, "MODERATE"),
        (0.0, "MODERATE"),
    ],
)
def test_bands_begin_at_0_9_and_0_8(similarity: float, band: str) -> None:
    assert band_of(similarity) is SimilarityBand(band)


def test_the_same_file_agrees_from_its_first_to_its_last_sample() -> None:
    [segment] = SameFile.of(1500).segments
    assert (segment.query_start_ms, segment.query_end_ms) == (0, 1500)
    assert (segment.reference_start_ms, segment.reference_end_ms) == (0, 1500)
