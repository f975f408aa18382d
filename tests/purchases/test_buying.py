"""An exclusive is bought once, on the terms of when the purchase began (D-43 to D-46)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from api.licensing.certificate import Seal
from db.bookkeeping import payable_to
from db.models.replacements import AudioReplacement
from db.vocabulary import ExclusiveAvailability, FingerprintStatus, LicensingModel, TrackStatus
from tests.factories import EXCLUSIVE, a_listener, a_producer, a_replacement, a_track
from tests.licences.granted import a_licence
from tests.licences.licensed import a_subscriber, told
from tests.purchases.market import Market
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def test_who_pays_has_the_exclusive_licence_and_the_producer_the_whole_price(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    track = await market.on_sale(nova)
    payload = await market.buy(ari, track)
    begun = payload["purchase"]
    assert (payload["errors"], begun["status"]) == ([], "CHECKOUT_OPEN")
    assert begun["checkoutUrl"].startswith(market.seller.url)
    assert [begun[part]["amount"] for part in ("price", "fee", "total", "tax")] == [
        "299.00",
        "38.88",
        "337.88",
        "0.00",
    ]
    await market.pay_for(begun["id"])
    assert set(await market.hear()) == {204}
    bought = await market.purchase(ari, begun["id"])
    assert (bought["status"], bought["checkoutUrl"], bought["expiresAt"]) == ("COMPLETED", None, None)
    assert (bought["licence"]["kind"], bought["licence"]["status"]) == ("EXCLUSIVE", "ACTIVE")
    assert bought["refund"] == {"allowed": True, "code": None}
    sold = await market.track(track)
    assert (sold.status, sold.exclusive_availability) == (TrackStatus.SOLD, ExclusiveAvailability.SOLD)
    owed = payable_to(nova.producer)
    assert await market.entries() == [
        ("EXCLUSIVE_FEE", "stripe_fees", "stripe_cash", 1010, "USD"),
        ("EXCLUSIVE_SALE", "stripe_cash", "platform_fee", 3888, "USD"),
        ("EXCLUSIVE_SALE", "stripe_cash", owed, 29_900, "USD"),
    ]
    assert market.payments() == [("succeeded", 33_788)]
    assert market.money() == {"USD": 33_788 - 1010}


async def test_the_certificate_says_what_was_agreed_and_is_sealed(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale(exclusive_terms={"royalty_percent": "5", "permissions": ["STREAMING"]})
    await market.bought(ari, track)
    [licence] = await market.licences()
    assert (licence.terms["royalty_percent"], licence.terms["permissions"]) == ("5", ["STREAMING"])
    assert licence.terms["producer_share_percent"] == "20"
    assert Seal(market.stage.settings).holds(licence, licence.signature)
    assert licence.audio_sha256 == (await market.track(track)).audio_sha256


async def test_price_and_terms_are_those_of_when_the_purchase_began(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    track = await market.on_sale(nova)
    purchase = await market.begun(ari, track)
    dearer: dict[str, Any] = {
        "model": "EXCLUSIVE_ONLY",
        "exclusive": {
            "price": {"amount": "999.00", "currency": "EUR"},
            "contactEmail": "other@nova.test",
            "acceptedTermsVersion": (await market.track(track)).accepted_terms_version,
            "terms": {"royaltyPercent": "50"},
        },
    }
    changed = await market.stage.mutate(nova, "setTrackLicensing", "track { id }", id=track, input=dearer)
    assert changed["errors"] == []
    await market.pay_for(purchase)
    await market.hear()
    assert (await market.purchase(ari, purchase))["total"]["amount"] == "337.88"
    [licence] = await market.licences()
    assert licence.terms["royalty_percent"] == "3"
    sold = await market.track(track)
    assert (sold.licensing_model, sold.exclusive_price_minor) == (
        LicensingModel.STANDARD_AND_EXCLUSIVE,
        29_900,
    )
    assert (sold.exclusive_availability, sold.contact_email) == ("SOLD", "buy@nova.test")


async def test_of_many_who_buy_at_once_one_has_the_track_and_the_others_are_told(market: Market) -> None:
    buyers = [await a_listener(market.stage.sessions, f"Buyer {number}") for number in range(5)]
    track = await market.on_sale()
    payloads = await asyncio.gather(*(market.buy(one, track) for one in buyers))
    codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == ["RESERVED_BY_OTHER"] * 4
    refused = next(payload for payload in payloads if payload["errors"])
    assert refused["errors"][0]["object"] == {"__typename": "Track", "id": track}
    assert len(market.seller.stripe.v1.checkout.sessions.list().data) == 1


@on_sqlite
async def test_the_quote_is_what_is_paid_and_another_total_reserves_nothing(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    quote = (await market.offer(ari, track))["licensing"]["exclusive"]["quote"]
    total = {"amount": quote["total"]["amount"], "currency": quote["total"]["currency"]}
    for other in (
        total | {"amount": "337.87"},
        total | {"currency": "CAD"},
        total | {"amount": "337.880001"},
    ):
        async with market.stage.nothing_changes():
            payload = await market.buy(ari, track, expectedTotal=other)
        [error] = payload["errors"]
        assert (error["__typename"], error["code"]) == ("PriceChanged", "PRICE_CHANGED")
        assert error["path"] == ["input", "expectedTotal"]
    assert (await market.buy(ari, track, expectedTotal=total))["errors"] == []


@on_sqlite
async def test_the_agreement_that_was_read_is_the_one_that_is_made(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    read = (await market.offer(ari, track))["licensing"]["exclusive"]["quote"]["agreement"]
    await a_licence(market.stage.sessions, await a_listener(market.stage.sessions, "Bo"), track)
    async with market.stage.nothing_changes():
        payload = await market.buy(ari, track, agreementSha256=read["sha256"])
    assert [error["code"] for error in payload["errors"]] == ["AGREEMENT_CHANGED"]
    now = (await market.offer(ari, track))["licensing"]["exclusive"]["quote"]["agreement"]
    assert "| Earlier licences | 1 standard licence, which stays valid |" in now["markdown"]
    begun = (await market.buy(ari, track, agreementSha256=now["sha256"]))["purchase"]
    assert (begun["agreement"]["sha256"], begun["standardLicenceCount"]) == (now["sha256"], 1)


async def test_standard_licences_stay_and_none_is_granted_while_somebody_buys(market: Market) -> None:
    sessions = market.stage.sessions
    ari, bo, cleo = (
        await a_listener(sessions),
        await a_listener(sessions, "Bo"),
        await a_subscriber(sessions, "Cleo"),
    )
    track = await market.on_sale()
    await a_licence(sessions, bo, track)
    purchase = await market.begun(ari, track)
    refused = await market.stage.refusals(cleo, "licenseTrack", trackId=track)
    assert refused == [("trackId", "NOT_LICENSABLE")]
    assert (await market.offer(cleo, track))["viewerCan"]["license"]["code"] == "NOT_LICENSABLE"
    await market.pay_for(purchase)
    await market.hear()
    [kept, bought] = await market.licences()
    assert (kept.account_id, kept.kind, kept.revoked_at) == (bo.account, "STANDARD", None)
    assert (bought.account_id, bought.kind) == (ari.account, "EXCLUSIVE")
    assert (await market.offer(None, track))["licensing"]["exclusive"]["standardLicenceCount"] == 1


@on_sqlite
async def test_the_same_key_is_the_same_purchase_and_another_input_is_refused(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track, other = await market.on_sale(), await market.on_sale()
    first = await market.begun(ari, track, idempotencyKey="one")
    assert await market.begun(ari, track, idempotencyKey="one") == first
    async with market.stage.nothing_changes():
        [error] = (await market.buy(ari, track, idempotencyKey="two"))["errors"]
        assert (error["code"], error["object"]) == ("PURCHASE_OPEN", {"__typename": "Purchase", "id": first})
        payload = await market.buy(ari, other, idempotencyKey="one")
    assert [error["code"] for error in payload["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]


@on_sqlite
async def test_what_is_not_on_sale_is_not_sold(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    private = {"exclusive_availability": ExclusiveAvailability.PRIVATE}
    tracks = {
        await a_track(sessions, nova): "NOT_FOR_SALE",
        await market.on_sale(nova, **private): "NOT_FOR_SALE",
        await market.on_sale(nova, status=TrackStatus.SOLD): "ALREADY_SOLD",
        await market.on_sale(nova, status=TrackStatus.HIDDEN): "NOT_FOUND",
        await market.on_sale(nova, status=TrackStatus.REMOVED): "NOT_FOUND",
    }
    for track, code in tracks.items():
        async with market.stage.nothing_changes():
            payload = await market.buy(ari, track)
        assert [(error["path"], error["code"]) for error in payload["errors"]] == [
            (["input", "trackId"], code)
        ]
    own = await market.on_sale(nova)
    async with market.stage.nothing_changes():
        payload = await market.buy(nova, own)
    assert [error["code"] for error in payload["errors"]] == ["OWN_TRACK"]


@on_sqlite
async def test_a_reserved_track_says_until_when_to_everybody_but_its_buyer(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari, bo = await a_producer(sessions), await a_listener(sessions), await a_listener(sessions, "Bo")
    track = await market.on_sale(nova)
    purchase = await market.begun(ari, track)
    until = (await market.purchase(ari, purchase))["expiresAt"]
    for who, seen in ((ari, None), (bo, until), (nova, until), (None, until)):
        offer = await market.offer(who, track)
        assert offer["licensing"]["exclusive"]["reservedUntil"] == seen
    button = (await market.offer(bo, track))["viewerCan"]["buyExclusive"]
    assert button == {"allowed": False, "code": "RESERVED_BY_OTHER", "retryAt": until}
    assert (await market.offer(ari, track))["viewerCan"]["buyExclusive"]["code"] == "PURCHASE_OPEN"
    assert (await market.offer(nova, track))["viewerCan"]["buyExclusive"]["code"] == "OWN_TRACK"
    assert (await market.offer(None, track))["viewerCan"]["buyExclusive"]["code"] == "SIGN_IN_REQUIRED"


@on_sqlite
async def test_while_somebody_buys_the_track_is_neither_deleted_nor_given_new_audio(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    track = await market.on_sale(nova)
    await market.begun(ari, track)
    async with market.stage.nothing_changes():
        assert await market.stage.refusals(nova, "deleteTrack", id=track) == [("id", "RESERVED_BY_OTHER")]
        can = "query($id: ID!) { track(id: $id) { viewerCan { delete { code } replaceAudio { code } edit { code } } } }"
        assert (await market.stage.ask(nova, can, id=track))["track"]["viewerCan"] == {
            "delete": {"code": "RESERVED_BY_OTHER"},
            "replaceAudio": {"code": "RESERVED_BY_OTHER"},
            "edit": {"code": None},
        }
        again = {"audioUploadId": (await market.track(track)).upload_id}
        refused = await market.stage.refusals(nova, "replaceTrackAudio", id=track, input=again)
        assert refused == [("id", "RESERVED_BY_OTHER")]


@on_sqlite
async def test_what_is_getting_new_audio_is_not_sold_until_that_is_decided(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    track = await market.on_sale(nova)
    upload = await a_replacement(sessions, nova, track)
    async with market.stage.nothing_changes():
        [error] = (await market.buy(ari, track))["errors"]
    assert (error["code"], "new audio" in error["message"]) == ("NOT_FOR_SALE", True)
    assert (await market.offer(ari, track))["viewerCan"]["buyExclusive"]["code"] == "NOT_FOR_SALE"
    async with sessions.writing() as session:
        refused = {"status": FingerprintStatus.DUPLICATE}
        await session.execute(update(AudioReplacement).values(refused))
    await market.bought(ari, track)
    async with sessions.reading() as session:
        assert await session.scalar(select(col(AudioReplacement.upload_id))) is None
    assert (await market.track(track)).upload_id != upload


@on_sqlite
async def test_both_sides_are_told_once(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    await market.bought(ari, await market.on_sale(nova))
    await market.hear()  # of what was taken
    [sold, granted] = await told(sessions)
    assert (granted.kind, granted.account_id) == ("LICENSE_GRANTED", ari.account)
    assert (sold.kind, sold.account_id) == ("EXCLUSIVE_SOLD", nova.account)
    assert "299.00 USD are yours" in sold.body


@on_sqlite
async def test_an_installation_without_payments_sells_nothing(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, **EXCLUSIVE)
    given = {"trackId": track, "idempotencyKey": "one"}
    async with stage.nothing_changes():
        assert await stage.refusals(ari, "buyExclusive", input=given) == [("", "PAYMENTS_UNAVAILABLE")]
