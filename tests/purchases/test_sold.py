"""What is sold is gone everywhere at once, and locked but for its cover (D-44, D-45)."""

from typing import Any, Final

import pytest

from db.vocabulary import JobKind
from tests.factories import a_listener, a_match, a_verified_producer
from tests.licences.licensed import a_subscriber, job_keys
from tests.purchases.market import Market
from tests.requests.matched import a_match as a_beat_match
from tests.requests.wanted import a_request
from tests.stage import Json
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_SEEN = """query($request: ID!) {
  tracks(where: { search: "night" }) { totalCount facets(of: [GENRE]) { buckets { value count } } }
  priced: tracks(where: { exclusivePrice: { currency: USD, gte: "1" } }) { totalCount }
  searchSuggestions(text: "night") { label }
  suggestedTracks(requestId: $request) { totalCount } }"""
_GONE: Final[Json] = {
    "tracks": {"totalCount": 0, "facets": [{"buckets": []}]},
    "priced": {"totalCount": 0},
    "searchSuggestions": [],
    "suggestedTracks": {"totalCount": 0},
}


async def test_what_is_sold_is_out_of_search_browse_and_matching_in_the_same_moment(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari, lee = (
        await a_verified_producer(sessions),
        await a_listener(sessions),
        await a_listener(sessions, "Lee"),
    )
    track, request = await market.on_sale(nova), await a_request(sessions, lee)
    await a_beat_match(sessions, request, track)
    before = await market.stage.ask(lee, _SEEN, request=request)
    assert before["tracks"]["totalCount"] == before["priced"]["totalCount"] == 1
    assert before["suggestedTracks"] == {"totalCount": 1}
    assert [one["label"] for one in before["searchSuggestions"]] == ["Night Drive"]
    await market.bought(ari, track)
    assert await market.stage.ask(lee, _SEEN, request=request) == _GONE
    for_me = "{ matchesForMe { totalCount } backstage { tracksByStatus { status count } } }"
    own = await market.stage.ask(nova, for_me)
    assert own["matchesForMe"] == {"totalCount": 0}
    assert {one["status"]: one["count"] for one in own["backstage"]["tracksByStatus"]}["SOLD"] == 1
    assert len(await job_keys(sessions, JobKind.MATCH_TRACK)) == 1


async def test_what_is_sold_is_not_licensed_and_not_bought_again(market: Market) -> None:
    sessions = market.stage.sessions
    ari, bo = await a_listener(sessions), await a_subscriber(sessions, "Bo")
    track = await market.on_sale()
    await market.bought(ari, track)
    for who in (ari, bo):
        async with market.stage.nothing_changes():
            payload = await market.buy(who, track)
        assert [error["code"] for error in payload["errors"]] == ["ALREADY_SOLD"]
    async with market.stage.nothing_changes():
        assert await market.stage.refusals(bo, "licenseTrack", trackId=track) == [
            ("trackId", "NOT_LICENSABLE")
        ]
    offer = (await market.offer(bo, track))["licensing"]["exclusive"]
    assert (offer["availability"], offer["quote"]) == ("SOLD", None)


@on_sqlite
async def test_what_is_sold_takes_a_cover_and_nothing_else(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_verified_producer(sessions), await a_listener(sessions)
    track = await market.on_sale(nova)
    await market.bought(ari, track)
    refused: dict[str, dict[str, Any]] = {
        "updateTrack": {"input": {"bpm": 70}},
        "setTrackLicensing": {"input": {"model": "STANDARD"}},
        "setTrackVisibility": {"input": {"visible": False}},
        "deleteTrack": {},
    }
    for name, given in refused.items():
        async with market.stage.nothing_changes():
            assert await market.stage.refusals(nova, name, id=track, **given) == [("id", "TRACK_LOCKED")], (
                name
            )
    cover = {"cover": {"presetId": (await market.track(track)).cover_preset_id}}
    assert await market.stage.refusals(nova, "updateTrack", id=track, input=cover) == []


async def test_a_hidden_track_that_is_kept_for_a_buyer_is_sold_all_the_same(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_verified_producer(sessions), await a_listener(sessions)
    track = await market.on_sale(nova)
    purchase = await market.begun(ari, track)
    await market.stage.mutate(nova, "setTrackVisibility", id=track, input={"visible": False})
    await market.pay_for(purchase)
    await market.hear()
    assert (await market.status(purchase), (await market.track(track)).status) == ("COMPLETED", "SOLD")


@on_sqlite
async def test_who_is_told_of_a_sale_is_told_of_versions_too(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_verified_producer(sessions), await a_listener(sessions)
    track, version = await market.on_sale(nova), await market.on_sale(nova)
    await a_match(sessions, track, version)
    await a_match(sessions, version, track)
    await market.bought(ari, track)
    assert (await market.offer(nova, track))["versionsToDelist"] == [{"id": version}]
    assert (await market.offer(ari, track))["versionsToDelist"] is None
    query = "{ me { notifications(first: 1) { nodes { body } } } }"
    [told] = (await market.stage.ask(nova, query))["me"]["notifications"]["nodes"]
    assert told["body"].endswith("Take its near-identical versions off sale: the track lists them.")
