"""Finding tracks: filters, orders, pages and whose eyes see what; the same on both engines."""

import base64
from decimal import Decimal
from typing import Any

import pytest

from db.vocabulary import (
    CurrencyCode,
    ExclusiveAvailability,
    LicensingModel,
    Scale,
    TrackStatus,
)
from tests.factories import Beatmaker, a_listener, a_producer, a_track, an_exclusive, staff
from tests.stage import Somebody, Stage

pytestmark = pytest.mark.anyio

LIST = """query($where: TrackWhere, $orderBy: TrackOrder, $first: Int, $after: String, $last: Int, $before: String) {
  tracks(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
PRODUCER = """query($by: ProducerBy!, $where: TrackWhere) { producer(by: $by) {
  tracks(where: $where, orderBy: {field: TITLE, direction: ASC}) { nodes { title } }
  creditedTracks(orderBy: {field: TITLE, direction: ASC}) { nodes { title } } } }"""
NIGHT, DAY, DUSK = "Night Drive", "Daybreak", "Dusk"


async def a_catalogue(stage: Stage) -> tuple[Beatmaker, Beatmaker]:
    """Three published tracks of two producers, as different as tracks can be."""
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await a_track(
        stage.sessions, nova, title=NIGHT, bpm=140, pitch_class=10, scale=Scale.MINOR, genres=["Drill"],
        tags=["808", "lo-fi"], moods=["Dark"], duration_ms=100_000, credited=[kilo],
    )  # fmt: skip
    await a_track(
        stage.sessions, nova, title=DAY, bpm=90, pitch_class=0, scale=Scale.MAJOR, genres=["UK Drill", "Soul"],
        tags=["tape"], moods=["Chill"], duration_ms=200_000, **an_exclusive(),
    )  # fmt: skip
    await a_track(
        stage.sessions, kilo, title=DUSK, bpm=120, pitch_class=0, scale=Scale.MINOR, genres=["Phonk Röck"],
        tags=["808"], duration_ms=300_000,
        **an_exclusive(exclusive_price_minor=9_999, licensing_model=LicensingModel.EXCLUSIVE_ONLY),
    )  # fmt: skip
    return nova, kilo


async def found(stage: Stage, where: Any, who: Somebody | None = None) -> set[str]:
    listed = (await stage.ask(who, LIST, where=where))["tracks"]
    titles = {node["title"] for node in listed["nodes"]}
    assert listed["totalCount"] == len(listed["nodes"]) == len(titles)
    return titles


FILTERS: list[tuple[Any, set[str]]] = [
    (None, {NIGHT, DAY, DUSK}),
    ({"mood": {}, "genre": {}, "title": {}}, {NIGHT, DAY, DUSK}),
    ({"genre": {"eq": "drill"}}, {NIGHT, DAY}),
    ({"genre": {"eq": "UK Drill"}}, {DAY}),
    ({"genre": {"in": ["soul", "PHONK  ROCK"]}}, {DAY, DUSK}),
    ({"genre": {"contains": "hon"}}, {DUSK}),
    ({"tag": {"eq": "808"}}, {NIGHT, DUSK}),
    ({"tag": {"eq": "LO-FI"}}, {NIGHT}),
    ({"tag": {"contains": "%"}}, set()),
    ({"mood": {"in": ["dark", "chill"]}}, {NIGHT, DAY}),
    ({"tag": {"eq": "808"}, "mood": {"eq": "Dark"}}, {NIGHT}),
    ({"bpm": {"gte": 90, "lte": 120}}, {DAY, DUSK}),
    ({"bpm": {"eq": 140}}, {NIGHT}),
    ({"bpm": {"in": [90, 140, 7]}}, {NIGHT, DAY}),
    ({"key": {"eq": "B_FLAT"}}, {NIGHT}),
    ({"key": {"in": ["C", "A_SHARP"]}, "scale": {"eq": "MINOR"}}, {NIGHT, DUSK}),
    ({"scale": {"eq": "MAJOR"}}, {DAY}),
    ({"licensingModel": {"eq": "STANDARD"}}, {NIGHT}),
    ({"licensingModel": {"in": ["EXCLUSIVE_ONLY", "STANDARD_AND_EXCLUSIVE"]}}, {DAY, DUSK}),
    ({"exclusivePrice": {"currency": "USD"}}, {DAY, DUSK}),
    ({"exclusivePrice": {"currency": "USD", "gte": "100"}}, {DAY}),
    ({"exclusivePrice": {"currency": "USD", "gte": "99.99", "lte": "99.99"}}, {DUSK}),
    ({"exclusivePrice": {"currency": "USD", "gte": "99.991"}}, {DAY}),
    ({"exclusivePrice": {"currency": "USD", "lte": "99.989"}}, set()),
    ({"exclusivePrice": {"currency": "USD", "gte": "1E+15"}}, set()),
    ({"exclusivePrice": {"currency": "CAD"}}, set()),
    ({"durationMs": {"gte": 150_000, "lte": 250_000}}, {DAY}),
    ({"title": {"eq": "NIGHT DRIVE"}}, {NIGHT}),
    ({"title": {"contains": "d"}}, {NIGHT, DAY, DUSK}),
    ({"title": {"contains": "day"}}, {DAY}),
    ({"publishedAt": {"gte": "2100-01-01T00:00:00Z"}}, set()),
    ({"publishedAt": {"lte": "2100-01-01T00:00:00Z"}}, {NIGHT, DAY, DUSK}),
    ({"bpm": None, "tag": {"eq": None}}, {NIGHT, DAY, DUSK}),
    ({"bpm": {"in": []}}, set()),
    ({"bpm": {"eq": 140, "in": [90]}}, set()),
]


async def test_every_filter_lets_the_same_pass_on_both_engines(stage: Stage) -> None:
    await a_catalogue(stage)
    for where, expected in FILTERS:
        assert (where, await found(stage, where)) == (where, expected)


async def test_tracks_are_found_by_id_and_uploader(stage: Stage) -> None:
    nova, kilo = await a_catalogue(stage)
    assert await found(stage, {"producerId": {"eq": kilo.producer}}) == {DUSK}
    assert await found(stage, {"producerId": {"in": [nova.producer, kilo.producer]}}) == {NIGHT, DAY, DUSK}
    track = await a_track(stage.sessions, kilo, title="Own")
    assert await found(stage, {"id": {"eq": track}}) == {"Own"}
    assert await stage.fault(None, LIST, where={"id": {"eq": nova.producer}}) == "WRONG_ID_TYPE"


async def test_a_private_or_sold_offer_has_no_price_to_be_found_by(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    private = an_exclusive(exclusive_availability=ExclusiveAvailability.PRIVATE)
    await a_track(stage.sessions, nova, title="Private", **private)
    await a_track(stage.sessions, nova, TrackStatus.SOLD, title="Sold")
    assert await found(stage, {"exclusivePrice": {"currency": "USD"}}) == set()
    assert await found(stage, None) == {"Private"}


@pytest.mark.parametrize("status", sorted(set(TrackStatus) - {TrackStatus.PUBLISHED}))
async def test_what_is_not_published_is_listed_to_its_owner_alone(stage: Stage, status: TrackStatus) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    await a_track(stage.sessions, nova, status, credited=[kilo])
    own = set[str]() if status is TrackStatus.REMOVED else {NIGHT}
    assert await found(stage, {"status": {"eq": status}}, nova) == own
    for who in (kilo, ari, sam, None):
        assert await found(stage, {"status": {"eq": status}}, who) == set()
        assert await found(stage, None, who) == set()


@pytest.mark.parametrize("status", sorted(TrackStatus))
async def test_a_track_is_there_for_whom_it_is_meant(stage: Stage, status: TrackStatus) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    sam = await staff(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    query = "query($id: ID!) { track(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }"
    seen = [await stage.ask(who, query, id=track) for who in (nova, sam, kilo, None)]
    there = {"track": {"id": track}, "node": {"id": track}, "nodes": [{"id": track}]}
    gone = {"track": None, "node": None, "nodes": [None]}
    public = status in {TrackStatus.PUBLISHED, TrackStatus.SOLD}
    own = gone if status is TrackStatus.REMOVED else there
    assert seen == [own, own, there if public else gone, there if public else gone]


async def test_a_profile_lists_its_tracks_and_those_that_credit_it(stage: Stage) -> None:
    nova, kilo = await a_catalogue(stage)
    await a_track(stage.sessions, nova, TrackStatus.PROCESSING, title="Waiting", credited=[kilo])

    async def listed(who: Somebody | None, of: Beatmaker, **where: Any) -> tuple[list[str], list[str]]:
        producer = (await stage.ask(who, PRODUCER, by={"id": of.producer}, **where))["producer"]
        own, credited = producer["tracks"]["nodes"], producer["creditedTracks"]["nodes"]
        return [node["title"] for node in own], [node["title"] for node in credited]

    assert await listed(None, nova) == ([DAY, NIGHT], [])
    assert await listed(nova, nova) == ([DAY, NIGHT, "Waiting"], [])
    assert await listed(nova, kilo) == ([DUSK], [NIGHT])
    assert await listed(kilo, kilo) == ([DUSK], [NIGHT])
    waiting = {"status": {"eq": "PROCESSING"}}
    assert await listed(nova, nova, where=waiting) == (["Waiting"], [])
    assert await listed(kilo, nova, where=waiting) == ([], [])


ORDERS = [
    ("TITLE", [DAY, DUSK, NIGHT]),
    ("BPM", [DAY, DUSK, NIGHT]),
    ("PUBLISHED_AT", [NIGHT, DAY, DUSK]),
    ("CREATED_AT", [NIGHT, DAY, DUSK]),
]


@pytest.mark.parametrize(("field", "ascending"), ORDERS)
async def test_every_order_goes_both_ways(stage: Stage, field: str, ascending: list[str]) -> None:
    await a_catalogue(stage)
    for direction, expected in (("ASC", ascending), ("DESC", ascending[::-1])):
        order = {"field": field, "direction": direction}
        listed = (await stage.ask(None, LIST, orderBy=order))["tracks"]["nodes"]
        assert [node["title"] for node in listed] == expected


async def test_tracks_without_a_price_come_last_whichever_way(stage: Stage) -> None:
    await a_catalogue(stage)
    for direction, expected in (("ASC", [DUSK, DAY, NIGHT]), ("DESC", [DAY, DUSK, NIGHT])):
        order = {"field": "EXCLUSIVE_PRICE", "direction": direction}
        listed = (await stage.ask(None, LIST, orderBy=order))["tracks"]["nodes"]
        assert [node["title"] for node in listed] == expected


async def test_titles_sort_alike_on_both_engines_whatever_they_are_made_of(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    titles = ["a b", "AB", "a-c", "Éa", "eb", "~", "1", "Z", "夜", "a"]
    for title in titles:
        await a_track(stage.sessions, nova, title=title)
    order = {"field": "TITLE", "direction": "ASC"}
    listed = (await stage.ask(None, LIST, orderBy=order))["tracks"]["nodes"]
    assert [node["title"] for node in listed] == ["1", "a", "a b", "a-c", "AB", "Éa", "eb", "Z", "~", "夜"]


@pytest.mark.parametrize("field", ["PUBLISHED_AT", "CREATED_AT", "TITLE", "BPM", "EXCLUSIVE_PRICE"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_join_up_to_the_whole_list_forward_and_backward(
    stage: Stage, field: str, direction: str
) -> None:
    nova = await a_producer(stage.sessions)
    for number in range(7):
        priced = an_exclusive() if number % 3 == 0 else dict[str, Any]()
        await a_track(stage.sessions, nova, title=f"T{number % 4}", bpm=100 + number % 2, **priced)
    order = {"field": field, "direction": direction}
    whole = [edge["cursor"] for edge in (await stage.ask(None, LIST, orderBy=order))["tracks"]["edges"]]
    assert await paged(stage, order, "first", "after", "endCursor", "hasNextPage") == whole
    assert await paged(stage, order, "last", "before", "startCursor", "hasPreviousPage") == whole


async def paged(stage: Stage, order: Any, size: str, place: str, cursor: str, more: str) -> list[str]:
    cursors: list[str] = []
    given: dict[str, Any] = {size: 3}
    while True:
        page = (await stage.ask(None, LIST, orderBy=order, **given))["tracks"]
        new = [edge["cursor"] for edge in page["edges"]]
        cursors = cursors + new if place == "after" else new + cursors
        if not page["pageInfo"][more]:
            return cursors
        given[place] = page["pageInfo"][cursor]


async def test_genres_are_counted_with_their_children_and_each_track_once(stage: Stage) -> None:
    nova, _ = await a_catalogue(stage)
    await a_track(stage.sessions, nova, TrackStatus.HIDDEN, genres=["Drill"])
    await a_track(stage.sessions, nova, genres=["Drill", "UK Drill"])
    query = "{ vocabulary { genres { name trackCount } } }"
    genres = (await stage.ask(None, query))["vocabulary"]["genres"]
    counts = {genre["name"]: genre["trackCount"] for genre in genres if genre["trackCount"]}
    assert counts == {"Drill": 3, "UK Drill": 2, "Soul": 1}


async def test_a_private_price_is_the_owners_and_a_contact_for_all(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    private = an_exclusive(
        exclusive_availability=ExclusiveAvailability.PRIVATE, exclusive_currency=CurrencyCode.EUR
    )
    track = await a_track(stage.sessions, nova, **private)
    query = """query($id: ID!) { track(id: $id) { licensing { exclusive {
      price { amount } contactEmail acceptedTermsVersion } } } }"""
    own = (await stage.ask(nova, query, id=track))["track"]["licensing"]["exclusive"]
    assert Decimal(own["price"]["amount"]) == Decimal(299)
    assert own["acceptedTermsVersion"]
    other = (await stage.ask(ari, query, id=track))["track"]["licensing"]["exclusive"]
    assert other == {"price": None, "contactEmail": "buy@nova.test", "acceptedTermsVersion": None}


async def test_the_address_of_an_offer_on_sale_is_not_shown(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, **an_exclusive())
    query = "query($id: ID!) { track(id: $id) { licensing { exclusive { contactEmail } } } }"
    offer = (await stage.ask(None, query, id=track))["track"]["licensing"]["exclusive"]
    assert offer == {"contactEmail": None}


async def test_a_private_price_does_not_show_in_the_order_either(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    open_offer = await a_track(stage.sessions, nova, **an_exclusive())
    private = await a_track(
        stage.sessions, nova, **an_exclusive(exclusive_availability=ExclusiveAvailability.PRIVATE)
    )
    query = (
        """{ tracks(orderBy: {field: EXCLUSIVE_PRICE, direction: ASC}) { edges { cursor node { id } } } }"""
    )
    first, last = (await stage.ask(None, query))["tracks"]["edges"]
    assert [first["node"]["id"], last["node"]["id"]] == [open_offer, private]
    assert b"29900" in base64.urlsafe_b64decode(first["cursor"] + "==")
    assert b"29900" not in base64.urlsafe_b64decode(last["cursor"] + "==")
