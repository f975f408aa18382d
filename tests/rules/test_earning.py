"""What a track earns for whom (D-57)."""

from dataclasses import replace

from api.producers.earning import Award, Story, earned
from db.ids import ProducerId, TrackId
from db.vocabulary import XpCause

NOVA, KILO, TRACK = ProducerId("pro_nova"), ProducerId("pro_kilo"), TrackId("trk_x")
ALONE = Story(track=TRACK, uploader=NOVA, published=True, completed=False, credited={NOVA})


def points(story: Story) -> dict[ProducerId, int]:
    total: dict[ProducerId, int] = {}
    for award in earned(story):
        total[award.producer] = total.get(award.producer, 0) + award.points
    return total


def test_a_published_track_brings_its_uploader_a_hundred() -> None:
    assert earned(ALONE) == {Award(NOVA, XpCause.TRACK_PUBLISHED, TRACK)}
    assert points(ALONE) == {NOVA: 100}


def test_nothing_is_given_for_what_is_not_published() -> None:
    full = replace(ALONE, published=False, completed=True, credited={NOVA, KILO})
    assert earned(full) == set()


def test_a_complete_one_brings_fifty_more() -> None:
    assert points(replace(ALONE, completed=True)) == {NOVA: 150}


def test_a_collaboration_brings_each_producer_twenty_five() -> None:
    assert points(replace(ALONE, credited={NOVA, KILO})) == {NOVA: 125, KILO: 25}
