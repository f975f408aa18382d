import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from api.covers import presets as covers
from api.covers.art.draw import draw, preset_id_of
from api.covers.art.sleeves import SLEEVES
from api.covers.presets import GeneratedArt, suits
from db.ids import prefix_of
from db.vocabulary import GENRE_PARENTS
from tests.catalog.likeness import apart, colours, edges, palette, same_composition, shared

pytestmark = pytest.mark.anyio
ART = Path(covers.__file__).parent / "art"
INDEX: list[dict[str, Any]] = json.loads((ART / "index.json").read_text("utf-8"))
FEWEST_OF_A_GENRE = 4  # D-14

# Measured over all 6,216 pairs. The two nearest covers are 15.7 apart (a city from the air at night, tower blocks at
# night); one and the same cover made 15% brighter is 7 away from itself, and 14.8 at most.
LEAST_APART = 15
# The most alike are at 0.86 (two that fill the sheet with a round thing); a cover with its colours swapped is at 0.99.
SAME_COMPOSITION = 0.9
# Within a genre the most alike have 0.62 in common; a cover and its mirror image have 1.
SHARED_PALETTE = 0.7


def _small() -> list[Image.Image]:
    return [Image.open(ART / entry["id"] / "small.jpg") for entry in INDEX]


def test_every_listed_genre_has_four_covers_of_its_own() -> None:
    counted = Counter(genre for entry in INDEX for genre in entry["genres"])
    assert set(counted) == set(GENRE_PARENTS) == set(SLEEVES)
    assert min(counted.values()) >= FEWEST_OF_A_GENRE
    assert len({entry["id"] for entry in INDEX}) == len(INDEX) == sum(map(len, SLEEVES.values()))


def test_no_two_covers_look_alike() -> None:
    seen = [
        (entry["id"], colours(picture), edges(picture))
        for entry, picture in zip(INDEX, _small(), strict=True)
    ]
    alike = [
        (one[0], two[0])
        for one, two in combinations(seen, 2)
        if apart(one[1], two[1]) < LEAST_APART or same_composition(one[2], two[2]) > SAME_COMPOSITION
    ]
    assert alike == []


def test_covers_of_one_genre_have_palettes_of_their_own() -> None:
    seen = [(entry["genres"], palette(picture)) for entry, picture in zip(INDEX, _small(), strict=True)]
    pairs = [(one, two) for one, two in combinations(seen, 2) if one[0] == two[0]]
    assert len(pairs) >= 6 * len(GENRE_PARENTS)
    assert max(shared(one[1], two[1]) for one, two in pairs) < SHARED_PALETTE


def test_a_recoloured_cover_would_be_found_out() -> None:
    picture = Image.open(ART / preset_id_of("Drill", number=1) / "small.jpg")
    red, green, blue = picture.split()
    recoloured = Image.merge("RGB", (blue, red, green))
    assert same_composition(edges(picture), edges(recoloured)) > SAME_COMPOSITION
    assert (
        apart(
            colours(picture), colours(picture.point([min(255, value * 23 // 20) for value in range(256)] * 3))
        )
        < LEAST_APART
    )
    assert (
        shared(palette(picture), palette(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))) > SHARED_PALETTE
    )


async def test_own_genres_come_before_their_parents_in_the_order_given() -> None:
    found = await GeneratedArt().presets_for(["UK Drill", "Trap Soul", "House"])
    order = ("UK Drill", "Trap Soul", "House", "Drill", "R&B", "Electronic")
    assert [preset.id for preset in found] == [
        preset_id_of(genre, number=number) for genre in order for number in (1, 2, 3, 4)
    ]


async def test_a_parent_asked_for_as_well_keeps_the_place_it_was_given() -> None:
    found = await GeneratedArt().presets_for(["Drill", "UK Drill"])
    assert [preset.genres[0] for preset in found] == ["Drill"] * 4 + ["UK Drill"] * 4


async def test_a_genre_is_known_whatever_its_case_and_a_custom_one_has_no_cover() -> None:
    art = GeneratedArt()
    assert await art.presets_for(["uk drill"]) == await art.presets_for(["UK Drill"])
    assert await art.presets_for(["Phonk", ""]) == []
    assert await art.presets_for(["Phonk", "Trap"]) == await art.presets_for(["Trap"])


async def test_a_cover_suits_its_genre_and_those_below_it() -> None:
    electronic = (await GeneratedArt().presets_for(["Electronic"]))[3]
    assert electronic.genres == ("Electronic",)
    assert suits(electronic, ["House"])
    assert suits(electronic, ["Pop", "electronic"])
    assert not suits(electronic, ["Pop"])
    assert not suits(electronic, ["Phonk"])


async def test_ids_look_like_all_ids_and_lead_back() -> None:
    art = GeneratedArt()
    ids = [entry["id"] for entry in INDEX]
    assert {prefix_of(preset_id) for preset_id in ids} == {"cvr"}
    found = await art.presets([*ids, "cvr_none"])
    assert list(found) == ids
    assert [preset.id for preset in found.values()] == ids


def test_the_first_cover_of_a_genre_is_the_one_it_always_was() -> None:
    assert preset_id_of("Trap", number=1) == "cvr_zf6he9cn0vexbt4m5y41jnrcmt"
    assert INDEX[0]["id"] == preset_id_of("Hip-Hop", number=1)


async def test_the_pictures_are_what_the_index_says() -> None:
    art = GeneratedArt()
    for entry in INDEX:
        large = ART / entry["id"] / "large.jpg"
        with Image.open(large) as picture:
            assert picture.size == (entry["width"], entry["height"]) == (1200, 1200)
        assert large.stat().st_size <= 130_000
        assert await art.image(entry["id"], "large") == large.read_bytes()
    assert await art.image("cvr_none", "large") is None
    assert await art.image(INDEX[0]["id"], "../../presets") is None


def test_all_covers_together_stay_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in ART.glob("*/*.jpg")) < 18_000_000
    assert {path.parent.name for path in ART.glob("*/*.jpg")} == {entry["id"] for entry in INDEX}


@pytest.mark.parametrize(("genre", "number"), [("Boom Bap", 1), ("Lo-Fi", 2), ("House", 4), ("Indie Pop", 4)])
def test_drawing_again_gives_the_same_bytes(genre: str, number: int, tmp_path: Path) -> None:
    """One for each way of painting: strokes, light, fields of numbers, paper with shadows.

    They depend on the version of Pillow, whose wheels bring the JPEG encoder along; `uv.lock` has it.
    """
    entry = draw(genre, number, tmp_path)
    preset = str(entry["id"])
    again = {path.name: path.read_bytes() for path in (tmp_path / preset).iterdir()}
    assert again == {path.name: path.read_bytes() for path in (ART / preset).iterdir()}
    (indexed,) = (one for one in INDEX if one["id"] == preset)
    assert entry == indexed
