"""The order of a collection's tracks, and which come into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalog.errors import TrackIsLocked
from api.collections.errors import TrackIsInAnotherCollection
from api.collections.rules import why_not_taken, with_added, with_moved
from db.ids import TrackId
from db.vocabulary import TrackStatus

A, B, C, D, E = (TrackId(letter) for letter in "abcde")
ORDERS = st.permutations([A, B, C, D, E])


@pytest.mark.parametrize(
    ("tracks", "after", "order"),
    [
        ([D], None, [A, B, C, D]),
        ([E, A, D], None, [A, B, C, E, D]),
        ([E, D], A, [A, E, D, B, C]),
        ([A, D], B, [B, A, D, C]),
        ([C, A], B, [B, C, A]),
    ],
)
def test_tracks_come_in_behind_one_or_at_the_end(
    tracks: list[TrackId], after: TrackId | None, order: list[TrackId]
) -> None:
    assert with_added([A, B, C], tracks, after) == order


@given(ORDERS, ORDERS, st.integers(0, 4), st.integers(1, 4))
def test_a_move_keeps_all_tracks_and_the_order_of_the_others(
    order: list[TrackId], moved: list[TrackId], size: int, place: int
) -> None:
    tracks, after = moved[:size], moved[size] if place > 1 else None
    result = with_moved(order, tracks, after)
    assert sorted(result) == [A, B, C, D, E]
    assert [one for one in result if one not in tracks] == [one for one in order if one not in tracks]
    start = 0 if after is None else result.index(after) + 1
    assert result[start : start + size] == tracks


@pytest.mark.parametrize("status", [one for one in TrackStatus if one is not TrackStatus.REMOVED])
def test_a_track_of_another_collection_stays_out_and_a_sold_one_does_not_come_in(status: TrackStatus) -> None:
    sold = status is TrackStatus.SOLD
    elsewhere = why_not_taken(A, status=status, here=False, elsewhere=True)
    assert isinstance(elsewhere, TrackIsInAnotherCollection)
    assert elsewhere.object_id == A
    assert isinstance(why_not_taken(A, status=status, here=False, elsewhere=False), TrackIsLocked) is sold
    assert why_not_taken(A, status=status, here=True, elsewhere=False) is None
