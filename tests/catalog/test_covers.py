import json
from pathlib import Path

import pytest
from PIL import Image

from api.covers import presets as covers
from api.covers.art.draw import SLEEVES, draw
from api.covers.presets import GeneratedArt, suits
from db.ids import prefix_of
from db.vocabulary import GENRE_PARENTS

ART = Path(covers.__file__).parent / "art"


def test_every_genre_has_a_cover_of_its_own() -> None:
    art = GeneratedArt()
    assert [art.presets_for([genre])[0].genres for genre in GENRE_PARENTS] == [(g,) for g in GENRE_PARENTS]


def test_own_genres_come_before_their_parents_in_the_order_given() -> None:
    found = GeneratedArt().presets_for(["UK Drill", "Trap Soul", "House"])
    assert [preset.genres[0] for preset in found] == [
        "UK Drill",
        "Trap Soul",
        "House",
        "Drill",
        "R&B",
        "Electronic",
    ]


def test_a_genre_is_known_whatever_its_case_and_an_unknown_one_has_no_cover() -> None:
    art = GeneratedArt()
    assert art.presets_for(["uk drill"]) == art.presets_for(["UK Drill"])
    assert art.presets_for(["Phonk", ""]) == []


def test_a_cover_suits_its_genre_and_those_below_it() -> None:
    (electronic,) = GeneratedArt().presets_for(["Electronic"])
    assert suits(electronic, ["House"])
    assert suits(electronic, ["Pop", "electronic"])
    assert not suits(electronic, ["Pop"])


def test_ids_look_like_all_ids_and_lead_back() -> None:
    art = GeneratedArt()
    for preset in art.presets_for(list(GENRE_PARENTS)):
        assert prefix_of(preset.id) == "cvr"
        assert art.preset(preset.id) is preset
    assert art.preset("cvr_none") is None


def test_the_pictures_are_what_the_index_says() -> None:
    art = GeneratedArt()
    for entry in json.loads((ART / "index.json").read_text("utf-8")):
        large = ART / entry["id"] / "large.jpg"
        with Image.open(large) as picture:
            assert picture.size == (entry["width"], entry["height"]) == (1200, 1200)
        assert large.stat().st_size <= 130_000
        assert art.image(entry["id"], "large") == large.read_bytes()
    assert art.image("cvr_none", "large") is None


@pytest.mark.parametrize("genre", ["Boom Bap"])
def test_drawing_again_gives_the_same_bytes(genre: str, tmp_path: Path) -> None:
    entry = draw(genre, tmp_path)
    preset = str(entry["id"])
    again = {path.name: path.read_bytes() for path in (tmp_path / preset).iterdir()}
    assert again == {path.name: path.read_bytes() for path in (ART / preset).iterdir()}
    assert len(SLEEVES) == len(GENRE_PARENTS)
