"""Searching the catalogue: what is found, in which order, and by whom; the same on both engines."""

from typing import Any

import pytest

from db.vocabulary import LicensingModel, Scale, TrackStatus
from tests.factories import Beatmaker, a_producer, a_track, an_exclusive
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

LIST = """query($where: TrackWhere, $orderBy: TrackOrder, $first: Int, $after: String, $last: Int, $before: String) {
  tracks(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
FACETS = """query($where: TrackWhere, $of: [TrackFacetField!]!) {
  tracks(where: $where) { totalCount facets(of: $of) { field buckets { value label count } } } }"""
SUGGEST = """query($text: String!, $first: Int) { searchSuggestions(text: $text, first: $first) {
  label node { __typename id } } }"""
PAGE = "query($path: String!) { publicPage(path: $path) { canonicalPath node { __typename id } } }"


async def found(stage: Stage, search: str | None, who: Somebody | None = None, **where: Any) -> list[str]:
    """Titles in the order of the answer; the total is their number."""
    listed = (await stage.ask(who, LIST, where={"search": search, **where}))["tracks"]
    assert listed["totalCount"] == len(listed["nodes"])
    return [node["title"] for node in listed["nodes"]]


async def menu(stage: Stage, field: str, **where: Any) -> list[tuple[str, int]]:
    [one] = (await stage.ask(None, FACETS, where=where, of=[field]))["tracks"]["facets"]
    assert one["field"] == field
    return [(bucket["value"], bucket["count"]) for bucket in one["buckets"]]


async def suggested(stage: Stage, text: str, first: int = 8) -> list[tuple[str, str | None]]:
    lines = (await stage.ask(None, SUGGEST, text=text, first=first))["searchSuggestions"]
    return [(line["label"], line["node"] and line["node"]["__typename"]) for line in lines]


async def refused(stage: Stage, query: str, **variables: Any) -> tuple[str, str]:
    [error] = (await stage.answer(None, query, **variables)).errors
    told: Json = dict(error.extensions or {})
    return told["code"], told["argument"]


async def test_every_field_finds_its_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions, "Zephyr")
    await a_track(
        stage.sessions, nova, title="Lo-Fi Beyoncé", artists=["Ari & Bo"], genres=["UK Drill"], tags=["808s"],
        moods=["Dark"], description="It's a summer's tape",
    )  # fmt: skip
    hits = [
        "lofi",
        "lo fi",
        "beyonce",
        "ari",
        "bo",
        "zephyr",
        "uk drill",
        "drill",
        "808",
        "dark",
        "summers",
        "tap",
    ]
    missed = [text for text in hits if await found(stage, text) != ["Lo-Fi Beyoncé"]]
    strangers = [text for text in ["winter", "drills", "zephyrs", "lofin", "909"] if await found(stage, text)]
    assert (missed, strangers) == ([], [])


async def test_the_better_the_place_the_earlier_and_of_equals_the_newest(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    places: list[Json] = [
        {"title": "Night"}, {"title": "Night Drive"}, {"title": "A", "artists": ["Night"]},
        {"title": "B", "tags": ["night"]}, {"title": "C", "tags": ["night"]},
        {"title": "D", "description": "At night"}, {"title": "E", "description": "Nightly"}, {"title": "F"},
    ]  # fmt: skip
    for place in places:
        await a_track(stage.sessions, nova, **place)
    best = ["Night", "Night Drive", "A", "C", "B", "D", "E"]
    assert await found(stage, "night") == best
    worst = {"field": "RELEVANCE", "direction": "ASC"}
    listed = (await stage.ask(None, LIST, where={"search": "night"}, orderBy=worst))["tracks"]["nodes"]
    assert [node["title"] for node in listed] == best[::-1]


async def test_all_words_are_needed_and_the_last_may_be_unfinished(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await a_track(stage.sessions, nova, title="Night Drive", tags=["tape"])
    await a_track(stage.sessions, nova, title="Night Walk")
    assert await found(stage, "night") == ["Night Walk", "Night Drive"]
    assert await found(stage, "night dri") == ["Night Drive"]
    assert await found(stage, "TAPE Night") == ["Night Drive"]
    assert await found(stage, "nig drive") == []
    assert await found(stage, "night drive walk") == []


@pytest.mark.parametrize(
    "text", ['"night"', "night*", "(night)", "night'", "night:*", "%night", "night\\", "-night"]
)
async def test_operators_are_text(stage: Stage, text: str) -> None:
    nova = await a_producer(stage.sessions)
    await a_track(stage.sessions, nova, title="Night Drive")
    await a_track(stage.sessions, nova, title="Daybreak")
    assert await found(stage, text) == ["Night Drive"]
    assert await found(stage, f"{text} OR daybreak") == await found(stage, "NOT night") == []


async def test_text_without_words_is_no_condition(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    for title in ("One", "Two"):
        await a_track(stage.sessions, nova, title=title)
    for text in ("", "  ", "?!", None):
        assert await found(stage, text) == ["Two", "One"]
    assert await found(stage, "x" * 5000) == []


async def test_a_change_is_found_at_once_and_what_it_replaced_no_longer(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, title="Night Drive", tags=["tape"], description="Slow")
    changes = {"title": "Daybreak", "tags": ["vinyl"], "description": None}
    assert await stage.refusals(nova, "updateTrack", id=track, input=changes) == []
    assert [await found(stage, word) for word in ("daybreak", "vinyl")] == [["Daybreak"]] * 2
    assert [await found(stage, word) for word in ("night", "tape", "slow")] == [[]] * 3
    assert await menu(stage, "TAG") == [("vinyl", 1)]


async def test_hiding_and_deleting_take_a_track_out_of_what_is_found(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["tape"])
    for visible, seen in ((False, []), (True, ["Night Drive"])):
        assert await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": visible}) == []
        assert await found(stage, "night") == seen
        assert await menu(stage, "TAG") == [("tape", 1)] * len(seen)
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    assert await found(stage, "night") == []
    own = {"status": {"in": [str(one) for one in TrackStatus]}}
    assert await found(stage, "night", nova, **own) == []
    assert await suggested(stage, "tape") == await suggested(stage, "night") == []


@pytest.mark.parametrize("status", sorted(set(TrackStatus) - {TrackStatus.PUBLISHED}))
async def test_what_is_not_published_is_found_by_its_owner_alone(stage: Stage, status: TrackStatus) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova, status, tags=["tape"], slug="night")
    asked = {"status": {"eq": status}}
    own = [] if status is TrackStatus.REMOVED else ["Night Drive"]
    assert await found(stage, "night", nova, **asked) == own
    for who in (kilo, None):
        assert await found(stage, "night", who, **asked) == await found(stage, "night", who) == []
    assert await suggested(stage, "night") == await suggested(stage, "tape") == []
    shown = (await stage.ask(None, PAGE, path="/t/night"))["publicPage"]
    sold = {"canonicalPath": "/t/night", "node": {"__typename": "Track", "id": track}}
    assert shown == (sold if status is TrackStatus.SOLD else None)


async def a_shelf(stage: Stage) -> Beatmaker:
    """Four tracks, all of which are found by `beat`."""
    nova = await a_producer(stage.sessions)
    shelf: list[Json] = [
        {"title": "Beat A", "bpm": 70, "pitch_class": 9, "genres": ["UK Drill"], "tags": ["Tape"], "moods": ["Dark"]},
        {"title": "Beat B", "bpm": 140, "pitch_class": 4, "genres": ["Drill"], "tags": ["tape", "808"]},
        {"title": "Beat C", "bpm": 75, "pitch_class": 0, "scale": Scale.MAJOR, "genres": ["Lo-Fi"], **an_exclusive()},
        {"title": "Beat D", "bpm": 149, "pitch_class": 10, "genres": ["Soul"], "moods": ["Dark"]},
    ]  # fmt: skip
    for one in shelf:
        await a_track(stage.sessions, nova, **one)
    return nova


NARROWED: list[tuple[Json, list[str]]] = [
    ({}, ["Beat D", "Beat C", "Beat B", "Beat A"]),
    ({"genre": {"eq": "drill"}}, ["Beat B", "Beat A"]),
    ({"tag": {"eq": "TAPE"}, "mood": {"eq": "dark"}}, ["Beat A"]),
    ({"bpm": {"gte": 140}}, ["Beat D", "Beat B"]),
    ({"bpm": {"eq": 70}, "bpmHalfOrDouble": True}, ["Beat B", "Beat A"]),
    ({"bpm": {"in": [140, 150]}, "bpmHalfOrDouble": True}, ["Beat C", "Beat B", "Beat A"]),
    ({"bpm": {"gte": 70, "lte": 74}, "bpmHalfOrDouble": True}, ["Beat B", "Beat A"]),
    ({"bpm": {"gte": 70, "lte": 74}, "bpmHalfOrDouble": False}, ["Beat A"]),
    ({"bpmHalfOrDouble": True}, ["Beat D", "Beat C", "Beat B", "Beat A"]),
    ({"harmonicWith": "8a"}, ["Beat C", "Beat B", "Beat A"]),
    ({"harmonicWith": "09A"}, ["Beat B", "Beat A"]),
    ({"harmonicWith": "8B"}, ["Beat C", "Beat A"]),
    ({"harmonicWith": "A minor"}, ["Beat C", "Beat B", "Beat A"]),
    ({"harmonicWith": "1d"}, ["Beat C", "Beat A"]),
    ({"harmonicWith": "3A", "licensingModel": {"eq": "STANDARD"}}, ["Beat D"]),
]  # fmt: skip


async def test_filters_narrow_a_search(stage: Stage) -> None:
    await a_shelf(stage)
    await a_track(stage.sessions, await a_producer(stage.sessions, "Kilo"), title="Other")
    for where, titles in NARROWED:
        assert (where, await found(stage, "beat", **where)) == (where, titles)


async def test_other_orders_hold_for_a_search(stage: Stage) -> None:
    await a_shelf(stage)
    order = {"field": "BPM", "direction": "ASC"}
    listed = (await stage.ask(None, LIST, where={"search": "beat"}, orderBy=order))["tracks"]["nodes"]
    assert [node["title"][-1] for node in listed] == ["A", "C", "B", "D"]


@pytest.mark.parametrize("code", ["", "8C", "13A", "0A", "012A", "hello"])
async def test_what_names_no_key_is_a_fault(stage: Stage, code: str) -> None:
    asked = await refused(stage, LIST, where={"harmonicWith": code})
    assert asked == ("BAD_REQUEST", "where.harmonicWith")


NAMED = "query($text: String!) { keyNamed(text: $text) { key scale label camelot } }"


async def test_a_key_field_is_told_which_key_was_typed(stage: Stage) -> None:
    answers = [(await stage.ask(None, NAMED, text=text))["keyNamed"] for text in ("bb min", "8m", "H moll")]
    b_flat_minor = {"key": "A_SHARP", "scale": "MINOR", "label": "B♭ minor", "camelot": "3A"}
    assert answers == [b_flat_minor, b_flat_minor, None]


async def test_relevance_needs_words(stage: Stage) -> None:
    order = {"field": "RELEVANCE", "direction": "DESC"}
    assert await refused(stage, LIST, orderBy=order) == ("BAD_REQUEST", "orderBy")
    assert await refused(stage, LIST, orderBy=order, where={"search": None}) == ("BAD_REQUEST", "orderBy")


MENUS: list[tuple[str, list[tuple[str, int]]]] = [
    ("GENRE", [("Drill", 2), ("Lo-Fi", 1), ("Soul", 1), ("UK Drill", 1)]),
    ("TAG", [("Tape", 2), ("808", 1)]),
    ("MOOD", [("Dark", 2)]),
    ("CAMELOT", [("3A", 1), ("8A", 1), ("8B", 1), ("9A", 1)]),
    ("BPM", [("70", 2), ("140", 2)]),
    ("LICENSING_MODEL", [("STANDARD", 3), ("STANDARD_AND_EXCLUSIVE", 1)]),
]
OWN_FILTERS: list[tuple[str, Json]] = [
    ("GENRE", {"genre": {"eq": "Soul"}}), ("TAG", {"tag": {"eq": "808"}}), ("MOOD", {"mood": {"eq": "x"}}),
    ("CAMELOT", {"harmonicWith": "1A"}), ("CAMELOT", {"key": {"eq": "D"}, "scale": {"eq": "MAJOR"}}),
    ("BPM", {"bpm": {"eq": 75}, "bpmHalfOrDouble": True}), ("LICENSING_MODEL", {"licensingModel": {"in": []}}),
]  # fmt: skip


async def test_menus_count_all_matches_largest_first_with_or_without_a_search(stage: Stage) -> None:
    nova = await a_shelf(stage)
    await a_track(stage.sessions, nova, TrackStatus.HIDDEN, title="Beat E", genres=["Soul"])
    for field, buckets in MENUS:
        assert (field, await menu(stage, field, search="beat")) == (field, buckets)
        assert (field, await menu(stage, field)) == (field, buckets)


async def test_a_menu_ignores_the_filter_on_its_own_field_alone(stage: Stage) -> None:
    await a_shelf(stage)
    whole = dict(MENUS)
    for field, where in OWN_FILTERS:
        assert (field, await menu(stage, field, search="beat", **where)) == (field, whole[field])
    assert await menu(stage, "TAG", search="beat", genre={"eq": "UK Drill"}) == [("Tape", 1)]
    assert await menu(stage, "BPM", mood={"eq": "dark"}) == [("70", 1), ("140", 1)]
    assert await menu(stage, "GENRE", search="beat soul") == [("Soul", 1)]


async def test_menus_come_in_the_order_asked_for_with_labels_for_people(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    model = LicensingModel.EXCLUSIVE_ONLY
    await a_track(stage.sessions, nova, bpm=149, pitch_class=9, **an_exclusive(licensing_model=model))
    asked = ["BPM", "CAMELOT", "LICENSING_MODEL", "BPM"]
    menus = (await stage.ask(None, FACETS, where={"search": "night"}, of=asked))["tracks"]["facets"]
    assert [(one["field"], one["buckets"][0]["label"]) for one in menus] == [
        ("BPM", "140 to 149 BPM"), ("CAMELOT", "8A · A minor"), ("LICENSING_MODEL", "Exclusive only"),
    ]  # fmt: skip


async def test_a_menu_has_at_most_50_lines(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    for start in (0, 20, 40):
        tags = [f"tag {number:02}" for number in range(start, start + 20)]
        await a_track(stage.sessions, nova, tags=tags)
    assert await menu(stage, "TAG") == [(f"tag {number:02}", 1) for number in range(50)]
    assert await menu(stage, "TAG", search="night") == [(f"tag {number:02}", 1) for number in range(50)]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_give_every_hit_once_in_one_order_both_ways(stage: Stage, direction: str) -> None:
    nova = await a_producer(stage.sessions)
    for number in range(8):
        title = "Night" if number % 3 else f"Song {number}"
        await a_track(stage.sessions, nova, title=title, tags=["night"], bpm=100 + number)
    for where in ({"search": "night"}, {"search": "night", "bpm": {"gte": 101}}):
        asked = {"where": where, "orderBy": {"field": "RELEVANCE", "direction": direction}}
        whole = [edge["cursor"] for edge in (await stage.ask(None, LIST, **asked))["tracks"]["edges"]]
        assert len(set(whole)) == 8 - ("bpm" in where)
        assert await paged(stage, asked, "first", "after", "endCursor", "hasNextPage") == whole
        assert await paged(stage, asked, "last", "before", "startCursor", "hasPreviousPage") == whole


async def paged(stage: Stage, asked: Json, size: str, place: str, cursor: str, more: str) -> list[str]:
    cursors: list[str] = []
    given: Json = {size: 3}
    while True:
        page = (await stage.ask(None, LIST, **asked, **given))["tracks"]
        new = [edge["cursor"] for edge in page["edges"]]
        cursors = cursors + new if place == "after" else new + cursors
        if not page["pageInfo"][more]:
            return cursors
        given[place] = page["pageInfo"][cursor]


async def test_suggestions_are_words_people_and_tracks_best_first(stage: Stage) -> None:
    night, kilo = await a_producer(stage.sessions, "Nightowl"), await a_producer(stage.sessions, "Kilo")
    await a_track(stage.sessions, kilo, title="Night Drive", tags=["night"])
    await a_track(stage.sessions, kilo, title="Late Night")
    assert await suggested(stage, "NIGHT") == [
        ("night", None), ("Nightowl", "Producer"), ("Night Drive", "Track"), ("Late Night", "Track"),
    ]  # fmt: skip
    assert await suggested(stage, "night", 2) == [("night", None), ("Nightowl", "Producer")]
    [line] = (await stage.ask(None, SUGGEST, text="nightow"))["searchSuggestions"]
    assert line["node"]["id"] == night.producer
    assert await suggested(stage, "zzz") == await suggested(stage, "!?") == await suggested(stage, "") == []


@pytest.mark.parametrize("first", [0, -1, 21])
async def test_there_are_1_to_20_suggestions(stage: Stage, first: int) -> None:
    assert await refused(stage, SUGGEST, text="night", first=first) == ("OUT_OF_RANGE", "first")


async def test_a_public_path_leads_to_its_page(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, slug="night-x7f2")
    people, beats = f"/p/{nova.handle}", "/t/night-x7f2"
    pages = [(people, "Producer", nova.producer), (beats, "Track", track)]
    for path, kind, key in pages:
        expected = {"canonicalPath": path, "node": {"__typename": kind, "id": key}}
        same = [
            path,
            f"{path}/",
            f"{path}?a=b#c",
            f"https://beatpass.test{path}",
            path[:3] + path[3:].upper(),
        ]
        for one in same:
            assert (one, (await stage.ask(None, PAGE, path=one))["publicPage"]) == (one, expected)
        for one in (f"https://elsewhere.test{path}", f"{path}-no", f"{path}/tracks", path[3:], ""):
            assert (one, (await stage.ask(None, PAGE, path=one))["publicPage"]) == (one, None)


async def test_a_hidden_page_is_its_owners(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, slug="night-x7f2")
    assert (await stage.ask(None, PAGE, path="/t/night-x7f2"))["publicPage"] is None
    shown = (await stage.ask(nova, PAGE, path="/t/night-x7f2"))["publicPage"]
    assert shown == {"canonicalPath": "/t/night-x7f2", "node": {"__typename": "Track", "id": track}}
