"""Purchases as if somebody had begun them, in as few words as a test needs."""

import itertools
from datetime import timedelta
from typing import Any, Final

from api.licensing.agreements import AgreementFacts, agreement_text, sha256_of
from api.licensing.snapshots import exclusive_terms
from api.terms import LICENCE
from db.clock import now
from db.ids import PurchaseId, TrackId
from db.models.producers import Producer
from db.models.purchases import Purchase
from db.models.receipts import CreditNote, Receipt
from db.models.tracks import Track
from db.session import Sessions
from db.vocabulary import CreditCause, CurrencyCode, PurchaseStatus, ReceiptKind
from tests.factories import EXCLUSIVE, Person
from tests.licences.granted import a_work

_numbers: Final = itertools.count(1)


async def a_purchase(sessions: Sessions, by: Person, track: TrackId, **different: Any) -> PurchaseId:
    """One whose checkout is open, for 299.00 USD."""
    async with sessions.writing() as session:
        row = await session.get_one(Track, track)
        producer = await session.get_one(Producer, row.producer_id)
        agreement = AgreementFacts(
            row.title,
            row.artists,
            row.audio_sha256,
            producer.name,
            by.name,
            LICENCE.current,
            {},
            29_900,
            "USD",
            0,
        )
        number = next(_numbers)
        usual: dict[str, Any] = {
            "account_id": by.account,
            "producer_id": producer.id,
            "track_id": track,
            "upload_id": row.upload_id,
            "audio_sha256": row.audio_sha256,
            "status": PurchaseStatus.CHECKOUT_OPEN,
            "idempotency_key": f"purchase-{number}",
            "input_sha256": "x" * 64,
            "return_path": "/",
            "price_minor": 29_900,
            "fee_minor": 3888,
            "currency": CurrencyCode.USD,
            "standard_licences": 0,
            "offer": EXCLUSIVE,
            "agreement": agreement.written,
            "agreement_sha256": sha256_of(agreement_text(agreement)),
            "grant": {
                "work": a_work(title=row.title, artists=row.artists, producer_name=producer.name),
                "licensor": {"name": producer.name, "handle": producer.handle},
                "licensee": {"name": by.name, "email": by.email},
                "terms": exclusive_terms([producer.name], EXCLUSIVE | {"exclusive_terms": {}}),
            },
            "checkout_reference": f"cs_{number}",
            "checkout_url": f"https://pay.example/{number}",
            "expires_at": now() + timedelta(minutes=30),
        }
        purchase = Purchase(**(usual | different))
        session.add(purchase)
    return purchase.id


async def a_credit_note(sessions: Sessions, purchase: PurchaseId, **different: Any) -> None:
    """As if one had been refunded whole; its number is the next of 1999, when there was no receipt."""
    paper = Receipt(
        kind=ReceiptKind.CREDIT_NOTE, purchase_id=purchase, year=1999, number=next(_numbers), seller={}
    )
    usual: dict[str, Any] = {
        "cause": CreditCause.REFUND,
        "reference": f"re_{paper.number}",
        "price_minor": 29_900,
        "fee_minor": 3888,
        "tax_minor": 0,
        "happened_at": now(),
    }
    async with sessions.writing() as session:
        session.add(paper)
        await session.flush()
        session.add(CreditNote(receipt_id=paper.id, purchase_id=purchase, **(usual | different)))
