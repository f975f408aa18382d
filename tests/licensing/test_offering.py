"""D-40, D-42: how a track is offered, by its producer alone, under the terms that hold now."""

from typing import Any

import pytest

from api.terms import LICENCE
from db.vocabulary import ExclusiveAvailability, JobKind, LicensingModel, TrackStatus
from tests.factories import a_listener, a_producer, a_track, an_exclusive, staff
from tests.licensing.offers import a_preset, an_exclusive_offer, offer, preview, read
from tests.requests.worked import jobs_of
from tests.stage import Stage

pytestmark = pytest.mark.anyio
STANDARD = {"model": "STANDARD"}
NOTHING_ELSE = {"standardTerms": {"territory": "Worldwide"}, "exclusive": None}


async def test_a_track_is_offered_as_its_producer_says(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert await read(stage, None, track) == {"model": "STANDARD", **NOTHING_ELSE}
    assert await offer(stage, nova, track, an_exclusive_offer(terms={"territory": "Canada"})) == []
    assert await read(stage, nova, track) == {
        "model": "STANDARD_AND_EXCLUSIVE",
        "standardTerms": {"territory": "Worldwide"},
        "exclusive": {
            "availability": "AVAILABLE",
            "price": {"minorUnits": "29900", "currency": "CAD"},
            "contactEmail": "buy@nova.test",
            "acceptedTermsVersion": LICENCE.current,
            "quote": {
                "price": {"minorUnits": "29900"},
                "fee": {"minorUnits": "3888"},
                "total": {"minorUnits": "33788", "currency": "CAD"},
            },
            "terms": {
                "producerSharePercent": "20",
                "licenseeSharePercent": "80",
                "royaltyPercent": "3",
                "territory": "Canada",
                "permissions": ["BROADCAST", "STREAMING", "FOR_PROFIT_PERFORMANCE", "CONTENT_ID"],
                "deliveredFiles": ["WAV", "MP3_320"],
            },
        },
    }


async def test_back_to_standard_nothing_of_the_exclusive_is_left(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, **an_exclusive(exclusive_terms={"territory": "Canada"}))
    assert await offer(stage, nova, track, STANDARD) == []
    assert await read(stage, nova, track) == {"model": "STANDARD", **NOTHING_ELSE}
    assert await offer(stage, nova, track, an_exclusive_offer("EXCLUSIVE_ONLY")) == []
    shown = await read(stage, nova, track)
    assert (shown["model"], shown["standardTerms"]) == ("EXCLUSIVE_ONLY", None)
    assert shown["exclusive"]["terms"]["territory"] == "Worldwide"


@pytest.mark.parametrize("status", [TrackStatus.PUBLISHED, TrackStatus.HIDDEN])
async def test_another_offer_is_matched_with_beat_requests_and_the_same_one_is_not(
    stage: Stage, status: TrackStatus
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    assert await offer(stage, nova, track, an_exclusive_offer()) == []
    assert await jobs_of(stage.sessions, JobKind.MATCH_TRACK, track=track) == 1
    async with stage.nothing_changes():
        assert await offer(stage, nova, track, an_exclusive_offer()) == []
    assert (
        await offer(stage, nova, track, an_exclusive_offer(price={"amount": "300", "currency": "CAD"})) == []
    )
    assert await jobs_of(stage.sessions, JobKind.MATCH_TRACK, track=track) == 2


async def test_a_track_under_check_is_matched_when_it_is_published_and_not_before(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    assert await offer(stage, nova, track, an_exclusive_offer()) == []
    assert await jobs_of(stage.sessions, JobKind.MATCH_TRACK, track=track) == 0


@pytest.mark.parametrize(
    ("licensing", "refused"),
    [
        ({"model": "EXCLUSIVE_ONLY"}, [("input.exclusive", "REQUIRED")]),
        ({**an_exclusive_offer(), "model": "STANDARD"}, [("input.exclusive", "MALFORMED")]),
        (an_exclusive_offer(contactEmail="nobody"), [("input.exclusive.contactEmail", "MALFORMED")]),
        (an_exclusive_offer(acceptedTermsVersion="2026-11-01"), [("input.exclusive.acceptedTermsVersion", "TERMS_CHANGED")]),
        (an_exclusive_offer(price=None), [("input.exclusive.price", "REQUIRED")]),
        (an_exclusive_offer(availability="SOLD"), [("input.exclusive.availability", "UNKNOWN_VALUE")]),
        (an_exclusive_offer(presetId="lps_x"), [("input.exclusive.presetId", "NOT_FOUND")]),
        (an_exclusive_offer(presetId=f"trk_{'0' * 26}"), [("input.exclusive.presetId", "WRONG_ID_TYPE")]),
        (
            an_exclusive_offer(terms={"producerSharePercent": "30"}, price={"amount": "0.5", "currency": "CAD"}),
            [
                ("input.exclusive.price.amount", "OUT_OF_RANGE"),
                ("input.exclusive.terms.licenseeSharePercent", "OUT_OF_RANGE"),
            ],
        ),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_an_offer_is_told_and_nothing_is_done(
    stage: Stage, licensing: Any, refused: list[tuple[str, str]]
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        assert await offer(stage, nova, track, licensing) == refused


async def test_who_accepted_older_terms_is_shown_the_current_ones_with_what_changed(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    old = an_exclusive_offer(acceptedTermsVersion="2026-11-01")
    [error] = (await stage.mutate(nova, "setTrackLicensing", id=track, input=old))["errors"]
    assert error["current"] == {"version": LICENCE.current}
    asked = "query($v: String) { licenceTerms(version: $v) { version markdown changes } }"
    shown = (await stage.ask(None, asked, v=LICENCE.current))["licenceTerms"]
    assert shown["changes"].startswith("The terms are written out in full")
    assert "-Version 2026-11-01\n+Version 2026-11-28" in shown["changes"]
    first = (await stage.ask(None, asked, v="2026-11-01"))["licenceTerms"]
    assert (first["changes"], first["markdown"].splitlines()[2]) == (None, "Version 2026-11-01")
    assert (await stage.ask(None, asked, v="2026-11-02"))["licenceTerms"] is None


async def test_an_offer_of_older_terms_stays_as_it_is(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, **an_exclusive(accepted_terms_version="2026-11-01"))
    assert (await read(stage, nova, track))["exclusive"]["acceptedTermsVersion"] == "2026-11-01"
    assert "Version 2026-11-01" in (await preview(stage, None, track))["markdown"]


async def test_a_sold_track_is_locked(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    async with stage.nothing_changes():
        assert await offer(stage, nova, track, STANDARD) == [("id", "TRACK_LOCKED")]
    can = await stage.ask(
        nova, "query($id: ID!) { track(id: $id) { viewerCan { setLicensing { allowed code } } } }", id=track
    )
    assert can["track"]["viewerCan"]["setLicensing"] == {"allowed": False, "code": "TRACK_LOCKED"}


async def test_nobody_offers_what_is_anothers(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track, hidden = (
        await a_track(stage.sessions, nova),
        await a_track(stage.sessions, nova, TrackStatus.HIDDEN),
    )
    sam = await staff(stage.sessions)
    async with stage.nothing_changes():
        assert await offer(stage, kilo, track, STANDARD) == [("id", "NOT_YOURS")]
        assert await offer(stage, kilo, hidden, STANDARD) == [("id", "NOT_FOUND")]
        assert await offer(stage, sam, track, STANDARD) == [("", "PRODUCER_REQUIRED")]


async def test_a_private_offer_tells_whom_to_ask_and_no_price(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert await offer(stage, nova, track, an_exclusive_offer(availability="PRIVATE")) == []
    for others in (None, await a_listener(stage.sessions)):
        shown = (await read(stage, others, track))["exclusive"]
        assert (shown["price"], shown["quote"], shown["contactEmail"]) == (None, None, "buy@nova.test")
        assert "As the two agree" in (await preview(stage, others, track))["markdown"]
    own = (await read(stage, nova, track))["exclusive"]
    assert (own["price"], own["quote"]) == ({"minorUnits": "29900", "currency": "CAD"}, None)
    assert "299.00 CAD" in (await preview(stage, nova, track))["markdown"]


@pytest.mark.parametrize(
    ("status", "availability"),
    [
        (TrackStatus.HIDDEN, ExclusiveAvailability.AVAILABLE),
        (TrackStatus.SOLD, ExclusiveAvailability.SOLD),
        (TrackStatus.PROCESSING, ExclusiveAvailability.AVAILABLE),
    ],
)
async def test_there_is_no_quote_for_what_cannot_be_bought(
    stage: Stage, status: TrackStatus, availability: ExclusiveAvailability
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status, **an_exclusive(exclusive_availability=availability))
    assert (await read(stage, nova, track))["exclusive"]["quote"] is None


async def test_a_preset_lends_terms_and_what_is_given_goes_before_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    shares = {"producerSharePercent": "50", "licenseeSharePercent": "50"}
    preset = await a_preset(stage, nova, territory="Canada", royaltyPercent="5", **shares)
    assert (
        await offer(stage, nova, track, an_exclusive_offer(presetId=preset, terms={"royaltyPercent": "0"}))
        == []
    )
    terms = (await read(stage, nova, track))["exclusive"]["terms"]
    assert (terms["territory"], terms["royaltyPercent"], terms["producerSharePercent"]) == (
        "Canada",
        "0",
        "50",
    )


async def test_a_preset_that_changes_or_goes_changes_no_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    preset = await a_preset(stage, nova, territory="Canada")
    assert await offer(stage, nova, track, an_exclusive_offer(presetId=preset)) == []
    before = await read(stage, nova, track)
    changed = {"terms": {"territory": "Ireland"}}
    assert await stage.refusals(nova, "updateLicencePreset", id=preset, input=changed) == []
    assert await read(stage, nova, track) == before
    assert await stage.refusals(nova, "deleteLicencePreset", id=preset) == []
    assert await read(stage, nova, track) == before


async def test_a_preset_of_another_lends_nothing(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track, preset = await a_track(stage.sessions, nova), await a_preset(stage, kilo)
    async with stage.nothing_changes():
        refused = await offer(stage, nova, track, an_exclusive_offer(presetId=preset))
    assert refused == [("input.exclusive.presetId", "NOT_FOUND")]


async def test_an_offer_may_be_found_by_as_soon_as_it_is_set(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    found = "query($m: LicensingModel!) { tracks(where: {licensingModel: {eq: $m}}) { nodes { id } } }"
    assert await offer(stage, nova, track, an_exclusive_offer("EXCLUSIVE_ONLY")) == []
    for model in LicensingModel:
        nodes = (await stage.ask(None, found, m=model))["tracks"]["nodes"]
        assert (nodes == [{"id": track}]) is (model is LicensingModel.EXCLUSIVE_ONLY)
