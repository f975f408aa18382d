"""All that is agreed in a purchase, as it is in this moment: it is never read again (D-43)."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.licensing.agreements import agreement_text, sha256_of
from api.licensing.crediting import credited_on
from api.licensing.offering import facts_of, offer_of
from api.licensing.quotes import quote
from api.licensing.snapshots import exclusive_terms, licensee_of, licensor_of, work_of
from api.viewer import Viewer
from db.clock import now
from db.ids import ProducerId, PurchaseId, new_id
from db.models.purchases import Purchase
from db.money import Amount
from db.queries import accounts, fingerprints, licences
from db.queries.accounts import AccountRow
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow


async def drawn_up(session: AsyncSession, viewer: Viewer, track: TrackRow) -> Purchase:
    """A purchase of a track that is on sale: price, offer, agreement, and what the licence will say. Needs the track's lock."""
    [buyer] = await accounts.accounts(session, [viewer.account_id])
    credited = await credited_on(session, track)
    standard = (await licences.standard_counts(session, [track.id]))[track.id]
    agreement = facts_of(
        track,
        offer_of(track),
        producer=credited[0].name,
        licensee=buyer.display_name,
        standard_licences=standard,
    )
    sha256 = sha256_of(agreement_text(agreement))
    beside = {"agreement_sha256": sha256, "standard_licences": standard}
    return Purchase(
        id=PurchaseId(new_id("pur")),
        account_id=buyer.id,
        producer_id=ProducerId(track.producer_id),
        track_id=track.id,
        upload_id=track.upload_id,
        audio_sha256=track.audio_sha256,
        **_price(track),
        standard_licences=standard,
        offer={"licensing_model": track.licensing_model, **offer_of(track)},
        agreement=agreement.written,
        agreement_sha256=sha256,
        grant=await _grant(session, buyer, track, credited, beside),
        created_at=now(),
    )


def _price(track: TrackRow) -> dict[str, Any]:
    assert track.exclusive_price_minor is not None  # what is on sale has a price
    assert track.exclusive_currency is not None
    asked = quote(Amount(track.exclusive_price_minor, track.exclusive_currency))
    return {"price_minor": asked.price.minor, "fee_minor": asked.fee.minor, "currency": asked.price.currency}


async def _grant(
    session: AsyncSession,
    buyer: AccountRow,
    track: TrackRow,
    credited: list[ProducerRow],
    beside: dict[str, Any],
) -> dict[str, Any]:
    """What the licence will say of the work, its parties and the terms.

    Args:
        beside: What it says of the agreement.
    """
    [fingerprint] = await fingerprints.fingerprints_of(session, [track.id])
    return {
        "work": work_of(track, credited, fingerprint),
        "licensor": licensor_of(credited[0]),
        "licensee": licensee_of(buyer),
        "terms": exclusive_terms([one.name for one in credited], offer_of(track)) | beside,
    }
